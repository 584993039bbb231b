//! Pictures of the crate `image` there and back, with the feature of that name.

use std::io::Cursor;
use std::path::Path;

use headshot_core::{
    Avatar, Fit, Options, PixelLayout, Pixels, SideRange, StillFormat, normalize, normalize_pixels,
};
use image::{DynamicImage, ImageFormat};

fn file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
    std::fs::read(folder.join(name)).unwrap()
}

fn options(format: StillFormat) -> Options {
    Options {
        side: SideRange::new(33, 33).unwrap(),
        fit: Fit::Cover,
        format,
        ..Options::default()
    }
}

#[test]
fn a_picture_of_any_kind_becomes_what_its_png_becomes() {
    let photo = image::load_from_memory(&file("still/rgba16.png")).unwrap();
    let pictures: [(DynamicImage, PixelLayout); 8] = [
        (photo.to_luma8().into(), PixelLayout::Gray),
        (photo.to_luma_alpha8().into(), PixelLayout::GrayAlpha),
        (photo.to_rgb8().into(), PixelLayout::Rgb),
        (photo.to_rgba8().into(), PixelLayout::Rgba),
        (photo.to_luma16().into(), PixelLayout::Gray),
        (photo.to_luma_alpha16().into(), PixelLayout::GrayAlpha),
        (photo.to_rgb16().into(), PixelLayout::Rgb),
        (photo.to_rgba16().into(), PixelLayout::Rgba),
    ];
    for (picture, layout) in pictures {
        let mut png = Cursor::new(Vec::new());
        picture.write_to(&mut png, ImageFormat::Png).unwrap();
        let pixels = Pixels::from(&picture);
        assert_eq!((pixels.width, pixels.height), (48, 32));
        assert_eq!(pixels.layout, layout);
        for format in [StillFormat::default(), StillFormat::Jpeg(None)] {
            let avatar = normalize_pixels(&pixels, &options(format)).unwrap();
            let expected = normalize(png.get_ref(), &options(format)).unwrap();
            assert_eq!(avatar.bytes(), expected.bytes(), "{layout:?} as {format:?}");
        }
    }
    let floats = DynamicImage::from(photo.to_rgba32f());
    assert_eq!(Pixels::from(&floats).samples, photo.to_rgba8().into_raw());
}

/// How far the samples of a converted picture differ from those that another decoder finds.
fn difference(avatar: &Avatar) -> u8 {
    let back = DynamicImage::try_from(avatar).unwrap();
    assert_eq!((back.width(), back.height()), (33, 33));
    let other = image::load_from_memory(&avatar.bytes()).unwrap();
    let (back, other) = (back.to_rgba8(), other.to_rgba8());
    let samples = back.as_raw().iter().zip(other.as_raw());
    samples.map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

#[test]
fn an_avatar_becomes_the_picture_that_everybody_sees() {
    for (name, format, most) in [
        ("still/rgba8.png", StillFormat::Png, 0),
        ("still/gray8.png", StillFormat::Png, 0),
        ("animated/opaque.gif", StillFormat::default(), 0),
        // Two inverse transforms, and YCbCr to RGB.
        ("still/plain.jpg", StillFormat::Jpeg(None), 4),
    ] {
        let avatar = normalize(&file(name), &options(format)).unwrap();
        let found = difference(&avatar);
        assert!(found <= most, "{name}: {found}");
    }
}
