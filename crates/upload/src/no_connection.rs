//! The ways in which no connection comes about, and what to do about each.

use crate::Class;

/// Why no connection came about. Nothing was sent in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoConnection {
    /// The host's name has no address here: no network, a wrong name, or only a proxy finds it.
    NotFound,
    /// Nobody listens there.
    Refused,
    /// Nobody answered in time ([`Timeouts::connect`](crate::Timeouts::connect)).
    TimedOut,
    /// Somebody answered, but not with TLS that this client speaks as well.
    Tls,
    /// The proxy answered CONNECT with this status: 407 where it wants another user name and password, 403 where it does not let
    /// anybody through to that host, 502 to 504 where it does not reach the host itself.
    Proxy(u16),
    /// What listens at the proxy's address is none.
    NoProxy,
    /// Any other way.
    Other,
}

impl NoConnection {
    pub(crate) fn class(self) -> Class {
        match self {
            // The same for everybody, until somebody sees to the network.
            NoConnection::Tls | NoConnection::NoProxy => Class::Outage,
            NoConnection::Proxy(status) if status < 500 => Class::Outage,
            _ => Class::Retry,
        }
    }

    pub(crate) fn hint(self) -> &'static str {
        match self {
            NoConnection::NotFound => {
                "check the network and the base URL; where https needs a proxy, HTTPS_PROXY names it"
            }
            NoConnection::Tls => {
                "check that nothing else answers there; RSA, P-256, P-384 and Ed25519 are verified, TLS 1.2 and 1.3 spoken"
            }
            NoConnection::Proxy(407) => {
                "put them into its address, as in http://USER:PASSWORD@HOST:PORT, in HTTPS_PROXY rather than in an argument"
            }
            NoConnection::Proxy(403) => {
                "ask whoever runs the proxy to let this host through, or name it in NO_PROXY if it can be reached without"
            }
            NoConnection::Proxy(_) | NoConnection::NoProxy => {
                "check the proxy's address (HTTPS_PROXY), or ask whoever runs it; NO_PROXY names hosts that need none"
            }
            _ => "check the network and the base URL, then try again; nothing was sent",
        }
    }
}

/// What is said of a certificate whose signature nobody here can check, such as one by a key of P-521.
pub(crate) const UNVERIFIABLE: &str =
    "the server's certificate is of a kind that this client cannot verify";
