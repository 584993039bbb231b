//! A thin, dependable async client of Slack's `users.*` methods, `users.setPhoto` first.
//!
//! ```no_run
//! use headshot_upload::{Client, Photo, Token};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(Token::new(std::env::var("SLACK_TOKEN")?)?)?;
//! let photo = Photo::new(std::fs::read("me.jpg")?.into())?.cropped(11, 22, 333);
//! let reply = client.set_photo(&photo).await?;
//! if let Some(profile) = reply.value {
//!     println!("now at {:?}", profile.image_512);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What it promises:
//!
//! - **The token** goes into the `Authorization` header of the named host and nowhere else: no redirect, no `http` except to this
//!   machine, and through a [`Proxy`] only inside TLS. It is in no message, no `Debug` output and no reply text.
//! - **A reply** is judged by its status first, is read up to a cap (1 MiB for one person), and becomes a
//!   value or an [`Error`] in one place. `"ok": false` never looks like success.
//! - **An error** says who must act ([`Error::class`]) and what to do ([`Error::hint`]). "It may have worked" is a case
//!   of its own, [`Class::OutcomeUnknown`].
//! - **Time** is bounded for each request ([`Timeouts`]) and each wait ([`RetryPolicy`]).
//! - **Retries** happen only if they do no harm, and no faster than Slack allows ([`RateLimiter`]). A photo is sent
//!   again only after the profile has shown the old one for as long as [`RetryPolicy::settle`] says, at most twice.
//! - **A change** gets its own connection, and a refusal is read even if it comes before all is sent. A request that did not go
//!   out whole was not carried out ([`Error::CutShort`]).
//! - **Other people's photos**, by an administrator, with the feature `scim`: `scim::Client`, which is experimental.
//! - **Signing in** without a client secret, and tokens that are refreshed, with the feature `oauth`: `oauth::Client`.
//! - **An upload** can be settled by a process other than the one that sent it ([`Upload`]).
//!
//! - **You can see what it does**: one function gets each request, reply and wait ([`Events`]), and the feature `tracing` makes spans and
//!   events of that crate. The token is in none of them.
//!
//! TLS is rustls with graviola, so it needs no C compiler. It runs on x86-64 processors from about 2014 on and on
//! 64-bit ARM processors with the cryptography extension, and says so if it cannot. Without the default feature `graviola` you
//! bring TLS in [`Settings::tls`], with any cryptography provider for [`rustls`].

/// The examples of the page on outcomes and networks, so that they stay true.
#[cfg(all(doctest, feature = "graviola"))]
#[doc = include_str!("../../../docs/slack.md")]
struct Slack;

mod change;
mod class;
mod clean;
mod client;
mod code;
mod companions;
mod download;
mod error;
mod events;
mod form;
mod fresh;
mod loopback;
mod method;
mod no_connection;
mod no_proxy;
#[cfg(feature = "oauth")]
pub mod oauth;
mod payload;
mod photo;
mod profile;
mod proxy;
mod rate_limit;
mod record;
mod refusal;
mod reply;
mod retry;
mod retry_after;
#[cfg(feature = "scim")]
pub mod scim;
mod set_photo;
mod settings;
mod span;
mod tls;
mod token;
mod unconnected;
mod upload;
mod user;
mod wire;

pub use change::ProfileChange;
pub use class::Class;
pub use client::Client;
pub use code::Code;
pub use companions::{ConversationType, ConversationsQuery, Presence, UsersQuery};
pub use error::Error;
pub use events::{Event, Events};
pub use no_connection::NoConnection;
pub use photo::{Photo, PhotoFormat};
pub use profile::Profile;
pub use proxy::Proxy;
pub use rate_limit::RateLimiter;
pub use refusal::Refusal;
pub use reply::{Page, Reply};
pub use retry::RetryPolicy;
/// The crate of [`Settings::tls`], in the right version.
#[doc(no_inline)]
pub use rustls;
pub use settings::{DEFAULT_BASE_URL, Settings, Timeouts};
pub use token::Token;
pub use upload::Upload;
pub use user::{AuthTest, Conversation, Identity, IdentityTeam, IdentityUser, User, UserPresence};
