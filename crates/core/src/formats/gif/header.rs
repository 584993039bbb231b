//! The header of a GIF: the structure of its blocks (GIF89a, appendix A).

use headshot_gif::Structure;

use crate::animation::{Animation, LoopCount};
use crate::color::ColorModel;
use crate::error::Error;
use crate::format::Format;
use crate::geometry::Size;
use crate::header::{Colors, Header};
use crate::options::Limits;
use crate::warning::Warning;

/// Counts the frames, and reads nothing else of their data.
pub(crate) fn header(photo: &[u8], _: &Limits) -> Result<Header, Error> {
    let structure = headshot_gif::scan(photo)?;
    let size = Size::new(structure.width.into(), structure.height.into())
        .ok_or_else(|| Error::damaged(Format::Gif, "its canvas has a side of zero pixels"))?;
    let mut warnings = Vec::new();
    // If the file has no canvas, nothing contradicts the first frame.
    let grown_from = |(width, height): (u16, u16)| Size::new(width.into(), height.into());
    if let Some(from) = structure.grown_from.and_then(grown_from) {
        warnings.push(Warning::GrownCanvas { from, to: size });
    }
    match structure {
        // Missing pixels are noticed when they are decoded.
        Structure {
            first_is_cut: true, ..
        } => {}
        Structure {
            truncated: true,
            frames: 2..,
            ..
        }
        | Structure {
            frame_is_lost: true,
            ..
        } => warnings.push(Warning::CutAnimation),
        // A still is complete, whatever follows.
        Structure {
            truncated: true, ..
        }
        | Structure { unmarked: true, .. } => warnings.push(Warning::MissingEnd(Format::Gif)),
        _ => {}
    }
    Ok(Header {
        size,
        color: ColorModel::Rgb,
        alpha: structure.has_transparency || !structure.first_frame_covers_canvas,
        frames: structure.frames,
        animation: Some(Animation {
            duration_cs: structure.duration_cs,
            loop_count: LoopCount::from_netscape(structure.repeats),
        }),
        scans: 1,
        orientation: Ok(None),
        colors: Colors::Unsaid,
        // The indices of a frame and notes about each row; the area from before a frame.
        decoder: u64::from(structure.width) * u64::from(structure.height)
            + 16 * u64::from(u16::MAX)
            + 4 * structure.saved,
        // The indices again.
        held: u64::from(structure.width) * u64::from(structure.height),
        plain: !structure.truncated
            && structure.grown_from.is_none()
            && structure.bare_is_marked
            && structure.all_plain,
        warnings,
    })
}
