//! The frames of an animated GIF, composited on its canvas.

use headshot_gif::{Area, Blocks, Canvas, ImageBlock, Patch};
use rayon::prelude::*;

use super::unpack::{cut_off, unpack};
use crate::animation::LoopCount;
use crate::clock::Time;
use crate::error::Error;
use crate::options::Damaged;

/// What a canvas shows, frame by frame. Frames are unpacked in parallel and shown in order.
pub(crate) struct Frames<'a> {
    blocks: Blocks<'a>,
    /// Exists from the first frame on.
    canvas: Option<Canvas>,
    damaged: Damaged,
    /// Frames whose data ended before their last pixel.
    incomplete: u32,
}

/// A frame that is not yet on the canvas.
pub(crate) struct Frame(Result<Patch, Error>);

impl<'a> Frames<'a> {
    pub(crate) fn new(photo: &'a [u8], damaged: Damaged) -> Result<Frames<'a>, Error> {
        Ok(Frames {
            blocks: Blocks::new(photo)?,
            canvas: None,
            damaged,
            incomplete: 0,
        })
    }

    /// Unpacks the next frames, at most this many; fewer only at the end.
    pub(crate) fn next(&mut self, most: usize, time: &Time) -> Result<Vec<Frame>, Error> {
        let clock = time.clock();
        let mut images: Vec<ImageBlock> = Vec::with_capacity(most);
        while images.len() < most {
            match self.blocks.next_image()? {
                Some(image) => images.push(image),
                None => break,
            }
        }
        clock.check()?;
        let (width, height) = self.blocks.screen();
        let frames = images
            .par_iter()
            .map(|image| Frame(unpack(image, width, height, self.damaged, &time.clock())))
            .collect();
        Ok(frames)
    }

    /// Puts a frame on the canvas. Returns how long it stays, in centiseconds as in the file, and which pixels may have changed.
    pub(crate) fn show(&mut self, frame: Frame) -> Result<(u64, Area), Error> {
        let patch = frame.0?;
        if !patch.complete && self.canvas.is_none() && self.damaged == Damaged::Refuse {
            return Err(cut_off());
        }
        self.incomplete += u32::from(!patch.complete);
        let canvas = match &mut self.canvas {
            Some(canvas) => canvas,
            none => {
                let (width, height) = self.blocks.screen();
                none.insert(Canvas::new(width, height)?)
            }
        };
        let changed = canvas.show(&patch)?;
        Ok((patch.delay.into(), changed))
    }

    /// All pixels of the canvas: RGBA, alpha 0 (then all zeros) or 255. None before the first frame.
    pub(crate) fn pixels(&self) -> &[[u8; 4]] {
        self.canvas.as_ref().map_or(&[], Canvas::pixels)
    }

    /// How often it plays, as far as has been read: it is stored before the first frame, or at least before the second.
    pub(crate) fn loop_count(&self) -> LoopCount {
        LoopCount::from_netscape(self.blocks.repeats)
    }

    /// How many of the frames shown lack pixels.
    pub(crate) fn incomplete(&self) -> u32 {
        self.incomplete
    }
}
