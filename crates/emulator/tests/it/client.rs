//! A small HTTP client on a plain socket, so that the server is not tested with its own parser.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde_json::Value;

pub(crate) const BOUNDARY: &str = "X-BOUNDARY-X";

/// Nothing that works takes this long; it only keeps a broken test from hanging.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// `ok`, or the code of the error.
    pub(crate) fn outcome(&self) -> String {
        let json = self.json();
        match json["ok"].as_bool() {
            Some(true) => "ok".to_owned(),
            _ => json["error"].as_str().expect("a code").to_owned(),
        }
    }
}

/// `127.0.0.1:PORT` and the path of a URL.
pub(crate) fn split(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("http://").expect("http");
    let slash = rest.find('/').expect("a path");
    rest.split_at(slash)
}

pub(crate) fn connect(url: &str) -> TcpStream {
    let stream = TcpStream::connect(split(url).0).expect("connects");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
    stream
}

/// The bytes of a request. `Content-Length` is added.
pub(crate) fn request(verb: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let (host, path) = split(url);
    let mut bytes = format!(
        "{verb} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        bytes += &format!("{name}: {value}\r\n");
    }
    let mut bytes = (bytes + "\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// Sends bytes on a new connection, ends the sending side, and reads all there is.
pub(crate) fn exchange(url: &str, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = connect(url);
    stream.write_all(bytes)?;
    stream.shutdown(Shutdown::Write)?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply)?;
    Ok(reply)
}

/// Takes one whole reply from the front of these bytes.
pub(crate) fn parse(bytes: &[u8]) -> Reply {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut reply = httparse::Response::new(&mut headers);
    let Ok(httparse::Status::Complete(head)) = reply.parse(bytes) else {
        panic!("no reply in {:?}", String::from_utf8_lossy(bytes));
    };
    let headers = reply
        .headers
        .iter()
        .map(|h| {
            (
                h.name.to_owned(),
                String::from_utf8_lossy(h.value).into_owned(),
            )
        })
        .collect();
    Reply {
        status: reply.code.expect("a status"),
        headers,
        body: bytes[head..].to_vec(),
    }
}

pub(crate) fn send(verb: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let reply = parse(&exchange(url, &request(verb, url, headers, body)).expect("an exchange"));
    if verb != "HEAD" && reply.header("content-length").is_some() {
        assert_eq!(
            reply.header("content-length"),
            Some(reply.body.len().to_string().as_str())
        );
    }
    reply
}

pub(crate) fn get(url: &str) -> Reply {
    send("GET", url, &[], b"")
}

/// A multipart part: `None` for no file name or content type.
pub(crate) struct Part<'a> {
    pub(crate) name: &'a str,
    pub(crate) filename: Option<&'a str>,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) bytes: &'a [u8],
}

pub(crate) fn text<'a>(name: &'a str, value: &'a str) -> Part<'a> {
    Part {
        name,
        filename: None,
        content_type: None,
        bytes: value.as_bytes(),
    }
}

pub(crate) fn file<'a>(content_type: &'a str, bytes: &'a [u8]) -> Part<'a> {
    Part {
        name: "image",
        filename: Some("photo"),
        content_type: Some(content_type),
        bytes,
    }
}

pub(crate) fn multipart(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        body.extend(
            format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"",
                part.name
            )
            .bytes(),
        );
        if let Some(filename) = part.filename {
            body.extend(format!("; filename=\"{filename}\"").bytes());
        }
        if let Some(content_type) = part.content_type {
            body.extend(format!("\r\nContent-Type: {content_type}").bytes());
        }
        body.extend(b"\r\n\r\n");
        body.extend(part.bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

/// Posts a multipart form with this token.
pub(crate) fn post(base: &str, method: &str, token: &str, parts: &[Part<'_>]) -> Reply {
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let bearer = format!("Bearer {token}");
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", content_type.as_str()),
    ];
    send(
        "POST",
        &format!("{base}{method}"),
        &headers,
        &multipart(parts),
    )
}

/// Calls a method by GET with these arguments as the query, which must need no escapes.
pub(crate) fn call(base: &str, method: &str, token: &str, query: &str) -> Reply {
    let bearer = format!("Bearer {token}");
    send(
        "GET",
        &format!("{base}{method}?{query}"),
        &[("Authorization", &bearer)],
        b"",
    )
}

/// Posts a JSON body with this token.
pub(crate) fn post_json(base: &str, method: &str, token: &str, json: &Value) -> Reply {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "application/json; charset=utf-8"),
    ];
    send(
        "POST",
        &format!("{base}{method}"),
        &headers,
        json.to_string().as_bytes(),
    )
}
