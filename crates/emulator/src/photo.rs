//! A photo that was accepted, and the pictures of it that the service hands out.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Mutex;

use bytes::Bytes;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::gif::{GifDecoder, GifEncoder, Repeat};
use image::imageops;
use image::metadata::LoopCount;
use image::{AnimationDecoder, DynamicImage, Frame, ImageFormat, ImageReader, Rgba, RgbaImage};

use crate::Settings;
use crate::refusal::Refusal;
use crate::sniff::{Format, Seen, sniff};

/// The sides at which Slack keeps a photo, in pixels.
pub(crate) const SIDES: [u32; 7] = [24, 32, 48, 72, 192, 512, 1024];

/// Most pixels of an animation that is made again at another size: more would keep a reader waiting for seconds.
const MAX_ANIMATED_PIXELS: u64 = 8 << 20;

/// The square to cut out, in stored pixels.
///
/// Slack does not say whether its crop is in stored or upright pixels. Ours is in stored ones, and EXIF is not obeyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crop {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) side: u32,
}

pub(crate) struct Photo {
    pub(crate) seen: Seen,
    pub(crate) bytes: Bytes,
    crop: Option<Crop>,
    made: Mutex<BTreeMap<(u32, bool), Bytes>>,
}

impl Photo {
    /// Checks an uploaded file as users.setPhoto does. Slow: it decodes every frame.
    pub(crate) fn check(
        bytes: Bytes,
        content_type: Option<&str>,
        crop: Option<Crop>,
        settings: &Settings,
    ) -> Result<Photo, Refusal> {
        let bad = |why: &str| Refusal::new("bad_image", format!("{why}: pass a JPEG, GIF or PNG"));
        if bytes.is_empty() {
            return Err(Refusal::new("no_image", "the file is empty"));
        }
        let seen = sniff(&bytes).map_err(bad)?;
        let Seen {
            format,
            width,
            height,
            frames,
        } = seen;
        // application/octet-stream claims nothing, and the official JavaScript client sends it for a Buffer.
        match content_type.map(|c| c.split(';').next().unwrap_or_default().trim()) {
            Some(c) if c == format.content_type() || c == "application/octet-stream" => {}
            Some(c) => {
                return Err(bad(&format!(
                    "the part says {c:?}, its bytes are {}",
                    format.content_type()
                )));
            }
            None => {
                return Err(bad(&format!(
                    "the part has no Content-Type, its bytes are {}",
                    format.content_type()
                )));
            }
        }
        if width.max(height) > settings.max_dimension {
            let max = settings.max_dimension;
            return Err(Refusal::new(
                "too_large",
                format!("{width}x{height} pixels, at most {max}x{max}"),
            ));
        }
        if bytes.len() > settings.max_bytes {
            return Err(Refusal::new(
                "too_large",
                format!("{} bytes, at most {}", bytes.len(), settings.max_bytes),
            ));
        }
        if frames > settings.max_frames {
            return Err(Refusal::new(
                "too_many_frames",
                format!("{frames} frames, at most {}", settings.max_frames),
            ));
        }
        if let Some(Crop { x, y, side }) = crop {
            let inside =
                |from: u32, size: u32| from.checked_add(side).is_some_and(|end| end <= size);
            if side == 0 || !inside(x, width) || !inside(y, height) {
                let why = format!("crop x {x}, y {y}, w {side} is not inside {width}x{height}");
                return Err(Refusal::new("invalid_arguments", why));
            }
        }
        let photo = Photo {
            seen,
            bytes,
            crop,
            made: Mutex::default(),
        };
        photo.decode_all().map_err(|e| bad(&e))?;
        Ok(photo)
    }

    fn decode_all(&self) -> Result<(), String> {
        if self.seen.format != Format::Gif {
            return self.still().map(drop).map_err(|e| e.to_string());
        }
        let frames = GifDecoder::new(Cursor::new(&self.bytes))
            .map_err(|e| e.to_string())?
            .into_frames();
        let mut found = 0;
        for frame in frames {
            frame.map_err(|e| e.to_string())?;
            found += 1;
        }
        if found == self.seen.frames {
            Ok(())
        } else {
            Err(format!(
                "{} frames announced, {found} decoded",
                self.seen.frames
            ))
        }
    }

    /// The first frame.
    fn still(&self) -> image::ImageResult<RgbaImage> {
        let format = match self.seen.format {
            Format::Jpeg => ImageFormat::Jpeg,
            Format::Png => ImageFormat::Png,
            Format::Gif => ImageFormat::Gif,
        };
        let mut reader = ImageReader::with_format(Cursor::new(&self.bytes), format);
        let mut limits = image::Limits::default();
        (limits.max_image_width, limits.max_image_height) =
            (Some(self.seen.width), Some(self.seen.height));
        reader.limits(limits);
        Ok(reader.decode()?.into_rgba8())
    }

    /// Whether the picture of this side moves.
    pub(crate) fn moves(&self, side: u32) -> bool {
        self.seen.frames > 1
            && u64::from(self.seen.frames) * u64::from(side).pow(2) <= MAX_ANIMATED_PIXELS
    }

    /// The file extension of the picture of this side.
    pub(crate) fn extension(&self, side: u32) -> &'static str {
        if self.moves(side) { "gif" } else { "png" }
    }

    /// The picture of this side, moving or still, made when it is first asked for. Slow.
    pub(crate) fn picture(&self, side: u32, moving: bool) -> image::ImageResult<Bytes> {
        let mut made = self
            .made
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(bytes) = made.get(&(side, moving)) {
            return Ok(bytes.clone());
        }
        let as_posted = self.crop.is_none() && (self.seen.width, self.seen.height) == (side, side);
        let bytes = if !moving {
            png(self.square(&self.still()?, side))?
        } else if as_posted {
            self.bytes.clone()
        } else {
            self.animation(side)?
        };
        made.insert((side, moving), bytes.clone());
        Ok(bytes)
    }

    fn animation(&self, side: u32) -> image::ImageResult<Bytes> {
        let decoder = GifDecoder::new(Cursor::new(&self.bytes))?;
        let repeat = match decoder.loop_count() {
            LoopCount::Infinite => Repeat::Infinite,
            LoopCount::Finite(n) => Repeat::Finite(n.get().try_into().unwrap_or(u16::MAX)),
        };
        let mut gif = Vec::new();
        let mut encoder = GifEncoder::new_with_speed(&mut gif, 10);
        encoder.set_repeat(repeat)?;
        for frame in decoder.into_frames() {
            let frame = frame?;
            let delay = frame.delay();
            encoder.encode_frame(Frame::from_parts(
                self.square(&frame.into_buffer(), side),
                0,
                0,
                delay,
            ))?;
        }
        drop(encoder);
        Ok(gif.into())
    }

    /// Crops, or letterboxes on black, to a square of this side.
    fn square(&self, image: &RgbaImage, side: u32) -> RgbaImage {
        if let Some(Crop { x, y, side: from }) = self.crop {
            return resize(
                &imageops::crop_imm(image, x, y, from, from).to_image(),
                side,
                side,
            );
        }
        let (width, height) = image.dimensions();
        if width == height {
            return resize(image, side, side);
        }
        let longer = width.max(height);
        let scaled = |length: u32| {
            ((u64::from(length) * u64::from(side) + u64::from(longer) / 2) / u64::from(longer))
                .max(1) as u32
        };
        let small = resize(image, scaled(width), scaled(height));
        let mut square = RgbaImage::from_pixel(side, side, Rgba([0, 0, 0, 255]));
        let offset = |length: u32| i64::from((side - length) / 2);
        imageops::replace(
            &mut square,
            &small,
            offset(small.width()),
            offset(small.height()),
        );
        square
    }
}

/// Resizes with premultiplied alpha, so that the color of invisible pixels does not bleed into an edge.
fn resize(image: &RgbaImage, width: u32, height: u32) -> RgbaImage {
    let (from, options) = (image.dimensions(), ResizeOptions::new());
    if from == (width, height) {
        return image.clone();
    }
    let filter = ResizeAlg::Convolution(FilterType::CatmullRom);
    let source = ImageRef::new(from.0, from.1, image.as_raw(), PixelType::U8x4);
    let source = source.expect("four bytes a pixel");
    let mut small = Image::new(width, height, PixelType::U8x4);
    Resizer::new()
        .resize(&source, &mut small, &options.resize_alg(filter))
        .expect("both are RGBA");
    RgbaImage::from_raw(width, height, small.into_vec()).expect("four bytes a pixel")
}

pub(crate) fn png(image: RgbaImage) -> image::ImageResult<Bytes> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(image).write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner().into())
}

/// The picture of somebody without a photo: head and shoulders on a color that the hash chooses.
pub(crate) fn silhouette(hash: &str, side: u32) -> RgbaImage {
    const COLORS: [[u8; 3]; 6] = [
        [74, 21, 75],
        [18, 100, 163],
        [0, 122, 90],
        [181, 71, 8],
        [124, 58, 183],
        [155, 28, 73],
    ];
    let sum: usize = hash.bytes().map(usize::from).sum();
    let [r, g, b] = COLORS[sum % COLORS.len()];
    RgbaImage::from_fn(side, side, |x, y| {
        // Coverage from a 4 by 4 grid in each pixel: at 24 pixels a hard edge would look torn.
        let inside = (0..16).filter(|i| {
            let at = |p: u32, i: u32| (f64::from(p) + (f64::from(i) + 0.5) / 4.0) / f64::from(side);
            let (x, y) = (at(x, i % 4) - 0.5, at(y, i / 4));
            let head = x * x + (y - 0.39).powi(2) < 0.17_f64.powi(2);
            let shoulders = (x / 0.34).powi(2) + ((y - 1.0) / 0.38).powi(2) < 1.0;
            head || shoulders
        });
        let share = inside.count() as u32;
        let mix = |c: u8| ((u32::from(c) * (16 - share) + 235 * share) / 16) as u8;
        Rgba([mix(r), mix(g), mix(b), 255])
    })
}
