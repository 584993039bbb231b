//! Colors declared by metadata other than an ICC profile. The values are what Chromium 148 shows.

use headshot_core::{Avatar, Limits, Options, SideRange, Step, StillFormat, normalize, probe};

use crate::hidden::zlib;
use crate::kept::{chunk, insert, segment};

/// What the photos show at the top left, and everywhere else.
const PATCH: [u8; 3] = [200, 60, 40];
const GRAY: [u8; 3] = [128; 3];

/// A PNG of 64 x 64 pixels with chunks before those of its pixels: a patch of one color on another.
fn png([patch, ground]: Shown, chunks: &[Vec<u8>]) -> Vec<u8> {
    let row = |y: usize| {
        let pixels = (0..64).map(|x| if x < 20 && y < 30 { patch } else { ground });
        [vec![0], pixels.flatten().collect()].concat()
    };
    let rows: Vec<u8> = (0..64).flat_map(row).collect();
    let header = [0, 0, 0, 64, 0, 0, 0, 64, 8, 2, 0, 0, 0];
    [
        b"\x89PNG\r\n\x1A\n".to_vec(),
        chunk(b"IHDR", &header),
        chunks.concat(),
        chunk(b"IDAT", &zlib(&rows)),
        chunk(b"IEND", b""),
    ]
    .concat()
}

fn cicp(primaries: u8, transfer: u8) -> Vec<u8> {
    chunk(b"cICP", &[primaries, transfer, 0, 1])
}

fn gama(gamma: u32) -> Vec<u8> {
    chunk(b"gAMA", &gamma.to_be_bytes())
}

/// White, red, green and blue, in units of 0.00001.
fn chrm(points: [u32; 8]) -> Vec<u8> {
    chunk(b"cHRM", points.map(u32::to_be_bytes).as_flattened())
}

const P3: [u32; 8] = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000];
const SRGB: [u32; 8] = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000];

/// A zlib stream in an iCCP chunk.
fn iccp(profile: &[u8]) -> Vec<u8> {
    chunk(b"iCCP", &[b"name\0\0", &zlib(profile)[..]].concat())
}

fn made(photo: &[u8]) -> Avatar {
    let options = Options {
        side: SideRange::new(64, 64).unwrap(),
        format: StillFormat::Png,
        ..Options::default()
    };
    normalize(photo, &options).unwrap()
}

/// The colors of the patch and of its surroundings.
type Shown = [[u8; 3]; 2];

fn shown(avatar: &Avatar) -> Shown {
    let picture = image::load_from_memory(&avatar.bytes()).unwrap().to_rgb8();
    [[9, 9], [50, 40]].map(|[x, y]| picture.get_pixel(x, y).0)
}

fn told<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

fn assert_near(found: Shown, expected: Shown, what: &str) {
    let mut pairs = found.as_flattened().iter().zip(expected.as_flattened());
    let is_near = pairs.all(|(found, expected)| found.abs_diff(*expected) <= 1);
    assert!(is_near, "{what}: {found:?}, not {expected:?}");
}

fn is_kept(avatar: &Avatar) -> bool {
    matches!(avatar.report().steps[..], [Step::Keep(_)])
}

#[test]
fn colors_are_converted_and_the_step_says_from_which() {
    let cases: [(&[Vec<u8>], Shown, &str); 7] = [
        (
            &[cicp(12, 13)],
            [[217, 42, 23], GRAY],
            "Display P3, sRGB curve (cICP)",
        ),
        (
            &[cicp(1, 8)],
            [[229, 133, 110], [188; 3]],
            "BT.709, linear (cICP)",
        ),
        (
            &[cicp(9, 1)],
            [[244, 0, 0], [121; 3]],
            "BT.2020, BT.709 curve (cICP)",
        ),
        (
            &[cicp(12, 4)],
            [[219, 37, 13], [129; 3]],
            "Display P3, gamma 2.2 (cICP)",
        ),
        (
            &[gama(100_000)],
            [[229, 133, 110], [188; 3]],
            "gamma 1.00 (gAMA)",
        ),
        (
            &[gama(45_455), chrm(P3)],
            [[219, 37, 13], [129; 3]],
            "gamma 2.20 (gAMA, cHRM)",
        ),
        (
            &[gama(55_556), chrm(SRGB)],
            [[210, 77, 53], [146; 3]],
            "gamma 1.80 (gAMA, cHRM)",
        ),
    ];
    for (chunks, expected, name) in cases {
        let photo = png([PATCH, GRAY], chunks);
        let avatar = made(&photo);
        assert_near(shown(&avatar), expected, name);
        let steps = told(&avatar.report().steps);
        assert_eq!(
            steps[0],
            format!("converted colors to sRGB from \"{name}\"")
        );
        assert!(
            avatar.report().warnings.len() == 1,
            "{:?}",
            avatar.report().warnings
        );
        let info = probe(&photo, &Limits::default()).unwrap();
        assert_eq!(info.profile.unwrap().name(), name);
    }
}

#[test]
fn linear_samples_of_16_bits_keep_their_shadows() {
    // Light of 1/2000 to 1/500, which is 0 in 8 bits except for the last; and half transparent.
    let light = [0.0005_f64, 0.0010, 0.0015, 0.0020];
    for (color, channels) in [(2, 3), (4, 1), (6, 3), (0, 1)] {
        let has_alpha = color >= 4;
        let row = (0..64).flat_map(|x| {
            let sample = (light[x / 16] * 65_535.0).round() as u16;
            let mut pixel = vec![sample; channels];
            pixel.extend(has_alpha.then_some(0x8080));
            pixel.into_iter().flat_map(u16::to_be_bytes)
        });
        let row: Vec<u8> = [vec![0], row.collect()].concat();
        let photo = [
            b"\x89PNG\r\n\x1A\n".to_vec(),
            chunk(b"IHDR", &[0, 0, 0, 64, 0, 0, 0, 64, 16, color, 0, 0, 0]),
            gama(100_000),
            chunk(b"IDAT", &zlib(&row.repeat(64))),
            chunk(b"IEND", b""),
        ];
        let avatar = made(&photo.concat());
        let picture = image::load_from_memory(&avatar.bytes()).unwrap().to_rgba8();
        for (light, x) in light.into_iter().zip([8, 24, 40, 56]) {
            let gray = (light * 12.92 * 255.0).round() as u8;
            let alpha: u8 = if has_alpha { 128 } else { 255 };
            // As it is shown: under partial alpha a color is rounded to what remains distinguishable.
            let shown = |level: u8| (u32::from(level) * u32::from(alpha) + 127) / 255;
            let [r, g, b, found] = picture.get_pixel(x, 30).0;
            assert_eq!(
                ([r, g, b].map(shown), found),
                ([shown(gray); 3], alpha),
                "{color}"
            );
        }
    }
}

#[test]
fn hdr_is_mapped_and_warned_of() {
    let colors = [[96, 64, 159], [128, 96, 64]];
    let content = |light: u32| {
        chunk(
            b"cLLI",
            [light * 10_000, 0].map(u32::to_be_bytes).as_flattened(),
        )
    };
    let screen = |light: u32| {
        let light = [light * 10_000, 1].map(u32::to_be_bytes);
        chunk(b"mDCV", &[&[0; 16], light.as_flattened()].concat())
    };
    let cases: [(&[Vec<u8>], _, _); 6] = [
        (&[cicp(9, 16)], colors, [[52, 2, 222], [159, 57, 13]]),
        (&[cicp(9, 18)], colors, [[75, 40, 123], [109, 69, 43]]),
        (&[cicp(9, 16)], [[128; 3], [159; 3]], [[132; 3], [212; 3]]),
        (&[cicp(9, 18)], [[128; 3], [159; 3]], [[99; 3], [134; 3]]),
        // As bright as they say; the content takes precedence over the screen.
        (
            &[cicp(9, 16), screen(400)],
            [[128; 3], [90; 3]],
            [[163; 3], [77; 3]],
        ),
        (
            &[cicp(9, 16), screen(4000), content(400)],
            [[128; 3], [90; 3]],
            [[163; 3], [77; 3]],
        ),
    ];
    for (chunks, colors, expected) in cases {
        let avatar = made(&png(colors, chunks));
        assert_near(shown(&avatar), expected, &format!("{colors:?}"));
        let warnings = told(&avatar.report().warnings);
        assert!(
            warnings[0].starts_with("it is an HDR picture: "),
            "{warnings:?}"
        );
        assert!(!is_kept(&avatar));
    }
}

#[test]
fn what_says_srgb_or_too_little_is_kept() {
    let cases: [&[Vec<u8>]; 8] = [
        &[],
        &[gama(45_455)],
        &[chrm(P3)],
        &[chrm(SRGB), gama(45_455)],
        &[chunk(b"sRGB", &[0]), gama(45_455)],
        // sRGB takes precedence over the others, wherever it is.
        &[gama(100_000), chrm(P3), chunk(b"sRGB", &[0])],
        &[cicp(1, 13)],
        &[cicp(1, 13), gama(100_000), chrm(P3)],
    ];
    for (chunks, i) in cases.into_iter().zip(0..) {
        let avatar = made(&png([PATCH, GRAY], chunks));
        assert!(is_kept(&avatar), "{i}: {:?}", avatar.report().steps);
        assert_eq!(shown(&avatar), [PATCH, GRAY], "{i}");
        assert_eq!(avatar.report().warnings.len(), 1, "{i}");
        assert!(
            !avatar.bytes().windows(4).any(|kind| kind == b"gAMA"),
            "{i}"
        );
    }
}

#[test]
fn a_chunk_that_cannot_be_used_is_told_and_the_next_one_counts() {
    let usable = || gama(100_000);
    let bad = |chunk: &[u8], name: &'static str| (chunk.to_vec(), name);
    let cases = [
        // Video samples, and a matrix.
        bad(&chunk(b"cICP", &[12, 13, 0, 0]), "cICP"),
        bad(&chunk(b"cICP", &[12, 13, 1, 1]), "cICP"),
        bad(&chunk(b"cICP", &[12, 13, 0]), "cICP"),
        bad(&cicp(2, 13), "cICP"),
        bad(&cicp(12, 9), "cICP"),
    ];
    for (chunk, name) in cases {
        let avatar = made(&png([PATCH, GRAY], &[chunk.clone(), usable()]));
        let expected =
            format!("its {name} chunk is damaged or of a kind that is not supported: ignored");
        assert_eq!(told(&avatar.report().warnings)[0], expected);
        assert_near(shown(&avatar), [[229, 133, 110], [188; 3]], name);
        let avatar = made(&png([PATCH, GRAY], &[chunk]));
        assert!(is_kept(&avatar) && avatar.report().warnings.len() == 2);
    }
    for (chunks, name) in [
        (vec![gama(0)], "gAMA"),
        (vec![chunk(b"gAMA", &[1, 2])], "gAMA"),
        (vec![gama(u32::MAX), chrm(P3)], "gAMA"),
        (vec![chunk(b"gAMA", &[0, 1, 134, 160, 0])], "gAMA"),
    ] {
        let avatar = made(&png([PATCH, GRAY], &chunks));
        assert!(told(&avatar.report().warnings)[0].starts_with(&format!("its {name} chunk ")));
        assert_eq!(shown(&avatar), [PATCH, GRAY]);
    }
    // Chunks of the wrong length, or out of range, are ignored: gAMA counts.
    let garbage = iccp(b"no profile at all");
    for (chunk, name) in [
        (chrm([0; 8]), "cHRM"),
        (chrm([33_333; 8]), "cHRM"),
        (chunk(b"cHRM", &[1; 31]), "cHRM"),
        (chunk(b"cHRM", &[1; 36]), "cHRM"),
        (chunk(b"sRGB", &[]), "sRGB"),
        (chunk(b"sRGB", &[9]), "sRGB"),
        (chunk(b"iCCP", b"no stream"), "iCCP"),
        (garbage, "iCCP"),
    ] {
        let avatar = made(&png([PATCH, GRAY], &[gama(100_000), chunk]));
        let expected =
            format!("its {name} chunk is damaged or of a kind that is not supported: ignored");
        assert_eq!(told(&avatar.report().warnings)[0], expected);
        assert_near(shown(&avatar), [[229, 133, 110], [188; 3]], name);
    }
    // Values within a twentieth of 45455 mean sRGB.
    for (gamma, is_usual) in [
        (43_000, false),
        (44_000, true),
        (47_000, true),
        (48_000, false),
    ] {
        let avatar = made(&png([PATCH, GRAY], &[gama(gamma)]));
        assert_eq!(is_kept(&avatar), is_usual, "{gamma}");
    }
}

#[test]
fn a_profile_goes_before_gamma_and_behind_code_points() {
    // The profile of the astronaut: Display P3.
    let photo = crate::file("still/astronaut.jpg");
    let at = photo
        .windows(12)
        .position(|part| part == b"ICC_PROFILE\0")
        .unwrap();
    let length = u16::from_be_bytes([photo[at - 2], photo[at - 1]]);
    let profile = iccp(&photo[at + 14..at + usize::from(length) - 2]);
    let p3 = [[217, 42, 23], GRAY];
    let srgb = chunk(b"sRGB", &[0]);
    let avatar = made(&png([PATCH, GRAY], &[gama(100_000), srgb, profile.clone()]));
    assert_near(shown(&avatar), p3, "the profile");
    let avatar = made(&png([PATCH, GRAY], &[profile.clone(), cicp(1, 8)]));
    assert_near(shown(&avatar), [[229, 133, 110], [188; 3]], "cICP");
    // After the pixels nothing counts.
    let photo = png([PATCH, GRAY], &[]);
    let late = insert(
        &photo,
        photo.len() - 12,
        &[cicp(12, 13), gama(100_000)].concat(),
    );
    assert!(is_kept(&made(&late)));
}

/// EXIF data with a color space and an interoperability index (DCF 2.0).
fn exif(space: u16, index: &[u8; 4]) -> Vec<u8> {
    let mut tiff =
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x1A\0\0\0\0".to_vec();
    tiff.extend(b"\0\x02\xA0\x01\0\x03\0\0\0\x01");
    tiff.extend(space.to_be_bytes());
    tiff.extend(b"\0\0\xA0\x05\0\x04\0\0\0\x01\0\0\0\x38\0\0\0\0");
    tiff.extend([&b"\0\x01\0\x01\0\x02\0\0\0\x04"[..], index, &[0; 4]].concat());
    segment(0xE1, &tiff)
}

#[test]
fn a_camera_says_adobe_rgb_in_exif_data() {
    let picture = image::RgbImage::from_pixel(64, 64, image::Rgb([120, 160, 90]));
    let mut bare = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bare, 100);
    picture.write_with_encoder(encoder).unwrap();
    let with = |segments: &[Vec<u8>]| made(&insert(&bare, 2, &segments.concat()));

    let avatar = with(&[exif(0xFFFF, b"R03\0")]);
    let steps = told(&avatar.report().steps);
    assert_eq!(
        steps[0],
        "converted colors to sRGB from \"Adobe RGB (EXIF)\""
    );
    let [shown, _] = shown(&avatar);
    // By the matrices of both standards in floating point.
    let is_near = shown
        .iter()
        .zip([99, 161, 85])
        .all(|(a, b)| a.abs_diff(b) <= 2);
    assert!(is_near, "{shown:?}");

    // A declared sRGB or another index has no effect, and a profile takes precedence.
    let profile = crate::file("still/srgb-profile.jpg");
    let at = profile
        .windows(12)
        .position(|part| part == b"ICC_PROFILE\0")
        .unwrap();
    let length = usize::from(u16::from_be_bytes([profile[at - 2], profile[at - 1]]));
    let profile = segment(0xE2, &profile[at..at + length - 2]);
    for segments in [
        vec![exif(1, b"R03\0")],
        vec![exif(0xFFFF, b"R98\0")],
        vec![exif(0xFFFF, b"R03\0"), profile],
    ] {
        let steps = told(&with(&segments).report().steps);
        assert!(steps[0].starts_with("encoded"), "{steps:?}");
    }
}
