//! The server: only for this machine, from its start to *Done* or Ctrl-C.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use axum::serve::ListenerExt;
use headshot_batch::Failure;
use tokio::runtime::Builder;
use tokio::time::timeout;

use crate::guard::Guard;
use crate::routes;
use crate::settings::Settings;
use crate::studio::{self, Studio};
use crate::token::Token;

/// How often to check for Ctrl-C and *Done*.
const ATTENTION: Duration = Duration::from_millis(50);

/// How long pages that hold a connection open may keep the server from ending.
const PATIENCE: Duration = Duration::from_secs(2);

/// Threads for requests beside those that make thumbnails.
const OTHERS: usize = 4;

/// A studio that listens, and answers once it runs.
pub struct Server {
    listener: TcpListener,
    port: u16,
    token: Token,
    studio: Arc<Studio>,
}

impl Server {
    /// Listens on 127.0.0.1 at this port, 0 for a free one, and reads what was chosen before.
    ///
    /// # Errors
    /// If something else listens on a chosen port; and those of
    /// [`Choices::read`](headshot_batch::choices::Choices::read).
    pub fn new(port: u16, settings: Settings) -> Result<Server, Failure> {
        let studio = Arc::new(Studio::new(settings)?);
        let busy = |error: io::Error| {
            let what = format!("--port {port}: cannot listen on it");
            let failure = Failure::io("usage", what, &error);
            failure.with_hint("leave --port out: then a free one is taken")
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(busy)?;
        listener.set_nonblocking(true).map_err(busy)?;
        let port = listener.local_addr().map_err(busy)?.port();
        Ok(Server {
            listener,
            port,
            token: Token::random()?,
            studio,
        })
    }

    /// The address to open, with the token behind `#`, which no browser sends.
    pub fn address(&self) -> String {
        format!(
            "http://127.0.0.1:{}/#token={}",
            self.port,
            self.token.text()
        )
    }

    /// Answers until the user clicks *Done* or `stop` is set. Work that was begun is finished, but *Make all* begins no more
    /// photos: if that stopped it before its end, this returns what it says.
    ///
    /// # Errors
    /// If the system does not allow listening.
    pub fn run(self, stop: &AtomicBool) -> Result<Option<String>, Failure> {
        let failed = |error: io::Error| Failure::io("internal", "the studio cannot run", &error);
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let runtime = Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(cores + OTHERS)
            .build()
            .map_err(failed)?;
        let studio = self.studio;
        let guard = Guard {
            token: self.token,
            port: self.port,
        };
        let router = routes::router(Arc::clone(&studio), guard, cores);
        let looker = {
            let studio = Arc::clone(&studio);
            let look = move || studio::look_at_all(&studio);
            thread::Builder::new().spawn(look).map_err(failed)?
        };
        let served = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(self.listener)?;
            // Send small answers without delay.
            let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
            let over = {
                let studio = Arc::clone(&studio);
                async move {
                    while !studio.is_over() {
                        tokio::time::sleep(ATTENTION).await;
                    }
                }
            };
            let serve = axum::serve(listener, router).with_graceful_shutdown(over);
            let mut serve = pin!(serve.into_future());
            let mut ending = None;
            loop {
                if let Ok(served) = timeout(ATTENTION, &mut serve).await {
                    return served;
                }
                if stop.load(Ordering::Relaxed) {
                    studio.end();
                }
                if studio.is_over() {
                    let since = *ending.get_or_insert_with(Instant::now);
                    if since.elapsed() > PATIENCE {
                        return Ok(());
                    }
                }
            }
        });
        studio.end();
        // Work that was begun, such as setting a photo, is waited for.
        drop(runtime);
        let _ = looker.join();
        while studio.making.is_running() {
            thread::park_timeout(ATTENTION);
        }
        served.map_err(failed)?;
        Ok(studio.making.stopped())
    }
}
