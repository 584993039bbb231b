//! Runs the binary and makes photos to run it on.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use image::{ImageFormat, Rgb, RgbImage};
use tempfile::TempDir;

/// What a run printed and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Ran {
    /// Standard output as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("standard output is text")
    }

    /// The JSON objects on standard output, which holds nothing else.
    pub(crate) fn objects(&self) -> Vec<serde_json::Value> {
        let read = |line| serde_json::from_str(line).expect("each line is one object");
        self.text().lines().map(read).collect()
    }

    #[track_caller]
    pub(crate) fn expect(self, status: i32) -> Ran {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Fails with this status, says nothing on standard output, and says `message` on standard error.
    #[track_caller]
    pub(crate) fn expect_message(self, status: i32, message: &str) -> Ran {
        let ran = self.expect(status);
        assert!(
            ran.stderr.contains(message),
            "{message:?} is not in {ran:?}"
        );
        ran
    }
}

thread_local! {
    /// What the runs of one test remember: each test has a thread of its own.
    static STATE: TempDir = tempfile::tempdir().expect("a folder can be made");
}

/// The folder in which the runs of this test remember things.
pub(crate) fn state() -> PathBuf {
    STATE.with(|state| state.path().to_owned())
}

/// The binary, in the project's root, with a known environment.
pub(crate) fn headshot() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_headshot"));
    command
        .current_dir(root())
        .stdin(Stdio::null())
        .env_remove("SLACK_TOKEN")
        .env_remove("HTTPS_PROXY")
        .env_remove("https_proxy")
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .env("HEADSHOT_STATE", state())
        .env_remove("CLICOLOR_FORCE");
    command
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Ran {
    let output = command.output().expect("the binary runs");
    Ran {
        status: output.status.code().expect("no signal ended it"),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).expect("standard error is text"),
    }
}

/// Runs a command with these bytes on its standard input.
pub(crate) fn run_with_input(command: &mut Command, input: &[u8]) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_vec();
    // A run that refuses its input closes the pipe early: that is no failure of the test.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let mut stdout = Vec::new();
    let mut pipe = child.stdout.take().expect("it is piped");
    pipe.read_to_end(&mut stdout)
        .expect("standard output can be read");
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("the writer ends");
    Ran {
        status: output.status.code().expect("no signal ended it"),
        stdout,
        stderr: String::from_utf8(output.stderr).expect("standard error is text"),
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file of the test data.
pub(crate) fn testdata(name: &str) -> PathBuf {
    root().join("testdata").join(name)
}

/// A picture in which no two pixels of a row or column are alike.
pub(crate) fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([
            (x % 256) as u8,
            (y % 256) as u8,
            (x / 256 * 16 + y / 256) as u8,
        ])
    })
}

/// A PNG of [`picture`].
pub(crate) fn png(folder: &Path, name: &str, width: u32, height: u32) -> PathBuf {
    let path = folder.join(name);
    let picture = picture(width, height);
    picture
        .save_with_format(&path, ImageFormat::Png)
        .expect("a PNG can be written");
    path
}

/// The names in a folder, sorted, hidden ones included.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder can be listed");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        let name = entry.expect("the entry can be read").file_name();
        name.to_string_lossy().into_owned()
    };
    let mut names: Vec<_> = entries.map(name).collect();
    names.sort();
    names
}
