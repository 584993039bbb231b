//! What became of a photo.

use crate::faces::Faces;
use crate::info::Info;
use crate::step::Step;
use crate::warning::Warning;

/// What a photo was, what was done to it, and what is worth knowing.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The photo, from its header: upright as its file says, whatever rotation was requested.
    pub source: Info,
    /// What was done, in order. Rectangles and sizes are in pixels of the photo as it is at that step.
    pub steps: Vec<Step>,
    /// What the user should know: first about the header, then the plan, then the pixels.
    pub warnings: Vec<Warning>,
    /// The faces that [`Fit::Face`](crate::Fit::Face) based its decision on; `None` if none were looked for or found.
    pub faces: Option<Faces>,
}

impl Report {
    /// Whether pixels or frames of the photo were missing or damaged, so that the avatar does not show all of it.
    pub fn damaged(&self) -> bool {
        let is_damage = |warning: &Warning| {
            matches!(
                warning,
                Warning::MissingPixels { .. }
                    | Warning::CutAnimation
                    | Warning::IncompleteFrames(_)
            )
        };
        self.warnings.iter().any(is_damage)
    }
}
