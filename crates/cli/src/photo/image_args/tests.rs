use std::time::Duration;

use clap::Parser;
use headshot_core::Limits;

use super::*;
use crate::args::{Cli, Command};

fn options(arguments: &str, named: Option<FormatArg>) -> Result<Options, String> {
    let arguments = format!("headshot inspect a.jpg {arguments}");
    match Cli::try_parse_from(arguments.split_whitespace()).map(|cli| cli.command) {
        Ok(Command::Inspect(args)) => args.image.options(named).map_err(|failure| failure.message),
        Ok(_) => unreachable!(),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn nothing_asked_for_is_the_default_of_the_core() {
    assert_eq!(options("", None), Ok(Options::default()));
}

#[test]
fn every_flag_reaches_its_option() {
    let all = "--crop 11,22,333 --rotate 270 --background #336699 --min-side 44 --max-side 555 --small refuse \
        --format jpeg --quality 77 --max-bytes 88 --max-pixels 99 --max-length 111 --max-frames 122 \
        --frames decimate --max-memory 3M --max-scans 133 --max-blocks 144 --max-canvases 155 \
        --max-drawn 158 --max-profile 5k \
        --max-time 166ms --allow-damaged";
    let expected = Options {
        fit: Fit::Crop(CropBox {
            x: 11,
            y: 22,
            side: 333,
        }),
        gravity: Gravity::Center,
        rotate: Rotation::By270,
        background: Background::Color([0x33, 0x66, 0x99]),
        side: SideRange::new(44, 555).unwrap(),
        small: Small::Refuse,
        format: StillFormat::Jpeg(Quality::new(77)),
        limits: Limits {
            bytes: 88,
            pixels: 99,
            non_jpeg_pixels: 99,
            webp_pixels: 99,
            side: 111,
            memory: 3 << 20,
            scans: 133,
            blocks: 144,
            frames: 122,
            canvases: 155,
            drawn: 158,
            profile: 5 << 10,
            time: Duration::from_millis(166),
        },
        damaged: Damaged::Accept,
        frames: FramePolicy::Decimate,
    };
    assert_eq!(options(all, None), Ok(expected));
    let cover = options("--fit cover --side 66 --background transparent", None).unwrap();
    assert_eq!(cover.fit, Fit::Cover);
    assert_eq!((cover.side.min(), cover.side.max()), (66, 66));
    assert_eq!(cover.background, Background::Transparent);
    for (text, background) in [
        ("336699", Background::Color([0x33, 0x66, 0x99])),
        ("369", Background::Color([0x33, 0x66, 0x99])),
        ("#369", Background::Color([0x33, 0x66, 0x99])),
        ("Tomato", Background::Color([0xff, 0x63, 0x47])),
        ("blur", Background::Blur),
        ("edge", Background::Edge),
    ] {
        let asked = options(&format!("--background {text}"), None).unwrap();
        assert_eq!(asked.background, background, "{text}");
    }
    let face = options("--fit face --face 3 --face-fallback contain", None).unwrap();
    let wanted = FaceFit {
        fallback: FaceFallback::Contain,
        number: std::num::NonZeroU32::new(3),
    };
    assert_eq!(face.fit, Fit::Face(wanted));
    let face = options("--fit face", None).unwrap();
    assert_eq!(face.fit, Fit::Face(FaceFit::default()));
    let left = options("--gravity left --fit cover", None).unwrap();
    assert_eq!((left.fit, left.gravity), (Fit::Cover, Gravity::Left));
    let point = options("--gravity 11%,22.5% --fit=cover", None).unwrap();
    assert_eq!(point.gravity, Gravity::Point { x: 1100, y: 2250 });
}

#[test]
fn what_is_asked_for_has_one_spelling_and_no_defaults() {
    let asked = |arguments: &str, crop: Option<CropBox>| {
        let arguments = format!("headshot inspect a.jpg {arguments}");
        match Cli::try_parse_from(arguments.split_whitespace()).map(|cli| cli.command) {
            Ok(Command::Inspect(args)) => {
                let own = Choice {
                    fit: crop.map(|_| ChosenFit::Crop),
                    crop,
                    ..Choice::default()
                };
                args.image.asked(&own.over(&args.image.choice()))
            }
            other => panic!("{other:?}"),
        }
    };
    // Journals hold these texts: another one for the same flags has everybody posted again.
    for (arguments, expected) in [
        ("", ""),
        (
            "--max-bytes 88 --max-pixels 99 --max-time 166ms --max-memory 3M",
            "",
        ),
        ("--max-frames 7", ""),
        ("--frames reject --max-frames 7", "frames=reject"),
        (
            "--max-frames 7 --frames decimate",
            "frames=decimate max-frames=7",
        ),
        ("--side 666", "min-side=666 max-side=666"),
        (
            "--max-side 888 --min-side 77 --fit cover --background 0122ff --small refuse --format jpeg --quality 44",
            "fit=cover background=#0122ff min-side=77 max-side=888 small=refuse format=jpeg quality=44",
        ),
        (
            "--gravity 05.50%,100% --background white --fit cover",
            "fit=cover gravity=5.5%,100% background=#ffffff",
        ),
        ("--background BLUR", "background=blur"),
        (
            "--face 2 --fit face --face-fallback refuse --gravity top",
            "fit=face face-fallback=refuse face=2 gravity=top",
        ),
        (
            "--crop 11,22,333 --allow-damaged",
            "crop=11,22,333 allow-damaged=yes",
        ),
        ("--max-profile 5k", "max-profile=5120"),
        ("--rotate 90 --max-profile 5k", "max-profile=5120 rotate=90"),
        ("--rotate 0", ""),
    ] {
        assert_eq!(asked(arguments, None), expected, "{arguments}");
    }
    let crop = CropBox {
        x: 44,
        y: 55,
        side: 666,
    };
    assert_eq!(
        asked("--fit cover --gravity top --quality 9", Some(crop)),
        "crop=44,55,666 quality=9"
    );
}

#[test]
fn wrong_values_say_what_is_right() {
    for (arguments, message) in [
        ("--crop 1,2", "as in 11,22,333"),
        ("--crop 1,2,-3", "as in 11,22,333"),
        ("--crop -1,2,3", "as in 11,22,333"),
        ("--crop 1,2,0", "at least 1"),
        ("--crop 1,2,3 --fit cover", "cannot be used with"),
        ("--background #12345", "or one as '#369' or '#336699'"),
        ("--background +12345", "the name of a CSS color"),
        ("--background purpel", "blur, edge"),
        ("--gravity top", "what --fit cover keeps"),
        ("--gravity top --fit contain", "what --fit cover keeps"),
        ("--gravity center --crop 1,2,3", "what --fit cover keeps"),
        ("--gravity north --fit cover", "center, top, bottom, left"),
        ("--gravity 11,22 --fit cover", "as in 50%,33.3%"),
        ("--gravity 101%,22% --fit cover", "as in 50%,33.3%"),
        ("--rotate 45", "0, 90, 180 or 270"),
        ("--rotate -90", "0, 90, 180 or 270"),
        ("--quality 0", "from 1 to 100"),
        ("--quality 101", "from 1 to 100"),
        ("--side 0", "from 1 to 4096"),
        ("--side 4097", "from 1 to 4096"),
        ("--side 600 --min-side 500", "cannot be used with"),
        ("--min-side 2000", "2000 pixels, is above the largest, 1024"),
        ("--format png --quality 80", "a PNG has none"),
        (
            "--format jpeg --background transparent",
            "cannot be transparent",
        ),
        ("--fit stretch", "contain, cover"),
        ("--max-memory 0", "as in 800M or 2G"),
        ("--max-time 0s", "as in 5s, 800ms or 2m"),
        ("--max-time forever", "as in 5s, 800ms or 2m"),
        ("--max-pixels 0", "as in 240000 or 64M"),
        ("--max-pixels none", "as in 240000 or 64M"),
    ] {
        let error = options(arguments, None).unwrap_err();
        assert!(error.contains(message), "{arguments}: {error}");
    }
}

#[test]
fn the_name_of_the_output_decides_or_contradicts() {
    let format = |arguments, named| options(arguments, Some(named)).map(|o| o.format);
    assert_eq!(format("", FormatArg::Png), Ok(StillFormat::Png));
    assert_eq!(
        format("--format auto --quality 55", FormatArg::Jpeg),
        Ok(StillFormat::Jpeg(Quality::new(55)))
    );
    let contradiction = format("--format jpeg", FormatArg::Png).unwrap_err();
    assert!(contradiction.contains("contradicts"), "{contradiction}");
}

#[test]
fn flags_for_a_fit_may_stand_beside_photos_that_have_it() {
    let options = |arguments: &str, own: &[ChosenFit]| {
        let arguments = format!("headshot inspect a.jpg {arguments}");
        match Cli::try_parse_from(arguments.split_whitespace()).map(|cli| cli.command) {
            Ok(Command::Inspect(args)) => args.image.options_beside(None, own).is_ok(),
            other => panic!("{other:?}"),
        }
    };
    for (arguments, own, is_right) in [
        ("--face-fallback refuse", &[][..], false),
        ("--face-fallback refuse", &[ChosenFit::Cover], false),
        ("--face-fallback refuse", &[ChosenFit::Face], true),
        ("--face 2 --fit cover", &[ChosenFit::Face], true),
        ("--gravity top", &[ChosenFit::Contain], false),
        ("--gravity top", &[ChosenFit::Crop, ChosenFit::Cover], true),
    ] {
        assert_eq!(options(arguments, own), is_right, "{arguments} {own:?}");
    }
}
