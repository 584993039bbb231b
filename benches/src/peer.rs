//! A program behind a pipe: it gets orders and times its own work, so that its start does not count.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use headshot_core::Fit;
use serde_json::{Value, json};

/// A running program that answers each order, a line of JSON, with a line of JSON.
pub struct Peer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Its name and version.
    pub version: String,
}

/// The cost of an order.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// Milliseconds, without reading and writing files.
    pub ms: f64,
    /// The most memory the process has held so far, in bytes, if the system tells.
    pub peak: Option<u64>,
}

/// An order for a still: `side` pixels square, covered or with black bars, as JPEG of this quality or as PNG.
#[derive(Debug, Clone, Copy)]
pub struct Still<'a> {
    /// The photo.
    pub from: &'a Path,
    /// Where the avatar is written.
    pub to: &'a Path,
    /// How the photo fills it: cover or contain.
    pub fit: Fit,
    /// Its side in pixels.
    pub side: u32,
    /// JPEG quality, or `None` for PNG.
    pub quality: Option<u8>,
}

impl Still<'_> {
    /// The order. Peers understand more; see `benches/peers`.
    pub fn order(&self) -> Value {
        json!({
            "from": absolute(self.from),
            "to": absolute(self.to),
            "side": self.side,
            "fit": if self.fit == Fit::Contain { "contain" } else { "cover" },
            "format": if self.quality.is_some() { "jpeg" } else { "png" },
            "quality": self.quality,
        })
    }
}

/// The path as a program elsewhere understands it.
pub fn absolute(path: &Path) -> String {
    std::path::absolute(path)
        .expect("a working folder")
        .to_str()
        .expect("paths under target are UTF-8")
        .to_owned()
}

impl Peer {
    /// Starts it and waits for its version.
    ///
    /// # Errors
    ///
    /// It cannot be started, in words for the report.
    pub fn start(command: &mut Command) -> Result<Peer, String> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{:?}: {error}", command.get_program()))?;
        let input = child.stdin.take().expect("its input is a pipe");
        let output = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let mut peer = Peer {
            child,
            input,
            output,
            version: String::new(),
        };
        peer.version = peer.answer()?["version"]
            .as_str()
            .unwrap_or("unknown")
            .to_owned();
        Ok(peer)
    }

    /// Gives an order and waits for the answer.
    ///
    /// # Errors
    ///
    /// What the program says, or that it ended.
    pub fn ask(&mut self, order: &Value) -> Result<Value, String> {
        writeln!(self.input, "{order}").map_err(|error| error.to_string())?;
        let answer = self.answer()?;
        match answer["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer),
        }
    }

    /// Gives an order that is timed.
    ///
    /// # Errors
    ///
    /// As for [`ask`](Peer::ask).
    pub fn time(&mut self, order: &Value) -> Result<Took, String> {
        let answer = self.ask(order)?;
        Ok(Took {
            ms: answer["ms"].as_f64().ok_or("it answered without a time")?,
            peak: answer["peak"].as_u64(),
        })
    }

    fn answer(&mut self) -> Result<Value, String> {
        let mut line = String::new();
        self.output
            .read_line(&mut line)
            .map_err(|error| error.to_string())?;
        serde_json::from_str(&line).map_err(|_| "it ended without an answer".to_owned())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
