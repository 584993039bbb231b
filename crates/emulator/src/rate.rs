//! How many calls a minute are let through.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// The calls of the last minute, by what is counted together.
#[derive(Default)]
pub(crate) struct Rates {
    calls: HashMap<String, VecDeque<Instant>>,
}

impl Rates {
    /// Counts a call, or says how long to wait until the next one is let through.
    ///
    /// The window slides: at no time are there more than `limit` calls in the minute behind it. A refused call does not count.
    pub(crate) fn take(&mut self, key: &str, limit: u32, now: Instant) -> Result<(), Duration> {
        let calls = self.calls.entry(key.to_owned()).or_default();
        while calls
            .front()
            .is_some_and(|first| now.saturating_duration_since(*first) >= MINUTE)
        {
            calls.pop_front();
        }
        if calls.len() < limit as usize {
            calls.push_back(now);
            return Ok(());
        }
        let first = calls.front().copied().unwrap_or(now);
        Err(MINUTE - now.saturating_duration_since(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_slides_over_a_minute() {
        let mut rates = Rates::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(rates.take("a", 3, at(0)), Ok(()));
        assert_eq!(rates.take("a", 3, at(10)), Ok(()));
        assert_eq!(rates.take("a", 3, at(25)), Ok(()));
        assert_eq!(rates.take("a", 3, at(30)), Err(Duration::from_secs(30)));
        assert_eq!(rates.take("b", 3, at(30)), Ok(()), "counted apart");
        assert_eq!(rates.take("a", 3, at(59)), Err(Duration::from_secs(1)));
        assert_eq!(
            rates.take("a", 3, at(60)),
            Ok(()),
            "a refused call does not count"
        );
        assert_eq!(rates.take("a", 3, at(60)), Err(Duration::from_secs(10)));
        assert_eq!(rates.take("a", 0, at(300)), Err(MINUTE), "none at all");
    }
}
