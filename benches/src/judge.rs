//! How faithful an avatar is: against an independent decode, resized in floating point with Lanczos3.

use std::fs;
use std::path::Path;

use fast_ssim2::{PixelDescriptor, PixelSlice, Ssimulacra2Reference};
use headshot_core::{Fit, Size, probe};
use serde_json::json;

use crate::ours;
use crate::peer::{Peer, absolute};

/// What a faithful avatar looks like.
pub struct Reference {
    side: u32,
    papers: Vec<Paper>,
}

/// The reference over one background: there are two if it has holes.
struct Paper {
    light: f32,
    pixels: Vec<u8>,
    score: Ssimulacra2Reference,
}

/// How close an avatar is to its reference.
#[derive(Debug, Clone, Copy)]
pub struct Verdict {
    /// SSIMULACRA2; 100 is identical. If there is transparency, the mean over white and over black.
    pub score: f64,
    /// Peak signal to noise, in decibels, over the same backgrounds.
    pub psnr: f64,
}

/// The references of one photo: one if it is letterboxed, and if it covers the square one for each idea of where the centered
/// square lies.
///
/// The first is the centered square in whole pixels of the photo, rounded down: ours. The others are for programs that scale first
/// and then crop, and so end up to half a pixel of the avatar beside it.
pub struct References(Vec<Reference>);

impl References {
    /// Makes them with the workshop, or reads existing ones, in `folder`.
    ///
    /// # Errors
    ///
    /// The photo cannot be read, or one of the two refuses it.
    pub fn of(
        workshop: &mut Peer,
        photo: &Path,
        name: &str,
        fit: Fit,
        side: u32,
        folder: &Path,
    ) -> Result<References, String> {
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        let bytes = fs::read(photo).map_err(|error| error.to_string())?;
        let info = probe(&bytes, &ours::limits()).map_err(|error| error.to_string())?;
        let (boxes, place) = match fit {
            Fit::Contain => whole(info.size, side),
            _ => (boxes(info.size, side), [0, 0, side, side]),
        };
        let fit = if fit == Fit::Contain { "contain-" } else { "" };
        let path = |number: &str, paper: &str| {
            absolute(&folder.join(format!(
                "{name}-{}-{fit}{side}-{number}-{paper}.png",
                bytes.len()
            )))
        };
        // The last file that the workshop writes shows that all are there.
        if !Path::new(&path(&(boxes.len() - 1).to_string(), "white")).exists() {
            let order = json!({
                "make": "reference", "from": absolute(photo), "to": path("{}", "{}"), "side": side, "boxes": boxes,
                "place": place,
            });
            workshop.ask(&order)?;
        }
        let read = |number: usize| {
            let papers = [("white", 255.0), ("black", 0.0)]
                .iter()
                .map(|(paper, light)| (path(&number.to_string(), paper), *light))
                .filter(|(path, _)| Path::new(path).exists())
                .map(|(path, light)| Paper::read(Path::new(&path), light))
                .collect();
            Reference { side, papers }
        };
        Ok(References((0..boxes.len()).map(read).collect()))
    }

    /// Compares an avatar that was cropped before it was scaled.
    pub fn exact(&self, avatar: &Path) -> Verdict {
        self.0[0].judge(avatar)
    }

    /// Compares an avatar with whichever reference suits it best.
    pub fn kindest(&self, avatar: &Path) -> Verdict {
        self.0
            .iter()
            .map(|reference| reference.judge(avatar))
            .max_by(|a, b| a.score.total_cmp(&b.score))
            .expect("there is a reference")
    }
}

/// The centered square of the upright photo, rounded down: left, top, width, height.
pub fn square(size: Size) -> [u32; 4] {
    let side = size.shorter();
    [
        (size.width() - side) / 2,
        (size.height() - side) / 2,
        side,
        side,
    ]
}

/// All of the upright photo, and its position on the avatar: left, top, width, height.
fn whole(size: Size, side: u32) -> (Vec<[f64; 4]>, [u32; 4]) {
    let [width, height] = [size.width(), size.height()].map(f64::from);
    let longer = width.max(height);
    let scaled = |length: f64| (length * f64::from(side) / longer).round().max(1.0) as u32;
    let (across, down) = (scaled(width), scaled(height));
    let place = [(side - across) / 2, (side - down) / 2, across, down];
    (vec![[0.0, 0.0, width, height]], place)
}

/// Parts of the upright photo that become the avatar: left, top, right, bottom.
fn boxes(size: Size, side: u32) -> Vec<[f64; 4]> {
    let [left, top, square, _] = square(size).map(f64::from);
    let [width, height] = [size.width(), size.height()].map(f64::from);
    let mut boxes = vec![[left, top, left + square, top + square]];
    let side = f64::from(side);
    let scaled = [width, height].map(|length| (length * side / square).round());
    for round in [f64::floor, f64::ceil] {
        let [left, top] = scaled.map(|length| round((length - side) / 2.0));
        let (across, down) = (width / scaled[0], height / scaled[1]);
        let part = [
            left * across,
            top * down,
            (left + side) * across,
            (top + side) * down,
        ];
        if !boxes.contains(&part) {
            boxes.push(part);
        }
    }
    boxes
}

impl Paper {
    fn read(path: &Path, light: f32) -> Paper {
        let picture = image::open(path).expect("a reference is a PNG").to_rgb8();
        let side = picture.width();
        let pixels = picture.into_raw();
        let score = Ssimulacra2Reference::new(&slice(&pixels, side)).expect("a square");
        Paper {
            light,
            pixels,
            score,
        }
    }
}

impl Reference {
    fn judge(&self, avatar: &Path) -> Verdict {
        let bytes = fs::read(avatar).expect("the avatar was just made");
        let shown = image::load_from_memory(&bytes)
            .unwrap_or_else(|error| panic!("{}: {error}", avatar.display()))
            .to_rgba8();
        assert_eq!(
            shown.dimensions(),
            (self.side, self.side),
            "{}",
            avatar.display()
        );
        let (mut score, mut squares) = (0.0, 0.0);
        for paper in &self.papers {
            let pixels: Vec<u8> = shown
                .pixels()
                .flat_map(|pixel| {
                    let alpha = f32::from(pixel[3]) / 255.0;
                    [0, 1, 2].map(|c| {
                        (f32::from(pixel[c]) * alpha + paper.light * (1.0 - alpha)).round() as u8
                    })
                })
                .collect();
            score += paper
                .score
                .compare(&slice(&pixels, self.side))
                .expect("two squares can be compared");
            let differences = pixels.iter().zip(&paper.pixels);
            squares += differences
                .map(|(a, b)| f64::from(i32::from(*a) - i32::from(*b)).powi(2))
                .sum::<f64>()
                / pixels.len() as f64;
        }
        let papers = self.papers.len() as f64;
        Verdict {
            score: score / papers,
            psnr: 10.0 * (255.0 * 255.0 / (squares / papers)).log10(),
        }
    }
}

fn slice(pixels: &[u8], side: u32) -> PixelSlice<'_> {
    PixelSlice::new(
        pixels,
        side,
        side,
        side as usize * 3,
        PixelDescriptor::RGB8_SRGB,
    )
    .expect("a square")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_square_is_ours_first_and_then_where_others_put_it() {
        let size = Size::new(800, 600).expect("not empty");
        assert_eq!(square(size), [100, 0, 600, 600]);
        // Scaled to 683x512, the middle 512 columns begin at 85 or at 86.
        let across = 800.0 / 683.0;
        let found = boxes(size, 512);
        assert_eq!(found[0], [100.0, 0.0, 700.0, 600.0]);
        assert_eq!(found[1], [85.0 * across, 0.0, 597.0 * across, 600.0]);
        assert_eq!(found[2], [86.0 * across, 0.0, 598.0 * across, 600.0]);
        assert_eq!(found.len(), 3);
    }
}
