//! Looks for faces in a small picture of the photo, before anything is planned: they turn [`Fit::Face`] into a crop, a cover or a
//! letterbox.

use headshot_face::{
    ACCEPT, Choice, Face as Found, Framed, Framing, LOOKS, SECOND_LOOK, SideFrom, accepted, detect,
    frame,
};

use crate::allocate;
use crate::clock::Clock;
use crate::color;
use crate::error::Error;
use crate::faces::{Face, Faces};
use crate::format::Format;
use crate::formats::Frames;
use crate::geometry::{Rect, Size};
use crate::info::Info;
use crate::letterbox;
use crate::options::{
    Background, CropBox, FaceFallback, FaceFit, Fit, FramePolicy, Options, SideRange, Small,
    StillFormat,
};
use crate::photo::Photo;
use crate::plan::{Plan, memory};
use crate::planes;
use crate::raster::{Layout, Raster};
use crate::resize::resize_canvas;
use crate::seen::{Looked, Seen};
use crate::step::Step;
use crate::warning::Warning;

/// Under transparent pixels, where no color is asked for: a drawn face is dark on light or light on dark.
const GRAY: [u8; 3] = [128; 3];

/// A face whose box is less than this part of the square, in percent, is small on the avatar: a usual one is 40.
const SMALL: u64 = 28;

/// The plan of a photo whose square the faces decide.
pub(crate) fn plan(
    photo: &Photo,
    info: &Info,
    options: &Options,
    fit: FaceFit,
    clock: &Clock,
) -> Result<Plan, Error> {
    // Limits hold before a pixel exists.
    let cover = Plan::new(info, options)?;
    let seen = seen_before(photo, info, &cover, options, clock)?;
    let sides = [info.size.width(), info.size.height()];
    let choice = fit
        .number
        .map_or(Choice::Heads, |number| Choice::Number(number.get()));
    let framing = frame(&seen.faces, choice, sides, options.side.min());
    let (fit, step, warning) = match &framing {
        Framing::Square(framed) => (
            Fit::Crop(square(framed)),
            Some(Step::Frame {
                scores: framed.faces.iter().map(|face| face.score).collect(),
                eyes_percent: framed.eyes_percent,
            }),
            small(framed),
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
            (Fit::Contain, None, Some(warning))
        }
        Framing::Nobody { .. } => {
            let fit = match fit.fallback {
                FaceFallback::Refuse => return Err(Error::NoFace { best: seen.best }),
                FaceFallback::Cover => Fit::Cover,
                FaceFallback::Contain => Fit::Contain,
                FaceFallback::Auto if seen.has_holes || is_long(info.size) => Fit::Contain,
                FaceFallback::Auto => Fit::Cover,
            };
            let warning = Warning::NoFace {
                best: seen.best,
                is_whole: fit == Fit::Contain,
            };
            (fit, None, Some(warning))
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
        // Whatever is cut and resampled follows from it.
        let turns = plan.steps.iter().take_while(|step| step.is_turn());
        let at = turns.count();
        plan.steps.insert(at, step);
    }
    plan.warnings.extend(warning);
    plan.memory = plan.memory.max(cover.memory);
    plan.faces = told(&seen.faces, &framing, info.size);
    Ok(plan)
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

/// Says so where the smallest side that was asked for leaves much beside a face.
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

/// What reports say of the faces, where there are any.
fn told(faces: &[Found], framing: &Framing, photo: Size) -> Option<Faces> {
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
    let found = accepted(faces, [photo.width(), photo.height()]);
    Some(Faces {
        found: found.iter().map(face).collect(),
        face: face(largest),
        crop,
    })
}

/// The box of a face, in whole pixels within the photo.
fn place(face: &Found, photo: Size) -> Rect {
    let span = |start: f32, length: f32, all: u32| {
        // What is below 0 becomes 0, and what is too large the largest number.
        let from = (start.round() as u32).min(all - 1);
        let to = ((start + length).round() as u32).clamp(from + 1, all);
        [from, to - from]
    };
    let [x, width] = span(face.x, face.width, photo.width());
    let [y, height] = span(face.y, face.height, photo.height());
    let size = Size::new(width, height).unwrap_or(photo);
    photo.rect(x, y, size).unwrap_or(photo.whole())
}

/// A look at a photo, or what one has shown already, where that is held.
fn seen_before(
    photo: &Photo,
    info: &Info,
    cover: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Seen, Error> {
    let looked = Looked {
        orientation: info.orientation,
        color: match options.background {
            Background::Color(color) => Some(color),
            _ => None,
        },
        damaged: options.damaged,
        frames: shown_frames(info, cover, options),
    };
    if let Photo::Held(holding) = photo
        && let Some(seen) = holding.seen(&looked)
    {
        return Ok(seen);
    }
    let seen = match photo.file() {
        Some(bytes) if cover.frames > 1 => frames(bytes, info, cover, options, clock)?,
        _ => look(info, |side| still(photo, info, side, options, clock))?,
    };
    if let Photo::Held(holding) = photo {
        holding.saw(looked, &seen);
    }
    Ok(seen)
}

/// How many frames of the photo the avatar goes through.
fn shown_frames(info: &Info, plan: &Plan, options: &Options) -> u32 {
    match options.frames {
        FramePolicy::Decimate if plan.frames > 1 => info.frames,
        _ => plan.frames,
    }
}

/// A look at a small picture, and where that leaves a doubt at a larger one; `picture` makes one whose longer side has so many pixels.
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
    })
}

/// The whole of a still, or of the first frame, small and upright. It costs what decoding costs.
fn still(
    photo: &Photo,
    info: &Info,
    side: u32,
    options: &Options,
    clock: &Clock,
) -> Result<Raster, Error> {
    let plan = whole(info, side, options)?;
    // The few pixels of a JPEG are converted below: until then it may stay in its planes.
    let planar = (info.format == Format::Jpeg).then(|| Info {
        profile: None,
        ..info.clone()
    });
    let decoded = photo.glance(planar.as_ref().unwrap_or(info), &plan, options, clock)?;
    clock.check()?;
    let raster = match decoded.raster.layout() {
        Layout::YCbCr => planes::pixels(&decoded.raster, plan.stored_place())
            .ok_or_else(|| Error::internal("planes differ in number or size"))?,
        _ => decoded.raster,
    };
    upright(raster, info, options)
}

/// The whole of a still, or of the first frame, small, upright and opaque: for people to look at.
pub(crate) fn shown(
    photo: &Photo,
    info: &Info,
    side: u32,
    options: &Options,
    clock: &Clock,
) -> Result<Raster, Error> {
    Ok(letterbox::flatten(
        still(photo, info, side, options, clock)?,
        GRAY,
    ))
}

/// The plan of a picture of the whole photo whose longer side has `side` pixels, or as many as the photo.
fn whole(info: &Info, side: u32, options: &Options) -> Result<Plan, Error> {
    // Planes have an even side.
    let side = (side.min(info.size.longer()) & !1).max(2);
    let whole = Options {
        fit: Fit::Contain,
        background: Background::Auto,
        side: SideRange::new(side, side).unwrap_or_default(),
        small: Small::Enlarge,
        format: if info.alpha {
            StillFormat::Png
        } else {
            StillFormat::Jpeg(None)
        },
        frames: FramePolicy::First,
        ..options.clone()
    };
    Plan::new(info, &whole)
}

/// A small stored picture in sRGB, turned before anybody looks for a face: one that lies on its side is hardly found.
fn upright(stored: Raster, info: &Info, options: &Options) -> Result<Raster, Error> {
    let srgb = color::to_srgb(stored, info.profile.as_ref())?.interleaved();
    let srgb = match options.background {
        Background::Color(color) => letterbox::flatten(srgb, color),
        _ => srgb,
    };
    Ok(info.orientation.apply(srgb))
}

/// The best look at the first, the middle and the last frame that the avatar shows.
fn frames(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Seen, Error> {
    let end = shown_frames(info, plan, options);
    let looked_at = [0, end / 2, end.saturating_sub(1)];
    let stored = info.orientation.size(info.size);
    let window = memory::window(info, plan);
    let mut frames = Frames::new(photo, info, options.damaged)?;
    let (mut best, mut at, mut is_last) = (None, 0, false);
    while at < end && !is_last {
        let wanted = window.min((end - at) as usize);
        let next = frames.next(wanted, clock.time())?;
        is_last = next.len() < wanted;
        clock.skip();
        for frame in next {
            frames.show(frame)?;
            if looked_at.contains(&at) {
                let seen = look(info, |side| {
                    let small = whole(info, side, options)?.scaled;
                    let mut canvas = allocate::reserve(frames.pixels().len())?;
                    canvas.extend_from_slice(frames.pixels());
                    let pixels = resize_canvas(canvas, stored, small)?.into_flattened();
                    let raster = Raster::new(small, Layout::Rgba, pixels);
                    let raster = raster.ok_or_else(|| Error::internal("a canvas lost pixels"))?;
                    upright(raster, info, options)
                })?;
                best = match best {
                    Some(best) if Seen::score(&best) >= seen.score() => Some(best),
                    _ => Some(seen),
                };
            }
            at += 1;
            clock.check()?;
        }
    }
    Ok(best.unwrap_or(Seen {
        faces: Vec::new(),
        best: None,
        has_holes: info.alpha,
    }))
}
