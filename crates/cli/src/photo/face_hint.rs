//! A word on `--fit face`, for one photo that gets bars beside a face.

use headshot_core::{FaceFit, Fit, Options, plan, probe};

/// What is said.
pub(crate) const HINT: &str =
    "hint: there is a face in it: --fit face would frame that, without bars";

/// Whether `--fit face` would frame a face of a photo that gets bars, which nobody has asked for. It takes as long as decoding the photo. Whatever
/// is wrong with the photo is told by those who make its avatar.
pub(crate) fn applies(photo: &[u8], options: &Options) -> bool {
    if options.fit != Fit::Contain {
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
        ..options.clone()
    };
    let planned = plan(photo, &info, &face).ok();
    let faces = planned.and_then(|plan| plan.faces);
    faces.is_some_and(|faces| faces.crop.is_some())
}
