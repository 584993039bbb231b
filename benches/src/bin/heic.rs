//! Races HEIC photos against libheif and Pillow, and writes docs/heic.md.
//!
//!     cargo run --release -p headshot-bench --bin heic -- PHOTO.heic...
//!
//! Photos that may be redistributed are rare, so none is included: pass some from a phone.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use headshot_bench::judge::References;
use headshot_bench::peer::{Peer, Still};
use headshot_bench::python::Python;
use headshot_bench::{machine, ours};
use headshot_core::{Fit, probe};

const SIDE: u32 = 1024;
const QUALITY: u8 = 80;
/// Rounds that count, after one that does not.
const ROUNDS: usize = 7;
const REPORT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/heic.md");

/// The targets: how many times libheif's time, how faithful, and how many bytes.
const TIME: f64 = 1.5;
const SCORE: f64 = 90.0;
const MEMORY: u64 = 64 << 20;

/// What one photo took.
struct Race {
    name: String,
    megapixels: f64,
    ms: [f64; 2],
    peaks: [Option<u64>; 2],
    score: f64,
}

fn main() -> ExitCode {
    if ours::served() {
        return ExitCode::SUCCESS;
    }
    let photos: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if photos.is_empty() {
        eprintln!("heic: name one HEIC photo at least");
        return ExitCode::from(2);
    }
    match raced(&photos) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("heic: {error}");
            ExitCode::from(2)
        }
    }
}

/// Races all photos and writes the report. Returns whether all targets are met.
fn raced(photos: &[PathBuf]) -> Result<bool, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/race");
    let to = folder.join("heic");
    std::fs::create_dir_all(&to).map_err(|error| error.to_string())?;
    let python = Python::install(&folder.join("venv"))?;
    let before = machine::name();
    let mut versions = String::new();
    let races: Result<Vec<Race>, String> = photos
        .iter()
        .map(|photo| race(photo, &python, &to, &mut versions))
        .collect();
    let races = races?;
    let report = report(&races, &versions, &before);
    print!("{report}");
    std::fs::write(REPORT, report).map_err(|error| error.to_string())?;
    Ok(races.iter().all(|race| {
        race.ms[0] <= TIME * race.ms[1]
            && race.score >= SCORE
            && race.peaks[0].is_none_or(|peak| peak <= MEMORY)
    }))
}

fn race(photo: &Path, python: &Python, to: &Path, versions: &mut String) -> Result<Race, String> {
    let bytes = std::fs::read(photo).map_err(|error| format!("{}: {error}", photo.display()))?;
    let info = probe(&bytes, &ours::limits()).map_err(|error| error.to_string())?;
    let (jpeg, png) = (to.join("avatar.jpg"), to.join("avatar.png"));
    let still = |to, quality| Still {
        from: photo,
        to,
        fit: Fit::Cover,
        side: SIDE,
        quality,
    };
    let order = still(&jpeg, Some(QUALITY)).order();
    let start = |which: usize| match which {
        0 => ours::start(),
        _ => python.peer("pillow"),
    };
    // The first order of each also sets its peak.
    let mut field: Vec<Peer> = [0, 1].map(start).into_iter().collect::<Result<_, _>>()?;
    *versions = format!("{}; {}", field[0].version, field[1].version);
    let (mut times, mut peaks) = ([Vec::new(), Vec::new()], [None; 2]);
    for round in 0..=ROUNDS {
        for (which, peer) in field.iter_mut().enumerate() {
            let took = peer.time(&order)?;
            match round {
                0 => peaks[which] = took.peak,
                _ => times[which].push(took.ms),
            }
        }
    }
    let references = References::of(&mut python.workshop()?, photo, "heic", Fit::Cover, SIDE, to)?;
    field[0].ask(&still(&png, None).order())?;
    let name = photo.file_name().unwrap_or_default().to_string_lossy();
    Ok(Race {
        name: name.into_owned(),
        megapixels: info.size.area() as f64 / 1e6,
        ms: times.map(median),
        peaks,
        score: references.exact(&png).score,
    })
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn report(races: &[Race], versions: &str, before: &str) -> String {
    let mut text = format!(
        "# HEIC\n\n\
         Written by `cargo run --release -p headshot-bench --bin heic -- PHOTO.heic...`; do not edit.\n\n\
         Machine: {before} before. {versions}.\n\n\
         Each program is a process of its own that gets the photo's bytes in memory and times its own work: one thread, in turn,\n\
         medians of {ROUNDS} rounds after one that is not counted. The work: upright, sRGB, cover, {SIDE} pixels, JPEG at quality\n\
         {QUALITY}. SSIMULACRA2 is that of the pixels before encoding, against libheif's, resized in floating point with Lanczos3.\n\
         Memory is the most that a fresh process held, Python and libraries included for libheif. The targets: at most\n\
         {TIME} times libheif's time, an SSIMULACRA2 of at least {SCORE:.0}, and at most {} MiB.\n\n\
         | photo | MP | headshot | libheif and Pillow | of its time | SSIMULACRA2 | headshot's memory | libheif's |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|\n",
        MEMORY >> 20,
    );
    for race in races {
        let [ours, theirs] = race.ms;
        let mib = |peak: Option<u64>| {
            peak.map_or("-".to_owned(), |peak| {
                format!("{:.0} MiB", peak as f64 / 1_048_576.0)
            })
        };
        let _ = writeln!(
            text,
            "| {} | {:.1} | {ours:.0} ms | {theirs:.0} ms | {:.2} | {:.1} | {} | {} |",
            race.name,
            race.megapixels,
            ours / theirs,
            race.score,
            mib(race.peaks[0]),
            mib(race.peaks[1]),
        );
    }
    text
}
