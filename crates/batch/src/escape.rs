//! Makes foreign text safe to print: names of files, texts from photos, replies.

use std::ffi::OsStr;
use std::path::Path;

/// The text with control characters, and those that hide or reorder the text around them, written as `\n` or
/// `\u{202e}`.
pub fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe(c) {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// The name of a file for people to read. Bytes that are not UTF-8 are written as `\xff`.
pub fn name(path: &Path) -> String {
    text(&lossless(path.as_os_str()))
}

/// The name of a photo or output in a message.
pub fn shown(path: &Path) -> String {
    if path.as_os_str() == "-" {
        "standard input".to_owned()
    } else {
        name(path)
    }
}

/// The name of a file for JSON, whose own escapes handle control characters. Bytes that are not UTF-8 are written
/// as `\xff`.
pub fn lossless(name: &OsStr) -> String {
    let mut spelled = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        spelled.push_str(chunk.valid());
        for byte in chunk.invalid() {
            spelled.push_str(&format!("\\x{byte:02x}"));
        }
    }
    spelled
}

/// JSON text in which every character that a terminal could act on is escaped as JSON does it.
///
/// Outside strings JSON has none of these, so replacing them in the finished text is safe.
pub fn json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if is_unsafe(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// C0 and C1 controls, line and paragraph separators, zero-width and bidirectional formatting characters, tags.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_spelled_out() {
        assert_eq!(text("a\x1b[31m\nb\t\u{9b}"), r"a\u{1b}[31m\nb\t\u{9b}");
        assert_eq!(text("gpj.\u{202e}exe"), r"gpj.\u{202e}exe");
        assert_eq!(text("Zoë 日本 ñ \\ \"x\""), "Zoë 日本 ñ \\ \"x\"");
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_utf8_are_spelled_out() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(OsStr::from_bytes(b"caf\xe9\n.jpg"));
        assert_eq!(name(path), r"caf\xe9\n.jpg");
        assert_eq!(lossless(path.as_os_str()), "caf\\xe9\n.jpg");
    }

    #[test]
    fn json_stays_the_same_json() {
        let value = serde_json::json!({ "n\u{9b}": "a\u{7f}\u{202e}\u{e0041}\n日" });
        let printed = json(&value.to_string());
        assert!(printed.chars().all(|c| !is_unsafe(c)), "{printed}");
        let read: serde_json::Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(read, value);
    }
}
