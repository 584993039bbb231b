//! Quarter turns that the caller asks for, on top of the orientation in the file.

use std::fmt;

use crate::orientation::Orientation;

/// Quarter turns clockwise of the upright photo, for a file with a wrong orientation or none.
///
/// Everything else refers to the turned photo: crops, gravity, faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Rotation {
    /// As the file says.
    #[default]
    None,
    /// The top points to the right.
    By90,
    /// The top points down.
    By180,
    /// The top points to the left.
    By270,
}

/// What each quarter turn does to a picture, mirrored or not.
const TURNED: [[Orientation; 4]; 2] = [
    [
        Orientation::Upright,
        Orientation::Rotate90,
        Orientation::Rotate180,
        Orientation::Rotate270,
    ],
    [
        Orientation::FlipHorizontal,
        Orientation::Transverse,
        Orientation::FlipVertical,
        Orientation::Transpose,
    ],
];

impl Rotation {
    /// All four, from 0 degrees up.
    pub const ALL: [Rotation; 4] = [
        Rotation::None,
        Rotation::By90,
        Rotation::By180,
        Rotation::By270,
    ];

    /// The accepted values, for messages and help.
    pub const WANTED: &str = "0, 90, 180 or 270";

    /// The rotation by this many degrees clockwise, or `None` unless that is 0, 90, 180 or 270.
    pub fn from_degrees(degrees: u32) -> Option<Rotation> {
        let mut all = Rotation::ALL.into_iter();
        all.find(|rotation| rotation.degrees() == degrees)
    }

    /// Degrees clockwise: 0, 90, 180 or 270.
    pub fn degrees(self) -> u32 {
        90 * self as u32
    }

    /// The rotation that turns `self` into `other`.
    pub(crate) fn to(self, other: Rotation) -> Rotation {
        Rotation::ALL[(4 + other as usize - self as usize) % 4]
    }

    /// The orientation, followed by this rotation.
    pub(crate) fn after(self, orientation: Orientation) -> Orientation {
        let turn = |turned: &[Orientation; 4]| {
            let at = turned.iter().position(|each| *each == orientation)?;
            Some(turned[(at + self as usize) % 4])
        };
        TURNED.iter().find_map(turn).unwrap_or(orientation)
    }
}

impl fmt::Display for Rotation {
    /// The degrees.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.degrees().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Size;
    use crate::raster::{Layout, Raster};

    #[test]
    fn one_turn_after_another_is_one_turn() {
        let size = Size::new(5, 3).unwrap();
        let numbered = (0..15 * 3).map(|number| number as u8).collect();
        let stored = Raster::new(size, Layout::Rgb, numbered).unwrap();
        let turns = [
            Orientation::Upright,
            Orientation::Rotate90,
            Orientation::Rotate180,
            Orientation::Rotate270,
        ];
        let mut compared = 0;
        for orientation in Orientation::ALL {
            let upright = orientation.apply(stored.clone());
            for (rotation, turn) in Rotation::ALL.into_iter().zip(turns) {
                let at_once = rotation.after(orientation);
                let one_by_one = turn.apply(upright.clone());
                assert_eq!(at_once.apply(stored.clone()), one_by_one);
                let back = rotation.to(Rotation::None);
                assert_eq!(
                    back.after(at_once),
                    orientation,
                    "{orientation:?} {rotation}"
                );
                compared += 1;
            }
        }
        assert_eq!(compared, 32);
    }

    #[test]
    fn only_quarter_turns_are_rotations() {
        for (degrees, rotation) in [
            (0, Some(Rotation::None)),
            (90, Some(Rotation::By90)),
            (180, Some(Rotation::By180)),
            (270, Some(Rotation::By270)),
            (91, None),
            (360, None),
        ] {
            assert_eq!(Rotation::from_degrees(degrees), rotation);
        }
        assert_eq!(Rotation::By270.to(Rotation::By90).degrees(), 180);
        assert_eq!(Rotation::By270.to_string(), "270");
    }
}
