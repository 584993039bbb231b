//! A CONNECT proxy in front of the emulator, with TLS behind it: what a company's network is to a client, on one machine.
//!
//! It leads to `https://slack.test` and hosts below that, which are the emulator, and nowhere else. The name has an address here
//! alone, so whoever gets there has gone through the proxy. The certificate is under a root that is good for `slack.test` and
//! nothing else, and whose key was thrown away. `fault-NNN.slack.test` is answered with the status NNN.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::http::{Connection, Head, Reply};
use crate::settings::PROXY_HOST;
use crate::state::Shared;

/// The root of its certificate, as PEM.
pub(crate) const ROOT: &str = include_str!("tls/root.pem");

/// Listens until it is dropped. `emulator` is where the emulator listens.
pub(crate) async fn listen(
    listener: TcpListener,
    emulator: SocketAddr,
    tls: TlsAcceptor,
    shared: Arc<Shared>,
) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (shared, tls) = (Arc::clone(&shared), tls.clone());
                tokio::spawn(async move {
                    connect(stream, emulator, &tls, &shared).await;
                });
            }
            // As where the emulator listens itself.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
        }
    }
}

/// The server's side of TLS.
///
/// # Errors
/// Where the certificate cannot be used.
pub(crate) fn acceptor() -> io::Result<TlsAcceptor> {
    let pem = |error| io::Error::other(format!("the certificate of {PROXY_HOST}: {error}"));
    let chain = CertificateDer::pem_slice_iter(include_bytes!("tls/server.pem"));
    let chain = chain.collect::<Result<_, _>>().map_err(pem)?;
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/server.key")).map_err(pem)?;
    let provider = Arc::new(rustls_graviola::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key));
    Ok(TlsAcceptor::from(Arc::new(
        config.map_err(io::Error::other)?,
    )))
}

/// One client: its CONNECT, then TLS, and what is in it to the emulator and back.
async fn connect(stream: TcpStream, emulator: SocketAddr, tls: &TlsAcceptor, shared: &Shared) {
    let _ = stream.set_nodelay(true);
    let mut connection = Connection::new(stream, shared.settings.idle);
    let Ok(Some(head)) = connection.read_head().await else {
        return;
    };
    let status = judge(&head);
    let with = match head.header("proxy-authorization") {
        Some(_) => ", with a user name and password",
        None => "",
    };
    let (verb, target) = (&head.verb, &head.path);
    shared
        .state()
        .note(format!("proxy: {verb} {target}{with}: {status}"));
    if status != 200 {
        let text =
            format!("this proxy leads to https://{PROXY_HOST}/ by CONNECT, and nowhere else\n");
        let mut reply = Reply::text(status, text);
        if status == 407 {
            reply = reply.with("proxy-authenticate", "Basic realm=\"emulator\"");
        }
        let _ = connection.reply(&reply, &head.verb, false).await;
        return connection.close().await;
    }
    let is_told = connection.write(b"HTTP/1.1 200 Connection established\r\n\r\n");
    if is_told.await.is_err() {
        return;
    }
    let stream = connection.into_stream();
    let mut inside = match timeout(shared.settings.idle, tls.accept(stream)).await {
        Ok(Ok(inside)) => inside,
        Ok(Err(error)) => {
            return shared
                .state()
                .note(format!("proxy: no TLS with the client: {error}"));
        }
        Err(_) => return,
    };
    let Ok(mut outside) = TcpStream::connect(emulator).await else {
        return;
    };
    let _ = outside.set_nodelay(true);
    // A reset of the emulator ends this, and the client sees a connection that breaks.
    if copy_bidirectional(&mut inside, &mut outside).await.is_ok() {
        // What was said last must not be overtaken by a reset.
        let _ = timeout(shared.settings.idle, inside.read(&mut [0; 1])).await;
    }
}

/// The status that a request to the proxy gets.
fn judge(head: &Head) -> u16 {
    if head.verb != "CONNECT" {
        return 405;
    }
    let (host, port) = head.path.rsplit_once(':').unwrap_or((&head.path, ""));
    let below = host
        .strip_suffix(PROXY_HOST)
        .map(|below| below.trim_end_matches('.'));
    match below {
        Some(fault) if fault.starts_with("fault-") => {
            let status = fault["fault-".len()..].parse().ok();
            status
                .filter(|status| (400..600).contains(status))
                .unwrap_or(403)
        }
        Some(_) if port == "443" && is_ours(host) => 200,
        _ => 403,
    }
}

/// Whether a host is the emulator behind the proxy.
pub(crate) fn is_ours(host: &str) -> bool {
    let below = host.strip_suffix(PROXY_HOST);
    below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
}
