//! The plan's shortcut, resizing first and turning the small result, against the plain way: turning first.

use super::*;
use raster::Layout;

/// A picture without any symmetry, smooth enough for resampled pixels to be comparable.
fn picture(size: Size) -> Raster {
    let samples = (0..size.height()).flat_map(|y| {
        (0..size.width()).flat_map(move |x| {
            let wave = |a: u32, b: u32, shift: f64| {
                let phase = f64::from(a * x) * 0.31 + f64::from(b * y) * 0.23 + shift;
                (127.5 + 90.0 * phase.sin()) as u8
            };
            [wave(1, 2, 0.1), wave(3, 1, 0.7), wave(2, 3, 1.3)]
        })
    });
    Raster::new(size, Layout::Rgb, samples.collect()).unwrap()
}

fn apply(picture: Raster, plan: &Plan) -> Raster {
    let resized = resize::crop_and_resize(&picture, plan.crop, plan.scaled).unwrap();
    finish(resized, plan, None).unwrap()
}

fn info(size: Size, orientation: Orientation) -> Info {
    Info {
        format: Format::Png,
        size,
        orientation,
        rotation: Rotation::None,
        frames: 1,
        animation: None,
        bytes: 0,
        color: ColorModel::Rgb,
        alpha: false,
        profile: None,
        profile_bytes: 0,
        decoder: 0,
        held: 0,
        plain: true,
        warnings: Vec::new(),
    }
}

/// Every fit, gravity and kind of bars; `side` is the side of a crop.
fn fits(upright: Size, side: u32) -> Vec<Options> {
    let with = |fit, gravity, background| Options {
        fit,
        gravity,
        background,
        side: SideRange::new(13, 21).unwrap(),
        ..Options::default()
    };
    let crop = Fit::Crop(CropBox {
        x: upright.width() - side,
        y: (upright.height() - side) / 3,
        side,
    });
    let mut fits = vec![with(crop, Gravity::Center, Background::Auto)];
    for background in [Background::Auto, Background::Blur, Background::Edge] {
        fits.push(with(Fit::Contain, Gravity::Center, background));
    }
    for gravity in [
        Gravity::Center,
        Gravity::Top,
        Gravity::Bottom,
        Gravity::Left,
        Gravity::Right,
        Gravity::Point { x: 2200, y: 7700 },
    ] {
        fits.push(with(Fit::Cover, gravity, Background::Auto));
    }
    fits
}

/// Every width and height in 1..=40, every orientation, every fit.
#[test]
fn applying_the_plan_equals_turning_upright_first() {
    let mut compared = 0;
    for (width, height) in (1..=40).flat_map(|w| (1..=40).map(move |h| (w, h))) {
        let stored_size = Size::new(width, height).unwrap();
        let stored = picture(stored_size);
        for orientation in Orientation::ALL {
            let upright = orientation.apply(stored.clone());
            let crop_side = upright.size().shorter().div_ceil(2);
            for options in fits(upright.size(), crop_side) {
                let turned_later = Plan::new(&info(upright.size(), orientation), &options).unwrap();
                let turned_first =
                    Plan::new(&info(upright.size(), Orientation::Upright), &options).unwrap();
                let fast = apply(stored.clone(), &turned_later);
                let plain = apply(upright.clone(), &turned_first);
                assert_eq!(fast.size(), plain.size());
                // The resizer rounds and clips after its horizontal pass, which is the vertical one of a turned picture.
                let worst = fast
                    .samples()
                    .iter()
                    .zip(plain.samples())
                    .map(|(a, b)| a.abs_diff(*b))
                    .max();
                assert!(
                    worst <= Some(2),
                    "{stored_size}, {orientation:?}, {}: {worst:?}",
                    options.fingerprint()
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 40 * 40 * 8 * 10);
}

/// What the documentation says about the square, checked against a different computation.
#[test]
fn the_square_holds_the_whole_photo_or_only_the_photo() {
    for (width, height) in (1..=40).flat_map(|w| (1..=40).map(move |h| (w, h))) {
        let info = info(Size::new(width, height).unwrap(), Orientation::Upright);
        let options = Options {
            side: SideRange::new(13, 21).unwrap(),
            ..Options::default()
        };
        let contain = Plan::new(&info, &options).unwrap();
        let side = width.max(height).clamp(13, 21);
        let exact =
            |length: u32| f64::from(length) * f64::from(side) / f64::from(width.max(height));
        assert_eq!(contain.side, side);
        assert_eq!(contain.crop, info.size.whole());
        for (scaled, length, offset) in [
            (contain.scaled.width(), width, contain.offset.0),
            (contain.scaled.height(), height, contain.offset.1),
        ] {
            assert_eq!(scaled, (exact(length).round() as u32).max(1));
            let right = side - scaled - offset;
            assert!(
                right == offset || right == offset + 1,
                "{width} x {height}: {offset} and {right}"
            );
        }

        let cover = Plan::new(
            &info,
            &Options {
                fit: Fit::Cover,
                ..options
            },
        )
        .unwrap();
        let shorter = width.min(height);
        assert_eq!((cover.side, cover.offset), (shorter.clamp(13, 21), (0, 0)));
        assert_eq!(cover.scaled, Size::new(cover.side, cover.side).unwrap());
        assert_eq!(
            (cover.crop.x(), cover.crop.y()),
            ((width - shorter) / 2, (height - shorter) / 2)
        );
    }
}
