//! The whole of `normalize`: every kind of file, from 1 to 24 megapixels, to 512 and 1024. Throughput is in source pixels.

use std::fs;
use std::path::Path;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use headshot_bench::made::{Kind, kept};
use headshot_bench::ours;
use headshot_core::{Fit, Options, SideRange, normalize};

/// About 1, 4, 12 and 24 megapixels at 3:2.
const SIZES: [(u32, u32); 4] = [(1224, 816), (2448, 1632), (4240, 2832), (6000, 4000)];

fn all(criterion: &mut Criterion) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/race/made");
    for kind in Kind::ALL {
        let mut group = criterion.benchmark_group(format!("normalize/{}", kind.name()));
        for (width, height) in SIZES {
            let photo = fs::read(kept(&folder, kind, width, height)).expect("it was just made");
            group.throughput(Throughput::Elements(u64::from(width) * u64::from(height)));
            for side in [512, 1024] {
                let options = Options {
                    fit: Fit::Cover,
                    side: SideRange::new(side, side).expect("a side that is allowed"),
                    limits: ours::limits(),
                    ..Options::default()
                };
                let name = BenchmarkId::new(format!("{width}x{height}"), side);
                group.bench_with_input(name, &photo, |bencher, photo| {
                    bencher.iter(|| normalize(photo, &options).expect("a photo in order"));
                });
            }
        }
        group.finish();
    }
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    all(&mut criterion);
    criterion.final_summary();
}
