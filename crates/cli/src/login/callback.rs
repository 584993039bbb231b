//! Where the browser comes back to: a listener that only this machine can reach, for one answer.
//!
//! It serves no files, accepts GET of `/callback` if the Host header names this machine, and closes after the answer with the right
//! state. Any page that the browser shows can send it something else, or hold connections open: neither ends the waiting.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use headshot_upload::oauth::{Login, NoCode, Secret};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet, yield_now};
use tokio::time::timeout;

use crate::login::page;
use crate::terminal::console;
use crate::terminal::failure::Failure;

/// The longest head of a request that is read.
const LONGEST_HEAD: usize = 32 * 1024;

/// How long a browser may take to send it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Browsers open more connections than they use. If there are more, those that have said nothing for longest are closed.
const MOST_CONNECTIONS: usize = 128;

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

    /// Waits for the answer to this question. Anything else gets a reply that says what is wrong.
    pub(super) async fn answer(&self, login: &Login) -> Answer {
        let (mut reading, mut replying) = (JoinSet::new(), JoinSet::new());
        let mut silent: VecDeque<AbortHandle> = VecDeque::new();
        let mut is_told = false;
        loop {
            tokio::select! {
                accepted = self.accept() => {
                    let Ok(stream) = accepted else { continue };
                    silent.retain(|one| !one.is_finished());
                    if silent.len() >= MOST_CONNECTIONS && let Some(oldest) = silent.pop_front() {
                        oldest.abort();
                    }
                    silent.push_back(reading.spawn(timeout(PATIENCE, read(stream))));
                    // So that what it has said is read before others push it out.
                    yield_now().await;
                }
                Some(done) = reading.join_next() => {
                    let Ok(Ok(Some(request))) = done else { continue };
                    let wrong = match self.judge(&request, login) {
                        Ok(code) => {
                            let browser = Browser(request.stream);
                            return Answer { code, browser };
                        }
                        Err(wrong) => wrong,
                    };
                    if wrong.title == OTHER.title && !std::mem::replace(&mut is_told, true) {
                        console::remark("an answer to another login came and was not taken");
                    }
                    if replying.len() < MOST_CONNECTIONS {
                        let browser = Browser(request.stream);
                        replying.spawn(browser.reply(wrong.status, wrong.title, wrong.text));
                    }
                }
                Some(_) = replying.join_next() => {}
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

    /// What the answer is, or what is wrong with a request that brings none.
    fn judge(&self, request: &Request, login: &Login) -> Result<Result<Secret, NoCode>, Wrong> {
        let hosts = ["localhost", "127.0.0.1", "[::1]"];
        let is_ours = hosts
            .iter()
            .any(|host| request.host == format!("{host}:{}", self.port));
        let wrong = |status, title, text| {
            Err(Wrong {
                status,
                title,
                text,
            })
        };
        // A page elsewhere that has its own name resolve to this machine (DNS rebinding).
        if !is_ours {
            let text = "This server answers only this machine.";
            return wrong("403 Forbidden", "Not here", text);
        }
        let path = request.target.expose().split('?').next();
        if path != Some("/callback") {
            let text = "headshot waits at /callback.";
            return wrong("404 Not Found", "Nothing here", text);
        }
        if request.verb != "GET" {
            let text = "Only GET is answered.";
            return wrong("405 Method Not Allowed", "Nothing here", text);
        }
        match login.code(request.target.expose()) {
            Err(NoCode::NoAnswer) => {
                let text = "This address holds no answer from Slack.";
                wrong("400 Bad Request", "No answer", text)
            }
            // Anybody can send that, so it must not end the waiting.
            Err(NoCode::WrongState) => Err(OTHER),
            code => Ok(code),
        }
    }
}

/// What a request gets that brings no answer.
struct Wrong {
    status: &'static str,
    title: &'static str,
    text: &'static str,
}

/// For the answer to another question.
const OTHER: Wrong = Wrong {
    status: "400 Bad Request",
    title: "Not this login",
    text: "This answer belongs to another login. headshot goes on waiting for its own: use the newest page.",
};

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
