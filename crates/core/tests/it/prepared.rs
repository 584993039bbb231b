//! Avatars of a photo that is held: byte for byte the same as of one that is not, in whatever order they are requested.

use headshot_core::{
    Background, CropBox, Damaged, Error, FaceFit, Fit, Limits, Options, Prepared, Quality,
    SideRange, StillFormat, normalize, probe,
};

use crate::file;

/// Stills of every kind, with every orientation, and animations.
const PHOTOS: [&str; 24] = [
    "still/astronaut.jpg",
    "still/plain.jpg",
    "still/large.jpg",
    "still/progressive.jpg",
    "still/gray.jpg",
    "still/p3.jpg",
    "still/cmyk.jpg",
    "still/subsampling-411.jpg",
    "still/subsampling-422.jpg",
    "still/subsampling-444.jpg",
    "still/orient-5.jpg",
    "still/orient-6.jpg",
    "still/orient-7.png",
    "still/orient-8.png",
    "still/orient-6-lossy.webp",
    "still/rgb8.png",
    "still/rgba16.png",
    "still/interlaced-rgba16.png",
    "still/apng-default-image.png",
    "still/lossy-large.webp",
    "still/lossy-alpha-large.webp",
    "still/p3-lossy.webp",
    "still/transparent.gif",
    "animated/blend.png",
];

#[cfg(feature = "heic")]
const HEICS: [&str; 6] = [
    "heic/grid.heic",
    "heic/grid-turned.heic",
    "heic/cut-and-turned.heic",
    "heic/halved-across.heic",
    "heic/alpha.heic",
    "heic/limited.heic",
];
#[cfg(not(feature = "heic"))]
const HEICS: [&str; 0] = [];

/// Requests while somebody drags a square, and changes their mind: planes, pixels, planes of another scale, and planes again.
fn asked(photo: &[u8]) -> Vec<Options> {
    let size = probe(photo, &Limits::default()).unwrap().size;
    let (shorter, longer) = (size.shorter(), size.longer());
    let square = |x: u32, y: u32, side: u32| {
        let side = side.clamp(1, shorter);
        Fit::Crop(CropBox {
            x: x.min(size.width() - side),
            y: y.min(size.height() - side),
            side,
        })
    };
    let side = |side| SideRange::new(side, side).unwrap();
    let plain = Options::default();
    let of = |fit: Fit| Options {
        fit,
        ..plain.clone()
    };
    vec![
        of(Fit::Contain),
        of(square(11, 3, shorter / 2)),
        of(square(12, 5, shorter / 2)),
        Options {
            background: Background::Blur,
            format: StillFormat::Png,
            ..of(Fit::Contain)
        },
        Options {
            side: side(64),
            ..of(square(7, 2, shorter * 2 / 3))
        },
        Options {
            side: side(33),
            ..of(Fit::Cover)
        },
        Options {
            side: side(20),
            ..of(square(1, 9, shorter - 3))
        },
        Options {
            background: Background::Color([10, 200, 30]),
            format: StillFormat::Jpeg(Quality::new(77)),
            side: side(longer.clamp(8, 300) & !1),
            ..of(Fit::Contain)
        },
        of(Fit::Face(FaceFit::default())),
        Options {
            background: Background::Edge,
            damaged: Damaged::Accept,
            ..of(Fit::Contain)
        },
        of(Fit::Face(FaceFit::default())),
        of(square(11, 3, shorter / 2)),
    ]
}

#[test]
fn a_photo_that_is_held_makes_the_same_avatars() {
    for name in PHOTOS.into_iter().chain(HEICS) {
        let photo = file(name);
        let prepared = Prepared::new(photo.clone().into());
        for (number, options) in asked(&photo).iter().enumerate() {
            let what = format!("{name}, number {number}: {options:?}");
            match (normalize(&photo, options), prepared.normalize(options)) {
                (Ok(plain), Ok(held)) => {
                    let (report, told) = (plain.report(), held.report());
                    assert_eq!(report.steps, told.steps, "{what}");
                    assert_eq!(report.warnings, told.warnings, "{what}");
                    assert_eq!(report.faces, told.faces, "{what}");
                    assert!(plain.bytes() == held.bytes(), "{what}");
                }
                (Err(plain), Err(held)) => {
                    assert_eq!(plain.to_string(), held.to_string(), "{what}")
                }
                (plain, held) => panic!("{what}: {plain:?} and {held:?}"),
            }
        }
    }
}

#[test]
fn what_is_damaged_is_told_each_time() {
    for name in [
        "bad/truncated.jpg",
        "bad/truncated.png",
        "bad/truncated.gif",
    ] {
        let photo = file(name);
        let prepared = Prepared::new(photo.clone().into());
        let accept = Options {
            damaged: Damaged::Accept,
            ..Options::default()
        };
        for _ in 0..2 {
            let refused = prepared.normalize(&Options::default());
            assert!(matches!(refused, Err(Error::Damaged { .. })), "{name}");
            let plain = normalize(&photo, &accept).unwrap();
            let held = prepared.normalize(&accept).unwrap();
            assert!(held.report().damaged(), "{name}");
            assert_eq!(plain.report().warnings, held.report().warnings, "{name}");
            assert!(plain.bytes() == held.bytes(), "{name}");
        }
    }
}
