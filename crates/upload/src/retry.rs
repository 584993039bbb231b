//! Whether to try again, and after how long: arithmetic only, no clock and no network.

use std::time::Duration;

use crate::{Class, Error};

/// When a call is tried again. The default suits a person at a terminal and a batch alike.
///
/// Only what may be repeated is repeated: a call that was refused for a reason is not, and one whose outcome is unknown
/// is sent once more at most (for [`Client::set_photo`](crate::Client::set_photo) after looking at the profile).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many times a request is sent at most, the first time included. Default 3. With 1 nothing is repeated, and
    /// nothing is looked up before or after a photo is sent.
    pub attempts: u32,
    /// The wait before the second attempt is between 0 and this, at random; it doubles with each further attempt.
    /// Default 1 s.
    pub first_backoff: Duration,
    /// What that doubling ends at. Default 30 s.
    pub longest_backoff: Duration,
    /// The longest wait that a reply may impose. For a longer one the call gives up at once, and the error says when to
    /// come back. Default 15 min.
    pub longest_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            attempts: 3,
            first_backoff: Duration::from_secs(1),
            longest_backoff: Duration::from_secs(30),
            longest_wait: Duration::from_secs(15 * 60),
        }
    }
}

impl RetryPolicy {
    /// How long to wait after a failed attempt (the first is 1), or `None` to give up.
    ///
    /// `random` is in 0..=1: with "full jitter" many clients that failed together do not come back together.
    /// After [`Class::Wait`] it is the [`Pace`](crate::Pace) that holds the call back, so nothing is added here.
    pub(crate) fn wait(&self, error: &Error, attempt: u32, random: f64) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        match error.class() {
            Class::Wait => {
                (error.retry_after() <= Some(self.longest_wait)).then_some(Duration::ZERO)
            }
            Class::Retry => self.backoff(error, attempt, random),
            // Every change but a photo leaves the same state when made twice; a second unknown outcome is reported.
            Class::OutcomeUnknown if attempt == 1 => self.backoff(error, attempt, random),
            _ => None,
        }
    }

    fn backoff(&self, error: &Error, attempt: u32, random: f64) -> Option<Duration> {
        let doubled = self
            .first_backoff
            .saturating_mul(1 << (attempt - 1).min(20));
        let chosen = doubled.min(self.longest_backoff).mul_f64(random);
        let wait = chosen.max(error.retry_after().unwrap_or_default());
        (wait <= self.longest_wait).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(method: &'static str, status: u16, retry_after: Option<u64>) -> Error {
        Error::Status {
            method,
            status,
            text: String::new(),
            retry_after: retry_after.map(Duration::from_secs),
            request_id: None,
        }
    }

    #[test]
    fn backoff_doubles_to_its_end_and_is_jittered_from_zero() {
        let policy = RetryPolicy {
            attempts: 100,
            ..RetryPolicy::default()
        };
        let error = status("users.profile.get", 500, None);
        let seconds = |attempt, random| policy.wait(&error, attempt, random).unwrap().as_secs_f64();
        let longest: Vec<f64> = [1, 2, 3, 4, 5, 6, 7, 40, 99]
            .map(|attempt| seconds(attempt, 1.0))
            .into();
        assert_eq!(longest, [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0]);
        assert_eq!(seconds(3, 0.25), 1.0);
        assert_eq!(seconds(3, 0.0), 0.0);
    }

    #[test]
    fn the_reply_may_ask_for_more_but_not_for_too_much() {
        let policy = RetryPolicy::default();
        let wait = |retry_after| policy.wait(&status("users.list", 503, Some(retry_after)), 1, 1.0);
        assert_eq!(wait(0), Some(Duration::from_secs(1)));
        assert_eq!(wait(77), Some(Duration::from_secs(77)));
        assert_eq!(wait(900), Some(Duration::from_secs(900)));
        assert_eq!(wait(901), None);
        let limited = |seconds| {
            let retry_after = Duration::from_secs(seconds);
            policy.wait(
                &Error::RateLimited {
                    method: "users.list",
                    retry_after,
                },
                1,
                1.0,
            )
        };
        assert_eq!(limited(900), Some(Duration::ZERO), "the pace waits");
        assert_eq!(limited(901), None);
    }

    #[test]
    fn attempts_are_counted() {
        let policy = RetryPolicy::default();
        let read = status("users.profile.get", 500, None);
        let change = status("users.deletePhoto", 500, None);
        let tried =
            |error: &Error| [1, 2, 3].map(|attempt| policy.wait(error, attempt, 1.0).is_some());
        assert_eq!(tried(&read), [true, true, false]);
        assert_eq!(
            tried(&change),
            [true, false, false],
            "one resend of what may have worked"
        );
        assert_eq!(
            tried(&status("users.setPhoto", 400, None)),
            [false, false, false]
        );
        assert_eq!(
            RetryPolicy {
                attempts: 1,
                ..policy
            }
            .wait(&read, 1, 1.0),
            None
        );
    }
}
