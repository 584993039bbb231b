//! Draws the faces that were found and the square that was chosen into a small picture of the photo.

use crate::error::Error;
use crate::faces::{Face, Faces};
use crate::geometry::Size;
use crate::raster::{Layout, Raster};

/// How dark the area outside the square is, in 256ths.
const DARK: u16 = 100;

const SQUARE: [u8; 3] = [255, 255, 255];
const FACE: [u8; 3] = [70, 230, 90];
const EYES: [u8; 3] = [255, 210, 40];
const PAPER: [u8; 3] = [0, 0, 0];

/// Digits of 3 x 5 dots, one bit a dot, from the top left to the bottom right; then a point and a colon.
const GLYPHS: [u16; 12] = [
    0b111_101_101_101_111,
    0b010_110_010_010_111,
    0b111_001_111_100_111,
    0b111_001_011_001_111,
    0b101_101_111_001_001,
    0b111_100_111_001_111,
    0b111_100_111_101_111,
    0b111_001_010_010_010,
    0b111_101_111_101_111,
    0b111_101_111_001_111,
    0b000_000_000_000_010,
    0b000_010_000_010_000,
];
const GLYPH: [i64; 2] = [3, 5];

/// The longer side in pixels from which on a picture has room for scores.
const ROOM: i64 = 320;

/// An upright RGB picture of the whole photo of `photo` pixels, with its faces, their scores, the line of the eyes and the square that was
/// cut out. If there are several faces, each has its number from the left before its score; in a picture that is too small for scores,
/// only its number, large enough to be read.
pub(crate) fn drawn(picture: Raster, photo: Size, faces: &Faces) -> Result<Raster, Error> {
    let size = picture.size();
    let longer = i64::from(size.longer());
    let mut canvas = Canvas {
        width: size.width().into(),
        height: size.height().into(),
        photo,
        pen: (longer / ROOM).max(1),
        // Small pictures are shown at half their size.
        dot: if longer < ROOM {
            4
        } else {
            2 * (longer / ROOM)
        },
        pixels: picture.into_samples(),
    };
    if let Some(crop) = faces.crop {
        let [left, top] = canvas.at(crop.x.into(), crop.y.into());
        let [right, bottom] = canvas.at((crop.x + crop.side).into(), (crop.y + crop.side).into());
        let square = [left, top, right, bottom];
        canvas.darken_around(square);
        let eyes = canvas.eyes(&faces.face);
        let line = (eyes[0][1] + eyes[1][1]) / 2;
        canvas.fill([left, line, right, line + canvas.pen], EYES);
        canvas.frame(square, SQUARE);
    }
    let are_many = faces.found.len() > 1;
    for (number, face) in (1..).zip(&faces.found) {
        let score = format!("{:.2}", face.score);
        let label = match (are_many, longer >= ROOM) {
            (true, true) => format!("{number}:{score}"),
            (true, false) => number.to_string(),
            (false, true) => score,
            (false, false) => String::new(),
        };
        canvas.face(face, &label);
    }
    Raster::new(size, Layout::Rgb, canvas.pixels)
        .ok_or_else(|| Error::internal("drawing keeps every pixel"))
}

struct Canvas {
    width: i64,
    height: i64,
    photo: Size,
    /// How wide lines are.
    pen: i64,
    /// How large a dot of a digit is.
    dot: i64,
    pixels: Vec<u8>,
}

impl Canvas {
    /// Where a pixel of the photo lies in the picture.
    fn at(&self, x: i64, y: i64) -> [i64; 2] {
        [
            x * self.width / i64::from(self.photo.width()),
            y * self.height / i64::from(self.photo.height()),
        ]
    }

    fn eyes(&self, face: &Face) -> [[i64; 2]; 2] {
        face.eyes.map(|[x, y]| self.at(x.into(), y.into()))
    }

    /// The pixels of a rectangle that lie in the picture.
    fn each(&mut self, [left, top, right, bottom]: [i64; 4], change: impl Fn(&mut [u8])) {
        for y in top.max(0)..bottom.min(self.height) {
            for x in left.max(0)..right.min(self.width) {
                let start = ((y * self.width + x) * 3) as usize;
                change(&mut self.pixels[start..start + 3]);
            }
        }
    }

    fn fill(&mut self, place: [i64; 4], color: [u8; 3]) {
        self.each(place, |pixel| pixel.copy_from_slice(&color));
    }

    fn darken_around(&mut self, [left, top, right, bottom]: [i64; 4]) {
        let (width, height) = (self.width, self.height);
        for place in [
            [0, 0, width, top],
            [0, bottom, width, height],
            [0, top, left, bottom],
            [right, top, width, bottom],
        ] {
            self.each(place, |pixel| {
                for sample in pixel {
                    *sample = ((u16::from(*sample) * DARK) >> 8) as u8;
                }
            });
        }
    }

    /// The outline of a rectangle, drawn inside it.
    fn frame(&mut self, [left, top, right, bottom]: [i64; 4], color: [u8; 3]) {
        let pen = self.pen;
        for place in [
            [left, top, right, top + pen],
            [left, bottom - pen, right, bottom],
            [left, top, left + pen, bottom],
            [right - pen, top, right, bottom],
        ] {
            self.fill(place, color);
        }
    }

    /// A face with its eyes, and the label above it.
    fn face(&mut self, face: &Face, label: &str) {
        let (x, y) = (i64::from(face.place.x()), i64::from(face.place.y()));
        let size = face.place.size();
        let [left, top] = self.at(x, y);
        let [right, bottom] = self.at(x + i64::from(size.width()), y + i64::from(size.height()));
        self.frame([left, top, right, bottom], FACE);
        for [x, y] in self.eyes(face) {
            let reach = self.pen;
            self.fill([x - reach, y - reach, x + reach + 1, y + reach + 1], EYES);
        }
        if label.is_empty() {
            return;
        }
        let dot = self.dot;
        let [wide, high] = GLYPH.map(|dots| (dots + 1) * dot);
        let right = left + wide * label.len() as i64 + dot;
        let above = (top - high - dot).max(0);
        self.fill([left, above, right, above + high + dot], PAPER);
        for (letter, character) in (0..).zip(label.chars()) {
            let glyph = match character {
                ':' => 11,
                digit => digit.to_digit(10).map_or(10, |digit| digit as usize),
            };
            let origin = [left + dot + letter * wide, above + dot];
            self.glyph(GLYPHS[glyph], origin, dot);
        }
    }

    fn glyph(&mut self, glyph: u16, [left, top]: [i64; 2], dot: i64) {
        let [across, down] = GLYPH;
        for at in 0..across * down {
            if glyph >> (across * down - 1 - at) & 1 == 1 {
                let (x, y) = (left + at % across * dot, top + at / across * dot);
                self.fill([x, y, x + dot, y + dot], FACE);
            }
        }
    }
}
