//! Data beyond the edges of a JPEG, in the padding of its last blocks, comes out only if it repeats the edge.

use headshot_core::{Avatar, Format, Options, Quality, Step, StillFormat, normalize};
use image::{DynamicImage, RgbImage};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

use crate::file;
use crate::gif_file::side;

const SAMPLINGS: [SamplingFactor; 4] = [
    SamplingFactor::F_1_1,
    SamplingFactor::F_2_1,
    SamplingFactor::F_1_2,
    SamplingFactor::F_2_2,
];

fn is_kept(avatar: &Avatar) -> bool {
    matches!(avatar.report().steps[..], [Step::Keep(Format::Jpeg)])
}

/// A part of a portrait, with much detail.
fn part(left: u32, top: u32, size: u32) -> RgbImage {
    let photo = image::load_from_memory(&file("still/astronaut.jpg")).unwrap();
    photo.crop_imm(left, top, size, size).to_rgb8()
}

fn encode(picture: &RgbImage, sampling: SamplingFactor, progressive: bool, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(sampling);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_progressive(progressive);
    let [width, height] = [picture.width(), picture.height()].map(|side| side as u16);
    encoder
        .encode(picture, width, height, ColorType::Rgb)
        .unwrap();
    bytes
}

/// The same file with another size in its frame header.
fn declared(mut jpeg: Vec<u8>, size: u16) -> Vec<u8> {
    let mut at = 2;
    while !matches!(jpeg[at + 1], 0xC0..=0xC2) {
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    let size = size.to_be_bytes();
    jpeg[at + 5..at + 9].copy_from_slice(&[size, size].concat());
    jpeg
}

#[test]
fn words_beyond_the_edge_do_not_come_out() {
    let mut count = 0;
    for sampling in SAMPLINGS {
        for progressive in [false, true] {
            for (contrast, right, below) in [
                (200, true, true),
                (200, true, false),
                (200, false, true),
                (40, true, true),
            ] {
                // Dots as large as strokes of letters, on the level next to them.
                let picture = RgbImage::from_fn(64, 64, |x, y| {
                    let is_beyond = (right && x >= 57) || (below && y >= 57);
                    if is_beyond && (x / 2 + y / 2) % 3 == 0 {
                        image::Rgb([30 + contrast; 3])
                    } else {
                        image::Rgb([30; 3])
                    }
                });
                let hiding = declared(encode(&picture, sampling, progressive, 90), 57);
                let avatar = normalize(&hiding, &side(57)).unwrap();
                assert!(
                    !is_kept(&avatar),
                    "{sampling:?} {progressive} {contrast} {right} {below}"
                );
                // Everything coded is as dark as the picture.
                let shown = declared(avatar.bytes().to_vec(), 64);
                let shown = image::load_from_memory(&shown).unwrap().to_luma8();
                assert!(shown.pixels().all(|pixel| pixel.0[0].abs_diff(30) <= 6));
                count += 1;
            }
        }
    }
    assert_eq!(count, 32);
}

#[test]
fn a_strip_that_was_cut_off_without_coding_anew_does_not_come_out() {
    for sampling in SAMPLINGS {
        let cut = declared(encode(&part(60, 90, 64), sampling, false, 90), 57);
        assert!(
            !is_kept(&normalize(&cut, &side(57)).unwrap()),
            "{sampling:?}"
        );
    }
}

#[test]
fn photos_whose_edge_is_repeated_are_kept() {
    let (mut kept, mut count) = (0, 0);
    for size in (50..66).chain([97, 100, 120]) {
        for sampling in SAMPLINGS {
            for (progressive, quality) in [(false, 60), (true, 80), (false, 95)] {
                let photo = encode(
                    &part(100 + size, 60 + size, size),
                    sampling,
                    progressive,
                    quality,
                );
                let avatar = normalize(&photo, &side(size)).unwrap();
                kept += u32::from(is_kept(&avatar));
                if !is_kept(&avatar) {
                    eprintln!("NOT {size} {sampling:?} {quality}");
                }
                count += 1;
            }
        }
    }
    // If a halved component's edge has much contrast, it is encoded again although nothing is wrong.
    assert!(count == 228 && kept >= 220, "{kept} of {count}");
}

#[test]
fn avatars_of_any_size_are_kept() {
    let photo = DynamicImage::from(part(60, 20, 300));
    let mut png = std::io::Cursor::new(Vec::new());
    photo.write_to(&mut png, image::ImageFormat::Png).unwrap();
    for size in [57, 100, 129, 198, 299] {
        for quality in [60, 90] {
            let options = Options {
                format: StillFormat::Jpeg(Quality::new(quality)),
                ..side(size)
            };
            let once = normalize(png.get_ref(), &options).unwrap();
            let twice = normalize(&once.bytes(), &side(size)).unwrap();
            assert!(
                is_kept(&twice) && twice.bytes() == once.bytes(),
                "{size} {quality}"
            );
        }
    }
}
