//! Pictures in their place on the screen.

use crate::area::Area;

/// Where the pictures lie on the screen, the avatar's square. The area around them never changes.
#[derive(Clone, Copy)]
pub struct Place {
    /// Pixels of a picture, across and down.
    pub size: [usize; 2],
    /// Pixels from the left and from the top.
    pub offset: [usize; 2],
    /// Pixels of the screen, across and down.
    pub screen: [usize; 2],
    /// The pixel around them, unless [`Delta::paint_bars`](super::Delta::paint_bars) says otherwise.
    pub bars: [u8; 4],
}

impl Place {
    /// All of the screen.
    pub(super) fn whole(&self) -> Area {
        Area::whole(self.screen)
    }

    /// Where an area of the pictures lies on the screen.
    pub(super) fn on_screen(&self, area: Area) -> Area {
        let [left, top] = self.offset;
        Area {
            left: area.left + left,
            top: area.top + top,
            right: area.right + left,
            bottom: area.bottom + top,
        }
    }

    /// The whole screen with a picture on it, on bars of one color or on `painted` ones.
    pub(super) fn surround(
        &self,
        picture: &[[u8; 4]],
        painted: Option<Vec<[u8; 4]>>,
    ) -> Vec<[u8; 4]> {
        let ([width, _], [left, top]) = (self.size, self.offset);
        let one_color = || vec![self.bars; self.screen[0] * self.screen[1]];
        let mut pixels = painted.unwrap_or_else(one_color);
        let rows = pixels.chunks_exact_mut(self.screen[0]).skip(top);
        for (to, from) in rows.zip(picture.chunks_exact(width)) {
            to[left..][..width].copy_from_slice(from);
        }
        pixels
    }
}
