//! The animations that are raced: made here from free photos and by formula, so that anyone gets the same ones.

mod dice;
pub(crate) mod drawn;
mod photographic;

use image::RgbaImage;
use image::imageops::{self, FilterType};

use crate::pack::{Colors, Motion, pack};
use drawn::{blink, confetti, pixel_art, plasma, screen, spinner, sprite};
use photographic::{crossfade, cutout, disc_over, film, over, pan, slides, zoom};

/// An animation to race on.
pub struct Source {
    /// Its name in the table.
    pub name: &'static str,
    /// What it shows and how it is stored.
    pub kind: &'static str,
    /// The file.
    pub gif: Vec<u8>,
}

fn photo(bytes: &[u8]) -> RgbaImage {
    image::load_from_memory(bytes)
        .expect("a photo of the project decodes")
        .to_rgba8()
}

/// All animations of the race, from two frames to two hundred.
pub fn sources() -> Vec<Source> {
    let astronaut = &photo(include_bytes!("../../testdata/still/astronaut.jpg"));
    let chelsea = &photo(include_bytes!("../photos/chelsea.jpg"));
    let coffee = &photo(include_bytes!("../photos/coffee.jpg"));
    let source = |name, kind, frames: Vec<RgbaImage>, delay, colors, motion| Source {
        name,
        kind,
        gif: pack(&frames, delay, colors, motion),
    };
    vec![
        source(
            "pan",
            "photo, 360x360, palette per frame, dithered",
            pan(astronaut, 360, 40),
            5,
            Colors::LocalDithered,
            Motion::Whole,
        ),
        source(
            "zoom",
            "photo, 320x240, one palette, dithered",
            zoom(coffee, 320, 240, 24),
            8,
            Colors::GlobalDithered,
            Motion::Whole,
        ),
        source(
            "cat",
            "object over a still photo, 451x300, changed boxes",
            disc_over(chelsea, 30),
            6,
            Colors::GlobalDithered,
            Motion::Changes,
        ),
        source(
            "crossfade",
            "two photos, 300x300, palette per frame",
            crossfade(astronaut, coffee, 300, 20),
            10,
            Colors::Local,
            Motion::Whole,
        ),
        source(
            "slides",
            "three photos in turn, 400x400, palette per frame",
            slides(&[astronaut, chelsea, coffee], 400, 9),
            50,
            Colors::LocalDithered,
            Motion::Whole,
        ),
        source(
            "spinner",
            "flat, 240x240, antialiased",
            spinner(240, 30),
            4,
            Colors::Global,
            Motion::Whole,
        ),
        source(
            "screen",
            "flat screen, 640x400, changed boxes",
            screen(640, 400, 60),
            5,
            Colors::Global,
            Motion::Changes,
        ),
        source(
            "pixels",
            "pixel art, 80x80, changed boxes",
            pixel_art(80, 30),
            10,
            Colors::Global,
            Motion::Changes,
        ),
        source(
            "sprite",
            "transparent sprite, 128x128, restore to background",
            sprite(128, 24, 14.0),
            7,
            Colors::Global,
            Motion::ToBackground,
        ),
        source(
            "previous",
            "sprites over a photo, 256x256, restore to previous",
            over(chelsea, 256, 20),
            9,
            Colors::GlobalDithered,
            Motion::ToPrevious,
        ),
        source(
            "cutout",
            "transparent photo, 300x300, restore to background",
            cutout(astronaut, 300, 24),
            6,
            Colors::LocalDithered,
            Motion::ToBackground,
        ),
        source(
            "plasma",
            "smooth gradients, 256x256",
            plasma(256, 50),
            4,
            Colors::Global,
            Motion::Whole,
        ),
        source(
            "blink",
            "two flat frames, 600x600",
            blink(600),
            50,
            Colors::Global,
            Motion::Whole,
        ),
        source(
            "flip",
            "two photos in turn, 512x512: nothing to resize",
            slides(&[astronaut, coffee], 512, 2),
            80,
            Colors::LocalDithered,
            Motion::Whole,
        ),
        source(
            "confetti",
            "many small parts, 400x300, changed boxes",
            confetti(400, 300, 100),
            3,
            Colors::Global,
            Motion::Changes,
        ),
        source(
            "film",
            "noisy photo, 160x120, 200 frames",
            film(coffee, 160, 120, 200),
            4,
            Colors::GlobalDithered,
            Motion::Whole,
        ),
    ]
}

/// A 1920x1080 recording of 125 frames, for the memory figure.
pub fn large() -> Vec<u8> {
    let coffee = photo(include_bytes!("../photos/coffee.jpg"));
    let mut base = screen(1920, 1080, 1).remove(0);
    imageops::overlay(
        &mut base,
        &imageops::resize(&coffee, 600, 400, FilterType::CatmullRom),
        1200,
        600,
    );
    let frames: Vec<_> = (0..125)
        .map(|i| {
            let mut frame = base.clone();
            let part = imageops::resize(
                &coffee,
                480 + i as u32 * 2,
                320 + i as u32,
                FilterType::Triangle,
            );
            imageops::overlay(&mut frame, &part, 40 + 3 * i, 500 - 2 * i);
            frame
        })
        .collect();
    pack(&frames, 4, Colors::Global, Motion::Whole)
}
