//! Turns any photo that a person hands in into a square avatar that a chat service accepts. Bytes in, bytes out.
//!
//! The avatar stands upright, is square, has sRGB colors and carries nothing of the photo but its picture: no position,
//! no thumbnail, no comment.
//!
//! ```
//! use headshot_core::{Fit, Options, normalize};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let photo = std::fs::read("../../testdata/still/astronaut.jpg")?;
//! let avatar = normalize(&photo, &Options { fit: Fit::Cover, ..Options::default() })?;
//! assert!((512..=1024).contains(&avatar.side()));
//! # Ok(())
//! # }
//! ```

mod animate;
mod animation;
mod avatar;
mod color;
mod decode;
mod encode;
mod error;
mod geometry;
mod letterbox;
mod options;
mod orientation;
mod plan;
mod probe;
mod raster;
mod report;
mod resize;

pub use animation::{Animation, LoopCount};
pub use avatar::Avatar;
pub use color::{ColorModel, Profile};
pub use error::{Error, Limit};
pub use geometry::{Rect, Size};
pub use options::{
    Background, CropBox, Fit, FramePolicy, Limits, Options, Quality, SideRange, Small, StillFormat,
};
pub use orientation::Orientation;
pub use plan::Plan;
pub use probe::{Format, Info, probe};
pub use report::{Report, Step, Warning};

use raster::Raster;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Makes an avatar out of a photo: JPEG, PNG or GIF, recognised by its bytes.
///
/// # Errors
///
/// Every error but [`Error::Encode`] and [`Error::Internal`] is for the person who chose the photo or the options; the
/// message says what to do. A panic in a decoder becomes [`Error::Internal`].
pub fn normalize(photo: &[u8], options: &Options) -> Result<Avatar, Error> {
    catch_unwind(AssertUnwindSafe(|| make(photo, options)))
        .unwrap_or_else(|_| Err(Error::internal("a decoder panicked on this photo")))
}

fn make(photo: &[u8], options: &Options) -> Result<Avatar, Error> {
    let info = probe(photo, &options.limits)?;
    let plan = Plan::new(&info, options)?;
    if plan.frames > 1 {
        let animated = animate::animate(photo, &info, &plan, options)?;
        let warnings = [info.warnings.clone(), plan.warnings, animated.warnings].concat();
        let report = Report {
            source: info,
            steps: animated.steps,
            warnings,
        };
        return Ok(Avatar {
            bytes: animated.bytes.into(),
            format: plan.format,
            side: plan.side,
            frames: animated.frames,
            report,
        });
    }
    let decoded = decode::resized(photo, &info, &plan, &options.limits)?;
    let square = finish(decoded.raster, &plan, info.profile.as_ref())?;
    let bytes = encode::still(&square, &plan)?;

    let warnings = [info.warnings.clone(), plan.warnings, decoded.warnings].concat();
    let report = Report {
        source: info,
        steps: plan.steps,
        warnings,
    };
    Ok(Avatar {
        bytes: bytes.into(),
        format: plan.format,
        side: plan.side,
        frames: 1,
        report,
    })
}

/// A resampled picture onto the avatar's square. Everything that costs by the pixel comes after the resampling.
fn finish(resized: Raster, plan: &Plan, profile: Option<&Profile>) -> Result<Raster, Error> {
    let srgb = color::to_srgb(resized, profile)?;
    let upright = plan.orientation.apply(srgb);
    Ok(letterbox::place(upright, plan))
}

#[cfg(test)]
mod tests;
