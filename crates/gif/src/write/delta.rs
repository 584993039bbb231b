//! Turns pictures into what must be drawn: unchanged pixels are left alone, and the smallest correct disposal is chosen.

use super::difference;
use super::place::Place;
use super::tolerance::{Tolerance, is_flat};
use crate::area::Area;
use crate::timing::{Disposal, shown};

/// A frame to draw: the pixels of `area`; those with alpha 0 leave the screen unchanged.
pub struct Draft {
    /// Where it lies on the screen.
    pub area: Area,
    /// RGBA, row by row; alpha 0 or 255.
    pub pixels: Vec<[u8; 4]>,
    /// What happens to it when its time is over.
    pub disposal: Disposal,
    /// Whether unchanged pixels may be drawn in this frame and in another: they must come out the same in both,
    /// so a pixel may depend only on its position and color, and the palette is the shared one.
    pub repeats: bool,
    /// Whether a color must be transparent even if no pixel is: some decoders treat a canvas as opaque if its first frame has
    /// none, and later show cleared areas as black.
    pub is_marked: bool,
    /// How long it is shown, in centiseconds: a stored delay, or the sum of several as browsers play them.
    pub delay: u64,
}

/// Compares each picture with what is on screen. Changes are judged by source pixels, so dithering causes none.
pub struct Delta {
    place: Place,
    /// Whether a frame is complete: the first also draws what is around the pictures.
    begun: bool,
    /// What is around the pictures if not one color: a whole screen.
    bars: Option<Vec<[u8; 4]>>,
    /// The source pixels of what is on screen, as of when each was drawn.
    screen: Vec<[u8; 4]>,
    /// The same from before the last frame was drawn, so it differs at most inside that frame's area.
    before: Vec<[u8; 4]>,
    /// The last picture.
    picture: Vec<[u8; 4]>,
    last: Option<Last>,
    /// Whether pixels may become transparent, so that any frame may have to clear what earlier ones drew.
    holes: bool,
    /// Whether the first picture consists of flat colors.
    flat: bool,
    /// Whether frames may be disposed of only to save pixels.
    goes_back: bool,
}

/// The last frame: complete but for its disposal, which the next one decides.
struct Last {
    /// Whole screen; alpha 0 where nothing is drawn.
    drawn: Vec<[u8; 4]>,
    area: Area,
    delay: u64,
    /// Whether the frame before it was disposed of, so that part of this one was on screen before.
    redrawn: bool,
}

impl Delta {
    /// A blank screen; `opaque` promises that no pixel becomes transparent later.
    pub fn new(place: Place, opaque: bool) -> Delta {
        let [width, height] = place.size;
        let blank = vec![[0; 4]; width * height];
        Delta {
            place,
            begun: false,
            bars: None,
            screen: blank.clone(),
            before: blank.clone(),
            picture: blank,
            last: None,
            holes: !opaque,
            flat: false,
            goes_back: true,
        }
    }

    /// Makes the bars show this picture of the whole screen instead of one color, unless a second picture was pushed.
    ///
    /// # Panics
    ///
    /// If its number of pixels is not that of the screen.
    pub fn paint_bars(&mut self, screen: Vec<[u8; 4]>) {
        assert_eq!(screen.len(), Area::whole(self.place.screen).count());
        self.bars = Some(screen);
    }

    /// From now on no frame is disposed of only to save pixels, so that none `repeats` if all is opaque.
    pub fn never_repeat(&mut self) {
        self.goes_back = false;
    }

    /// Takes the next picture: RGBA, alpha 0 (then all zeros) or 255. Returns the previous frame, now complete.
    ///
    /// A picture equal to the last only extends that one.
    pub fn push(&mut self, mut picture: Vec<[u8; 4]>, delay: u64) -> Option<Draft> {
        let [width, _] = self.place.size;
        let Some(mut last) = self.last.take() else {
            self.flat = is_flat(width, &picture);
            self.screen.copy_from_slice(&picture);
            self.picture.copy_from_slice(&picture);
            self.last = Some(Last {
                area: Area::whole(self.place.size),
                drawn: picture,
                delay,
                redrawn: false,
            });
            return None;
        };
        // Unchanged pixels stay as they were drawn, even if that is slightly off.
        let mut keep = difference::stay(width, &mut picture, &mut self.picture, &self.screen);
        let calm = keep.drawn <= self.place.screen[0] * self.place.screen[1] / 2;
        let tolerance = Tolerance::new(&self.picture, width, calm, self.flat);
        if calm {
            keep = difference::forgive(width, &mut picture, &self.screen, tolerance);
        }
        let picture = &picture[..];
        if keep.drawn == 0 && keep.vanishing == 0 {
            last.delay = shown(last.delay) + shown(delay);
            self.last = Some(last);
            return None;
        }
        let mut disposal = Disposal::Keep;
        let mut least = if keep.vanishing == 0 {
            keep.drawn
        } else {
            usize::MAX
        };
        // If nearly everything is new, going back saves little and rules out what `repeats` rules out.
        let worth = keep.vanishing > 0 || (calm && self.goes_back);
        if worth {
            let (screen, before) = (&self.screen, &self.before);
            let back = difference::difference(width, picture, screen, before, tolerance);
            if back.vanishing == 0 && back.drawn < least - least / 16 {
                (disposal, least) = (Disposal::Previous, back.drawn);
            }
        }
        if keep.vanishing > 0 {
            let cleared = last.area.union(keep.vanishing_area);
            let drawn = difference::drawn_over(width, picture, &self.screen, cleared);
            if drawn < least {
                disposal = Disposal::Background;
                last.area = cleared;
            }
        }
        // Going back must not slightly change pixels that stand still.
        let shown = (disposal == Disposal::Previous).then(|| self.screen.clone());
        match disposal {
            Disposal::Keep => copy(width, last.area, &self.screen, &mut self.before),
            Disposal::Previous => copy(width, last.area, &self.before, &mut self.screen),
            Disposal::Background => {
                for screen in [&mut self.screen, &mut self.before] {
                    rows(screen, width, last.area).for_each(|row| row.fill([0; 4]));
                }
            }
        }
        let mut drawn = vec![[0; 4]; picture.len()];
        let shown = shown.as_deref();
        let mut area = difference::redraw(
            width,
            picture,
            &mut self.screen,
            shown,
            &mut drawn,
            tolerance,
        );
        if area.is_empty() {
            area = Area::whole([1, 1]);
        }
        let draft = self.draft(last, disposal);
        self.last = Some(Last {
            drawn,
            area,
            delay,
            redrawn: disposal != Disposal::Keep,
        });
        Some(draft)
    }

    /// Shows the last picture for this many more centiseconds.
    pub fn prolong(&mut self, time: u64) {
        if let Some(last) = &mut self.last {
            last.delay = shown(last.delay) + time;
        }
    }

    /// The very last frame.
    pub fn finish(mut self) -> Option<Draft> {
        let last = self.last.take()?;
        Some(self.draft(last, Disposal::Keep))
    }

    fn draft(&mut self, mut last: Last, disposal: Disposal) -> Draft {
        let repeats = self.holes || last.redrawn || disposal != Disposal::Keep;
        let (begun, place) = (std::mem::replace(&mut self.begun, true), self.place);
        let (area, pixels) = if !begun && place.size != place.screen {
            (place.whole(), place.surround(&last.drawn, self.bars.take()))
        } else if last.area.count() == last.drawn.len() {
            (place.on_screen(last.area), last.drawn)
        } else {
            let mut pixels = Vec::with_capacity(last.area.count());
            let rows = rows(&mut last.drawn, place.size[0], last.area);
            rows.for_each(|row| pixels.extend_from_slice(row));
            (place.on_screen(last.area), pixels)
        };
        Draft {
            area,
            pixels,
            disposal,
            repeats,
            is_marked: !begun && self.holes,
            delay: last.delay,
        }
    }
}

/// Copies the pixels of `area` from one picture to another.
fn copy(width: usize, area: Area, from: &[[u8; 4]], to: &mut [[u8; 4]]) {
    let from = from.chunks_exact(width).skip(area.top);
    for (to, from) in rows(to, width, area).zip(from) {
        to.copy_from_slice(&from[area.left..area.right]);
    }
}

fn rows(pixels: &mut [[u8; 4]], width: usize, area: Area) -> impl Iterator<Item = &mut [[u8; 4]]> {
    pixels
        .chunks_exact_mut(width)
        .skip(area.top)
        .take(area.bottom - area.top)
        .map(move |row| &mut row[area.left..area.right])
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: [u8; 4] = [200, 0, 0, 255];
    const BLUE: [u8; 4] = [0, 0, 200, 255];
    const NONE: [u8; 4] = [0; 4];

    /// What is on screen during each draft, drawn by the rules of GIF.
    fn replay(drafts: &[Draft], width: usize, height: usize) -> Vec<Vec<[u8; 4]>> {
        let mut screen = vec![NONE; width * height];
        let mut shown = Vec::new();
        for draft in drafts {
            let before = screen.clone();
            for (row, drawn) in rows(&mut screen, width, draft.area).zip(
                draft
                    .pixels
                    .chunks_exact(draft.area.right - draft.area.left),
            ) {
                for (pixel, drawn) in row.iter_mut().zip(drawn) {
                    *pixel = if drawn[3] == 0 { *pixel } else { *drawn };
                }
            }
            shown.push(screen.clone());
            match draft.disposal {
                Disposal::Keep => {}
                Disposal::Previous => screen = before,
                Disposal::Background => {
                    rows(&mut screen, width, draft.area).for_each(|row| row.fill(NONE))
                }
            }
        }
        shown
    }

    fn whole(size: [usize; 2]) -> Place {
        Place {
            size,
            offset: [0, 0],
            screen: size,
            bars: NONE,
        }
    }

    #[test]
    fn what_is_around_the_pictures_is_drawn_once() {
        let place = Place {
            size: [4, 2],
            offset: [0, 1],
            screen: [4, 4],
            bars: RED,
        };
        let mut delta = Delta::new(place, true);
        let mut second = vec![BLUE; 8];
        second[6] = [1, 99, 1, 255];
        let first = delta.push(vec![BLUE; 8], 5);
        assert!(first.is_none());
        let drafts: Vec<Draft> = [delta.push(second.clone(), 5), delta.finish()]
            .into_iter()
            .flatten()
            .collect();
        let shown = |inside: &[[u8; 4]]| [&[RED; 4][..], inside, &[RED; 4]].concat();
        assert_eq!(replay(&drafts, 4, 4), [shown(&[BLUE; 8]), shown(&second)]);
        let changed = Area {
            left: 2,
            top: 2,
            right: 3,
            bottom: 3,
        };
        assert_eq!(drafts[1].area, changed);
    }

    fn drafts(pictures: &[Vec<[u8; 4]>], width: usize) -> Vec<Draft> {
        let opaque = pictures.iter().flatten().all(|pixel| pixel[3] != 0);
        let size = [width, pictures[0].len() / width];
        let mut delta = Delta::new(whole(size), opaque);
        let mut drafts: Vec<Draft> = pictures
            .iter()
            .filter_map(|picture| delta.push(picture.clone(), 5))
            .collect();
        drafts.extend(delta.finish());
        drafts
    }

    #[test]
    fn every_picture_appears_whatever_comes_and_goes() {
        // All ways for three pixels to be red, blue or nothing, one after the other in a scattered order.
        let pictures: Vec<Vec<[u8; 4]>> = (0..27 * 27)
            .map(|i| i * 10 % 27 + i / 27)
            .map(|i| {
                [i, i / 3, i / 9]
                    .map(|digit| [RED, BLUE, NONE][digit % 3])
                    .to_vec()
            })
            .collect();
        let drafts = drafts(&pictures, 3);
        let mut wanted = pictures;
        wanted.dedup();
        assert_eq!(replay(&drafts, 3, 1), wanted);
        assert_eq!(
            drafts.iter().map(|draft| draft.delay).sum::<u64>(),
            27 * 27 * 5
        );
    }

    #[test]
    fn only_what_changed_is_drawn_and_a_clean_background_comes_back_for_nothing() {
        let plain = vec![RED; 100];
        let with = |at: usize| {
            let mut picture = plain.clone();
            picture[at] = BLUE;
            picture
        };
        let drafts = drafts(&[plain.clone(), with(11), with(57), with(93)], 10);
        assert_eq!(
            drafts[1].area,
            Area {
                left: 1,
                top: 1,
                right: 2,
                bottom: 2
            }
        );
        assert_eq!(
            drafts[2].area,
            Area {
                left: 7,
                top: 5,
                right: 8,
                bottom: 6
            }
        );
        assert_eq!(drafts[1].disposal, Disposal::Previous);
    }

    #[test]
    fn what_is_cleared_and_drawn_again_is_drawn_as_before() {
        let level = |v: u8, at: usize| {
            let mut picture = vec![NONE; 20];
            picture[..8].fill([v, v, v, 255]);
            picture[10 + at] = BLUE;
            picture
        };
        let drafts = drafts(
            &[level(10, 0), level(10, 1), level(12, 1), level(12, 2)],
            10,
        );
        let shown = replay(&drafts, 10, 2);
        // The slight change in the third picture shows in no frame, although the fourth clears the row.
        assert!(shown.iter().all(|screen| screen[0] == [10, 10, 10, 255]));
        assert!(drafts.iter().all(|draft| draft.repeats));
    }

    #[test]
    fn slight_changes_add_up_until_they_are_drawn() {
        // Wide enough that no contrast hides the first.
        let level = |v: u8| [[[v, v, v, 255]; 5], [RED; 5]].concat();
        let drafts = drafts(&[level(10), level(11), level(12), level(13), level(14)], 10);
        assert_eq!(
            drafts
                .iter()
                .map(|d| (d.pixels[0][0], d.delay))
                .collect::<Vec<_>>(),
            [(10, 15), (13, 10)]
        );
    }
}
