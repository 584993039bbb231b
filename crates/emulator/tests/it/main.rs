//! The emulator through its front door: sockets and its public API.

mod client;
mod http;
mod photo;
mod pictures;
mod refusals;
