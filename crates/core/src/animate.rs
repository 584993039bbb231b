//! Runs an animation through one plan: frames are composited, resized, compared and encoded, one window at a time.

use headshot_gif::{Area, Delta, Draft, Place, shown};
use rayon::prelude::*;

use crate::allocate;
use crate::avatar::Made;
use crate::background::Bars;
use crate::bars;
use crate::clock::{Clock, Time};
use crate::color::{self, Profile};
use crate::encode::gif::Writer;
use crate::error::Error;
use crate::formats::{Frames, always_opaque, seen_pixels};
use crate::geometry::{Rect, Size};
use crate::info::Info;
use crate::options::{Background, FramePolicy, Options};
use crate::orientation::Orientation;
use crate::photo::Photo;
use crate::plan::{Plan, memory};
use crate::raster::{Layout, Raster};
use crate::resize::resize_frame;
use crate::step::Step;
use crate::visible::Shown;
use crate::warning::Warning;

/// Makes the animation that `plan` describes. Memory is bounded by the window, not by the number of frames.
pub(crate) fn animate(
    photo: &[u8],
    info: &Info,
    plan: &Plan,
    options: &Options,
    clock: &Clock,
) -> Result<Made, Error> {
    let mut steps = plan.steps.clone();
    let mut background = plan.background;
    let selection = Selection::new(info.frames, plan.frames, options.frames);
    let window = memory::window(info, plan);
    let opaque = background.is_some()
        || !info.alpha
        || always_opaque(photo, info, selection.end(), window, options.damaged, clock)?;
    if options.background == Background::Auto
        && background.is_none()
        && plan.scaled.shorter() < plan.side
        && opaque
    {
        // The header could not tell: an animation without transparent pixels has black bars.
        background = Some([0; 3]);
    }
    let bars = if opaque && plan.bars.are_painted() {
        plan.bars
    } else {
        Bars::plain(background)
    };
    for step in &mut steps {
        if let Step::Letterbox { bars: told, .. } = step {
            *told = bars;
        }
    }
    let has_bars = plan.scaled.shorter() < plan.side;
    let mut source = Source {
        frames: Frames::new(photo, info, options.damaged)?,
        pictures: Pictures::new(info, plan, background),
        selection,
        paints: (has_bars && bars.are_painted()).then_some((bars, plan.side)),
        shown: Shown::new(background.filter(|_| has_bars && !bars.are_painted())),
    };
    let upright = plan.orientation.size(plan.scaled);
    let place = Place {
        size: [upright.width() as usize, upright.height() as usize],
        offset: [plan.offset.0 as usize, plan.offset.1 as usize],
        screen: [plan.side as usize; 2],
        bars: background.map_or([0; 4], |[r, g, b]| [r, g, b, 255]),
    };
    let mut delta = Delta::new(place, opaque);
    let time = clock.time();
    let mut next = source.window(&mut delta, window, time)?;
    let enlarged = plan.side as f32 / plan.crop.size().longer() as f32;
    let mut seen = Vec::new();
    if !next.ended {
        // Where unchanged pixels are drawn again, one palette must serve all frames.
        if !opaque || next.drafts.iter().any(|draft| draft.repeats) {
            seen = seen_pixels(
                photo,
                info,
                source.selection.end(),
                window,
                options.damaged,
                clock,
            )?;
            seen = source.pictures.colored(seen)?;
            seen.retain(|pixel| pixel[3] != 0);
        } else {
            delta.never_repeat();
        }
    }
    let most = memory::finished(info, plan, &options.limits);
    let bounds = (most, options.limits.memory);
    let mut writer = Writer::new(plan.side as u16, enlarged.max(1.0), seen, bounds);
    while !next.ended {
        let drafts = std::mem::take(&mut next.drafts);
        let (following, written) = rayon::join(
            || source.window(&mut delta, window, time),
            || writer.write(drafts, time),
        );
        (next, ()) = (following?, written?);
    }
    next.drafts.extend(delta.finish());
    writer.write(next.drafts, time)?;
    let (bytes, count) = writer.finish(source.frames.loop_count())?;

    let mut warnings = Vec::new();
    let incomplete = source.frames.incomplete();
    if incomplete > 0 {
        warnings.push(Warning::IncompleteFrames(incomplete));
    }
    let seen_through = has_bars && plan.bars.are_painted() && plan.bars != bars;
    warnings.extend(seen_through.then_some(Warning::SeenThrough(plan.bars)));
    warnings.extend(
        source
            .shown
            .warning(&Photo::File(photo), info, options, clock),
    );
    Ok(Made {
        bytes,
        frames: count,
        steps,
        warnings,
    })
}

/// Which frames are kept, and for how long.
struct Selection {
    found: u64,
    kept: u64,
    decimate: bool,
    /// The next frame of the source.
    at: u64,
}

impl Selection {
    fn new(found: u32, kept: u32, policy: FramePolicy) -> Selection {
        Selection {
            found: found.into(),
            kept: kept.into(),
            decimate: kept < found && policy == FramePolicy::Decimate,
            at: 0,
        }
    }

    /// How many frames of the source matter.
    fn end(&self) -> u64 {
        if self.decimate { self.found } else { self.kept }
    }

    /// Whether some of those are still to come.
    fn goes_on(&self) -> bool {
        self.at < self.end()
    }

    /// Whether the next frame is kept, as the first of its even share; if not, its time goes to the previous one.
    fn keeps_next(&mut self) -> bool {
        let at = self.at;
        self.at += 1;
        !self.decimate
            || at == 0
            || (at * self.kept) / self.found > ((at - 1) * self.kept) / self.found
    }
}

/// Turns frames of the file into frames to draw.
struct Source<'a> {
    frames: Frames<'a>,
    pictures: Pictures<'a>,
    selection: Selection,
    /// The bars for the first picture to paint, and the side of their square.
    paints: Option<(Bars, u32)>,
    shown: Shown,
}

/// What one window yields.
struct Window {
    drafts: Vec<Draft>,
    ended: bool,
}

impl Source<'_> {
    fn window(&mut self, delta: &mut Delta, length: usize, time: &Time) -> Result<Window, Error> {
        let clock = time.clock();
        let left = self.selection.found - self.selection.at;
        let frames = self.frames.next(length.min(left as usize), time)?;
        let ended = frames.len() < length;
        clock.skip();
        // Compositing is quick and goes in order; resizing is neither.
        let mut scenes = Vec::with_capacity(frames.len());
        for frame in frames {
            if !self.selection.goes_on() {
                break;
            }
            let (delay, changed) = self.frames.show(frame)?;
            self.pictures.changed(changed);
            let part = if self.selection.keeps_next() {
                self.pictures.part(self.frames.pixels())?
            } else {
                None
            };
            scenes.push((part, delay));
            clock.check()?;
        }
        let pictures = &self.pictures;
        let scenes = scenes
            .into_par_iter()
            .map(|(part, delay)| {
                let clock = time.clock();
                let picture = part.map(|part| pictures.picture(part)).transpose()?;
                clock.check()?;
                Ok((picture, delay))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        clock.skip();
        let mut drafts = Vec::new();
        for (picture, delay) in scenes {
            picture.iter().for_each(|picture| self.shown.look(picture));
            if let (Some((bars, side)), Some(picture)) = (self.paints, &picture) {
                let upright = self.pictures.orientation.size(self.pictures.scaled);
                delta.paint_bars(bars::around(picture, upright, bars, side)?);
                self.paints = None;
            }
            match picture {
                Some(picture) => drafts.extend(delta.push(picture, delay)),
                None => delta.prolong(shown(delay)),
            }
            clock.check()?;
        }
        Ok(Window {
            drafts,
            ended: ended || !self.selection.goes_on(),
        })
    }
}

/// How the avatar's picture is made from the canvas.
struct Pictures<'a> {
    /// The canvas as it is stored.
    size: Size,
    crop: Rect,
    scaled: Size,
    orientation: Orientation,
    /// Set if the colors are not sRGB.
    profile: Option<&'a Profile>,
    background: Option<[u8; 3]>,
    /// What changed on the canvas since the last request; `None` before the first.
    stale: Option<Area>,
}

impl<'a> Pictures<'a> {
    fn new(info: &'a Info, plan: &Plan, background: Option<[u8; 3]>) -> Pictures<'a> {
        Pictures {
            size: info.orientation.size(info.size),
            crop: plan.crop,
            scaled: plan.scaled,
            orientation: plan.orientation,
            profile: info.profile.as_ref().filter(|profile| !profile.is_srgb()),
            background,
            stale: None,
        }
    }

    /// Notes which pixels of the canvas may have changed.
    fn changed(&mut self, area: Area) {
        self.stale = self.stale.map(|stale| stale.union(area));
    }

    /// The canvas inside the crop, or `None` if nothing there can have changed since the last time.
    fn part(&mut self, canvas: &[[u8; 4]]) -> Result<Option<Vec<[u8; 4]>>, Error> {
        let (left, top) = (self.crop.x() as usize, self.crop.y() as usize);
        let (right, bottom) = (self.crop.right() as usize, self.crop.bottom() as usize);
        let stale = self.stale.replace(Area::EMPTY);
        let touched = stale.is_none_or(|stale| {
            !stale.is_empty()
                && stale.left < right
                && stale.right > left
                && stale.top < bottom
                && stale.bottom > top
        });
        if !touched {
            return Ok(None);
        }
        let width = self.size.width() as usize;
        let mut part = allocate::reserve((right - left) * (bottom - top))?;
        for row in canvas.chunks_exact(width).take(bottom).skip(top) {
            part.extend_from_slice(&row[left..right]);
        }
        Ok(Some(part))
    }

    /// The avatar's picture from the canvas inside the crop.
    fn picture(&self, part: Vec<[u8; 4]>) -> Result<Vec<[u8; 4]>, Error> {
        let resized = resize_frame(part, self.crop.size(), self.scaled)?;
        let picture = self.colored(resized)?;
        if self.orientation == Orientation::Upright {
            return Ok(picture);
        }
        let sides = [self.scaled.width(), self.scaled.height()].map(|side| side as usize);
        let mut upright = allocate::filled([0; 4], picture.len())?;
        self.orientation.lay::<4>(
            picture.as_flattened(),
            sides,
            0,
            upright.as_flattened_mut(),
            sides[usize::from(self.orientation.swaps_sides())],
        );
        Ok(upright)
    }

    /// Pixels in sRGB, with alpha as GIF has it: all or nothing.
    fn colored(&self, pixels: Vec<[u8; 4]>) -> Result<Vec<[u8; 4]>, Error> {
        let mut pixels = match self.profile.zip(Size::new(pixels.len() as u32, 1)) {
            None => pixels,
            Some((profile, row)) => {
                let raster = Raster::new(row, Layout::Rgba, pixels.into_flattened());
                let raster = raster.ok_or_else(|| Error::internal("pixels without all samples"))?;
                let srgb = color::to_srgb(raster, Some(profile))?.into_samples();
                srgb.as_chunks().0.to_vec()
            }
        };
        for pixel in pixels.iter_mut().filter(|pixel| pixel[3] != 255) {
            *pixel = settle(*pixel, self.background);
        }
        Ok(pixels)
    }
}

/// A pixel with alpha as GIF has it: over the background, or else opaque from one half on.
///
/// The color at an edge comes from the picture alone, so it does not fringe; it depends only on the coverage, so it does not crawl.
fn settle([r, g, b, alpha]: [u8; 4], background: Option<[u8; 3]>) -> [u8; 4] {
    let alpha = u32::from(alpha);
    match background {
        Some(color) => {
            let [r, g, b] = [(r, color[0]), (g, color[1]), (b, color[2])].map(|(over, under)| {
                ((u32::from(over) * alpha + u32::from(under) * (255 - alpha) + 127) / 255) as u8
            });
            [r, g, b, 255]
        }
        None if alpha < 128 => [0; 4],
        None => [r, g, b, 255],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimation_keeps_so_many_evenly_and_truncation_the_first() {
        for found in 1..60 {
            for kept in 1..=found {
                let mut selection = Selection::new(found, kept, FramePolicy::Decimate);
                let mut at = Vec::new();
                while selection.goes_on() {
                    let now = selection.at;
                    if selection.keeps_next() {
                        at.push(now);
                    }
                }
                assert_eq!(
                    (selection.at, at.len(), at[0]),
                    (found.into(), kept as usize, 0)
                );
                let gaps: Vec<u64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
                let most = gaps.iter().max().unwrap_or(&1);
                assert!(
                    gaps.iter().all(|gap| gap + 1 >= *most),
                    "{found} {kept} {at:?}"
                );
            }
        }
        let mut selection = Selection::new(9, 4, FramePolicy::Truncate);
        let mut kept = 0;
        while selection.goes_on() {
            kept += u32::from(selection.keeps_next());
        }
        assert_eq!(kept, 4);
    }

    #[test]
    fn half_covered_edges_have_the_color_of_the_picture() {
        assert_eq!(settle([199, 100, 0, 128], None), [199, 100, 0, 255]);
        assert_eq!(settle([100, 50, 0, 127], None), [0; 4]);
        assert_eq!(
            settle([199, 100, 0, 128], Some([0, 0, 255])),
            [100, 50, 127, 255]
        );
        for background in [None, Some([1, 2, 3])] {
            assert_eq!(settle([11, 22, 33, 255], background), [11, 22, 33, 255]);
        }
    }
}
