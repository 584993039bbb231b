//! How long and how often an animation plays.

use std::num::NonZeroU16;

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
    fn loop_counts_survive_the_way_there_and_back() {
        for value in [None, Some(0), Some(1), Some(7), Some(65535)] {
            assert_eq!(LoopCount::from_netscape(value).netscape(), value);
        }
    }
}
