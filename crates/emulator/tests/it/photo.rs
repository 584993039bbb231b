//! users.setPhoto done right: hashes, URLs, and what the pictures show.

use std::io::Cursor;

use headshot_emulator::{Emulator, Settings};
use image::codecs::gif::GifDecoder;
use image::{AnimationDecoder, ImageFormat, Rgba, RgbaImage};
use serde_json::Value;

use crate::client::{call, file, get, post, text};
use crate::pictures::{BLUE, RED, animation, decode, encode, near, plain};

const SIDES: [u32; 7] = [24, 32, 48, 72, 192, 512, 1024];

fn url(profile: &Value, name: &str) -> String {
    profile[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name} in {profile}"))
        .to_owned()
}

#[test]
fn a_photo_is_served_at_every_size_and_as_posted() {
    let emulator = Emulator::start().expect("starts");
    let base = emulator.base_url();
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif] {
        let bytes = plain(600, 600, RED, format);
        let reply = post(
            &base,
            "users.setPhoto",
            emulator.token(),
            &[file(format.to_mime_type(), &bytes)],
        )
        .json();
        assert_eq!(reply["ok"], true, "{reply}");
        let profile = &reply["profile"];
        let hash = url(profile, "avatar_hash");
        assert!(
            hash.len() == 12 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')),
            "{hash}"
        );
        for side in SIDES {
            let picture = get(&url(profile, &format!("image_{side}")));
            assert_eq!(
                (picture.status, picture.header("content-type")),
                (200, Some("image/png"))
            );
            let picture = decode(&picture.body);
            assert_eq!(picture.dimensions(), (side, side));
            assert!(near(*picture.get_pixel(side - 1, 0), RED));
        }
        let original = get(&url(profile, "image_original"));
        assert_eq!(original.header("content-type"), Some(format.to_mime_type()));
        assert_eq!(original.body, bytes);
    }
}

#[test]
fn every_upload_makes_a_new_hash_and_old_urls_die() {
    let emulator = Emulator::start().expect("starts");
    let base = emulator.base_url();
    let bytes = plain(64, 64, BLUE, ImageFormat::Png);
    let upload = || {
        post(
            &base,
            "users.setPhoto",
            emulator.token(),
            &[file("image/png", &bytes)],
        )
        .json()["profile"]
            .clone()
    };
    let (first, second) = (upload(), upload());
    assert_ne!(first["avatar_hash"], second["avatar_hash"]);
    for name in ["image_24", "image_1024", "image_original"] {
        assert_eq!(get(&url(&first, name)).status, 404);
        assert_eq!(get(&url(&second, name)).status, 200);
    }
    let read = call(&base, "users.profile.get", emulator.token(), "").json();
    assert_eq!(read["profile"]["avatar_hash"], second["avatar_hash"]);
    assert_eq!(read["profile"]["image_original"], second["image_original"]);
    assert_eq!(read["profile"]["is_custom_image"], true);
    let changes = emulator
        .log()
        .iter()
        .filter(|line| line.contains("user_change"))
        .count();
    assert_eq!(changes, 2, "{:?}", emulator.log());
}

#[test]
fn deleting_goes_back_to_a_default_avatar() {
    let emulator = Emulator::start().expect("starts");
    let base = emulator.base_url();
    let bytes = plain(64, 64, BLUE, ImageFormat::Png);
    let set = post(
        &base,
        "users.setPhoto",
        emulator.token(),
        &[file("image/png", &bytes)],
    )
    .json();
    assert_eq!(
        call(&base, "users.deletePhoto", emulator.token(), "").outcome(),
        "ok"
    );
    assert_eq!(get(&url(&set["profile"], "image_72")).status, 404);
    let profile = call(&base, "users.profile.get", emulator.token(), "").json()["profile"].clone();
    let hash = url(&profile, "avatar_hash");
    assert!(hash.len() == 12 && hash.starts_with('g'), "{hash}");
    assert!(profile.get("image_original").is_none() && profile.get("is_custom_image").is_none());
    assert_eq!(
        decode(&get(&url(&profile, "image_72")).body).dimensions(),
        (72, 72)
    );
}

#[test]
fn a_crop_takes_those_very_pixels() {
    let emulator = Emulator::start().expect("starts");
    let (x, y, side) = (11, 22, 333);
    // Red inside the box and blue around it: one pixel off, or x and y swapped, brings blue into a corner.
    let image = RgbaImage::from_fn(400, 360, |px, py| {
        if (x..x + side).contains(&px) && (y..y + side).contains(&py) {
            RED
        } else {
            BLUE
        }
    });
    let bytes = encode(image, ImageFormat::Png);
    let parts = [
        file("image/png", &bytes),
        text("crop_x", "11"),
        text("crop_y", "22"),
        text("crop_w", "333"),
    ];
    let reply = post(
        &emulator.base_url(),
        "users.setPhoto",
        emulator.token(),
        &parts,
    )
    .json();
    let cropped = decode(&get(&url(&reply["profile"], "image_512")).body);
    assert!(cropped.pixels().all(|pixel| near(*pixel, RED)), "{reply}");
    let requests = emulator.requests();
    let names: Vec<&str> = requests[0]
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert_eq!(names, ["image", "crop_x", "crop_y", "crop_w"]);
    assert_eq!(requests[0].field("crop_w").expect("sent").text(), "333");
}

#[test]
fn without_a_crop_a_photo_that_is_not_square_is_letterboxed() {
    let emulator = Emulator::start().expect("starts");
    let upload = |width, height| {
        let bytes = plain(width, height, RED, ImageFormat::Png);
        let reply = post(
            &emulator.base_url(),
            "users.setPhoto",
            emulator.token(),
            &[file("image/png", &bytes)],
        )
        .json();
        decode(&get(&url(&reply["profile"], "image_192")).body)
    };
    let black = Rgba([0, 0, 0, 255]);
    let wide = upload(400, 200);
    let at = |x, y| *wide.get_pixel(x, y);
    assert_eq!(
        (at(96, 0), at(96, 47), at(96, 144), at(96, 191)),
        (black, black, black, black)
    );
    assert!(near(at(0, 48), RED) && near(at(191, 143), RED));
    let tall = upload(1, 1000);
    assert_eq!(
        (*tall.get_pixel(94, 96), *tall.get_pixel(96, 96)),
        (black, black)
    );
    assert!(near(*tall.get_pixel(95, 0), RED) && near(*tall.get_pixel(95, 191), RED));
}

#[test]
fn transparency_survives_without_a_fringe() {
    let emulator = Emulator::start().expect("starts");
    // Invisible green must not bleed into the red edge.
    let image = RgbaImage::from_fn(
        480,
        480,
        |x, _| if x < 235 { RED } else { Rgba([0, 255, 0, 0]) },
    );
    let bytes = encode(image, ImageFormat::Png);
    let reply = post(
        &emulator.base_url(),
        "users.setPhoto",
        emulator.token(),
        &[file("image/png", &bytes)],
    )
    .json();
    let small = decode(&get(&url(&reply["profile"], "image_48")).body);
    assert!(
        small.pixels().filter(|p| p[3] > 16).all(|p| p[1] < 60),
        "green at the edge"
    );
    assert_eq!(
        (small.get_pixel(0, 0)[3], small.get_pixel(47, 0)[3]),
        (255, 0)
    );
}

#[test]
fn an_animation_moves_at_the_sizes_that_are_shown() {
    let emulator = Emulator::start().expect("starts");
    let bytes = animation(96, 7);
    let reply = post(
        &emulator.base_url(),
        "users.setPhoto",
        emulator.token(),
        &[file("image/gif", &bytes)],
    )
    .json();
    for name in ["image_24", "image_48", "image_192", "image_original"] {
        let picture = get(&url(&reply["profile"], name));
        assert_eq!(picture.header("content-type"), Some("image/gif"), "{name}");
        let frames = GifDecoder::new(Cursor::new(&picture.body))
            .expect("a GIF")
            .into_frames();
        let grays: Vec<u8> = frames
            .map(|frame| frame.expect("decodes").buffer().get_pixel(3, 3)[0])
            .collect();
        assert_eq!(grays, [0, 10, 20, 30, 40, 50, 60], "{name}");
    }
    assert_eq!(
        decode(&get(&url(&reply["profile"], "image_1024")).body).dimensions(),
        (1024, 1024)
    );
}

#[test]
fn limits_are_settings_and_one_below_passes() {
    let settings = Settings {
        max_frames: 3,
        max_dimension: 100,
        max_bytes: 5000,
        ..Settings::default()
    };
    let emulator = Emulator::with(settings).expect("starts");
    let upload = |content_type: &str, bytes: &[u8]| {
        post(
            &emulator.base_url(),
            "users.setPhoto",
            emulator.token(),
            &[file(content_type, bytes)],
        )
        .outcome()
    };
    assert_eq!(upload("image/gif", &animation(20, 3)), "ok");
    assert_eq!(upload("image/gif", &animation(20, 4)), "too_many_frames");
    assert_eq!(
        upload("image/png", &plain(100, 7, RED, ImageFormat::Png)),
        "ok"
    );
    assert_eq!(
        upload("image/png", &plain(7, 101, RED, ImageFormat::Png)),
        "too_large"
    );
    let mut long = plain(10, 10, RED, ImageFormat::Jpeg);
    long.resize(5000, 0);
    assert_eq!(upload("image/jpeg", &long), "ok");
    long.push(0);
    assert_eq!(upload("image/jpeg", &long), "too_large");
}
