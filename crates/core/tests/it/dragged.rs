//! A square that is dragged over a JPEG makes the same avatars as without what is held, whatever was wanted before.

use headshot_core::{
    CropBox, Damaged, Fit, Options, Prepared, Quality, Rotation, SideRange, StillFormat, normalize,
    probe,
};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::file;

/// JPEGs of every sampling, coding and kind of colors, upright and turned, with sides that are no multiples of blocks.
const PHOTOS: [&str; 20] = [
    "still/astronaut.jpg",
    "still/plain.jpg",
    "still/large.jpg",
    "still/progressive.jpg",
    "still/restart.jpg",
    "still/gray.jpg",
    "still/rgb.jpg",
    "still/p3.jpg",
    "still/gray-profile.jpg",
    "still/cmyk.jpg",
    "still/cmyk-profile.jpg",
    "still/ycck.jpg",
    "still/ycck-progressive.jpg",
    "still/subsampling-411.jpg",
    "still/subsampling-422.jpg",
    "still/subsampling-440.jpg",
    "still/subsampling-444.jpg",
    "still/orient-3.jpg",
    "still/orient-5.jpg",
    "still/orient-8.jpg",
];

/// Squares in odd places and other crops, at full, half and a quarter of the scale, as JPEG and PNG, in an order that mixes them.
fn wanted(photo: &[u8]) -> Vec<Options> {
    let size = probe(photo, &Options::default().limits).unwrap().size;
    let mut wanted = Vec::new();
    for (number, part) in (0..).zip([2, 4, 9]) {
        let side = size.shorter() * 4 / 5 - number;
        let square = |x: u32, y: u32| {
            Fit::Crop(CropBox {
                x: x.min(size.width() - side),
                y: y.min(size.height() - side),
                side,
            })
        };
        for fit in [
            square(11 + number, 3),
            square(7, 5 + number),
            square(size.width(), size.height()),
            Fit::Cover,
            Fit::Contain,
        ] {
            for format in [
                StillFormat::Jpeg(Quality::new(77)),
                StillFormat::Auto(None),
                StillFormat::Png,
            ] {
                // An even side, at which planes stay planes.
                let side = (side / part + 1) & !1;
                wanted.push(Options {
                    fit,
                    format,
                    side: SideRange::new(side, side).unwrap(),
                    ..Options::default()
                });
            }
        }
    }
    let count = wanted.len();
    (0..count)
        .map(|step| wanted[step * 22 % count].clone())
        .collect()
}

fn assert_same(photo: &[u8], wanted: &[Options], name: &str) {
    let prepared = Prepared::new(photo.to_vec().into());
    for (number, options) in wanted.iter().enumerate() {
        let what = format!("{name}, number {number}: {options:?}");
        match (normalize(photo, options), prepared.normalize(options)) {
            (Ok(plain), Ok(held)) => {
                let (report, told) = (plain.report(), held.report());
                assert_eq!(report.warnings, told.warnings, "{what}");
                assert!(plain.bytes() == held.bytes(), "{what}");
            }
            (Err(plain), Err(held)) => assert_eq!(plain.to_string(), held.to_string(), "{what}"),
            (plain, held) => panic!("{what}: {plain:?} and {held:?}"),
        }
    }
}

/// A photo full of detail.
fn made(sampling: SamplingFactor, progressive: bool) -> Vec<u8> {
    let (width, height) = (203, 157);
    let mut seed = 7u32;
    let pixels: Vec<u8> = (0..width * height * 3)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        })
        .collect();
    let mut photo = Vec::new();
    let mut encoder = Encoder::new(&mut photo, 95);
    encoder.set_sampling_factor(sampling);
    encoder.set_progressive(progressive);
    encoder
        .encode(&pixels, width as u16, height as u16, ColorType::Rgb)
        .unwrap();
    photo
}

#[test]
fn a_square_that_is_dragged_makes_the_same_avatars() {
    for name in PHOTOS {
        let photo = file(name);
        assert_same(&photo, &wanted(&photo), name);
    }
}

#[test]
fn a_square_that_is_dragged_over_noise_makes_the_same_avatars() {
    for sampling in [
        SamplingFactor::F_1_1,
        SamplingFactor::F_2_1,
        SamplingFactor::F_1_2,
        SamplingFactor::F_2_2,
        SamplingFactor::F_4_1,
    ] {
        for progressive in [false, true] {
            let photo = made(sampling, progressive);
            let name = format!("{sampling:?}, progressive: {progressive}");
            assert_same(&photo, &wanted(&photo), &name);
        }
    }
}

#[test]
fn a_photo_may_be_turned_between_two_squares() {
    let photo = file("still/orient-6.jpg");
    let turns = [Rotation::None, Rotation::By90, Rotation::By180];
    let mut turned = wanted(&photo);
    for (options, rotate) in turned.iter_mut().zip(turns.into_iter().cycle()) {
        options.rotate = rotate;
    }
    assert_same(&photo, &turned, "turned");
}

#[test]
fn what_is_wrong_with_a_photo_is_told_for_each_square() {
    let cut = |name: &str, less: usize| {
        let mut photo = file(name);
        photo.truncate(photo.len() - less);
        photo
    };
    let mut flipped = file("still/plain.jpg");
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    // The end marker, and some of the pixels.
    let photos = [
        ("no end", cut("still/large.jpg", 2)),
        ("no end, progressive", cut("still/progressive.jpg", 2)),
        ("cut", cut("still/large.jpg", 4000)),
        ("cut, progressive", cut("still/progressive.jpg", 300)),
        ("cut, cmyk", cut("still/cmyk.jpg", 300)),
        ("flipped", flipped),
    ];
    for (name, photo) in photos {
        let mut wanted = wanted(&photo);
        assert_same(&photo, &wanted, name);
        let treatments = [Damaged::Accept, Damaged::Refuse, Damaged::Accept];
        for (options, damaged) in wanted.iter_mut().zip(treatments.into_iter().cycle()) {
            options.damaged = damaged;
        }
        assert_same(&photo, &wanted, name);
    }
}
