//! GIFs written by hand, and what is on screen, according to the decoder of the `image` crate.

use std::io::Cursor;

use headshot_core::{Options, SideRange};
use image::codecs::gif::GifDecoder;
use image::{AnimationDecoder, RgbaImage};

pub(crate) const RED: u8 = 0;
pub(crate) const GREEN: u8 = 1;
pub(crate) const BLUE: u8 = 2;
pub(crate) const HOLE: u8 = 3;
const COLORS: [[u8; 4]; 4] = [
    [230, 20, 30, 255],
    [10, 200, 40, 255],
    [20, 30, 220, 255],
    [0; 4],
];

pub(crate) const KEEP: u8 = 1;
pub(crate) const BACKGROUND: u8 = 2;
pub(crate) const PREVIOUS: u8 = 3;

/// A GIF written by hand: LZW that never compresses, so that nothing here depends on an encoder.
pub(crate) struct Gif(pub(crate) Vec<u8>);

impl Gif {
    /// A GIF with the four colors above as its palette.
    pub(crate) fn new(width: u16, height: u16, loops: Option<u16>) -> Gif {
        let mut gif = Gif::without_palette(width, height);
        gif.0[10] = 0x81;
        COLORS.iter().for_each(|color| gif.0.extend(&color[..3]));
        if let Some(loops) = loops {
            gif.0.extend(b"!\xff\x0bNETSCAPE2.0\x03\x01");
            gif.0.extend(loops.to_le_bytes());
            gif.0.push(0);
        }
        gif
    }

    pub(crate) fn without_palette(width: u16, height: u16) -> Gif {
        let mut gif = b"GIF89a".to_vec();
        gif.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
        gif.extend([0; 3]);
        Gif(gif)
    }

    /// A frame of one color; index 3 is transparent.
    pub(crate) fn frame(self, at: [u16; 4], color: u8, disposal: u8, delay: u16) -> Gif {
        let indices = vec![color; usize::from(at[2]) * usize::from(at[3])];
        self.control(disposal, delay, Some(HOLE))
            .image(at, 0, &[], 2, &indices)
    }

    /// Settings for the next image: the transparent index, and the delay in centiseconds.
    pub(crate) fn control(mut self, disposal: u8, delay: u16, transparent: Option<u8>) -> Gif {
        let flags = disposal << 2 | u8::from(transparent.is_some());
        self.0.extend([b'!', 0xf9, 4, flags]);
        self.0.extend(delay.to_le_bytes());
        self.0.extend([transparent.unwrap_or(0), 0]);
        self
    }

    /// An image block: left, top, width and height, flags, a palette of its own, and indices of `bits` bits, 2 to 8.
    pub(crate) fn image(
        self,
        at: [u16; 4],
        flags: u8,
        palette: &[[u8; 3]],
        bits: u8,
        indices: &[u8],
    ) -> Gif {
        // A clear code before each run of pixels keeps the codes from growing.
        let clear = 1u32 << bits;
        let mut codes = Vec::with_capacity(2 * indices.len() + 1);
        for run in indices.chunks((1 << bits) - 2) {
            codes.push(clear);
            codes.extend(run.iter().map(|index| u32::from(*index)));
        }
        codes.push(clear + 1);
        self.codes(at, flags, palette, bits, codes)
    }

    /// The same from LZW codes, each of `bits` + 1 bits; up to 11.
    pub(crate) fn codes(
        mut self,
        at: [u16; 4],
        flags: u8,
        palette: &[[u8; 3]],
        bits: u8,
        codes: impl IntoIterator<Item = u32>,
    ) -> Gif {
        self.0.push(b',');
        at.iter()
            .for_each(|value| self.0.extend(value.to_le_bytes()));
        self.0.push(flags);
        self.0.extend(palette.as_flattened());
        self.0.push(bits);
        let (mut bytes, mut buffer, mut used) = (Vec::new(), 0u32, 0);
        for code in codes {
            buffer |= code << used;
            used += bits + 1;
            while used >= 8 {
                bytes.push(buffer as u8);
                buffer >>= 8;
                used -= 8;
            }
        }
        bytes.push(buffer as u8);
        for part in bytes.chunks(255) {
            self.0.push(part.len() as u8);
            self.0.extend(part);
        }
        self.0.push(0);
        self
    }

    pub(crate) fn end(mut self) -> Vec<u8> {
        self.0.push(b';');
        self.0
    }
}

/// A square that circles above rows that stand still, two frames for each delay.
pub(crate) fn blinking(delays: &[u16]) -> Vec<u8> {
    delays
        .iter()
        .enumerate()
        .fold(Gif::new(16, 16, None), |gif, (i, delay)| {
            let at = (i as u16 % 4) * 4;
            gif.frame([0, 0, 16, 12], [RED, BLUE][i % 2], KEEP, *delay)
                .frame([at, 0, 4, 4], GREEN, KEEP, *delay)
        })
        .end()
}

/// Start in centiseconds and pixels of each frame.
pub(crate) type Screens = Vec<(u64, RgbaImage)>;

/// What is on screen, and for how long in all.
pub(crate) fn screens(gif: &[u8]) -> (Screens, u64) {
    let mut time = 0;
    let frames = GifDecoder::new(Cursor::new(gif)).unwrap().into_frames();
    let screens = frames
        .map(|frame| {
            let frame = frame.unwrap();
            let start = time;
            let (ms, _) = frame.delay().numer_denom_ms();
            time += if ms <= 10 { 10 } else { u64::from(ms / 10) };
            (start, frame.into_buffer())
        })
        .collect();
    (screens, time)
}

/// What is on screen at a time.
pub(crate) fn screen(screens: &Screens, time: u64) -> &RgbaImage {
    let at = screens.partition_point(|(start, _)| *start <= time);
    &screens[at - 1].1
}

/// One pixel of that.
pub(crate) fn at(screens: &Screens, time: u64, x: u32, y: u32) -> [u8; 4] {
    screen(screens, time).get_pixel(x, y).0
}

#[track_caller]
pub(crate) fn assert_near(found: [u8; 4], color: u8) {
    let wanted = COLORS[usize::from(color)];
    let near = (0..4).all(|c| found[c].abs_diff(wanted[c]) <= 4);
    assert!(
        near || (found[3] == 0 && color == HOLE),
        "{found:?} is not {wanted:?}"
    );
}

/// An avatar of exactly this side.
pub(crate) fn side(side: u32) -> Options {
    Options {
        side: SideRange::new(side, side).unwrap(),
        ..Options::default()
    }
}
