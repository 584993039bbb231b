//! Lists of photos and folders, in the encodings that editors and shells write.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::failure::Failure;

/// The names in a list: one per line, or separated by NUL if there is a NUL anywhere.
///
/// A byte order mark says that it is UTF-16 or UTF-8; without one the bytes of a line are the name.
///
/// # Errors
/// If it is a photo, or UTF-16 that is cut off or has no mark.
pub fn names(text: &[u8]) -> Result<Vec<PathBuf>, Failure> {
    if headshot_core::recognize(text).is_ok() {
        let failure = Failure::usage("it is a photo, not a list of names");
        return Err(failure.with_hint("name the photo itself, without --from-file"));
    }
    let decoded = match text {
        [0xff, 0xfe, text @ ..] => Some(utf16(text, u16::from_le_bytes)?),
        [0xfe, 0xff, text @ ..] => Some(utf16(text, u16::from_be_bytes)?),
        _ => None,
    };
    let text = match &decoded {
        Some(text) => text.as_bytes(),
        None => text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text),
    };
    if decoded.is_none() && is_bare_utf16(text) {
        let failure = Failure::usage("it is UTF-16 without a byte order mark, by its bytes");
        return Err(failure.with_hint(
            "save it as UTF-8: in PowerShell, end the command with | Out-File -Encoding utf8 LIST",
        ));
    }
    let by_nul = text.contains(&0);
    let mut names = Vec::new();
    for name in text.split(|&byte| byte == if by_nul { 0 } else { b'\n' }) {
        let name = if by_nul {
            name
        } else {
            name.strip_suffix(b"\r").unwrap_or(name)
        };
        match name {
            b"" => {}
            // Here it is the name of a file.
            b"-" => names.push("./-".into()),
            _ => names.push(os_string(name)?.into()),
        }
    }
    Ok(names)
}

fn utf16(text: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Failure> {
    let (pairs, rest) = text.as_chunks::<2>();
    let units = pairs.iter().map(|&pair| unit(pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    match (text, rest) {
        (Ok(text), []) => Ok(text),
        _ => Err(Failure::usage("it begins as UTF-16 and does not go on so")
            .with_hint("it may be cut off: make it again, or save it as UTF-8")),
    }
}

/// Whether bytes without a byte order mark are UTF-16 all the same. Read as names between NULs, most of these would be
/// single letters, and some of them separators: a dot, a slash, the end of a line.
fn is_bare_utf16(text: &[u8]) -> bool {
    let names = || {
        text.split(|&byte| byte == 0)
            .filter(|name| !name.is_empty())
    };
    let single = names().filter(|name| name.len() == 1).count();
    let is_between = |name: &[u8]| matches!(name, b"." | b"/" | b"\\" | b"\r" | b"\n");
    text.len().is_multiple_of(2) && 2 * single > names().count() && names().any(is_between)
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> Result<OsString, Failure> {
    use std::os::unix::ffi::OsStringExt;
    Ok(OsString::from_vec(bytes.to_vec()))
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> Result<OsString, Failure> {
    let name = String::from_utf8(bytes.to_vec());
    let name = name.map_err(|_| Failure::usage("a name in it is not UTF-8"))?;
    Ok(name.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<PathBuf> {
        names(text).unwrap()
    }

    fn paths(names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(Into::into).collect()
    }

    #[test]
    fn a_list_has_a_name_a_line_unless_there_is_a_nul() {
        assert_eq!(
            read(b"\xef\xbb\xbfa b.jpg\r\n\n-\n--x\n c"),
            paths(&["a b.jpg", "./-", "--x", " c"])
        );
        assert_eq!(read(b"a\nb\0c\r\0\0"), paths(&["a\nb", "c\r"]));
        assert_eq!(read(b""), paths(&[]));
    }

    #[test]
    fn utf_16_is_read_with_a_mark_and_refused_without_one() {
        let text = "people/Zo\u{eb}.jpg\r\nb.jpg\n\u{1f600}.png";
        let expected = paths(&["people/Zo\u{eb}.jpg", "b.jpg", "\u{1f600}.png"]);
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            let encode = |text: &str| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
            let marked = encode(&format!("\u{feff}{text}"));
            assert_eq!(read(&marked), expected);
            for cut in [&marked[..marked.len() - 1], &marked[..marked.len() - 10]] {
                let failure = names(cut).unwrap_err();
                assert!(failure.message.contains("begins as UTF-16"), "{failure:?}");
            }
            for bare in [text, "a.jpg", "/", "x\n", "\u{4e2d}\u{6587}/a.jpg"] {
                let failure = names(&encode(bare)).unwrap_err();
                assert!(failure.message.contains("without a byte order"), "{bare}");
            }
        }
        // Names that are short are names.
        assert_eq!(read(b"a\0b\0"), paths(&["a", "b"]));
        assert_eq!(
            read(b"a.jpg\0.\0in/b.jpg\0"),
            paths(&["a.jpg", ".", "in/b.jpg"])
        );
    }
}
