//! Keeps the coding of a photo that complies already.

use crate::avatar::Made;
use crate::clock::Clock;
use crate::error::Error;
use crate::formats;
use crate::info::Info;
use crate::options::{Damaged, Options};
use crate::plan::Plan;

/// The photo without its metadata, or `None` if the plan wants it encoded again or nothing else will do.
pub(crate) fn kept(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Option<Made>, Error> {
    if !plan.kept {
        return Ok(None);
    }
    let codec = formats::codec(info.format);
    let stripped = match (codec.strip)(photo, info, options, clock) {
        // A damaged photo is never kept as it is.
        Err(Error::Damaged { .. }) if options.damaged == Damaged::Accept => None,
        stripped => stripped?,
    };
    Ok(stripped.map(|stripped| Made {
        bytes: stripped.bytes,
        frames: plan.frames,
        steps: plan.steps.clone(),
        warnings: stripped.warnings,
    }))
}
