//! Opens a page in the user's browser.
//!
//! Everybody on the machine can read a program's arguments, so the address with its token is not passed as one. Instead, the browser opens
//! a file that only its owner can read, and that leads there.

use std::env;
use std::io::Write;

use tempfile::NamedTempFile;

use crate::terminal::{console, opener};

/// Opens an address, if there is a display. Keep the result for as long as the browser may need it.
pub(super) fn open(address: &str) -> Option<NamedTempFile> {
    if !has_display() {
        return None;
    }
    let door = door(address).ok()?;
    match opener::open(door.path().as_os_str()) {
        Ok(()) => Some(door),
        Err(_) => {
            console::remark("no browser could be opened: open the address yourself");
            None
        }
    }
}

/// There is none over a network, and a browser in the terminal would be in the way.
fn has_display() -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// A private page that leads to our address, in which nothing needs escaping.
fn door(address: &str) -> std::io::Result<NamedTempFile> {
    let builder = &mut tempfile::Builder::new();
    let mut file = builder
        .prefix("headshot-studio-")
        .suffix(".html")
        .tempfile()?;
    write!(
        file,
        "<!doctype html>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"refresh\" content=\"0;url={address}\">\n\
         <title>headshot studio</title>\n<p><a href=\"{address}\">headshot studio</a></p>\n"
    )?;
    file.flush()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_door_leads_there_and_is_its_owners_alone() {
        let address = "http://127.0.0.1:1122/#token=333";
        let door = door(address).unwrap();
        let page = std::fs::read_to_string(door.path()).unwrap();
        assert!(page.contains(&format!("0;url={address}\"")), "{page}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = door.as_file().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
