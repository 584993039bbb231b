//! A browser's part of the studio, by hand.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::run::headshot;

/// A running studio, which is ended in any case.
pub(crate) struct Studio {
    pub(crate) process: Child,
    pub(crate) port: u16,
    pub(crate) token: String,
}

/// What it has answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Answer {
        let text = String::from_utf8_lossy(&self.body).into_owned();
        assert_eq!(self.status, status, "{} {text:.999}", self.head);
        self
    }
}

impl Studio {
    pub(crate) fn open(arguments: &[&str]) -> Studio {
        Studio::of(headshot().args(["studio", "--no-open"]).args(arguments))
    }

    pub(crate) fn of(command: &mut Command) -> Studio {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = lines.next().expect("it says where it is").unwrap();
        let (port, token) = line
            .strip_prefix("page     http://127.0.0.1:")
            .and_then(|rest| rest.split_once("/#token="))
            .unwrap_or_else(|| panic!("{line}"));
        Studio {
            port: port.parse().unwrap(),
            token: token.to_owned(),
            process,
        }
    }

    /// Sends a request with these lines in its head, and no others.
    pub(crate) fn raw(&self, first: &str, head: &[String], body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let mut request = format!("{first} HTTP/1.1\r\nconnection: close\r\n");
        for line in head {
            request.push_str(&format!("{line}\r\n"));
        }
        if !body.is_empty() {
            request.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.expect("an answer has a head");
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_lowercase(),
            body: answer[end + 4..].to_vec(),
        }
    }

    pub(crate) fn head(&self) -> Vec<String> {
        vec![
            format!("Host: 127.0.0.1:{}", self.port),
            format!("X-Headshot-Token: {}", self.token),
        ]
    }

    /// Sends a request, and does not wait for an answer.
    pub(crate) fn begin(&self, first: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = self.head().join("\r\n");
        let length = body.len();
        let request =
            format!("{first} HTTP/1.1\r\n{head}\r\ncontent-length: {length}\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.raw(&format!("GET {path}"), &self.head(), b"")
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        self.raw(&format!("{method} {path}"), &self.head(), body.as_bytes())
    }

    pub(crate) fn done(mut self) {
        self.send("POST", "/api/done", &json!({})).expect(200);
        assert_eq!(self.process.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The bytes of an image as the page gets it.
pub(crate) fn image(told: &Value) -> Vec<u8> {
    let image = told["image"].as_str().unwrap();
    let (_, base64) = image.split_once(";base64,").unwrap();
    decoded(base64)
}

fn decoded(base64: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = base64.bytes().filter(|byte| *byte != b'=').collect();
    let mut bytes = Vec::new();
    for four in digits.chunks(4) {
        let bits = (0..4).fold(0u32, |bits, at| {
            bits << 6 | four.get(at).map_or(0, |byte| u32::from(value(*byte)))
        });
        bytes.extend(&bits.to_be_bytes()[1..four.len()]);
    }
    bytes
}

/// A shell that runs a copied command with this program.
pub(crate) fn shell(command: &Value) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_headshot"));
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&folders);
    let own = program.parent().unwrap().to_owned();
    let mut shell = Command::new("bash");
    shell.arg("-c").arg(command.as_str().unwrap());
    shell.env(
        "PATH",
        std::env::join_paths(std::iter::once(own).chain(folders)).unwrap(),
    );
    shell
}
