//! A picture of photos and what is cut out of them, all made from testdata: for people to look at.

use std::path::{Path, PathBuf};

use headshot_bench::peer::Peer;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder};

use crate::heads::{Edges, by_sharp, middle, options, ours};

/// The side of each picture, and the gap between them, in pixels.
const SIDE: u32 = 180;
const GAP: u32 = 10;

/// Draws a row for each scene: the photo, the center, sharp's attention, and `--fit face`.
pub(crate) fn draw(
    portrait: &RgbImage,
    still: &RgbImage,
    sharp: &mut Peer,
    work: &Path,
    to: &Path,
) {
    let scenes = scenes(portrait, still);
    let step = SIDE + GAP;
    let mut sheet = RgbImage::from_pixel(
        4 * step + GAP,
        scenes.len() as u32 * step + GAP,
        Rgb([255; 3]),
    );
    for (row, scene) in (0..).zip(&scenes) {
        let file: PathBuf = work.join(format!("scene-{row}.png"));
        scene.save(&file).expect("target can be written");
        let size = [scene.width(), scene.height()].map(f64::from);
        let shorter = size[0].min(size[1]);
        let squares = [
            [0.0, 0.0, size[0], size[1]],
            middle(size),
            by_sharp(&file, shorter, "attention", sharp, &work.join("out.jpg")),
            ours(&file, &options(128)).unwrap_or(middle(size)),
        ];
        for (column, square) in (0..).zip(squares) {
            let picture = fitted(scene, square);
            let [x, y] = [picture.width(), picture.height()].map(|side| (SIDE - side) / 2);
            let at = [GAP + column * step + x, GAP + row * step + y].map(i64::from);
            imageops::replace(&mut sheet, &picture, at[0], at[1]);
        }
    }
    let encoder = Encoder::new_file(to, 85).expect("docs can be written");
    let (width, height) = (sheet.width() as u16, sheet.height() as u16);
    let encoded = encoder.encode(&sheet, width, height, ColorType::Rgb);
    encoded.expect("docs can be written");
}

/// A part of a photo, as large as fits.
fn fitted(photo: &RgbImage, [left, top, right, bottom]: Edges) -> RgbImage {
    let [x, y, width, height] = [left, top, right - left, bottom - top].map(|edge| edge as u32);
    let part = imageops::crop_imm(photo, x, y, width, height).to_image();
    let scale = f64::from(SIDE) / f64::from(width.max(height));
    let [width, height] = [width, height].map(|side| ((f64::from(side) * scale) as u32).max(1));
    imageops::resize(&part, width, height, FilterType::CatmullRom)
}

/// The portrait as it is, at one side of a wide photo, low in a tall one, small, and twice.
fn scenes(portrait: &RgbImage, still: &RgbImage) -> Vec<RgbImage> {
    let scene = |width: u32, height: u32, places: &[(u32, u32, u32)]| {
        let mut scene = imageops::resize(still, width, height, FilterType::CatmullRom);
        for &(x, y, height) in places {
            let width = portrait.width() * height / portrait.height();
            let person = imageops::resize(portrait, width, height, FilterType::CatmullRom);
            imageops::replace(&mut scene, &person, x.into(), y.into());
        }
        scene
    };
    vec![
        portrait.clone(),
        scene(900, 500, &[(20, 60, 440)]),
        scene(500, 900, &[(70, 430, 470)]),
        scene(900, 600, &[(700, 30, 200)]),
        scene(900, 500, &[(30, 130, 340), (400, 110, 360)]),
    ]
}
