//! Sizes in bytes as flags take them.

/// A number of bytes, as in `800M` or `2G`; the units are powers of 1024.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    let wrong = || "give a number of bytes, as in 800M or 2G".to_owned();
    let upper = text.trim().to_ascii_uppercase();
    let plain = upper.trim_end_matches('B').trim_end_matches('I');
    let digits = plain.trim_end_matches(['K', 'M', 'G', 'T']);
    let unit = match &plain[digits.len()..] {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        "T" => 1 << 40,
        _ => return Err(wrong()),
    };
    let count: u64 = digits.trim().parse().map_err(|_| wrong())?;
    match count.checked_mul(unit) {
        Some(bytes) if bytes > 0 => Ok(bytes),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("77", 77),
            ("3k", 3 << 10),
            ("800M", 800 << 20),
            ("2GiB", 2 << 30),
            ("5 MB", 5 << 20),
        ] {
            assert_eq!(parse(text), Ok(bytes), "{text}");
        }
        for text in ["", "0", "M", "1.5G", "-1", "9MM", "99999999T"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
