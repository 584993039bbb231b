//! Turns any photo into a square avatar that a chat service accepts. Bytes in, bytes out.
//!
//! The avatar stands upright, is square, has sRGB colors and carries nothing of the photo but its picture: no location,
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

mod allocate;
mod animate;
mod animation;
mod avatar;
mod background;
mod bars;
mod clock;
mod codec;
mod color;
mod color_names;
mod decoded;
mod encode;
mod error;
mod explain;
mod faces;
mod fingerprint;
mod format;
mod formats;
mod geometry;
mod gravity;
mod header;
mod held;
mod holding;
#[cfg(feature = "image")]
mod image_crate;
mod info;
mod keep;
mod letterbox;
mod look;
mod metadata;
mod options;
mod orientation;
mod photo;
mod pixels;
mod plan;
mod planes;
mod prepared;
mod probe;
mod raster;
mod report;
mod resize;
mod rotation;
mod search;
mod seen;
mod small_picture;
mod step;
mod strip;
mod units;
mod unknown;
mod visible;
mod warning;

pub use animation::{Animation, LoopCount};
pub use avatar::Avatar;
pub use background::Bars;
pub use color::{ColorModel, Profile};
pub use error::{Error, Limit};
pub use faces::{Face, Faces};
pub use fingerprint::PIPELINE;
pub use format::Format;
pub use geometry::{Rect, Size};
pub use gravity::Gravity;
pub use info::Info;
pub use options::{
    Background, CropBox, Damaged, FaceFallback, FaceFit, Fit, FramePolicy, Limits, Options,
    Quality, SideRange, Small, StillFormat,
};
pub use orientation::Orientation;
pub use pixels::{PixelLayout, Pixels};
pub use plan::Plan;
pub use prepared::Prepared;
pub use report::Report;
pub use rotation::Rotation;
pub use step::Step;
pub use warning::Warning;

use avatar::Made;
use clock::{Clock, Time};
use held::Held;
use photo::Photo;
use raster::Raster;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Reads the header of a photo and checks it against `limits`; allocates nothing that the header could inflate.
///
/// # Errors
///
/// [`Error::UnknownFormat`], [`Error::Unsupported`], [`Error::Damaged`] and [`Error::Limit`], all for the person who
/// chose the photo. A header that is in order does not mean that the pixels are. A panic becomes [`Error::Internal`].
pub fn probe(photo: &[u8], limits: &Limits) -> Result<Info, Error> {
    caught(|| probe::probe(photo, limits, &Time::new(limits.time).clock()))
}

/// The format of a file by its first bytes, whatever its name is: pass at least 12 if it has so many. Otherwise what it looks like, with
/// its article: "a HEIC photo".
///
/// # Errors
///
/// What it looks like, if it is none of the formats that are read.
pub fn recognize(start: &[u8]) -> Result<Format, &'static str> {
    match formats::recognize(start) {
        Some(codec) => Ok(codec.format),
        None => Err(unknown::foreign(start)),
    }
}

/// Makes an avatar from a photo: JPEG, PNG, GIF or WebP, recognized by its bytes. The result is a JPEG, a PNG or a GIF.
///
/// # Errors
///
/// Every error but [`Error::OutOfMemory`], [`Error::Encode`] and [`Error::Internal`] is for the person who chose the photo
/// or the options; the message says what to do. A panic in a decoder becomes [`Error::Internal`].
pub fn normalize(photo: &[u8], options: &Options) -> Result<Avatar, Error> {
    caught(|| {
        let time = Time::new(options.limits.time);
        make(&Photo::File(photo), options, &time.clock())
    })
}

/// Makes an avatar from pixels that a program has already decoded. The result is the same as from a PNG that holds them, so it is a PNG
/// unless the options ask for another format.
///
/// # Errors
///
/// [`Error::WrongSamples`] if the number of samples does not match the sides. Otherwise as for [`normalize`], but nothing can be damaged.
pub fn normalize_pixels(pixels: &Pixels, options: &Options) -> Result<Avatar, Error> {
    caught(|| {
        let time = Time::new(options.limits.time);
        let info = pixels.info(&options.limits)?;
        make_of(&Photo::Pixels(pixels), info, options, &time.clock())
    })
}

impl Prepared {
    /// Makes an avatar from it: the same as [`normalize`], byte for byte.
    ///
    /// # Errors
    ///
    /// As for [`normalize`].
    pub fn normalize(&self, options: &Options) -> Result<Avatar, Error> {
        caught(|| {
            let time = Time::new(options.limits.time);
            make(&Photo::Held(&self.holding), options, &time.clock())
        })
    }

    /// What will be done to it: as for [`plan`](crate::plan()).
    ///
    /// # Errors
    ///
    /// As for [`plan`](crate::plan()) and [`probe`](crate::probe()).
    pub fn plan(&self, options: &Options) -> Result<Plan, Error> {
        caught(|| {
            let time = Time::new(options.limits.time);
            let info = probe::probe(&self.holding.photo, &options.limits, &time.clock())?;
            let info = info.rotated(options.rotate);
            planned(&Photo::Held(&self.holding), &info, options, &time.clock())
                .map(|(plan, _)| plan)
                .map_err(|error| behind_header(error, options))
        })
    }
}

/// What will be done to the photo that `info` describes: like [`Plan::new`], but for [`Fit::Face`] the photo is decoded and searched.
///
/// # Errors
///
/// As for [`normalize`]. Damage in pixels that were not decoded remains unknown.
pub fn plan(photo: &[u8], info: &Info, options: &Options) -> Result<Plan, Error> {
    caught(|| {
        let time = Time::new(options.limits.time);
        if info.format == Format::Webp {
            formats::webp::check_whole(photo)?;
        }
        let info = info.rotated(options.rotate);
        planned(&Photo::File(photo), &info, options, &time.clock())
            .map(|(plan, _)| plan)
            .map_err(|error| behind_header(error, options))
    })
}

/// A small upright picture of a photo as a PNG, with its faces, their scores, the line of the eyes and the chosen square drawn in. Its
/// longer side has `side` pixels, or as many as the photo. Of an animation it shows the frame with the faces, or the first.
///
/// Without `faces` it shows just the photo. Take them from its [`Report`] or [`Plan`]. Pass the same options; only the rotation and the
/// limits matter.
///
/// # Errors
///
/// As for [`normalize`], but a damaged photo is shown as far as possible.
pub fn explain(
    photo: &[u8],
    faces: Option<&Faces>,
    side: u32,
    options: &Options,
) -> Result<Vec<u8>, Error> {
    caught(|| {
        let limits = &options.limits;
        let time = Time::new(limits.time);
        let options = Options {
            rotate: options.rotate,
            damaged: Damaged::Accept,
            limits: *limits,
            ..Options::default()
        };
        let info = probe::probe(photo, limits, &time.clock())?;
        let info = info.rotated(options.rotate);
        let side = side.min(SideRange::LARGEST);
        let at = faces.map_or(0, |faces| faces.frame);
        let picture = search::shown(photo, &info, at, side, &options, &time.clock())?;
        let drawn = match faces {
            Some(faces) => explain::drawn(picture, info.size, faces)?,
            None => picture,
        };
        encode::picture(drawn)
    })
}

/// The pixels of an avatar; of an animated one, its first frame.
#[cfg(feature = "image")]
fn decode(avatar: &Avatar) -> Result<Raster, Error> {
    let options = Options {
        background: Background::Transparent,
        side: SideRange::new(avatar.side, avatar.side).unwrap_or_default(),
        format: StillFormat::Png,
        limits: Limits {
            time: std::time::Duration::MAX,
            ..Limits::default()
        },
        ..Options::default()
    };
    caught(|| {
        let time = Time::new(options.limits.time);
        let info = probe::probe(&avatar.bytes, &options.limits, &time.clock())?;
        let plan = Plan::new(&info, &options)?;
        let photo = Photo::File(&avatar.bytes);
        let held = &mut Held::new(false);
        let decoded = photo.resized(&info, &plan, &options, &time.clock(), held)?;
        Ok(decoded.raster.interleaved())
    })
}

/// No panic leaves this library.
fn caught<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Error::internal("something panicked on this photo")))
}

fn make(photo: &Photo, options: &Options, clock: &Clock) -> Result<Avatar, Error> {
    let info = probe::probe(photo.file().unwrap_or_default(), &options.limits, clock)?;
    make_of(photo, info, options, clock).map_err(|error| behind_header(error, options))
}

fn behind_header(error: Error, options: &Options) -> Error {
    match options.damaged {
        Damaged::Refuse => error.behind_header(),
        Damaged::Accept => error,
    }
}

/// The plan, and what a look for faces has left for the avatar.
fn planned<'a>(
    photo: &Photo<'a>,
    info: &Info,
    options: &'a Options,
    clock: &Clock,
) -> Result<(Plan, Held<'a>), Error> {
    match options.fit {
        Fit::Face(fit) => look::plan(photo, info, options, fit, clock),
        _ => Ok((Plan::new(info, options)?, Held::new(false))),
    }
}

fn make_of(photo: &Photo, source: Info, options: &Options, clock: &Clock) -> Result<Avatar, Error> {
    let info = source.rotated(options.rotate);
    let (mut plan, held) = planned(photo, &info, options, clock)?;
    let kept = match photo.file() {
        Some(bytes) => keep::kept(bytes, &info, &plan, options, clock)?,
        None => None,
    };
    let made = match kept {
        Some(kept) => kept,
        None => {
            plan = plan.encoded();
            match photo.file() {
                Some(bytes) if plan.frames > 1 => {
                    animate::animate(bytes, &info, &plan, options, clock)?
                }
                _ => still(photo, &info, &plan, options, clock, held)?,
            }
        }
    };
    Ok(Avatar {
        bytes: made.bytes.into(),
        format: plan.format,
        side: plan.side,
        frames: made.frames,
        report: Report {
            warnings: [&source.warnings[..], &plan.warnings, &made.warnings].concat(),
            steps: made.steps,
            faces: plan.faces,
            source,
        },
    })
}

fn still(
    photo: &Photo,
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
    mut held: Held,
) -> Result<Made, Error> {
    let decoded = photo.resized(info, plan, options, clock, &mut held)?;
    drop(held);
    clock.check()?;
    let seen = &letterbox::looked_at(plan, &decoded.raster);
    let (asked, plan) = (plan.bars, seen);
    let square = finish(decoded.raster, plan, info.profile.as_ref())?;
    clock.check()?;
    let mut warnings = decoded.warnings;
    warnings.extend(visible::warning(&square, photo, info, options, clock));
    if plan.bars != asked && plan.scaled.shorter() < plan.side {
        warnings.push(Warning::SeenThrough(asked));
    }
    Ok(Made {
        bytes: encode::still(square, plan)?,
        frames: 1,
        steps: plan.steps.clone(),
        warnings,
    })
}

/// Puts a resampled picture onto the avatar's square. Everything that costs by the pixel comes after the resampling.
fn finish(resized: Raster, plan: &Plan, profile: Option<&Profile>) -> Result<Raster, Error> {
    let srgb = color::to_srgb(resized, profile)?;
    letterbox::place(srgb, plan)
}

#[cfg(test)]
mod tests;
