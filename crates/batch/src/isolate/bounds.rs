//! What a worker may take, and how the system is told.

use crate::make_avatar::Recipe;

/// Address space of an idle worker, with a margin.
const PROGRAM: u64 = 128 << 20;

/// The limits of a worker.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Bytes of its address space.
    pub(super) memory: u64,
    /// Seconds of processor time for a photo and everything made from it.
    #[cfg_attr(not(unix), expect(dead_code, reason = "no other system is told"))]
    pub(super) seconds: u64,
    /// Seconds to wait for an answer.
    pub(super) patience: u64,
}

impl Bounds {
    /// `memory` is in bytes; without it a worker may have what the limits for photos let it need.
    pub(crate) fn new(memory: Option<u64>, recipe: &Recipe) -> Bounds {
        let limits = &recipe.options.limits;
        // What the core counts, the photo while it comes out of a pipe, and the program itself. The core's own limit should
        // be reached first, because its error says what takes so much.
        let enough = limits.memory.saturating_add(limits.bytes.saturating_mul(4));
        let memory = memory.unwrap_or(enough.saturating_add(PROGRAM));
        // The avatar, and what else is drawn from the photo.
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

/// Limits this process for the rest of its life. It leaves no core dump: that would contain all of its memory.
#[cfg(unix)]
pub(super) fn enforce(bounds: &Bounds) -> std::io::Result<()> {
    use rustix::process::Resource;
    limit(Resource::As, bounds.memory)?;
    limit(Resource::Core, 0)
}

/// Limits the time for the next photo. Time used before does not count.
#[cfg(unix)]
pub(super) fn allow_time(bounds: &Bounds) -> std::io::Result<()> {
    use rustix::process::Resource;
    use rustix::time::{ClockId, clock_gettime};
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec;
    let used = u64::try_from(used).unwrap_or(0) + 1;
    limit(Resource::Cpu, used + bounds.seconds)
}

/// Only the soft limit, and never above the hard one.
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
