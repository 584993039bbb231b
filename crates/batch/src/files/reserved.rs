//! Names that Windows reserves for devices: such a file cannot be copied there, or worse, is written to a device.

use std::ffi::OsStr;
use std::path::Path;

/// Devices without a number, in capitals.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// Devices with a number.
const NUMBERED: [&str; 2] = ["COM", "LPT"];

/// The digits of their numbers. Windows accepts these superscripts as digits, because Latin-1 has them.
const DIGITS: &str = "0123456789\u{b9}\u{b2}\u{b3}";

/// Whether Windows reserves a name for a device: in any case, with any extension, and with trailing spaces and dots
/// ("Naming Files, Paths, and Namespaces" in Microsoft's documentation of the file system).
pub fn is_reserved(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    // Everything after the first dot is an extension, and after a colon the name of a stream.
    let base = name.split(['.', ':']).next().unwrap_or_default();
    let base = base.trim_end_matches(' ').to_uppercase();
    let is_numbered = NUMBERED.iter().any(|device| {
        let number = base.strip_prefix(device);
        let mut digits = number.unwrap_or_default().chars();
        digits.next().is_some_and(|digit| DIGITS.contains(digit)) && digits.next().is_none()
    });
    is_numbered || DEVICES.contains(&&*base)
}

/// The part of a path that Windows reserves for a device, if there is one.
pub fn part(path: &Path) -> Option<&OsStr> {
    path.iter().find(|name| is_reserved(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_devices_are_reserved_whatever_is_behind_them() {
        for name in [
            "con",
            "CON",
            "Con.jpg",
            "con .jpg",
            "con.",
            "con...",
            "con. .",
            "con  ",
            "aux.tar.gz",
            "PRN.PNG",
            "nul.jpg",
            "NUL:x",
            "com0",
            "com1.jpg",
            "COM9",
            "lpt0.x",
            "Lpt9 .gif",
            "com\u{b9}.jpg",
            "LPT\u{b2}",
            "lpt\u{b3}.png",
            "conin$",
            "CONOUT$.jpg",
        ] {
            assert!(is_reserved(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn all_other_names_are_free() {
        for name in [
            "",
            ".",
            "..",
            ".con",
            "ann.jpg",
            "connie.jpg",
            "con-1.jpg",
            "con_.jpg",
            " con",
            "acon",
            "com",
            "com10",
            "com1a.jpg",
            "com\u{2074}",
            "lpt",
            "lptx.jpg",
            "nul l.jpg",
            "conin",
            "con$",
            "\u{24b8}on",
            "comx",
            "prn2",
        ] {
            assert!(!is_reserved(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn any_part_of_a_path_counts() {
        assert_eq!(part(Path::new("a/Aux/b.jpg")), Some(OsStr::new("Aux")));
        assert_eq!(part(Path::new("a/b/con.jpg")), Some(OsStr::new("con.jpg")));
        assert_eq!(part(Path::new("a/b/../c.jpg")), None);
    }
}
