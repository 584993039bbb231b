//! Cleans outside text so that it can be shown.

/// Characters of a reply that are repeated in a message.
const LONGEST: usize = 200;

/// Turns every run of white space and control characters into one space, drops what could reorder or hide text on a
/// terminal, and shortens.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::new();
    for (count, word) in text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .enumerate()
    {
        if word.is_empty() {
            continue;
        }
        if count > 0 && !cleaned.is_empty() {
            cleaned.push(' ');
        }
        cleaned.extend(word.chars().filter(|&c| !is_invisible(c)));
    }
    match cleaned.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", cleaned[..end].trim_end()),
        None => cleaned,
    }
}

/// Soft hyphen, zero-width and bidirectional formatting characters, the byte order mark, variation tags.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Removes the token from a reply that echoes it, before anything else sees the reply. A "token" of a few letters is
/// left alone: it occurs in any text by chance, and is not a secret.
pub(crate) fn without_secret(text: Vec<u8>, secret: &[u8]) -> Vec<u8> {
    if secret.len() < 8 || !text.windows(secret.len()).any(|window| window == secret) {
        return text;
    }
    let mut scrubbed = Vec::with_capacity(text.len());
    let mut rest = &text[..];
    while let Some(start) = rest
        .windows(secret.len())
        .position(|window| window == secret)
    {
        scrubbed.extend_from_slice(&rest[..start]);
        scrubbed.extend_from_slice(b"[token]");
        rest = &rest[start + secret.len()..];
    }
    scrubbed.extend_from_slice(rest);
    scrubbed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_invisible_characters_never_reach_a_terminal() {
        assert_eq!(
            clean("  <html>\r\n\t<b>\u{1b}[31mno\u{0}\u{7f}</b> "),
            "<html> <b> [31mno </b>"
        );
        assert_eq!(clean("a\u{202e}b\u{200b}c\u{feff}"), "abc");
        assert_eq!(clean("\u{9b}31m"), "31m");
        assert_eq!(clean(""), "");
        assert_eq!(clean("grüße 日本"), "grüße 日本");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let cut = clean(&"ü".repeat(300));
        assert_eq!(cut.chars().count(), 203);
        assert!(cut.ends_with("ü..."));
        assert_eq!(clean(&"x".repeat(200)), "x".repeat(200));
    }

    #[test]
    fn an_echoed_token_is_taken_out_everywhere() {
        let scrub = |text: &str| without_secret(text.into(), b"xoxp-123");
        assert_eq!(
            scrub("xoxp-123 and xoxp-123xoxp-123."),
            b"[token] and [token][token]."
        );
        assert_eq!(scrub("xoxp- 123"), b"xoxp- 123");
    }
}
