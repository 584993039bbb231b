//! Which part of a photo stays when its longer side is cut.

use std::fmt;

/// Where [`Fit::Cover`](crate::Fit::Cover) puts its square in the upright photo: only the longer side leaves a choice, because the square
/// spans all of the shorter one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Gravity {
    /// In the middle.
    #[default]
    Center,
    /// At the top edge; in the middle of a photo that is wider than high.
    Top,
    /// At the bottom edge; in the middle of a photo that is wider than high.
    Bottom,
    /// At the left edge; in the middle of a photo that is higher than wide.
    Left,
    /// At the right edge; in the middle of a photo that is higher than wide.
    Right,
    /// Centered on this point, as far as the edges allow.
    Point {
        /// From the left edge, in hundredths of a percent of the width: 0 to 10 000; larger values mean the right edge.
        x: u16,
        /// From the top edge, in hundredths of a percent of the height: 0 to 10 000; larger values mean the bottom edge.
        y: u16,
    },
}

/// A whole side, in hundredths of a percent.
const WHOLE: u16 = 10_000;

/// The word for each gravity that has one.
const WORDS: [(&str, Gravity); 5] = [
    ("center", Gravity::Center),
    ("top", Gravity::Top),
    ("bottom", Gravity::Bottom),
    ("left", Gravity::Left),
    ("right", Gravity::Right),
];

impl Gravity {
    /// The accepted words, for messages and help.
    pub const WANTED: &str = "center, top, bottom, left, right, or a point as in 50%,33.3%";

    /// Parses a word or a point with at most two decimals: `top`, `50%,33.3%`. `None` for any other text.
    pub fn parse(text: &str) -> Option<Gravity> {
        let named = WORDS.iter().find(|(word, _)| *word == text);
        let point = || {
            let (x, y) = text.split_once(',')?;
            Some(Gravity::Point {
                x: percent(x.trim())?,
                y: percent(y.trim())?,
            })
        };
        named.map(|(_, gravity)| *gravity).or_else(point)
    }

    /// Where a square of `side` pixels begins in an upright photo that is at least as large: pixels from the left and from the top.
    pub(crate) fn start(self, [width, height]: [u32; 2], side: u32) -> [u32; 2] {
        let [x, y] = match self {
            Gravity::Center => [WHOLE / 2; 2],
            Gravity::Top => [WHOLE / 2, 0],
            Gravity::Bottom => [WHOLE / 2, WHOLE],
            Gravity::Left => [0, WHOLE / 2],
            Gravity::Right => [WHOLE, WHOLE / 2],
            Gravity::Point { x, y } => [x, y],
        };
        [start(width, side, x), start(height, side, y)]
    }
}

/// Where `side` pixels of `length` begin so that their middle lies `share` from the edge, rounded toward it, or as near as possible.
fn start(length: u32, side: u32, share: u16) -> u32 {
    let whole = u64::from(WHOLE);
    let middle = 2 * u64::from(length) * u64::from(share.min(WHOLE));
    let start = middle.saturating_sub(whole * u64::from(side)) / (2 * whole);
    // At most `length`, which is a `u32`.
    start.min(u64::from(length.saturating_sub(side))) as u32
}

/// Hundredths of a percent, from 0 % to 100 %.
fn percent(text: &str) -> Option<u16> {
    let number = text.strip_suffix('%')?;
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let is_number = |digits: &str, most: usize| {
        (1..=most).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    };
    if !is_number(whole, 3) || !is_number(part, 2) {
        return None;
    }
    let tens = if part.len() == 1 { 10 } else { 1 };
    let share = 100 * whole.parse::<u32>().ok()? + tens * part.parse::<u32>().ok()?;
    u16::try_from(share).ok().filter(|share| *share <= WHOLE)
}

impl fmt::Display for Gravity {
    /// The text that [`Gravity::parse`] reads, in the fewest digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Gravity::Point { x, y } = self {
            let percent = |share: &u16| f64::from(*share.min(&WHOLE)) / 100.0;
            return write!(f, "{}%,{}%", percent(x), percent(y));
        }
        let named = WORDS.iter().find(|(_, gravity)| gravity == self);
        f.write_str(named.map_or("center", |(word, _)| word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_points_are_read_and_written_alike() {
        for text in [
            "center",
            "top",
            "bottom",
            "left",
            "right",
            "0%,100%",
            "12%,34%",
            "50%,33.3%",
            "0.07%,99.99%",
        ] {
            let gravity = Gravity::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(gravity.to_string(), text);
        }
        let point = |x, y| Some(Gravity::Point { x, y });
        assert_eq!(Gravity::parse("11%, 22.5%"), point(1100, 2250));
        assert_eq!(Gravity::parse("11.05%,22.50%"), point(1105, 2250));
        for wrong in [
            "",
            "north",
            "Top",
            "11,22",
            "11%",
            "11%,22",
            "101%,5%",
            "100.01%,5%",
            "-1%,5%",
            "+1%,5%",
            "1.%,5%",
            ".5%,5%",
            "1.234%,5%",
            "1%,2%,3%",
            "1e1%,5%",
            "%,%",
            "9999999999%,5%",
            "١%,5%",
        ] {
            assert_eq!(Gravity::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_point_is_centered_where_the_edges_allow_it() {
        let start = |gravity: &str, size| Gravity::parse(gravity).unwrap().start(size, 100);
        for (gravity, wide, high) in [
            ("center", [150, 0], [0, 150]),
            ("top", [150, 0], [0, 0]),
            ("bottom", [150, 0], [0, 301]),
            ("left", [0, 0], [0, 150]),
            ("right", [301, 0], [0, 150]),
            // 401 * 0.2 - 50 = 30.2, 401 * 0.3 - 50 = 70.3
            ("20%,30%", [30, 0], [0, 70]),
            ("12%,12.75%", [0, 0], [0, 1]),
            ("88%,99%", [301, 0], [0, 301]),
        ] {
            assert_eq!(start(gravity, [401, 100]), wide, "{gravity}");
            assert_eq!(start(gravity, [100, 401]), high, "{gravity}");
        }
        let beyond = Gravity::Point {
            x: 10_001,
            y: u16::MAX,
        };
        assert_eq!(beyond.start([u32::MAX, 7], 7), [u32::MAX - 7, 0]);
    }
}
