//! Compares the face detector with OpenCV's on a folder of photos and with ONNX Runtime's time, and the square of `--fit face` with
//! others; writes the figures of docs/faces.md and the picture beside it.
//!
//! `cargo run -p headshot-bench --release --bin faces -- FOLDER [PHOTOS]` needs Python 3 with venv, and Node with npm. FOLDER has a `faces.tsv` with
//! the columns `people` or `none`, the name of a file, its upright width and height, and its faces as JSON: score, left, top, width, height. PHOTOS is
//! a folder of photos to time, for instance those of `race`; without it nothing is written. Everything it fetches and makes goes to `target/faces`. It
//! fails below its bars.

mod heads;
mod sheet;
mod times;

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use headshot_bench::machine;
use headshot_bench::peer::{Peer, absolute};
use headshot_bench::python::Python;
use headshot_bench::sharp;
use headshot_face::{ACCEPT, Face, LOOKS, PERHAPS, SECOND_LOOK, detect};
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageReader, RgbImage};
use serde_json::json;

/// Scores must differ by less from OpenCV's.
const SCORE: f32 = 0.01;

/// Edges of boxes must differ by less, in pixels of a picture of 320.
const PIXELS: f32 = 2.0;

/// How many photos that show somebody may be missed.
const MISSED: usize = 1;

/// How many heads may be cut.
const CUT: usize = 1;

/// The time relative to ONNX Runtime's must be less.
const TIMES: f64 = 1.5;

/// Each is the fastest of this many looks: after a wait the caches are cold.
const LOOKS_A_ROUND: usize = 5;

const ROUNDS: usize = 31;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, photos) = match &arguments[..] {
        [folder] => (folder, None),
        [folder, photos] => (folder, Some(Path::new(photos))),
        _ => {
            eprintln!("usage: faces FOLDER [PHOTOS]");
            return ExitCode::from(2);
        }
    };
    let folder = Path::new(folder);
    let work = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/faces");
    std::fs::create_dir_all(&work).expect("target can be written");
    let python = Python::install(&work.join("venv")).expect("it needs Python with venv");
    let mut peer = python.detectors().expect("OpenCV and ONNX Runtime");
    let rgb = work.join("pixels.rgb");
    println!("Machine: {}. {}.\n", machine::name(), peer.version);
    let list = std::fs::read_to_string(folder.join("faces.tsv")).expect("FOLDER has a faces.tsv");
    let mut tally = Tally::default();
    println!("| photo | kind | looked at | OpenCV | ours | off by | edges off by, pixels |");
    println!("|---|---|--:|--:|--:|--:|--:|");
    for line in list.lines().skip(1) {
        let mut columns = line.split('\t');
        let (kind, name) = (columns.next(), columns.next());
        let (Some(kind), Some(name)) = (kind, name) else {
            panic!("{line:?} in faces.tsv");
        };
        let photo = upright(&folder.join(name));
        tally.take(kind, name, &photo, &mut peer, &rgb);
    }
    let ratio = race(&mut peer, &rgb);
    let mut sharp = sharp::start(&work.join("sharp")).expect("sharp");
    let out = work.join("out.jpg");
    let (heads, cut) = heads::table(folder, &list, &mut sharp, &mut peer, &out);
    println!("{heads}");
    let (bars, code) = tally.verdict(ratio, cut);
    println!("{bars}");
    if let Some(photos) = photos {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let still = |name: &str| upright(&root.join("testdata/still").join(name)).to_rgb8();
        let portrait = still("astronaut.jpg");
        let picture = root.join("docs/faces.jpg");
        sheet::draw(&portrait, &still("large.jpg"), &mut sharp, &work, &picture);
        let times = times::table(photos, &portrait, ROUNDS / 3, &mut sharp, &work);
        println!("{times}");
        let peers = format!("{}; {}", peer.version, sharp.version);
        write(
            &root.join("docs/faces.md"),
            &peers,
            &[&bars, &heads, &times],
        );
    }
    code
}

/// Where the figures begin in docs/faces.md: everything before is written by hand.
const MEASURED: &str = "\n## Measured\n";

/// The text below the picture.
const LOOKED_AT: &str = "![Rows of photos, each with three crops](faces.jpg)\n\nFive scenes made from the photos in testdata: the portrait as it is, at one \
    side, low in a tall photo, small, and twice. From the left: the photo, its center, sharp's attention, and `--fit face --min-side 128`.\n\n";

/// Puts the figures into the document.
fn write(document: &Path, peers: &str, tables: &[&str]) {
    let text = std::fs::read_to_string(document).expect("docs/faces.md");
    let by_hand = text.split(MEASURED).next().unwrap_or_default();
    let text = format!(
        "{by_hand}{MEASURED}\nWritten by `cargo run --release -p headshot-bench --bin faces -- FOLDER PHOTOS`, on: {}. {peers}. The \
         photos of FOLDER are test pictures of other libraries that are not ours to hand on.\n\n{LOOKED_AT}{}",
        machine::name(),
        tables.concat(),
    );
    std::fs::write(document, text).expect("docs/faces.md can be written");
}

/// The photo as it is meant to be seen.
pub(crate) fn upright(path: &Path) -> DynamicImage {
    let reader = ImageReader::open(path).expect("a photo");
    let mut decoder = reader
        .with_guessed_format()
        .expect("a file")
        .into_decoder()
        .expect("a photo");
    let orientation = decoder.orientation().expect("a photo");
    let mut photo = DynamicImage::from_decoder(decoder).expect("a photo");
    photo.apply_orientation(orientation);
    photo
}

/// Reduced so that its longer side is `side`, never enlarged.
pub(crate) fn reduced(photo: &DynamicImage, side: u32) -> RgbImage {
    if photo.width().max(photo.height()) <= side {
        return photo.to_rgb8();
    }
    photo.resize(side, side, FilterType::Lanczos3).to_rgb8()
}

pub(crate) fn ours(small: &RgbImage) -> Vec<Face> {
    detect(small, small.width(), small.height(), SECOND_LOOK).expect("a small picture")
}

/// What OpenCV finds, and the time that it and ONNX Runtime took, in milliseconds.
fn theirs(peer: &mut Peer, rgb: &Path, small: &RgbImage, rounds: usize) -> (Vec<Face>, [f64; 2]) {
    std::fs::write(rgb, small.as_raw()).expect("target can be written");
    let order = json!({
        "rgb": absolute(rgb),
        "width": small.width(),
        "height": small.height(),
        "rounds": rounds,
    });
    let answer = peer.ask(&order).expect("faces");
    let faces: Vec<Vec<f32>> = serde_json::from_value(answer["faces"].clone()).expect("numbers");
    let face = |numbers: &Vec<f32>| Face {
        score: numbers[0],
        x: numbers[1],
        y: numbers[2],
        width: numbers[3],
        height: numbers[4],
        landmarks: std::array::from_fn(|i| [numbers[5 + 2 * i], numbers[6 + 2 * i]]),
    };
    let times = ["opencv", "ms"].map(|name| answer[name].as_f64().expect("a time"));
    (faces.iter().map(face).collect(), times)
}

fn edges(face: &Face) -> [f32; 4] {
    [face.x, face.y, face.x + face.width, face.y + face.height]
}

fn distance(a: &Face, b: &Face) -> f32 {
    let off = edges(a)
        .into_iter()
        .zip(edges(b))
        .map(|(a, b)| (a - b).abs());
    off.fold(0.0, f32::max)
}

/// The face of the others at the same place, if there is one.
fn nearest<'a>(face: &Face, others: &'a [Face]) -> Option<&'a Face> {
    let nearest = others
        .iter()
        .min_by(|a, b| distance(a, face).total_cmp(&distance(b, face)));
    nearest.filter(|near| distance(near, face) < 0.5 * face.width)
}

pub(crate) fn best(faces: &[Face]) -> f32 {
    faces.first().map_or(0.0, |face| face.score)
}

/// The findings over all photos.
#[derive(Debug, Default)]
struct Tally {
    people: usize,
    none: usize,
    found: usize,
    claimed: usize,
    /// The largest differences of a score and of an edge.
    score: f32,
    pixels: f32,
    compared: usize,
    /// Faces from "perhaps" on that only one of the two found.
    alone: usize,
}

impl Tally {
    fn take(&mut self, kind: &str, name: &str, photo: &DynamicImage, peer: &mut Peer, rgb: &Path) {
        let mut small = reduced(photo, LOOKS[0]);
        let (mut mine, (mut other, _)) = (ours(&small), theirs(peer, rgb, &small, 1));
        let (score, pixels) = self.compare(&mine, &other);
        if (SECOND_LOOK..ACCEPT).contains(&best(&mine))
            && photo.width().max(photo.height()) > LOOKS[0]
        {
            small = reduced(photo, LOOKS[1]);
            (mine, (other, _)) = (ours(&small), theirs(peer, rgb, &small, 1));
        }
        let is_found = usize::from(best(&mine) >= ACCEPT);
        match kind {
            "people" => (self.people, self.found) = (self.people + 1, self.found + is_found),
            _ => (self.none, self.claimed) = (self.none + 1, self.claimed + is_found),
        }
        println!(
            "| {name} | {kind} | {} | {:.3} | {:.3} | {score:.4} | {pixels:.2} |",
            small.width().max(small.height()),
            best(&other),
            best(&mine),
        );
    }

    /// Each of OpenCV's faces against ours at its place.
    fn compare(&mut self, mine: &[Face], other: &[Face]) -> (f32, f32) {
        let (mut score, mut pixels) = (0.0_f32, 0.0_f32);
        for face in other {
            if let Some(near) = nearest(face, mine) {
                score = score.max((near.score - face.score).abs());
                pixels = pixels.max(distance(near, face));
                self.compared += 1;
            }
        }
        for (faces, others) in [(mine, other), (other, mine)] {
            let alone = faces.iter().filter(|face| nearest(face, others).is_none());
            self.alone += alone.filter(|face| face.score >= PERHAPS).count();
        }
        (self.score, self.pixels) = (self.score.max(score), self.pixels.max(pixels));
        (score, pixels)
    }

    /// The findings against the bars, and whether they are met.
    fn verdict(&self, ratio: f64, cut: usize) -> (String, ExitCode) {
        let bars = [
            (
                "scores off by at most",
                f64::from(self.score),
                f64::from(SCORE),
            ),
            (
                "edges off by at most, pixels",
                f64::from(self.pixels),
                f64::from(PIXELS),
            ),
            (
                "people missed",
                (self.people - self.found) as f64,
                MISSED as f64,
            ),
            (
                "faces claimed where there are none",
                self.claimed as f64,
                0.0,
            ),
            ("time against ONNX Runtime's", ratio, TIMES),
            ("heads that --fit face cuts", cut as f64, CUT as f64),
        ];
        let mut text = format!(
            "{} photos of people, {} of none; {} faces found by headshot and by OpenCV, {} by only one of them.\n\n| | found | at most |\n|---|--:|--:|\n",
            self.people, self.none, self.compared, self.alone
        );
        let mut code = ExitCode::SUCCESS;
        for (what, found, bar) in bars {
            let _ = writeln!(text, "| {what} | {found:.4} | {bar:.2} |");
            if found > bar {
                code = ExitCode::FAILURE;
            }
        }
        (text, code)
    }
}

/// The time for 320 x 240 pixels against ONNX Runtime's: medians of rounds that alternate.
fn race(peer: &mut Peer, rgb: &Path) -> f64 {
    let noise = |x: u32, y: u32| (x * 31 + y * 17 + (x * y) % 61) as u8;
    let small = RgbImage::from_fn(320, 240, |x, y| image::Rgb([noise(x, y), noise(y, x), 99]));
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        let look = || {
            let began = Instant::now();
            std::hint::black_box(ours(&small));
            began.elapsed().as_secs_f64() * 1000.0
        };
        let looks = std::iter::repeat_with(look).take(LOOKS_A_ROUND);
        times[0].push(looks.fold(f64::INFINITY, f64::min));
        let (_, [opencv, runtime]) = theirs(peer, rgb, &small, LOOKS_A_ROUND);
        times[1].push(opencv);
        times[2].push(runtime);
    }
    let [ours, opencv, runtime] = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    });
    println!(
        "\n320 x 240, one thread, medians of {ROUNDS}: ours {ours:.2} ms, OpenCV {opencv:.2} ms, ONNX Runtime {runtime:.2} ms."
    );
    ours / runtime
}
