//! `--preview`: the avatar as Slack shows it, drawn into one PNG.

use headshot_emulator::Emulator;

use crate::run::{headshot, names, png, run};
use crate::set::call;

/// Where the avatar of 192 pixels is in the picture: its left edge and its upper edges, light and dark, at two pixels
/// for one.
const LARGE: (u32, [u32; 2]) = (704, [64, 614]);

#[test]
fn set_draws_what_it_posts_in_both_themes() {
    let folder = tempfile::tempdir().unwrap();
    let (photo, file) = (folder.path().join("a.png"), folder.path().join("p.png"));
    // A square of green in gray, which the crop cuts out but for one row and column.
    let mut picture = image::RgbImage::from_pixel(900, 800, image::Rgb([90, 90, 90]));
    for (x, y) in (0..600).flat_map(|x| (0..600).map(move |y| (x, y))) {
        picture.put_pixel(x + 110, y + 22, image::Rgb([11, 150, 33]));
    }
    picture.save(&photo).unwrap();
    let emulator = Emulator::start().unwrap();
    for more in [&[][..], &["--as-is"]] {
        let mut arguments = vec!["set", photo.to_str().unwrap(), "--crop", "110,22,600"];
        arguments.extend(["--preview", file.to_str().unwrap()]);
        arguments.extend(more);
        let ran = call(&emulator, emulator.token(), &arguments).expect(0);
        assert!(ran.text().contains("drew a preview in"), "{ran:?}");
        let drawn = image::open(&file).unwrap().to_rgb8();
        assert_eq!(drawn.dimensions(), (1152, 1100));
        let (left, tops) = LARGE;
        for (top, background) in tops.into_iter().zip([[255; 3], [0x1a, 0x1d, 0x21]]) {
            let at = |x: u32, y: u32| drawn.get_pixel(left + x, top + y).0;
            for (x, y) in [(192, 0), (383, 192), (192, 383), (0, 192), (40, 333)] {
                assert_eq!(at(x, y), [11, 150, 33], "{x}, {y}");
            }
            assert_eq!(at(0, 0), background, "the corner is cut off");
            assert_eq!(at(383, 383), background);
        }
        std::fs::remove_file(&file).unwrap();
    }
}

#[test]
fn a_preview_that_cannot_be_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let photo = png(folder.path(), "a.png", 20, 30);
    let before = std::fs::read(&photo).unwrap();
    for (name, message) in [
        ("p.jpg", "must end in .png"),
        ("a.png", "would overwrite the photo"),
        ("no/such/p.png", "there is no folder"),
    ] {
        let mut command = headshot();
        command.current_dir(folder.path());
        command.args(["set", "a.png", "--emulator", "--preview", name]);
        let ran = run(&mut command).expect_message(2, message);
        assert_eq!(ran.text(), "");
    }
    assert_eq!(names(folder.path()), ["a.png"]);
    assert_eq!(std::fs::read(&photo).unwrap(), before);
}
