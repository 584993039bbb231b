//! A separate connection for each request that changes something, and certainty about how much of the request went out.
//!
//! The server may have closed a reused connection a moment ago; a request that is written to it is lost,
//! and it is unclear whether it arrived. And a server that refuses early, before it has read a photo, closes while we are
//! still sending: its answer can still be read, but an HTTP library stops when sending fails. So here
//! a failure to send is only noted, and reading goes on, as in curl.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::client::conn::http1;
use hyper::{Request, Response, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use reqwest::Url;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::proxy::Proxy;
use crate::unconnected::{Party, Unconnected, host};

/// Headers of a reply that are read at most: proxies add theirs.
pub(crate) const MOST_HEADERS: usize = 1000;

/// A photo goes out in pieces of so many bytes, with a look for an early answer after each.
const PIECE: usize = 16 * 1024;

/// Read-ahead for a reply, including its head.
const READ_AHEAD: usize = 256 * 1024;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Makes connections.
#[derive(Clone)]
pub(crate) struct Dialer {
    tcp: HttpConnector,
    /// `None` for plain http.
    tls: Option<TlsConnector>,
    proxy: Option<Proxy>,
}

/// How much of a request went out.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    /// The last piece of the body was taken for sending.
    last_taken: AtomicBool,
    /// An error of sending: nothing after it went out.
    broke: AtomicBool,
}

/// A connection that has carried nothing yet.
pub(crate) struct Line {
    sender: http1::SendRequest<Pieces>,
    sent: Arc<Sent>,
    /// Ends the connection when it is dropped.
    _driver: JoinSet<()>,
}

impl Dialer {
    pub(crate) fn new(tls: Option<ClientConfig>, proxy: Option<Proxy>) -> Dialer {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        Dialer {
            tcp,
            tls: tls.map(|config| TlsConnector::from(Arc::new(config))),
            proxy,
        }
    }

    /// The proxy that leads to this address, if one does.
    pub(crate) fn proxy(&self, url: &Url) -> Option<&Proxy> {
        self.proxy.as_ref().filter(|proxy| proxy.is_for_url(url))
    }

    /// The first hop on the way to this address.
    pub(crate) fn party<'a>(&'a self, url: &'a Url) -> Party<'a> {
        match self.proxy(url) {
            Some(proxy) => Party::Proxy(proxy, host(url)),
            None => self.server(url),
        }
    }

    /// The server itself.
    pub(crate) fn server<'a>(&self, url: &'a Url) -> Party<'a> {
        match &self.proxy {
            Some(proxy) if proxy.leaves_out(url) => Party::LeftOut(host(url)),
            _ => Party::Server(host(url)),
        }
    }

    /// Connects to the host of this address, TLS included, through a proxy if one leads there. Nothing of a request is sent yet.
    pub(crate) async fn dial(&self, url: &Url) -> Result<Line, Unconnected> {
        let tcp = self.reach(url).await;
        let tcp = tcp.map_err(|source| Unconnected::new(self.party(url), source))?;
        let line = self.line(url, tcp).await;
        line.map_err(|source| Unconnected::new(self.server(url), source))
    }

    /// TCP to the server, or a proxy's connection to it.
    async fn reach(&self, url: &Url) -> Result<TcpStream, Source> {
        let proxy = self.proxy(url);
        let address: Uri = match proxy {
            Some(proxy) => proxy.url().parse()?,
            None => url.as_str().parse()?,
        };
        let mut tcp = self.tcp.clone().call(address).await?.into_inner();
        if let Some(proxy) = proxy {
            proxy.open(&mut tcp, url).await?;
        }
        Ok(tcp)
    }

    async fn line(&self, url: &Url, tcp: TcpStream) -> Result<Line, Source> {
        let stream: Box<dyn Duplex> = match &self.tls {
            None => Box::new(tcp),
            Some(tls) => {
                let host = host(url).trim_start_matches('[').trim_end_matches(']');
                let name = ServerName::try_from(host.to_owned())?;
                Box::new(tls.connect(name, tcp).await?)
            }
        };
        let sent = Arc::new(Sent::default());
        let patient = Patient {
            stream,
            sent: Arc::clone(&sent),
        };
        let (sender, connection) = http1::Builder::new()
            .max_headers(MOST_HEADERS)
            .max_buf_size(READ_AHEAD)
            .handshake(TokioIo::new(patient))
            .await?;
        let mut driver = JoinSet::new();
        driver.spawn(async {
            // Failures go to the sender or to the reader of the reply.
            let _ = connection.await;
        });
        Ok(Line {
            sender,
            sent,
            _driver: driver,
        })
    }
}

impl Line {
    /// Sends a request, and waits for the head of its reply, which may come before all is sent.
    pub(crate) async fn send(
        &mut self,
        head: Request<()>,
        parts: Vec<Bytes>,
    ) -> Result<Response<Incoming>, hyper::Error> {
        let pieces = Pieces {
            left: length(&parts),
            parts: parts.into(),
            sent: Arc::clone(&self.sent),
        };
        if pieces.left == 0 {
            self.sent.last_taken.store(true, Ordering::Relaxed);
        }
        self.sender.send_request(head.map(|()| pieces)).await
    }

    /// Whether the whole request may have reached the server. If not, the server cannot have acted on it.
    pub(crate) fn may_be_whole(&self) -> bool {
        self.sent.last_taken.load(Ordering::Relaxed) && !self.sent.broke.load(Ordering::Relaxed)
    }
}

/// The bytes of these together.
pub(crate) fn length(parts: &[Bytes]) -> u64 {
    parts.iter().map(|part| part.len() as u64).sum()
}

/// A body that is sent piece by piece. The bytes are shared, not copied.
struct Pieces {
    parts: VecDeque<Bytes>,
    left: u64,
    sent: Arc<Sent>,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(part) = self.parts.front_mut() else {
            return Poll::Ready(None);
        };
        let piece = part.split_to(part.len().min(PIECE));
        if part.is_empty() {
            self.parts.pop_front();
        }
        self.left -= piece.len() as u64;
        if self.left == 0 {
            self.sent.last_taken.store(true, Ordering::Relaxed);
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// TCP, or TLS on it.
trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A stream that goes on reading after sending has failed.
struct Patient {
    stream: Box<dyn Duplex>,
    sent: Arc<Sent>,
}

impl Patient {
    fn is_broken(&self) -> bool {
        self.sent.broke.load(Ordering::Relaxed)
    }

    /// The result of sending `all` bytes: an error is noted, and the bytes go nowhere.
    fn noted<T>(&self, done: io::Result<T>, all: T) -> io::Result<T> {
        done.or_else(|_| {
            self.sent.broke.store(true, Ordering::Relaxed);
            Ok(all)
        })
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_broken() {
            return Poll::Ready(Ok(bytes.len()));
        }
        let done = Pin::new(&mut self.stream).poll_write(cx, bytes);
        done.map(|done| self.noted(done, bytes.len()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let all = slices.iter().map(|slice| slice.len()).sum();
        if self.is_broken() {
            return Poll::Ready(Ok(all));
        }
        let done = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        done.map(|done| self.noted(done, all))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_broken() {
            return Poll::Ready(Ok(()));
        }
        let done = Pin::new(&mut self.stream).poll_flush(cx);
        done.map(|done| self.noted(done, ()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
