//! A plan's memory is at least what making the avatar takes, and not absurdly more. A program of its own,
//! because it counts every byte that is allocated in it.

use headshot_core::{
    Background, Fit, FramePolicy, Options, Plan, SideRange, StillFormat, normalize, probe,
};
use image::codecs::gif::GifEncoder;
use image::{Delay, DynamicImage, Frame, ImageFormat, Rgba, RgbaImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use peak_alloc::PeakAlloc;

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;

/// Tables, the square if most of it is empty or a photo is kept, palettes, bars that show the photo, and finished frames: the part that
/// does not grow with the photo.
const STILL: u64 = 24 << 20;
const ANIMATION: u64 = 72 << 20;

/// Noise, so that files are as large as possible.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 12345_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..count).map(|_| next()).collect()
}

fn picture(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_raw(width, height, noise((width * height * 4) as usize)).unwrap()
}

fn jpeg(width: u16, height: u16, kind: ColorType, progressive: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_progressive(progressive);
    let channels = match kind {
        ColorType::Luma => 1,
        ColorType::Rgb => 3,
        _ => 4,
    };
    let count = usize::from(width) * usize::from(height) * channels;
    encoder.encode(&noise(count), width, height, kind).unwrap();
    bytes
}

fn png(picture: DynamicImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Lossless: noise has many codes, and nothing repeats.
fn webp(picture: DynamicImage) -> Vec<u8> {
    let (width, height) = (picture.width(), picture.height());
    let color = if picture.color().has_alpha() {
        image_webp::ColorType::Rgba8
    } else {
        image_webp::ColorType::Rgb8
    };
    let mut bytes = Vec::new();
    let encoder = image_webp::WebPEncoder::new(&mut bytes);
    let samples = picture.as_bytes();
    encoder.encode(samples, width, height, color).unwrap();
    bytes
}

fn file(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/still/");
    std::fs::read([folder, name].concat()).unwrap()
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let named = [&kind[..], content].concat();
    let crc = !named.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    });
    let length = (content.len() as u32).to_be_bytes();
    [&length[..], &named, &crc.to_be_bytes()].concat()
}

/// An interlaced PNG of noise, with this many bits a pixel (third edition, 8.1).
fn interlaced(width: u32, height: u32, depth: u8, color: u8, bits: u32) -> Vec<u8> {
    const PASSES: [[u32; 4]; 7] = [
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
    ];
    let mut rows = Vec::new();
    for [x, y, across, down] in PASSES {
        let columns = (width - x).div_ceil(across);
        for _ in 0..(height - y).div_ceil(down) {
            rows.push(0);
            rows.extend(noise((columns * bits).div_ceil(8) as usize));
        }
    }
    let (w, h) = (width.to_be_bytes(), height.to_be_bytes());
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [&w[..], &h, &[depth, color, 0, 0, 1]].concat();
    file.extend(chunk(b"IHDR", &header));
    if color == 3 {
        file.extend(chunk(b"PLTE", &[9, 99, 199, 200, 100, 0]));
    }
    file.extend(chunk(b"IDAT", &fdeflate::compress_to_vec(&rows)));
    file.extend(chunk(b"IEND", b""));
    file
}

/// Whole frames of noise with alpha, each reverted.
fn apng(width: u32, height: u32, frames: u32, depth: u8) -> Vec<u8> {
    let sides = [width, height].map(u32::to_be_bytes).concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(chunk(b"IHDR", &[&sides[..], &[depth, 6, 0, 0, 0]].concat()));
    file.extend(chunk(b"acTL", &[frames, 0].map(u32::to_be_bytes).concat()));
    for i in 0..frames {
        let mut rows = Vec::new();
        for _ in 0..height {
            rows.push(0);
            rows.extend(noise((width * u32::from(depth) / 2) as usize));
        }
        let stream = fdeflate::compress_to_vec(&rows);
        let number = |number: u32| number.to_be_bytes().to_vec();
        let control = [number((2 * i).saturating_sub(1)), sides.clone(), vec![0; 8]];
        // 5 hundredths of a second, reverted, blended.
        let control = [control.concat(), vec![0, 5, 0, 100, 2, 1]].concat();
        file.extend(chunk(b"fcTL", &control));
        file.extend(match i {
            0 => chunk(b"IDAT", &stream),
            _ => chunk(b"fdAT", &[number(2 * i), stream].concat()),
        });
    }
    file.extend(chunk(b"IEND", b""));
    file
}

/// Frames of noise that move over a canvas.
fn gif(width: u32, height: u32, frames: u32, disposal: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    for turn in 0..frames {
        let mut canvas = picture(width, height);
        canvas.pixels_mut().for_each(|pixel| pixel[3] = 255);
        canvas.put_pixel(turn, 0, Rgba([0; 4]));
        let delay = Delay::from_numer_denom_ms(50, 1);
        encoder
            .encode_frame(Frame::from_parts(canvas, 0, 0, delay))
            .unwrap();
    }
    drop(encoder);
    // The flags of each graphic control extension.
    for at in 0..bytes.len() - 8 {
        if bytes[at..].starts_with(&[b'!', 0xF9, 4]) && bytes[at + 7] == 0 && bytes[at + 8] == b','
        {
            bytes[at + 3] = bytes[at + 3] & !(7 << 2) | disposal << 2;
        }
    }
    bytes
}

/// The bytes that making an avatar takes, those that the plan predicts, and whether it is an animation.
fn measure(photo: &[u8], options: &Options) -> (u64, u64, bool) {
    let info = probe(photo, &options.limits).unwrap();
    let plan = Plan::new(&info, options).unwrap();
    let before = PEAK.current_usage();
    PEAK.reset_peak_usage();
    let avatar = normalize(photo, options).unwrap();
    let taken = PEAK.peak_usage() - before;
    drop(avatar);
    (taken as u64, plan.memory, plan.frames > 1)
}

#[test]
fn no_photo_takes_more_than_its_plan_says() {
    let photo = DynamicImage::from(picture(700, 600));
    let mut photos = vec![
        ("baseline", jpeg(700, 600, ColorType::Rgb, false)),
        ("progressive", jpeg(700, 600, ColorType::Rgb, true)),
        ("gray", jpeg(700, 600, ColorType::Luma, false)),
        ("cmyk", jpeg(700, 600, ColorType::Cmyk, false)),
        ("ycck", jpeg(700, 600, ColorType::CmykAsYcck, true)),
        ("wide", jpeg(9_000, 40, ColorType::Rgb, true)),
        ("tall", jpeg(40, 9_000, ColorType::Cmyk, true)),
        ("square", jpeg(1024, 1024, ColorType::Rgb, false)),
        ("rgba", png(photo.clone())),
        ("deep", png(photo.to_rgba16().into())),
        ("gray png", png(photo.to_luma8().into())),
        ("wide png", png(picture(9_000, 30).into())),
        ("interlaced", interlaced(700, 600, 8, 2, 24)),
        ("interlaced deep", interlaced(700, 600, 16, 6, 64)),
        ("interlaced palette", interlaced(6_400, 3_000, 1, 3, 1)),
        ("interlaced alpha", interlaced(700, 600, 8, 4, 16)),
        ("gif", gif(800, 700, 1, 0)),
        ("webp", webp(photo.to_rgb8().into())),
        ("webp alpha", webp(photo.clone())),
        ("lossy webp", file("lossy-large.webp")),
        ("lossy webp alpha", file("lossy-alpha-large.webp")),
    ];
    for (name, depth) in [("apng", 8), ("deep apng", 16)] {
        photos.push((name, apng(700, 500, 4, depth)));
        photos.push((name, apng(200, 150, 20, depth)));
    }
    #[cfg(feature = "heic")]
    for name in ["grid", "halved", "alpha", "profile"] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/heic/");
        photos.push((name, std::fs::read(format!("{folder}{name}.heic")).unwrap()));
    }
    for disposal in 1..4 {
        photos.push(("small animation", gif(200, 150, 6, disposal)));
        photos.push(("animation", gif(700, 500, 3, disposal)));
    }
    let side = |least, most| SideRange::new(least, most).unwrap();
    let sets = [
        Options::default(),
        Options {
            side: side(64, 64),
            ..Options::default()
        },
        Options {
            fit: Fit::Cover,
            side: side(900, 900),
            ..Options::default()
        },
        Options {
            format: StillFormat::Png,
            background: Background::Transparent,
            ..Options::default()
        },
        Options {
            fit: Fit::Face(headshot_core::FaceFit::default()),
            side: side(64, 64),
            ..Options::default()
        },
        Options {
            background: Background::Blur,
            side: side(1024, 1024),
            ..Options::default()
        },
        Options {
            format: StillFormat::Jpeg(headshot_core::Quality::new(100)),
            frames: FramePolicy::First,
            ..Options::default()
        },
    ];
    let mut faults = Vec::new();
    for (name, photo) in &photos {
        for (set, options) in sets.iter().enumerate() {
            let (taken, need, moves) = measure(photo, options);
            let rest = if moves { ANIMATION } else { STILL };
            let told = format!("{name}, set {set}: {taken} of {need}");
            println!("{told}");
            if taken > need || need > 4 * taken + rest {
                faults.push(told);
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
