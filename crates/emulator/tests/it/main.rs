//! The emulator through its front door: sockets and its public API.

mod auth_test;
mod client;
mod fault_replies;
mod faults;
mod http;
mod methods;
mod oauth;
mod page;
mod photo;
mod pictures;
mod profile_set;
mod proxy;
mod rates;
mod refusals;
mod scim;
mod timing;
