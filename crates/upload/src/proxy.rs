//! A proxy for https, by CONNECT (RFC 9110, section 9.3.6): it learns the host's name, and sees only TLS.

use std::env;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::Url;
use reqwest::header::HeaderValue;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use crate::Error;
use crate::loopback::is_loopback;
use crate::no_proxy::Exception;

/// The longest head that an answer to CONNECT may have, in bytes.
const LONGEST_HEAD: usize = 64 * 1024;

/// An HTTP proxy for https: its address, our credentials, and the hosts that are reached without it.
///
/// A proxy learns the name and port of the host, and then carries TLS: it sees neither the token nor a photo. Loopback addresses
/// never go through it. `Debug` shows no user name and no password.
#[derive(Clone)]
pub struct Proxy {
    host: String,
    port: u16,
    /// `Basic ...`, marked as sensitive.
    authorization: Option<HeaderValue>,
    except: Vec<Exception>,
}

/// How a proxy refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("the proxy answered with status {0}")]
    Status(u16),
    #[error("what answered is not an HTTP proxy")]
    NoProxy,
}

impl Proxy {
    /// The proxy at an address like `http://proxy.example.com:3128`; `http://` may be left out, and without a port it is 80. A
    /// user name and password in front of the host, percent-encoded where they need it, are sent as `Proxy-Authorization`.
    ///
    /// # Errors
    /// [`Error::Proxy`] for any other address, including https and SOCKS. No part of the text is repeated.
    pub fn new(address: &str) -> Result<Proxy, Error> {
        let refuse = |problem| Err(Error::Proxy { problem });
        let scheme = if address.contains("://") {
            ""
        } else {
            "http://"
        };
        let address = Zeroizing::new(format!("{scheme}{address}"));
        let Ok(url) = Url::parse(&address) else {
            return refuse("cannot be read as an address");
        };
        match url.scheme() {
            "http" => {}
            "https" => {
                return refuse(
                    "is https, but only proxies over http are supported; what goes through them is https all the same",
                );
            }
            scheme if scheme.starts_with("socks") => {
                return refuse("is a SOCKS proxy, but only HTTP proxies are supported");
            }
            _ => return refuse("is not http"),
        }
        let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
            return refuse("has no host in its address");
        };
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return refuse("has something after its host and port");
        }
        Ok(Proxy {
            host: host.to_owned(),
            port: url.port().unwrap_or(80),
            authorization: authorization(&url),
            except: Vec::new(),
        })
    }

    /// The same proxy, but not for these hosts: names, which include their subdomains, addresses, and networks like `10.0.0.0/8`, separated
    /// by commas, each with a port if it is only for that port; `*` is everything. This is the format of `NO_PROXY`.
    pub fn except(self, list: &str) -> Proxy {
        Proxy {
            except: Exception::list(list),
            ..self
        }
    }

    /// The proxy that the environment names: `https_proxy`, else `HTTPS_PROXY`, except for hosts in `no_proxy`, else `NO_PROXY`.
    /// `None` if there is none, or an empty one.
    ///
    /// # Errors
    /// [`Error::Proxy`] if it cannot be read.
    pub fn from_environment() -> Result<Option<Proxy>, Error> {
        Proxy::from_variables(|name| match env::var(name) {
            Ok(value) => Some(value),
            Err(env::VarError::NotPresent) => None,
            // No address is like that.
            Err(env::VarError::NotUnicode(_)) => Some("\u{fffd}".to_owned()),
        })
    }

    fn from_variables(value: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>, Error> {
        let named = |lower: &str, upper: &str| value(lower).or_else(|| value(upper));
        let address = named("https_proxy", "HTTPS_PROXY").map(Zeroizing::new);
        let Some(address) = address.filter(|address| !address.trim().is_empty()) else {
            return Ok(None);
        };
        let except = named("no_proxy", "NO_PROXY").unwrap_or_default();
        Proxy::new(address.trim()).map(|proxy| Some(proxy.except(&except)))
    }

    /// Host and port, for people.
    pub fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Whether requests to this address go through it.
    pub fn is_for(&self, address: &str) -> bool {
        Url::parse(address).is_ok_and(|url| self.is_for_url(&url))
    }

    pub(crate) fn is_for_url(&self, url: &Url) -> bool {
        url.scheme() == "https" && !is_loopback(url) && !self.leaves_out(url)
    }

    /// Whether its exceptions (`NO_PROXY`) are why this address is reached without it.
    pub(crate) fn leaves_out(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let port = url.port_or_known_default().unwrap_or_default();
        let excepted = |except: &Exception| except.covers(host.trim_end_matches('.'), port);
        self.except.iter().any(excepted)
    }

    /// Its address without a user name or password.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address())
    }

    /// The same proxy for the HTTP library, which does the reads.
    pub(crate) fn for_reads(&self) -> reqwest::Proxy {
        let (ours, address) = (self.clone(), self.url());
        let proxy =
            reqwest::Proxy::custom(move |url| ours.is_for_url(url).then(|| address.clone()));
        match &self.authorization {
            // Apart, because a logged address would show it.
            Some(authorization) => proxy.custom_http_auth(authorization.clone()),
            None => proxy,
        }
    }

    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }

    /// Makes the proxy connect this stream to a server.
    pub(crate) async fn open(
        &self,
        stream: &mut TcpStream,
        url: &Url,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or_default();
        let target = format!("{host}:{port}");
        let mut head = Zeroizing::new(Vec::with_capacity(4096));
        head.extend_from_slice(
            format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").as_bytes(),
        );
        if let Some(authorization) = &self.authorization {
            head.extend_from_slice(b"Proxy-Authorization: ");
            head.extend_from_slice(authorization.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        stream.write_all(&head).await?;
        let mut answer = Vec::new();
        let end = loop {
            if let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if answer.len() > LONGEST_HEAD || stream.read_buf(&mut answer).await? == 0 {
                // The status is all that matters.
                return Err(status(&answer)
                    .map_or(Refused::NoProxy, Refused::Status)
                    .into());
            }
        };
        match status(&answer) {
            // A server of TLS never speaks first, so nothing may follow.
            Some(200..300) if answer.len() == end => Ok(()),
            Some(200..300) | None => Err(Refused::NoProxy.into()),
            Some(status) => Err(Refused::Status(status).into()),
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.address())
    }
}

/// `Basic` (RFC 7617) with the user name and password of an address.
fn authorization(url: &Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let mut pair = Zeroizing::new(decoded(url.username()));
    pair.push(b':');
    pair.extend(decoded(url.password().unwrap_or_default()));
    let mut value = Zeroizing::new(b"Basic ".to_vec());
    value.extend_from_slice(Zeroizing::new(STANDARD.encode(&*pair)).as_bytes());
    // Base64 is visible ASCII.
    let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(value)).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// The bytes of a percent-encoded text.
fn decoded(text: &str) -> Vec<u8> {
    let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
    let (bytes, mut decoded, mut at) = (text.as_bytes(), Vec::new(), 0);
    while let Some(&byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}

/// The status of an HTTP/1 answer, by its first line.
fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.strip_prefix(b"HTTP/1.")?;
    let status = line.get(2..5).filter(|_| line.get(1) == Some(&b' '))?;
    let is_whole = line.get(5).is_none_or(|next| b" \r\n".contains(next));
    std::str::from_utf8(status)
        .ok()?
        .parse()
        .ok()
        .filter(|_| is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_or_refused_and_never_repeated() {
        for (text, address) in [
            ("http://proxy.example.com:3128", "proxy.example.com:3128"),
            ("proxy.example.com:3128/", "proxy.example.com:3128"),
            ("HTTP://canary:canary@[::1]:8080", "[::1]:8080"),
            ("http://proxy", "proxy:80"),
        ] {
            let proxy = Proxy::new(text).unwrap();
            assert_eq!(proxy.address(), address);
            assert_eq!(format!("{proxy:?}"), format!("Proxy({address})"));
        }
        for (text, problem) in [
            ("", "cannot be read"),
            ("http://", "cannot be read"),
            ("https://canary:canary@proxy", "over http are supported"),
            ("socks5h://canary@proxy:1080", "SOCKS"),
            ("ftp://proxy", "not http"),
            ("http://proxy/canary", "after its host"),
            ("http://proxy/?canary", "after its host"),
        ] {
            let error = Proxy::new(text).unwrap_err();
            let said = format!("{error} {error:?} {}", error.hint());
            assert!(said.contains(problem), "{text}: {said}");
            assert!(!said.contains("canary"), "{said}");
        }
    }

    #[test]
    fn user_names_and_passwords_go_into_a_header_that_is_not_shown() {
        let header = |text| Proxy::new(text).unwrap().authorization;
        assert_eq!(header("http://proxy:1"), None);
        // "Aladdin:open sesame" is the example of RFC 7617.
        let aladdin = header("http://Aladdin:open%20sesame@proxy:1").unwrap();
        assert_eq!(aladdin.as_bytes(), b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert!(aladdin.is_sensitive());
        assert_eq!(
            header("http://ann@proxy:1").unwrap().as_bytes(),
            b"Basic YW5uOg=="
        );
        assert_eq!(decoded("a%3A%c3%BC%zz%4"), "a:ü%zz%4".as_bytes());
    }

    #[test]
    fn only_https_to_other_machines_goes_through_it() {
        let proxy = Proxy::new("proxy:3128").unwrap().except("a.test");
        for (url, expected) in [
            ("https://slack.com/api/", true),
            ("http://slack.com/api/", false),
            ("https://localhost/api/", false),
            ("https://127.0.0.9:44/api/", false),
            ("https://[::1]/api/", false),
            ("https://b.A.test./", false),
        ] {
            assert_eq!(proxy.is_for(url), expected, "{url}");
        }
    }

    #[test]
    fn the_environment_names_a_proxy_in_small_letters_first() {
        let named = |variables: &[(&str, &str)]| {
            let value = |name: &str| {
                let found = variables.iter().find(|(other, _)| *other == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            Proxy::from_variables(value)
        };
        let address = |variables: &[(&str, &str)]| {
            let proxy = named(variables).unwrap();
            proxy.map(|proxy| (proxy.address(), proxy.is_for("https://slack.com/")))
        };
        assert_eq!(address(&[]), None);
        assert_eq!(address(&[("HTTPS_PROXY", " ")]), None);
        assert_eq!(address(&[("HTTP_PROXY", "http://a:1")]), None);
        let upper = ("HTTPS_PROXY", "http://upper:11");
        assert_eq!(address(&[upper]), Some(("upper:11".to_owned(), true)));
        let lower = ("https_proxy", "lower:22");
        assert_eq!(
            address(&[upper, lower]),
            Some(("lower:22".to_owned(), true))
        );
        let except = ("NO_PROXY", "slack.com");
        assert_eq!(
            address(&[upper, except]),
            Some(("upper:11".to_owned(), false))
        );
        let other = ("no_proxy", "other.test");
        assert_eq!(
            address(&[upper, except, other]),
            Some(("upper:11".to_owned(), true))
        );
        assert!(named(&[("https_proxy", "socks5://a")]).is_err());
    }

    #[test]
    fn only_a_status_line_has_a_status() {
        assert_eq!(status(b"HTTP/1.1 407 Who are you?\r\n"), Some(407));
        assert_eq!(status(b"HTTP/1.0 200\r\n"), Some(200));
        for wrong in ["HTTP/2 200", "HTTP/1.1 2000 x", "SSH-2.0-x", "HTTP/1.1", ""] {
            assert_eq!(status(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
