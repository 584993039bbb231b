//! What a plan reports: its steps and its warnings.

use super::Placement;
use crate::background::Bars;
use crate::color::ColorModel;
use crate::format::Format;
use crate::info::Info;
use crate::options::SideRange;
use crate::orientation::Orientation;
use crate::rotation::Rotation;
use crate::step::Step;
use crate::warning::Warning;

/// What will be done, in upright pixels, except how the avatar is written.
pub(super) fn steps(
    info: &Info,
    placement: &Placement,
    background: Option<[u8; 3]>,
    bars: Bars,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let said = info.said_orientation();
    match info.format {
        _ if said == Orientation::Upright => {}
        Format::Heic => steps.push(Step::Turn(said)),
        _ => steps.push(Step::Orient(said)),
    }
    if info.rotation != Rotation::None {
        steps.push(Step::Rotate(info.rotation));
    }
    if placement.crop != info.size.whole() {
        steps.push(Step::Crop(placement.crop));
    }
    let (from, to) = (placement.crop.size(), placement.scaled);
    if from != to {
        steps.push(Step::Resize { from, to });
    }
    match &info.profile {
        Some(profile) if !profile.is_srgb() => {
            steps.push(Step::ConvertProfile(profile.name().to_owned()))
        }
        None if info.color == ColorModel::Cmyk => steps.push(Step::ConvertCmyk),
        Some(_) | None => {}
    }
    if placement.scaled.shorter() < placement.side {
        steps.push(Step::Letterbox {
            side: placement.side,
            bars,
        });
    }
    if let Some(color) = background.filter(|_| info.alpha) {
        steps.push(Step::Flatten(color));
    }
    steps
}

/// Warnings about the geometry.
pub(super) fn warnings(placement: &Placement, range: SideRange) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let longer = placement.crop.size().longer();
    // From a quarter more on it begins to show; less is reported as a step.
    if u64::from(placement.side) * 4 >= u64::from(longer) * 5 {
        warnings.push(Warning::Enlarged {
            from: longer,
            to: placement.side,
        });
    }
    if range.min() < SideRange::SLACK.min() || range.max() > SideRange::SLACK.max() {
        warnings.push(Warning::SideOutsideAdvice(range));
    }
    warnings
}
