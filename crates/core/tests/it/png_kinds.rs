//! The kind of PNG that an avatar becomes: the smallest that shows the same.

use headshot_core::{Fit, Options, SideRange, Step, normalize};
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use png::{BitDepth, ColorType, Decoder};

const SIDE: u32 = 600;

/// An avatar of a picture that is a column too wide, so that it is encoded and not resampled; and its kind by another decoder.
fn made(pixel: impl Fn(u32, u32) -> [u8; 4]) -> (Vec<u8>, ColorType, BitDepth) {
    let picture = RgbaImage::from_fn(SIDE + 1, SIDE, |x, y| Rgba(pixel(x, y)));
    let mut photo = std::io::Cursor::new(Vec::new());
    let picture = DynamicImage::from(picture);
    picture.write_to(&mut photo, ImageFormat::Png).unwrap();
    let options = Options {
        fit: Fit::Cover,
        side: SideRange::new(SIDE, SIDE).unwrap(),
        ..Options::default()
    };
    let avatar = normalize(photo.get_ref(), &options).unwrap();
    let bytes = avatar.bytes().to_vec();
    let shown = image::load_from_memory(&bytes).unwrap().into_rgba8();
    for (x, y, found) in shown.enumerate_pixels() {
        // Multiplied by alpha, that is, as it is composited.
        let seen = |[r, g, b, alpha]: [u8; 4]| {
            let color = |c: u8| (u32::from(c) * u32::from(alpha) + 127) / 255;
            ([r, g, b].map(color), alpha)
        };
        assert_eq!(seen(found.0), seen(pixel(x, y)), "{x} {y}");
    }
    // The result complies, and is kept the next time.
    let again = normalize(&bytes, &options).unwrap();
    assert!(matches!(again.report().steps[..], [Step::Keep(_)]));
    assert_eq!(again.bytes(), bytes);
    let reader = Decoder::new(std::io::Cursor::new(&bytes))
        .read_info()
        .unwrap();
    let (color, depth) = (reader.info().color_type, reader.info().bit_depth);
    (bytes, color, depth)
}

#[test]
fn a_picture_is_stored_in_as_few_bits_as_it_needs() {
    let kind = |pixel: fn(u32, u32) -> [u8; 4]| {
        let (_, color, depth) = made(pixel);
        (color, depth)
    };
    let checks = |x: u32, y: u32, count: u32| (x / 37 + y / 29) % count;
    assert_eq!(
        kind(|x, y| match (x / 37 + y / 29) % 2 {
            0 => [0, 0, 0, 255],
            _ => [255; 4],
        }),
        (ColorType::Grayscale, BitDepth::One)
    );
    let (_, color, depth) = made(|x, y| {
        let level = [0, 85, 170, 255][checks(x, y, 4) as usize];
        [level, level, level, 255]
    });
    assert_eq!((color, depth), (ColorType::Grayscale, BitDepth::Two));
    let (_, color, depth) = made(|x, y| {
        let level = 17 * checks(x, y, 16) as u8;
        [level, level, level, 255]
    });
    assert_eq!((color, depth), (ColorType::Grayscale, BitDepth::Four));
    let palettes = [
        (2, BitDepth::One),
        (4, BitDepth::Two),
        (15, BitDepth::Four),
        (200, BitDepth::Eight),
    ];
    for (colors, bits) in palettes {
        for transparent in [false, true] {
            let (bytes, color, depth) = made(|x, y| {
                let number = checks(x, y, colors) as u8;
                if transparent && number == 1 {
                    [0; 4]
                } else {
                    [number, 200 - number, 11, 255]
                }
            });
            assert_eq!((color, depth), (ColorType::Indexed, bits), "{colors}");
            let has_alphas = bytes.windows(4).any(|kind| kind == b"tRNS");
            assert_eq!(has_alphas, transparent);
        }
    }
    // Levels that few bits cannot distinguish, and more than a small palette has.
    assert_eq!(
        kind(|x, y| {
            let level = (x / 4 + y / 5) as u8;
            [level, level, level, 255]
        }),
        (ColorType::Grayscale, BitDepth::Eight)
    );
    assert_eq!(
        kind(|x, y| [x as u8, y as u8, (x / 256) as u8, 255]),
        (ColorType::Rgb, BitDepth::Eight)
    );
    assert_eq!(
        kind(|x, y| {
            let level = (x / 3) as u8;
            [level, level, level, (y / 3) as u8]
        }),
        (ColorType::GrayscaleAlpha, BitDepth::Eight)
    );
    assert_eq!(
        kind(|x, y| [x as u8, y as u8, 99, (x / 5 + y / 4) as u8]),
        (ColorType::Rgba, BitDepth::Eight)
    );
}
