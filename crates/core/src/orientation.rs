//! The eight EXIF orientations, applied to sizes, rectangles and pixels.

use crate::geometry::{Rect, Size};
use crate::raster::Raster;

/// Rows that are turned together.
pub(crate) const BAND: usize = 64;

/// How the stored pixels must be turned to stand upright (EXIF 2.32, tag 0x0112).
///
/// The numbers are those of the tag; `as u8` gives them back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum Orientation {
    /// 1: already upright.
    #[default]
    Upright = 1,
    /// 2: mirror left to right.
    FlipHorizontal = 2,
    /// 3: turn by 180 degrees.
    Rotate180 = 3,
    /// 4: mirror top to bottom.
    FlipVertical = 4,
    /// 5: mirror along the diagonal from top left to bottom right.
    Transpose = 5,
    /// 6: turn by 90 degrees clockwise.
    Rotate90 = 6,
    /// 7: mirror along the diagonal from top right to bottom left.
    Transverse = 7,
    /// 8: turn by 270 degrees clockwise.
    Rotate270 = 8,
}

impl Orientation {
    /// All eight, in the order of their tags.
    pub const ALL: [Orientation; 8] = [
        Orientation::Upright,
        Orientation::FlipHorizontal,
        Orientation::Rotate180,
        Orientation::FlipVertical,
        Orientation::Transpose,
        Orientation::Rotate90,
        Orientation::Transverse,
        Orientation::Rotate270,
    ];

    /// The orientation with this EXIF tag value, or `None` outside 1..=8.
    pub fn from_exif(tag: u16) -> Option<Orientation> {
        Orientation::ALL
            .get(usize::from(tag).checked_sub(1)?)
            .copied()
    }

    /// The EXIF tag value, 1..=8.
    pub fn exif(self) -> u8 {
        self as u8
    }

    /// Whether width and height are exchanged.
    pub(crate) fn swaps_sides(self) -> bool {
        self.exif() >= 5
    }

    /// The size of the upright picture for the stored one, and the reverse.
    pub(crate) fn size(self, size: Size) -> Size {
        if self.swaps_sides() {
            size.transposed()
        } else {
            size
        }
    }

    /// Where a rectangle of the upright picture of `upright` pixels lies in the stored one.
    pub(crate) fn stored_rect(self, rect: Rect, upright: Size) -> Rect {
        use Orientation::*;
        let (left, top) = (rect.x(), rect.y());
        let (right, bottom) = (
            upright.width() - rect.right(),
            upright.height() - rect.bottom(),
        );
        let (x, y) = match self {
            Upright => (left, top),
            FlipHorizontal => (right, top),
            Rotate180 => (right, bottom),
            FlipVertical => (left, bottom),
            Transpose => (top, left),
            Rotate90 => (top, right),
            Transverse => (bottom, right),
            Rotate270 => (bottom, left),
        };
        self.size(upright)
            .rect(x, y, self.size(rect.size()))
            .expect("a rectangle inside the upright picture lies inside the stored one")
    }

    /// The raster turned upright.
    pub(crate) fn apply(self, stored: Raster) -> Raster {
        if self == Orientation::Upright {
            return stored;
        }
        let (size, layout) = (stored.size(), stored.layout());
        let planes = stored.planes().map(|(plane, ratio)| {
            let sides = [size.width(), size.height()].map(|side| (side / ratio) as usize);
            let mut turned = vec![0; plane.len()];
            let stride = sides[usize::from(self.swaps_sides())];
            match layout.channels() {
                1 => self.lay::<1>(plane, sides, 0, &mut turned, stride),
                3 => self.lay::<3>(plane, sides, 0, &mut turned, stride),
                _ => self.lay::<4>(plane, sides, 0, &mut turned, stride),
            }
            turned
        });
        Raster::of_planes(self.size(size), layout, planes.collect())
            .expect("turning keeps every pixel")
    }

    /// Lays rows of a stored picture of `width` x `height` pixels, from its row `y` on, upright where they belong in
    /// `target`: the whole upright picture is the first pixels of rows that are `stride` pixels long.
    pub(crate) fn lay<const CHANNELS: usize>(
        self,
        rows: &[u8],
        [width, height]: [usize; 2],
        y: usize,
        target: &mut [u8],
        stride: usize,
    ) {
        use Orientation::*;
        let rows: Vec<_> = rows.as_chunks::<CHANNELS>().0.chunks_exact(width).collect();
        let target = target.as_chunks_mut::<CHANNELS>().0;
        if !self.swaps_sides() {
            for (y, row) in (y..).zip(rows) {
                let y = match self {
                    Rotate180 | FlipVertical => height - 1 - y,
                    _ => y,
                };
                let target = &mut target[y * stride..][..width];
                target.copy_from_slice(row);
                if matches!(self, Rotate180 | FlipHorizontal) {
                    target.reverse();
                }
            }
            return;
        }
        // Rows become columns: a few at a time, so that neither falls out of the cache.
        for (y, rows) in (y..).step_by(BAND).zip(rows.chunks(BAND)) {
            let mirrored = matches!(self, Rotate90 | Transverse);
            let left = if mirrored { height - y - rows.len() } else { y };
            for x in 0..width {
                let y = match self {
                    Transverse | Rotate270 => width - 1 - x,
                    _ => x,
                };
                let target = &mut target[y * stride + left..][..rows.len()];
                for (to, row) in target.iter_mut().zip(rows) {
                    *to = row[x];
                }
                if mirrored {
                    target.reverse();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::Layout;

    /// Pixels numbered row by row.
    fn numbered(width: u32, height: u32) -> Raster {
        let samples = (0..width * height)
            .flat_map(|i| [i as u8, (i >> 8) as u8, 7])
            .collect();
        Raster::new(Size::new(width, height).unwrap(), Layout::Rgb, samples).unwrap()
    }

    fn cut(raster: &Raster, rect: Rect) -> Raster {
        crate::resize::crop_and_resize(raster, rect, rect.size()).unwrap()
    }

    fn first_samples(raster: &Raster) -> Vec<u8> {
        raster.samples().iter().step_by(3).copied().collect()
    }

    #[test]
    fn the_eight_cases_of_a_two_by_three_picture() {
        // Stored:  0 1
        //          2 3
        //          4 5
        let cases: [&[u8]; 8] = [
            &[0, 1, 2, 3, 4, 5],
            &[1, 0, 3, 2, 5, 4],
            &[5, 4, 3, 2, 1, 0],
            &[4, 5, 2, 3, 0, 1],
            &[0, 2, 4, 1, 3, 5],
            &[4, 2, 0, 5, 3, 1],
            &[5, 3, 1, 4, 2, 0],
            &[1, 3, 5, 0, 2, 4],
        ];
        for (orientation, expected) in Orientation::ALL.into_iter().zip(cases) {
            assert_eq!(
                first_samples(&orientation.apply(numbered(2, 3))),
                expected,
                "{orientation:?}"
            );
        }
    }

    #[test]
    fn a_rect_and_its_pixels_agree() {
        let stored = numbered(9, 5);
        for orientation in Orientation::ALL {
            let upright = orientation.apply(stored.clone());
            let size = upright.size();
            for (x, y, w, h) in [
                (0, 0, 1, 1),
                (1, 2, 3, 2),
                (2, 1, 2, 3),
                (0, 0, size.width(), size.height()),
            ] {
                let rect = size.rect(x, y, Size::new(w, h).unwrap()).unwrap();
                let part = cut(&stored, orientation.stored_rect(rect, size));
                assert_eq!(
                    orientation.apply(part),
                    cut(&upright, rect),
                    "{orientation:?} {rect}"
                );
            }
        }
    }

    #[test]
    fn only_one_to_eight_are_orientations() {
        assert_eq!(Orientation::from_exif(0), None);
        assert_eq!(Orientation::from_exif(9), None);
        assert_eq!(Orientation::from_exif(6), Some(Orientation::Rotate90));
        assert!(
            Orientation::ALL
                .iter()
                .zip(1..)
                .all(|(o, tag)| o.exif() == tag)
        );
    }
}
