//! The only place that prints: results on standard output, messages on standard error, colors on a terminal only.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use headshot_batch::files::write;
use serde::Serialize;

use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const LABEL: Style = AnsiColor::Cyan.on_default();

/// Where a run prints. A reader of standard output who goes away (`| head`) silences it and stops nothing.
pub(crate) struct Console {
    /// Why standard output accepts no more, if so.
    broken: Option<io::Error>,
}

impl Console {
    pub(crate) fn new() -> Console {
        Console { broken: None }
    }

    /// A line on standard output, of text that is already safe to print.
    pub(crate) fn line(&mut self, line: impl Display) {
        if self.broken.is_some() {
            return;
        }
        let mut stdout = anstream::stdout().lock();
        let written = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
        self.broken = written.err();
    }

    /// A line with a label in front, as `photo    JPEG`; an empty label indents.
    pub(crate) fn labeled(&mut self, label: &str, text: &str) {
        self.line(format_args!(
            "{LABEL}{label:<8}{LABEL:#} {}",
            escape::text(text)
        ));
    }

    /// An object on a line of its own.
    pub(crate) fn json(&mut self, object: &impl Serialize) {
        // Serializing fails for maps with keys that are no strings; there are none.
        if let Ok(json) = serde_json::to_string(object) {
            self.line(escape::json(&json));
        }
    }

    /// Raw bytes on standard output.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(bytes)
            .and_then(|()| stdout.flush())
            .map_err(|error| write::failed_to("standard output", &error))
    }

    /// The status of a run that ended as `exit`, unless its results could not be printed.
    pub(crate) fn finish(self, exit: Exit) -> Exit {
        match self.broken {
            Some(error) if error.kind() != ErrorKind::BrokenPipe => {
                let failure = Failure::io("output", "standard output cannot be written", &error);
                failed(None, &failure);
                Exit::worst([exit, Exit::Failed])
            }
            _ => exit,
        }
    }
}

/// Whether somebody looks at standard output.
pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether somebody looks at standard error.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Something the user should know, but that stops nothing.
pub(crate) fn warning(subject: Option<&Path>, text: &str) {
    let subject = subject.map(prefix).unwrap_or_default();
    let text = escape::text(text);
    note(format_args!(
        "headshot: {WARNING}warning:{WARNING:#} {subject}{text}"
    ));
}

/// A failure, with its hint.
pub(crate) fn failed(subject: Option<&Path>, failure: &Failure) {
    let subject = subject.map(prefix).unwrap_or_default();
    let text = escape::text(&failure.message);
    note(format_args!("{ERROR}headshot:{ERROR:#} {subject}{text}"));
    if let Some(hint) = &failure.hint {
        note(format_args!("  hint: {}", escape::text(hint)));
    }
    if let Some(id) = &failure.request_id {
        let id = escape::text(id);
        note(format_args!(
            "  request: {id} (what Slack's support asks for)"
        ));
    }
}

/// Something that is neither a result nor a problem, such as how much was checked.
pub(crate) fn remark(text: &str) {
    note(format_args!("headshot: {}", escape::text(text)));
}

/// A line that is meant to be copied, on standard error and with nothing before it.
pub(crate) fn plain(line: &str) {
    note(escape::text(line));
}

/// A line on standard error. A failure to print it cannot be reported.
fn note(line: impl Display) {
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}

fn prefix(subject: &Path) -> String {
    format!("{}: ", escape::shown(subject))
}
