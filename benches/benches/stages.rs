//! Each stage by itself, as far as possible. Throughput is in the pixels that the stage reads, or writes if it only writes.
//!
//! The stages inside `headshot-core` are not public. A stage that cannot be called alone is measured through a photo for which it outweighs
//! the rest, next to the same photo without it: the difference is the stage.

use std::fs;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use headshot_bench::made::{Kind, file, kept, pixels};
use headshot_bench::ours;
use headshot_core::{CropBox, Fit, Options, SideRange, normalize, probe};
use headshot_jpeg::{Request, decode_rows, encode_rgb};
use headshot_resample::{Axis, Grid, Layout, Resampler, Spec};

const WIDTH: u32 = 4240;
const HEIGHT: u32 = 2832;

fn photo(kind: Kind) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/race/made");
    fs::read(kept(&folder, kind, WIDTH, HEIGHT)).expect("it was just made")
}

fn options(fit: Fit, side: u32) -> Options {
    Options {
        fit,
        side: SideRange::new(side, side).expect("a side that is allowed"),
        limits: ours::limits(),
        ..Options::default()
    }
}

fn area(width: u32, height: u32) -> Throughput {
    Throughput::Elements(u64::from(width) * u64::from(height))
}

fn probing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("probe");
    for kind in Kind::ALL {
        let photo = photo(kind);
        group.bench_function(kind.name(), |bencher| {
            bencher.iter(|| probe(&photo, &ours::limits()).expect("a photo in order"));
        });
    }
    group.finish();
}

/// JPEG: rows of planes, dropped at once. PNG and GIF: a crop of 64x64 in the last corner, so that everything is decoded and little else done.
fn decoding(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    group.throughput(area(WIDTH, HEIGHT));
    for kind in Kind::ALL {
        let photo = photo(kind);
        let corner = options(
            Fit::Crop(CropBox {
                x: WIDTH - 64,
                y: HEIGHT - 64,
                side: 64,
            }),
            64,
        );
        group.bench_function(kind.name(), |bencher| match kind {
            Kind::PngRgb | Kind::PngRgba | Kind::Gif => {
                bencher.iter(|| normalize(&photo, &corner).expect("a photo in order"));
            }
            _ => bencher.iter(|| {
                let request = Request::default();
                decode_rows(&photo, &request, |planes| {
                    black_box(planes);
                    ControlFlow::Continue(())
                })
                .expect("a photo in order")
            }),
        });
    }
    group.finish();
}

fn resizing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("resize");
    for (name, layout, source) in [
        ("gray", Layout::Gray, pixels::<1>(WIDTH, HEIGHT)),
        ("rgb", Layout::Rgb, pixels::<3>(WIDTH, HEIGHT)),
        ("rgba", Layout::Rgba, pixels::<4>(WIDTH, HEIGHT)),
    ] {
        group.throughput(area(HEIGHT, HEIGHT));
        for side in [512, 1024] {
            let spec = Spec {
                layout,
                horizontal: Axis {
                    start: f64::from((WIDTH - HEIGHT) / 2),
                    extent: f64::from(HEIGHT),
                    available: WIDTH,
                    grid: Grid::Plain,
                    size: side,
                },
                vertical: Axis::whole(HEIGHT, side),
            };
            group.bench_function(BenchmarkId::new(name, side), |bencher| {
                bencher.iter(|| {
                    let mut resampler = Resampler::new(&spec).expect("a spec in order");
                    for row in source.chunks_exact(WIDTH as usize * layout.channels()) {
                        resampler.push_row(row).expect("a row in order");
                    }
                    resampler.finish().expect("all rows")
                });
            });
            // fast_image_resize, of the whole picture in memory, with the same filter and crop.
            let pixels = match layout {
                Layout::Gray => PixelType::U8,
                Layout::Rgb => PixelType::U8x3,
                _ => PixelType::U8x4,
            };
            let whole = ImageRef::new(WIDTH, HEIGHT, &source, pixels).expect("all pixels");
            let [left, side_of_crop] = [(WIDTH - HEIGHT) / 2, HEIGHT].map(f64::from);
            let options = ResizeOptions::new()
                .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
                .crop(left, 0.0, side_of_crop, side_of_crop);
            group.bench_function(
                BenchmarkId::new(format!("{name}-theirs"), side),
                |bencher| {
                    let mut resizer = Resizer::new();
                    bencher.iter(|| {
                        let mut made = Image::new(side, side, pixels);
                        let resized = resizer.resize(&whole, &mut made, &options);
                        resized.expect("a crop in order");
                        made
                    });
                },
            );
        }
    }
    group.finish();
}

/// A nearly square photo, as it is and turned by its tag: the difference is the turning. A square one would be kept as it is.
fn orienting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("orient");
    for side in [512, 1024] {
        let upright = file(Kind::Baseline420, side + 1, side);
        group.throughput(area(side, side));
        for (name, tag) in [
            ("upright", 1),
            ("mirrored", 2),
            ("upside-down", 3),
            ("turned", 6),
        ] {
            let photo = tagged(&upright, tag);
            group.bench_function(BenchmarkId::new(name, side), |bencher| {
                bencher.iter(|| {
                    normalize(&photo, &options(Fit::Cover, side)).expect("a photo in order")
                });
            });
        }
    }
    group.finish();
}

/// A JPEG with an EXIF segment that holds only its orientation.
fn tagged(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = vec![0xFF, 0xE1, 0, 34];
    exif.extend(b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    [&jpeg[..2], &exif, &jpeg[2..]].concat()
}

/// A strip of 16 rows, which is little to decode and to resize, on a square: the letterbox, and the encoding that is in `encode`.
fn letterboxing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("letterbox");
    for side in [512, 1024] {
        group.throughput(area(side, side));
        for kind in [Kind::Baseline420, Kind::PngRgb, Kind::PngRgba] {
            let photo = file(kind, side, 16);
            group.bench_function(BenchmarkId::new(kind.name(), side), |bencher| {
                bencher.iter(|| {
                    normalize(&photo, &options(Fit::Contain, side)).expect("a photo in order")
                });
            });
        }
    }
    group.finish();
}

/// JPEG by itself; PNG with the decoding of a photo that is one column too wide, so that it is neither resized nor kept as it is.
fn encoding(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encode");
    for side in [512, 1024] {
        group.throughput(area(side, side));
        let rgb = pixels::<3>(side, side);
        group.bench_function(BenchmarkId::new("jpeg-80", side), |bencher| {
            bencher.iter(|| encode_rgb(side, side, &rgb, 80).expect("pixels in order"));
        });
        for kind in [Kind::PngRgb, Kind::PngRgba] {
            let photo = file(kind, side + 1, side);
            group.bench_function(
                BenchmarkId::new(format!("decode-and-{}", kind.name()), side),
                |bencher| {
                    bencher.iter(|| {
                        normalize(&photo, &options(Fit::Cover, side)).expect("a photo in order")
                    });
                },
            );
        }
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    probing(&mut criterion);
    decoding(&mut criterion);
    resizing(&mut criterion);
    orienting(&mut criterion);
    letterboxing(&mut criterion);
    encoding(&mut criterion);
    criterion.final_summary();
}
