//! Opening an address or a file with the system's own program, without a shell.

use std::ffi::OsStr;
use std::io;
use std::process::{Command, Stdio};
use std::thread;

/// Opens it without waiting.
///
/// # Errors
/// If there is no such program.
pub(crate) fn open(target: &OsStr) -> io::Result<()> {
    let (program, before): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let mut opener = Command::new(program)
        .args(before)
        .arg(target)
        // A browser has no need for it.
        .env_remove("SLACK_TOKEN")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // Its exit status does not matter.
    thread::spawn(move || opener.wait());
    Ok(())
}
