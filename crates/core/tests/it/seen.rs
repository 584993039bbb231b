//! Warnings about photos that look unexpected: orientations that were not applied, avatars that show nothing.

use headshot_core::{
    Background, CropBox, Fit, Limits, Options, Orientation, Quality, SideRange, StillFormat,
    normalize, probe,
};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use crate::gif_file::{GREEN, Gif, HOLE, KEEP, RED};
use crate::hidden::zlib;
use crate::kept::{chunk, insert, segment};

fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    picture.into().write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn slope(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 77]))
}

/// A TIFF block with one entry for the orientation, of a type with a value.
fn tiff(kind: u8, value: [u8; 4]) -> Vec<u8> {
    let entry = [&[0x01, 0x12, 0, kind, 0, 0, 0, 1][..], &value].concat();
    [&b"MM\0*\0\0\0\x08\0\x01"[..], &entry, &[0; 4]].concat()
}

fn warnings(photo: &[u8], options: &Options) -> Vec<String> {
    let avatar = normalize(photo, options).unwrap();
    let warnings = avatar.report().warnings.iter();
    warnings.map(ToString::to_string).collect()
}

fn said(photo: &[u8]) -> (u8, Vec<String>) {
    let info = probe(photo, &Limits::default()).unwrap();
    let warnings = info.warnings.iter().map(ToString::to_string).collect();
    (info.orientation.exif(), warnings)
}

#[test]
fn every_type_of_an_integer_turns_the_photo_and_zero_does_not() {
    let bare = file(slope(55, 44), ImageFormat::Jpeg);
    let cases = [
        (3, [0, 6, 0, 0], 6),
        (4, [0, 0, 0, 6], 6),
        (8, [0, 6, 0, 0], 6),
        (9, [0, 0, 0, 6], 6),
        (3, [0; 4], 1),
        (9, [0; 4], 1),
    ];
    for (kind, value, expected) in cases {
        let exif = [b"Exif\0\0", &tiff(kind, value)[..]].concat();
        let photo = insert(&bare, 2, &segment(0xE1, &exif));
        assert_eq!(said(&photo), (expected, vec![]), "{kind} {value:?}");
    }
}

#[test]
fn a_photo_without_anything_in_it_is_told() {
    let clear = file(
        RgbaImage::from_pixel(70, 60, Rgba([200, 30, 40, 0])),
        ImageFormat::Png,
    );
    let flattened = Options {
        format: StillFormat::Jpeg(None),
        ..Options::default()
    };
    let told = "the photo is transparent all over: the avatar has nothing but its background";
    assert!(warnings(&clear, &flattened).contains(&told.to_owned()));
    let red = Options {
        background: Background::Color([200, 30, 40]),
        ..Options::default()
    };
    assert!(warnings(&clear, &red).contains(&told.to_owned()));
}

#[test]
fn a_second_block_of_exif_data_is_called_that() {
    let bare = file(slope(55, 44), ImageFormat::Jpeg);
    let block = |value: [u8; 4]| {
        let exif = [b"Exif\0\0", &tiff(3, value)[..]].concat();
        segment(0xE1, &exif)
    };
    let both = [block([0; 4]), block([0, 6, 0, 0])].concat();
    let told = "an orientation of 6 is in a second block of EXIF data, where only some programs look: not turned";
    assert_eq!(said(&insert(&bare, 2, &both)), (1, vec![told.to_owned()]));
}

#[test]
fn orientations_where_only_some_look_are_told_and_not_followed() {
    let jpeg = file(slope(55, 44), ImageFormat::Jpeg);
    let png = file(slope(55, 44), ImageFormat::Png);
    let turned = tiff(3, [0, 6, 0, 0]);
    let in_jpeg = |segments: &[Vec<u8>]| insert(&jpeg, 2, &segments.concat());
    let in_png = |chunk: Vec<u8>| insert(&png, 33, &chunk);
    let xmp = |value: u8| format!("<x:xmpmeta><rdf:D tiff:Orientation=\"{value}\"/>").into_bytes();
    let app1 = |name: &[u8], data: &[u8]| segment(0xE1, &[name, data].concat());
    let space = b"http://ns.adobe.com/xap/1.0/\0";
    let block = [b"Exif\0\0", &turned[..]].concat();
    let digits: String = block.iter().map(|byte| format!("{byte:02x}")).collect();
    let profile = format!("\nexif\n      {}\n{digits}\n", block.len()).into_bytes();
    let text = |start: &[u8], data: &[u8]| [b"Raw profile type exif\0", start, data].concat();

    let cases = [
        (in_jpeg(&[app1(space, &xmp(6))]), "XMP data"),
        (
            in_jpeg(&[app1(b"EXIF\0\0", &turned)]),
            "EXIF data with an odd prefix",
        ),
        (
            in_png(chunk(b"eXIf", &block)),
            "EXIF data with a prefix of JPEG",
        ),
        (
            in_png(chunk(b"tEXt", &text(b"", &profile))),
            "EXIF data in a text",
        ),
        (
            in_png(chunk(b"zTXt", &text(b"\0", &zlib(&profile)))),
            "EXIF data in a text",
        ),
        (
            in_png(chunk(b"iTXt", &text(b"\x01\0en\0\0", &zlib(&profile)))),
            "EXIF data in a text",
        ),
        (
            in_png(chunk(
                b"iTXt",
                &[b"XML:com.adobe.xmp\0\0\0\0\0", &xmp(6)[..]].concat(),
            )),
            "XMP data",
        ),
        // Beyond the inflated part there may be anything.
        (
            in_png(chunk(
                b"zTXt",
                &text(b"\0", &zlib(&[&profile[..], &[b'0'; 99_999]].concat())),
            )),
            "EXIF data in a text",
        ),
    ];
    for (photo, place) in cases {
        let expected =
            format!("an orientation of 6 is in {place}, where only some programs look: not turned");
        assert_eq!(said(&photo), (1, vec![expected]));
    }

    let silent = [
        in_jpeg(&[app1(space, &xmp(1))]),
        // EXIF data takes precedence.
        in_jpeg(&[
            app1(space, &xmp(6)),
            app1(b"Exif\0\0", &tiff(3, [0, 1, 0, 0])),
        ]),
        // Too late in the text, inflating to nothing, with another name, or compressed where only plain text is read.
        in_png(chunk(
            b"tEXt",
            &text(b"", &[&vec![b'\n'; 99_999][..], &profile].concat()),
        )),
        in_png(chunk(b"zTXt", &text(b"\0", &profile))),
        in_png(chunk(
            b"zTXt",
            &[b"Raw profile type APP1\0\0", &zlib(&profile)[..]].concat(),
        )),
        in_png(chunk(
            b"iTXt",
            &[b"XML:com.adobe.xmp\0\x01\0\0\0", &zlib(&xmp(6))[..]].concat(),
        )),
    ];
    for (photo, i) in silent.iter().zip(0..) {
        assert_eq!(said(photo), (1, vec![]), "{i}");
    }
    let both = in_jpeg(&[
        app1(b"Exif\0\0", &tiff(3, [0, 8, 0, 0])),
        app1(space, &xmp(6)),
    ]);
    assert_eq!(said(&both), (Orientation::Rotate270.exif(), vec![]));
}

#[test]
fn avatars_that_show_nothing_are_warned_of() {
    const INVISIBLE: &str = "the avatar is transparent all over: there is nothing to see";
    const ONE: &str =
        "the avatar is a single color, and the photo is not: choose another crop or background";
    let side = |side| SideRange::new(side, side).unwrap();
    let plain = Options {
        side: side(64),
        ..Options::default()
    };
    let only = |photo: &[u8], options: &Options| {
        let warnings = warnings(photo, options).into_iter();
        let warnings: Vec<_> = warnings
            .filter(|text| text.starts_with("the avatar"))
            .collect();
        assert!(warnings.len() < 2);
        warnings.concat()
    };
    // Kept, and encoded again.
    let clear = RgbaImage::from_pixel(64, 64, Rgba([0; 4]));
    let clear = file(clear, ImageFormat::Png);
    assert_eq!(only(&clear, &plain), INVISIBLE);
    let larger = Options {
        side: side(80),
        ..plain.clone()
    };
    assert_eq!(only(&clear, &larger), INVISIBLE);
    let moves = |first| {
        Gif::new(20, 20, None)
            .frame([0, 0, 20, 20], HOLE, KEEP, 5)
            .frame([3, 4, 9, 8], first, KEEP, 5)
            .end()
    };
    assert_eq!(only(&moves(HOLE), &larger), INVISIBLE);
    assert_eq!(only(&moves(RED), &larger), "");
    let kept = Options {
        side: side(20),
        ..plain.clone()
    };
    assert_eq!(only(&moves(HOLE), &kept), INVISIBLE);
    assert_eq!(only(&moves(RED), &kept), "");
    // The part of it that stands still, and has one color; and an animation of one color.
    let still = |patch| {
        Gif::new(20, 20, None)
            .frame([0, 0, 20, 20], GREEN, KEEP, 5)
            .frame([3, 4, 9, 8], patch, KEEP, 5)
            .frame([12, 12, 8, 8], RED, KEEP, 5)
            .end()
    };
    let part = Options {
        fit: Fit::Crop(CropBox {
            x: 0,
            y: 13,
            side: 7,
        }),
        ..plain.clone()
    };
    assert_eq!(only(&still(RED), &part), "");
    assert_eq!(only(&still(RED), &larger), "");
    // A black drawing on nothing, laid over black; and the same over white.
    let drawing = RgbaImage::from_fn(99, 99, |x, y| {
        Rgba([0, 0, 0, if x < 40 && y < 30 { 255 } else { 0 }])
    });
    let drawing = file(drawing, ImageFormat::Png);
    let jpeg = Options {
        format: StillFormat::Jpeg(Quality::new(90)),
        ..plain.clone()
    };
    assert_eq!(only(&drawing, &plain), "");
    assert_eq!(only(&drawing, &jpeg), ONE);
    let white = Options {
        background: Background::Color([255; 3]),
        ..jpeg.clone()
    };
    assert_eq!(only(&drawing, &white), "");
    // A part of a photo that shows nothing.
    let corner = |x| Options {
        fit: Fit::Crop(CropBox { x, y: 9, side: 33 }),
        ..plain.clone()
    };
    let wall = |x, y| {
        if x < 50 {
            Rgb([90, 80, 70])
        } else {
            Rgb([x as u8, y as u8, 70])
        }
    };
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        let photo = file(RgbImage::from_fn(128, 96, wall), format);
        assert_eq!(only(&photo, &corner(4)), ONE, "{format:?}");
        assert_eq!(only(&photo, &corner(70)), "", "{format:?}");
        assert_eq!(only(&photo, &plain), "", "{format:?}");
    }
    // A photo of one color stays one.
    let flat = file(
        RgbImage::from_pixel(99, 99, Rgb([9, 99, 199])),
        ImageFormat::Jpeg,
    );
    assert_eq!(only(&flat, &corner(4)), "");
    assert_eq!(only(&flat, &jpeg), "");
}

#[test]
fn a_quarter_more_is_what_is_warned_of() {
    let enlarged = |photo: u32| {
        let options = Options {
            side: SideRange::new(500, 500).unwrap(),
            ..Options::default()
        };
        let all = warnings(&file(slope(photo, photo), ImageFormat::Png), &options);
        all.iter().any(|warning| warning.contains("will look soft"))
    };
    assert_eq!(
        [399, 400, 401, 490].map(enlarged),
        [true, true, false, false]
    );
}
