//! `emulator`: runs the emulator until Ctrl-C and shows the calls that it gets.

pub(crate) mod args;

use std::time::Duration;

pub(crate) use headshot_emulator::Emulator;
use tokio::runtime::Builder;

use crate::terminal::console::{self, Console};
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;

use args::EmulatorArgs;

/// How long a line of the log may wait before it is shown.
const PACE: Duration = Duration::from_millis(100);

pub(crate) fn run(args: &EmulatorArgs, console: &mut Console) -> Result<Exit, Failure> {
    if !args.host.is_loopback() {
        let text = "anybody who can reach this machine can use this emulator and see its photos";
        console::warning(None, text);
    }
    let emulator = Emulator::with(args.settings()).map_err(|error| {
        let what = format!("cannot listen on port {} of {}", args.port, args.host);
        Failure::io("emulator", what, &error)
            .with_hint("another program may have it: choose another --port, or 0 for a free one")
    })?;
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::io("internal", "no runtime", &error))?;

    console.labeled("base URL", &emulator.base_url());
    console.labeled("SCIM", &emulator.scim_base_url());
    console.labeled("token", emulator.token());
    console.labeled("page", &emulator.page_url());
    let mut example = format!(
        "SLACK_TOKEN={} headshot set PHOTO --base-url {}",
        emulator.token(),
        emulator.base_url()
    );
    if let Some(proxy) = emulator.proxy_url() {
        console.labeled("proxy", &proxy);
        let root = format!("{}root.pem", emulator.page_url());
        console.labeled(
            "root",
            &format!("{root} (save it, name it in SSL_CERT_FILE)"),
        );
        example = format!("SSL_CERT_FILE=root.pem {example} --proxy {proxy}");
    }
    console.labeled("try", &example);
    // A browser does not know the name behind the proxy.
    console.labeled(
        "login",
        &format!(
            "headshot login --client-id 1.1 --base-url {}api/",
            emulator.page_url()
        ),
    );
    console.labeled("stop", "Ctrl-C");
    let mut shown = Vec::new();
    let mut show_new = |console: &mut Console| {
        let log = emulator.log();
        for line in &log[already_shown(&shown, &log)..] {
            console.line(escape::text(line));
        }
        shown = log;
    };
    runtime.block_on(async {
        let mut clock = tokio::time::interval(PACE);
        let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
        loop {
            tokio::select! {
                heard = &mut interrupt => {
                    show_new(console);
                    return heard
                        .map(|()| Exit::Done)
                        .map_err(|error| Failure::io("internal", "cannot listen for Ctrl-C", &error));
                }
                _ = clock.tick() => show_new(console),
            }
        }
    })
}

/// How many lines at the beginning of `now` were in `before`: the log forgets its oldest lines.
fn already_shown(before: &[String], now: &[String]) -> usize {
    (0..=before.len())
        .map(|forgotten| &before[forgotten..])
        .find(|rest| now.starts_with(rest))
        .map_or(0, <[String]>::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_of_a_moving_log_is_shown_once() {
        let lines = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let shown = |before, now| already_shown(&lines(before), &lines(now));
        assert_eq!(shown("", "a b"), 0);
        assert_eq!(shown("a b", "a b"), 2);
        assert_eq!(shown("a b", "a b c"), 2);
        assert_eq!(shown("a b c", "b c d"), 2);
        assert_eq!(shown("a b c", "d e f"), 0);
    }
}
