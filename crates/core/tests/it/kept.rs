//! A photo that complies already keeps the coding of its pixels, and loses everything else.

use headshot_core::{
    Avatar, Background, Error, Format, Options, Quality, SideRange, Step, StillFormat, normalize,
};

use crate::file;
use crate::gif_file::{BACKGROUND, BLUE, GREEN, Gif, HOLE, KEEP, RED, screens};

const SECRET: &[u8] = b"52.3702 N, 4.8952 E";

fn options(side: u32) -> Options {
    Options {
        side: SideRange::new(side, side).unwrap(),
        ..Options::default()
    }
}

/// An avatar, which complies with the options that made it.
pub(crate) fn avatar(name: &str, side: u32) -> Vec<u8> {
    normalize(&file(name), &options(side))
        .unwrap()
        .bytes()
        .to_vec()
}

pub(crate) fn is_kept(avatar: &Avatar) -> bool {
    matches!(avatar.report().steps[..], [Step::Keep(format)] if format == avatar.format())
}

pub(crate) fn insert(bytes: &[u8], at: usize, more: &[u8]) -> Vec<u8> {
    [&bytes[..at], more, &bytes[at..]].concat()
}

pub(crate) fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16 + 2).to_be_bytes();
    [&[0xFF, marker], &length[..], content].concat()
}

pub(crate) fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let named = [&kind[..], content].concat();
    // ISO 3309, as in annex D of the PNG specification.
    let crc = !named.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    });
    let length = (content.len() as u32).to_be_bytes();
    [&length[..], &named, &crc.to_be_bytes()].concat()
}

#[test]
fn a_jpeg_loses_its_metadata_and_nothing_else() {
    let bare = avatar("still/plain.jpg", 64);
    let exif = [&b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"[..], SECRET].concat();
    let mut photo = insert(&bare, 2, &segment(0xE1, &exif));
    // A comment and fill bytes before the scan, and a second picture after the end.
    let scan = photo.windows(2).position(|pair| pair == [0xFF, 0xDA]);
    let scan = scan.unwrap();
    photo = insert(
        &photo,
        scan,
        &[&segment(0xFE, SECRET)[..], &[0xFF; 9]].concat(),
    );
    photo.extend_from_slice(&bare);
    photo.extend_from_slice(SECRET);

    let kept = normalize(&photo, &options(64)).unwrap();
    assert!(is_kept(&kept), "{:?}", kept.report().steps);
    assert!(kept.bytes() == bare);
    assert_eq!(
        (kept.format(), kept.side(), kept.frames()),
        (Format::Jpeg, 64, 1)
    );

    for anew in [
        Options {
            format: StillFormat::Auto(Quality::new(90)),
            ..options(64)
        },
        options(65),
        Options {
            background: Background::Transparent,
            ..options(64)
        },
    ] {
        assert!(!is_kept(&normalize(&photo, &anew).unwrap()), "{anew:?}");
    }
    let asked = Options {
        format: StillFormat::Jpeg(None),
        ..options(64)
    };
    assert!(is_kept(&normalize(&photo, &asked).unwrap()));

    let cut = normalize(&photo[..scan + 300], &options(64));
    assert!(matches!(cut, Err(Error::Damaged { .. })), "{cut:?}");
    let turned = file("still/orient-6.jpg");
    assert!(!is_kept(&normalize(&turned, &options(64)).unwrap()));
}

#[test]
fn a_png_loses_its_metadata_and_nothing_else() {
    for name in ["still/rgba8.png", "still/rgb8.png"] {
        let bare = avatar(name, 64);
        let text = chunk(b"tEXt", &[b"Comment\0", SECRET].concat());
        // After the image header of 8 + 25 bytes, and before the end chunk of 12.
        let photo = insert(&bare, 33, &[text.clone(), chunk(b"tIME", &[7; 7])].concat());
        let photo = insert(&photo, photo.len() - 12, &text);
        let photo = [&photo[..], SECRET].concat();
        let kept = normalize(&photo, &options(64)).unwrap();
        assert!(is_kept(&kept), "{name}: {:?}", kept.report().steps);
        assert!(kept.bytes() == bare, "{name}");
        let mut broken = photo;
        let at = broken.windows(4).position(|kind| kind == b"IDAT").unwrap() + 30;
        broken[at] ^= 1;
        let refused = normalize(&broken, &options(64));
        assert!(matches!(refused, Err(Error::Damaged { .. })), "{name}");
    }
}

#[test]
fn a_gif_loses_its_metadata_and_nothing_else() {
    let comment = [&b"!\xfe"[..], &[SECRET.len() as u8], SECRET, &[0]].concat();
    let xmp = [
        &b"!\xff\x0bXMP DataXMP"[..],
        &[SECRET.len() as u8],
        SECRET,
        &[0],
    ]
    .concat();
    let make = |extra: [&[u8]; 2]| {
        let mut gif = Gif::new(20, 20, Some(7));
        gif.0.extend(extra[0]);
        let mut gif =
            gif.frame([0, 0, 20, 20], RED, KEEP, 5)
                .frame([3, 4, 9, 8], GREEN, BACKGROUND, 1);
        gif.0.extend(extra[1]);
        gif.frame([9, 9, 11, 11], BLUE, KEEP, 300)
            .frame([0, 0, 2, 2], HOLE, KEEP, 0)
            .end()
    };
    let (bare, photo) = (make([&[], &[]]), make([&comment, &xmp]));
    let kept = normalize(&photo, &options(20)).unwrap();
    assert!(is_kept(&kept), "{:?}", kept.report().steps);
    assert!(kept.bytes() == normalize(&bare, &options(20)).unwrap().bytes());
    assert_eq!((kept.format(), kept.frames()), (Format::Gif, 4));
    assert_eq!(screens(&kept.bytes()).0, screens(&photo).0);

    // What only browsers forgive is rewritten: a missing trailer, a frame that reaches beyond the canvas.
    let beyond = Gif::new(20, 20, None)
        .frame([0, 0, 20, 20], RED, KEEP, 5)
        .frame([15, 15, 9, 9], GREEN, KEEP, 5)
        .end();
    let made = normalize(&beyond, &options(20)).unwrap();
    assert!(matches!(made.report().steps[..], [Step::Encode { .. }]));
}

#[test]
fn making_an_avatar_of_an_avatar_changes_nothing() {
    for name in [
        "still/astronaut.jpg",
        "still/gray.jpg",
        "still/cmyk.jpg",
        "still/rgba16.png",
        "still/palette4.png",
        "animated/opaque.gif",
        "animated/background.gif",
    ] {
        let once = normalize(&file(name), &Options::default()).unwrap();
        let twice = normalize(&once.bytes(), &Options::default()).unwrap();
        assert!(is_kept(&twice), "{name}: {:?}", twice.report().steps);
        assert!(once.bytes() == twice.bytes(), "{name}");
    }
}
