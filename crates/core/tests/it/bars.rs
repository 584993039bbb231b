//! What the bars beside a photo show.

use std::ops::Range;

use headshot_core::{
    Avatar, Background, Bars, Format, Options, Plan, Quality, SideRange, Step, StillFormat,
    normalize, probe,
};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use crate::file;
use crate::gif_file::{BLUE, GREEN, Gif, HOLE, KEEP, RED, at, screens};

const PAINTED: [Background; 2] = [Background::Blur, Background::Edge];

fn options(side: u32, background: Background, format: StillFormat) -> Options {
    Options {
        background,
        format,
        side: SideRange::new(side, side).unwrap(),
        ..Options::default()
    }
}

fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    picture.into().write_to(&mut png, ImageFormat::Png).unwrap();
    png.into_inner()
}

fn open(avatar: &Avatar) -> RgbImage {
    image::load_from_memory(&avatar.bytes()).unwrap().to_rgb8()
}

/// What its steps say about the bars.
fn told(avatar: &Avatar) -> Option<Bars> {
    let mut steps = avatar.report().steps.iter();
    steps.find_map(|step| match step {
        Step::Letterbox { bars, .. } => Some(*bars),
        _ => None,
    })
}

#[test]
fn each_bar_has_the_average_color_of_its_edge() {
    // Half of each edge has another color, and none of those resembles the inside.
    let picture = |turn: bool| {
        let pixel = move |along: u32, across: u32| match (across, along < 20) {
            (0, true) => [10, 20, 30],
            (0, false) => [20, 40, 61],
            (16, true) => [200, 100, 0],
            (16, false) => [100, 0, 51],
            _ => [77, 88, 99],
        };
        if turn {
            RgbImage::from_fn(17, 40, |x, y| Rgb(pixel(y, x)))
        } else {
            RgbImage::from_fn(40, 17, |x, y| Rgb(pixel(x, y)))
        }
    };
    // 17 pixels on 40: 11 before, 12 after.
    for turn in [false, true] {
        let photo = png(picture(turn));
        let made = options(40, Background::Edge, StillFormat::Auto(None));
        let avatar = normalize(&photo, &made).unwrap();
        assert_eq!(told(&avatar), Some(Bars::Edge));
        for (x, y, Rgb(found)) in open(&avatar).enumerate_pixels() {
            let across = if turn { x } else { y };
            match across {
                0..11 => assert_eq!(*found, [15, 30, 46], "{x},{y}"),
                28.. => assert_eq!(*found, [150, 50, 26], "{x},{y}"),
                _ => {}
            }
        }
    }
}

/// A picture of 256 x 128 in which nothing looks the same from two sides.
fn scene() -> RgbImage {
    RgbImage::from_fn(256, 128, |x, y| {
        Rgb([
            if x > 100 && y > 40 { 230 } else { 20 },
            (x * 200 / 255) as u8,
            if (x / 32 + y / 64) % 2 == 0 { 180 } else { 60 },
        ])
    })
}

#[test]
fn blurred_bars_are_the_middle_of_the_photo_larger_softer_and_darker() {
    let photo = scene();
    let made = options(256, Background::Blur, StillFormat::Png);
    let avatar = normalize(&png(photo.clone()), &made).unwrap();
    assert_eq!(told(&avatar), Some(Bars::Blur));
    let avatar = open(&avatar);
    // A Gaussian as wide as that of the bars, over the middle square of 128 pixels, whose edges continue outside.
    let deviation = 128.0 / 26.0;
    let weight = |off: f64| (-off * off / (2.0 * deviation * deviation)).exp();
    let mut worst: f64 = 0.0;
    for y in (0..64).chain(192..256).step_by(9) {
        for x in (0..256).step_by(13) {
            let place = |at: u32| (f64::from(at) + 0.5) / 2.0 - 0.5;
            let (mut sums, mut weights) = ([0.0; 3], 0.0);
            for (dy, dx) in (-20..=20).flat_map(|dy| (-20..=20).map(move |dx| (dy, dx))) {
                let (near_x, near_y) = (
                    place(x).round() + f64::from(dx),
                    place(y).round() + f64::from(dy),
                );
                let share = weight(near_x - place(x)) * weight(near_y - place(y));
                let clamp = |at: f64| at.clamp(0.0, 127.0) as u32;
                let Rgb(pixel) = photo.get_pixel(64 + clamp(near_x), clamp(near_y));
                weights += share;
                for (sum, sample) in sums.iter_mut().zip(pixel) {
                    *sum += share * f64::from(*sample);
                }
            }
            for (sum, found) in sums.iter().zip(avatar.get_pixel(x, y).0) {
                let wanted = sum / weights * 168.0 / 256.0;
                worst = worst.max((wanted - f64::from(found)).abs());
            }
        }
    }
    assert!(worst < 4.0, "{worst}");
}

/// The columns and rows of the square that the photo lies on.
fn place(photo: &[u8], options: &Options) -> [Range<u32>; 2] {
    let info = probe(photo, &options.limits).unwrap();
    let plan = Plan::new(&info, options).unwrap();
    let (mut width, mut height) = (plan.scaled.width(), plan.scaled.height());
    if plan.orientation.exif() >= 5 {
        (width, height) = (height, width);
    }
    let (x, y) = plan.offset;
    [x..x + width, y..y + height]
}

#[test]
fn planes_and_pixels_have_the_same_bars_in_every_orientation() {
    let mut names: Vec<String> = (1..=8)
        .map(|tag| format!("still/orient-{tag}.jpg"))
        .collect();
    for name in ["gray", "plain", "wide", "subsampling-422"] {
        names.push(format!("still/{name}.jpg"));
    }
    for name in &names {
        let photo = file(name);
        for (background, side) in PAINTED
            .into_iter()
            .flat_map(|b| [98, 100, 256].map(|side| (b, side)))
        {
            let make = |format| normalize(&photo, &options(side, background, format)).unwrap();
            let planes = make(StillFormat::Jpeg(Quality::new(100)));
            let pixels = make(StillFormat::Png);
            assert!(told(&planes).is_some() && told(&planes) == told(&pixels));
            let [columns, rows] = place(&photo, &options(side, background, StillFormat::Png));
            let (planes, pixels) = (open(&planes), open(&pixels));
            let (mut sum, mut count) = (0.0, 0.0);
            for (x, y, found) in planes.enumerate_pixels() {
                // The photo's chroma reaches a little into the bars.
                let near = |at: u32, photo: &Range<u32>| at + 3 > photo.start && at < photo.end + 3;
                if near(x, &columns) && near(y, &rows) {
                    continue;
                }
                for (a, b) in found.0.iter().zip(pixels.get_pixel(x, y).0) {
                    let by = f64::from(a.abs_diff(b));
                    assert!(
                        by <= 8.0,
                        "{name}, {side}, {background} at {x},{y}: {found:?}"
                    );
                    (sum, count) = (sum + by, count + 1.0);
                }
            }
            assert!(
                sum / count < 2.0,
                "{name}, {side}, {background}: {}",
                sum / count
            );
        }
    }
}

#[test]
fn bars_stand_upright_as_the_photo_does() {
    for background in PAINTED {
        let bars = |tag: u32| {
            let photo = file(&format!("still/orient-{tag}.jpg"));
            let made = options(100, background, StillFormat::Jpeg(Quality::new(100)));
            let [_, rows] = place(&photo, &made);
            (open(&normalize(&photo, &made).unwrap()), rows)
        };
        let (first, photo) = bars(1);
        assert!(photo.start > 10 && photo.end < 90, "{photo:?}");
        for tag in 2..=8 {
            let (turned, _) = bars(tag);
            for (x, y, found) in turned.enumerate_pixels() {
                let wanted = first.get_pixel(x, y).0;
                let is_near = found.0.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 9);
                let is_bar = y + 3 < photo.start || y >= photo.end + 3;
                assert!(
                    is_near || !is_bar,
                    "{background}, {tag} at {x},{y}: {found:?} for {wanted:?}"
                );
            }
        }
    }
}

#[test]
fn colors_are_those_of_the_avatar_whatever_the_photo_stores() {
    for name in [
        "p3.jpg",
        "cmyk.jpg",
        "rgb.jpg",
        "p3.png",
        "gray16.png",
        "palette8.png",
        "plain.gif",
    ] {
        let photo = file(&format!("still/{name}"));
        let made = options(120, Background::Edge, StillFormat::Png);
        let avatar = open(&normalize(&photo, &made).unwrap());
        let [columns, rows] = place(&photo, &made);
        let edges: [Vec<(u32, u32)>; 2] = if rows.len() < 120 {
            [rows.start, rows.end - 1].map(|y| columns.clone().map(|x| (x, y)).collect())
        } else {
            [columns.start, columns.end - 1].map(|x| rows.clone().map(|y| (x, y)).collect())
        };
        for (edge, corner) in edges.iter().zip([(0, 0), (119, 119)]) {
            let average = |channel: usize| {
                let sum: u32 = edge
                    .iter()
                    .map(|(x, y)| u32::from(avatar.get_pixel(*x, *y).0[channel]))
                    .sum();
                (f64::from(sum) / edge.len() as f64).round() as u8
            };
            let found = avatar.get_pixel(corner.0, corner.1).0;
            assert_eq!(found, [0, 1, 2].map(average), "{name} at {corner:?}");
        }
    }
}

#[test]
fn a_photo_with_transparent_pixels_is_made_as_if_nothing_was_asked_for() {
    let holed = RgbaImage::from_fn(90, 40, |x, y| {
        let alpha = if x == 11 && y == 22 { 254 } else { 255 };
        Rgba([200, (2 * x) as u8, (5 * y) as u8, alpha])
    });
    let mut opaque = holed.clone();
    opaque.pixels_mut().for_each(|pixel| pixel[3] = 255);
    let rgb = png(DynamicImage::from(opaque.clone()).to_rgb8());
    let (holed, opaque) = (png(holed), png(opaque));
    for format in [StillFormat::Auto(None), StillFormat::Jpeg(None)] {
        let make = |photo: &[u8], background| {
            // Nothing is resampled, so that the hole stays.
            normalize(photo, &options(90, background, format)).unwrap()
        };
        for background in PAINTED {
            let [plain, found] = [Background::Auto, background].map(|asked| make(&holed, asked));
            assert_eq!(found.report().steps, plain.report().steps, "{background}");
            assert_eq!(found.bytes(), plain.bytes(), "{background}, {format:?}");
            // Alpha alone does not make a hole.
            assert_eq!(
                open(&make(&opaque, background)),
                open(&make(&rgb, background))
            );
            assert_eq!(
                told(&make(&opaque, background)),
                told(&make(&rgb, background))
            );
            assert_ne!(
                make(&rgb, background).bytes(),
                make(&rgb, Background::Auto).bytes()
            );
        }
    }
}

#[test]
fn the_bars_of_an_animation_are_those_of_its_first_frame_and_stay() {
    // Half red and half green, then blue with something that moves.
    let gif = Gif::new(40, 20, Some(0))
        .frame([0, 0, 40, 20], RED, KEEP, 10)
        .frame([0, 10, 40, 10], GREEN, KEEP, 10)
        .frame([0, 0, 40, 20], BLUE, KEEP, 10)
        .frame([7, 3, 5, 5], RED, KEEP, 10)
        .end();
    for background in PAINTED {
        let avatar = normalize(&gif, &options(80, background, StillFormat::Auto(None))).unwrap();
        assert_eq!((avatar.format(), avatar.frames()), (Format::Gif, 4));
        assert!(told(&avatar).is_some_and(|bars| bars == Bars::Blur || bars == Bars::Edge));
        let bytes = avatar.bytes();
        let (shown, _) = screens(&bytes);
        for (_, screen) in &shown {
            for (x, y, pixel) in screen.enumerate_pixels() {
                if !(20..60).contains(&y) {
                    assert_eq!(pixel, shown[0].1.get_pixel(x, y), "{background} at {x},{y}");
                }
            }
        }
        // The first frame shows only red.
        let wanted = match background {
            Background::Edge => [230, 20, 30],
            _ => [151, 13, 20],
        };
        for (x, y) in [(0, 0), (79, 19), (40, 60), (3, 79)] {
            let found = at(&shown, 0, x, y);
            let is_near = found[..3]
                .iter()
                .zip(wanted)
                .all(|(a, b)| a.abs_diff(b) <= 4);
            assert!(
                is_near && found[3] == 255,
                "{background} at {x},{y}: {found:?}"
            );
        }
        // Only the first frame draws them.
        let mut decoder = gif::DecodeOptions::new().read_info(&bytes[..]).unwrap();
        let mut frames = 0;
        while let Some(frame) = decoder.read_next_frame().unwrap() {
            let (top, bottom) = (frame.top, frame.top + frame.height);
            assert!(
                frames == 0 || (20 <= top && bottom <= 60),
                "{top} to {bottom}"
            );
            frames += 1;
        }
        assert_eq!(frames, 4);
    }
}

#[test]
fn an_animation_with_holes_has_the_bars_of_one() {
    let gif = Gif::new(40, 20, Some(0))
        .frame([0, 0, 40, 19], RED, KEEP, 10)
        .frame([0, 0, 20, 10], BLUE, KEEP, 10)
        .frame([1, 1, 3, 3], HOLE, KEEP, 10)
        .end();
    for background in PAINTED {
        let [plain, found] = [Background::Auto, background]
            .map(|asked| normalize(&gif, &options(80, asked, StillFormat::Auto(None))).unwrap());
        assert_eq!(told(&found), Some(Bars::Transparent), "{background}");
        assert_eq!(found.report().steps, plain.report().steps);
        assert_eq!(found.bytes(), plain.bytes());
    }
}

#[test]
fn the_thinnest_photos_have_bars_too() {
    for (width, height) in [
        (90, 1),
        (1, 90),
        (90, 2),
        (3, 90),
        (90, 4),
        (5, 90),
        (90, 89),
        (89, 90),
    ] {
        let picture = RgbImage::from_fn(width, height, |x, y| {
            Rgb([(x + y) as u8, 99, (2 * x) as u8])
        });
        for background in PAINTED {
            for format in [StillFormat::Png, StillFormat::Jpeg(None)] {
                let jpeg = headshot_jpeg::encode_rgb(width, height, &picture, 90).unwrap();
                for photo in [png(picture.clone()), jpeg] {
                    let avatar = normalize(&photo, &options(90, background, format)).unwrap();
                    // Green stays what it was, but darker where it is blurred.
                    let found = open(&avatar);
                    let corner = if height < 90 {
                        found.get_pixel(45, 89)
                    } else {
                        found.get_pixel(89, 45)
                    };
                    let wanted: u8 = if background == Background::Edge {
                        99
                    } else {
                        65
                    };
                    assert!(
                        corner[1].abs_diff(wanted) < 5,
                        "{width} x {height}, {background}: {corner:?}"
                    );
                }
            }
        }
    }
}
