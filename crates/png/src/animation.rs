//! The frames of an animated PNG, from its chunks (PNG, third edition, 4.9 and 11.3.6).

use std::ops::ControlFlow;

use crate::chunks::{Chunk, File, SIGNATURE};
use crate::damage::Damage;
use crate::error::{Error, Flaw};
use crate::header::{Header, Limits, Stored};
use crate::rows::{self, End};

/// One picture of an animation, not yet decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Pixels from the left edge of the canvas, which contains the whole frame.
    pub x: u32,
    /// Pixels from its top.
    pub y: u32,
    /// Pixels per row, at least 1.
    pub width: u32,
    /// Rows, at least 1.
    pub height: u32,
    /// How long it is shown: a number of parts, and the number of parts in a second, which is never 0.
    pub delay: (u16, u16),
    /// What happens to its rectangle when its time is over.
    pub disposal: Disposal,
    /// How it is laid over what is there.
    pub blend: Blend,
    /// Whether it is also the image shown without an animation. Only the first frame may be.
    pub is_default_image: bool,
    /// Offset of the first chunk of its pixels.
    pixels: usize,
}

/// What happens to a frame's rectangle when its time is over (11.3.6.2, `dispose_op`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposal {
    /// It stays.
    Keep,
    /// It is cleared to transparent black.
    Background,
    /// The previous content comes back; before the first frame the canvas is transparent.
    Previous,
}

/// How a frame is laid over what is there (11.3.6.2, `blend_op`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blend {
    /// It replaces its whole rectangle, alpha included.
    Source,
    /// Composited by its alpha.
    Over,
}

/// The frames of an animated PNG, one after the other. Only chunks are read until a frame is decoded.
#[derive(Debug, Clone)]
pub struct Frames<'a> {
    photo: &'a [u8],
    file: File<'a>,
    announced: u32,
    plays: u32,
    /// Offset of the next chunk.
    at: usize,
    found: u32,
    /// The next sequence number.
    sequence: u32,
    is_behind_default_image: bool,
}

impl<'a> Frames<'a> {
    /// The animation of a photo, or `None` if no intact acTL chunk before its pixels declares one.
    ///
    /// # Errors
    ///
    /// Those of [`read_header`](crate::read_header).
    pub fn read(photo: &'a [u8], limits: &Limits) -> Result<Option<Frames<'a>>, Error> {
        let Some((announced, plays)) = control(photo) else {
            return Ok(None);
        };
        Ok(Some(Frames {
            photo,
            file: File::read(photo, limits)?,
            announced,
            plays,
            at: SIGNATURE.len(),
            found: 0,
            sequence: 0,
            is_behind_default_image: false,
        }))
    }

    /// The layout of a frame's rows, except its width and height: those here are the canvas's.
    pub fn header(&self) -> Header {
        self.file.header
    }

    /// How often the animation plays; 0 is forever.
    pub fn plays(&self) -> u32 {
        self.plays
    }

    /// How many frames the file announces; there may be fewer.
    pub fn announced(&self) -> u32 {
        self.announced
    }

    /// Whether all chunks of the default image have been passed.
    pub fn is_behind_default_image(&self) -> bool {
        self.is_behind_default_image
    }

    /// The next frame, or `None` once there are as many as were announced.
    ///
    /// # Errors
    ///
    /// `Damaged`: chunks are missing, out of order or wrong. The frames before that are intact.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        if self.found == self.announced {
            return Ok(None);
        }
        let mut frame: Option<Frame> = None;
        loop {
            let at = self.at;
            let damaged = |what| Err(Flaw(what).at(at));
            let Some(chunk) = Chunk::at(self.photo, at) else {
                return damaged("the file ends within its animation");
            };
            match &chunk.kind {
                b"fcTL" if frame.is_some() => return damaged("a frame has no pixels"),
                b"fcTL" => frame = Some(self.frame(&chunk, at)?),
                b"IDAT" if self.is_behind_default_image => {
                    return damaged("the chunks of pixels do not follow each other");
                }
                b"IDAT" => {
                    self.pass(at, *b"IDAT")?;
                    self.is_behind_default_image = true;
                    if let Some(frame) = frame {
                        self.found += 1;
                        return Ok(Some(Frame {
                            is_default_image: true,
                            pixels: at,
                            ..frame
                        }));
                    }
                    continue;
                }
                b"fdAT" if !self.is_behind_default_image => {
                    return damaged("a later frame comes before the first pixels");
                }
                b"fdAT" => {
                    let Some(frame) = frame else {
                        return damaged("pixels of a frame that was not announced");
                    };
                    self.pass(at, *b"fdAT")?;
                    self.found += 1;
                    return Ok(Some(Frame {
                        pixels: at,
                        ..frame
                    }));
                }
                b"IEND" => return damaged("it has fewer frames than it says"),
                // Chunks before the pixels have been checked.
                [b'A'..=b'Z', ..] if self.is_behind_default_image => {
                    return damaged("a chunk that must be understood is unknown");
                }
                _ => {}
            }
            self.at = chunk.end;
        }
    }

    /// Decodes a frame and passes on its rows from the top, as [`decode_rows`](crate::decode_rows) does for a still: with the
    /// frame's width, and otherwise as [`Frames::header`] says.
    ///
    /// # Errors
    ///
    /// Those of [`decode_rows`](crate::decode_rows) that occur among the pixels.
    pub fn decode(
        &self,
        frame: &Frame,
        damage: Damage,
        mut emit: impl FnMut(u32, &[u8]) -> ControlFlow<()>,
    ) -> Result<End, Error> {
        let (width, height) = (frame.width, frame.height);
        let file = File {
            header: Header {
                width,
                height,
                ..self.file.header
            },
            stored: Stored {
                width,
                height,
                ..self.file.stored
            },
            pixels: frame.pixels,
            // Damage after the frame is not its fault.
            is_marked: Ok(true),
            ..self.file
        };
        rows::decode(self.photo, &file, damage, None, &mut emit)
    }

    /// Skips consecutive chunks of one kind, the first of them at an offset.
    fn pass(&mut self, first: usize, kind: [u8; 4]) -> Result<(), Error> {
        self.at = first;
        while let Some(chunk) = Chunk::at(self.photo, self.at).filter(|chunk| chunk.kind == kind) {
            if kind == *b"fdAT" {
                self.count(&chunk, self.at)?;
            }
            self.at = chunk.end;
        }
        // A chunk that is cut off may be one of these.
        let rest = self.photo.get(self.at..).unwrap_or_default();
        let may_be_of_it = match rest.get(4..8) {
            Some(found) => *found == kind,
            None => !b"\0\0\0\0IEND".starts_with(rest),
        };
        if may_be_of_it && Chunk::at(self.photo, self.at).is_none() {
            return Err(Flaw("the file ends within a frame").at(self.at));
        }
        Ok(())
    }

    /// Checks the sequence number at the beginning of a chunk (4.9.2).
    fn count(&mut self, chunk: &Chunk<'a>, at: usize) -> Result<(), Error> {
        let number = chunk.data.first_chunk().map(|n| u32::from_be_bytes(*n));
        if number != Some(self.sequence) {
            return Err(Flaw("a chunk of the animation is not the next one").at(at));
        }
        self.sequence = self.sequence.wrapping_add(1);
        Ok(())
    }

    /// The content of a frame control (11.3.6.2).
    fn frame(&mut self, chunk: &Chunk<'a>, at: usize) -> Result<Frame, Error> {
        let damaged = |what| Err(Flaw(what).at(at));
        if !chunk.is_sound() {
            return damaged("the CRC of a frame control is wrong");
        }
        let Ok(data) = <&[u8; 26]>::try_from(chunk.data) else {
            return damaged("a frame control is not of 26 bytes");
        };
        let number =
            |i: usize| u32::from_be_bytes([data[i], data[i + 1], data[i + 2], data[i + 3]]);
        let part = |i: usize| u16::from_be_bytes([data[i], data[i + 1]]);
        let [width, height, x, y] = [4, 8, 12, 16].map(number);
        self.count(chunk, at)?;
        let canvas = &self.file.stored;
        let lies_within = |from: u32, length: u32, most: u32| {
            length > 0 && from.checked_add(length).is_some_and(|end| end <= most)
        };
        if !lies_within(x, width, canvas.width) || !lies_within(y, height, canvas.height) {
            return damaged("a frame is empty, or not all of it lies on the canvas");
        }
        let is_whole = (width, height) == (canvas.width, canvas.height);
        if !self.is_behind_default_image && !is_whole {
            return damaged("the first frame is not as large as the image that it is");
        }
        let second = match part(22) {
            0 => 100,
            parts => parts,
        };
        Ok(Frame {
            x,
            y,
            width,
            height,
            delay: (part(20), second),
            disposal: match data[24] {
                0 => Disposal::Keep,
                1 => Disposal::Background,
                2 => Disposal::Previous,
                _ => return damaged("an unknown way to dispose of a frame"),
            },
            blend: match data[25] {
                0 => Blend::Source,
                1 => Blend::Over,
                _ => return damaged("an unknown way to blend a frame"),
            },
            is_default_image: false,
            pixels: 0,
        })
    }
}

/// The content of the animation control, if it is in its proper place (11.3.6.1): the number of frames, at least 1, and of plays.
fn control(photo: &[u8]) -> Option<(u32, u32)> {
    let mut at = SIGNATURE.len();
    loop {
        let chunk = Chunk::at(photo, at)?;
        match &chunk.kind {
            b"IDAT" | b"IEND" => return None,
            b"acTL" if chunk.is_sound() => {
                let (numbers, []) = chunk.data.as_chunks::<4>() else {
                    return None;
                };
                let &[frames, plays] = numbers else {
                    return None;
                };
                let [frames, plays] = [frames, plays].map(u32::from_be_bytes);
                return (frames > 0).then_some((frames, plays));
            }
            _ => at = chunk.end,
        }
    }
}
