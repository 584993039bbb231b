//! Sizes and rectangles that cannot be empty or lie outside their image.

use std::fmt;
use std::num::NonZeroU32;

/// Width and height in pixels, neither of them zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size {
    width: NonZeroU32,
    height: NonZeroU32,
}

impl Size {
    /// A size in pixels, or `None` when a side is zero.
    pub fn new(width: u32, height: u32) -> Option<Size> {
        Some(Size {
            width: NonZeroU32::new(width)?,
            height: NonZeroU32::new(height)?,
        })
    }

    /// A square of `side` x `side` pixels.
    pub(crate) fn square(side: NonZeroU32) -> Size {
        Size {
            width: side,
            height: side,
        }
    }

    /// Pixels from left to right, at least 1.
    pub fn width(self) -> u32 {
        self.width.get()
    }

    /// Pixels from top to bottom, at least 1.
    pub fn height(self) -> u32 {
        self.height.get()
    }

    /// How many pixels there are in all.
    pub fn area(self) -> u64 {
        u64::from(self.width()) * u64::from(self.height())
    }

    /// The longer of the two sides, in pixels.
    pub fn longer(self) -> u32 {
        self.width().max(self.height())
    }

    /// The shorter of the two sides, in pixels.
    pub fn shorter(self) -> u32 {
        self.width().min(self.height())
    }

    /// Width and height exchanged.
    pub(crate) fn transposed(self) -> Size {
        Size {
            width: self.height,
            height: self.width,
        }
    }

    /// The rectangle of `size` whose top left pixel is (`x`, `y`), or `None` when it does not lie inside this image.
    pub fn rect(self, x: u32, y: u32, size: Size) -> Option<Rect> {
        let inside = x.checked_add(size.width())? <= self.width()
            && y.checked_add(size.height())? <= self.height();
        inside.then_some(Rect { x, y, size })
    }

    /// The rectangle that covers the whole image.
    pub fn whole(self) -> Rect {
        Rect {
            x: 0,
            y: 0,
            size: self,
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x {}", self.width, self.height)
    }
}

/// A rectangle of pixels that lies inside an image: it comes only from [`Size::rect`] and [`Size::whole`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rect {
    x: u32,
    y: u32,
    size: Size,
}

impl Rect {
    /// Column of the leftmost pixel.
    pub fn x(self) -> u32 {
        self.x
    }

    /// Row of the topmost pixel.
    pub fn y(self) -> u32 {
        self.y
    }

    /// Width and height in pixels.
    pub fn size(self) -> Size {
        self.size
    }

    /// Column just right of the rightmost pixel.
    pub(crate) fn right(self) -> u32 {
        self.x + self.size.width()
    }

    /// Row just below the lowest pixel.
    pub(crate) fn bottom(self) -> u32 {
        self.y + self.size.height()
    }
}

impl fmt::Display for Rect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {},{}", self.size, self.x, self.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_of_zero_is_no_size() {
        assert_eq!(Size::new(0, 7), None);
        assert_eq!(Size::new(7, 0), None);
        assert_eq!(
            Size::new(7, 3).map(|s| (s.width(), s.height())),
            Some((7, 3))
        );
    }

    #[test]
    fn a_rect_lies_inside_or_is_not() {
        let image = Size::new(40, 30).unwrap();
        let part = Size::new(11, 22).unwrap();
        assert!(image.rect(29, 8, part).is_some());
        assert!(image.rect(30, 8, part).is_none());
        assert!(image.rect(29, 9, part).is_none());
        assert!(image.rect(u32::MAX, 0, part).is_none());
    }
}
