//! What the block structure alone says about a GIF: frames, duration, loops, canvas.

use super::blocks::Blocks;
use crate::error::Error;
use crate::timing::{Disposal, shown};

/// What the block structure of a GIF says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Structure {
    /// Pixels across the canvas. Zero only if the first frame is empty as well.
    pub width: u16,
    /// Pixels down, likewise.
    pub height: u16,
    /// At least 1.
    pub frames: u32,
    /// All delays added up as browsers play them, in centiseconds.
    pub duration_cs: u64,
    /// The value of the loop extension (NETSCAPE2.0): 0 repeats forever; `None` plays once.
    pub repeats: Option<u16>,
    /// Whether any pixel can be transparent; only decoding can tell for certain.
    pub has_transparency: bool,
    /// Whether the file ends too early or in junk; the frames before that are counted.
    pub truncated: bool,
    /// Whether that happened inside a frame other than the first, or in the extension that announces one.
    pub frame_is_lost: bool,
    /// Whether it ends after a frame without a trailer.
    pub unmarked: bool,
    /// Whether no part of the canvas is left bare.
    pub first_frame_covers_canvas: bool,
    /// The canvas in the file, if the first frame needs a larger one.
    pub grown_from: Option<(u16, u16)>,
    /// Whether every decoder knows what is transparent: the frames that leave the canvas bare or are cleared say so.
    pub bare_is_marked: bool,
    /// Whether the data of the first frame ends too early: then there is no other.
    pub first_is_cut: bool,
    /// Whether every frame lies on the canvas, has pixels and a palette, and is coded as every decoder accepts it.
    pub all_plain: bool,
    /// Pixels of the largest frame that is reverted when its time is over.
    pub saved: u64,
}

/// Reads the structure in one pass over the block headers.
///
/// # Errors
///
/// Those that say the file is damaged.
pub fn scan(photo: &[u8]) -> Result<Structure, Error> {
    let mut blocks = Blocks::new(photo)?;
    let first = blocks.next_image()?.ok_or(Error::NoFrames)?;
    let (width, height) = blocks.screen();
    let covers =
        first.left == 0 && first.top == 0 && first.width >= width && first.height >= height;
    let mut structure = Structure {
        width,
        height,
        frames: 0,
        duration_cs: 0,
        repeats: None,
        has_transparency: !covers || first.transparent.is_some(),
        truncated: false,
        frame_is_lost: false,
        unmarked: false,
        first_frame_covers_canvas: covers,
        grown_from: blocks.grown_from,
        bare_is_marked: covers || first.transparent.is_some(),
        first_is_cut: blocks.damaged,
        all_plain: true,
        saved: 0,
    };
    let (mut image, mut cleared, mut any_cleared) = (Some(first), false, false);
    while let Some(frame) = image {
        structure.frames += 1;
        structure.duration_cs += shown(frame.delay.into());
        structure.has_transparency |= cleared;
        structure.all_plain &= frame.is_plain(width, height);
        cleared = frame.disposal == Disposal::Background;
        any_cleared |= cleared;
        structure.bare_is_marked &= !cleared || frame.transparent.is_some();
        if frame.disposal == Disposal::Previous {
            let area = u64::from(frame.width.min(width)) * u64::from(frame.height.min(height));
            structure.saved = structure.saved.max(area);
        }
        image = blocks.next_image()?;
    }
    // Some decoders treat a canvas as opaque if its first frame has no transparent color.
    structure.bare_is_marked &= !any_cleared || first.transparent.is_some();
    structure.repeats = blocks.repeats;
    structure.truncated = blocks.damaged;
    structure.frame_is_lost = blocks.damaged && blocks.frame_is_lost;
    structure.unmarked = blocks.unmarked;
    Ok(structure)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A screen of 4 x 3 with a palette of two colors.
    const HEAD: &[u8] = b"GIF89a\x04\0\x03\0\x80\0\0\0\0\0\xff\xff\xff";

    fn control(flags: u8, delay: u16) -> Vec<u8> {
        let [low, high] = delay.to_le_bytes();
        vec![b'!', 0xf9, 4, flags, low, high, 1, 0]
    }

    fn frame(x: u8, y: u8, w: u8, h: u8) -> Vec<u8> {
        vec![b',', x, 0, y, 0, w, 0, h, 0, 0, 2, 2, 0x44, 0x01, 0]
    }

    fn gif(parts: &[&[u8]]) -> Vec<u8> {
        [&[HEAD], parts].concat().concat()
    }

    #[test]
    fn counts_frames_time_and_loops() {
        let loops = b"!\xff\x0bNETSCAPE2.0\x03\x01\x07\x00\x00";
        let whole = frame(0, 0, 4, 3);
        let photo = gif(&[
            loops,
            &control(4, 0),
            &whole,
            &control(4, 25),
            &whole,
            &control(4, 1),
            &whole,
            b";junk",
        ]);
        assert_eq!(
            scan(&photo).unwrap(),
            Structure {
                width: 4,
                height: 3,
                frames: 3,
                duration_cs: 45,
                repeats: Some(7),
                has_transparency: false,
                truncated: false,
                frame_is_lost: false,
                unmarked: false,
                first_frame_covers_canvas: true,
                grown_from: None,
                bare_is_marked: true,
                first_is_cut: false,
                all_plain: true,
                saved: 0,
            }
        );
    }

    #[test]
    fn transparency_comes_from_an_index_a_gap_or_a_cleared_frame() {
        let (whole, part) = (frame(0, 0, 4, 3), frame(1, 0, 3, 3));
        let may = |parts: &[&[u8]]| scan(&gif(parts)).unwrap().has_transparency;
        assert!(!may(&[&whole, &control(1, 2), &part]));
        assert!(may(&[&control(1, 2), &whole]));
        assert!(may(&[&part]));
        assert!(may(&[&control(2 << 2, 2), &whole, &part]));
        assert!(
            !may(&[&whole, &control(2 << 2, 2), &part]),
            "nothing is shown after the last frame is cleared"
        );
    }

    #[test]
    fn every_way_to_end_early_keeps_the_frames_before_it() {
        let whole = gif(&[
            &control(0, 9),
            &frame(0, 0, 4, 3),
            &control(0, 9),
            &frame(0, 0, 4, 3),
            b";",
        ]);
        let one = gif(&[&control(0, 9), &frame(0, 0, 4, 3)]).len();
        for length in 0..whole.len() {
            match scan(&whole[..length]) {
                Ok(found) if length + 2 >= whole.len() => {
                    assert_eq!(
                        (found.frames, found.truncated, found.unmarked),
                        (2, false, true)
                    )
                }
                Ok(found) => {
                    // The bytes after the code size could be a picture.
                    assert!(length >= one - 4, "{length}");
                    assert_eq!(found.frames, 1, "{length}");
                    assert!(found.truncated || found.unmarked, "{length}");
                }
                Err(_) => assert!(length < one - 4, "{length}"),
            }
        }
    }

    #[test]
    fn damage_is_named() {
        let whole = frame(0, 0, 4, 3);
        let fault = |parts: &[&[u8]]| scan(&gif(parts)).unwrap_err();
        assert_eq!(fault(&[b";"]), Error::NoFrames);
        assert_eq!(
            fault(&[b"\x0a", &whole]),
            Error::UnknownBlock { at: 19, found: 10 }
        );
        assert_eq!(
            fault(&[b"!\xf9\x03\0\0\0\0", &whole]),
            Error::ControlLength(3)
        );
        assert_eq!(
            fault(&[b",\xff\xff\0\0\x01\0\x01\0\0\x02\0"]),
            Error::FrameOverflow {
                right: 65536,
                bottom: 1
            }
        );
        for size in [0, 12, 255] {
            let mut bad = whole.clone();
            bad[10] = size;
            assert_eq!(fault(&[&bad]), Error::CodeSize(size));
        }
    }

    #[test]
    fn a_canvas_that_is_too_small_for_the_first_frame_grows() {
        for (first, size) in [
            ([0, 0, 9, 2], (9, 3)),
            ([3, 4, 2, 1], (5, 5)),
            ([9, 9, 0, 0], (9, 9)),
        ] {
            let [x, y, w, h] = first;
            let found = scan(&gif(&[&frame(x, y, w, h), &frame(0, 0, 99, 99)])).unwrap();
            assert_eq!((found.width, found.height), size);
            assert_eq!(found.grown_from, Some((4, 3)));
        }
        let found = scan(&gif(&[&frame(0, 0, 4, 3), &frame(0, 0, 99, 99)])).unwrap();
        assert_eq!((found.width, found.height, found.grown_from), (4, 3, None));
    }

    #[test]
    fn what_is_left_bare_or_cleared_must_be_marked() {
        let (whole, part) = (frame(0, 0, 4, 3), frame(1, 0, 3, 3));
        let marked = |parts: &[&[u8]]| scan(&gif(parts)).unwrap().bare_is_marked;
        assert!(marked(&[&whole, &part]));
        assert!(!marked(&[&part, &whole]));
        assert!(marked(&[&control(1, 2), &part, &whole]));
        assert!(!marked(&[&control(2 << 2, 2), &whole, &part]));
        assert!(marked(&[&control(2 << 2 | 1, 2), &whole, &part]));
        assert!(!marked(&[&whole, &control(2 << 2, 2), &part, &whole]));
    }

    #[test]
    fn a_canvas_of_zero_takes_the_first_frame() {
        let mut photo = gif(&[&frame(1, 2, 4, 3)]);
        photo[6] = 0;
        let found = scan(&photo).unwrap();
        assert_eq!((found.width, found.height), (5, 5));
    }
}
