//! Rectangles of pixels.

/// A rectangle of the canvas, possibly empty: columns `left..right`, rows `top..bottom`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// Its leftmost column.
    pub left: usize,
    /// Its topmost row.
    pub top: usize,
    /// The column after its last one.
    pub right: usize,
    /// The row below its last one.
    pub bottom: usize,
}

impl Area {
    /// No pixel at all.
    pub const EMPTY: Area = Area {
        left: 0,
        top: 0,
        right: 0,
        bottom: 0,
    };

    /// All of so many columns and rows.
    pub(crate) fn whole([right, bottom]: [usize; 2]) -> Area {
        Area {
            left: 0,
            top: 0,
            right,
            bottom,
        }
    }

    /// Whether it contains no pixel.
    pub fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }

    /// The number of its pixels.
    pub fn count(self) -> usize {
        if self.is_empty() {
            0
        } else {
            (self.right - self.left) * (self.bottom - self.top)
        }
    }

    /// The smallest area that contains both.
    pub fn union(self, other: Area) -> Area {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        Area {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }
}
