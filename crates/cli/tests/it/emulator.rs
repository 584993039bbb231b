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
