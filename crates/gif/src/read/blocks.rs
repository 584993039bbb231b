//! The block structure of a GIF, walked once from front to back without unpacking a pixel.

use crate::error::Error;
use crate::timing::Disposal;

/// One image block, with the values of its graphic control extension.
#[derive(Debug, Clone, Copy)]
pub struct ImageBlock<'a> {
    /// Its leftmost column on the canvas.
    pub left: u16,
    /// Its topmost row on the canvas.
    pub top: u16,
    /// Pixels across, possibly none.
    pub width: u16,
    /// Pixels down, possibly none.
    pub height: u16,
    /// Whether its rows come in four passes (GIF89a, appendix E).
    pub interlaced: bool,
    /// Its own palette, or else the file's: RGB triples. `None` if there is neither.
    pub palette: Option<&'a [u8]>,
    /// The index of pixels that leave the canvas as it is.
    pub transparent: Option<u8>,
    /// What happens to it when its time is over.
    pub disposal: Disposal,
    /// How long it is shown, in centiseconds as in the file; see [`shown`](crate::shown()).
    pub delay: u16,
    /// The minimum code size of its LZW data, 1 to 11 bits.
    pub code_size: u8,
    /// The LZW data with the length bytes of its sub-blocks still inside.
    pub sub_blocks: &'a [u8],
    /// The whole block as in the file; `None` if its terminator is missing.
    pub raw: Option<&'a [u8]>,
}

impl ImageBlock<'_> {
    /// Whether all of it lies on a canvas of this size.
    pub(crate) fn is_inside(&self, width: u16, height: u16) -> bool {
        let right = self.left.checked_add(self.width);
        let bottom = self.top.checked_add(self.height);
        right.is_some_and(|right| right <= width) && bottom.is_some_and(|bottom| bottom <= height)
    }

    /// Whether every decoder reads it the same way, as far as its header tells.
    pub(crate) fn is_plain(&self, width: u16, height: u16) -> bool {
        self.is_inside(width, height)
            && self.width > 0
            && self.height > 0
            && self.palette.is_some()
            && self.raw.is_some()
            && (2..=8).contains(&self.code_size)
    }
}

#[derive(Clone, Copy)]
struct Control {
    transparent: Option<u8>,
    disposal: Disposal,
    delay: u16,
}

const NO_CONTROL: Control = Control {
    transparent: None,
    disposal: Disposal::Keep,
    delay: 0,
};

/// Walks over the image blocks of a GIF, from front to back, without unpacking a pixel.
#[derive(Clone)]
pub struct Blocks<'a> {
    photo: &'a [u8],
    rest: &'a [u8],
    width: u16,
    height: u16,
    /// Width and height before the first frame enlarged them.
    pub grown_from: Option<(u16, u16)>,
    /// The file's palette.
    pub palette: Option<&'a [u8]>,
    control: Control,
    images: usize,
    /// The value of the loop extension (NETSCAPE2.0) as far as it has been read: 0 repeats forever; without one it plays once.
    pub repeats: Option<u16>,
    /// Whether something after the first frame was missing or invalid, so that the walk ended early.
    pub damaged: bool,
    /// Whether it ended inside a frame, or in the extension that announces one.
    pub frame_is_lost: bool,
    /// Whether the file ended after a frame, without a trailer.
    pub unmarked: bool,
}

impl<'a> Blocks<'a> {
    /// Reads the header, the screen descriptor and the global palette.
    ///
    /// # Errors
    ///
    /// Those that say the file is damaged.
    pub fn new(photo: &'a [u8]) -> Result<Blocks<'a>, Error> {
        let mut rest = photo;
        let header = take(&mut rest, 13).ok_or(Error::CutOff("its header"))?;
        let palette = palette(&mut rest, header[10]).ok_or(Error::CutOff("its palette"))?;
        Ok(Blocks {
            photo,
            rest,
            width: u16_at(header, 6),
            height: u16_at(header, 8),
            grown_from: None,
            palette,
            control: NO_CONTROL,
            images: 0,
            repeats: None,
            damaged: false,
            frame_is_lost: false,
            unmarked: false,
        })
    }

    /// Width and height of the canvas in pixels, as in the screen descriptor until the first frame has been read: either
    /// may be zero until then, and also afterward if that frame is empty.
    pub fn screen(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    /// The next image block, or `None` at the trailer or at the end of the file.
    ///
    /// After the first frame, junk ends the walk instead of failing it, as in browsers.
    ///
    /// # Errors
    ///
    /// Those that say the file is damaged.
    pub fn next_image(&mut self) -> Result<Option<ImageBlock<'a>>, Error> {
        loop {
            let at = self.photo.len() - self.rest.len();
            match take(&mut self.rest, 1).map(|byte| byte[0]) {
                // Stray block terminators are common and harmless.
                Some(0x00) => {}
                Some(b'!') => {
                    if self.extension()?.is_none() {
                        return self.end(Error::CutOff("an extension"));
                    }
                }
                Some(b',') => {
                    let image = self.image();
                    self.frame_is_lost = matches!(image, Ok(None));
                    return image;
                }
                Some(b';') if self.images > 0 => return Ok(None),
                Some(b';') => return Err(Error::NoFrames),
                Some(found) => return self.end(Error::UnknownBlock { at, found }),
                // A missing trailer loses nothing.
                None if self.images > 0 => {
                    self.unmarked = !self.damaged;
                    return Ok(None);
                }
                None => return Err(Error::NoFrames),
            }
        }
    }

    fn end<T>(&mut self, fault: Error) -> Result<Option<T>, Error> {
        if self.images == 0 {
            return Err(fault);
        }
        self.rest = &[];
        self.damaged = true;
        Ok(None)
    }

    /// `None` if the file ends inside the extension.
    fn extension(&mut self) -> Result<Option<()>, Error> {
        let Some(&[label]) = take(&mut self.rest, 1) else {
            return Ok(None);
        };
        // A graphic control extension announces a frame.
        self.frame_is_lost |= label == 0xf9;
        let Some(first) = sub_block(&mut self.rest) else {
            return Ok(None);
        };
        match (label, first) {
            (0xf9, []) => return self.end(Error::ControlLength(0)),
            (_, []) => return Ok(Some(())),
            (0xf9, &[flags, low, high, index]) => {
                self.control = Control {
                    transparent: (flags & 1 != 0).then_some(index),
                    disposal: match flags >> 2 & 7 {
                        2 => Disposal::Background,
                        // An old bug of some encoders, which browsers, libvips and Pillow read as it was meant.
                        3 | 4 => Disposal::Previous,
                        _ => Disposal::Keep,
                    },
                    delay: u16::from_le_bytes([low, high]),
                };
            }
            (0xf9, other) => return self.end(Error::ControlLength(other.len() as u8)),
            (0xff, b"NETSCAPE2.0" | b"ANIMEXTS1.0") => {
                let Some(second) = sub_block(&mut self.rest) else {
                    return Ok(None);
                };
                match second {
                    // The first one counts; 1 marks the sub-block with the loop count.
                    [1, low, high, ..] if self.repeats.is_none() => {
                        self.repeats = Some(u16::from_le_bytes([*low, *high]));
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

    fn image(&mut self) -> Result<Option<ImageBlock<'a>>, Error> {
        let at = self.photo.len() - self.rest.len() - 1;
        let Some(descriptor) = take(&mut self.rest, 9) else {
            return self.end(Error::CutOff("a frame"));
        };
        let [left, top, width, height] = [0, 2, 4, 6].map(|at| u16_at(descriptor, at));
        let (right, bottom) = (
            u32::from(left) + u32::from(width),
            u32::from(top) + u32::from(height),
        );
        // The first one determines the canvas; a later one is clipped.
        if self.images == 0 && (right > 65535 || bottom > 65535) {
            return Err(Error::FrameOverflow { right, bottom });
        }
        let Some(own) = palette(&mut self.rest, descriptor[8]) else {
            return self.end(Error::CutOff("a palette"));
        };
        let Some(&[code_size]) = take(&mut self.rest, 1) else {
            return self.end(Error::CutOff("a frame"));
        };
        if !(1..=11).contains(&code_size) {
            return self.end(Error::CodeSize(code_size));
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
            // The existing part of the last sub-block belongs to the frame.
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
            // Browsers, libvips and Pillow make the canvas large enough for the first frame. Some files have no canvas at all.
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
            // Before the first frame there is nothing to restore.
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

/// The next sub-block without its length byte; empty for the terminator. On `None` nothing has been consumed.
fn sub_block<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (&length, tail) = rest.split_first()?;
    let (block, tail) = tail.split_at_checked(usize::from(length))?;
    *rest = tail;
    Some(block)
}

/// The palette that `flags` announce, if any; the outer `None` if the file ends inside it.
fn palette<'a>(rest: &mut &'a [u8], flags: u8) -> Option<Option<&'a [u8]>> {
    if flags & 0x80 == 0 {
        return Some(None);
    }
    take(rest, 6 << (flags & 7)).map(Some)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}
