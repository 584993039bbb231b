//! A strict local stand-in for Slack's photo methods and for photos through SCIM, for testing against.
//!
//! It was written from Slack's documents and shares no code with any client. It listens on loopback, keeps its users in
//! memory and checks requests more strictly than Slack wherever Slack is vague.
//!
//! ```
//! let emulator = headshot_emulator::Emulator::start()?;
//! // Point a client at emulator.base_url() with emulator.token(), then look at what arrived:
//! assert!(emulator.base_url().ends_with("/api/"));
//! assert!(emulator.requests().is_empty());
//! # Ok::<(), std::io::Error>(())
//! ```

mod api;
mod auth_test;
mod call;
mod cursor;
mod fault;
mod form;
mod http;
mod idle;
mod injection;
mod member_methods;
mod oauth;
mod page;
mod photo;
mod photo_methods;
mod play;
mod profile_methods;
mod proxy;
mod rate;
mod record;
mod refusal;
mod scim;
mod scrub;
mod serve;
mod server;
mod settings;
mod sniff;
mod state;
mod token;
mod world;

pub use fault::{FAULT_OPTIONS, FAULTS, RETRY_AFTER};
pub use form::Field;
pub use record::Request;
pub use server::Emulator;
pub use settings::Settings;
pub use token::TOKENS;
