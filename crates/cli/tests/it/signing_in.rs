//! Somebody who signs in: the command, and the browser that it talks to, by hand.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use headshot_emulator::{Emulator, Request};

use crate::run::{Ran, headshot, state};

/// `headshot login` that waits for an answer. It is ended in any case.
pub(crate) struct SigningIn {
    child: Child,
    /// What it has said so far, and will say.
    said: BufReader<std::process::ChildStderr>,
    heard: String,
    /// The address that it wants opened.
    pub(crate) address: String,
}

/// What a browser gets.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) text: String,
}

pub(crate) fn login(base_url: &str) -> Command {
    let mut command = headshot();
    command.env_remove("HEADSHOT_CLIENT_ID").args([
        "login",
        "--client-id",
        "11.22",
        "--port",
        "0",
        "--no-open",
        "--base-url",
        base_url,
    ]);
    command
}

impl SigningIn {
    pub(crate) fn start(command: &mut Command) -> SigningIn {
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.expect("the binary starts");
        let mut login = SigningIn {
            said: BufReader::new(child.stderr.take().expect("it is piped")),
            child,
            heard: String::new(),
            address: String::new(),
        };
        while login.address.is_empty() {
            let mut line = String::new();
            let read = login.said.read_line(&mut line).expect("text");
            login.heard += &line;
            assert_ne!(read, 0, "it ended early: {}", login.heard);
            if line.starts_with("http") {
                login.address = line.trim_end().to_owned();
            }
        }
        login
    }

    /// Where the consent page sends the browser of this person, or of whoever says `cancel`.
    pub(crate) fn consent(&self, who: &str) -> String {
        let page = visit(&format!("{}&auto={who}", self.address));
        page.location.expect("somewhere to go")
    }

    /// The port that the browser is to come back to.
    pub(crate) fn port(&self) -> u16 {
        let (_, rest) = self.address.split_once("localhost%3A").expect("a port");
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().expect("a number")
    }

    /// Types a line.
    pub(crate) fn paste(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("it is piped");
        writeln!(stdin, "{line}").expect("it reads");
    }

    pub(crate) fn end(mut self) -> Ran {
        self.said.read_to_string(&mut self.heard).expect("text");
        let mut stdout = Vec::new();
        let mut pipe = self.child.stdout.take().expect("it is piped");
        pipe.read_to_end(&mut stdout).expect("it can be read");
        let status = self.child.wait().expect("it ends");
        Ran {
            status: status.code().expect("no signal ended it"),
            stdout,
            stderr: std::mem::take(&mut self.heard),
        }
    }
}

impl Drop for SigningIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Signs somebody in, to the end.
#[track_caller]
pub(crate) fn sign_in(base_url: &str, who: &str) -> Ran {
    let login = SigningIn::start(&mut login(base_url));
    let page = visit(&login.consent(who));
    assert_eq!(page.status, 200, "{page:?}");
    login.end().expect(0)
}

/// Opens an address of this machine.
pub(crate) fn visit(address: &str) -> Page {
    let rest = address.strip_prefix("http://").expect("http");
    let (host, path) = rest.split_once('/').expect("a path");
    ask("GET", host, host, &format!("/{path}"))
}

/// The same with every part of it chosen.
pub(crate) fn ask(verb: &str, to: &str, host: &str, path: &str) -> Page {
    let to = to.replace("localhost", "127.0.0.1");
    let mut stream = TcpStream::connect(&to).expect("somebody listens");
    let request = format!("{verb} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("text");
    let status = reply.split(' ').nth(1).expect("a status");
    let location = reply
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    Page {
        status: status.parse().expect("a number"),
        location: location.map(str::to_owned),
        text: reply,
    }
}

/// The files of the logins that are kept.
pub(crate) fn kept() -> Vec<PathBuf> {
    let folder = state().join("logins");
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let files = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = files
        .filter(|file| file.extension() == Some("json".as_ref()))
        .collect();
    files.sort();
    files
}

/// A text in the file of a login.
pub(crate) fn field(file: &Path, name: &str) -> String {
    let login: serde_json::Value =
        serde_json::from_slice(&std::fs::read(file).expect("a file")).expect("JSON");
    login[name].as_str().expect("text").to_owned()
}

/// The requests for tokens of this kind.
pub(crate) fn grants(emulator: &Emulator, kind: &str) -> Vec<Request> {
    let mut requests = emulator.requests();
    requests.retain(|request| {
        let grant = request
            .field("grant_type")
            .map(|field| field.text().into_owned());
        request.method() == "oauth.v2.access" && grant.as_deref() == Some(kind)
    });
    requests
}
