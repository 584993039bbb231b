//! Servers that answer before they have read the photo, and connections that end right after a reply: raw sockets, or TLS on
//! them, and no clock but the real one.

use std::any::Any;

use headshot_upload::{Class, Client, Code, Error, Photo, RateLimiter, RetryPolicy, Settings};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::server::text;
use crate::{client, shown, token};

/// What a server does after the head of a request.
#[derive(Clone, Copy)]
enum End {
    /// Close, with bytes of the photo unread: the system makes it a reset.
    Close,
    /// The same, once so many bytes of the photo have come.
    CloseAfter(usize),
    /// Leave the connection open.
    Stay,
}

/// A server that says the same to every post, without reading it. It has a thread of its own, so that it closes while the
/// client is in the middle of sending.
fn early(reply: &str, end: End, tls: Option<&TlsAcceptor>) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let scheme = tls.map_or("http", |_| "https");
    let (reply, tls) = (reply.to_owned(), tls.cloned());
    let serve = async move {
        let listener = TcpListener::from_std(listener).unwrap();
        let mut open: Vec<Box<dyn Any + Send>> = Vec::new();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // Or the reply waits behind what TLS has sent, and goes down with the reset.
            stream.set_nodelay(true).unwrap();
            let stream: Box<dyn Any + Send> = match &tls {
                None => Box::new(answer_early(stream, &reply, end).await),
                Some(tls) => {
                    let stream = tls.accept(stream).await.unwrap();
                    Box::new(answer_early(stream, &reply, end).await)
                }
            };
            if let End::Stay = end {
                open.push(stream);
            }
        }
    };
    std::thread::spawn(|| {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(serve)
    });
    format!("{scheme}://{address}/api/")
}

async fn answer_early<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    reply: &str,
    end: End,
) -> S {
    let mut bytes = Vec::new();
    let enough = match end {
        End::CloseAfter(enough) => enough,
        _ => 0,
    };
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") || bytes.len() < enough {
        stream.read_buf(&mut bytes).await.unwrap();
    }
    stream.write_all(reply.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    stream
}

/// Of so many megabytes: 3 may just be held by two sockets, 40 never are.
fn large(megabytes: usize) -> Photo {
    let mut bytes = vec![7; megabytes * 1_000_000];
    bytes[..3].copy_from_slice(b"\xff\xd8\xff");
    Photo::new(bytes.into()).unwrap()
}

#[tokio::test]
async fn early_refusals_are_heard_each_time() {
    early_refusals_are_heard(None).await;
}

pub(crate) async fn early_refusals_are_heard(tls: Option<&TlsAcceptor>) {
    let ok_false = text(200, "", r#"{"ok":false,"error":"invalid_auth"}"#);
    let replies = [
        text(413, "", "too large"),
        text(429, "Retry-After: 7\r\n", ""),
        ok_false,
    ];
    for (index, reply) in replies.iter().enumerate() {
        for end in [End::Close, End::CloseAfter(100_000), End::Stay] {
            let base_url = early(reply, end, tls);
            for _ in 0..8 {
                // Each of its own, lest a 429 hold the next one back.
                let client = client(&base_url);
                let error = client.set_photo(&large(3)).await.unwrap_err();
                shown(&error);
                match index {
                    0 => assert!(
                        matches!(error, Error::Status { status: 413, .. }),
                        "{error:?}"
                    ),
                    1 => assert_eq!(error.retry_after().unwrap().as_secs(), 7),
                    _ => assert_eq!(error.code(), Some(&Code::InvalidAuth), "{error:?}"),
                }
            }
        }
    }
}

#[tokio::test]
async fn what_did_not_go_out_whole_was_not_done() {
    what_is_cut_short_is_known(None).await;
}

pub(crate) async fn what_is_cut_short_is_known(tls: Option<&TlsAcceptor>) {
    // A gateway that gives up at once, and a server that just goes away.
    for reply in [&text(503, "Retry-After: 9\r\n", "busy"), "", "HTTP/1.1 2"] {
        let base_url = early(reply, End::Close, tls);
        let error = client(&base_url).set_photo(&large(40)).await.unwrap_err();
        shown(&error);
        assert!(matches!(error, Error::CutShort { .. }), "{error:?}");
        assert_eq!(error.class(), Class::Retry);
        let asked = error.retry_after().map(|wait| wait.as_secs());
        assert_eq!(asked, reply.contains("503").then_some(9));
    }
    // What went out whole may have been done.
    let base_url = early(&text(503, "", ""), End::Close, tls);
    let error = client(&base_url)
        .set_photo(&crate::photo())
        .await
        .unwrap_err();
    assert_eq!(error.class(), Class::OutcomeUnknown, "{error:?}");
}

/// A server that keeps connections, as it says, and then ends them right after a reply.
async fn fickle(reset: bool) -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/api/", listener.local_addr().unwrap());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            answer_once(stream, reset).await;
        }
    });
    (base_url, tasks)
}

async fn answer_once(mut stream: TcpStream, reset: bool) {
    let body = r#"{"ok":true,"profile":{"avatar_hash":"ba9876543210"}}"#;
    let reply = text(200, "", body).replace("Connection: close", "Connection: keep-alive");
    let mut bytes = Vec::new();
    let whole = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        let head = text.find("\r\n\r\n").map(|end| end + 4)?;
        let length = text.split("content-length: ").nth(1)?.lines().next()?;
        Some(bytes.len() >= head + length.parse::<usize>().unwrap())
    };
    while whole(&bytes) != Some(true) {
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    }
    stream.write_all(reply.as_bytes()).await.unwrap();
    if reset {
        // Only when the reply is out.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        stream.set_zero_linger().unwrap();
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_after_a_reply_costs_no_post() {
    for reset in [false, true] {
        let (base_url, _server) = fickle(reset).await;
        let settings = Settings {
            base_url,
            retry: RetryPolicy {
                attempts: 1,
                ..RetryPolicy::default()
            },
            rate_limiter: RateLimiter::unlimited(),
            ..Settings::default()
        };
        let client = Client::with(token(), &settings).unwrap();
        for _ in 0..10 {
            let upload = client.upload(&crate::photo()).await.unwrap();
            let sent = upload.send(&client, &crate::photo()).await.unwrap();
            assert_eq!((sent.attempts, &sent.warnings[..]), (1, &[][..]));
        }
    }
}
