//! What a caller may decide about a client, with defaults that suit nearly all.

use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;

use crate::loopback::is_loopback;
use crate::tls::TlsConfig;
use crate::{Error, Events, Proxy, RateLimiter, RetryPolicy};

/// Where Slack's Web API lives. GovSlack is at `https://slack-gov.com/api/`.
pub const DEFAULT_BASE_URL: &str = "https://slack.com/api/";

/// How a [`Client`](crate::Client) behaves. Fields may be added, so name what differs: `Settings { base_url, ..Settings::default() }`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address before the method names, by default [`DEFAULT_BASE_URL`]. It must be `https`; `http` is taken for
    /// `localhost`, `127.0.0.0/8` and `[::1]` only. User, password, query and fragment are refused. A missing slash at
    /// its end is added.
    pub base_url: String,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// When a call is tried again.
    pub retry: RetryPolicy,
    /// How fast requests follow each other. Settings that are cloned share it; two `Settings::default()` do not.
    pub rate_limiter: RateLimiter,
    /// The proxy that https goes through. Default `None`: the environment is ignored unless you use
    /// [`Proxy::from_environment`].
    pub proxy: Option<Proxy>,
    /// Your own TLS instead of ours: another cryptography provider, other roots, a client certificate. Default `None`: graviola
    /// and the roots that the system trusts (`SSL_CERT_FILE` on Linux), with the feature `graviola`; without it you must give
    /// this. Its ALPN setting is not used: the client speaks HTTP/1.1.
    ///
    /// ```
    /// use headshot_upload::Settings;
    /// use headshot_upload::rustls::{ClientConfig, Error, RootCertStore, crypto::CryptoProvider};
    ///
    /// /// `rustls::crypto::ring::default_provider()`, that of aws-lc-rs, or any other.
    /// fn settings(provider: CryptoProvider, roots: RootCertStore) -> Result<Settings, Error> {
    ///     let tls = ClientConfig::builder_with_provider(provider.into())
    ///         .with_safe_default_protocol_versions()?
    ///         .with_root_certificates(roots)
    ///         .with_no_client_auth(); // or with_client_auth_cert(chain, key)
    ///     Ok(Settings { tls: Some(tls), ..Settings::default() })
    /// }
    /// ```
    pub tls: Option<TlsConfig>,
    /// The function that gets requests, replies and waits. Default: none.
    pub events: Events,
    /// Added to our `User-Agent`, as in `acme-hr/2.3`, so that Slack's support can recognize your program. Visible ASCII
    /// and spaces, 200 characters at most. Default `None`.
    pub agent: Option<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            base_url: DEFAULT_BASE_URL.to_owned(),
            timeouts: Timeouts::default(),
            retry: RetryPolicy::default(),
            rate_limiter: RateLimiter::default(),
            proxy: None,
            tls: None,
            events: Events::default(),
            agent: None,
        }
    }
}

/// How long one request may take. All three apply to every request; a time that is too long to count means forever.
///
/// Nothing can come back while a photo is being sent, so `idle` and `total` are longer by a second for each 64 KiB
/// of it: slower connections are not supported.
///
/// Fields may be added: name what differs, and end with `..Timeouts::default()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection stands, TLS included. Default 10 s.
    pub connect: Duration,
    /// From the beginning of the request until the head of its reply arrives, then between any two pieces of its body.
    /// Default 45 s: Slack's own gateway gives up after about 30 s and then says so, which is worth waiting for.
    pub idle: Duration,
    /// For one request and its reply together, however busy it is. Default 120 s.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(45),
            total: Duration::from_secs(120),
        }
    }
}

/// Reads and checks a base URL; the result ends in a slash. No part of the text is repeated in the error, since a token
/// may have been pasted into it.
pub(crate) fn base_url(text: &str) -> Result<Url, Error> {
    let refuse = |problem| Err(Error::BaseUrl { problem });
    let Ok(mut url) = Url::parse(text) else {
        return refuse("cannot be read as an address");
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return refuse(
                "is http to another machine, where anybody on the way could read the token",
            );
        }
        _ => return refuse("is neither https nor http"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("has a user name or password in it");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("has a query or a fragment");
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// What this client calls itself: its own name, and what the caller has put behind it.
pub(crate) fn agent(suffix: Option<&str>) -> Result<HeaderValue, Error> {
    const OURS: &str = concat!("headshot-upload/", env!("CARGO_PKG_VERSION"));
    let Some(suffix) = suffix else {
        return Ok(HeaderValue::from_static(OURS));
    };
    let refuse = |problem: &str| {
        Err(Error::Argument {
            argument: "the suffix of the user agent".to_owned(),
            problem: problem.to_owned(),
        })
    };
    if suffix.trim().is_empty() || suffix.len() > 200 {
        return refuse("is empty or has more than 200 characters");
    }
    match HeaderValue::try_from(format!("{OURS} {}", suffix.trim())) {
        Ok(agent) if suffix.bytes().all(|byte| matches!(byte, b' '..=b'~')) => Ok(agent),
        _ => refuse("has a character in it that is not visible ASCII"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_taken_or_refused_for_the_right_reason() {
        let taken = [
            ("https://slack.com/api/", "https://slack.com/api/"),
            ("https://slack-gov.com/api", "https://slack-gov.com/api/"),
            ("HTTPS://Slack.com/api", "https://slack.com/api/"),
            ("https://example.com", "https://example.com/"),
            ("http://localhost:8080/api", "http://localhost:8080/api/"),
            ("http://127.0.0.1:1/", "http://127.0.0.1:1/"),
            ("http://127.9.8.7/api/", "http://127.9.8.7/api/"),
            ("http://[::1]:9/api", "http://[::1]:9/api/"),
        ];
        for (text, expected) in taken {
            assert_eq!(base_url(text).unwrap().as_str(), expected);
        }
        let refused = [
            ("", "cannot be read"),
            ("slack.com/api", "cannot be read"),
            ("ftp://slack.com/api/", "neither"),
            ("file:///etc/passwd", "neither"),
            ("http://slack.com/api/", "another machine"),
            ("http://localhost.example.com/", "another machine"),
            ("http://127.0.0.1.example.com/", "another machine"),
            ("http://127.0.0.1@example.com/", "another machine"),
            ("http://10.0.0.1/", "another machine"),
            ("http://[::2]/", "another machine"),
            ("https://user@slack.com/api/", "user name"),
            ("https://:word@slack.com/api/", "user name"),
            ("https://slack.com/api/?token=xoxp-1", "query"),
            ("https://slack.com/api/#part", "fragment"),
        ];
        for (text, reason) in refused {
            let message = base_url(text).unwrap_err().to_string();
            assert!(message.contains(reason), "{text}: {message}");
            assert!(!message.contains("xoxp"), "{message}");
        }
    }

    #[test]
    fn the_user_agent_takes_a_suffix_of_visible_ascii() {
        let ours = agent(None).unwrap();
        let ours = ours.to_str().unwrap();
        assert!(ours.starts_with("headshot-upload/"));
        let longer = agent(Some("acme-hr/2.3 (test)")).unwrap();
        assert_eq!(longer, format!("{ours} acme-hr/2.3 (test)"));
        for wrong in ["", " ", "a\nb", "ü", &"x".repeat(201)] {
            assert!(agent(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
