//! The words of animations: how long a frame stays, and how often the whole plays.

use std::num::NonZeroU16;

/// How long a frame stays on screen, in centiseconds, as the file says it.
///
/// Browsers play a delay of 0 or 1 as 10, and so [`Delay::shown`] counts it; the value itself is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Delay(u16);

impl Delay {
    pub(crate) const ZERO: Delay = Delay(0);

    /// A delay of `centiseconds`, as stored in a graphic control extension (GIF89a, section 23).
    pub(crate) fn new(centiseconds: u16) -> Delay {
        Delay(centiseconds)
    }

    /// The stored value in centiseconds.
    pub(crate) fn stored(self) -> u16 {
        self.0
    }

    /// What a browser makes of it, in centiseconds: 0 and 1 are played as 10.
    pub(crate) fn shown(self) -> u16 {
        if self.0 <= 1 { 10 } else { self.0 }
    }
}

/// What browsers make of a delay in centiseconds: 0 and 1 are played as 10.
pub(crate) fn shown(delay: u64) -> u64 {
    if delay <= 1 { 10 } else { delay }
}

/// How long and how often an animation plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Animation {
    /// All delays added up as browsers play them, in centiseconds.
    pub duration_cs: u64,
    /// How often it plays.
    pub loop_count: LoopCount,
}

/// How often an animation plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LoopCount {
    /// Once: the file has no loop extension.
    #[default]
    Once,
    /// Without end: a loop extension with the value 0.
    Forever,
    /// The value of the loop extension, kept as it is. Browsers play once and then repeat this often.
    Repeat(NonZeroU16),
}

impl LoopCount {
    /// The meaning of the value in a NETSCAPE2.0 extension.
    pub(crate) fn from_netscape(value: u16) -> LoopCount {
        NonZeroU16::new(value).map_or(LoopCount::Forever, LoopCount::Repeat)
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
    fn short_delays_count_ten_and_keep_their_value() {
        let shown = [0, 1, 2, 9, 65535].map(|cs| (Delay::new(cs).stored(), Delay::new(cs).shown()));
        assert_eq!(shown, [(0, 10), (1, 10), (2, 2), (9, 9), (65535, 65535)]);
    }

    #[test]
    fn loop_counts_survive_the_way_there_and_back() {
        for value in [0, 1, 7, 65535] {
            assert_eq!(LoopCount::from_netscape(value).netscape(), Some(value));
        }
        assert_eq!(LoopCount::Once.netscape(), None);
    }
}
