//! The frames of an animated PNG (third edition, 4.9 and 11.3.6).

use headshot_gif::{Area, Disposal};
use headshot_png::{Channels, Damage, End};

use super::narrow::Narrow;
use super::pixels::refusal;
use crate::allocate;
use crate::animation::{Animation, Delays, LoopCount};
use crate::clock::{Clock, go_on};
use crate::color::Profile;
use crate::error::Error;
use crate::formats::layer::{Blend, Layer, Patch};
use crate::geometry::Size;
use crate::info::Info;
use crate::options::Damaged;

/// Iterates over the frames of a file.
#[derive(Clone)]
pub(crate) struct Frames<'a> {
    frames: headshot_png::Frames<'a>,
    /// What 16 bits become, if not the nearest of 8.
    narrowed: Option<&'a [u8]>,
}

/// A frame that is not decoded yet.
pub(crate) struct Frame {
    pub(crate) layer: Layer,
    coded: headshot_png::Frame,
}

impl Frame {
    /// Whether programs that do not play it see a different picture.
    pub(super) fn is_apart(&self) -> bool {
        !self.coded.is_default_image
    }
}

impl<'a> Frames<'a> {
    /// For a file that is known to be animated.
    pub(crate) fn new(photo: &'a [u8], info: &'a Info) -> Result<Frames<'a>, Error> {
        Frames::read(photo, info)?.ok_or_else(|| Error::internal("a PNG without an animation"))
    }

    /// For any file; `None` if it is a still.
    pub(super) fn read(photo: &'a [u8], info: &'a Info) -> Result<Option<Frames<'a>>, Error> {
        let limits = limits(info.orientation.size(info.size));
        let frames = headshot_png::Frames::read(photo, &limits).map_err(refusal)?;
        Ok(frames.map(|frames| Frames {
            frames,
            narrowed: info.profile.as_ref().and_then(Profile::narrowed),
        }))
    }

    /// The next frame. The sequence ends after one that is damaged.
    pub(crate) fn next(&mut self) -> Option<Frame> {
        let coded = self.frames.next_frame().ok()??;
        Some(Frame {
            layer: layer(&coded, &self.frames),
            coded,
        })
    }

    /// Its pixels: all of them, unless damage is accepted.
    pub(crate) fn decode(
        &self,
        frame: &Frame,
        damaged: Damaged,
        clock: &Clock,
    ) -> Result<Patch, Error> {
        let mut pixels = allocate::reserve(frame.layer.area.count())?;
        let mut narrow = self.narrow();
        let decoded = self.rows(frame, damaged, clock, |_, row| {
            narrow.add_pixels(row, &mut pixels);
            Ok(())
        });
        let is_whole = match (decoded, damaged) {
            (Ok(end), _) => end.intact == frame.coded.height,
            // Not one row of it can be decoded.
            (Err(Error::Damaged { .. }), Damaged::Accept) => false,
            (Err(error), _) => return Err(error),
        };
        Ok(Patch {
            layer: frame.layer,
            pixels,
            is_whole,
        })
    }

    /// Decodes a frame row by row, in the order of the file.
    pub(super) fn rows(
        &self,
        frame: &Frame,
        damaged: Damaged,
        clock: &Clock,
        mut take: impl FnMut(u32, &[u8]) -> Result<(), Error>,
    ) -> Result<End, Error> {
        let damage = match damaged {
            Damaged::Refuse => Damage::Refuse,
            Damaged::Accept => Damage::Accept,
        };
        let mut taken = Ok(());
        let decoded = self.frames.decode(&frame.coded, damage, |y, row| {
            taken = match row {
                // Only a chance to stop.
                [] => clock.check(),
                row => clock.check_row(y).and_then(|()| take(y, row)),
            };
            go_on(&taken)
        });
        taken?;
        decoded.map_err(refusal)
    }

    /// Converts rows from [`Frames::rows`] to 8 bits.
    pub(super) fn narrow(&self) -> Narrow<'a> {
        Narrow::new(&self.frames.header(), self.narrowed)
    }

    pub(crate) fn loop_count(&self) -> LoopCount {
        LoopCount::from_plays(self.frames.plays())
    }
}

/// What the chunks say about an animation.
pub(super) struct Structure {
    /// Intact frames. There are none if the damage is before the end of the first.
    pub(super) frames: u32,
    pub(super) animation: Animation,
    /// Whether something is wrong after the default image.
    pub(super) is_cut: bool,
    /// Whether part of the canvas is left bare, or cleared.
    pub(super) has_holes: bool,
    /// Whether the default image is a different picture than the first frame.
    pub(super) first_is_apart: bool,
}

/// Follows the chunks of a file; `None`: it is a still.
pub(super) fn structure(photo: &[u8], size: Size) -> Option<Structure> {
    let mut frames = headshot_png::Frames::read(photo, &limits(size)).ok()??;
    let (mut count, mut duration_cs, mut delays) = (0, 0, Delays::default());
    let (mut has_holes, mut is_cleared, mut first_is_apart) = (false, false, false);
    let is_cut = loop {
        let frame = match frames.next_frame() {
            Ok(Some(frame)) => frame,
            Ok(None) => break false,
            Err(_) => break frames.is_behind_default_image(),
        };
        let layer = layer(&frame, &frames);
        has_holes |= is_cleared;
        is_cleared = match layer.disposal {
            Disposal::Keep => false,
            Disposal::Background => true,
            // Before the first frame the canvas is empty.
            Disposal::Previous => count == 0,
        };
        if count == 0 {
            has_holes |= layer.area.count() as u64 != size.area();
            first_is_apart = !frame.is_default_image;
        }
        count += 1;
        duration_cs += delays.next(layer.time);
    };
    Some(Structure {
        frames: count,
        animation: Animation {
            duration_cs,
            loop_count: LoopCount::from_plays(frames.plays()),
        },
        is_cut,
        has_holes,
        first_is_apart,
    })
}

fn layer(frame: &headshot_png::Frame, frames: &headshot_png::Frames) -> Layer {
    let (parts, second) = frame.delay;
    let (left, top) = (frame.x as usize, frame.y as usize);
    Layer {
        area: Area {
            left,
            top,
            right: left + frame.width as usize,
            bottom: top + frame.height as usize,
        },
        blend: match frame.blend {
            headshot_png::Blend::Source => Blend::Source,
            headshot_png::Blend::Over => Blend::Over,
        },
        disposal: match frame.disposal {
            headshot_png::Disposal::Keep => Disposal::Keep,
            headshot_png::Disposal::Background => Disposal::Background,
            headshot_png::Disposal::Previous => Disposal::Previous,
        },
        time: u64::from(parts) * 1_000_000_000 / u64::from(second),
        alpha: matches!(
            frames.header().channels,
            Channels::GrayAlpha | Channels::Rgba
        ),
    }
}

/// The sides were checked against the caller's limits, or will be.
pub(super) fn limits(stored: Size) -> headshot_png::Limits {
    headshot_png::Limits {
        pixels: stored.area(),
        side: stored.longer(),
    }
}
