//! PNGs that are damaged but accepted: the existing part shows, and the background elsewhere.

use headshot_core::{Background, Damaged, Error, Format, Options, Warning, normalize};
use image::RgbImage;

use crate::damaged::{accept, rescued};
use crate::hidden::zlib;
use crate::kept::chunk;

const WIDTH: u32 = 24;
const HEIGHT: u32 = 20;
/// Rows of the letterbox above the photo.
const ABOVE: u32 = 2;
const PAPER: [u8; 3] = [200, 100, 50];

fn on_paper(damaged: Damaged) -> Options {
    Options {
        damaged,
        background: Background::Color(PAPER),
        ..accept(WIDTH)
    }
}

fn color(x: u32, y: u32) -> [u8; 3] {
    [9 * x as u8, 11 * y as u8, 33 + (x ^ y) as u8]
}

fn head(color: u8, interlaced: bool) -> Vec<u8> {
    let sides = [WIDTH.to_be_bytes(), HEIGHT.to_be_bytes()].concat();
    let header = [&sides[..], &[8, color, 0, 0, u8::from(interlaced)]].concat();
    [&b"\x89PNG\r\n\x1A\n"[..], &chunk(b"IHDR", &header)].concat()
}

/// A PNG whose pixels are not compressed.
fn png(color: u8, interlaced: bool, rows: &[u8]) -> Vec<u8> {
    let (pixels, end) = (chunk(b"IDAT", &zlib(rows)), chunk(b"IEND", b""));
    [head(color, interlaced), pixels, end].concat()
}

/// Where rows begin in one of those: after signature, header, the head of the chunk, of the stream and of its only block.
const ROWS: usize = 8 + 25 + 8 + 2 + 5;
const ROW: usize = 1 + 3 * WIDTH as usize;

fn rows(pixel: impl Fn(u32, u32) -> Vec<u8>) -> Vec<u8> {
    let row = |y: u32| [vec![0], (0..WIDTH).flat_map(|x| pixel(x, y)).collect()].concat();
    (0..HEIGHT).flat_map(row).collect()
}

/// The first rows are those of the photo, the others and the bars are paper.
#[track_caller]
fn assert_shown(shown: &RgbImage, first: u32, photo: impl Fn(u32, u32) -> [u8; 3]) {
    for (x, y, pixel) in shown.enumerate_pixels() {
        let expected = match y.checked_sub(ABOVE) {
            Some(y) if y < first => photo(x, y),
            _ => PAPER,
        };
        assert_eq!(pixel.0, expected, "{x} {y}");
    }
}

#[track_caller]
fn assert_refused(photo: &[u8], options: &Options) {
    let made = normalize(photo, options);
    assert!(matches!(made, Err(Error::Damaged { .. })), "{made:?}");
}

#[test]
fn a_cut_png_shows_its_first_rows_and_the_background() {
    let photo = png(2, false, &rows(|x, y| color(x, y).to_vec()));
    for found in 1..HEIGHT {
        for more in [0, 1, ROW - 1] {
            let cut = &photo[..ROWS + found as usize * ROW + more];
            assert_refused(cut, &on_paper(Damaged::Refuse));
            let (counts, shown) = rescued(cut, &on_paper(Damaged::Accept));
            assert_eq!(counts, [found, found, HEIGHT]);
            assert_shown(&shown, found, color);
        }
    }
    for end in 0..ROWS + ROW {
        let made = normalize(&photo[..end], &on_paper(Damaged::Accept));
        assert!(made.is_err(), "cut at {end}");
    }
}

#[test]
fn a_cut_png_of_grays_is_as_bright_as_the_background_below() {
    let gray = |x: u32, y: u32| (7 * x + 3 * y) as u8;
    let photo = png(0, false, &rows(|x, y| vec![gray(x, y)]));
    let cut = &photo[..ROWS + 13 * (1 + WIDTH as usize) + 5];
    let (counts, shown) = rescued(cut, &on_paper(Damaged::Accept));
    assert_eq!(counts, [13, 13, 20]);
    for (x, y, pixel) in shown.enumerate_pixels() {
        let expected = match y {
            2..15 => [gray(x, y - ABOVE); 3],
            // (200 + 2 * 100 + 50) / 4
            15..22 => [112; 3],
            _ => PAPER,
        };
        assert_eq!(pixel.0, expected, "{x} {y}");
    }
}

#[test]
fn what_is_missing_of_a_png_with_alpha_is_transparent() {
    let pixel = |x: u32, y: u32| {
        let [r, g, b] = color(x, y);
        vec![r, g, b, 255]
    };
    let photo = png(6, false, &rows(pixel));
    let cut = &photo[..ROWS + 11 * (1 + 4 * WIDTH as usize) + 22];
    let (counts, shown) = rescued(cut, &on_paper(Damaged::Accept));
    assert_eq!(counts, [11, 11, 20]);
    assert_shown(&shown, 11, color);

    let avatar = normalize(cut, &accept(WIDTH)).unwrap();
    let shown = image::load_from_memory(&avatar.bytes()).unwrap();
    for (x, y, pixel) in shown.to_rgba8().enumerate_pixels() {
        let expected = match y {
            2..13 => pixel_of(color(x, y - ABOVE)),
            _ => [0; 4],
        };
        assert_eq!(pixel.0, expected, "{x} {y}");
    }
}

fn pixel_of([r, g, b]: [u8; 3]) -> [u8; 4] {
    [r, g, b, 255]
}

#[test]
fn wrong_checksums_cost_no_row_and_are_told() {
    let stream = zlib(&rows(|x, y| color(x, y).to_vec()));
    // Seven rows in the first chunk.
    let (first, second) = stream.split_at(ROWS - 41 + 7 * ROW);
    let photo = |second: &[u8]| {
        let parts = [chunk(b"IDAT", first), second.to_vec()].concat();
        [head(2, false), parts, chunk(b"IEND", b"")].concat()
    };
    let sound = photo(&chunk(b"IDAT", second));
    let avatar = normalize(&sound, &on_paper(Damaged::Accept)).unwrap();
    assert!(!avatar.report().damaged() && avatar.report().warnings.len() == 1);

    // The red of one pixel, eleven rows below the first.
    let at = 4 * ROW + 1 + 3 * 5;
    let mut changed = second.to_vec();
    changed[at] = 222;
    let mut crc = chunk(b"IDAT", second);
    crc[8 + at] = 222;
    let wrong = |x: u32, y: u32| match (x, y) {
        (5, 11) => [222, color(x, y)[1], color(x, y)[2]],
        _ => color(x, y),
    };
    // With a CRC that matches, only the checksum of all pixels shows the damage, and not where.
    for photo in [photo(&crc), photo(&chunk(b"IDAT", &changed))] {
        assert_refused(&photo, &on_paper(Damaged::Refuse));
        let ([intact, found, expected], shown) = rescued(&photo, &on_paper(Damaged::Accept));
        assert_eq!((found, expected), (20, 20));
        assert!(intact <= 7, "{intact}");
        assert_shown(&shown, HEIGHT, wrong);
    }
}

#[test]
fn a_missing_end_of_a_png_is_told_and_no_damage() {
    let photo = png(2, false, &rows(|x, y| color(x, y).to_vec()));
    // Without the end chunk, and also without the CRC and the checksum before it.
    for missing in [1, 12] {
        for damaged in [Damaged::Refuse, Damaged::Accept] {
            let avatar = normalize(&photo[..photo.len() - missing], &on_paper(damaged)).unwrap();
            let told = Warning::MissingEnd(Format::Png);
            assert!(avatar.report().warnings.contains(&told), "{missing}");
            assert!(!avatar.report().damaged());
            let shown = image::load_from_memory(&avatar.bytes()).unwrap().to_rgb8();
            assert_shown(&shown, HEIGHT, color);
        }
    }
}

/// Adam7 (PNG, third edition, 8.1): where the pixels of each pass begin, how far they are apart, and how large they are
/// shown as long as nothing else is there.
const PASSES: [[[u32; 2]; 3]; 7] = [
    [[0, 0], [8, 8], [8, 8]],
    [[4, 0], [8, 8], [4, 8]],
    [[0, 4], [4, 8], [4, 4]],
    [[2, 0], [4, 4], [2, 4]],
    [[0, 2], [2, 4], [2, 2]],
    [[1, 0], [2, 2], [1, 2]],
    [[0, 1], [1, 2], [1, 1]],
];

/// The rows of all passes, each with the picture once it is there.
fn interlaced() -> Vec<(Vec<u8>, Vec<[u8; 3]>)> {
    let mut picture = vec![PAPER; (WIDTH * HEIGHT) as usize];
    let mut steps = Vec::new();
    for [[left, top], [across, down], [width, height]] in PASSES {
        for y in (top..HEIGHT).step_by(down as usize) {
            let mut row = vec![0];
            for x in (left..WIDTH).step_by(across as usize) {
                row.extend(color(x, y));
                for below in y..(y + height).min(HEIGHT) {
                    for right in x..(x + width).min(WIDTH) {
                        picture[(below * WIDTH + right) as usize] = color(x, y);
                    }
                }
            }
            steps.push((row, picture.clone()));
        }
    }
    steps
}

#[test]
fn a_cut_interlaced_png_shows_the_passes_that_there_are() {
    let steps = interlaced();
    assert_eq!(steps.len(), 3 + 3 + 2 + 5 + 5 + 10 + 10);
    let all: Vec<u8> = steps.iter().flat_map(|(row, _)| row.clone()).collect();
    let photo = png(2, true, &all);
    let whole = normalize(&photo, &on_paper(Damaged::Accept)).unwrap();
    assert!(!whole.report().damaged());
    let mut end = ROWS;
    for (count, (row, picture)) in steps.iter().enumerate().take(steps.len() - 1) {
        end += row.len();
        let cut = &photo[..end + 1];
        assert_refused(cut, &on_paper(Damaged::Refuse));
        let (counts, shown) = rescued(cut, &on_paper(Damaged::Accept));
        // Each row of the first pass is as high as eight.
        assert_eq!(counts, [0, [8, 16, 20][count.min(2)], 20], "{count}");
        let at = |x: u32, y: u32| picture[(y * WIDTH + x) as usize];
        assert_shown(&shown, HEIGHT, at);
    }
    assert_refused(&photo[..ROWS + 2], &on_paper(Damaged::Accept));
}
