//! A thin, dependable async client of Slack's `users.*` methods, `users.setPhoto` first.
//!
//! ```no_run
//! use headshot_upload::{Client, CropBox, Photo, Token};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(Token::new(std::env::var("SLACK_TOKEN")?)?)?;
//! let photo = Photo::new(std::fs::read("me.jpg")?.into())?;
//! let reply = client.set_photo(&photo, Some(CropBox { x: 11, y: 22, side: 333 })).await?;
//! if let Some(profile) = reply.value {
//!     println!("now at {:?}", profile.image_512);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What it promises:
//!
//! - **The token** goes into the `Authorization` header of the named host and nowhere else: no proxy, no redirect, no
//!   `http` but to this machine. It is in no message, no `Debug` output and no reply text.
//! - **A reply** is believed by its status first, is read up to a cap (64 KiB where it holds one person), and becomes a
//!   value or an [`Error`] in one place. `"ok": false` never looks like success.
//! - **An error** says who must act ([`Error::class`]) and what to do ([`Error::hint`]). "It may have worked" is a case
//!   of its own, [`Class::OutcomeUnknown`].
//! - **Time** is bounded: see [`Timeouts`].
//!
//! TLS is rustls with graviola, so no C compiler is needed; it runs on x86-64 processors from about 2014 on and on
//! 64-bit ARM ones with the cryptography extension, and says so where it cannot.

mod class;
mod clean;
mod client;
mod code;
mod error;
mod method;
mod photo;
mod profile;
mod record;
mod reply;
mod settings;
mod tls;
mod token;

pub use class::Class;
pub use client::Client;
pub use code::Code;
pub use error::{Error, Refusal};
pub use photo::{CropBox, Photo, PhotoFormat};
pub use profile::Profile;
pub use reply::Reply;
pub use settings::{DEFAULT_BASE_URL, Settings, Timeouts};
pub use token::Token;
