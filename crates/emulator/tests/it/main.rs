//! The emulator through its front door: sockets and its public API.

mod client;
mod faults;
mod http;
mod methods;
mod photo;
mod pictures;
mod refusals;
