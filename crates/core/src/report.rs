//! What became of a photo.

use crate::faces::Faces;
use crate::info::Info;
use crate::step::Step;
use crate::warning::Warning;

/// What a photo was, what was done to it, and what is worth knowing.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The photo, from its header: as its file says it stands upright, whatever rotation was asked for.
    pub source: Info,
    /// What was done, in order. Rectangles and sizes are in pixels of the photo as it stands after them.
    pub steps: Vec<Step>,
    /// What the user should know: of the header first, then of the plan, then of the pixels.
    pub warnings: Vec<Warning>,
    /// The faces by which [`Fit::Face`](crate::Fit::Face) decided; `None` where nobody was looked for or found.
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
