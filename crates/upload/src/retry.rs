//! Whether to try again, and after how long: arithmetic only, no clock and no network.

use std::time::Duration;

use crate::{Class, Error};

/// When a call is tried again. The default suits a person at a terminal and a batch alike.
///
/// Repeats only what may be repeated. A call that was refused for a reason is not repeated. A call with an unknown outcome
/// is sent once more; a photo at most twice, each time after the profile has been watched for `settle`.
///
/// Fields may be added: name what differs, and end with `..RetryPolicy::default()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many times a request is sent at most, the first time included; those that were answered by "too many requests"
    /// do not count. Default 3. With 1 nothing is repeated, and [`Client::set_photo`](crate::Client::set_photo) looks
    /// nothing up before or after.
    pub attempts: u32,
    /// The wait before the second attempt is between 0 and this, at random; it doubles with each further attempt.
    /// Default 1 s.
    pub first_backoff: Duration,
    /// The limit of that doubling. Default 30 s.
    pub longest_backoff: Duration,
    /// The longest that replies may make one call wait, for all its waits after "too many requests" together. If that is not enough,
    /// the call gives up at once, and the error says when to come back. Default 15 min.
    pub longest_wait: Duration,
    /// How long the profile is watched after a photo was sent and its outcome is unknown: a server may answer
    /// that it gave up, and still set the photo seconds later. Looks are 1, 2, 4, 8, 16 s apart and so on, the last one
    /// at the end. Default 30 s.
    pub settle: Duration,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            attempts: 3,
            first_backoff: Duration::from_secs(1),
            longest_backoff: Duration::from_secs(30),
            longest_wait: Duration::from_secs(15 * 60),
            settle: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// How long to wait after a failed attempt, or `None` to give up.
    ///
    /// `random` is in 0..=1: with "full jitter" many clients that failed together do not come back together.
    /// After [`Class::Wait`] it is the [`RateLimiter`](crate::RateLimiter) that holds the call back as long as the reply says; here that
    /// is only made longer each time.
    pub(crate) fn wait(&self, error: &Error, tries: &mut Tries, random: f64) -> Option<Duration> {
        if self.attempts <= 1 {
            return None;
        }
        match error.class() {
            Class::Wait => {
                let asked = error.retry_after().unwrap_or_default();
                let wait = asked.max(LEAST_LIMITED * (1 << tries.limited.min(5)));
                tries.limited += 1;
                tries.waited = tries.waited.saturating_add(wait);
                // The rate limiter waits meanwhile.
                let longer = if wait > asked { wait } else { Duration::ZERO };
                (tries.waited <= self.longest_wait).then_some(longer)
            }
            _ if tries.counted() >= self.attempts => None,
            Class::Retry => self.backoff(error, tries.counted(), random),
            // Every change but a photo leaves the same state when made twice; a second unknown outcome is reported.
            Class::OutcomeUnknown if tries.counted() == 1 => {
                self.backoff(error, tries.counted(), random)
            }
            _ => None,
        }
    }

    fn backoff(&self, error: &Error, attempt: u32, random: f64) -> Option<Duration> {
        let doubled = self
            .first_backoff
            .saturating_mul(1 << attempt.saturating_sub(1).min(20));
        let longest = doubled.min(self.longest_backoff).as_secs_f64();
        let chosen = Duration::try_from_secs_f64(longest * random).unwrap_or(Duration::MAX);
        let wait = chosen.max(error.retry_after().unwrap_or_default());
        (wait <= self.longest_wait).then_some(wait)
    }
}

/// The least wait after the first "too many requests" of a call; it doubles with each further one, up to 32 times.
const LEAST_LIMITED: Duration = Duration::from_secs(1);

/// What a call has been through.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tries {
    /// How many times it was sent.
    pub(crate) sent: u32,
    /// How many of these were answered by "too many requests".
    limited: u32,
    /// How long those have made it wait.
    waited: Duration,
}

impl Tries {
    /// Those that count as attempts.
    pub(crate) fn counted(&self) -> u32 {
        self.sent.saturating_sub(self.limited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(method: &'static str, status: u16, retry_after: Option<u64>) -> Error {
        Error::Status {
            method,
            status,
            is_html: false,
            text: String::new(),
            retry_after: retry_after.map(Duration::from_secs),
            request_id: None,
        }
    }

    /// After so many attempts.
    fn wait(policy: &RetryPolicy, error: &Error, sent: u32, random: f64) -> Option<Duration> {
        let mut tries = Tries {
            sent,
            ..Tries::default()
        };
        policy.wait(error, &mut tries, random)
    }

    #[test]
    fn backoff_doubles_to_its_end_and_is_jittered_from_zero() {
        let policy = RetryPolicy {
            attempts: 100,
            ..RetryPolicy::default()
        };
        let error = status("users.profile.get", 500, None);
        let seconds = |attempt, random| {
            wait(&policy, &error, attempt, random)
                .unwrap()
                .as_secs_f64()
        };
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
        let asked = |seconds| wait(&policy, &status("users.list", 503, Some(seconds)), 1, 1.0);
        assert_eq!(asked(0), Some(Duration::from_secs(1)));
        assert_eq!(asked(77), Some(Duration::from_secs(77)));
        assert_eq!(asked(900), Some(Duration::from_secs(900)));
        assert_eq!(asked(901), None);
        let limited = |seconds| {
            let retry_after = Duration::from_secs(seconds);
            let error = Error::RateLimited {
                method: "users.list",
                retry_after,
                request_id: None,
            };
            wait(&policy, &error, 1, 1.0)
        };
        assert_eq!(limited(900), Some(Duration::ZERO), "the rate limiter waits");
        assert_eq!(limited(901), None);
    }

    #[test]
    fn attempts_are_counted() {
        let policy = RetryPolicy::default();
        let read = status("users.profile.get", 500, None);
        let change = status("users.deletePhoto", 500, None);
        let tried =
            |error: &Error| [1, 2, 3].map(|attempt| wait(&policy, error, attempt, 1.0).is_some());
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
        for attempts in [0, 1] {
            let once = RetryPolicy { attempts, ..policy };
            assert_eq!(wait(&once, &read, 1, 1.0), None);
        }
    }

    #[test]
    fn too_many_requests_are_no_attempt_but_bounded_by_time() {
        let policy = RetryPolicy::default();
        let error = Error::RateLimited {
            method: "users.setPhoto",
            retry_after: Duration::from_secs(5),
            request_id: None,
        };
        let mut tries = Tries::default();
        let mut more = Vec::new();
        loop {
            tries.sent += 1;
            let Some(wait) = policy.wait(&error, &mut tries, 1.0) else {
                break;
            };
            more.push(wait.as_secs());
        }
        // The 5 s that the reply asks for are the rate limiter's, then it is 8, 16 and 32 s, and 900 s together.
        assert_eq!(more[..7], [0, 0, 0, 8, 16, 32, 32]);
        assert_eq!((more.len(), tries.counted()), (31, 0));
    }

    #[test]
    fn no_setting_is_too_small_or_too_large() {
        let errors = [
            status("users.list", 503, Some(1)),
            status("users.deletePhoto", 500, None),
            Error::RateLimited {
                method: "users.list",
                retry_after: Duration::MAX,
                request_id: None,
            },
        ];
        for extreme in [Duration::ZERO, Duration::MAX] {
            let policy = RetryPolicy {
                attempts: u32::MAX,
                first_backoff: extreme,
                longest_backoff: extreme,
                longest_wait: extreme,
                settle: extreme,
            };
            for error in &errors {
                for sent in [0, 1, 7, u32::MAX] {
                    wait(&policy, error, sent, 1.0);
                }
            }
        }
    }
}
