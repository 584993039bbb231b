//! From pictures to what must be drawn: unchanged pixels are left alone, and the smallest disposal that is right is chosen.

use crate::animation::Delay;
use crate::decode::gif::{Area, Disposal};

/// A frame to be drawn: the pixels of `area`, those with alpha 0 leaving the screen as it is.
pub(crate) struct Draft {
    pub(crate) area: Area,
    pub(crate) pixels: Vec<[u8; 4]>,
    pub(crate) disposal: Disposal,
    /// How long it is shown: stored values of delays, more than one where equal frames were merged.
    pub(crate) delay: Delay,
}

/// Compares each picture with what is on screen. Changes are judged by source pixels, so dithering causes none.
pub(crate) struct Delta {
    width: usize,
    /// The source pixels of what is on screen, as of when each was drawn.
    screen: Vec<[u8; 4]>,
    /// The same from before the last frame was drawn.
    before: Vec<[u8; 4]>,
    last: Option<Last>,
    tolerance: u8,
}

/// The last frame: complete but for its disposal, which the next one decides.
struct Last {
    /// Whole screen; alpha 0 where nothing is drawn.
    drawn: Vec<[u8; 4]>,
    area: Area,
    delay: Delay,
}

/// How a picture differs from a screen.
struct Difference {
    drawn: usize,
    vanishing: usize,
    /// Around the pixels that must become transparent.
    vanishing_area: Area,
}

impl Delta {
    pub(crate) fn new(width: usize, height: usize, tolerance: u8) -> Delta {
        let blank = vec![[0; 4]; width * height];
        Delta {
            width,
            screen: blank.clone(),
            before: blank,
            last: None,
            tolerance,
        }
    }

    /// Takes the next picture: RGBA, alpha 0 (then all zeros) or 255. Gives the frame before it, now complete.
    ///
    /// A picture equal to the last only prolongs that one.
    pub(crate) fn push(&mut self, picture: &[[u8; 4]], delay: Delay) -> Option<Draft> {
        let Some(mut last) = self.last.take() else {
            self.screen.copy_from_slice(picture);
            let height = picture.len() / self.width;
            self.last = Some(Last {
                drawn: picture.to_vec(),
                area: Area { left: 0, top: 0, right: self.width, bottom: height },
                delay,
            });
            return None;
        };
        let keep = self.difference(picture, &self.screen);
        if keep.drawn == 0 && keep.vanishing == 0 {
            if let Some(sum) = last.delay.shown().checked_add(delay.shown()) {
                last.delay = Delay::new(sum);
                self.last = Some(last);
                return None;
            }
        }
        let back = self.difference(picture, &self.before);
        let mut disposal = Disposal::Keep;
        let mut least = if keep.vanishing == 0 { keep.drawn } else { usize::MAX };
        if back.vanishing == 0 && back.drawn < least - least / 16 {
            (disposal, least) = (Disposal::Previous, back.drawn);
        }
        if keep.vanishing > 0 {
            let cleared = last.area.union(keep.vanishing_area);
            let drawn = self.drawn_over(picture, cleared);
            if drawn < least {
                disposal = Disposal::Background;
                last.area = cleared;
            }
        }
        match disposal {
            Disposal::Keep => self.before.copy_from_slice(&self.screen),
            Disposal::Previous => self.screen.copy_from_slice(&self.before),
            Disposal::Background => {
                for row in rows(&mut self.screen, self.width, last.area) {
                    row.fill([0; 4]);
                }
                self.before.copy_from_slice(&self.screen);
            }
        }
        let draft = self.draft(last, disposal);
        let mut drawn = vec![[0; 4]; picture.len()];
        let (width, tolerance) = (self.width, self.tolerance);
        let mut area = Area::EMPTY;
        for (y, ((drawn, new), old)) in drawn
            .chunks_exact_mut(width)
            .zip(picture.chunks_exact(width))
            .zip(self.screen.chunks_exact_mut(width))
            .enumerate()
        {
            let (mut left, mut right) = (width, 0);
            for (x, ((drawn, new), old)) in drawn.iter_mut().zip(new).zip(old).enumerate() {
                if differs(*new, *old, tolerance) {
                    *drawn = *new;
                    *old = *new;
                    left = left.min(x);
                    right = x + 1;
                }
            }
            area = area.union(Area { left, top: y, right, bottom: y + 1 });
        }
        if area.is_empty() {
            area = Area { left: 0, top: 0, right: 1, bottom: 1 };
        }
        self.last = Some(Last { drawn, area, delay });
        Some(draft)
    }

    /// The last frame of all.
    pub(crate) fn finish(mut self) -> Option<Draft> {
        let last = self.last.take()?;
        Some(self.draft(last, Disposal::Keep))
    }

    fn draft(&self, mut last: Last, disposal: Disposal) -> Draft {
        let pixels = rows(&mut last.drawn, self.width, last.area)
            .flat_map(|row| row.iter().copied())
            .collect();
        Draft { area: last.area, pixels, disposal, delay: last.delay }
    }

    fn difference(&self, picture: &[[u8; 4]], screen: &[[u8; 4]]) -> Difference {
        let mut found = Difference { drawn: 0, vanishing: 0, vanishing_area: Area::EMPTY };
        for (y, (new, old)) in picture
            .chunks_exact(self.width)
            .zip(screen.chunks_exact(self.width))
            .enumerate()
        {
            if new == old {
                continue;
            }
            let (mut left, mut right) = (self.width, 0);
            for (x, (new, old)) in new.iter().zip(old).enumerate() {
                if differs(*new, *old, self.tolerance) {
                    if new[3] == 0 {
                        found.vanishing += 1;
                        left = left.min(x);
                        right = x + 1;
                    } else {
                        found.drawn += 1;
                    }
                }
            }
            let part = Area { left, top: y, right, bottom: y + 1 };
            found.vanishing_area = found.vanishing_area.union(part);
        }
        found
    }

    /// How many pixels must be drawn once `cleared` is transparent.
    fn drawn_over(&self, picture: &[[u8; 4]], cleared: Area) -> usize {
        let mut drawn = 0;
        for (y, (new, old)) in picture
            .chunks_exact(self.width)
            .zip(self.screen.chunks_exact(self.width))
            .enumerate()
        {
            for (x, (new, old)) in new.iter().zip(old).enumerate() {
                let inside = (cleared.top..cleared.bottom).contains(&y)
                    && (cleared.left..cleared.right).contains(&x);
                let old = if inside { [0; 4] } else { *old };
                drawn += usize::from(new[3] != 0 && differs(*new, old, self.tolerance));
            }
        }
        drawn
    }
}

fn differs(new: [u8; 4], old: [u8; 4], tolerance: u8) -> bool {
    new != old && (0..4).any(|c| new[c].abs_diff(old[c]) > if c == 3 { 0 } else { tolerance })
}

fn rows(pixels: &mut [[u8; 4]], width: usize, area: Area) -> impl Iterator<Item = &mut [[u8; 4]]> {
    pixels
        .chunks_exact_mut(width)
        .skip(area.top)
        .take(area.bottom - area.top)
        .map(move |row| &mut row[area.left..area.right])
}
