//! Programs that print tokens, such as a vault's: run without a shell, for a limited time, and announced first.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use crate::set::manifest::rows::{Problem, Row};
use crate::set::manifest::source::Source;
use crate::slack::token;
use crate::terminal::console;
use crate::terminal::failure::{Failure, reason};

/// How long a program may take: long enough for somebody to unlock a vault.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often to check whether it has ended.
const ATTENTION: Duration = Duration::from_millis(10);

/// Announces the programs of these rows, or fails each row if programs are not allowed. Offline, none is run.
pub(super) fn announce(rows: &[Row], is_allowed: bool, is_offline: bool) -> Vec<Problem> {
    let mut programs = Vec::new();
    let mut problems = Vec::new();
    for row in rows {
        let Source::Command(words) = &row.token else {
            continue;
        };
        if !programs.contains(&&words[0][..]) {
            programs.push(&words[0][..]);
        }
        if !is_allowed && !is_offline {
            let message = format!("its token comes from the program {}", words[0]);
            let failure = Failure::new("manifest", message);
            let hint = "--allow-commands runs the manifest's programs as you: read its rows first";
            problems.push((Some(row.line), failure.with_hint(hint)));
        }
    }
    if !programs.is_empty() && problems.is_empty() {
        let what = if is_offline {
            "programs that would print tokens, and are not run"
        } else {
            "programs that print tokens"
        };
        console::remark(&format!("{what}: {}", programs.join(", ")));
    }
    problems
}

/// The token that a program prints. Its standard error goes to the terminal.
pub(super) fn token(words: &[String]) -> Result<String, Failure> {
    token_within(words, PATIENCE)
}

fn token_within(words: &[String], patience: Duration) -> Result<String, Failure> {
    let [program, arguments @ ..] = words else {
        return Err(Failure::new("internal", "the row names no program"));
    };
    let failed = |what: String| {
        let failure = Failure::new(token::NO_TOKEN, format!("the program {program} {what}"));
        Err(failure.with_hint("run it yourself: it must print the token and nothing else"))
    };
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return failed(format!("cannot be run: {}", reason(&error))),
    };
    let (sender, receiver) = channel();
    // On a thread, because a child of the program may hold the pipe open.
    let output = child.stdout.take();
    thread::spawn(move || {
        let mut bytes = Vec::with_capacity(token::LONGEST as usize + 1);
        let read = output.map(|output| output.take(token::LONGEST + 1).read_to_end(&mut bytes));
        let _ = sender.send(read.transpose().map(|_| bytes));
    });
    let since = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if since.elapsed() < patience => thread::sleep(ATTENTION),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                let seconds = patience.as_secs();
                return failed(format!(
                    "printed no token within {seconds} s, and was stopped"
                ));
            }
            Err(error) => return failed(format!("cannot be waited for: {}", reason(&error))),
        }
    };
    if !status.success() {
        return failed(match status.code() {
            Some(code) => format!("ended with status {code}"),
            None => "was ended by a signal".to_owned(),
        });
    }
    let left = patience
        .saturating_sub(since.elapsed())
        .max(Duration::from_secs(1));
    match receiver.recv_timeout(left) {
        Ok(Ok(bytes)) if bytes.is_empty() => failed("printed nothing".to_owned()),
        Ok(Ok(bytes)) => token::from_bytes(bytes, &format!("what {program} prints")),
        Ok(Err(error)) => failed(format!("cannot be read: {}", reason(&error))),
        Err(_) => failed("ended but left its output open".to_owned()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn run(words: &[&str], patience: Duration) -> Result<String, Failure> {
        let words: Vec<_> = words.iter().map(|&word| word.to_owned()).collect();
        token_within(&words, patience)
    }

    #[test]
    fn what_a_program_prints_is_the_token_and_nothing_of_it_is_repeated() {
        assert_eq!(
            run(&["echo", "xoxp-canary"], PATIENCE).unwrap(),
            "xoxp-canary"
        );
        for (words, what) in [
            (
                &["headshot-no-such-program"][..],
                "cannot be run: no such file",
            ),
            (&["false"], "ended with status 1"),
            (&["true"], "printed nothing"),
            (&["echo", "xoxc-canary"], "browser's token"),
            (&["echo", "\"xoxp-canary\""], "quotes"),
            (&["head", "-c", "5000", "/dev/zero"], "more than 4096 bytes"),
        ] {
            let failure = run(words, PATIENCE).unwrap_err();
            assert!(failure.message.contains(what), "{failure:?}");
            assert!(!failure.message.contains("canary"), "{failure:?}");
        }
        let failure = run(&["tail", "-f", "/dev/null"], Duration::ZERO).unwrap_err();
        assert!(failure.message.contains("within 0 s"), "{failure:?}");
    }
}
