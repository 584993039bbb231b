//! Keeps a photo that complies already as it is coded.

use crate::avatar::Made;
use crate::clock::Clock;
use crate::error::Error;
use crate::formats;
use crate::info::Info;
use crate::options::{Damaged, Options};
use crate::plan::Plan;

/// The photo without its metadata, or `None` where the plan wants it encoded anew or only that will do.
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
        // What is damaged is never kept as it is.
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
