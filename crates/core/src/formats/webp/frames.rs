//! The frames of an animated WebP (RFC 9649, section 2.7.1.1).

use headshot_gif::{Area, Disposal};

use super::decode as decoder;
use super::header::memory;
use super::riff::{self, Picture};
use crate::allocate;
use crate::animation::{Animation, Delays, LoopCount};
use crate::clock::Clock;
use crate::error::Error;
use crate::formats::layer::{Blend, Layer, Patch};
use crate::geometry::Size;
use crate::options::Damaged;

/// Iterates over the frames of a file.
#[derive(Clone)]
pub(crate) struct Frames<'a> {
    frames: riff::Frames<'a>,
}

/// A frame that is not decoded yet.
pub(crate) struct Frame<'a> {
    pub(crate) layer: Layer,
    picture: Picture<'a>,
}

impl<'a> Frames<'a> {
    /// For a file that is known to be animated.
    pub(crate) fn new(photo: &'a [u8]) -> Result<Frames<'a>, Error> {
        let frames = riff::read(photo)?.animation;
        let frames = frames.ok_or_else(|| Error::internal("a WebP without an animation"))?;
        Ok(Frames { frames })
    }

    /// The next frame. The sequence ends after one that is damaged.
    pub(crate) fn next(&mut self) -> Option<Frame<'a>> {
        let frame = self.frames.next()?.ok().filter(is_whole)?;
        Some(Frame {
            layer: layer(&frame),
            picture: frame.picture,
        })
    }

    pub(crate) fn loop_count(&self) -> LoopCount {
        LoopCount::from_plays(self.frames.plays.into())
    }
}

/// The pixels of a frame: all of them, or none if damage is accepted.
pub(crate) fn decode(frame: &Frame, damaged: Damaged, clock: &Clock) -> Result<Patch, Error> {
    // The decoder cannot be stopped, so it is not started too late.
    clock.check()?;
    let decoded = pixels(&frame.picture);
    clock.check()?;
    let (pixels, is_whole) = match (decoded, damaged) {
        (Ok(pixels), _) => (pixels, true),
        (Err(Error::Damaged { .. }), Damaged::Accept) => (Vec::new(), false),
        (Err(error), _) => return Err(error),
    };
    Ok(Patch {
        layer: frame.layer,
        pixels,
        is_whole,
    })
}

/// What the chunks say about an animation.
pub(super) struct Structure {
    /// Intact frames. There are none if the first is cut off.
    pub(super) frames: u32,
    pub(super) animation: Animation,
    /// Whether something is wrong after the first frame.
    pub(super) is_cut: bool,
    /// Whether part of the canvas is cleared, or a later frame may be transparent.
    pub(super) has_holes: bool,
    /// The most bytes that decoding a frame takes.
    pub(super) memory: u64,
}

/// Follows the frames of a file, whose number is bounded only by its bytes, and checks the clock for each.
pub(super) fn structure(
    frames: riff::Frames,
    canvas: Size,
    clock: &Clock,
) -> Result<Structure, Error> {
    let plays = frames.plays;
    let (mut count, mut duration_cs, mut delays) = (0, 0, Delays::default());
    let (mut has_holes, mut is_cleared, mut most, mut is_cut) = (false, false, 0, false);
    for frame in frames {
        clock.check()?;
        let Some(frame) = frame.ok().filter(is_whole) else {
            is_cut = count > 0;
            break;
        };
        let memory = match memory(&frame.picture, clock) {
            Ok(memory) => memory,
            Err(Error::Damaged { .. }) => {
                is_cut = count > 0;
                break;
            }
            Err(error) => return Err(error),
        };
        let layer = layer(&frame);
        // An area replaced by pixels with alpha may be transparent.
        has_holes |= is_cleared || layer.alpha && layer.blend == Blend::Source;
        has_holes |= count == 0 && !frame.covers(canvas);
        is_cleared = frame.is_cleared;
        most = memory.max(most);
        count += 1;
        duration_cs += delays.next(layer.time);
    }
    Ok(Structure {
        frames: count,
        animation: Animation {
            duration_cs,
            loop_count: LoopCount::from_plays(plays.into()),
        },
        is_cut,
        has_holes,
        memory: most,
    })
}

/// Whether all of a frame is in the file.
fn is_whole(frame: &riff::Frame) -> bool {
    frame.picture.missing == 0
}

/// The pixels of a picture, with all colors and alpha.
fn pixels(picture: &Picture) -> Result<Vec<[u8; 4]>, Error> {
    let decoded = decoder::pixels(picture)?;
    let mut pixels: Vec<[u8; 4]> = allocate::reserve(picture.size.area() as usize)?;
    match (decoded.channels, picture.has_alpha()) {
        (3, _) => {
            let (stored, _) = decoded.samples.as_chunks();
            pixels.extend(stored.iter().map(|&[r, g, b]| [r, g, b, 255]));
        }
        (_, true) => pixels.extend_from_slice(decoded.samples.as_chunks().0),
        (_, false) => {
            let (stored, _) = decoded.samples.as_chunks();
            pixels.extend(stored.iter().map(|&[r, g, b, _]| [r, g, b, 255]));
        }
    }
    Ok(pixels)
}

fn layer(frame: &riff::Frame) -> Layer {
    let (left, top) = (frame.x as usize, frame.y as usize);
    let size = frame.picture.size;
    Layer {
        area: Area {
            left,
            top,
            right: left + size.width() as usize,
            bottom: top + size.height() as usize,
        },
        blend: if frame.replaces {
            Blend::Source
        } else {
            Blend::Over
        },
        disposal: if frame.is_cleared {
            Disposal::Background
        } else {
            Disposal::Keep
        },
        time: u64::from(frame.milliseconds) * 1_000_000,
        alpha: frame.picture.has_alpha(),
    }
}
