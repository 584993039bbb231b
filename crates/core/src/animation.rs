//! How long and how often an animation plays.

use std::num::NonZeroU16;

/// How long and how often an animation plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Animation {
    /// All delays as browsers play them, added up, in centiseconds.
    pub duration_cs: u64,
    /// How often it plays.
    pub loop_count: LoopCount,
}

/// How often an animation plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LoopCount {
    /// Once: such a GIF has no loop extension.
    #[default]
    Once,
    /// Forever: a GIF's loop extension has the value 0.
    Forever,
    /// The value of a GIF's loop extension, kept as it is. Browsers play once and then repeat this often. APNG and WebP count all
    /// plays, one more than this.
    Repeat(NonZeroU16),
}

/// The longest delay of a GIF's frame, 16 bits of centiseconds, in nanoseconds.
const LONGEST: u64 = 65_535 * 10_000_000;

/// Turns delays of any length into those of a GIF, in centiseconds, rounded so that they never drift from the file's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Delays {
    /// Sum of all delays as browsers play them, in nanoseconds.
    total: u128,
    /// Sum of the converted delays, in centiseconds.
    told: u128,
}

impl Delays {
    /// Converts the next delay, in nanoseconds: at least 2, because browsers play a GIF's delays of 0 and 1 as 10.
    ///
    /// If that makes a delay too long, later ones make up for it. A delay beyond a GIF's maximum becomes that maximum.
    pub(crate) fn next(&mut self, nanoseconds: u64) -> u64 {
        // Browsers play delays of up to 10 ms for 100 ms, whatever the format.
        self.total += match nanoseconds {
            0..=10_000_000 => 100_000_000,
            longer => u128::from(longer.min(LONGEST)),
        };
        let wanted = (self.total + 5_000_000) / 10_000_000;
        let delay = wanted.saturating_sub(self.told).max(2);
        self.told += delay;
        u64::try_from(delay).unwrap_or(u64::MAX)
    }
}

impl LoopCount {
    /// Converts a number of plays, where 0 is forever. A GIF's value counts the repeats after the first.
    pub(crate) fn from_plays(plays: u32) -> LoopCount {
        let repeats = |plays: u32| u16::try_from(plays - 1).unwrap_or(u16::MAX);
        match plays {
            0 => LoopCount::Forever,
            plays => NonZeroU16::new(repeats(plays)).map_or(LoopCount::Once, LoopCount::Repeat),
        }
    }

    /// The meaning of the value in a NETSCAPE2.0 extension; without one an animation plays once.
    pub(crate) fn from_netscape(value: Option<u16>) -> LoopCount {
        match value.map(NonZeroU16::new) {
            None => LoopCount::Once,
            Some(None) => LoopCount::Forever,
            Some(Some(times)) => LoopCount::Repeat(times),
        }
    }

    /// The value for a NETSCAPE2.0 extension, or `None` when there must not be one.
    pub(crate) fn netscape(self) -> Option<u16> {
        match self {
            LoopCount::Once => None,
            LoopCount::Forever => Some(0),
            LoopCount::Repeat(times) => Some(times.get()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plays_count_the_first() {
        for (plays, netscape) in [
            (0, Some(0)),
            (1, None),
            (2, Some(1)),
            (3, Some(2)),
            (65_536, Some(65_535)),
            (u32::MAX, Some(65_535)),
        ] {
            assert_eq!(LoopCount::from_plays(plays).netscape(), netscape);
        }
    }

    #[test]
    fn delays_do_not_drift() {
        let delays = |milliseconds: &[u64]| -> Vec<u64> {
            let mut delays = Delays::default();
            let next = |ms: &u64| delays.next(ms * 1_000_000);
            milliseconds.iter().map(next).collect()
        };
        assert_eq!(delays(&[33; 7]), [3, 4, 3, 3, 4, 3, 3]);
        assert_eq!(delays(&[25, 25, 25, 25, 40]), [3, 2, 3, 2, 4]);
        // As browsers play them.
        assert_eq!(delays(&[0, 1, 10, 11, 20]), [10, 10, 10, 2, 2]);
        // 60 frames a second are more than a GIF can have; a longer delay makes up for them.
        assert_eq!(delays(&[17, 16, 17, 100, 16]), [2, 2, 2, 9, 2]);
        // The longest delay of a GIF: 655.35 s.
        assert_eq!(delays(&[655_360, 33, 16_777_215]), [65_535, 3, 65_535]);
        let mut longest = Delays::default();
        assert_eq!(longest.next(u64::MAX), 65_535);
    }

    #[test]
    fn loop_counts_survive_the_way_there_and_back() {
        for value in [None, Some(0), Some(1), Some(7), Some(65535)] {
            assert_eq!(LoopCount::from_netscape(value).netscape(), value);
        }
    }
}
