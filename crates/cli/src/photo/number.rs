//! Numbers as flags take them: whole ones within bounds, and large counts as in `64M`.

/// A parser of whole numbers of `what`, as in pixels: at least `least`, and at most `most` or what the type can hold.
pub(crate) fn whole<T: TryFrom<u64>>(
    least: u64,
    most: u64,
    what: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.trim().parse().ok();
        let number = number.filter(|number| (least..=most).contains(number));
        let number = number.and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| match most {
            u64::MAX => format!("give a whole number of {what}, at least {least}"),
            _ => format!("give a whole number of {what} from {least} to {most}"),
        })
    }
}

/// A count, as in `64M`, `64 MP` or `800k`; the units are powers of 1000, as for pixels everywhere.
pub(crate) fn count(text: &str) -> Result<u64, String> {
    let wrong = || "give a whole number, as in 240000 or 64M".to_owned();
    let upper = text.trim().to_ascii_uppercase();
    let plain = upper.strip_suffix('P').unwrap_or(&upper);
    let digits = plain.trim_end_matches(['K', 'M', 'G']);
    let unit: u64 = match &plain[digits.len()..] {
        "" => 1,
        "K" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        _ => return Err(wrong()),
    };
    let count: u64 = digits.trim().parse().map_err(|_| wrong())?;
    match count.checked_mul(unit) {
        Some(count) if count > 0 => Ok(count),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_units_of_a_thousand() {
        for (text, expected) in [
            ("77", 77),
            ("3k", 3_000),
            ("64M", 64_000_000),
            ("64 MP", 64_000_000),
            ("64mp", 64_000_000),
            ("2G", 2_000_000_000),
        ] {
            assert_eq!(count(text), Ok(expected), "{text}");
        }
        for text in ["", "0", "M", "1.5M", "-1", "9MM", "64MB", "99999999999999G"] {
            assert!(count(text).is_err(), "{text}");
        }
    }

    #[test]
    fn whole_numbers_have_bounds_that_are_told() {
        let side = whole::<u32>(11, 333, "pixels");
        assert_eq!((side("11"), side(" 333 ")), (Ok(11), Ok(333)));
        for text in ["10", "334", "big", "", "-22", "22.5"] {
            let wrong = "give a whole number of pixels from 11 to 333";
            assert_eq!(side(text), Err(wrong.to_owned()), "{text}");
        }
        let frames = whole::<u32>(22, u64::MAX, "frames");
        let wrong = "give a whole number of frames, at least 22";
        assert_eq!(frames("99999999999"), Err(wrong.to_owned()));
    }
}
