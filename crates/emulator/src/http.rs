//! HTTP/1.1 by hand on a socket, because a test server must also be able to break the protocol.

use std::io;
use std::time::{Duration, SystemTime};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longest request line and headers, in bytes.
const MAX_HEAD: usize = 64 << 10;
const MAX_HEADERS: usize = 100;

/// The request line and headers of one request.
#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) verb: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    /// Names in lower case. `authorization` is not among them.
    pub(crate) headers: Vec<(String, String)>,
    /// Every Authorization header; more than one is the client's mistake.
    pub(crate) authorization: Vec<String>,
    /// Whether the client is willing to send another request on this connection.
    pub(crate) keep_alive: bool,
    length: Length,
}

#[derive(Clone)]
enum Length {
    Known(u64),
    Chunked,
}

impl Head {
    /// The first header of this lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What came of reading a request body.
pub(crate) enum Body {
    Whole(Bytes),
    /// The client stopped before the end it had announced.
    Cut,
    TooLong,
    Malformed,
}

/// One reply, written with its length.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
        Reply {
            status,
            content_type,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub(crate) fn text(status: u16, text: impl Into<String>) -> Reply {
        Reply::new(status, "text/plain; charset=utf-8", text.into())
    }

    pub(crate) fn json(status: u16, value: &serde_json::Value) -> Reply {
        Reply::new(status, "application/json; charset=utf-8", value.to_string())
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }

    /// The status line and headers, the empty line included. Slack's own replies carry a Date too.
    pub(crate) fn head(&self, keep_alive: bool) -> String {
        let mut head = format!(
            "HTTP/1.1 {} {}\r\ndate: {}\r\n",
            self.status,
            reason(self.status),
            date(SystemTime::now())
        );
        head += &format!("x-slack-req-id: {:032x}\r\n", fastrand::u128(..));
        if !self.content_type.is_empty() {
            head += &format!("content-type: {}\r\n", self.content_type);
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        // RFC 9110, section 8.6.
        if self.status != 204 {
            head += &format!("content-length: {}\r\n", self.body.len());
        }
        head += if keep_alive {
            "connection: keep-alive\r\n\r\n"
        } else {
            "connection: close\r\n\r\n"
        };
        head
    }
}

/// An HTTP date (RFC 9110, section 5.6.7).
pub(crate) fn date(time: SystemTime) -> String {
    httpdate::fmt_http_date(time)
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        413 => "Content Too Large",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}

/// A client's connection and what has been read from it but not used.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: BytesMut,
    idle: Duration,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, idle: Duration) -> Connection {
        Connection {
            stream,
            buffer: BytesMut::new(),
            idle,
        }
    }

    /// Whether nothing has come since the last request.
    pub(crate) fn is_idle(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Reads a request's head: `None` when the client has gone, the status to refuse with when it makes no sense.
    pub(crate) async fn read_head(&mut self) -> Result<Option<Head>, u16> {
        loop {
            if let Some((head, length)) = parse_head(&self.buffer)? {
                self.buffer.advance(length);
                return Ok(Some(head));
            }
            if self.buffer.len() > MAX_HEAD {
                return Err(431);
            }
            if !matches!(self.fill().await, Ok(1..)) {
                return Ok(None);
            }
        }
    }

    /// Reads the body that `head` announces, at most `max` bytes of it.
    pub(crate) async fn read_body(&mut self, head: &Head, max: usize) -> Body {
        // curl and others wait for this before they send a long body (RFC 9110, section 10.1.1).
        let waits = head
            .header("expect")
            .is_some_and(|e| e.eq_ignore_ascii_case("100-continue"));
        match head.length {
            Length::Known(length) if length > max as u64 => Body::TooLong,
            Length::Known(length) => {
                let length = length as usize;
                if waits
                    && self.buffer.len() < length
                    && self.write(b"HTTP/1.1 100 Continue\r\n\r\n").await.is_err()
                {
                    return Body::Cut;
                }
                while self.buffer.len() < length {
                    if !matches!(self.fill().await, Ok(1..)) {
                        return Body::Cut;
                    }
                }
                Body::Whole(self.buffer.split_to(length).freeze())
            }
            Length::Chunked => {
                if waits
                    && self.buffer.is_empty()
                    && self.write(b"HTTP/1.1 100 Continue\r\n\r\n").await.is_err()
                {
                    return Body::Cut;
                }
                self.read_chunks(max).await
            }
        }
    }

    async fn read_chunks(&mut self, max: usize) -> Body {
        let mut body = BytesMut::new();
        loop {
            let size = match httparse::parse_chunk_size(&self.buffer) {
                Ok(httparse::Status::Complete((used, size))) => {
                    self.buffer.advance(used);
                    size
                }
                Ok(httparse::Status::Partial) if self.buffer.len() <= MAX_HEAD => {
                    if !matches!(self.fill().await, Ok(1..)) {
                        return Body::Cut;
                    }
                    continue;
                }
                _ => return Body::Malformed,
            };
            if size > (max - body.len()) as u64 {
                return Body::TooLong;
            }
            // The chunk and the line end after it. Trailers are not taken: nothing that we serve sends them.
            while self.buffer.len() < size as usize + 2 {
                if !matches!(self.fill().await, Ok(1..)) {
                    return Body::Cut;
                }
            }
            body.extend_from_slice(&self.buffer.split_to(size as usize));
            if &self.buffer.split_to(2)[..] != b"\r\n" {
                return Body::Malformed;
            }
            if size == 0 {
                return Body::Whole(body.freeze());
            }
        }
    }

    /// Reads what there is: how many bytes, 0 at the end of the stream.
    async fn fill(&mut self) -> io::Result<usize> {
        self.buffer.reserve(16 << 10);
        timeout(self.idle, self.stream.read_buf(&mut self.buffer)).await?
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        timeout(self.idle, self.stream.write_all(bytes)).await?
    }

    pub(crate) async fn reply(
        &mut self,
        reply: &Reply,
        verb: &str,
        keep_alive: bool,
    ) -> io::Result<()> {
        let mut bytes = reply.head(keep_alive).into_bytes();
        if verb != "HEAD" {
            bytes.extend_from_slice(&reply.body);
        }
        self.write(&bytes).await
    }

    /// Ends the reply, then waits until the client has seen it: closing on unread bytes would send a reset,
    /// which may overtake the reply.
    pub(crate) async fn close(mut self) {
        self.shut_down().await;
    }

    /// As [`Connection::close`], for one that is borrowed.
    pub(crate) async fn shut_down(&mut self) {
        let _ = self.stream.shutdown().await;
        let mut rest = 64 << 20;
        while rest > 0 {
            self.buffer.clear();
            match self.fill().await {
                Ok(read @ 1..) => rest -= read.min(rest),
                _ => return,
            }
        }
    }

    /// The bare connection, for another protocol. What was read and not used is lost.
    pub(crate) fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// Closes with a reset instead of an orderly end.
    pub(crate) fn reset(self) {
        self.reset_on_drop();
    }

    /// Makes the end of this connection a reset.
    pub(crate) fn reset_on_drop(&self) {
        let _ = self.stream.set_zero_linger();
    }

    /// Says nothing until the client gives up.
    pub(crate) async fn wait_for_end(&mut self) {
        loop {
            self.buffer.clear();
            if !matches!(self.stream.read_buf(&mut self.buffer).await, Ok(1..)) {
                return;
            }
        }
    }
}

/// Parses a head: itself and its length in bytes, or `None` when it is not yet complete.
fn parse_head(bytes: &[u8]) -> Result<Option<(Head, usize)>, u16> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let length = match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(431),
        Err(_) => return Err(400),
    };
    let target = request.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut head = Head {
        verb: request.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        headers: Vec::new(),
        authorization: Vec::new(),
        keep_alive: request.version == Some(1),
        length: Length::Known(0),
    };
    let (mut lengths, mut codings) = (Vec::new(), Vec::new());
    for header in request.headers.iter() {
        let name = header.name.to_ascii_lowercase();
        let value = String::from_utf8_lossy(header.value).into_owned();
        match name.as_str() {
            "authorization" => {
                head.authorization.push(value);
                continue;
            }
            "content-length" => lengths.push(value.clone()),
            "transfer-encoding" => codings.push(value.clone()),
            "connection" if value.eq_ignore_ascii_case("close") => head.keep_alive = false,
            _ => {}
        }
        head.headers.push((name, value));
    }
    // Both or several of them is how requests are smuggled (RFC 9112, section 6.3): refuse.
    head.length = match (&lengths[..], &codings[..]) {
        ([], []) => Length::Known(0),
        ([length], []) if length.bytes().all(|b| b.is_ascii_digit()) => {
            Length::Known(length.parse().map_err(|_| 400_u16)?)
        }
        ([], [coding]) if coding.eq_ignore_ascii_case("chunked") => Length::Chunked,
        _ => return Err(400),
    };
    Ok(Some((head, length)))
}
