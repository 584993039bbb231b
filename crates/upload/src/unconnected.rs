//! Why there was no connection, as one plain sentence: a name without an address, a refusal, silence, TLS, a proxy.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::time::Duration;

use reqwest::Url;
use rustls::{AlertDescription, CertificateError, Error as TlsError};
use tokio::time::error::Elapsed;

use crate::Error;
use crate::no_connection::{NoConnection, UNVERIFIABLE};
use crate::proxy::{Proxy, Refused};

type Source = Box<dyn StdError + Send + Sync>;

/// A failed connection.
pub(crate) struct Unconnected {
    kind: NoConnection,
    problem: String,
    /// The verdict of the verifier.
    is_distrust: bool,
    /// Set if the sentence does not say it all.
    source: Option<Source>,
}

/// The peer when it went wrong, by name.
#[derive(Clone, Copy)]
pub(crate) enum Party<'a> {
    Server(&'a str),
    /// There is a proxy, but its exceptions leave this host out.
    LeftOut(&'a str),
    /// And the host behind it.
    Proxy(&'a Proxy, &'a str),
}

impl Unconnected {
    pub(crate) fn new(party: Party<'_>, source: Source) -> Unconnected {
        if let Some(verdict) = find(source.as_ref(), distrust) {
            return Unconnected {
                kind: NoConnection::Tls,
                problem: verdict.to_owned(),
                is_distrust: true,
                source: Some(source),
            };
        }
        let kind = match (find(source.as_ref(), kind), party) {
            (Some(NoConnection::NotFound), Party::LeftOut(_)) => NoConnection::LeftOut,
            (kind, _) => kind.unwrap_or(NoConnection::Other),
        };
        let problem = match kind {
            NoConnection::Tls => find(source.as_ref(), tls)
                .map(|what| format!("{} {what}", party.name()))
                .unwrap_or_default(),
            _ => party.problem(kind),
        };
        let says_it_all = !matches!(kind, NoConnection::Tls | NoConnection::Other);
        Unconnected {
            kind,
            problem,
            is_distrust: false,
            source: (!says_it_all).then_some(source),
        }
    }

    /// There was no answer for this long.
    pub(crate) fn silent(party: Party<'_>, waited: Duration) -> Unconnected {
        let problem = party.problem(NoConnection::TimedOut);
        Unconnected {
            kind: NoConnection::TimedOut,
            problem: format!("{problem} ({} s)", waited.as_secs_f64()),
            is_distrust: false,
            source: None,
        }
    }

    pub(crate) fn error(self, method: &'static str) -> Error {
        match self.source {
            Some(source) if self.is_distrust => Error::NotTrusted {
                method,
                problem: self.problem,
                source,
            },
            source => Error::NotSent {
                method,
                kind: self.kind,
                problem: self.problem,
                source,
            },
        }
    }
}

impl Party<'_> {
    fn name(&self) -> String {
        match self {
            Party::Server(host) | Party::LeftOut(host) => (*host).to_owned(),
            Party::Proxy(proxy, _) => format!("the proxy {}", proxy.address()),
        }
    }

    fn problem(&self, kind: NoConnection) -> String {
        let name = self.name();
        let host = match self {
            Party::Server(host) | Party::LeftOut(host) | Party::Proxy(_, host) => host,
        };
        match (kind, self) {
            (NoConnection::NotFound, Party::Server(_)) => {
                format!("cannot find {name}: no network, or a proxy is needed")
            }
            (NoConnection::NotFound, _) => format!("cannot find {name}"),
            (NoConnection::LeftOut, _) => {
                format!(
                    "cannot find {name}: no network, or it needs the proxy, but NO_PROXY leaves this host out"
                )
            }
            (NoConnection::Refused, _) => format!("{name} refused the connection"),
            (NoConnection::TimedOut, _) => format!("{name} did not answer in time"),
            (NoConnection::Proxy(407), Party::Proxy(proxy, _))
                if proxy.authorization().is_some() =>
            {
                format!("{name} does not take the user name and password that it was given (407)")
            }
            (NoConnection::Proxy(407), _) => {
                format!("{name} wants a user name and a password (407)")
            }
            (NoConnection::Proxy(403), _) => {
                format!("{name} does not let anybody through to {host} (403)")
            }
            (NoConnection::Proxy(status @ 502..=504), _) => {
                format!("{name} cannot reach {host} ({status})")
            }
            (NoConnection::Proxy(status), _) => {
                format!("{name} answered with status {status} and does not connect to {host}")
            }
            (NoConnection::NoProxy, _) => format!("{name} does not answer as an HTTP proxy"),
            (NoConnection::Tls | NoConnection::Other, _) => format!("no connection to {name}"),
        }
    }
}

/// The host of an address, as it is named in a sentence.
pub(crate) fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

/// The outermost cause of an error that we know. TLS verdicts are wrapped in I/O errors, whose source
/// is not the wrapped error but that error's source.
fn find<T>(
    error: &(dyn StdError + 'static),
    known: fn(&(dyn StdError + 'static)) -> Option<T>,
) -> Option<T> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = known(error) {
            return Some(found);
        }
        let wrapped = error.downcast_ref().and_then(io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

fn kind(cause: &(dyn StdError + 'static)) -> Option<NoConnection> {
    if cause.is::<TlsError>() {
        return Some(NoConnection::Tls);
    }
    match cause.downcast_ref() {
        Some(Refused::Status(status)) => return Some(NoConnection::Proxy(*status)),
        Some(Refused::NoProxy) => return Some(NoConnection::NoProxy),
        None => {}
    }
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        return match error.kind() {
            ErrorKind::ConnectionRefused => Some(NoConnection::Refused),
            ErrorKind::TimedOut => Some(NoConnection::TimedOut),
            _ => None,
        };
    }
    if cause.is::<Elapsed>() || cause.downcast_ref().is_some_and(reqwest::Error::is_timeout) {
        return Some(NoConnection::TimedOut);
    }
    // The connector's own type is private; a test says so if its words change.
    let text = cause.to_string();
    text.starts_with("dns error")
        .then_some(NoConnection::NotFound)
}

/// Why a certificate was not accepted.
fn distrust(cause: &(dyn StdError + 'static)) -> Option<&'static str> {
    #[allow(deprecated)] // The verifier of the system may still say the older one.
    match cause.downcast_ref()? {
        TlsError::InvalidCertificate(
            CertificateError::UnsupportedSignatureAlgorithm
            | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. },
        ) => Some(UNVERIFIABLE),
        TlsError::InvalidCertificate(_) => Some("the server's certificate is not accepted"),
        _ => None,
    }
}

fn tls(cause: &(dyn StdError + 'static)) -> Option<&'static str> {
    match cause.downcast_ref()? {
        TlsError::AlertReceived(
            AlertDescription::HandshakeFailure
            | AlertDescription::InsufficientSecurity
            | AlertDescription::ProtocolVersion,
        )
        | TlsError::PeerIncompatible(_) => {
            Some("and this client have no version of TLS, cipher or kind of certificate in common")
        }
        TlsError::InvalidMessage(_) => Some("does not speak TLS"),
        _ => Some("and this client cannot agree on TLS"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The connector's message below the HTTP library, which identifies a name without an address. No name has a part this long,
    /// so no name server is asked.
    #[cfg(feature = "graviola")]
    #[tokio::test]
    async fn a_name_without_an_address_is_known_in_reads() {
        let host = format!("{}.test", "x".repeat(64));
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(crate::tls::config(None, true).unwrap())
            .no_proxy()
            .build()
            .unwrap();
        let error = client.get(format!("http://{host}/")).send().await;
        let error = Unconnected::new(Party::Server(&host), error.unwrap_err().into());
        let problem = format!("cannot find {host}: no network, or a proxy is needed");
        assert_eq!(
            (error.kind, error.problem),
            (NoConnection::NotFound, problem)
        );
    }
}
