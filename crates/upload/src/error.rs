//! What can go wrong, by who must act.

use std::error::Error as StdError;
use std::time::Duration;

use crate::method::{DOWNLOAD, SCIM_PATCH, SCIM_READ, only_reads};
use crate::no_connection::{NoConnection, UNVERIFIABLE};
use crate::{Class, Code, Refusal};

type Source = Box<dyn StdError + Send + Sync>;

/// Why a call did not do what was asked.
///
/// `Display` says what happened in one line: no token, of addresses no more than the host, and that only where there is no
/// connection to it, never its [`source`](StdError::source), and whatever of it comes from a reply is cleaned of control
/// characters and shortened. [`Error::hint`] says what to do about it,
/// [`Error::class`] who has to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The token belongs to a bot. Nothing was sent. The caller acts: a person's token is needed.
    #[error("the token is a bot token (xoxb-), and a bot cannot set anybody's photo")]
    BotToken,

    /// The token cannot be one. Nothing was sent. The caller acts.
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

    /// The bytes are no photo that Slack takes. Nothing was sent. The caller acts, with another file.
    #[error("not a photo that Slack takes: {problem}")]
    NotAPhoto {
        /// What is wrong with the bytes.
        problem: &'static str,
    },

    /// TLS cannot be had on this machine. Nothing was sent. The machine's owner acts.
    #[error("no https from this machine: {problem}: {detail}")]
    Tls {
        /// What is missing.
        problem: &'static str,
        /// Which one, or how that was noticed.
        detail: String,
    },

    /// Slack answered `"ok": false`. Its [`Code`] says who acts.
    #[error("{0}")]
    Refused(Box<Refusal>),

    /// Slack asks to slow down, by status 429 or the code `ratelimited`. Nothing was done. The caller waits.
    #[error("{method}: too many requests; come back in {}", in_words(*.retry_after))]
    RateLimited {
        /// The method that was called.
        method: &'static str,
        /// How long to wait: as long as the reply said, but at least 1 s, or 30 s where it did not say.
        retry_after: Duration,
        /// What Slack calls the request, when the reply said so.
        request_id: Option<String>,
    },

    /// Any other HTTP status than 2xx and 429. For 1xx, 3xx, 408 and 5xx a change may have been made, but for 511, which
    /// a network sends that wants somebody to sign in.
    #[error("{method}: HTTP status {status}{}{}", status_note(*.status), quoted(.text))]
    Status {
        /// The method that was called.
        method: &'static str,
        /// The HTTP status.
        status: u16,
        /// Whether the reply is a page for people: then it is hardly Slack's.
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
        /// Whether the reply is a page for people: then it is hardly Slack's.
        is_html: bool,
        /// The beginning of the reply, cleaned.
        text: String,
        /// What Slack calls the request, when the reply said so.
        request_id: Option<String>,
    },

    /// No connection came about, so nothing was sent. Whoever looks after the network acts, or nobody, and it passes.
    #[error("{method}: {problem}")]
    NotSent {
        /// The method that was called.
        method: &'static str,
        /// In which way.
        kind: NoConnection,
        /// The same in one sentence, with the host or the proxy that it was about.
        problem: String,
        /// What the network said, where the sentence does not say it all.
        source: Option<Source>,
    },

    /// The server's certificate was not accepted, so nothing was sent. The owner of the machine or the server acts.
    #[error("{method}: {problem}")]
    NotTrusted {
        /// The method that was called.
        method: &'static str,
        /// Whether it is not trusted, or of a kind that nobody here can verify.
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
    #[error("{method}: the request did not get there whole, so nothing was done")]
    CutShort {
        /// The method that was called.
        method: &'static str,
        /// What became of the call.
        source: Box<Error>,
    },

    /// The photo may have been set, or may yet be, and the profile does not tell. Somebody has to look at it, or
    /// [`Upload::settle`](crate::Upload::settle) does. The source is why nobody knows.
    #[error("{method}: it is unknown whether the photo was set: {problem}")]
    OutcomeUnknown {
        /// The method that was called.
        method: &'static str,
        /// Why the profile could not tell.
        problem: String,
        /// What became of the call, where it was made just now.
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

    /// The request could not even be put together. Ours to fix: please report it.
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
                // Pictures lie on other hosts, which may send one on.
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
            Error::BadToken { .. } => "hand in the token alone, as Slack shows it (xoxp-...)",
            Error::BaseUrl { .. } => {
                "use an address like https://slack.com/api/; http is for this machine only"
            }
            Error::Proxy { .. } => {
                "use an address like http://proxy.example.com:3128, with USER:PASSWORD@ before the host where it asks for them"
            }
            Error::NotAPhoto { .. } => "hand in a JPEG, PNG or GIF",
            Error::Tls { .. } => {
                "install the system's certificates (ca-certificates), or run on another machine"
            }
            Error::NotTrusted { problem, .. } if problem == UNVERIFIABLE => {
                "it needs one by RSA, P-256, P-384 or Ed25519; in Rust, Settings::tls takes a provider of cryptography that knows more"
            }
            Error::NotTrusted { .. } => {
                "check the base URL and this machine's clock; if your network has a root certificate of its own, name its PEM file in SSL_CERT_FILE"
            }
            Error::Refused(refusal) if refusal.code.class() == Class::OutcomeUnknown => {
                self.class_hint()
            }
            // The same word means more there.
            Error::Refused(refusal)
                if refusal.code == Code::PermissionDenied && is_scim(refusal.method) =>
            {
                "use a token with the scope admin, whose owner outranks the person; of an organization, one that its owner has installed"
            }
            Error::Refused(refusal) => refusal.code.hint(),
            Error::Status {
                status: 300..=399, ..
            } => {
                "sign in to the network if it asks for that, or check the base URL; redirects are not followed, they could carry the token away"
            }
            Error::Status { .. } if self.class() == Class::Outage => {
                "something between here and Slack answers in its place; sign in to the network, or ask whoever runs it"
            }
            Error::Status { status: 401, .. } => Code::InvalidAuth.hint(),
            Error::Status { status: 403, .. } => {
                "something between here and Slack forbids this; ask whoever runs the network or the workspace"
            }
            Error::Status {
                status: 404 | 410, ..
            } => Code::UnknownMethod.hint(),
            Error::Status {
                status: 413 | 415, ..
            } => "hand in a smaller photo, as JPEG, PNG or GIF",
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

    /// What Slack calls the request that went wrong, where its reply said so: what its support asks for.
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

/// Nothing can have happened where nothing was to be changed.
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

/// Rounded up: whoever comes back then is not too early.
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
