//! The numbers of limits in units that people use: 64 MP, 22 MB, 5.2 s.

use crate::error::Limit;

/// Which way to round a number that is not whole in its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Round {
    Up,
    Down,
}

/// The number in the largest unit that it fills, with one decimal at most. Bytes count by 1024, as in the flags, pixels by 1000.
///
/// The number found is rounded up and the limit down, so that a number that is too large also looks it.
pub(crate) fn counted(which: Limit, count: u64, round: Round) -> String {
    let units: &[(u64, &str)] = match which {
        Limit::Bytes | Limit::Memory => &[(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")],
        Limit::Pixels | Limit::WebpPixels | Limit::Canvases | Limit::Drawn => &[(1_000_000, "MP")],
        Limit::Blocks => &[(1_000_000, "million")],
        Limit::Time => &[(1000, "s")],
        Limit::Side | Limit::Scans => &[],
    };
    let smallest = match which {
        Limit::Bytes | Limit::Memory => " bytes",
        Limit::Time => " ms",
        _ => "",
    };
    let Some((unit, name)) = units.iter().find(|(unit, _)| count >= *unit) else {
        return format!("{count}{smallest}");
    };
    let (count, unit) = (u128::from(count) * 10, u128::from(*unit));
    let tenths = match round {
        Round::Up => count.div_ceil(unit),
        Round::Down => count / unit,
    };
    match tenths % 10 {
        0 => format!("{} {name}", tenths / 10),
        tenth => format!("{}.{tenth} {name}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_units_and_what_is_too_large_looks_so() {
        let counted = |which, count| {
            [Round::Up, Round::Down].map(|round| super::counted(which, count, round))
        };
        assert_eq!(counted(Limit::Memory, 22 << 20), ["22 MB", "22 MB"]);
        assert_eq!(counted(Limit::Bytes, (64 << 20) + 1), ["64.1 MB", "64 MB"]);
        assert_eq!(counted(Limit::Bytes, 1023), ["1023 bytes", "1023 bytes"]);
        assert_eq!(counted(Limit::Bytes, 50 << 30), ["50 GB", "50 GB"]);
        assert_eq!(
            counted(Limit::Pixels, 268_435_456),
            ["268.5 MP", "268.4 MP"]
        );
        assert_eq!(counted(Limit::Pixels, 239_999), ["239999", "239999"]);
        assert_eq!(counted(Limit::Drawn, 500_000_001), ["500.1 MP", "500 MP"]);
        assert_eq!(
            counted(Limit::Blocks, 40_000_001),
            ["40.1 million", "40 million"]
        );
        assert_eq!(counted(Limit::Time, 5_201), ["5.3 s", "5.2 s"]);
        assert_eq!(counted(Limit::Time, 333), ["333 ms", "333 ms"]);
        assert_eq!(counted(Limit::Side, 100_000), ["100000", "100000"]);
        assert_eq!(counted(Limit::Bytes, u64::MAX)[1], "17179869183.9 GB");
    }
}
