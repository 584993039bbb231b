//! The reasons why there is no connection, and what to do about each.

use crate::Class;

/// Why there was no connection. Nothing was sent in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoConnection {
    /// The host's name has no address here: no network, a wrong name, or only a proxy finds it.
    NotFound,
    /// The same, and there is a proxy whose exceptions ([`Proxy::except`](crate::Proxy::except), `NO_PROXY`) leave this host out.
    LeftOut,
    /// Nobody listens there.
    Refused,
    /// Nobody answered in time ([`Timeouts::connect`](crate::Timeouts::connect)).
    TimedOut,
    /// Something answered, but not with TLS that this client also speaks.
    Tls,
    /// The proxy answered CONNECT with this status: 407 if it wants another user name and password, 403 if it blocks
    /// that host, 502 to 504 if it cannot reach the host itself.
    Proxy(u16),
    /// Something that is not a proxy listens at the proxy's address.
    NoProxy,
    /// Any other way.
    Other,
}

impl NoConnection {
    pub(crate) fn class(self) -> Class {
        match self {
            // It affects everybody, until the network is fixed.
            NoConnection::Tls | NoConnection::NoProxy => Class::Outage,
            NoConnection::Proxy(status) if status < 500 => Class::Outage,
            _ => Class::Retry,
        }
    }

    pub(crate) fn hint(self) -> &'static str {
        match self {
            NoConnection::NotFound => {
                "check the network and the base URL; if https needs a proxy, name it in HTTPS_PROXY"
            }
            NoConnection::LeftOut => {
                "take the host out of NO_PROXY if only the proxy reaches it; otherwise check the network and the base URL"
            }
            NoConnection::Tls => {
                "check that nothing else answers there; this client supports RSA, P-256, P-384 and Ed25519, and TLS 1.2 and 1.3"
            }
            NoConnection::Proxy(407) => {
                "put them in its address, as in http://USER:PASSWORD@HOST:PORT, in HTTPS_PROXY rather than in an argument"
            }
            NoConnection::Proxy(403) => {
                "ask the people who run the proxy to allow this host, or name it in NO_PROXY if it can be reached without the proxy"
            }
            NoConnection::Proxy(_) | NoConnection::NoProxy => {
                "check the proxy's address (HTTPS_PROXY), or ask the people who run the proxy; NO_PROXY names hosts that need none"
            }
            _ => "check the network and the base URL, then try again; nothing was sent",
        }
    }
}

/// The message for a certificate whose signature cannot be checked here, such as one with P-521.
pub(crate) const UNVERIFIABLE: &str =
    "the server's certificate is of a kind that this client cannot verify";
