//! A server that reads requests properly and answers them as badly as it is told to.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What to do with one request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Send these bytes and close.
    Say(Vec<u8>),
    /// Send the first bytes at once and the others one each second, then close.
    Drip(Vec<u8>, Vec<u8>),
    /// Send these bytes, then more and more until the client goes away.
    Flood(Vec<u8>),
    /// Send these bytes, then nothing, with the connection open.
    Silence(Vec<u8>),
    /// Reset the connection as soon as the head of the request is read.
    ResetBeforeBody,
    /// Reset the connection after the whole request is read.
    ResetAfterBody,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Request line and headers.
    pub(crate) head: String,
    pub(crate) body: Bytes,
}

impl Request {
    /// The last part of the path.
    pub(crate) fn method(&self) -> &str {
        let path = self.head.split(' ').nth(1).unwrap();
        path.rsplit('/').next().unwrap()
    }

    /// All values of a header, in order.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self
            .head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "));
        lines
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }

    /// The fields of a URL-encoded body.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

/// Listens on a free loopback port until dropped.
pub(crate) struct Server {
    base_url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    /// Dropping it ends the server and all its connections.
    _tasks: JoinSet<()>,
}

impl Server {
    /// Answers the requests for each method in turn; the last answer is given again and again.
    pub(crate) async fn start(script: &[(&str, &[Answer])]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/api/", listener.local_addr().unwrap());
        let answers = script
            .iter()
            .map(|(method, answers)| (method.to_string(), answers.iter().cloned().collect()));
        let answers: Arc<Mutex<HashMap<String, VecDeque<Answer>>>> =
            Arc::new(Mutex::new(answers.collect()));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        let seen = requests.clone();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.spawn(serve(stream, answers.clone(), seen.clone()));
            }
        });
        Server {
            base_url,
            requests,
            _tasks: tasks,
        }
    }

    /// For one answer to one method.
    pub(crate) async fn answering(method: &str, answer: Answer) -> Server {
        Server::start(&[(method, &[answer])]).await
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What has arrived so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The methods that were called so far, in order.
    pub(crate) fn methods(&self) -> Vec<String> {
        self.requests()
            .iter()
            .map(|request| request.method().to_owned())
            .collect()
    }
}

/// One request a connection, so that each answer may end as rudely as it likes.
async fn serve(
    mut stream: TcpStream,
    answers: Arc<Mutex<HashMap<String, VecDeque<Answer>>>>,
    seen: Arc<Mutex<Vec<Request>>>,
) {
    let Some((request, answer)) = receive(&mut stream, &answers).await else {
        return;
    };
    seen.lock().unwrap().push(request);
    // The client may leave at any time: errors of writing are of no interest.
    match answer {
        Answer::Say(bytes) => {
            let _ = stream.write_all(&bytes).await;
        }
        Answer::Drip(head, body) => {
            let _ = stream.write_all(&head).await;
            for byte in body {
                tokio::time::sleep(Duration::from_secs(1)).await;
                if stream.write_all(&[byte]).await.is_err() {
                    return;
                }
            }
        }
        Answer::Flood(bytes) => {
            let _ = stream.write_all(&bytes).await;
            while stream.write_all(&[b' '; 4096]).await.is_ok() {}
        }
        Answer::Silence(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.read(&mut [0; 1]).await;
        }
        Answer::ResetBeforeBody | Answer::ResetAfterBody => stream.set_zero_linger().unwrap(),
    }
}

async fn receive(
    stream: &mut TcpStream,
    answers: &Mutex<HashMap<String, VecDeque<Answer>>>,
) -> Option<(Request, Answer)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut request = Request {
        head,
        body: Bytes::new(),
    };
    let answer = {
        let mut answers = answers.lock().unwrap();
        let method = request.method();
        let queue = answers
            .get_mut(method)
            .unwrap_or_else(|| panic!("nobody expected {method}"));
        if queue.len() > 1 {
            queue.pop_front().unwrap()
        } else {
            queue[0].clone()
        }
    };
    if !matches!(answer, Answer::ResetBeforeBody) {
        // A GET has none.
        let length = request.headers("content-length").first().copied();
        let length: usize = length.unwrap_or("0").parse().unwrap();
        while bytes.len() < end + length {
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        }
        request.body = Bytes::from(bytes).slice(end..);
    }
    Some((request, answer))
}

/// A reply with a length.
pub(crate) fn reply(status: u16, headers: &str, body: &str) -> Answer {
    Answer::Say(text(status, headers, body).into_bytes())
}

/// The text of a reply with a length. Each line of `headers` ends in `\r\n`.
pub(crate) fn text(status: u16, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} Whatever\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// A reply with status 200 in JSON.
pub(crate) fn json(body: &str) -> Answer {
    reply(
        200,
        "Content-Type: application/json; charset=utf-8\r\n",
        body,
    )
}
