//! Keeps to Slack's rate limits: one queue for each base URL and method, shared by all clients that share the limiter.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::method::{Method, Tier};

/// How fast requests follow each other, and the queue they wait in.
///
/// Slack counts per method, app and workspace, so many tokens of one app share one allowance: clients should then share
/// one limiter, by cloning the [`Settings`](crate::Settings) or with [`Client::with_token`](crate::Client::with_token). Each
/// method of each base URL has a queue of its own, first come first served. A reply that says "too many requests" holds
/// back everything behind it in that queue; afterwards requests go one by one, not in a burst, and half as far apart again
/// as before, until enough of them have succeeded.
#[derive(Clone, Debug)]
pub struct RateLimiter {
    /// Time between two requests of a Tier 2 method in the long run; zero for no limit.
    interval: Duration,
    burst: u32,
    queues: Arc<Mutex<Queues>>,
}

/// By base URL and method.
type Queues = HashMap<(String, &'static str), Arc<Queue>>;

#[derive(Debug)]
struct Queue {
    /// Held by the next in line. Tokio's mutex is fair, and a call that is dropped while waiting just leaves the line.
    line: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The "theoretical arrival time" of the generic cell rate algorithm: when the queue's debt is paid off.
    paid: Instant,
    /// When the last pause is over.
    paused: Instant,
    /// The distance between requests, in sixteenths of the interval: 16 until the server says that this is too fast.
    stretch: u32,
}

/// The slowest: ten times slower than requested.
const SLOWEST: u32 = 160;
const ASKED_FOR: u32 = 16;

/// Longer intervals are cut to this: clocks do not count further than some hundred years.
const LONGEST_PAUSE: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The pause that has to pass first is longer than the caller wants to wait.
#[derive(Debug)]
pub(crate) struct TooLong(pub(crate) Duration);

impl Default for RateLimiter {
    /// 15 a minute with a burst of 5: three quarters of the 20 a minute that Slack grants a Tier 2 method such as
    /// `users.setPhoto`. Tools that use all 20 report refusals.
    fn default() -> RateLimiter {
        RateLimiter::new(15, 5)
    }
}

impl RateLimiter {
    /// This many requests a minute of each Tier 2 method, the first `burst` of them at once. Methods of Tier 3 and 4 go
    /// faster in Slack's own proportion, 20 to 50 to 100. A zero counts as one.
    pub fn new(per_minute: u32, burst: u32) -> RateLimiter {
        RateLimiter {
            interval: Duration::from_secs(60) / per_minute.max(1),
            burst: burst.max(1),
            queues: Arc::default(),
        }
    }

    /// No limit of our own, for servers other than Slack. "Too many requests" still holds back everything behind it.
    pub fn unlimited() -> RateLimiter {
        RateLimiter {
            interval: Duration::ZERO,
            burst: 1,
            queues: Arc::default(),
        }
    }

    /// Waits until a request may be sent, and counts it.
    ///
    /// `longest_wait` limits the wait at the head of the queue; standing in line takes as long as it takes. `told` gets
    /// the length of that wait.
    pub(crate) async fn acquire(
        &self,
        base_url: &str,
        method: &Method,
        longest_wait: Duration,
        told: impl Fn(Duration),
    ) -> Result<(), TooLong> {
        let queue = self.queue(base_url, method);
        let _head_of_the_line = queue.line.lock().await;
        loop {
            let now = Instant::now();
            let free = {
                let mut state = queue.state();
                let ahead = state.paid.duration_since(now);
                let free = state.paid - self.slack(method).min(ahead);
                if free <= now {
                    let interval = self.interval(method) * state.stretch / ASKED_FOR;
                    state.paid = now.max(state.paid) + interval;
                    return Ok(());
                }
                free
            };
            if free - now > longest_wait {
                return Err(TooLong(free - now));
            }
            told(free - now);
            // The queue may be paused while we sleep, so look again afterwards.
            sleep_until(free).await;
        }
    }

    /// Lets nothing through for this long, then one by one and more slowly.
    pub(crate) fn pause(&self, base_url: &str, method: &Method, wait: Duration) {
        let queue = self.queue(base_url, method);
        let mut state = queue.state();
        let now = Instant::now();
        // Requests that were under way together are told the same thing.
        if state.paused <= now {
            state.stretch = (state.stretch + state.stretch / 2).min(SLOWEST);
        }
        let wait = wait.min(LONGEST_PAUSE);
        state.paused = state.paused.max(now + wait);
        state.paid = state.paid.max(now + wait + self.slack(method));
    }

    /// Notes that a request went through: sixteen of them, and a pause is forgotten.
    pub(crate) fn relax(&self, base_url: &str, method: &Method) {
        let queue = self.queue(base_url, method);
        let mut state = queue.state();
        state.stretch = (state.stretch - state.stretch.div_ceil(32)).max(ASKED_FOR);
    }

    fn queue(&self, base_url: &str, method: &Method) -> Arc<Queue> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            Arc::new(Queue {
                line: tokio::sync::Mutex::default(),
                state: Mutex::new(State {
                    paid: Instant::now(),
                    paused: Instant::now(),
                    stretch: ASKED_FOR,
                }),
            })
        };
        queues
            .entry((base_url.to_owned(), method.name))
            .or_insert_with(new)
            .clone()
    }

    fn interval(&self, method: &Method) -> Duration {
        match method.tier {
            Tier::Two => self.interval,
            Tier::Three => self.interval * 2 / 5,
            Tier::Four => self.interval / 5,
            Tier::Special => self.interval / 20,
        }
    }

    /// How far ahead of the long run a burst may get.
    fn slack(&self, method: &Method) -> Duration {
        self.interval(method) * (self.burst - 1)
    }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::{PROFILE_GET, SET_PHOTO};
    use crate::retry::Tries;
    use crate::{Error, RetryPolicy};

    const QUARTER: Duration = Duration::from_secs(15 * 60);

    async fn seconds_at_permit(
        limiter: &RateLimiter,
        base_url: &str,
        method: &Method,
        start: Instant,
    ) -> f64 {
        limiter
            .acquire(base_url, method, QUARTER, |_| {})
            .await
            .unwrap();
        start.elapsed().as_secs_f64()
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_of_five_then_one_every_four_seconds() {
        let (limiter, start) = (RateLimiter::default(), Instant::now());
        let mut permits = Vec::new();
        for _ in 0..8 {
            permits.push(seconds_at_permit(&limiter, "a", &SET_PHOTO, start).await);
        }
        assert_eq!(permits, [0.0, 0.0, 0.0, 0.0, 0.0, 4.0, 8.0, 12.0]);
        // Another method, another server: other queues. Tier 4 is five times as fast.
        assert_eq!(
            seconds_at_permit(&limiter, "b", &SET_PHOTO, start).await,
            12.0
        );
        for _ in 0..5 {
            assert_eq!(
                seconds_at_permit(&limiter, "a", &PROFILE_GET, start).await,
                12.0
            );
        }
        assert_eq!(
            seconds_at_permit(&limiter, "a", &PROFILE_GET, start).await,
            12.8
        );
        // In a minute of rest the burst comes back, and no more than that.
        tokio::time::sleep(Duration::from_secs(60)).await;
        let mut permits = Vec::new();
        for _ in 0..6 {
            permits.push(seconds_at_permit(&limiter, "a", &SET_PHOTO, start).await);
        }
        assert_eq!(permits, [72.8, 72.8, 72.8, 72.8, 72.8, 76.8]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everything_behind_it_and_ends_without_a_burst() {
        let (limiter, start) = (RateLimiter::default(), Instant::now());
        limiter
            .acquire("a", &SET_PHOTO, QUARTER, |_| {})
            .await
            .unwrap();
        limiter.pause("a", &SET_PHOTO, Duration::from_secs(30));
        // A shorter pause does not lift a longer one.
        limiter.pause("a", &SET_PHOTO, Duration::from_secs(2));
        let clone = limiter.clone();
        let permits = tokio::join!(
            seconds_at_permit(&limiter, "a", &SET_PHOTO, start),
            seconds_at_permit(&clone, "a", &SET_PHOTO, start),
            seconds_at_permit(&clone, "a", &PROFILE_GET, start),
        );
        assert_eq!(permits, (30.0, 36.0, 0.0));
        for limiter in [RateLimiter::default(), RateLimiter::unlimited()] {
            limiter.pause("a", &SET_PHOTO, Duration::from_secs(901));
            let TooLong(wait) = limiter
                .acquire("a", &SET_PHOTO, QUARTER, |_| {})
                .await
                .unwrap_err();
            assert_eq!(wait, Duration::from_secs(901));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_told_one_second_again_and_again_comes_back_less_and_less_often() {
        let (limiter, policy) = (RateLimiter::unlimited(), RetryPolicy::default());
        let second = Duration::from_secs(1);
        let error = Error::RateLimited {
            method: "users.setPhoto",
            retry_after: second,
            request_id: None,
        };
        let (mut tries, mut posts, start) = (Tries::default(), Vec::new(), Instant::now());
        loop {
            posts.push(seconds_at_permit(&limiter, "a", &SET_PHOTO, start).await);
            tries.sent += 1;
            limiter.pause("a", &SET_PHOTO, second);
            match policy.wait(&error, &mut tries, 1.0) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => break,
            }
        }
        assert_eq!(posts[..8], [0.0, 1.0, 3.0, 7.0, 15.0, 31.0, 63.0, 95.0]);
        assert_eq!((posts.len(), posts.last()), (33, Some(&895.0)));
        assert_eq!(tries.counted(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_call_leaves_the_line() {
        let (limiter, start) = (RateLimiter::new(1, 1), Instant::now());
        limiter
            .acquire("a", &SET_PHOTO, QUARTER, |_| {})
            .await
            .unwrap();
        let second = limiter.acquire("a", &SET_PHOTO, QUARTER, |_| {});
        assert!(
            tokio::time::timeout(Duration::from_secs(10), second)
                .await
                .is_err()
        );
        assert_eq!(
            seconds_at_permit(&limiter, "a", &SET_PHOTO, start).await,
            60.0
        );
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nothing_waits() {
        let (limiter, start) = (RateLimiter::unlimited(), Instant::now());
        for _ in 0..1000 {
            assert_eq!(
                seconds_at_permit(&limiter, "a", &SET_PHOTO, start).await,
                0.0
            );
        }
    }
    #[tokio::test(start_paused = true)]
    async fn no_setting_is_too_small_or_too_large() {
        for (per_minute, burst) in [(0, 0), (0, u32::MAX), (u32::MAX, 0), (u32::MAX, u32::MAX)] {
            for wait in [Duration::ZERO, Duration::MAX] {
                let limiter = RateLimiter::new(per_minute, burst);
                for longest in [Duration::ZERO, Duration::MAX] {
                    let first = limiter.acquire("a", &PROFILE_GET, longest, |_| {}).await;
                    assert!(first.is_ok() || longest == Duration::ZERO);
                }
                for _ in 0..20 {
                    limiter.pause("a", &SET_PHOTO, wait);
                    limiter.relax("a", &SET_PHOTO);
                }
                let permit = limiter
                    .acquire("a", &SET_PHOTO, Duration::ZERO, |_| {})
                    .await;
                match (wait, permit) {
                    (Duration::ZERO, permit) => permit.unwrap(),
                    (_, Err(TooLong(asked))) => assert_eq!(asked, LONGEST_PAUSE),
                    (_, Ok(())) => panic!("a pause without an end let one through"),
                }
                limiter
                    .acquire("b", &SET_PHOTO, Duration::ZERO, |_| {})
                    .await
                    .unwrap();
            }
        }
        // A zero counts as one: one a minute, one at once.
        let (limiter, start) = (RateLimiter::new(0, 0), Instant::now());
        for second in [0.0, 60.0, 120.0] {
            assert_eq!(
                seconds_at_permit(&limiter, "a", &SET_PHOTO, start).await,
                second
            );
        }
    }
}
