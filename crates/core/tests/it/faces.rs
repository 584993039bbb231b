//! The square that the face in a photo determines.

use std::borrow::Cow;
use std::num::NonZeroU32;

use headshot_core::{
    CropBox, Error, FaceFallback, FaceFit, Fit, Format, Limits, Options, Orientation, PixelLayout,
    Pixels, Plan, SideRange, Step, Warning, normalize, normalize_pixels, plan, probe,
};
use image::codecs::gif::GifEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation as Turn;
use image::{DynamicImage, Frame, Rgb, RgbImage, Rgba, RgbaImage};
use jpeg_encoder::{ColorType, Encoder};

use crate::file;

/// The portrait, upright: 410 x 512 pixels.
pub(crate) fn portrait() -> RgbImage {
    let stored = image::load_from_memory(&file("still/astronaut.jpg")).unwrap();
    stored.rotate90().to_rgb8()
}

pub(crate) fn faced(fit: FaceFit) -> Options {
    Options {
        fit: Fit::Face(fit),
        side: SideRange::new(64, 1024).unwrap(),
        ..Options::default()
    }
}

pub(crate) fn fallback(fallback: FaceFallback) -> Options {
    faced(FaceFit {
        fallback,
        number: None,
    })
}

pub(crate) fn number(number: u32) -> Options {
    faced(FaceFit {
        number: NonZeroU32::new(number),
        ..FaceFit::default()
    })
}

fn crop(photo: &[u8], options: &Options) -> CropBox {
    let avatar = normalize(photo, options).unwrap();
    let faces = avatar.report().faces.clone().expect("a face");
    faces.crop.expect("a square")
}

fn is_near(found: CropBox, wanted: CropBox, off: u32) -> bool {
    found.x.abs_diff(wanted.x) <= off
        && found.y.abs_diff(wanted.y) <= off
        && found.side.abs_diff(wanted.side) <= off
}

pub(crate) fn jpeg(picture: &RgbImage, orientation: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 95);
    // TIFF 6.0: one tag, 0x0112.
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    encoder.add_app_segment(1, exif).unwrap();
    let (width, height) = (picture.width() as u16, picture.height() as u16);
    encoder
        .encode(picture, width, height, ColorType::Rgb)
        .unwrap();
    bytes
}

/// What a camera stores that must be turned like this.
fn stored(upright: &RgbImage, orientation: Orientation) -> RgbImage {
    let back = match orientation {
        Orientation::Rotate90 => Turn::Rotate270,
        Orientation::Rotate270 => Turn::Rotate90,
        own => Turn::from_exif(own.exif()).unwrap(),
    };
    let mut picture = DynamicImage::ImageRgb8(upright.clone());
    picture.apply_orientation(back);
    picture.to_rgb8()
}

#[test]
fn the_head_is_framed_with_the_eyes_where_they_belong() {
    let avatar = normalize(&file("still/astronaut.jpg"), &faced(FaceFit::default())).unwrap();
    let report = avatar.report();
    let faces = report.faces.as_ref().unwrap();
    let (face, crop) = (faces.face, faces.crop.unwrap());
    assert_eq!(faces.found, [face]);
    assert!(face.score > 0.8, "{face:?}");
    // By eye: the pupils of the upright portrait.
    for ([x, y], [by_eye_x, by_eye_y]) in face.eyes.into_iter().zip([[184, 101], [227, 103]]) {
        assert!(
            x.abs_diff(by_eye_x) <= 5 && y.abs_diff(by_eye_y) <= 5,
            "{face:?}"
        );
    }
    let eyes = (face.eyes[0][1] + face.eyes[1][1]) as f64 / 2.0 - f64::from(crop.y);
    let percent = 100.0 * eyes / f64::from(crop.side);
    let texts: Vec<String> = report.steps.iter().map(Step::to_string).collect();
    assert!(texts[0].starts_with("turned by 90 degrees"), "{texts:?}");
    let wanted = format!(
        "framed the face (score {:.2}), eyes at {percent:.0} % of the height",
        face.score
    );
    assert_eq!(texts[1], wanted);
    assert_eq!(
        texts[2],
        format!(
            "cropped to {} x {} at {},{}",
            crop.side, crop.side, crop.x, crop.y
        )
    );
    assert_eq!(avatar.side(), crop.side);
}

#[test]
fn the_photo_is_turned_before_anybody_looks() {
    let upright = portrait();
    let wanted = crop(&jpeg(&upright, 1), &faced(FaceFit::default()));
    for orientation in Orientation::ALL {
        let picture = stored(&upright, orientation);
        let as_file = jpeg(&picture, orientation.exif());
        let mirrored = crop(&as_file, &faced(FaceFit::default()));
        assert!(
            is_near(mirrored, wanted, 2),
            "{orientation:?}: {mirrored:?}, {wanted:?}"
        );
        let pixels = Pixels {
            width: picture.width(),
            height: picture.height(),
            layout: PixelLayout::Rgb,
            samples: Cow::Borrowed(&picture),
            profile: None,
            orientation,
        };
        let avatar = normalize_pixels(&pixels, &faced(FaceFit::default())).unwrap();
        let found = avatar.report().faces.as_ref().unwrap().crop.unwrap();
        assert!(
            is_near(found, wanted, 2),
            "{orientation:?}: {found:?}, {wanted:?}"
        );
    }
}

#[test]
fn a_large_photo_is_framed_as_the_same_smaller() {
    let small = portrait();
    let large = image::imageops::resize(&small, 410 * 7, 512 * 7, FilterType::CatmullRom);
    let wanted = crop(&jpeg(&small, 1), &faced(FaceFit::default()));
    let found = crop(&jpeg(&large, 1), &faced(FaceFit::default()));
    let wanted = CropBox {
        x: 7 * wanted.x,
        y: 7 * wanted.y,
        side: 7 * wanted.side,
    };
    assert!(is_near(found, wanted, 24), "{found:?}, {wanted:?}");
}

/// Two portraits side by side.
fn two() -> Vec<u8> {
    let one = portrait();
    let both = RgbImage::from_fn(820, 512, |x, y| *one.get_pixel(x % 410, y));
    jpeg(&both, 1)
}

#[test]
fn one_of_several_is_chosen_from_the_left() {
    let one = crop(&jpeg(&portrait(), 1), &faced(FaceFit::default()));
    let [left, right] = [1, 2].map(|face| crop(&two(), &number(face)));
    assert!(is_near(left, one, 8), "{left:?}, {one:?}");
    let wanted = CropBox {
        x: one.x + 410,
        ..one
    };
    assert!(is_near(right, wanted, 8), "{right:?}, {wanted:?}");
    let error = normalize(&two(), &number(3)).unwrap_err();
    assert!(
        matches!(
            error,
            Error::NoSuchFace {
                number: 3,
                found: 2
            }
        ),
        "{error}"
    );
    assert!(
        error.to_string().contains("numbers go from 1 to 2"),
        "{error}"
    );
}

#[test]
fn a_crowd_is_kept_whole_unless_that_is_refused() {
    let avatar = normalize(&two(), &faced(FaceFit::default())).unwrap();
    let contain = normalize(
        &two(),
        &Options {
            fit: Fit::Contain,
            ..faced(FaceFit::default())
        },
    );
    assert!(avatar.bytes() == contain.unwrap().bytes());
    let faces = avatar.report().faces.as_ref().unwrap();
    assert_eq!((faces.found.len(), faces.crop), (2, None));
    let [
        Warning::SideOutsideAdvice(_),
        Warning::Crowd {
            faces,
            needed,
            available: 512,
        },
    ] = &avatar.report().warnings[..]
    else {
        panic!("{:?}", avatar.report().warnings);
    };
    assert!(*needed > 512 && faces.len() == 2 && faces[0].1.x() < faces[1].1.x());
    let text = avatar.report().warnings[1].to_string();
    assert!(
        faces
            .iter()
            .all(|(number, place)| text.contains(&format!("{number}: {place}"))),
        "{text}"
    );
    let refused = normalize(&two(), &fallback(FaceFallback::Refuse)).unwrap_err();
    assert!(
        matches!(refused, Error::Crowd { faces: 2, .. }),
        "{refused}"
    );
}

#[test]
fn without_a_face_there_is_a_fallback() {
    use FaceFallback::{Auto, Contain, Cover, Refuse};
    let wide = jpeg(&RgbImage::from_pixel(201, 100, Rgb([11, 99, 200])), 1);
    let disk = RgbaImage::from_fn(90, 80, |x, y| {
        let is_inside = x.abs_diff(45).pow(2) + y.abs_diff(40).pow(2) < 900;
        Rgba([200, 30, 60, if is_inside { 255 } else { 0 }])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    disk.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let disk = png.into_inner();
    let photo = |name: &str| match name {
        // More than twice as wide as high.
        "wide" => wide.clone(),
        "disk" => disk.clone(),
        name => file(name),
    };
    for (name, asked, wanted) in [
        ("still/plain.jpg", Auto, Fit::Cover),
        ("still/plain.jpg", Contain, Fit::Contain),
        ("still/rgb8.png", Cover, Fit::Cover),
        ("wide", Auto, Fit::Contain),
        ("wide", Cover, Fit::Cover),
        // With transparency.
        ("disk", Auto, Fit::Contain),
        ("still/plain.gif", Auto, Fit::Cover),
        ("animated/opaque.gif", Auto, Fit::Cover),
    ] {
        let photo = photo(name);
        let avatar = normalize(&photo, &fallback(asked)).unwrap();
        let plain = Options {
            fit: wanted,
            ..fallback(asked)
        };
        let plain = normalize(&photo, &plain).unwrap();
        assert!(avatar.bytes() == plain.bytes(), "{name}, {asked:?}");
        let report = avatar.report();
        assert_eq!(report.faces, None, "{name}");
        let is_told = |warning: &Warning| matches!(warning, Warning::NoFace { is_whole, .. } if *is_whole == (wanted == Fit::Contain));
        assert!(report.warnings.iter().any(is_told), "{:?}", report.warnings);
        let error = normalize(&photo, &fallback(Refuse)).unwrap_err();
        assert!(matches!(error, Error::NoFace { .. }), "{name}: {error}");
    }
}

#[test]
fn a_photo_too_small_for_a_face_has_none() {
    for (width, height) in [(1, 1), (1, 300), (7, 7), (31, 9)] {
        let picture = RgbImage::from_pixel(width, height, Rgb([9, 99, 200]));
        let avatar = normalize(&jpeg(&picture, 6), &faced(FaceFit::default())).unwrap();
        assert_eq!(avatar.report().faces, None);
    }
}

#[test]
fn a_small_face_is_not_enlarged_for() {
    let face = image::imageops::resize(&portrait(), 102, 128, FilterType::Lanczos3);
    let mut picture = RgbImage::from_pixel(700, 620, Rgb([120, 130, 90]));
    image::imageops::replace(&mut picture, &face, 311, 222);
    let options = Options {
        side: SideRange::SLACK,
        ..faced(FaceFit::default())
    };
    let avatar = normalize(&jpeg(&picture, 1), &options).unwrap();
    let crop = avatar.report().faces.as_ref().unwrap().crop.unwrap();
    assert_eq!((crop.side, avatar.side()), (512, 512));
    let is_told = |warning: &Warning| matches!(warning, Warning::SmallFace { height, side: 512 } if *height < 99);
    assert!(avatar.report().warnings.iter().any(is_told));
}

/// An animation that shows the portrait in some of its frames.
pub(crate) fn animation(frames: usize, face: impl Fn(usize) -> bool) -> Vec<u8> {
    let portrait = DynamicImage::ImageRgb8(portrait()).to_rgba8();
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for index in 0..frames {
        let shade = 40 + 20 * index as u8;
        let picture = if face(index) {
            portrait.clone()
        } else {
            RgbaImage::from_pixel(410, 512, Rgba([shade, 99, 9, 255]))
        };
        encoder.encode_frame(Frame::new(picture)).unwrap();
    }
    drop(encoder);
    bytes
}

#[test]
fn an_animation_has_one_square_and_the_same_bytes_on_many_threads() {
    let still = crop(&jpeg(&portrait(), 1), &faced(FaceFit::default()));
    for face in [0, 2, 4] {
        let photo = animation(5, |frame| frame == face);
        let [one, many] = [1, 3].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let made = pool
                .unwrap()
                .install(|| normalize(&photo, &faced(FaceFit::default())));
            made.unwrap()
        });
        assert!(one.bytes() == many.bytes());
        assert_eq!((one.format(), one.frames()), (Format::Gif, 5));
        let found = one.report().faces.as_ref().expect("a face").crop.unwrap();
        assert!(is_near(found, still, 6), "{face}: {found:?}, {still:?}");
    }
    // The second is not searched.
    let avatar = normalize(
        &animation(5, |frame| frame == 1),
        &faced(FaceFit::default()),
    )
    .unwrap();
    assert_eq!(avatar.report().faces, None);
}

#[test]
fn what_is_planned_is_made() {
    for photo in [
        file("still/astronaut.jpg"),
        two(),
        file("still/wide.jpg"),
        animation(3, |frame| frame == 2),
    ] {
        let options = faced(FaceFit::default());
        let info = probe(&photo, &Limits::default()).unwrap();
        let planned = plan(&photo, &info, &options).unwrap();
        let made = normalize(&photo, &options).unwrap();
        let texts = |steps: &[Step]| steps.iter().map(Step::to_string).collect::<Vec<_>>();
        assert_eq!(texts(&planned.steps), texts(&made.report().steps));
        assert_eq!(planned.faces, made.report().faces);
        assert_eq!(planned.side, made.side());
        // The header alone determines how much memory that takes.
        let foretold = Plan::new(&info, &options).unwrap().memory;
        assert!(planned.memory <= foretold, "{} {foretold}", planned.memory);
    }
}

#[test]
fn limits_and_damage_are_found_by_the_look_as_well() {
    let photo = jpeg(&portrait(), 1);
    let cut = &photo[..photo.len() * 2 / 3];
    let error = normalize(cut, &faced(FaceFit::default())).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Damaged {
                in_pixels: true,
                ..
            }
        ),
        "{error:?}"
    );
    let options = Options {
        limits: Limits {
            memory: 1 << 20,
            ..Limits::default()
        },
        ..faced(FaceFit::default())
    };
    let info = probe(&photo, &options.limits).unwrap();
    let error = plan(&photo, &info, &options).unwrap_err();
    assert!(matches!(error, Error::Limit { .. }), "{error:?}");
}
