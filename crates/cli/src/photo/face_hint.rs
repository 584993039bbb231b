//! The hint to use `--fit face`, for a single photo that gets bars beside a face.

use std::time::Duration;

use headshot_core::{Background, FaceFit, Fit, Limits, Options, plan, probe};

/// The hint.
pub(crate) const HINT: &str =
    "hint: there is a face in this photo: --fit face would frame it, without bars";

/// How long this unrequested look may take: enough for a large JPEG.
const PATIENCE: Duration = Duration::from_millis(300);

/// Whether `--fit face` would frame a face of a photo that gets bars, which nobody has asked for. It takes as long as decoding the photo once or
/// twice, at most [`PATIENCE`]. Whatever is wrong with the photo is told by those who make its avatar.
pub(crate) fn applies(photo: &[u8], options: &Options) -> bool {
    // Choosing what the bars show means wanting bars.
    let wants_bars = matches!(options.background, Background::Blur | Background::Edge);
    if options.fit != Fit::Contain || wants_bars {
        return false;
    }
    let Ok(info) = probe(photo, &options.limits) else {
        return false;
    };
    if info.size.width() == info.size.height() {
        return false;
    }
    let face = Options {
        fit: Fit::Face(FaceFit::default()),
        limits: Limits {
            time: options.limits.time.min(PATIENCE),
            ..options.limits
        },
        ..options.clone()
    };
    let planned = plan(photo, &info, &face).ok();
    let faces = planned.and_then(|plan| plan.faces);
    faces.is_some_and(|faces| faces.crop.is_some())
}
