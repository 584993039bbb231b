//! The listening thread and its life from start to drop.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

use crate::record::Request;
use crate::state::Shared;
use crate::{Settings, proxy, serve, token};

/// How often a waiting client makes another idle connection close.
const NUDGE: Duration = Duration::from_millis(10);

/// A running emulator. Dropping it stops it and frees its port.
#[derive(Debug)]
pub struct Emulator {
    shared: Arc<Shared>,
    /// Where its proxy listens.
    proxy: Option<SocketAddr>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Starts an emulator with the default [`Settings`] on a free port of 127.0.0.1, on a thread of its own.
    ///
    /// # Errors
    /// If no socket is available.
    pub fn start() -> io::Result<Emulator> {
        Emulator::with(Settings::default())
    }

    /// Starts an emulator with these settings.
    ///
    /// # Errors
    /// If it cannot listen on the address: choose another port.
    pub fn with(settings: Settings) -> io::Result<Emulator> {
        let listener = TcpListener::bind((settings.host, settings.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let origin = format!("http://{address}");
        let front = match settings.proxy {
            Some(port) => {
                let listener = TcpListener::bind((settings.host, port))?;
                listener.set_nonblocking(true)?;
                Some((listener, proxy::acceptor()?))
            }
            None => None,
        };
        let local = front.as_ref().map(|(listener, _)| listener.local_addr());
        let local = local.transpose()?;
        let shared = Arc::new(Shared::new(settings, origin));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("headshot-emulator".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    if let Some((listener, tls)) = front
                        && let Ok(listener) = tokio::net::TcpListener::from_std(listener)
                    {
                        let shared = Arc::clone(&for_thread);
                        tokio::spawn(proxy::listen(listener, address, tls, shared));
                    }
                    tokio::select! {
                        () = accept(listener, for_thread) => {}
                        _ = stopped => {}
                    }
                });
            })?;
        Ok(Emulator {
            shared,
            proxy: local,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The base URL for a client, as `http://127.0.0.1:40123/api/`; with a proxy `https://slack.test/api/`.
    pub fn base_url(&self) -> String {
        format!("{}/api/", self.shared.public)
    }

    /// The base URL for a client of SCIM, as `http://127.0.0.1:40123/scim/v2/`; with a proxy `https://slack.test/scim/v2/`.
    pub fn scim_base_url(&self) -> String {
        format!("{}/scim/v2/", self.shared.public)
    }

    /// The address of its proxy, as `http://127.0.0.1:40124`, if [`Settings::proxy`] asks for one.
    pub fn proxy_url(&self) -> Option<String> {
        self.proxy.map(|address| format!("http://{address}"))
    }

    /// The root certificate, as PEM, that a client must trust to speak to `https://slack.test` through the proxy. It is good for
    /// nothing else.
    pub fn root_certificate(&self) -> &'static str {
        proxy::ROOT
    }

    /// The URL of the page that shows the photo and the log.
    pub fn page_url(&self) -> String {
        format!("{}/", self.shared.origin)
    }

    /// A user's token with every scope. [`crate::TOKENS`] names others.
    pub fn token(&self) -> &str {
        token::DEFAULT
    }

    /// What was received, oldest first: the last 1000 requests, at most 64 MiB of them.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.all()
    }

    /// The log, oldest first: a line for each call and each event, the last 1000. No token is in it.
    pub fn log(&self) -> Vec<String> {
        self.shared
            .state()
            .log
            .all()
            .iter()
            .map(|entry| entry.line())
            .collect()
    }

    /// The `user_change` events so far, oldest first, as JSON; as many as the log still holds.
    pub fn events(&self) -> Vec<String> {
        self.shared
            .state()
            .log
            .all()
            .into_iter()
            .filter_map(|entry| entry.event)
            .collect()
    }

    /// Expires every access token that OAuth has issued, earlier than announced: the next call with one is `token_expired`.
    pub fn expire_tokens(&self) {
        self.shared.state().oauth.expire();
    }

    /// Blocks for as long as the emulator runs: until the process ends.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let most = shared
        .settings
        .max_connections
        .clamp(1, Semaphore::MAX_PERMITS);
    let permits = Arc::new(Semaphore::new(most));
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let mut permit = Arc::clone(&permits).try_acquire_owned().ok();
                while permit.is_none() {
                    shared.idle.send_away_oldest();
                    let next = Arc::clone(&permits).acquire_owned();
                    permit = timeout(NUDGE, next).await.ok().and_then(Result::ok);
                }
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    serve::serve(stream, &shared).await;
                    drop(permit);
                });
            }
            // Out of file descriptors, or the client has gone again: neither ends the server.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}
