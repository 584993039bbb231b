//! Races WebP stills against sharp, and against our own path for PNGs of the same pixels, and writes `docs/webp.md`.
//!
//! `cargo run -p headshot-bench --release --bin webp` needs Python 3 with venv, Node with npm, and apt for the photos. Everything it
//! fetches and makes goes to `target/race`, as for the race of stills. `--rounds 9` runs more rounds and writes no report.

use std::fmt::Write as _;
use std::fs;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use headshot_bench::judge::References;
use headshot_bench::peer::{Peer, Still};
use headshot_bench::photos::photos;
use headshot_bench::python::{Python, run};
use headshot_bench::{machine, mean, ours, sharp};
use headshot_core::{Fit, Limits, probe};
use image_webp::WebPDecoder;
use image_webp::vp8::Vp8Decoder;

const ROUNDS: usize = 7;
const SIDE: u32 = 1024;
/// The side of the avatars that are compared in time.
const QUALITY: u8 = 80;
/// How many photos of the race are taken.
const PHOTOS: usize = 10;

fn main() {
    if ours::served() {
        return;
    }
    let rounds = std::env::args().skip_while(|argument| argument != "--rounds");
    let rounds: Option<usize> = rounds
        .skip(1)
        .map(|rounds| rounds.parse().expect("--rounds takes a number"))
        .next();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("target/race");
    let python = Python::install(&folder.join("venv")).expect("the race needs Python with venv");
    let mut workshop = python.workshop().expect("the race needs Pillow to judge");
    let mut sharp = sharp::start(&folder.join("sharp")).expect("the race needs sharp");
    let mut us = ours::start().expect("this program starts again");
    let files = files(&folder, &mut workshop);
    let rows: Vec<Row> = files
        .iter()
        .map(|webp| {
            let row = Race {
                webp,
                folder: &folder,
                rounds: rounds.unwrap_or(ROUNDS),
            }
            .run(&mut us, &mut sharp, &mut workshop);
            eprintln!("{}", row.line());
            row
        })
        .collect();
    let report = report(&rows, &sharp.version);
    print!("{report}");
    if rounds.is_none() {
        fs::write(root.join("docs/webp.md"), report).expect("docs can be written");
    }
}

/// The files that `benches/webp.py` makes from the first photos of the race.
fn files(folder: &Path, workshop: &mut Peer) -> Vec<PathBuf> {
    let out = folder.join("webp");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/webp.py");
    let sources = photos(folder, workshop);
    let sources = sources.iter().filter(|photo| photo.jpeg).take(PHOTOS);
    run(std::process::Command::new(folder.join("venv/bin/python"))
        .arg(script)
        .arg(&out)
        .args(sources.map(|photo| &photo.path)))
    .expect("Pillow makes the files");
    let mut files: Vec<PathBuf> = fs::read_dir(out)
        .expect("the script made the folder")
        .map(|entry| entry.expect("a file of the folder").path())
        .filter(|path| path.extension().is_some_and(|end| end == "webp"))
        .collect();
    files.sort();
    assert!(files.len() >= 12, "files: {}, at least 12", files.len());
    files
}

struct Race<'a> {
    webp: &'a Path,
    folder: &'a Path,
    rounds: usize,
}

/// The time for one file, in milliseconds, medians; and the fidelity of its avatar.
struct Row {
    name: String,
    megapixels: f64,
    sharp: f64,
    ours: f64,
    /// Only decoded.
    decoder: f64,
    /// The PNG of the same pixels, and only decoding it.
    png: f64,
    png_decoder: f64,
    /// SSIMULACRA2 of a PNG, and of a JPEG of quality 100 if it is opaque.
    score: [Option<f64>; 2],
}

impl Race<'_> {
    fn run(&self, us: &mut Peer, sharp: &mut Peer, workshop: &mut Peer) -> Row {
        let name = self
            .webp
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let bytes = fs::read(self.webp).expect("it was just made");
        let png = self.webp.with_extension("png");
        let png_bytes = fs::read(&png).expect("it was made beside it");
        let info = probe(&bytes, &Limits::default()).expect("a WebP of the race");
        let quality = (!info.alpha).then_some(QUALITY);
        let to = self.folder.join("avatars");
        fs::create_dir_all(&to).expect("a folder under target");
        let to = to.join(format!("{name}-avatar"));
        let still = |from, quality| Still {
            from,
            to: &to,
            fit: Fit::Cover,
            side: SIDE,
            quality,
        };
        let time = |peer: &mut Peer, from, quality| {
            let took = peer.time(&still(from, quality).order());
            took.unwrap_or_else(|error| panic!("{name}: {error}")).ms
        };
        let mut laps: [Vec<f64>; 5] = Default::default();
        for _ in 0..self.rounds {
            laps[0].push(time(sharp, self.webp, quality));
            laps[1].push(time(us, self.webp, quality));
            laps[2].push(time(us, &png, quality));
            laps[3].push(lap(|| decode(&bytes)));
            laps[4].push(lap(|| decode_png(&png_bytes)));
        }
        let [sharp, ours, png, decoder, png_decoder] = laps.map(median);
        let references = self.folder.join("references");
        let references = References::of(workshop, self.webp, &name, Fit::Cover, SIDE, &references)
            .unwrap_or_else(|error| panic!("{name}: no reference: {error}"));
        let mut judge = |quality| {
            time(us, self.webp, quality);
            references.exact(&to).score
        };
        Row {
            megapixels: info.size.area() as f64 / 1e6,
            score: [Some(judge(None)), quality.map(|_| judge(Some(100)))],
            name,
            sharp,
            ours,
            decoder,
            png,
            png_decoder,
        }
    }
}

/// The decoder's work for the avatar: planes if they are enough, otherwise pixels.
fn decode(webp: &[u8]) {
    if webp[12..].starts_with(b"VP8 ") {
        Vp8Decoder::decode_frame(&webp[20..]).expect("a WebP of the race decodes");
        return;
    }
    let mut decoder = WebPDecoder::new(Cursor::new(webp)).expect("a WebP of the race");
    let mut pixels = vec![0; decoder.output_buffer_size().expect("it has a size")];
    decoder
        .read_image(&mut pixels)
        .expect("a WebP of the race decodes");
}

fn decode_png(png: &[u8]) {
    let limits = headshot_png::Limits::default();
    let rows = headshot_png::decode_rows(png, &limits, headshot_png::Damage::Refuse, |_, _| {
        ControlFlow::Continue(())
    });
    rows.expect("a PNG of the race decodes");
}

fn lap(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1000.0
}

fn median(mut laps: Vec<f64>) -> f64 {
    laps.sort_by(f64::total_cmp);
    laps[laps.len() / 2]
}

impl Row {
    /// How many times as fast as sharp we are.
    fn speed(&self) -> f64 {
        self.sharp / self.ours
    }

    /// The work besides decoding, relative to the same with a PNG.
    fn rest(&self) -> f64 {
        (self.ours - self.decoder) / (self.png - self.png_decoder)
    }

    fn line(&self) -> String {
        let [png, jpeg] = self
            .score
            .map(|score| score.map_or("-".to_owned(), |score| format!("{score:.1}")));
        format!(
            "| {} | {:.1} | {:.1} | {:.1} | {:.2} | {:.1} | {:.1} | {:.1} | {:.2} | {png} | {jpeg} |",
            self.name,
            self.megapixels,
            self.sharp,
            self.ours,
            self.speed(),
            self.decoder,
            self.ours - self.decoder,
            self.png - self.png_decoder,
            self.rest(),
        )
    }
}

fn report(rows: &[Row], sharp: &str) -> String {
    let mut text = String::from("# WebP\n\n");
    let _ = writeln!(
        text,
        "Made by `cargo run -p headshot-bench --release --bin webp`, on {}. Milliseconds, medians, in process, one thread, to\n\
         {SIDE} x {SIDE} (cover): a JPEG of quality {QUALITY}, or a PNG where there is alpha. Against {sharp}.\n",
        machine::name()
    );
    text += "*decoder* is the time of the decoder alone, *rest* the time of everything else, and *rest, PNG* the same for a PNG of the same pixels. *fidelity* is\n\
             SSIMULACRA2 against libwebp's pixels resized in floating point: for a PNG, and for a JPEG of quality 100, whose pixels stay YCbCr planes.\n\n";
    text += "| file | MP | sharp | headshot | times as fast | decoder | rest | rest, PNG | ratio | fidelity, PNG | JPEG |\n";
    text += "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";
    for row in rows {
        let _ = writeln!(text, "{}", row.line());
    }
    let all = |name: &str, end: &str| {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.name.ends_with(end)).collect();
        let speed = mean::geometric(rows.iter().map(|row| row.speed()));
        let rest = mean::geometric(rows.iter().map(|row| row.rest()));
        format!("| {name} | {} | {speed:.2} | {rest:.2} |", rows.len())
    };
    text += "\nGeometric means:\n\n| kind | files | times as fast as sharp | rest, compared with that of PNG |\n|---|--:|--:|--:|\n";
    for (name, end) in [
        ("lossy", "-lossy"),
        ("lossy with alpha", "-lossy-alpha"),
        ("lossless", "-lossless"),
        ("lossless with alpha", "-lossless-alpha"),
        ("all", ""),
    ] {
        let _ = writeln!(text, "{}", all(name, end));
    }
    let scores = rows.iter().flat_map(|row| row.score).flatten();
    let lowest = scores.fold(f64::INFINITY, f64::min);
    let _ = writeln!(text, "\nLowest fidelity: {lowest:.1}.");
    text
}
