//! How long a frame is shown, and what happens to it then.

/// How browsers play a delay in centiseconds: 0 and 1 as 10.
pub fn shown(delay: u64) -> u64 {
    if delay <= 1 { 10 } else { delay }
}

/// What happens to a frame's rectangle when its time is over (GIF89a, section 23).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposal {
    /// It stays.
    Keep,
    /// Cleared to transparent, as browsers do, whatever the file calls its background color.
    Background,
    /// The previous content comes back.
    Previous,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_delays_count_ten() {
        assert_eq!([0, 1, 2, 9, 65535].map(shown), [10, 10, 2, 9, 65535]);
    }
}
