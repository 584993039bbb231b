//! The rule that turns faces into a square of the photo.
//!
//! A head is larger than the box that the network finds, because hair and ears belong to it. Its size is `F`,
//! [`SIZE`] times the square root of the box's area, which is about the height from the hairline to the chin. One head gets a square
//! of 2.25 F and then takes up about 58 % of it; US passport photos ask for 50 to 69 %.

use crate::face::{ACCEPT, Face};

/// F divided by the square root of the box's area.
const SIZE: f64 = 1.155;
/// The square around one head, in F.
const SIDE: f64 = 2.25;
/// The room around several heads together, in F of the largest: as much as [`SIDE`] leaves around one.
const ROOM: f64 = 1.0;
/// How far down the square the eyes lie.
const EYES: f64 = 0.42;
/// How far above the box the crown lies, in F.
const CROWN: f64 = 0.27;
/// How far beside the box the ears lie, in F.
const EARS: f64 = 0.1;
/// Faces smaller than this part of the largest are in the background and do not count.
const BESIDE: f64 = 0.6;

/// Which faces to frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// All heads that count: those at least 0.6 times as large as the largest one.
    #[default]
    Heads,
    /// One of [`accepted`], counted from 1, whatever its size.
    Number(u32),
}

/// How the faces decide about a photo.
#[derive(Debug, Clone, PartialEq)]
pub enum Framing {
    /// A square.
    Square(Framed),
    /// No square of the photo holds all heads: any would cut somebody in half.
    Crowd {
        /// The faces that count, from the left.
        faces: Vec<Face>,
        /// The side of the square that would hold all heads, in pixels.
        needed: u32,
        /// The side of the largest square of the photo.
        available: u32,
    },
    /// No face reaches [`ACCEPT`].
    Nobody {
        /// The best score, if anything at all was found.
        best: Option<f32>,
    },
    /// No face has the number that was chosen.
    NoSuchFace {
        /// The number.
        number: u32,
        /// How many faces there are: numbers go from 1 to this.
        found: u32,
    },
}

/// The square that frames faces, in whole pixels of the upright photo. It lies inside the photo.
#[derive(Debug, Clone, PartialEq)]
pub struct Framed {
    /// Its left edge.
    pub x: u32,
    /// Its top edge.
    pub y: u32,
    /// Its side, at least 1.
    pub side: u32,
    /// What decided the side.
    pub side_from: SideFrom,
    /// How far down the square the eyes lie, in percent of the side: 42, unless the square touches an edge of the photo, or hair or a
    /// chin would have been cut.
    pub eyes_percent: u32,
    /// The faces that it frames, from the left.
    pub faces: Vec<Face>,
}

/// What decided the side of a square.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SideFrom {
    /// The heads.
    Heads,
    /// The smallest side that was asked for: the heads are small in it, and the square would have to be enlarged to show them larger.
    Smallest,
    /// The photo: it has no larger square.
    Photo,
}

/// The faces that can be chosen, from the left, and from the top if one is above the other: with a score of at least [`ACCEPT`], within a photo of `photo` pixels, width and height.
pub fn accepted(faces: &[Face], photo: [u32; 2]) -> Vec<Face> {
    let heads = heads(faces, photo);
    heads.into_iter().map(|head| head.face).collect()
}

/// The square that frames the faces of an upright photo.
///
/// Faces and `photo`, its width and height, are in pixels of the photo. The square's side is at least `smallest_side` pixels, because a smaller
/// square would only be enlarged. Only a photo with a shorter side gets a smaller square.
///
/// - **One head:** the square is 2.25 times as large as the face, centered on it from left to right, with the eyes at 42 % of its
///   height, but no larger than the photo. It is moved to lie inside the photo and to include crown and chin. If it is too small
///   for both, it cuts hair.
/// - **Several:** all heads, with as much room around them together.
pub fn frame(faces: &[Face], choice: Choice, photo: [u32; 2], smallest_side: u32) -> Framing {
    let mut heads = heads(faces, photo);
    let largest = heads.iter().map(|head| head.size).fold(0.0, f64::max);
    match choice {
        Choice::Heads => heads.retain(|head| head.size >= BESIDE * largest),
        Choice::Number(number) => {
            let found = heads.len() as u32;
            let index = (number as usize).wrapping_sub(1);
            if found > 0 && index >= heads.len() {
                return Framing::NoSuchFace { number, found };
            }
            heads = heads.into_iter().skip(index).take(1).collect();
        }
    }
    let Some(all) = heads.iter().copied().reduce(Head::with) else {
        let scores = faces.iter().map(|face| face.score);
        return Framing::Nobody {
            best: scores.filter(|score| !score.is_nan()).reduce(f32::max),
        };
    };
    let faces: Vec<Face> = heads.iter().map(|head| head.face).collect();
    let shorter = photo[0].min(photo[1]);
    let [across, down] = [0, 1].map(|axis| Span::inside(all.edges[axis], photo[axis]));
    let needed = across.length().max(down.length());
    let wanted = match faces.len() {
        1 => SIDE * all.size,
        _ if needed > shorter => {
            return Framing::Crowd {
                faces,
                needed,
                available: shorter,
            };
        }
        _ => f64::from(needed) + ROOM * all.size,
    };
    let smallest = f64::from(smallest_side);
    let (side, side_from) = if wanted.max(smallest) >= f64::from(shorter) {
        (shorter, SideFrom::Photo)
    } else if wanted <= smallest {
        (smallest_side.max(1), SideFrom::Smallest)
    } else {
        (wanted.ceil() as u32, SideFrom::Heads)
    };
    let eyes = heads.iter().map(|head| head.eyes).sum::<f64>() / heads.len() as f64;
    let [left, right] = all.edges[0];
    // A head wider than the square is cut on both sides.
    let across = if across.length() > side {
        Span::ANY
    } else {
        across
    };
    let x = across.place((left + right) / 2.0 - f64::from(side) / 2.0, side, photo[0]);
    let y = down.place(eyes - EYES * f64::from(side), side, photo[1]);
    let eyes_percent = (eyes - f64::from(y)) * 100.0 / f64::from(side);
    Framing::Square(Framed {
        x,
        y,
        side,
        side_from,
        eyes_percent: (eyes_percent.round() as u32).min(100),
        faces,
    })
}

/// A face with its hair and ears, or several together.
#[derive(Debug, Clone, Copy)]
struct Head {
    face: Face,
    /// F.
    size: f64,
    /// From ear to ear and from crown to chin, even outside the photo.
    edges: [[f64; 2]; 2],
    /// How far down the eyes are.
    eyes: f64,
}

impl Head {
    /// `None` if it is not a face, by its score or its numbers, or does not lie in the photo.
    fn of(face: Face, photo: [u32; 2]) -> Option<Head> {
        let [x, y, width, height] = [face.x, face.y, face.width, face.height].map(f64::from);
        let size = SIZE * (width * height).sqrt();
        let [[_, right_eye], [_, left_eye], ..] = face.landmarks;
        let eyes = (f64::from(right_eye) + f64::from(left_eye)) / 2.0;
        let edges = [
            [x - EARS * size, x + width + EARS * size],
            [y - CROWN * size, y + height],
        ];
        let is_in = |axis: usize| {
            let [start, end] = edges[axis];
            start.max(0.0) < end.min(photo[axis].into())
        };
        let is_one = face.score >= ACCEPT
            && width > 0.0
            && height > 0.0
            && [x, y, size, eyes].iter().all(|number| number.is_finite());
        (is_one && is_in(0) && is_in(1)).then(|| Head {
            face,
            size,
            edges,
            // Between the hairline and the chin, whatever was found.
            eyes: eyes.max(y).min(y + height),
        })
    }

    /// The union of both.
    fn with(self, other: Head) -> Head {
        let edges = [0, 1].map(|axis| {
            let [[a, b], [c, d]] = [self.edges[axis], other.edges[axis]];
            [a.min(c), b.max(d)]
        });
        Head {
            size: self.size.max(other.size),
            edges,
            ..self
        }
    }
}

/// From the left, column by column; within a column from the top. A head belongs to the column of the one before it if its center is less than
/// half a box's width to the right of that one's: nobody notices which of two heads above each other is a few pixels further to the right.
fn heads(faces: &[Face], photo: [u32; 2]) -> Vec<Head> {
    let found = faces.iter().filter_map(|face| Head::of(*face, photo));
    let mut heads: Vec<Head> = found.collect();
    let center = |head: &Head| head.edges.map(|[start, end]| start + end);
    heads.sort_by(|a, b| {
        let ([ax, ay], [bx, by]) = (center(a), center(b));
        ax.total_cmp(&bx).then(ay.total_cmp(&by))
    });
    let mut rest = &mut heads[..];
    while let Some(first) = rest.first() {
        // Doubled coordinates of the centers.
        let end = center(first)[0] + f64::from(first.face.width);
        let column = rest.partition_point(|head| center(head)[0] < end).max(1);
        let (column, others) = rest.split_at_mut(column);
        column.sort_by(|a, b| center(a)[1].total_cmp(&center(b)[1]));
        rest = others;
    }
    heads
}

/// Pixels along an axis that the square should include.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// Requires nothing.
    const ANY: Span = Span {
        start: u32::MAX,
        end: 0,
    };

    /// The part of it inside the photo.
    fn inside([start, end]: [f64; 2], length: u32) -> Span {
        // Negative numbers become 0, and numbers that are too large become the largest.
        Span {
            start: (start.floor() as u32).min(length),
            end: (end.ceil() as u32).min(length),
        }
    }

    fn length(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Where the square begins: at the wanted position, unless that cuts the start, or the end, or leaves the photo; each outweighs the one
    /// before.
    fn place(self, ideal: f64, side: u32, length: u32) -> u32 {
        let start = (ideal.round() as u32).min(self.start);
        start
            .max(self.end.saturating_sub(side))
            .min(length.saturating_sub(side))
    }
}
