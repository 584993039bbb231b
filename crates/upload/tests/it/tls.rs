//! https, against a server of our own whose certificate is trusted or not.
//!
//! The roots come from the system, and on Linux the environment can say where from. A test cannot change its own
//! environment safely, so it starts itself a second time with another one.
//!
//! The key in `tls/` belongs to a certificate for 127.0.0.1 under a root that exists for this test only and whose key
//! was thrown away. So does the certificate of the root with a key of P-521. Made with `openssl ecparam`, `req -x509` and `x509 -req`, for a hundred years.
#![cfg(target_os = "linux")]

use std::process::Command;
use std::sync::Arc;

use headshot_upload::{Class, Client, Error, NoConnection, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{CipherSuite, ClientConfig, RootCertStore, ServerConfig};

use crate::{photo, shown, token};

/// The root that signed the server's certificate.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/tls/root.pem");
/// A certificate that signed nothing, so that there is a system to trust, but not us.
const STRANGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/tls/stranger.pem");

/// Runs the test of this name again with other roots. True in the process that has them.
fn with_roots(name: &str, file: &str) -> bool {
    if std::env::var_os("SSL_CERT_FILE").is_some_and(|found| found == file) {
        return true;
    }
    let mut again = Command::new(std::env::current_exe().unwrap());
    let done = again
        .args(["--exact", name])
        .env("SSL_CERT_FILE", file)
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
    false
}

/// A server's side of TLS.
fn acceptor() -> TlsAcceptor {
    acceptor_with(include_bytes!("tls/server.pem"))
}

fn acceptor_with(certificate: &[u8]) -> TlsAcceptor {
    let chain = CertificateDer::pem_slice_iter(certificate)
        .collect::<Result<_, _>>()
        .unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls_graviola::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// TLS that trusts these, by our own cryptography.
pub(crate) fn trusting(roots: RootCertStore) -> ClientConfig {
    by(rustls_graviola::default_provider(), roots)
}

/// TLS by this provider of cryptography.
fn by(provider: CryptoProvider, roots: RootCertStore) -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn roots(pem: &[u8]) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(pem).unwrap())
        .unwrap();
    roots
}

/// Sets a photo on an https server.
async fn set() -> Result<Option<String>, Error> {
    set_at(acceptor(), None).await
}

async fn set_at(acceptor: TlsAcceptor, tls: Option<ClientConfig>) -> Result<Option<String>, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("https://{}/api", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut request = Vec::new();
            while !request.windows(8).any(|end| end == b"photo\r\n-") {
                stream.read_buf(&mut request).await.unwrap();
            }
            let body = r#"{"ok":true,"profile":{"avatar_hash":"ba9876543210"}}"#;
            let answer = crate::server::text(200, "", body);
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    let retry = headshot_upload::RetryPolicy {
        attempts: 1,
        ..Default::default()
    };
    let client = Client::with(
        token(),
        &Settings {
            base_url,
            retry,
            tls,
            ..Settings::default()
        },
    )?;
    let result = client.set_photo(&photo()).await;
    server.abort();
    result.map(|reply| reply.value.unwrap().avatar_hash)
}

#[tokio::test]
async fn a_server_under_a_root_of_the_system_is_believed() {
    if with_roots("tls::a_server_under_a_root_of_the_system_is_believed", ROOT) {
        assert_eq!(set().await.unwrap().as_deref(), Some("ba9876543210"));
    }
}

#[tokio::test]
async fn any_other_server_gets_nothing() {
    if with_roots("tls::any_other_server_gets_nothing", STRANGER) {
        let error = set().await.unwrap_err();
        assert!(matches!(error, Error::NotTrusted { .. }), "{error:?}");
        assert!(shown(&error).contains("UnknownIssuer"), "{error:?}");
        assert!(error.hint().contains("SSL_CERT_FILE"), "{error:?}");
    }
}

#[tokio::test]
async fn a_system_without_roots_is_told_so() {
    if with_roots(
        "tls::a_system_without_roots_is_told_so",
        "/nowhere/to/be/found",
    ) {
        let error = set().await.unwrap_err();
        assert!(matches!(error, Error::Tls { .. }), "{error:?}");
        assert!(error.hint().contains("SSL_CERT_FILE"), "{}", error.hint());
        shown(&error);
    }
}

/// Encrypted or not: what does not speak TLS gets nothing either.
#[tokio::test]
async fn a_server_without_tls_gets_nothing() {
    if with_roots("tls::a_server_without_tls_gets_nothing", ROOT) {
        let plain =
            crate::server::Server::answering("users.setPhoto", crate::server::json("{}")).await;
        let base_url = plain.base_url().replace("http:", "https:");
        let retry = headshot_upload::RetryPolicy {
            attempts: 1,
            ..Default::default()
        };
        let client = Client::with(
            token(),
            &Settings {
                base_url,
                retry,
                ..Settings::default()
            },
        )
        .unwrap();
        let (result, _) = crate::clock::hurried(client.set_photo(&photo())).await;
        let error = result.unwrap_err();
        assert!(matches!(error, Error::NotSent { .. }), "{error:?}");
        shown(&error);
        assert_eq!(plain.methods(), [""; 0]);
    }
}

#[tokio::test]
async fn a_refusal_before_the_photo_is_read_is_heard_through_tls() {
    if with_roots(
        "tls::a_refusal_before_the_photo_is_read_is_heard_through_tls",
        ROOT,
    ) {
        crate::early::early_refusals_are_heard(Some(&acceptor())).await;
    }
}

#[tokio::test]
async fn what_is_cut_short_is_known_through_tls() {
    if with_roots("tls::what_is_cut_short_is_known_through_tls", ROOT) {
        crate::early::what_is_cut_short_is_known(Some(&acceptor())).await;
    }
}

/// Another provider than ours, here ours with all ciphers but one left out, as a policy may ask for: what is negotiated shows which one
/// was at work.
#[tokio::test]
async fn a_provider_and_roots_of_the_caller_are_used_and_nothing_of_the_system() {
    let wanted = CipherSuite::TLS13_CHACHA20_POLY1305_SHA256;
    let mut provider = rustls_graviola::default_provider();
    assert!(provider.cipher_suites.len() > 1);
    provider
        .cipher_suites
        .retain(|suite| suite.suite() == wanted);
    let acceptor = acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("https://{}/api", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let stream = acceptor.accept(stream).await.unwrap();
        let (_, session) = stream.get_ref();
        let suite = session.negotiated_cipher_suite().unwrap().suite();
        (suite, session.alpn_protocol().map(<[u8]>::to_vec))
    });
    let mut tls = by(provider, roots(include_bytes!("tls/root.pem")));
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let settings = Settings {
        base_url,
        tls: Some(tls),
        ..Settings::default()
    };
    let client = Client::with(token(), &settings).unwrap();
    let call = tokio::spawn(async move { client.delete_photo().await });
    assert_eq!(server.await.unwrap(), (wanted, None));
    call.abort();
    let tls = by(
        rustls_graviola::default_provider(),
        roots(include_bytes!("tls/stranger.pem")),
    );
    let error = set_at(self::acceptor(), Some(tls)).await.unwrap_err();
    assert!(matches!(error, Error::NotTrusted { .. }), "{error:?}");
}

/// A certificate that graviola cannot verify, although its root is trusted: it is told as that.
#[tokio::test]
async fn a_kind_of_certificate_that_cannot_be_verified_is_told_so() {
    let tls = trusting(roots(include_bytes!("tls/p521-root.pem")));
    let acceptor = acceptor_with(include_bytes!("tls/p521-server.pem"));
    let error = set_at(acceptor, Some(tls)).await.unwrap_err();
    assert!(matches!(error, Error::NotTrusted { .. }), "{error:?}");
    assert_eq!(error.class(), Class::Outage);
    let said = error.to_string();
    let expected =
        "users.setPhoto: the server's certificate is of a kind that this client cannot verify";
    assert_eq!(said, expected);
    assert!(error.hint().contains("P-384") && error.hint().contains("Settings::tls"));
    shown(&error);
}

/// A server that has nothing but a key of P-521 ends the handshake itself, by the alert `handshake_failure`; one of plain HTTP says
/// so in its own words.
#[tokio::test]
async fn a_server_with_nothing_in_common_is_told_so() {
    // RFC 8446, sections 5.1 and 6: alert, length 2, fatal, handshake_failure.
    let problem = "and this client have no version of TLS, cipher or kind of certificate in common";
    no_tls_with(&[21, 3, 3, 0, 2, 2, 40], problem).await;
    no_tls_with(b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak TLS").await;
}

/// A read and a change at a server that answers the beginning of TLS so.
async fn no_tls_with(answer: &'static [u8], problem: &str) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("https://{}/api", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.read_buf(&mut Vec::new()).await.unwrap();
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    let settings = Settings {
        base_url,
        retry: headshot_upload::RetryPolicy {
            attempts: 1,
            ..Default::default()
        },
        tls: Some(trusting(roots(include_bytes!("tls/root.pem")))),
        ..Settings::default()
    };
    let client = Client::with(token(), &settings).unwrap();
    let (read, change) = (client.profile(None).await, client.delete_photo().await);
    for error in [read.err(), change.err()] {
        let error = error.unwrap();
        let said = shown(&error);
        assert!(said.contains(&format!("127.0.0.1 {problem}")), "{said}");
        let kind = NoConnection::Tls;
        assert!(
            matches!(error, Error::NotSent { kind: found, .. } if found == kind),
            "{said}"
        );
        assert_eq!(error.class(), Class::Outage);
    }
    server.abort();
}
