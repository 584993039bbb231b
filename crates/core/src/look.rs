//! Lets the faces of a photo decide, before anything is planned: they turn [`Fit::Face`] into a crop, a cover or a letterbox.

use headshot_face::{Choice, Face as Found, Framed, Framing, SideFrom, accepted, frame};

use crate::clock::Clock;
use crate::error::Error;
use crate::faces::{Face, Faces};
use crate::geometry::{Rect, Size};
use crate::held::Held;
use crate::info::Info;
use crate::options::{Background, CropBox, FaceFallback, FaceFit, Fit, Options};
use crate::photo::Photo;
use crate::plan::Plan;
use crate::search;
use crate::seen::{Looked, Seen};
use crate::step::Step;
use crate::warning::Warning;

/// A face whose box takes less than this part of the square, in percent, is small on the avatar: a usual one takes 40.
const SMALL: u64 = 28;

/// A face counts as cut if its box sticks out of the square by more than its height divided by this: boxes are no more exact.
const INEXACT: u32 = 20;

/// The plan of a photo whose faces decide the square, and what the look for them leaves for the avatar.
pub(crate) fn plan<'a>(
    photo: &Photo<'a>,
    info: &Info,
    options: &'a Options,
    fit: FaceFit,
    clock: &Clock,
) -> Result<(Plan, Held<'a>), Error> {
    // Limits hold before a pixel exists.
    let cover = Plan::new(info, options)?;
    // What is held already is not held twice.
    let has_room = cover.holds && !matches!(photo, Photo::Held(_));
    let mut held = Held::new(has_room);
    let seen = seen(photo, info, &cover, options, clock, &mut held)?;
    let sides = [info.size.width(), info.size.height()];
    let choice = fit
        .number
        .map_or(Choice::Heads, |number| Choice::Number(number.get()));
    let framing = frame(&seen.faces, choice, sides, options.side.min());
    let (fit, step, warnings) = match &framing {
        Framing::Square(framed) => (
            Fit::Crop(square(framed)),
            Some(Step::Frame {
                scores: framed.faces.iter().map(|face| face.score).collect(),
                eyes_percent: framed.eyes_percent,
            }),
            square_warnings(framed, &seen, fit, info.size),
        ),
        Framing::NoSuchFace { number, found } => {
            return Err(Error::NoSuchFace {
                number: *number,
                found: *found,
            });
        }
        Framing::Crowd {
            faces,
            needed,
            available,
        } => {
            let (needed, available) = (*needed, *available);
            if fit.fallback == FaceFallback::Refuse {
                return Err(Error::Crowd {
                    faces: faces.len(),
                    needed,
                    available,
                });
            }
            let all = accepted(&seen.faces, sides);
            let numbered = all.iter().zip(1..).filter(|(face, _)| faces.contains(face));
            let warning = Warning::Crowd {
                faces: numbered
                    .map(|(face, number)| (number, place(face, info.size)))
                    .collect(),
                needed,
                available,
            };
            (Fit::Contain, None, vec![warning])
        }
        Framing::Nobody { .. } => {
            let fit = match fit.fallback {
                FaceFallback::Refuse => return Err(Error::NoFace { best: seen.best }),
                // If you choose a face, you have seen it, and get no other picture without being told.
                FaceFallback::Auto if fit.number.is_some() => {
                    return Err(Error::NoFace { best: seen.best });
                }
                FaceFallback::Cover => Fit::Cover,
                FaceFallback::Contain => Fit::Contain,
                FaceFallback::Auto if seen.has_holes || is_long(info.size) => Fit::Contain,
                FaceFallback::Auto => Fit::Cover,
            };
            let warning = Warning::NoFace {
                best: seen.best,
                is_whole: fit == Fit::Contain,
            };
            (fit, None, vec![warning])
        }
    };
    let mut plan = Plan::new(
        info,
        &Options {
            fit,
            ..options.clone()
        },
    )?;
    if let Some(step) = step {
        // The crop and the resampling follow from it.
        let turns = plan.steps.iter().take_while(|step| step.is_turn());
        let at = turns.count();
        plan.steps.insert(at, step);
    }
    plan.warnings.extend(warnings);
    plan.memory = plan.memory.max(cover.memory);
    plan.faces = told(&seen, &framing, info.size);
    Ok((plan, held))
}

/// Looks at a photo, or reuses a look that is held.
fn seen<'a>(
    photo: &Photo<'a>,
    info: &Info,
    cover: &Plan,
    options: &'a Options,
    clock: &Clock,
    held: &mut Held<'a>,
) -> Result<Seen, Error> {
    let looked = Looked {
        orientation: info.orientation,
        color: match options.background {
            Background::Color(color) => Some(color),
            _ => None,
        },
        damaged: options.damaged,
        frames: (cover.frames, options.frames),
    };
    if let Photo::Held(holding) = photo
        && let Some(seen) = holding.seen(&looked)
    {
        return Ok(seen);
    }
    let seen = match photo.file() {
        Some(bytes) if cover.frames > 1 => search::in_frames(bytes, info, cover, options, clock)?,
        _ => search::in_still(photo, info, options, clock, held)?,
    };
    if let Photo::Held(holding) = photo {
        holding.saw(looked, &seen);
    }
    Ok(seen)
}

/// Whether a cover would cut more than half of it.
fn is_long(size: Size) -> bool {
    u64::from(size.longer()) > 2 * u64::from(size.shorter())
}

fn square(framed: &Framed) -> CropBox {
    CropBox {
        x: framed.x,
        y: framed.y,
        side: framed.side,
    }
}

/// What to say about a square.
fn square_warnings(framed: &Framed, seen: &Seen, fit: FaceFit, photo: Size) -> Vec<Warning> {
    let mut warnings = Vec::from_iter(small(framed));
    let crop = square(framed);
    let is_framed = |face: &Found| framed.faces.contains(face);
    let all = accepted(&seen.faces, [photo.width(), photo.height()]);
    let found = all.len();
    let places = all
        .iter()
        .zip(1..)
        .map(|(face, number)| (face, number, place(face, photo)));
    let outside = places.filter(|(_, _, place)| !is_whole(*place, crop));
    let (cut, others): (Vec<_>, Vec<_>) = outside.partition(|(face, ..)| is_framed(face));
    warnings.extend(cut.first().map(|(_, _, place)| Warning::CutFace {
        place: *place,
        side: crop.side,
    }));
    // If you choose one face, you want no other.
    if fit.number.is_none() && !others.is_empty() {
        let faces = others.iter().map(|(_, number, place)| (*number, *place));
        warnings.push(Warning::LeftOut {
            faces: faces.collect(),
            found,
        });
    }
    warnings
}

/// Whether a square has all of a face, as nearly as that is known.
fn is_whole(face: Rect, square: CropBox) -> bool {
    let slack = face.size().height() / INEXACT;
    square.x <= face.x() + slack
        && square.y <= face.y() + slack
        && face.right() <= square.x + square.side + slack
        && face.bottom() <= square.y + square.side + slack
}

/// Warns if the smallest side asked for leaves much room beside a face.
fn small(framed: &Framed) -> Option<Warning> {
    let heights = framed.faces.iter().map(|face| face.height.round() as u32);
    let height = heights.max().filter(|height| *height > 0)?;
    let is_small = 100 * u64::from(height) < SMALL * u64::from(framed.side);
    let warning = Warning::SmallFace {
        height,
        side: framed.side,
    };
    (framed.side_from == SideFrom::Smallest && framed.faces.len() == 1 && is_small)
        .then_some(warning)
}

/// What reports say about the faces, if there are any.
fn told(seen: &Seen, framing: &Framing, photo: Size) -> Option<Faces> {
    let (framed, crop) = match framing {
        Framing::Square(framed) => (&framed.faces, Some(square(framed))),
        Framing::Crowd { faces, .. } => (faces, None),
        Framing::Nobody { .. } | Framing::NoSuchFace { .. } => return None,
    };
    let area = |face: &&Found| face.width * face.height;
    let largest = framed
        .iter()
        .reduce(|a, b| if area(&b) > area(&a) { b } else { a })?;
    let face = |face: &Found| {
        let eye = |[x, y]: [f32; 2]| [x.round() as i32, y.round() as i32];
        let [right, left, ..] = face.landmarks;
        Face {
            score: face.score,
            place: place(face, photo),
            eyes: [eye(right), eye(left)],
        }
    };
    let found = accepted(&seen.faces, [photo.width(), photo.height()]);
    Some(Faces {
        found: found.iter().map(face).collect(),
        face: face(largest),
        frame: seen.frame,
        crop,
    })
}

/// The box of a face, in whole pixels within the photo.
fn place(face: &Found, photo: Size) -> Rect {
    let span = |start: f32, length: f32, all: u32| {
        // Negative numbers become 0, and numbers that are too large become the largest.
        let from = (start.round() as u32).min(all - 1);
        let to = ((start + length).round() as u32).clamp(from + 1, all);
        [from, to - from]
    };
    let [x, width] = span(face.x, face.width, photo.width());
    let [y, height] = span(face.y, face.height, photo.height());
    let size = Size::new(width, height).unwrap_or(photo);
    photo.rect(x, y, size).unwrap_or(photo.whole())
}
