//! What a worker may take, and how the system is told.

use crate::make_avatar::Recipe;

/// Address space of a worker that does nothing, and then some.
const PROGRAM: u64 = 128 << 20;

/// The limits of a worker.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Bytes of its address space.
    pub(super) memory: u64,
    /// Seconds of processor time for a photo, and what is made of it.
    pub(super) seconds: u64,
    /// Seconds until an answer is no longer waited for.
    pub(super) patience: u64,
}

impl Bounds {
    /// `memory` is in bytes; without it a worker may have what the limits for photos let it need.
    pub(crate) fn new(memory: Option<u64>, recipe: &Recipe) -> Bounds {
        let limits = &recipe.options.limits;
        // What the core counts, the photo while it comes out of a pipe, and the program itself. The core's own limit is to
        // be met first, because it knows what it is that takes so much.
        let enough = limits.memory.saturating_add(limits.bytes.saturating_mul(4));
        let memory = memory.unwrap_or(enough.saturating_add(PROGRAM));
        // The avatar, and what else is drawn of the photo.
        let pictures = 1
            + u64::from(recipe.still.is_some())
            + 2 * u64::from(recipe.thumbnails)
            + u64::from(recipe.explained.is_some());
        let seconds = (limits.time.as_secs() + 1).saturating_mul(pictures) + 1;
        Bounds {
            memory,
            seconds,
            // Others may need the processors as well.
            patience: seconds.saturating_mul(10),
        }
    }
}

/// Bounds this process for as long as it lives. It leaves no core behind: that would have all of its memory in it.
#[cfg(unix)]
pub(super) fn enforce(bounds: &Bounds) -> std::io::Result<()> {
    use rustix::process::Resource;
    limit(Resource::As, bounds.memory)?;
    limit(Resource::Core, 0)
}

/// Bounds the time for the next photo. What was used for those before does not count.
#[cfg(unix)]
pub(super) fn allow_time(bounds: &Bounds) -> std::io::Result<()> {
    use rustix::process::Resource;
    use rustix::time::{ClockId, clock_gettime};
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec;
    let used = u64::try_from(used).unwrap_or(0) + 1;
    limit(Resource::Cpu, used + bounds.seconds)
}

/// Only the limit that can be raised again, and never above the one that cannot.
#[cfg(unix)]
fn limit(resource: rustix::process::Resource, most: u64) -> std::io::Result<()> {
    use rustix::process::{Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(resource).maximum;
    let current = Some(maximum.map_or(most, |maximum| maximum.min(most)));
    Ok(setrlimit(resource, Rlimit { current, maximum })?)
}

#[cfg(not(unix))]
pub(super) fn enforce(_: &Bounds) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(not(unix))]
pub(super) fn allow_time(_: &Bounds) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
