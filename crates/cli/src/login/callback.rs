//! Where the browser comes back to: a listener that only this machine can reach, for one answer.
//!
//! It serves no files, accepts GET of `/callback` if the Host header names this machine, and closes after the first answer.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use headshot_upload::oauth::{Login, NoCode, Secret};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::login::page;
use crate::terminal::failure::Failure;

/// The longest head of a request that is read.
const LONGEST_HEAD: usize = 32 * 1024;

/// How long a browser may take to send it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Browsers open more connections than they use.
const MOST_CONNECTIONS: usize = 32;

/// The listener, on both addresses that `localhost` may mean.
pub(super) struct Callback {
    four: TcpListener,
    /// Not every machine has IPv6.
    six: Option<TcpListener>,
    pub(super) port: u16,
}

/// An answer, and the browser that waits to hear the result.
pub(super) struct Answer {
    pub(super) code: Result<Secret, NoCode>,
    pub(super) browser: Browser,
}

/// A browser that is waiting for its reply.
pub(super) struct Browser(TcpStream);

/// The parts of a request's head that matter.
struct Request {
    verb: String,
    target: Secret,
    host: String,
    stream: TcpStream,
}

impl Callback {
    /// Listens; port 0 picks a free one.
    pub(super) async fn bind(port: u16) -> Result<Callback, Failure> {
        let taken = |address: SocketAddr, error: &io::Error| {
            let what = format!("cannot listen on {address}, where the browser comes back to");
            let hint = "another program, or another login, may have the port: wait, or choose another --port, and add \
                http://localhost:PORT/callback to the app's redirect URLs";
            Failure::io("port", what, error).with_hint(hint)
        };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let four = TcpListener::bind(address).await;
        let four = four.map_err(|error| taken(address, &error))?;
        let port = four.local_addr().map_or(port, |address| address.port());
        let address = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
        let six = match TcpListener::bind(address).await {
            Ok(six) => Some(six),
            // The browser may try that address first, and another program would get the code.
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                return Err(taken(address, &error));
            }
            Err(_) => None,
        };
        Ok(Callback { four, six, port })
    }

    /// Waits for an answer to this question. Anything else gets a reply that says what is wrong.
    pub(super) async fn answer(&self, login: &Login) -> Answer {
        let mut reading = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.accept() => {
                    if let Ok(stream) = accepted && reading.len() < MOST_CONNECTIONS {
                        reading.spawn(timeout(PATIENCE, read(stream)));
                    }
                }
                Some(done) = reading.join_next() => {
                    let Ok(Ok(Some(request))) = done else { continue };
                    if let Some(answer) = self.judge(request, login).await {
                        return answer;
                    }
                }
            }
        }
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        let accepted = match &self.six {
            None => self.four.accept().await,
            Some(six) => tokio::select! {
                accepted = self.four.accept() => accepted,
                accepted = six.accept() => accepted,
            },
        };
        if accepted.is_err() {
            // Out of file descriptors, for example: do not retry at once.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        accepted.map(|(stream, _)| stream)
    }

    async fn judge(&self, request: Request, login: &Login) -> Option<Answer> {
        let browser = Browser(request.stream);
        let hosts = ["localhost", "127.0.0.1", "[::1]"];
        let is_ours = hosts
            .iter()
            .any(|host| request.host == format!("{host}:{}", self.port));
        // A page elsewhere that has its own name resolve to this machine (DNS rebinding).
        if !is_ours {
            let text = "This server answers only this machine.";
            browser.reply("403 Forbidden", "Not here", text).await;
            return None;
        }
        let path = request.target.expose().split('?').next();
        if path != Some("/callback") {
            browser
                .reply(
                    "404 Not Found",
                    "Nothing here",
                    "headshot waits at /callback.",
                )
                .await;
            return None;
        }
        if request.verb != "GET" {
            browser
                .reply(
                    "405 Method Not Allowed",
                    "Nothing here",
                    "Only GET is answered.",
                )
                .await;
            return None;
        }
        match login.code(request.target.expose()) {
            Err(NoCode::NoAnswer) => {
                let text = "This address holds no answer from Slack.";
                browser.reply("400 Bad Request", "No answer", text).await;
                None
            }
            code => Some(Answer { code, browser }),
        }
    }
}

impl Browser {
    /// Shows the result.
    pub(super) async fn show(self, is_done: Result<&str, &str>) {
        match is_done {
            Ok(who) => {
                let text = format!("headshot is signed in as {who}. You can close this page.");
                self.reply("200 OK", "Signed in", &text).await;
            }
            Err(why) => {
                let text = format!("headshot is not signed in: {why}. You can close this page.");
                self.reply("400 Bad Request", "Not signed in", &text).await;
            }
        }
    }

    async fn reply(mut self, status: &str, title: &str, text: &str) {
        let bytes = page::reply(status, title, text);
        let reply = async {
            self.0.write_all(bytes.as_bytes()).await?;
            self.0.shutdown().await?;
            // Closing on unread bytes would send a reset, which may overtake the reply.
            let mut rest = [0; 1024];
            while self.0.read(&mut rest).await? > 0 {}
            io::Result::Ok(())
        };
        let _ = timeout(Duration::from_secs(2), reply).await;
    }
}

/// The relevant parts of a request's head; `None` if it is not one.
async fn read(mut stream: TcpStream) -> Option<Request> {
    let mut head = Vec::with_capacity(LONGEST_HEAD);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() >= LONGEST_HEAD || stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let head = Secret::new(String::from_utf8(head).ok()?);
    let mut lines = head.expose().split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (verb, target) = (words.next()?, words.next()?);
    let host = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("host"))
        .map(|(_, value)| value.trim().to_ascii_lowercase())?;
    Some(Request {
        verb: verb.to_owned(),
        target: Secret::new(target.to_owned()),
        host,
        stream,
    })
}
