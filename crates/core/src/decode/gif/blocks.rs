//! The block structure of a GIF, walked once from front to back without unpacking a pixel.

use crate::animation::{Delay, LoopCount};
use crate::error::Error;
use crate::probe::Format;

/// What is wrong with a GIF: the source of `Error::Damaged`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the file ends inside {0}")]
    CutOff(&'static str),
    #[error("there is no frame in it")]
    NoFrames,
    #[error("byte {at} is {found:#04x}, which starts no block")]
    UnknownBlock { at: usize, found: u8 },
    #[error("a graphic control extension has {0} bytes, not 4")]
    ControlLength(u8),
    #[error("a frame reaches to column {right} and row {bottom}, at most 65535")]
    FrameOverflow { right: u32, bottom: u32 },
    #[error("the LZW code size is {0} bits, expected 1 to 11")]
    CodeSize(u8),
    #[error("the LZW data has a code that was never defined")]
    UndefinedCode,
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        Error::damaged(Format::Gif, fault)
    }
}

/// What happens to a frame's rectangle when its time is over (GIF89a, section 23).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposal {
    Keep,
    /// Cleared to transparent, as browsers do, whatever the file calls its background color.
    Background,
    Previous,
}

/// One image block, with what its graphic control extension said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ImageBlock<'a> {
    pub(crate) left: u16,
    pub(crate) top: u16,
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) interlaced: bool,
    /// Its own palette, or else that of the file: RGB triples. `None` when there is neither.
    pub(crate) palette: Option<&'a [u8]>,
    pub(crate) transparent: Option<u8>,
    pub(crate) disposal: Disposal,
    pub(crate) delay: Delay,
    pub(crate) code_size: u8,
    /// The LZW data with the length bytes of its sub-blocks still inside.
    pub(crate) sub_blocks: &'a [u8],
    /// The whole block as it is in the file; `None` where its terminator is missing.
    pub(crate) raw: Option<&'a [u8]>,
}

#[derive(Clone, Copy)]
struct Control {
    transparent: Option<u8>,
    disposal: Disposal,
    delay: Delay,
}

const NO_CONTROL: Control = Control {
    transparent: None,
    disposal: Disposal::Keep,
    delay: Delay::ZERO,
};

/// Walks over the image blocks of a GIF.
#[derive(Clone)]
pub(crate) struct Blocks<'a> {
    photo: &'a [u8],
    rest: &'a [u8],
    width: u16,
    height: u16,
    /// Width and height before the first frame made them larger.
    pub(crate) grown_from: Option<(u16, u16)>,
    /// That of the file.
    pub(crate) palette: Option<&'a [u8]>,
    control: Control,
    images: usize,
    /// The loop extension as far as it has been met.
    pub(crate) loop_count: LoopCount,
    /// Whether something after the first frame was missing or made no sense, so that the walk ended early.
    pub(crate) damaged: bool,
    /// Whether the file ended behind a frame, without a trailer.
    pub(crate) unmarked: bool,
}

impl<'a> Blocks<'a> {
    /// Reads the header, the screen descriptor and the global palette.
    pub(crate) fn new(photo: &'a [u8]) -> Result<Blocks<'a>, Fault> {
        let mut rest = photo;
        let header = take(&mut rest, 13).ok_or(Fault::CutOff("its header"))?;
        let palette = palette(&mut rest, header[10]).ok_or(Fault::CutOff("its palette"))?;
        Ok(Blocks {
            photo,
            rest,
            width: u16_at(header, 6),
            height: u16_at(header, 8),
            grown_from: None,
            palette,
            control: NO_CONTROL,
            images: 0,
            loop_count: LoopCount::Once,
            damaged: false,
            unmarked: false,
        })
    }

    /// Width and height of the canvas in pixels, as the screen descriptor has them until the first frame has been met: either
    /// may be zero until then, and also behind it if that is empty.
    pub(crate) fn screen(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    /// The next image block, or `None` at the trailer or where the file ends.
    ///
    /// Once there has been a frame, junk ends the walk instead of failing it, as in browsers.
    pub(crate) fn next(&mut self) -> Result<Option<ImageBlock<'a>>, Fault> {
        loop {
            let at = self.photo.len() - self.rest.len();
            match take(&mut self.rest, 1).map(|byte| byte[0]) {
                // Stray block terminators are common and harmless.
                Some(0x00) => {}
                Some(b'!') => {
                    if self.extension()?.is_none() {
                        return self.end(Fault::CutOff("an extension"));
                    }
                }
                Some(b',') => return self.image(),
                Some(b';') if self.images > 0 => return Ok(None),
                Some(b';') => return Err(Fault::NoFrames),
                Some(found) => return self.end(Fault::UnknownBlock { at, found }),
                // A missing trailer loses nothing.
                None if self.images > 0 => {
                    self.unmarked = !self.damaged;
                    return Ok(None);
                }
                None => return Err(Fault::NoFrames),
            }
        }
    }

    fn end<T>(&mut self, fault: Fault) -> Result<Option<T>, Fault> {
        if self.images == 0 {
            return Err(fault);
        }
        self.rest = &[];
        self.damaged = true;
        Ok(None)
    }

    /// `None` when the file ends inside the extension.
    fn extension(&mut self) -> Result<Option<()>, Fault> {
        let Some(&[label]) = take(&mut self.rest, 1) else {
            return Ok(None);
        };
        let Some(first) = sub_block(&mut self.rest) else {
            return Ok(None);
        };
        match (label, first) {
            (0xf9, []) => return Err(Fault::ControlLength(0)),
            (_, []) => return Ok(Some(())),
            (0xf9, &[flags, low, high, index]) => {
                self.control = Control {
                    transparent: (flags & 1 != 0).then_some(index),
                    disposal: match flags >> 2 & 7 {
                        2 => Disposal::Background,
                        3 => Disposal::Previous,
                        _ => Disposal::Keep,
                    },
                    delay: Delay::new(u16::from_le_bytes([low, high])),
                };
            }
            (0xf9, other) => return Err(Fault::ControlLength(other.len() as u8)),
            (0xff, b"NETSCAPE2.0" | b"ANIMEXTS1.0") => {
                let Some(second) = sub_block(&mut self.rest) else {
                    return Ok(None);
                };
                match second {
                    // The first one counts; 1 is the sub-block that holds the loop count.
                    [1, low, high, ..] if self.loop_count == LoopCount::Once => {
                        self.loop_count =
                            LoopCount::from_netscape(u16::from_le_bytes([*low, *high]));
                    }
                    [] => return Ok(Some(())),
                    _ => {}
                }
            }
            _ => {}
        }
        loop {
            match sub_block(&mut self.rest) {
                Some([]) => return Ok(Some(())),
                Some(_) => {}
                None => return Ok(None),
            }
        }
    }

    fn image(&mut self) -> Result<Option<ImageBlock<'a>>, Fault> {
        let at = self.photo.len() - self.rest.len() - 1;
        let Some(descriptor) = take(&mut self.rest, 9) else {
            return self.end(Fault::CutOff("a frame"));
        };
        let [left, top, width, height] = [0, 2, 4, 6].map(|at| u16_at(descriptor, at));
        let (right, bottom) = (
            u32::from(left) + u32::from(width),
            u32::from(top) + u32::from(height),
        );
        if right > 65535 || bottom > 65535 {
            return Err(Fault::FrameOverflow { right, bottom });
        }
        let Some(own) = palette(&mut self.rest, descriptor[8]) else {
            return self.end(Fault::CutOff("a palette"));
        };
        let Some(&[code_size]) = take(&mut self.rest, 1) else {
            return self.end(Fault::CutOff("a frame"));
        };
        if !(1..=11).contains(&code_size) {
            return Err(Fault::CodeSize(code_size));
        }
        let data = self.rest;
        let (cut_off, terminated) = loop {
            match sub_block(&mut self.rest) {
                Some([]) => break (false, true),
                Some(_) => {}
                // Ending between two sub-blocks is a missing terminator, not missing data.
                None => break (!self.rest.is_empty() || data.is_empty(), false),
            }
        };
        if cut_off {
            // What there is of the last sub-block belongs to the frame.
            self.rest = &[];
            self.damaged = true;
            if self.images > 0 {
                return Ok(None);
            }
        }
        let raw = &self.photo[at..self.photo.len() - self.rest.len()];
        let sub_blocks = &data[..data.len() - self.rest.len()];
        self.images += 1;
        let Control {
            transparent,
            disposal,
            delay,
        } = std::mem::replace(&mut self.control, NO_CONTROL);
        let (needed_width, needed_height) = (right as u16, bottom as u16);
        if self.images == 1 && (needed_width > self.width || needed_height > self.height) {
            // Browsers, libvips and Pillow make the canvas large enough for the first frame. Some files have none at all.
            self.grown_from = Some(self.screen());
            self.width = self.width.max(needed_width);
            self.height = self.height.max(needed_height);
        }
        Ok(Some(ImageBlock {
            left,
            top,
            width,
            height,
            interlaced: descriptor[8] & 0x40 != 0,
            palette: own.or(self.palette),
            transparent,
            // There is nothing before the first frame to go back to.
            disposal: match disposal {
                Disposal::Previous if self.images == 1 => Disposal::Background,
                other => other,
            },
            delay,
            code_size,
            sub_blocks,
            raw: terminated.then_some(raw),
        }))
    }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    Some(head)
}

/// The next sub-block without its length byte; empty for the terminator. On `None` nothing has been taken.
fn sub_block<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (&length, tail) = rest.split_first()?;
    let (block, tail) = tail.split_at_checked(usize::from(length))?;
    *rest = tail;
    Some(block)
}

/// The palette that `flags` announce, if any; the outer `None` when the file ends inside it.
fn palette<'a>(rest: &mut &'a [u8], flags: u8) -> Option<Option<&'a [u8]>> {
    if flags & 0x80 == 0 {
        return Some(None);
    }
    take(rest, 6 << (flags & 7)).map(Some)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}
