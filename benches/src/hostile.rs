//! Runs the library on arbitrary bytes, and watches time, memory and panics.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use headshot_core::{
    Avatar, CropBox, Damaged, Error, Fit, FramePolicy, Limits, Options, SideRange, StillFormat,
    Warning, normalize, probe,
};

use crate::machine;

/// The most time for a file of up to [`PART`] pixels, and for each further part that is begun.
const LONGEST: Duration = Duration::from_millis(500);
const PART: u64 = 64_000_000;

/// The most time for one file, by the pixels that its header promises.
pub fn longest(photo: &[u8]) -> Duration {
    let pixels = probe(photo, &Limits::default()).map_or(0, |info| info.size.area());
    LONGEST * pixels.div_ceil(PART).max(1) as u32
}

/// The most memory, in bytes, that the process may hold meanwhile, including itself and the file.
pub const LARGEST: u64 = 160_000_000;

/// The most time and bytes for refusing a bomb that its header gives away.
pub const AT_ONCE: (Duration, u64) = (Duration::from_millis(50), 16_000_000);

/// Chooses options for a photo: the parts that depend on it are read from its header.
pub type Choose = fn(&[u8]) -> Options;

/// Options that are tried, with their names.
pub const SETS: [(&str, Choose); 7] = [
    ("contain", |_| Options::default()),
    ("cover 512", |_| Options {
        fit: Fit::Cover,
        side: SideRange::new(512, 512).expect("a side"),
        ..Options::default()
    }),
    ("crop", |photo| Options {
        fit: crop(photo).map_or(Fit::Cover, Fit::Crop),
        ..Options::default()
    }),
    ("jpeg", |_| Options {
        format: StillFormat::Jpeg(None),
        ..Options::default()
    }),
    ("png", |_| Options {
        format: StillFormat::Png,
        ..Options::default()
    }),
    ("decimate", |_| Options {
        frames: FramePolicy::Decimate,
        ..Options::default()
    }),
    ("accept", |_| Options {
        damaged: Damaged::Accept,
        ..Options::default()
    }),
];

/// A square off the center, if the header can be believed.
fn crop(photo: &[u8]) -> Option<CropBox> {
    let size = probe(photo, &Limits::default()).ok()?.size;
    let (x, y) = (size.width() / 3, size.height() / 4);
    let side = (size.width() - x).min(size.height() - y);
    Some(CropBox { x, y, side })
}

/// What became of one photo.
pub struct Run {
    /// The avatar, or why there is none.
    pub made: Result<Avatar, Error>,
    /// How long that took, by the clock or by its threads' time on a processor, whichever is less: a busy machine does not count.
    pub time: Duration,
    /// How long it may take.
    pub longest: Duration,
    /// The most memory that the process held, in bytes.
    pub peak: u64,
    /// How much of that it had not held before.
    pub growth: u64,
}

impl Run {
    /// `accepted`; `accepted, marked` if a warning says that pixels or the end are missing; or the kind of error.
    pub fn outcome(&self) -> &'static str {
        match &self.made {
            Ok(avatar) if !is_marked(avatar) => "accepted",
            Ok(_) => "accepted, marked",
            Err(error) => error.kind(),
        }
    }

    /// A panic, or another fault that the library admits.
    pub fn fault(&self) -> Option<String> {
        match &self.made {
            Err(error @ (Error::Internal { .. } | Error::Encode { .. })) => Some(chain(error)),
            _ => None,
        }
    }

    /// What must never happen, whatever the bytes are.
    pub fn breach(&self) -> Option<String> {
        match self.fault() {
            Some(fault) => Some(fault),
            _ if self.time > self.longest => Some(format!("it took {:.2?}", self.time)),
            _ if self.peak > LARGEST => Some(format!("it took {} MB", self.peak / 1_000_000)),
            _ => None,
        }
    }
}

/// Whether the report says that pixels, scans, or the end of the file, were missing.
pub fn is_marked(avatar: &Avatar) -> bool {
    let is_end =
        |warning: &Warning| matches!(warning, Warning::MissingEnd(_) | Warning::NeverCoded { .. });
    avatar.report().damaged() || avatar.report().warnings.iter().any(is_end)
}

/// Runs the library once; again, if that took too long, because the machine may have been busy.
pub fn run(photo: &[u8], options: Choose) -> Run {
    let mut run = once(photo, options);
    for _ in 0..2 {
        if run.time > run.longest {
            let again = once(photo, options);
            run.time = run.time.min(again.time);
        }
    }
    run
}

/// Runs the library once. If others run at the same time, time and memory include theirs.
pub fn once(photo: &[u8], options: Choose) -> Run {
    let longest = longest(photo);
    machine::forget_peak_memory();
    let before = machine::memory().unwrap_or_default();
    let (clock, processor) = (Instant::now(), machine::thread_times());
    let made = normalize(photo, &options(photo));
    let time = clock.elapsed();
    let busy = machine::thread_times().zip(processor);
    let peak = machine::peak_memory().unwrap_or_default();
    Run {
        made,
        time: busy.map_or(time, |(after, before)| {
            time.min(longest_way(&after, &before))
        }),
        longest,
        peak,
        growth: peak.saturating_sub(before),
    }
}

/// How long the work would take on a free machine: the time of this thread and of the busiest of its helpers.
fn longest_way(after: &BTreeMap<u32, Duration>, before: &BTreeMap<u32, Duration>) -> Duration {
    let this = std::process::id();
    let spent = |thread| {
        let before = before.get(thread).copied().unwrap_or_default();
        after[thread].saturating_sub(before)
    };
    let others = after.keys().filter(|thread| **thread != this);
    let busiest = others.map(spent).max().unwrap_or_default();
    busiest
        + if after.contains_key(&this) {
            spent(&this)
        } else {
            Duration::ZERO
        }
}

/// An error with its sources, in one line.
pub fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text += &format!(": {error}");
        source = error.source();
    }
    text
}

/// Panics are counted, not printed: the file's name says more.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|_| {}));
}

/// Ends the process, with the name of what it was working on, if it has worked on the same thing for two minutes.
///
/// It counts naps instead of reading the clock, so that a process that was stopped meanwhile is not blamed.
pub struct Watchdog {
    at: Arc<(Mutex<String>, AtomicU32)>,
}

impl Watchdog {
    /// Starts watching.
    pub fn start() -> Watchdog {
        let at = Arc::new((Mutex::new(String::new()), AtomicU32::new(0)));
        let watched = Arc::clone(&at);
        thread::spawn(move || {
            while watched.1.fetch_add(1, Ordering::Relaxed) < 120 {
                thread::sleep(Duration::from_secs(1));
            }
            eprintln!("it hangs: {}", watched.0.lock().expect("a name"));
            std::process::exit(3);
        });
        Watchdog { at }
    }

    /// Notes what is done next.
    pub fn next(&self, name: &str) {
        name.clone_into(&mut self.at.0.lock().expect("a name"));
        self.at.1.store(0, Ordering::Relaxed);
    }
}
