//! `--trace FILE`: a line of JSON for each request, reply, failure, wait and look, in a file that only its owner can read. It holds no token,
//! because the client's events hold none.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use headshot_upload::{Event, Events};
use serde::Serialize;

use crate::args::SlackArgs;
use crate::claims::{Claims, Content, output};
use crate::files::input::is_dash;
use crate::files::{private, write};
use crate::slack::network::Network;
use crate::terminal::console;
use crate::terminal::date;
use crate::terminal::escape;
use crate::terminal::failure::Failure;

/// The beginning of every trace, so that no other file is taken for one.
const START: &str = "{\"schema\":\"headshot-trace-1\"";

/// A line. Keys without a value are left out.
#[derive(Default, Serialize)]
struct Line<'a> {
    at: String,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    method: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'a str>,
    /// When it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    milliseconds: Option<u64>,
}

/// A trace that is being written; nothing after a write has failed.
struct Trace {
    path: PathBuf,
    file: Option<File>,
}

/// The way through the network, with a trace if the user wants one.
///
/// # Errors
/// If the proxy's address cannot be used, or if the trace would overwrite something else.
pub(crate) fn network(args: &SlackArgs, claims: &mut Claims) -> Result<Network, Failure> {
    let events = match &args.trace {
        Some(file) => begin(file, claims)?,
        None => Events::default(),
    };
    if args.emulator {
        // The built-in emulator is on loopback, which needs no proxy.
        return Ok(Network::direct(events));
    }
    Network::new(args.proxy.as_deref(), events)
}

/// The same for a command that writes no other file.
pub(crate) fn network_alone(args: &SlackArgs) -> Result<Network, Failure> {
    let mut claims = Claims::default();
    if let Some(file) = &args.token_file {
        claims.read("the token in", file);
    }
    network(args, &mut claims)
}

/// Begins a trace, in place of an existing one.
///
/// # Errors
/// If anything else would be lost. Nothing is touched then.
fn begin(path: &Path, claims: &mut Claims) -> Result<Events, Failure> {
    if is_dash(path) {
        return Err(Failure::usage("--trace -: the trace is a file").with_hint("give it a name"));
    }
    claims.claim("--trace", path, Content::Checked)?;
    output::check_kind("--trace", path, output::JSON_LINES)?;
    let file = open(path)?;
    let trace = Mutex::new(Trace {
        path: path.to_owned(),
        file: Some(file),
    });
    Ok(Events::new(move |event| {
        let line = line(event, SystemTime::now());
        if let Ok(mut trace) = trace.lock() {
            trace.add(&line);
        }
    }))
}

fn open(path: &Path) -> Result<File, Failure> {
    let failed = |error: io::Error| {
        let what = format!("--trace {}: it cannot be written", escape::name(path));
        Failure::io("output", what, &error)
    };
    if write::is_special(path) {
        return OpenOptions::new().write(true).open(path).map_err(failed);
    }
    let found = match fs::read(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(failed(error)),
    };
    if !found.is_empty() && !found.starts_with(START.as_bytes()) {
        let problem = "it already exists and is not a trace: only a trace is replaced";
        let message = format!("--trace {}: {problem}", escape::name(path));
        return Err(Failure::usage(message).with_hint("name another file"));
    }
    let version = env!("CARGO_PKG_VERSION");
    let first = format!("{START},\"version\":\"{version}\"}}\n");
    private::file(path, first.as_bytes()).map_err(failed)?;
    OpenOptions::new().append(true).open(path).map_err(failed)
}

impl Trace {
    fn add(&mut self, line: &Line<'_>) {
        let Some(file) = &mut self.file else { return };
        // All of it is numbers and texts.
        let json = serde_json::to_string(line).unwrap_or_default();
        let whole = format!("{}\n", escape::json(&json));
        if let Err(error) = file.write_all(whole.as_bytes()) {
            self.file = None;
            let text = format!("the trace ends here; it cannot be written: {error}");
            console::warning(Some(&self.path), &text);
        }
    }
}

fn line(event: &Event, now: SystemTime) -> Line<'_> {
    let milliseconds = |time: &Duration| u64::try_from(time.as_millis()).ok();
    let line = Line {
        at: date::exact(now),
        ..Line::default()
    };
    match event {
        Event::Sent {
            number,
            method,
            bytes,
        } => Line {
            event: "sent",
            number: Some(*number),
            method,
            bytes: Some(*bytes),
            ..line
        },
        Event::Reply {
            number,
            method,
            status,
            request_id,
            took,
        } => Line {
            event: "reply",
            number: Some(*number),
            method,
            status: Some(*status),
            request_id: request_id.as_deref(),
            milliseconds: milliseconds(took),
            ..line
        },
        Event::Failed {
            number,
            method,
            class,
            code,
            problem,
            took,
        } => Line {
            event: "failed",
            number: Some(*number),
            method,
            class: Some(class.as_str()),
            code: code.as_deref(),
            problem: Some(problem),
            milliseconds: milliseconds(took),
            ..line
        },
        Event::Waiting { method, wait } => Line {
            event: "waiting",
            method,
            until: now.checked_add(*wait).map(date::exact),
            milliseconds: milliseconds(wait),
            ..line
        },
        Event::Looking { method } => Line {
            event: "looking",
            method,
            ..line
        },
        // A kind of event that this command does not know yet.
        _ => Line {
            event: "other",
            ..line
        },
    }
}
