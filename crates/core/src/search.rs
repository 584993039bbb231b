//! Looks for faces in small pictures of a photo: of a still, or of some frames of an animation.

use headshot_face::{ACCEPT, LOOKS, SECOND_LOOK, detect};

use crate::clock::Clock;
use crate::error::Error;
use crate::formats::Frames;
use crate::held::Held;
use crate::info::Info;
use crate::letterbox;
use crate::options::{FramePolicy, Options};
use crate::photo::Photo;
use crate::plan::{Plan, memory};
use crate::raster::{Layout, Raster};
use crate::seen::Seen;
use crate::small_picture;

/// Used under transparent pixels if no color was asked for: a drawn face is dark on light or light on dark.
const GRAY: [u8; 3] = [128; 3];

/// Looks at a still, or at the first frame. Anything useful for the avatar is held.
pub(crate) fn in_still<'a>(
    photo: &Photo<'a>,
    info: &Info,
    options: &'a Options,
    clock: &Clock,
    held: &mut Held<'a>,
) -> Result<Seen, Error> {
    look(info, |side| {
        small_picture::of_still(photo, info, side, options, clock, held)
    })
}

/// The best look at the first, the middle and the last of the frames that the avatar keeps.
pub(crate) fn in_frames(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Seen, Error> {
    let (found, kept) = (u64::from(info.frames), u64::from(plan.frames));
    // As when frames are decimated: the first of each even share.
    let frame = |number: u64| match options.frames {
        FramePolicy::Decimate => (number * found).div_ceil(kept),
        _ => number,
    };
    let wanted = [0, kept / 2, kept - 1].map(frame);
    let mut best = None;
    walk(
        photo,
        info,
        plan,
        wanted[2] + 1,
        options,
        clock,
        |at, pixels| {
            if !wanted.contains(&at) {
                return Ok(());
            }
            let mut seen = look(info, |side| {
                small_picture::of_canvas(pixels, info, side, options)
            })?;
            seen.frame = at as u32;
            match &best {
                Some(earlier) if !seen.is_better_than(earlier) => {}
                _ => best = Some(seen),
            }
            Ok(())
        },
    )?;
    Ok(best.unwrap_or(Seen {
        faces: Vec::new(),
        best: None,
        has_holes: info.alpha,
        frame: 0,
    }))
}

/// The whole of a still, or of a frame of an animation, small, upright and opaque: for people to look at.
pub(crate) fn shown(
    photo: &[u8],
    info: &Info,
    frame: u32,
    side: u32,
    options: &Options,
    clock: &Clock,
) -> Result<Raster, Error> {
    let mut shown = None;
    if frame > 0 {
        let first = Options {
            frames: FramePolicy::First,
            ..options.clone()
        };
        let plan = Plan::new(info, &first)?;
        let (at, end) = (u64::from(frame), u64::from(frame) + 1);
        walk(photo, info, &plan, end, options, clock, |number, pixels| {
            if number == at {
                shown = Some(small_picture::of_canvas(pixels, info, side, options)?);
            }
            Ok(())
        })?;
    }
    let picture = match shown {
        Some(picture) => picture,
        None => {
            let photo = Photo::File(photo);
            let held = &mut Held::new(false);
            small_picture::of_still(&photo, info, side, options, clock, held)?
        }
    };
    Ok(letterbox::flatten(picture, GRAY))
}

/// Shows the first `end` frames of an animation, each with its number from 0 and the pixels of the canvas.
fn walk(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    end: u64,
    options: &Options,
    clock: &Clock,
    mut look: impl FnMut(u64, &[[u8; 4]]) -> Result<(), Error>,
) -> Result<(), Error> {
    let window = memory::window(info, plan);
    let mut frames = Frames::new(photo, info, options.damaged)?;
    let (mut at, mut is_last) = (0, false);
    while at < end && !is_last {
        let wanted = window.min((end - at) as usize);
        let next = frames.next(wanted, clock.time())?;
        is_last = next.len() < wanted;
        clock.skip();
        for frame in next {
            frames.show(frame)?;
            look(at, frames.pixels())?;
            at += 1;
            clock.check()?;
        }
    }
    Ok(())
}

/// Looks at a small picture and, in case of doubt, at a larger one; `picture` makes one whose longer side has so many pixels.
fn look(info: &Info, mut picture: impl FnMut(u32) -> Result<Raster, Error>) -> Result<Seen, Error> {
    let [first, second] = LOOKS;
    let mut seen = seen(picture(first)?, info)?;
    if (SECOND_LOOK..ACCEPT).contains(&seen.score()) && info.size.longer() > first {
        let again = self::seen(picture(second)?, info)?;
        if again.score() > seen.score() {
            seen = again;
        }
    }
    Ok(seen)
}

/// The faces in an upright picture of the photo: RGB, or RGBA.
fn seen(picture: Raster, info: &Info) -> Result<Seen, Error> {
    let (pixels, _) = picture.samples().as_chunks();
    let has_holes =
        picture.layout() == Layout::Rgba && pixels.iter().any(|&[_, _, _, alpha]| alpha < 255);
    let size = picture.size();
    let opaque = letterbox::flatten(picture, GRAY);
    let found = detect(opaque.samples(), size.width(), size.height(), SECOND_LOOK);
    let found = found.map_err(|error| match error {
        headshot_face::Error::OutOfMemory { bytes } => Error::OutOfMemory { bytes },
        error => Error::internal(error),
    })?;
    let ratio = |photo: u32, picture: u32| photo as f32 / picture as f32;
    let across = ratio(info.size.width(), size.width());
    let down = ratio(info.size.height(), size.height());
    Ok(Seen {
        best: found.first().map(|face| face.score),
        faces: found.iter().map(|face| face.scaled(across, down)).collect(),
        has_holes,
        frame: 0,
    })
}
