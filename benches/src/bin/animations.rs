//! Races animated GIFs against sharp and writes `docs/animation.md`.
//!
//! `cargo run -p headshot-bench --release --bin animations` needs Node with npm. Everything it makes goes to
//! `target/animations`. `-- --judge REFERENCE RESULT...` compares GIFs made by other programs with a reference, a GIF or an animated PNG of
//! whole frames, and writes no report.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use headshot_bench::fidelity::{Fidelity, fidelity};
use headshot_bench::sharp::Sharp;
use headshot_bench::{machine, sources};
use headshot_core::{Limits, Options, SideRange, normalize};
use rayon::ThreadPoolBuilder;

const SIDE: u32 = 512;
const ROUNDS: usize = 3;
/// Moments of each animation that are compared.
const SAMPLES: usize = 8;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("target/animations");
    fs::create_dir_all(&folder).expect("a folder under target");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [] => {}
        [flag, reference, results @ ..] if flag == "--judge" => return judge(reference, results),
        [photo, ..] => return peak(Path::new(photo)),
    }
    let mut sharp = Sharp::start(&folder.join("sharp"));
    let rows: Vec<Row> = sources::sources()
        .iter()
        .map(|source| row(source, &mut sharp, &folder))
        .collect();
    let large = folder.join("large.gif");
    if !large.exists() {
        fs::write(&large, sources::large()).expect("target can be written");
    }
    let memory = Command::new(std::env::current_exe().expect("this program has a path"))
        .arg(&large)
        .output()
        .expect("this program runs again");
    let memory = String::from_utf8_lossy(&memory.stdout).trim().to_owned();
    let report = report(
        &rows,
        &sharp.version,
        &memory,
        fs::metadata(&large).map_or(0, |file| file.len()),
    );
    print!("{report}");
    fs::write(root.join("docs/animation.md"), report).expect("docs can be written");
}

struct Row {
    name: &'static str,
    kind: &'static str,
    frames: usize,
    bytes: [usize; 2],
    ms: [f64; 2],
    two_threads: f64,
    fidelity: [Fidelity; 2],
}

fn options() -> Options {
    Options {
        side: SideRange::new(SIDE, SIDE).expect("a side that is allowed"),
        limits: Limits {
            frames: 1000,
            bytes: 1 << 30,
            // Slow animations must be tested, too, even on a slow machine.
            time: Duration::from_secs(60),
            ..Limits::default()
        },
        ..Options::default()
    }
}

fn row(source: &sources::Source, sharp: &mut Sharp, folder: &Path) -> Row {
    let path = |end: &str| -> PathBuf { folder.join(format!("{}{end}", source.name)) };
    fs::write(path(".gif"), &source.gif).expect("target can be written");
    let [one, two] = [1, 2].map(|threads| {
        ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads")
    });
    let (mut theirs, mut ours, mut ours_two) = (Vec::new(), Vec::new(), Vec::new());
    let mut avatar = Vec::new();
    for _ in 0..ROUNDS {
        theirs.push(sharp.contain(&path(".gif"), &path("-sharp.gif"), SIDE));
        for (pool, times) in [(&one, &mut ours), (&two, &mut ours_two)] {
            let start = Instant::now();
            let made = pool
                .install(|| normalize(&source.gif, &options()))
                .expect("a source can be normalized");
            times.push(start.elapsed().as_secs_f64() * 1000.0);
            avatar = made.bytes().to_vec();
        }
    }
    let theirs_made = fs::read(path("-sharp.gif")).expect("sharp wrote it");
    fs::write(path("-headshot.gif"), &avatar).expect("target can be written");
    Row {
        name: source.name,
        kind: source.kind,
        frames: headshot_core::probe(&source.gif, &options().limits)
            .map_or(0, |info| info.frames as usize),
        bytes: [avatar.len(), theirs_made.len()],
        ms: [median(ours), median(theirs)],
        two_threads: median(ours_two),
        fidelity: [&avatar, &theirs_made].map(|made| fidelity(&source.gif, made, SAMPLES)),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Prints how faithful each of some GIFs is.
fn judge(reference: &str, results: &[String]) {
    let reference = fs::read(reference).expect("the reference can be read");
    for result in results {
        let made = fs::read(result).expect("a result can be read");
        let found = fidelity(&reference, &made, SAMPLES);
        println!(
            "{result}: {} bytes, SSIMULACRA2 {:.1}, {} of {} pixels that stand still flicker",
            made.len(),
            found.score,
            found.flickering,
            found.still
        );
    }
}

/// Normalizes one animation and prints what it took.
fn peak(photo: &Path) {
    let photo = fs::read(photo).expect("the photo can be read");
    let before = machine::peak_memory().unwrap_or(0);
    let start = Instant::now();
    let options = Options {
        side: SideRange::default(),
        ..options()
    };
    let avatar = normalize(&photo, &options).expect("the photo can be normalized");
    let seconds = start.elapsed().as_secs_f64();
    let after = machine::peak_memory().unwrap_or(0);
    println!(
        "{} frames at {} pixels in {seconds:.1} s; peak {:.0} MB, of which {:.0} MB are the program and the file in memory",
        avatar.frames(),
        avatar.side(),
        after as f64 / 1e6,
        before as f64 / 1e6
    );
}

fn geometric(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count();
    (values.map(f64::ln).sum::<f64>() / count as f64).exp()
}

fn report(rows: &[Row], sharp: &str, memory: &str, large_bytes: u64) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "# Animations\n\n\
         Written by `cargo run -p headshot-bench --release --bin animations`; do not edit.\n\n\
         Machine: {}. headshot {} against {sharp}:\n\
         `sharp(b, {{ animated: true }}).resize({SIDE}, {SIDE}, {{ fit: 'contain' }}).gif()`, one thread each, in process,\n\
         interleaved, medians of {ROUNDS}. SSIMULACRA2 is the mean of up to {SAMPLES} moments: what is on screen, composited by the\n\
         `image` crate, against the source frames resized in floating point (Lanczos3 to reduce, Catmull-Rom to enlarge),\n\
         over white and over black where there are holes. sharp enlarges with an offset of up to half a pixel, which is\n\
         part of its score. Flicker: of a million pixels for which no source pixel within the filter's reach has changed, how many change on screen.\n",
        machine::name(),
        env!("CARGO_PKG_VERSION"),
    );
    let _ = writeln!(
        out,
        "| animation | frames | kB | sharp | ratio | ms | sharp | ratio | 2 threads | SSIMULACRA2 | sharp | flicker | sharp |"
    );
    let _ = writeln!(out, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for row in rows {
        let [ours, theirs] = &row.fidelity;
        let flicker = |f: &Fidelity| 1e6 * f.flickering as f64 / f.still.max(1) as f64;
        let _ = writeln!(
            out,
            "| {}: {} | {} | {:.0} | {:.0} | {:.2} | {:.0} | {:.0} | {:.3} | {:.2}x | {:.1} | {:.1} | {:.0} | {:.0} |",
            row.name,
            row.kind,
            row.frames,
            row.bytes[0] as f64 / 1e3,
            row.bytes[1] as f64 / 1e3,
            row.bytes[0] as f64 / row.bytes[1] as f64,
            row.ms[0],
            row.ms[1],
            row.ms[0] / row.ms[1],
            row.ms[0] / row.two_threads,
            ours.score,
            theirs.score,
            flicker(ours),
            flicker(theirs),
        );
    }
    let mean = |side: usize| {
        rows.iter().map(|row| row.fidelity[side].score).sum::<f64>() / rows.len() as f64
    };
    let worst = rows
        .iter()
        .map(|row| row.fidelity[0].score - row.fidelity[1].score)
        .fold(f64::MAX, f64::min);
    let most = rows
        .iter()
        .map(|row| row.bytes[0] as f64 / row.bytes[1] as f64)
        .fold(0.0, f64::max);
    let _ = writeln!(
        out,
        "\n- bytes: geometric mean {:.2} of sharp's, at most {most:.2}\n\
         - time: geometric mean {:.3} of sharp's; two threads are {:.2} times as fast as one (geometric mean), and {:.2} times by the sum of all times\n\
         - SSIMULACRA2: mean {:.1}, sharp {:.1}; the worst difference is {worst:+.1}\n\
         - memory: 1920x1080, 125 frames, {:.0} MB of GIF: {memory}",
        geometric(
            rows.iter()
                .map(|row| row.bytes[0] as f64 / row.bytes[1] as f64)
        ),
        geometric(rows.iter().map(|row| row.ms[0] / row.ms[1])),
        geometric(
            rows.iter()
                .filter(|row| row.frames > 1)
                .map(|row| row.ms[0] / row.two_threads)
        ),
        rows.iter().map(|row| row.ms[0]).sum::<f64>()
            / rows.iter().map(|row| row.two_threads).sum::<f64>(),
        mean(0),
        mean(1),
        large_bytes as f64 / 1e6,
    );
    out
}
