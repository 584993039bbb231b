//! What can go wrong, by who must act.

use std::error::Error as StdError;
use std::time::Duration;

use crate::method::{DOWNLOAD, SCIM_PATCH, SCIM_READ, only_reads};
use crate::no_connection::{NoConnection, UNVERIFIABLE};
use crate::tls::NAMED_ROOTS;
use crate::{Class, Code, Refusal};

type Source = Box<dyn StdError + Send + Sync>;

/// Why a call did not do what was asked.
///
/// `Display` says what happened in one line. It never has a token or its [`source`](StdError::source), and of an address only
/// the host, and only if there is no connection to it. Text from a reply is cleaned of control characters and shortened.
/// [`Error::hint`] says what to do about it, [`Error::class`] who has to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The token belongs to a bot. Nothing was sent. The caller acts: a person's token is needed.
    #[error("the token is a bot token (xoxb-), and a bot cannot set anybody's photo")]
    BotToken,

    /// The text cannot be a token. Nothing was sent. The caller acts.
    #[error("the token {problem}")]
    BadToken {
        /// What is wrong, as a phrase after "the token".
        problem: &'static str,
    },

    /// The base URL cannot be used. Nothing was sent. The caller acts.
    #[error("the base URL {problem}")]
    BaseUrl {
        /// What is wrong, as a phrase after "the base URL".
        problem: &'static str,
    },

    /// The proxy's address cannot be used. Nothing was sent. The caller acts.
    #[error("the proxy {problem}")]
    Proxy {
        /// What is wrong, as a phrase after "the proxy". Nothing of the address is in it.
        problem: &'static str,
    },

    /// The bytes are not a photo that Slack takes. Nothing was sent. The caller acts, with another file.
    #[error("not a photo that Slack takes: {problem}")]
    NotAPhoto {
        /// What is wrong with the bytes.
        problem: &'static str,
    },

    /// TLS is not available on this machine. Nothing was sent. The machine's owner acts.
    #[error("no https from this machine: {problem}: {detail}")]
    Tls {
        /// What is missing.
        problem: &'static str,
        /// Which one, or how it was noticed.
        detail: String,
    },

    /// Slack answered `"ok": false`. Its [`Code`] says who acts.
    #[error("{0}")]
    Refused(Box<Refusal>),

    /// Slack asks to slow down, with status 429 or the code `ratelimited`. Nothing was done. The caller waits.
    #[error("{method}: too many requests; come back in {}", in_words(*.retry_after))]
    RateLimited {
        /// The method that was called.
        method: &'static str,
        /// How long to wait: as long as the reply said, but at least 1 s, or 30 s if it did not say.
        retry_after: Duration,
        /// What Slack calls the request, when the reply said so.
        request_id: Option<String>,
    },

    /// Any HTTP status other than 2xx and 429. For 1xx, 3xx, 408 and 5xx a change may have been made, except for 511, which
    /// a network sends that wants the user to sign in.
    #[error("{method}: HTTP status {status}{}{}", status_note(*.status), quoted(.text))]
    Status {
        /// The method that was called.
        method: &'static str,
        /// The HTTP status.
        status: u16,
        /// Whether the reply is a page for people: then it is probably not Slack's.
        is_html: bool,
        /// The beginning of the reply, cleaned.
        text: String,
        /// How long to wait, when the reply said so.
        retry_after: Option<Duration>,
        /// What Slack calls the request, when the reply said so.
        request_id: Option<String>,
    },

    /// A reply with status 2xx that is not one of Slack's. The call may have worked.
    #[error("{method}: the reply cannot be read: {problem}{}", quoted(.text))]
    Unreadable {
        /// The method that was called.
        method: &'static str,
        /// Why it cannot be read.
        problem: String,
        /// Whether the reply is a page for people: then it is probably not Slack's.
        is_html: bool,
        /// The beginning of the reply, cleaned.
        text: String,
        /// What Slack calls the request, when the reply said so.
        request_id: Option<String>,
    },

    /// There was no connection, so nothing was sent. The people who run the network act, or it passes by itself.
    #[error("{method}: {problem}")]
    NotSent {
        /// The method that was called.
        method: &'static str,
        /// Why.
        kind: NoConnection,
        /// The same in one sentence, with the host or the proxy.
        problem: String,
        /// What the network said, if the sentence does not say it all.
        source: Option<Source>,
    },

    /// The server's certificate was not accepted, so nothing was sent. The owner of the machine or the server acts.
    #[error("{method}: {problem}")]
    NotTrusted {
        /// The method that was called.
        method: &'static str,
        /// Whether it is not trusted, or of a kind that cannot be verified here.
        problem: String,
        /// What the verifier said.
        source: Source,
    },

    /// The connection broke or went silent before the reply was complete. The call may have worked.
    #[error("{method}: {problem}")]
    Lost {
        /// The method that was called.
        method: &'static str,
        /// What happened.
        problem: &'static str,
        /// What the network said.
        source: Source,
    },

    /// The request did not go out whole, so the server cannot have acted on it. The caller may try again. The source is
    /// what became of it.
    #[error("{method}: the request did not arrive whole, so nothing was done")]
    CutShort {
        /// The method that was called.
        method: &'static str,
        /// What became of the call.
        source: Box<Error>,
    },

    /// The photo may have been set, or may still become so, and the profile does not tell. Look at the profile, or use
    /// [`Upload::settle`](crate::Upload::settle). The source is why the outcome is unknown.
    #[error("{method}: it is unknown whether the photo was set: {problem}")]
    OutcomeUnknown {
        /// The method that was called.
        method: &'static str,
        /// Why the profile could not tell.
        problem: String,
        /// What became of the call, if it was made just now.
        source: Option<Box<Error>>,
    },

    /// An argument is outside what Slack documents. Nothing was sent. The caller acts.
    #[error("{argument} {problem}")]
    Argument {
        /// Which argument, by its name in Slack's documents; cleaned of control characters.
        argument: String,
        /// What is wrong with it, as a phrase after its name.
        problem: String,
    },

    /// The request could not be built. Ours to fix: please report it.
    #[error("{method}: the request cannot be built")]
    Internal {
        /// The method that was to be called.
        method: &'static str,
        /// What the HTTP library said.
        source: Source,
    },
}

impl Error {
    /// Who must act.
    pub fn class(&self) -> Class {
        match self {
            Error::BotToken => Class::ChangeApp,
            Error::BadToken { .. } => Class::SignIn,
            Error::NotAPhoto { .. } => Class::FixImage,
            Error::BaseUrl { .. } | Error::Proxy { .. } | Error::Tls { .. } => Class::Other,
            Error::NotTrusted { .. } => Class::Outage,
            Error::Refused(refusal) => match refusal.code.class() {
                Class::OutcomeUnknown => unless_only_reading(refusal.method),
                class => class,
            },
            Error::RateLimited { .. } => Class::Wait,
            Error::Status {
                method,
                status,
                is_html,
                ..
            } => match status {
                // Pictures are on other hosts, which may redirect.
                300..=399 if *method == DOWNLOAD => Class::Other,
                300..=399 if only_reads(method) => Class::Outage,
                403 | 407 if *is_html => Class::Outage,
                511 => Class::Outage,
                // Not for this server, or too early: nothing was done.
                421 | 425 => Class::Retry,
                ..=399 | 408 | 500.. => unless_only_reading(method),
                401 => Class::SignIn,
                403 => Class::ChangeApp,
                404 | 410 => Class::Gone,
                413 | 415 if !only_reads(method) => Class::FixImage,
                _ => Class::Other,
            },
            Error::Unreadable { method, .. } | Error::Lost { method, .. } => {
                unless_only_reading(method)
            }
            Error::NotSent { kind, .. } => kind.class(),
            Error::CutShort { .. } => Class::Retry,
            Error::OutcomeUnknown { .. } => Class::OutcomeUnknown,
            Error::Argument { .. } => Class::Other,
            Error::Internal { .. } => Class::OurBug,
        }
    }

    /// What to do about it, as a short phrase. Never empty.
    pub fn hint(&self) -> &'static str {
        match self {
            Error::BotToken => {
                "use a user token (xoxp-...) with the scope users.profile:write; no bot scope exists for photos"
            }
            Error::BadToken { .. } => "give only the token, as Slack shows it (xoxp-...)",
            Error::BaseUrl { .. } => {
                "use an address like https://slack.com/api/; http is only for this machine"
            }
            Error::Proxy { .. } => {
                "use an address like http://proxy.example.com:3128, with USER:PASSWORD@ before the host if it asks for them"
            }
            Error::NotAPhoto { .. } => "use a JPEG, PNG or GIF",
            Error::Tls { problem, .. } if *problem == NAMED_ROOTS => {
                "name a PEM file with root certificates in SSL_CERT_FILE, or unset it: then the system's apply"
            }
            Error::Tls { .. } => {
                "install the system's certificates (ca-certificates), or run on another machine"
            }
            Error::NotTrusted { problem, .. } if problem == UNVERIFIABLE => {
                "it needs one with RSA, P-256, P-384 or Ed25519; in Rust, Settings::tls takes a cryptography provider that supports more"
            }
            Error::NotTrusted { .. } => {
                "check the base URL and this machine's clock; if your network has its own root certificate, name its PEM file in SSL_CERT_FILE"
            }
            Error::Refused(refusal) if refusal.code.class() == Class::OutcomeUnknown => {
                self.class_hint()
            }
            // The same word means more there.
            Error::Refused(refusal)
                if refusal.code == Code::PermissionDenied && is_scim(refusal.method) =>
            {
                "use a token with the scope admin, whose owner outranks the person; in an organization, one of its owners must have installed the app"
            }
            Error::Refused(refusal) => refusal.code.hint(),
            Error::Status {
                status: 300..=399, ..
            } => {
                "sign in to the network if it asks for that, or check the base URL; redirects are not followed, because they could carry the token away"
            }
            Error::Status { .. } if self.class() == Class::Outage => {
                "something between here and Slack answers in its place; sign in to the network, or ask the people who run it"
            }
            Error::Status { status: 401, .. } => Code::InvalidAuth.hint(),
            Error::Status { status: 403, .. } => {
                "something between here and Slack forbids this; ask the people who run the network or the workspace"
            }
            Error::Status {
                status: 404 | 410, ..
            } => Code::UnknownMethod.hint(),
            Error::Status {
                status: 413 | 415, ..
            } => "use a smaller photo, as JPEG, PNG or GIF",
            Error::NotSent { kind, .. } => kind.hint(),
            _ => self.class_hint(),
        }
    }

    fn class_hint(&self) -> &'static str {
        match self.class() {
            Class::Wait => Code::Ratelimited.hint(),
            Class::Retry => "try again in a while; see slack-status.com",
            Class::OutcomeUnknown => "look at the profile: it may have worked; if not, try again",
            Class::OurBug => "please report this",
            _ => "check the base URL; the answer does not look like Slack's",
        }
    }

    /// The code that Slack named, if it named one.
    pub fn code(&self) -> Option<&Code> {
        match self {
            Error::Refused(refusal) => Some(&refusal.code),
            Error::RateLimited { .. } => Some(&Code::Ratelimited),
            _ => None,
        }
    }

    /// Slack's ID of the failed request, if its reply had one: what its support asks for.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Error::Refused(refusal) => refusal.request_id.as_deref(),
            Error::Status { request_id, .. }
            | Error::Unreadable { request_id, .. }
            | Error::RateLimited { request_id, .. } => request_id.as_deref(),
            Error::OutcomeUnknown { source, .. } => source.as_ref()?.request_id(),
            Error::CutShort { source, .. } => source.request_id(),
            _ => None,
        }
    }

    /// How long to wait before trying again, if the reply said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::RateLimited { retry_after, .. } => Some(*retry_after),
            Error::Status { retry_after, .. } => *retry_after,
            Error::CutShort { source, .. } => source.retry_after(),
            _ => None,
        }
    }
}

/// Nothing can have happened if nothing was to be changed.
fn unless_only_reading(method: &str) -> Class {
    if only_reads(method) {
        Class::Retry
    } else {
        Class::OutcomeUnknown
    }
}

fn is_scim(method: &str) -> bool {
    [SCIM_READ, SCIM_PATCH].contains(&method)
}

/// Rounded up, so that nobody comes back too early.
fn in_words(wait: Duration) -> String {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    match seconds {
        0..=120 => format!("{seconds} s"),
        121..=7200 => format!("{} min", seconds.div_ceil(60)),
        7201..=172_800 => format!("{} h", seconds.div_ceil(3600)),
        _ => format!("{} days", seconds.div_ceil(86_400)),
    }
}

fn status_note(status: u16) -> &'static str {
    match status {
        300..=399 => " (a redirect, which is never followed)",
        408 => " (the server gave up waiting)",
        _ => "",
    }
}

fn quoted(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(", saying \"{text}\"")
    }
}
