//! The processor time that a photo may take. The only file that knows the crate that measures it.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cpu_time::ThreadTime;

use crate::error::{Error, Limit};

/// How often rows check the clock: asking the system takes as long as a few hundred pixels.
const ROWS: u32 = 16;

/// What a callback returns to its decoder: an error ends the decoding.
pub(crate) fn go_on(done: &Result<(), Error>) -> ControlFlow<()> {
    match done {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    }
}

/// The time spent on one photo, over all threads that work on it.
pub(crate) struct Time {
    max: Duration,
    /// In nanoseconds: the sum of what clocks have added.
    spent: AtomicU64,
}

/// Adds the time that its own thread spends. It stays on that thread.
pub(crate) struct Clock<'a> {
    time: &'a Time,
    since: Cell<ThreadTime>,
}

impl Time {
    pub(crate) fn new(max: Duration) -> Time {
        Time {
            max,
            spent: AtomicU64::new(0),
        }
    }

    /// A clock for this thread, starting now.
    pub(crate) fn clock(&self) -> Clock<'_> {
        Clock {
            time: self,
            since: Cell::new(ThreadTime::now()),
        }
    }
}

impl Clock<'_> {
    /// Adds the time that this thread spent since the last call, and refuses more than the photo may take.
    ///
    /// It asks the system: call it per row, not per pixel.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let now = ThreadTime::now();
        let lap = now
            .as_duration()
            .saturating_sub(self.since.replace(now).as_duration());
        let lap = u64::try_from(lap.as_nanos()).unwrap_or(u64::MAX);
        let spent = self.time.spent.fetch_add(lap, Ordering::Relaxed) + lap;
        if Duration::from_nanos(spent) < self.time.max {
            return Ok(());
        }
        Err(Error::Limit {
            which: Limit::Time,
            found: spent.div_ceil(1_000_000),
            max: u64::try_from(self.time.max.as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// [`Clock::check`] for row `y` of many, now and again.
    pub(crate) fn check_row(&self, y: u32) -> Result<(), Error> {
        if y.is_multiple_of(ROWS) {
            self.check()
        } else {
            Ok(())
        }
    }

    /// Discards the time that this thread spent since the last call, because other clocks counted it.
    pub(crate) fn skip(&self) {
        self.since.set(ThreadTime::now());
    }

    /// The total that this clock adds to.
    pub(crate) fn time(&self) -> &Time {
        self.time
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{CropBox, Fit, Options, SideRange};
    use crate::plan::Plan;
    use crate::probe::probe;
    use crate::{animate, formats, keep, normalize};

    fn in_time() -> Time {
        Time::new(Duration::MAX)
    }

    fn file(name: &str) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/");
        std::fs::read([folder, name].concat()).unwrap()
    }

    fn is_late<T>(made: Result<T, Error>) -> bool {
        let which = Limit::Time;
        matches!(made, Err(Error::Limit { which: found, .. }) if found == which)
    }

    #[test]
    fn pixels_are_made_only_in_time() {
        for (name, side) in [
            ("still/plain.jpg", 9),
            ("still/progressive.jpg", 9),
            ("still/ycck.jpg", 9),
            ("still/rgb8.png", 9),
            ("still/interlaced-rgb8.png", 9),
            ("still/apng-default-image.png", 9),
            ("still/plain.gif", 9),
            ("still/lossy.webp", 9),
            ("still/lossless.webp", 9),
            #[cfg(feature = "heic")]
            ("heic/single.heic", 9),
            #[cfg(feature = "heic")]
            ("heic/alpha.heic", 9),
        ] {
            let photo = file(name);
            let mut options = Options::default();
            let info = probe(&photo, &options.limits, &in_time().clock()).unwrap();
            // Only the last rows: those above are skipped.
            options.fit = Fit::Crop(CropBox {
                x: 0,
                y: info.size.height() - side,
                side,
            });
            let plan = Plan::new(&info, &options).unwrap();
            let decode = |time: &Time| {
                (formats::codec(info.format).resize)(&photo, &info, &plan, &options, &time.clock())
            };
            assert!(decode(&in_time()).is_ok(), "{name}");
            assert!(is_late(decode(&Time::new(Duration::ZERO))), "{name}");
        }
    }

    #[test]
    fn a_photo_is_kept_only_in_time() {
        let options = Options {
            side: SideRange::new(64, 64).unwrap(),
            ..Options::default()
        };
        for name in ["still/plain.jpg", "still/rgb8.png", "animated/opaque.gif"] {
            let avatar = normalize(&file(name), &options).unwrap().bytes();
            let info = probe(&avatar, &options.limits, &in_time().clock()).unwrap();
            let plan = Plan::new(&info, &options).unwrap();
            let kept = |time: &Time| keep::kept(&avatar, &info, &plan, &options, &time.clock());
            assert!(matches!(kept(&in_time()), Ok(Some(_))), "{name}");
            assert!(is_late(kept(&Time::new(Duration::ZERO))), "{name}");
        }
    }

    #[test]
    fn an_animation_is_made_only_in_time() {
        for name in ["animated/opaque.gif", "animated/blend.png"] {
            let photo = file(name);
            let options = Options::default();
            let info = probe(&photo, &options.limits, &in_time().clock()).unwrap();
            let plan = Plan::new(&info, &options).unwrap().encoded();
            let make =
                |time: &Time| animate::animate(&photo, &info, &plan, &options, &time.clock());
            assert!(make(&in_time()).is_ok(), "{name}");
            assert!(is_late(make(&Time::new(Duration::ZERO))), "{name}");
        }
    }

    #[test]
    fn what_all_threads_spend_is_added_up() {
        let time = Time::new(Duration::MAX);
        let spent = || time.spent.load(Ordering::Relaxed);
        let clock = time.clock();
        let other = std::thread::scope(|scope| {
            let other = scope.spawn(|| {
                let clock = time.clock();
                while spent() < 1_000_000 {
                    clock.check().unwrap();
                }
                spent()
            });
            other.join().unwrap()
        });
        assert!(other >= 1_000_000);
        let before = spent();
        clock.check().unwrap();
        assert!(spent() > before);
    }
}
