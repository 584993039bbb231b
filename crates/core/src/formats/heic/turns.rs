//! Turns, mirrors and cuts, in the order of the file (ISO/IEC 23008-12, 6.5.9 to 6.5.12).

use super::boxes::damaged;
use crate::error::Error;
use crate::geometry::{Rect, Size};
use crate::orientation::Orientation;

/// Turning upright, followed by a number of quarter turns, counterclockwise.
pub(super) fn turned(orientation: Orientation, quarters: u8) -> Orientation {
    let turn = match quarters % 4 {
        0 => Orientation::Upright,
        1 => Orientation::Rotate270,
        2 => Orientation::Rotate180,
        _ => Orientation::Rotate90,
    };
    then(orientation, turn)
}

/// Turning upright, followed by a mirror: 0 swaps top and bottom, 1 left and right.
pub(super) fn mirrored(orientation: Orientation, axis: u8) -> Orientation {
    let mirror = match axis {
        0 => Orientation::FlipVertical,
        _ => Orientation::FlipHorizontal,
    };
    then(orientation, mirror)
}

/// One after the other.
fn then(first: Orientation, second: Orientation) -> Orientation {
    let ([[a, b], [c, d]], [[e, f], [g, h]]) = (matrix(second), matrix(first));
    let product = [
        [a * e + b * g, a * f + b * h],
        [c * e + d * g, c * f + d * h],
    ];
    let mut all = Orientation::ALL.into_iter();
    all.find(|orientation| matrix(*orientation) == product)
        .unwrap_or_default()
}

/// Where x (to the right) and y (down) go.
fn matrix(orientation: Orientation) -> [[i8; 2]; 2] {
    match orientation {
        Orientation::Upright => [[1, 0], [0, 1]],
        Orientation::FlipHorizontal => [[-1, 0], [0, 1]],
        Orientation::Rotate180 => [[-1, 0], [0, -1]],
        Orientation::FlipVertical => [[1, 0], [0, -1]],
        Orientation::Transpose => [[0, 1], [1, 0]],
        Orientation::Rotate90 => [[0, -1], [1, 0]],
        Orientation::Transverse => [[0, -1], [-1, 0]],
        Orientation::Rotate270 => [[0, 1], [-1, 0]],
    }
}

/// What a clean aperture (ISO/IEC 14496-12, 12.1.4) leaves of a turned part of the stored pixels: width, height, and the offset of
/// its middle from the part's. Fractions of pixels are rounded down, as in libheif.
pub(super) fn cut(
    seen: Rect,
    orientation: Orientation,
    clap: &[(i64, i64); 4],
) -> Result<Rect, Error> {
    let outside = || damaged("its clean aperture does not lie within the picture");
    if clap.iter().any(|(_, denominator)| *denominator <= 0) {
        return Err(damaged("its clean aperture divides by zero"));
    }
    let whole = orientation.size(seen.size());
    let [width, height, across, down] = clap;
    let left = start(whole.width(), width, across).ok_or_else(outside)?;
    let top = start(whole.height(), height, down).ok_or_else(outside)?;
    let [width, height] = [width, height].map(|(above, below)| u32::try_from(above / below).ok());
    let size = width
        .zip(height)
        .and_then(|(width, height)| Size::new(width, height));
    let part = size.and_then(|size| whole.rect(left, top, size));
    let stored = orientation.stored_rect(part.ok_or_else(outside)?, whole);
    // Within the part that was visible before.
    let inner = Size::new(seen.right(), seen.bottom());
    inner
        .and_then(|all| all.rect(seen.x() + stored.x(), seen.y() + stored.y(), stored.size()))
        .ok_or_else(outside)
}

/// The first pixel of a length whose middle is offset from that of `whole`: (whole - 1) / 2 + off - (length - 1) / 2, rounded down.
fn start(whole: u32, length: &(i64, i64), off: &(i64, i64)) -> Option<u32> {
    let [whole, above, below] = [i128::from(whole), length.0.into(), length.1.into()];
    let (off_above, off_below) = (i128::from(off.0), i128::from(off.1));
    // All over the same denominator.
    let numerator = (whole * below - above) * off_below + 2 * off_above * below;
    u32::try_from(numerator.div_euclid(2 * below * off_below)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{Layout, Raster};

    /// Turning one after the other is the same as turning once.
    #[test]
    fn turns_and_mirrors_add_up() {
        let size = Size::new(2, 3).unwrap();
        let samples = (0..18).collect();
        let picture = Raster::new(size, Layout::Rgb, samples).unwrap();
        for first in Orientation::ALL {
            for second in Orientation::ALL {
                let twice = second.apply(first.apply(picture.clone()));
                let once = then(first, second).apply(picture.clone());
                assert_eq!(once, twice, "{first:?} {second:?}");
            }
        }
        let upright = Orientation::Upright;
        assert_eq!(turned(upright, 3), Orientation::Rotate90);
        assert_eq!(mirrored(upright, 0), Orientation::FlipVertical);
        // A quarter to the left, then top and bottom swapped.
        let both = mirrored(turned(upright, 1), 0);
        assert_eq!(both, Orientation::Transpose);
    }

    #[test]
    fn an_aperture_is_cut_from_what_is_turned_already() {
        let size = Size::new(60, 40).unwrap();
        let clap = [(31, 1), (12, 1), (-9, 2), (3, 1)];
        // (60 - 31) / 2 - 4.5 = 10 and (40 - 12) / 2 + 3 = 17.
        let cut_first = cut(size.whole(), Orientation::Upright, &clap).unwrap();
        let part = Size::new(31, 12).unwrap();
        assert_eq!(Some(cut_first), size.rect(10, 17, part));
        // Turned clockwise it is 40 wide and 60 high: from (40 - 31) / 2 - 4.5 = 0 and (60 - 12) / 2 + 3 = 27.
        let cut_turned = cut(size.whole(), Orientation::Rotate90, &clap).unwrap();
        assert_eq!(Some(cut_turned), size.rect(27, 9, part.transposed()));
        // And again from what is left.
        let inner = [(10, 1), (8, 1), (0, 1), (0, 1)];
        let twice = cut(cut_first, Orientation::Upright, &inner).unwrap();
        assert_eq!(Some(twice), size.rect(20, 19, Size::new(10, 8).unwrap()));
    }

    #[test]
    fn an_aperture_lies_within_the_picture() {
        let size = Size::new(60, 40).unwrap();
        let outside = [
            [(61, 1), (12, 1), (0, 1), (0, 1)],
            [(31, 1), (12, 1), (16, 1), (0, 1)],
            [(31, 1), (12, 0), (0, 1), (0, 1)],
            [(31, 1), (0, 1), (0, 1), (0, 1)],
            [
                (u32::MAX.into(), 1),
                (12, u32::MAX.into()),
                (i32::MIN.into(), 1),
                (0, 1),
            ],
        ];
        for clap in outside {
            assert!(
                cut(size.whole(), Orientation::Upright, &clap).is_err(),
                "{clap:?}"
            );
        }
    }
}
