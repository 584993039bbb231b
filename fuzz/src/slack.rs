//! A client of `headshot-upload` and, in the same thread, a server that gives every request the same reply.

use std::cell::OnceCell;
use std::future::Future;
use std::sync::{Arc, Mutex};

use headshot_upload::{Client, RateLimiter, RetryPolicy, Settings, Token};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

type Reply = Arc<Mutex<Vec<u8>>>;

struct Slack {
    runtime: Runtime,
    base_url: String,
    reply: Reply,
}

thread_local! {
    static SLACK: OnceCell<Slack> = const { OnceCell::new() };
}

/// Lets the client make calls that are answered with this status line and headers, and with this body.
pub fn call<F: Future<Output = ()>>(head: &[u8], body: &[u8], act: impl FnOnce(Client) -> F) {
    SLACK.with(|slack| {
        let slack = slack.get_or_init(start);
        let length = format!("\r\nContent-Length: {}\r\n\r\n", body.len());
        *slack.reply.lock().expect("one thread") =
            [b"HTTP/1.1 ", head, length.as_bytes(), body].concat();
        let settings = Settings {
            base_url: slack.base_url.clone(),
            retry: RetryPolicy {
                attempts: 1,
                ..RetryPolicy::default()
            },
            // A new one each time: a pause that one reply imposes must not hold up the next.
            rate_limiter: RateLimiter::unlimited(),
            ..Settings::default()
        };
        let token = Token::new("xoxp-1-2-3-abc".to_owned()).expect("a token");
        let client = Client::with(token, &settings).expect("a client");
        slack.runtime.block_on(act(client));
    });
}

fn start() -> Slack {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let listener = runtime
        .block_on(TcpListener::bind("127.0.0.1:0"))
        .expect("a free port");
    let address = listener.local_addr().expect("an address");
    let reply = Reply::default();
    let told = Arc::clone(&reply);
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&told)));
        }
    });
    Slack {
        runtime,
        base_url: format!("http://{address}/api/"),
        reply,
    }
}

/// Answers the requests of one connection until the client closes it.
async fn answer(mut stream: TcpStream, reply: Reply) -> Option<()> {
    let mut bytes = Vec::new();
    loop {
        while let Some(length) = whole(&bytes) {
            bytes.drain(..length);
            let reply = reply.lock().expect("one thread").clone();
            stream.write_all(&reply).await.ok()?;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// The length of the request that the bytes begin with, once all of it is there.
fn whole(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
    let length = text.split("content-length: ").nth(1);
    let length = length.and_then(|rest| rest.lines().next()?.parse().ok());
    let length = head + length.unwrap_or(0);
    (bytes.len() >= length).then_some(length)
}
