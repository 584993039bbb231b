//! The frames of an APNG or WebP, composited on its canvas; and what must be known about them before the first picture is made.

use headshot_gif::{Area, Disposal};
use rayon::prelude::*;

use super::layer::{Blend, Canvas, Layer, Patch};
use super::{png, webp};
use crate::animation::{Delays, LoopCount};
use crate::clock::{Clock, Time};
use crate::error::Error;
use crate::format::Format;
use crate::info::Info;
use crate::options::Damaged;

/// How many pixels represent all of them.
const SAMPLES: u64 = 1 << 20;

/// What a canvas shows, frame by frame. Frames are decoded in parallel and shown in order.
pub(crate) struct Layers<'a> {
    source: Source<'a>,
    canvas: Canvas,
    damaged: Damaged,
    delays: Delays,
    /// Frames whose pixels are missing or wrong.
    incomplete: u32,
}

/// Where the frames come from.
#[derive(Clone)]
enum Source<'a> {
    Png(png::Frames<'a>),
    Webp(webp::Frames<'a>),
}

/// A frame that is not decoded yet.
enum Coded<'a> {
    Png(png::Frame),
    Webp(webp::Frame<'a>),
}

impl<'a> Source<'a> {
    fn new(photo: &'a [u8], info: &'a Info) -> Result<Source<'a>, Error> {
        Ok(match info.format {
            Format::Webp => Source::Webp(webp::Frames::new(photo)?),
            _ => Source::Png(png::Frames::new(photo, info)?),
        })
    }

    fn next(&mut self) -> Option<Coded<'a>> {
        match self {
            Source::Png(frames) => frames.next().map(Coded::Png),
            Source::Webp(frames) => frames.next().map(Coded::Webp),
        }
    }

    fn decode(&self, frame: &Coded, damaged: Damaged, clock: &Clock) -> Result<Patch, Error> {
        match (self, frame) {
            (Source::Png(frames), Coded::Png(frame)) => frames.decode(frame, damaged, clock),
            (_, Coded::Webp(frame)) => webp::decode(frame, damaged, clock),
            _ => Err(Error::internal("a frame of another animation")),
        }
    }

    fn loop_count(&self) -> LoopCount {
        match self {
            Source::Png(frames) => frames.loop_count(),
            Source::Webp(frames) => frames.loop_count(),
        }
    }
}

impl Coded<'_> {
    fn layer(&self) -> &Layer {
        match self {
            Coded::Png(frame) => &frame.layer,
            Coded::Webp(frame) => &frame.layer,
        }
    }
}

/// A frame that is not yet on the canvas.
pub(crate) struct Frame(Result<Patch, Error>);

impl<'a> Layers<'a> {
    pub(crate) fn new(
        photo: &'a [u8],
        info: &'a Info,
        damaged: Damaged,
    ) -> Result<Layers<'a>, Error> {
        Ok(Layers {
            source: Source::new(photo, info)?,
            canvas: Canvas::new(info.orientation.size(info.size))?,
            damaged,
            delays: Delays::default(),
            incomplete: 0,
        })
    }

    /// Decodes the next frames, at most this many; fewer only at the end.
    pub(crate) fn next(&mut self, most: usize, time: &Time) -> Result<Vec<Frame>, Error> {
        let clock = time.clock();
        let mut coded = Vec::with_capacity(most);
        while coded.len() < most {
            match self.source.next() {
                Some(frame) => coded.push(frame),
                None => break,
            }
        }
        clock.check()?;
        let frames = coded
            .par_iter()
            .map(|frame| Frame(self.source.decode(frame, self.damaged, &time.clock())))
            .collect();
        Ok(frames)
    }

    /// Puts a frame on the canvas. Returns how long it stays, in centiseconds as in a GIF, and which pixels may have changed.
    pub(crate) fn show(&mut self, frame: Frame) -> Result<(u64, Area), Error> {
        let patch = frame.0?;
        self.incomplete += u32::from(!patch.is_whole);
        let changed = self.canvas.show(&patch)?;
        Ok((self.delays.next(patch.layer.time), changed))
    }

    /// All pixels of the canvas: straight RGBA.
    pub(crate) fn pixels(&self) -> &[[u8; 4]] {
        self.canvas.pixels()
    }

    pub(crate) fn loop_count(&self) -> LoopCount {
        self.source.loop_count()
    }

    /// How many of the frames shown lack pixels.
    pub(crate) fn incomplete(&self) -> u32 {
        self.incomplete
    }

    /// Shows the next frames, some at a time and this many in all, until a look at the canvas says that it has seen enough.
    fn walk(
        &mut self,
        mut frames: u64,
        window: usize,
        clock: &Clock,
        mut look: impl FnMut(&Canvas, Area) -> Look,
    ) -> Result<(), Error> {
        while frames > 0 {
            clock.check()?;
            let most = window.min(usize::try_from(frames).unwrap_or(window));
            let next = self.next(most, clock.time())?;
            clock.skip();
            let is_last = next.len() < most;
            frames -= next.len() as u64;
            for frame in next {
                let (_, changed) = self.show(frame)?;
                if look(&self.canvas, changed) == Look::Enough {
                    return Ok(());
                }
            }
            if is_last {
                break;
            }
        }
        clock.check()
    }
}

/// What a look at a canvas leads to.
#[derive(PartialEq, Eq)]
enum Look {
    GoOn,
    Enough,
}

/// Whether the first `frames` are opaque at every moment: composited only as far as that is in doubt.
pub(crate) fn always_opaque(
    photo: &[u8],
    info: &Info,
    frames: u64,
    window: usize,
    damaged: Damaged,
    clock: &Clock,
) -> Result<bool, Error> {
    let mut layers = Layers::new(photo, info, damaged)?;
    let mut coded = layers.source.clone();
    let Some(first) = coded.next() else {
        return Ok(false);
    };
    // An opaque area gets a hole only by being cleared or replaced.
    let mut is_in_doubt = first.layer().disposal != Disposal::Keep;
    for _ in 1..frames {
        let Some(frame) = coded.next() else {
            break;
        };
        let layer = frame.layer();
        is_in_doubt |=
            layer.disposal == Disposal::Background || (layer.blend == Blend::Source && layer.alpha);
    }
    let mut is_opaque = true;
    let mut is_first = true;
    let (frames, window) = if is_in_doubt {
        (frames, window)
    } else {
        (1, 1)
    };
    layers.walk(frames, window, clock, |canvas, changed| {
        let part = if is_first { canvas.whole() } else { changed };
        is_first = false;
        is_opaque = canvas.is_opaque(part);
        if is_opaque { Look::GoOn } else { Look::Enough }
    })?;
    Ok(is_opaque && !is_first)
}

/// Opaque pixels from all over the first `frames`, which are decoded `window` at a time.
pub(crate) fn seen_pixels(
    photo: &[u8],
    info: &Info,
    frames: u64,
    window: usize,
    damaged: Damaged,
    clock: &Clock,
) -> Result<Vec<[u8; 4]>, Error> {
    let mut layers = Layers::new(photo, info, damaged)?;
    let mut coded = layers.source.clone();
    let mut total = 0;
    for _ in 0..frames {
        let Some(frame) = coded.next() else {
            break;
        };
        total += frame.layer().area.count() as u64;
    }
    let step = (total / SAMPLES + 1) as usize;
    let mut seen = Vec::new();
    layers.walk(frames, window, clock, |canvas, changed| {
        let pixels = canvas.part(changed).flatten().step_by(step);
        seen.extend(pixels.filter(|pixel| pixel[3] != 0));
        Look::GoOn
    })?;
    Ok(seen)
}
