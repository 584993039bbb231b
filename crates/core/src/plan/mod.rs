//! Every geometric decision, made once from the header: integers only, no pixels.

mod frames;
pub(crate) mod memory;
mod told;

use std::num::NonZeroU32;

use crate::background::Bars;
use crate::error::{Error, Limit, check_limit};
use crate::faces::Faces;
use crate::format::Format;
use crate::geometry::{Rect, Size};
use crate::info::Info;
use crate::options::{Background, Fit, FramePolicy, Options, Quality, Small, StillFormat};
use crate::orientation::Orientation;
use crate::step::Step;
use crate::warning::Warning;

/// What will be done to a photo: which of its stored pixels become which pixels of the avatar.
///
/// Applying it means: cut `crop` out of the stored pixels and resample it to `scaled`, turn the small result upright,
/// and put it on the square at `offset`. The same plan serves every frame of an animation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// The rectangle that is used, in stored (not yet turned) pixels.
    pub crop: Rect,
    /// The size that it is resampled to, as stored.
    pub scaled: Size,
    /// How the resampled pixels are turned upright.
    pub orientation: Orientation,
    /// Where the upright result lies on the square: pixels from the left and from the top.
    pub offset: (u32, u32),
    /// Width and height of the avatar in pixels.
    pub side: u32,
    /// Frames of the avatar: 1 for a still.
    pub frames: u32,
    /// The color under transparent pixels, or `None` if they stay transparent.
    pub background: Option<[u8; 3]>,
    /// What the bars beside the photo show, if there are any.
    pub bars: Bars,
    /// The format of the avatar.
    pub format: Format,
    /// The quality, if a JPEG is to be encoded.
    pub quality: Option<Quality>,
    /// Whether the photo complies already: then its pixels keep their coding, and only its metadata is removed.
    pub kept: bool,
    /// The most bytes held while making the avatar: in addition to the photo's own, including the avatar's.
    pub memory: u64,
    /// Whether a look for faces may hold the pixels of a still for its avatar.
    pub(crate) holds: bool,
    /// The faces that [`Fit::Face`] based its decision on; `None` if it was not asked for, or no face was looked for or found.
    pub faces: Option<Faces>,
    /// What will be done, in plain words and in upright pixels.
    pub steps: Vec<Step>,
    /// What the user should know about these decisions.
    pub warnings: Vec<Warning>,
}

/// The photo on the square, in upright pixels.
struct Placement {
    crop: Rect,
    scaled: Size,
    offset: (u32, u32),
    side: u32,
}

impl Plan {
    /// Decides everything about the photo that `info` describes. The header says nothing about [`Fit::Face`]: it is planned as a cover, with
    /// the memory that it may take; [`plan`](crate::plan()) looks for the face.
    ///
    /// # Errors
    ///
    /// [`Error::CropOutside`], [`Error::TooSmall`], [`Error::TooManyFrames`] and [`Error::TransparentJpeg`]: the caller must
    /// choose differently. [`Error::Limit`]: making the avatar takes too much memory, or the animation is too large.
    pub fn new(info: &Info, options: &Options) -> Result<Plan, Error> {
        let info = &*info.rotated(options.rotate);
        let frames = frames::count(info, options)?;
        frames::check_canvases(info, frames, options)?;
        let (format, quality) = match frames {
            1 => output_format(info, options)?,
            _ => (Format::Gif, None),
        };
        let background = background(info, format, options.background);
        let bars = match options.background {
            Background::Blur => Bars::Blur,
            Background::Edge => Bars::Edge,
            _ => Bars::plain(background),
        };
        let placement = place(info.size, options)?;
        frames::check_drawn(frames, placement.side, options)?;
        let stored_size = info.orientation.size(info.size);
        let mut plan = Plan {
            crop: info.orientation.stored_rect(placement.crop, info.size),
            scaled: info.orientation.size(placement.scaled),
            orientation: info.orientation,
            offset: placement.offset,
            side: placement.side,
            frames,
            background,
            bars,
            format,
            quality,
            kept: false,
            memory: 0,
            holds: false,
            faces: None,
            steps: told::steps(info, &placement, background, bars),
            warnings: told::warnings(&placement, options.side),
        };
        if frames < info.frames {
            let (from, to) = (info.frames, frames);
            match options.frames {
                _ if to == 1 => plan.warnings.push(Warning::FirstFrameOnly(from)),
                FramePolicy::Decimate => plan.steps.push(Step::Decimate { from, to }),
                _ => plan.steps.push(Step::Truncate { from, to }),
            }
        }
        // Turns may cancel out, if a file has a wrong orientation.
        let is_as_stored =
            plan.orientation == Orientation::Upright && plan.steps.iter().all(Step::is_turn);
        plan.kept = is_as_stored && complies(info, &plan, options);
        plan.steps.push(if plan.kept {
            Step::Keep(format)
        } else {
            Step::Encode { format, quality }
        });
        plan.memory = memory::estimate(info, &plan, &options.limits);
        if let Fit::Face(_) = options.fit {
            (plan.memory, plan.holds) = memory::with_look(info, &plan, options);
        }
        check_limit(Limit::Memory, plan.memory, options.limits.memory)?;
        debug_assert!(
            plan.crop.right() <= stored_size.width() && plan.crop.bottom() <= stored_size.height()
        );
        Ok(plan)
    }

    /// The size of the avatar.
    pub(crate) fn square(&self) -> Size {
        Size::new(self.side, self.side).expect("a plan's side is at least one pixel")
    }

    /// Where the resampled pixels lie on the square before both are turned upright.
    pub(crate) fn stored_place(&self) -> Rect {
        let (x, y) = self.offset;
        let place = self.square().rect(x, y, self.orientation.size(self.scaled));
        let place = place.expect("a plan's photo lies on its square");
        self.orientation.stored_rect(place, self.square())
    }

    /// The same plan, but with the photo encoded again, whether it complies or not.
    pub(crate) fn encoded(mut self) -> Plan {
        if self.kept {
            self.kept = false;
            let (format, quality) = (self.format, self.quality);
            self.steps.pop();
            self.steps.push(Step::Encode { format, quality });
        }
        self
    }
}

/// Whether a photo that needs no changes can keep its coding.
fn complies(info: &Info, plan: &Plan, options: &Options) -> bool {
    let quality_asked = match options.format {
        StillFormat::Auto(quality) | StillFormat::Jpeg(quality) => quality.is_some(),
        StillFormat::Png => false,
    };
    info.plain && info.format == plan.format && !(quality_asked && plan.format == Format::Jpeg)
}

fn output_format(info: &Info, options: &Options) -> Result<(Format, Option<Quality>), Error> {
    // Whether such a photo may be stored as a JPEG.
    let is_photographic = match info.format {
        Format::Jpeg => true,
        Format::Webp | Format::Heic => !info.alpha,
        Format::Png | Format::Gif => false,
    };
    let transparent = options.background == Background::Transparent;
    match options.format {
        StillFormat::Jpeg(_) if transparent => Err(Error::TransparentJpeg),
        StillFormat::Jpeg(quality) => Ok((Format::Jpeg, Some(quality.unwrap_or_default()))),
        StillFormat::Auto(quality) if is_photographic && !transparent => {
            Ok((Format::Jpeg, Some(quality.unwrap_or_default())))
        }
        StillFormat::Auto(_) | StillFormat::Png => Ok((Format::Png, None)),
    }
}

fn background(info: &Info, format: Format, asked: Background) -> Option<[u8; 3]> {
    match asked {
        Background::Color(color) => Some(color),
        Background::Transparent => None,
        _ if info.alpha && format != Format::Jpeg => None,
        _ => Some([0, 0, 0]),
    }
}

fn place(image: Size, options: &Options) -> Result<Placement, Error> {
    let crop = match options.fit {
        Fit::Contain => image.whole(),
        Fit::Cover | Fit::Face(_) => {
            let side = NonZeroU32::new(image.shorter()).expect("a size has no side of zero");
            let sides = [image.width(), image.height()];
            let [x, y] = options.gravity.start(sides, side.get());
            image
                .rect(x, y, Size::square(side))
                .expect("the largest square lies inside")
        }
        Fit::Crop(crop) => crop
            .size()
            .and_then(|size| image.rect(crop.x, crop.y, size))
            .ok_or(Error::CropOutside { crop, image })?,
    };
    let longer = crop.size().longer();
    let side = options.side.clamp(longer);
    if longer < side && options.small == Small::Refuse {
        return Err(Error::TooSmall {
            found: longer,
            min: side,
        });
    }
    let scale = |length: u32| scaled(length, side, longer);
    let scaled = Size::new(scale(crop.size().width()), scale(crop.size().height()))
        .expect("a scaled side is at least one pixel");
    let offset = ((side - scaled.width()) / 2, (side - scaled.height()) / 2);
    Ok(Placement {
        crop,
        scaled,
        offset,
        side,
    })
}

/// `length` * `side` / `longer`, rounded to the nearest pixel and at least one.
fn scaled(length: u32, side: u32, longer: u32) -> u32 {
    let (length, side, longer) = (u64::from(length), u64::from(side), u64::from(longer));
    // At most `side`, because `length` is at most `longer`.
    (((2 * length * side + longer) / (2 * longer)) as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::CropBox;

    fn size(width: u32, height: u32) -> Size {
        Size::new(width, height).unwrap()
    }

    fn options(fit: Fit) -> Options {
        Options {
            fit,
            ..Options::default()
        }
    }

    #[test]
    fn contain_rounds_to_the_nearest_pixel_and_centers_downwards() {
        let placement = place(size(1000, 333), &options(Fit::Contain)).unwrap();
        assert_eq!(
            (placement.side, placement.scaled, placement.offset),
            (1000, size(1000, 333), (0, 333))
        );
        let placement = place(size(2725, 2225), &options(Fit::Contain)).unwrap();
        // 2225 * 1024 / 2725 = 836.1
        assert_eq!(
            (placement.side, placement.scaled, placement.offset),
            (1024, size(1024, 836), (0, 94))
        );
        let placement = place(size(300, 301), &options(Fit::Contain)).unwrap();
        // 300 * 512 / 301 = 510.3
        assert_eq!(
            (placement.side, placement.scaled, placement.offset),
            (512, size(510, 512), (1, 0))
        );
    }

    #[test]
    fn extreme_shapes_keep_at_least_a_pixel() {
        let placement = place(size(1, 60_000), &options(Fit::Contain)).unwrap();
        assert_eq!(
            (placement.side, placement.scaled, placement.offset),
            (1024, size(1, 1024), (511, 0))
        );
        let placement = place(size(60_000, 1), &options(Fit::Cover)).unwrap();
        assert_eq!(
            (placement.side, placement.scaled, placement.crop.x()),
            (512, size(512, 512), 29_999)
        );
    }

    #[test]
    fn cover_takes_the_centered_square_rounded_down() {
        let placement = place(size(801, 600), &options(Fit::Cover)).unwrap();
        assert_eq!(
            (
                placement.crop.x(),
                placement.crop.y(),
                placement.crop.size()
            ),
            (100, 0, size(600, 600))
        );
        assert_eq!((placement.side, placement.offset), (600, (0, 0)));
    }

    #[test]
    fn a_crop_must_lie_inside() {
        let crop = |x, y, side| options(Fit::Crop(CropBox { x, y, side }));
        let placement = place(size(344, 355), &crop(11, 22, 333)).unwrap();
        assert_eq!(
            (placement.crop.x(), placement.crop.y(), placement.side),
            (11, 22, 512)
        );
        for outside in [
            crop(12, 22, 333),
            crop(11, 23, 333),
            crop(0, 0, 0),
            crop(u32::MAX, 22, 333),
        ] {
            assert!(
                matches!(
                    place(size(344, 355), &outside),
                    Err(Error::CropOutside { .. })
                ),
                "{outside:?}"
            );
        }
    }

    #[test]
    fn small_photos_can_be_refused() {
        let refuse = Options {
            small: Small::Refuse,
            ..options(Fit::Cover)
        };
        assert!(matches!(
            place(size(700, 511), &refuse),
            Err(Error::TooSmall {
                found: 511,
                min: 512
            })
        ));
        assert!(place(size(700, 512), &refuse).is_ok());
        let contain = Options {
            fit: Fit::Contain,
            ..refuse
        };
        assert!(place(size(700, 511), &contain).is_ok());
    }
}
