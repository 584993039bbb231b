//! Where the square lies that is cut out of a photo.

use headshot_core::{
    Fit, Gravity, Limits, Options, Plan, Quality, SideRange, StillFormat, normalize, probe,
};

use crate::file;

/// A PNG with a column for each level, or a row.
fn stripes(levels: &[u8], are_columns: bool) -> Vec<u8> {
    let length = levels.len() as u32;
    let (width, height) = if are_columns {
        (length, 8)
    } else {
        (8, length)
    };
    let picture = image::GrayImage::from_fn(width, height, |x, y| {
        image::Luma([levels[if are_columns { x } else { y } as usize]])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

#[test]
fn the_part_that_was_asked_for_is_kept() {
    let levels: Vec<u8> = (0..30).map(|i| 8 * i + 3).collect();
    // The first of the eight stripes that are kept: of columns, of rows.
    for (gravity, columns, rows) in [
        ("center", 11, 11),
        ("top", 11, 0),
        ("bottom", 11, 22),
        ("left", 0, 11),
        ("right", 22, 11),
        // 30 * 0.3 - 4 = 5, 30 * 0.6 - 4 = 14
        ("30%,60%", 5, 14),
        ("3%,98.5%", 0, 22),
    ] {
        for (are_columns, first) in [(true, columns), (false, rows)] {
            let options = Options {
                fit: Fit::Cover,
                gravity: Gravity::parse(gravity).unwrap(),
                side: SideRange::new(8, 8).unwrap(),
                ..Options::default()
            };
            let avatar = normalize(&stripes(&levels, are_columns), &options).unwrap();
            let avatar = image::load_from_memory(&avatar.bytes()).unwrap().to_luma8();
            let found: Vec<u8> = (0..8)
                .map(|i| if are_columns { [i, 5] } else { [5, i] })
                .map(|[x, y]| avatar.get_pixel(x, y).0[0])
                .collect();
            assert_eq!(found, levels[first..first + 8], "{gravity}, {are_columns}");
        }
    }
}

#[test]
fn the_photo_is_upright_before_that() {
    let mean = |name: &str, gravity| {
        let options = Options {
            fit: Fit::Cover,
            gravity,
            format: StillFormat::Jpeg(Quality::new(95)),
            side: SideRange::new(64, 64).unwrap(),
            ..Options::default()
        };
        let avatar = normalize(&file(name), &options).unwrap();
        image::load_from_memory(&avatar.bytes()).unwrap().to_rgb8()
    };
    let photo = file("still/orient-1.jpg");
    let upright = probe(&photo, &Limits::default()).unwrap().size;
    assert!(upright.width() != upright.height());
    let ends = if upright.width() > upright.height() {
        [Gravity::Left, Gravity::Right]
    } else {
        [Gravity::Top, Gravity::Bottom]
    };
    for gravity in [ends[0], ends[1], Gravity::Point { x: 3300, y: 3300 }] {
        let wanted = mean("still/orient-1.jpg", gravity);
        for tag in 2..=8 {
            let found = mean(&format!("still/orient-{tag}.jpg"), gravity);
            let off = found.iter().zip(wanted.iter());
            let off: u64 = off.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            let off = off as f64 / wanted.len() as f64;
            assert!(off < 3.0, "{gravity}, orientation {tag}: {off}");
        }
    }
    // And the two ends differ.
    let [a, b] = ends.map(|gravity| mean("still/orient-1.jpg", gravity));
    assert_ne!(a, b);
}

#[test]
fn where_nothing_is_cut_it_changes_nothing() {
    let info = probe(&file("still/large.jpg"), &Limits::default()).unwrap();
    let plan = |gravity| {
        let options = Options {
            gravity,
            ..Options::default()
        };
        Plan::new(&info, &options).unwrap()
    };
    assert_eq!(plan(Gravity::Bottom), plan(Gravity::Center));
}
