//! How many calls a minute are let through.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// What was let through, by what is counted together.
#[derive(Default)]
pub(crate) struct Rates {
    /// The calls of the last minute.
    calls: HashMap<String, VecDeque<Instant>>,
    /// When a bucket is full again.
    full: HashMap<String, Instant>,
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

    /// Takes one from a bucket that holds `burst` and gets `per_minute`, neither of them 0, or says how long to wait for it.
    pub(crate) fn take_burst(
        &mut self,
        key: &str,
        per_minute: u32,
        burst: u32,
        now: Instant,
    ) -> Result<(), Duration> {
        let each = MINUTE / per_minute;
        let full = self.full.entry(key.to_owned()).or_insert(now);
        let missing = full.saturating_duration_since(now) + each;
        if let Some(wait) = missing.checked_sub(each * burst)
            && !wait.is_zero()
        {
            return Err(wait);
        }
        *full = now + missing;
        Ok(())
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

    #[test]
    fn a_bucket_fills_up_again() {
        let mut rates = Rates::default();
        let start = Instant::now();
        let mut take =
            |millis| rates.take_burst("a", 120, 3, start + Duration::from_millis(millis));
        let wait = |millis| Err(Duration::from_millis(millis));
        assert_eq!([take(0), take(0), take(0)], [Ok(()); 3]);
        assert_eq!([take(0), take(200)], [wait(500), wait(300)]);
        assert_eq!([take(500), take(500)], [Ok(()), wait(500)]);
        assert_eq!([take(9000); 1], [Ok(())]);
        assert_eq!(
            [take(9000), take(9000), take(9000)],
            [Ok(()), Ok(()), wait(500)]
        );
    }
}
