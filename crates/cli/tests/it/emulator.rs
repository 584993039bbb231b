//! `emulator`: its limits from the command line, and its faults in the help.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use headshot_emulator::{FAULT_OPTIONS, FAULTS, RETRY_AFTER, TOKENS};

use crate::run::{Ran, headshot, run};

/// A running emulator, which is ended in any case.
struct Running {
    process: Child,
    base_url: String,
    token: String,
}

impl Running {
    fn with(arguments: &[&str]) -> Running {
        let mut command = headshot();
        command.arg("emulator").args(arguments);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut lines = lines.map(Result::unwrap);
        let mut value = |label: &str| {
            let line = lines.find(|line| line.starts_with(label)).unwrap();
            line[label.len()..].trim().to_owned()
        };
        Running {
            base_url: value("base URL"),
            token: value("token"),
            process,
        }
    }

    fn call(&self, arguments: &[&str]) -> Ran {
        let mut command = headshot();
        command.env("SLACK_TOKEN", &self.token).args(arguments);
        run(command.args(["--base-url", &self.base_url]))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn limits_from_the_command_line_are_kept() {
    let photo = ["set", "testdata/still/large.jpg"];
    Running::with(&["--max-dimension", "599"])
        .call(&photo)
        .expect_message(1, "too_large");
    Running::with(&["--max-bytes", "999"])
        .call(&photo)
        .expect_message(1, "too_large");
    Running::with(&["--max-body", "999"])
        .call(&photo)
        .expect_message(1, "413");
    let few = Running::with(&["--members", "3", "--rate", "off"]);
    few.call(&photo).expect(0);
    let listed = few.call(&["audit", "--all", "--json"]).expect(0);
    assert_eq!(listed.objects().len(), 4 + 3);
}

#[test]
#[cfg(target_os = "linux")]
fn with_a_proxy_it_is_behind_tls_and_says_how_to_get_there() {
    use std::io::{Read, Write};
    let mut command = headshot();
    command.args(["emulator", "--proxy", "--rate", "off"]);
    let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut lines = lines.map(Result::unwrap);
    let mut value = |label: &str| {
        let line = lines.find(|line| line.starts_with(label)).unwrap();
        line[label.len()..].trim().to_owned()
    };
    let (base_url, token, page) = (value("base URL"), value("token"), value("page"));
    let (proxy, root, example) = (value("proxy"), value("root"), value("try"));
    let login = value("login");
    assert!(
        login.ends_with(&format!(" --base-url {page}api/")),
        "{login}"
    );
    let _running = Running {
        process,
        base_url: base_url.clone(),
        token: token.clone(),
    };
    assert_eq!(base_url, "https://slack.test/api/");
    assert!(root.starts_with(&format!("{page}root.pem ")), "{root}");
    assert!(
        example.starts_with("SSL_CERT_FILE=root.pem SLACK_TOKEN="),
        "{example}"
    );
    let address = page.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let request = format!("GET /root.pem HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (_, pem) = reply.split_once("\r\n\r\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("root.pem");
    std::fs::write(&file, pem).unwrap();
    let mut command = headshot();
    command
        .env("SSL_CERT_FILE", &file)
        .env_remove("SSL_CERT_DIR")
        .env("SLACK_TOKEN", &token);
    command.args(["set", "testdata/still/large.jpg", "--base-url", &base_url]);
    run(command.args(["--proxy", &proxy])).expect(0);
}

#[test]
fn the_long_help_lists_every_token_and_fault() {
    let help = run(headshot().args(["emulator", "--help"])).expect(0);
    let rows = [TOKENS, FAULTS, FAULT_OPTIONS, RETRY_AFTER].concat();
    for (name, about) in &rows {
        let word = about.split(' ').next().unwrap();
        let mut lines = help.text().lines().map(str::split_whitespace);
        let is_listed =
            lines.any(|mut words| words.next() == Some(*name) && words.next() == Some(word));
        assert!(is_listed, "{name}: {}", help.text());
    }
    assert!(rows.len() > 50, "{}", rows.len());
    for line in help.text().lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}
