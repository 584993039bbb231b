//! `--preview`: a picture of the avatar as Slack shows it, small and rounded, on light and on dark.
//!
//! Slack's web client draws avatars as rounded squares of 20 pixels in the sidebar, 24 in threads, 36 beside messages, and
//! 48, 72 and 192 in profiles. It publishes no radii; [`SIZES`] has about a fifth of the side for the small ones and less
//! for the large, so that Slack's corners hide everything that these hide. All of it is drawn at two pixels for one, as
//! today's screens do.

mod bitmap_font;
pub(crate) mod explain;

use std::io::Cursor;
use std::path::{Path, PathBuf};

use headshot_core::{
    Background, Damaged, Fit, FramePolicy, Gravity, Limits, Options, SideRange, Small, StillFormat,
    normalize,
};
use png::{BitDepth, ColorType, Decoder, Encoder};

use crate::claims::{Claims, Content, Target};
use crate::terminal::escape;
use crate::terminal::failure::Failure;

/// Sides and corner radii in CSS pixels.
const SIZES: [(u32, u32); 6] = [(20, 4), (24, 5), (36, 8), (48, 10), (72, 14), (192, 24)];

/// Pixels of the screen for one of CSS.
const SCALE: u32 = 2;

/// What lies around the avatars, in CSS pixels.
const MARGIN: u32 = 32;
const GAP: u32 = 24;
/// Between an avatar and the number below it.
const LABEL_GAP: u32 = 12;

/// Slack's two backgrounds, each with the color of its small print.
const THEMES: [([u8; 3], [u8; 3]); 2] = [
    ([0xff, 0xff, 0xff], [0x61, 0x60, 0x61]),
    ([0x1a, 0x1d, 0x21], [0xab, 0xab, 0xad]),
];

/// Where the preview goes.
pub(crate) struct Preview(Target);

impl Preview {
    /// Claims the name of the picture. Touches nothing.
    pub(crate) fn new(
        file: &Path,
        photos: &[PathBuf],
        claims: &mut Claims,
    ) -> Result<Preview, Failure> {
        claim("--preview", file, photos, claims).map(Preview)
    }

    /// Draws what Slack makes of these bytes, writes the picture, and says so.
    ///
    /// An avatar is square already; `fit` is for a photo that Slack is to crop or letterbox itself.
    pub(crate) fn write(&self, photo: &[u8], fit: Fit) -> Result<String, Failure> {
        self.0.write(&draw(photo, fit)?)?;
        let file = escape::lossless(self.0.path.as_os_str());
        Ok(format!("drew a preview in {file}"))
    }
}

/// Claims the name of a picture of one photo.
fn claim(
    flag: &'static str,
    file: &Path,
    photos: &[PathBuf],
    claims: &mut Claims,
) -> Result<Target, Failure> {
    if photos.len() > 1 {
        let failure = Failure::usage(format!("{flag}: it shows one photo, not several"));
        return Err(failure.with_hint("normalize --sheet makes a page of all of them"));
    }
    let is_png = file
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("png"));
    if !is_png {
        return Err(Failure::usage(format!(
            "{flag} {}: the picture is a PNG, so its name must end in .png",
            escape::name(file)
        )));
    }
    let target = claims.claim(flag, file, Content::Picture)?;
    target.prepare()?;
    Ok(target)
}

/// The picture, as a PNG: the light theme above the dark one, the avatar at each size, of an animation its first frame.
fn draw(photo: &[u8], fit: Fit) -> Result<Vec<u8>, Failure> {
    let avatars = SIZES
        .into_iter()
        .map(|(side, radius)| Ok((small(photo, fit, side * SCALE)?, radius * SCALE)))
        .collect::<Result<Vec<_>, Failure>>()?;
    let tallest = SIZES.iter().map(|(side, _)| *side).max().unwrap_or(0);
    let sides: u32 = SIZES.iter().map(|(side, _)| side).sum();
    let width = (2 * MARGIN + sides + GAP * (SIZES.len() as u32 - 1)) * SCALE;
    let panel = (2 * MARGIN + tallest + LABEL_GAP + bitmap_font::HEIGHT) * SCALE;
    let mut canvas = Canvas::new(width, panel * THEMES.len() as u32);
    for (index, (background, print)) in THEMES.into_iter().enumerate() {
        let top = panel * index as u32;
        canvas.fill(top, panel, background);
        let mut left = MARGIN * SCALE;
        // All stand on one line.
        let ground = top + (MARGIN + tallest) * SCALE;
        for (avatar, radius) in &avatars {
            canvas.avatar(left, ground - avatar.side, avatar, *radius);
            let number = (avatar.side / SCALE).to_string();
            let middle = left + avatar.side / 2;
            canvas.number(middle, ground + LABEL_GAP * SCALE, &number, print);
            left += avatar.side + GAP * SCALE;
        }
    }
    canvas.encode()
}

/// The photo at this many pixels, its transparency kept.
fn small(photo: &[u8], fit: Fit, side: u32) -> Result<Square, Failure> {
    let range = SideRange::new(side, side).ok_or_else(|| internal("a side out of range"))?;
    let options = Options {
        fit,
        gravity: Gravity::Center,
        background: Background::Transparent,
        side: range,
        small: Small::Enlarge,
        format: StillFormat::Png,
        frames: FramePolicy::First,
        // The photo was judged when its avatar was made.
        damaged: Damaged::Accept,
        limits: Limits {
            bytes: u64::MAX,
            pixels: u64::MAX,
            non_jpeg_pixels: u64::MAX,
            ..Limits::default()
        },
        ..Options::default()
    };
    let avatar = normalize(photo, &options)?;
    let mut decoder = Decoder::new(Cursor::new(avatar.bytes()));
    decoder.set_transformations(png::Transformations::ALPHA);
    let mut reader = decoder.read_info().map_err(internal)?;
    let mut pixels = vec![0; (side * side * 4) as usize];
    reader.next_frame(&mut pixels).map_err(internal)?;
    Ok(Square { side, pixels })
}

fn internal(error: impl ToString) -> Failure {
    let message = format!("the preview cannot be drawn: {}", error.to_string());
    Failure::new("internal", message)
}

/// Pixels of red, green, blue and straight alpha.
struct Square {
    side: u32,
    pixels: Vec<u8>,
}

/// Opaque pixels of red, green and blue.
struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Canvas {
    fn new(width: u32, height: u32) -> Canvas {
        Canvas {
            width,
            height,
            pixels: vec![0; (width * height * 3) as usize],
        }
    }

    fn pixel(&mut self, x: u32, y: u32) -> &mut [u8] {
        &mut self.pixels[((y * self.width + x) * 3) as usize..][..3]
    }

    /// Rows in one color.
    fn fill(&mut self, top: u32, height: u32, color: [u8; 3]) {
        for y in top..top + height {
            for x in 0..self.width {
                self.pixel(x, y).copy_from_slice(&color);
            }
        }
    }

    /// The avatar with round corners. Transparent pixels show the background, blended as browsers do it.
    fn avatar(&mut self, left: u32, top: u32, avatar: &Square, radius: u32) {
        for y in 0..avatar.side {
            for x in 0..avatar.side {
                let at = ((y * avatar.side + x) * 4) as usize;
                let alpha = f64::from(avatar.pixels[at + 3]) / 255.0;
                let cover = alpha * covered(x, y, avatar.side, radius);
                let below = self.pixel(left + x, top + y);
                for (below, above) in below.iter_mut().zip(&avatar.pixels[at..at + 3]) {
                    let mixed = f64::from(*above) * cover + f64::from(*below) * (1.0 - cover);
                    *below = mixed.round() as u8;
                }
            }
        }
    }

    /// A number with its middle here.
    fn number(&mut self, middle: u32, top: u32, number: &str, color: [u8; 3]) {
        let left = middle - bitmap_font::width(number) * SCALE / 2;
        for (x, y) in bitmap_font::dots(number) {
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                let (x, y) = (left + x * SCALE + dx, top + y * SCALE + dy);
                self.pixel(x, y).copy_from_slice(&color);
            }
        }
    }

    fn encode(&self) -> Result<Vec<u8>, Failure> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(internal)?;
        writer.write_image_data(&self.pixels).map_err(internal)?;
        writer.finish().map_err(internal)?;
        Ok(file)
    }
}

/// How much of this pixel lies within a rounded square, from 0 to 1.
fn covered(x: u32, y: u32, side: u32, radius: u32) -> f64 {
    /// Samples along each side of a pixel at the edge.
    const SAMPLES: u32 = 8;
    // The distance from the nearer corner, since all four are alike.
    let (x, y) = (x.min(side - 1 - x), y.min(side - 1 - y));
    if x >= radius || y >= radius {
        return 1.0;
    }
    // In units of half a sample, so that the middles of samples are whole numbers.
    let unit = 2 * SAMPLES;
    let inside = |x: u32, y: u32| {
        let (x, y) = ((radius * unit).abs_diff(x), (radius * unit).abs_diff(y));
        x * x + y * y <= (radius * unit).pow(2)
    };
    let samples = (0..SAMPLES * SAMPLES).map(|index| (index % SAMPLES, index / SAMPLES));
    let within = samples.filter(|(dx, dy)| inside(x * unit + 2 * dx + 1, y * unit + 2 * dy + 1));
    within.count() as f64 / f64::from(SAMPLES * SAMPLES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_round_and_alike() {
        // The area of a rounded square is that of the square without four times what the arc leaves of its box.
        for (side, radius) in SIZES {
            let all = (0..side * side).map(|index| (index % side, index / side));
            let area: f64 = all.map(|(x, y)| covered(x, y, side, radius)).sum();
            let lost = (4.0 - std::f64::consts::PI) * f64::from(radius * radius);
            let expected = f64::from(side * side) - lost;
            assert!((area - expected).abs() < 0.5, "{side}: {area} {expected}");
            assert_eq!(covered(0, 0, side, radius), 0.0);
            assert_eq!(covered(1, 2, side, radius), covered(2, 1, side, radius));
            let far = covered(side - 2, side - 3, side, radius);
            assert_eq!(covered(1, 2, side, radius), far);
        }
    }

    #[test]
    fn the_avatar_stands_at_every_size_on_both_backgrounds() {
        // Red at the left, transparent at the right.
        let (side, mut bytes) = (512, Vec::new());
        let mut encoder = Encoder::new(&mut bytes, side, side);
        encoder.set_color(ColorType::Rgba);
        let mut writer = encoder.write_header().unwrap();
        let pixel = |index: u32| {
            if index % side < side / 2 {
                [200, 11, 22, 255]
            } else {
                [9, 9, 9, 0]
            }
        };
        let pixels: Vec<u8> = (0..side * side).flat_map(pixel).collect();
        writer.write_image_data(&pixels).unwrap();
        writer.finish().unwrap();

        let picture = draw(&bytes, Fit::Contain).unwrap();
        let mut reader = Decoder::new(Cursor::new(picture)).read_info().unwrap();
        let (width, height) = (reader.info().width, reader.info().height);
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let at = |x: u32, y: u32| &pixels[((y * width + x) * 3) as usize..][..3];
        for (index, (background, _)) in THEMES.into_iter().enumerate() {
            let top = height / 2 * index as u32;
            let mut left = MARGIN * SCALE;
            for (side, _) in SIZES.map(|(side, radius)| (side * SCALE, radius)) {
                let above = top + (MARGIN + 192) * SCALE - side;
                let middle = above + side / 2;
                assert_eq!(at(left, middle), [200, 11, 22]);
                assert_eq!(at(left + side / 4, above), [200, 11, 22]);
                assert_eq!(at(left + side * 3 / 4, middle), background);
                assert_eq!(at(left, above), background, "the corner");
                assert_eq!(at(left - 1, middle), background);
                left += side + GAP * SCALE;
            }
        }
    }
}
