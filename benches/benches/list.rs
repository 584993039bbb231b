//! The crates that the project was asked to build on, next to `normalize`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use headshot_bench::made::{Kind, kept};
use headshot_bench::{crates, ours};
use headshot_core::{Fit, Options, SideRange, normalize};

const SIZE: (u32, u32) = (4240, 2832);
const SIDE: u32 = 1024;

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
        let quality = photo.starts_with(&[0xFF, 0xD8]).then_some(80);
        group.bench_function(BenchmarkId::new(kind.name(), "theirs"), |bencher| {
            bencher.iter(|| {
                crates::avatar(&photo, Fit::Cover, SIDE, quality).expect("a photo in order")
            });
        });
    }
    group.finish();
    criterion.final_summary();
}
