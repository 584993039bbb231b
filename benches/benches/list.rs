//! The crates that the project was asked to build on, put together as they are meant to be, beside `normalize`: `image` decodes and
//! encodes, `fast_image_resize` crops and resizes. What they leave out (orientation, color, metadata, damage, limits) costs them nothing.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use headshot_bench::made::{Kind, kept};
use headshot_bench::ours;
use headshot_core::{Fit, Options, SideRange, normalize};
use image::{ImageFormat, RgbImage};

const SIZE: (u32, u32) = (4240, 2832);
const SIDE: u32 = 1024;

fn list(photo: &[u8]) -> Vec<u8> {
    let decoded = image::load_from_memory(photo)
        .expect("a photo in order")
        .into_rgb8();
    let (width, height) = decoded.dimensions();
    let whole = ImageRef::new(width, height, &decoded, PixelType::U8x3).expect("all pixels");
    let shorter = f64::from(width.min(height));
    let [left, top] = [width, height].map(|length| (f64::from(length) - shorter) / 2.0);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(left, top, shorter, shorter);
    let mut square = Image::new(SIDE, SIDE, PixelType::U8x3);
    let resized = Resizer::new().resize(&whole, &mut square, &options);
    resized.expect("a crop in order");
    let square = RgbImage::from_raw(SIDE, SIDE, square.into_vec()).expect("all pixels");
    let format = match image::guess_format(photo) {
        Ok(ImageFormat::Jpeg) => ImageFormat::Jpeg,
        _ => ImageFormat::Png,
    };
    let mut avatar = Cursor::new(Vec::new());
    square.write_to(&mut avatar, format).expect("a square");
    avatar.into_inner()
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/race/made");
    let options = Options {
        fit: Fit::Cover,
        side: SideRange::new(SIDE, SIDE).expect("a side that is allowed"),
        limits: ours::limits(),
        ..Options::default()
    };
    let mut group = criterion.benchmark_group("list");
    group.throughput(Throughput::Elements(u64::from(SIZE.0) * u64::from(SIZE.1)));
    for kind in Kind::ALL {
        let photo = fs::read(kept(&folder, kind, SIZE.0, SIZE.1)).expect("it was just made");
        group.bench_function(BenchmarkId::new(kind.name(), "ours"), |bencher| {
            bencher.iter(|| normalize(&photo, &options).expect("a photo in order"));
        });
        group.bench_function(BenchmarkId::new(kind.name(), "theirs"), |bencher| {
            bencher.iter(|| list(&photo));
        });
    }
    group.finish();
    criterion.final_summary();
}
