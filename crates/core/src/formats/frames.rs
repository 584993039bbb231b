//! The frames of an animation, composited on a canvas, whatever decoded them.

use headshot_gif::Area;

use super::gif;
use super::layers::{self, Layers};
use crate::animation::LoopCount;
use crate::clock::{Clock, Time};
use crate::error::Error;
use crate::format::Format;
use crate::info::Info;
use crate::options::Damaged;

/// What a canvas shows, frame by frame. Frames are decoded in parallel and shown in order.
pub(crate) enum Frames<'a> {
    Gif(gif::Frames<'a>),
    Layers(Box<Layers<'a>>),
}

/// A frame that is not yet on the canvas.
pub(crate) enum Frame {
    Gif(Box<gif::Frame>),
    Layer(layers::Frame),
}

impl<'a> Frames<'a> {
    /// The frames of the photo that `info` describes.
    pub(crate) fn new(
        photo: &'a [u8],
        info: &'a Info,
        damaged: Damaged,
    ) -> Result<Frames<'a>, Error> {
        Ok(match info.format {
            Format::Gif => Frames::Gif(gif::Frames::new(photo, damaged)?),
            _ => Frames::Layers(Box::new(Layers::new(photo, info, damaged)?)),
        })
    }

    /// Decodes the next frames, at most this many; fewer only at the end.
    pub(crate) fn next(&mut self, most: usize, time: &Time) -> Result<Vec<Frame>, Error> {
        Ok(match self {
            Frames::Gif(frames) => {
                let next = frames.next(most, time)?.into_iter();
                next.map(|frame| Frame::Gif(Box::new(frame))).collect()
            }
            Frames::Layers(layers) => {
                let next = layers.next(most, time)?.into_iter();
                next.map(Frame::Layer).collect()
            }
        })
    }

    /// Puts a frame on the canvas. Returns how long it stays, in centiseconds as in a GIF, and which pixels may have changed.
    pub(crate) fn show(&mut self, frame: Frame) -> Result<(u64, Area), Error> {
        match (self, frame) {
            (Frames::Gif(frames), Frame::Gif(frame)) => frames.show(*frame),
            (Frames::Layers(layers), Frame::Layer(frame)) => layers.show(frame),
            _ => Err(Error::internal("a frame of another animation")),
        }
    }

    /// All pixels of the canvas: straight RGBA. None before the first frame.
    pub(crate) fn pixels(&self) -> &[[u8; 4]] {
        match self {
            Frames::Gif(frames) => frames.pixels(),
            Frames::Layers(layers) => layers.pixels(),
        }
    }

    /// How often it plays, as far as has been read.
    pub(crate) fn loop_count(&self) -> LoopCount {
        match self {
            Frames::Gif(frames) => frames.loop_count(),
            Frames::Layers(layers) => layers.loop_count(),
        }
    }

    /// How many of the frames shown lack pixels.
    pub(crate) fn incomplete(&self) -> u32 {
        match self {
            Frames::Gif(frames) => frames.incomplete(),
            Frames::Layers(layers) => layers.incomplete(),
        }
    }
}

/// Whether the first `frames` are opaque at every moment: composited only as far as that is in doubt, `window` at a time.
pub(crate) fn always_opaque(
    photo: &[u8],
    info: &Info,
    frames: u64,
    window: usize,
    damaged: Damaged,
    clock: &Clock,
) -> Result<bool, Error> {
    match info.format {
        Format::Gif => gif::always_opaque(photo, frames, damaged, clock),
        _ => layers::always_opaque(photo, info, frames, window, damaged, clock),
    }
}

/// A sample of opaque pixels from all over the first `frames`, which are decoded `window` at a time.
pub(crate) fn seen_pixels(
    photo: &[u8],
    info: &Info,
    frames: u64,
    window: usize,
    damaged: Damaged,
    clock: &Clock,
) -> Result<Vec<[u8; 4]>, Error> {
    match info.format {
        Format::Gif => gif::opaque_pixels(photo, frames, window, damaged, clock),
        _ => layers::seen_pixels(photo, info, frames, window, damaged, clock),
    }
}
