//! Pages of a list, by cursors that look like Slack's: base64 with its `=`, which a client must escape.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::refusal::Refusal;

/// The items of one page and the cursor of the next; the last page has none.
pub(crate) fn page<'a, T>(
    items: &'a [T],
    name: impl Fn(&T) -> String,
    cursor: &str,
    limit: Option<usize>,
) -> Result<(&'a [T], String), Refusal> {
    let cursors = |item: &T| base64(name(item).as_bytes());
    let start = match cursor {
        "" => 0,
        cursor => items
            .iter()
            .position(|item| cursors(item) == cursor)
            .ok_or_else(|| Refusal::new("invalid_cursor", "the cursor was never issued"))?,
    };
    let end = limit.map_or(items.len(), |limit| items.len().min(start + limit));
    Ok((
        &items[start..end],
        items.get(end).map(cursors).unwrap_or_default(),
    ))
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_pads() {
        assert_eq!(base64(b"user:U061NFTT2"), "dXNlcjpVMDYxTkZUVDI=");
        let texts = [
            (&b""[..], ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (&[255, 255, 254], "///+"),
        ];
        for (bytes, text) in texts {
            assert_eq!(base64(bytes), text);
        }
    }

    #[test]
    fn pages_follow_each_other_without_gap_or_overlap() {
        let items: Vec<u32> = (0..10).collect();
        for limit in 1..=12 {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let (items, next) =
                    page(&items, u32::to_string, &cursor, Some(limit)).expect("a page");
                assert!(items.len() <= limit);
                seen.extend_from_slice(items);
                if next.is_empty() {
                    break;
                }
                cursor = next;
            }
            assert_eq!(seen, items);
        }
        assert_eq!(
            page(&items, u32::to_string, "", None).expect("a page"),
            (&items[..], String::new())
        );
        assert_eq!(
            page(&items, u32::to_string, "MTE=", None)
                .expect_err("no such item")
                .code,
            "invalid_cursor"
        );
    }
}
