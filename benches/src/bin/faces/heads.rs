//! Whose head is cut: by our square, by the middle of the photo, and by what sharp finds worth attention; and what looking takes.

use std::path::Path;
use std::time::Instant;

use headshot_bench::peer::{Peer, absolute};
use headshot_core::{FaceFit, Fit, Limits, Options, normalize, plan, probe};
use serde_json::{Value, json};

/// Of a box, in pixels of the upright photo: its left, upper, right and lower edge.
type Edges = [f64; 4];

/// The crown lies so far above the box and the ears beside it, in parts of a face's size (docs/faces.md).
const CROWN: f64 = 0.27;
const EARS: f64 = 0.1;

/// An edge may be so far outside, in parts of the face's height: boxes are no more exact.
const SLACK: f64 = 0.05;

/// A photo that shows one person and is not square.
struct Portrait {
    size: [f64; 2],
    /// The box that OpenCV has found.
    face: Edges,
}

/// What a square does to the portraits.
#[derive(Debug, Default)]
struct Cuts {
    faces: usize,
    heads: usize,
}

/// The table of heads that are cut. Returns how many of them ours has cut.
pub(crate) fn table(folder: &Path, list: &str, sharp: &mut Peer, out: &Path) -> usize {
    let mut cuts: [Cuts; 4] = Default::default();
    let mut portraits = 0;
    for (name, portrait) in list.lines().skip(1).filter_map(portrait) {
        let file = folder.join(name);
        let squares = [
            ours(&file).unwrap_or(portrait.middle()),
            portrait.middle(),
            portrait.by_sharp(&file, "attention", sharp, out),
            portrait.by_sharp(&file, "entropy", sharp, out),
        ];
        portraits += 1;
        for (index, (cuts, square)) in cuts.iter_mut().zip(squares).enumerate() {
            let is_cut = portrait.is_cut(square);
            cuts.faces += usize::from(is_cut[0]);
            cuts.heads += usize::from(is_cut[1]);
            if index == 0 && is_cut[1] {
                println!("Ours cuts {name}: {square:.0?} of {:.0?}.", portrait.face);
            }
        }
    }
    println!(
        "\n{portraits} portraits of one person that are not square, {}:\n",
        sharp.version
    );
    println!("| square | face cut | head cut |\n|---|--:|--:|");
    for (name, cuts) in [
        "`--fit face`",
        "center",
        "sharp's attention",
        "sharp's entropy",
    ]
    .iter()
    .zip(&cuts)
    {
        println!("| {name} | {} | {} |", cuts.faces, cuts.heads);
    }
    cuts[0].heads
}

/// A line of faces.tsv.
fn portrait(line: &str) -> Option<(&str, Portrait)> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [_, name, width, height, faces] = columns[..] else {
        return None;
    };
    let faces: Vec<Value> = serde_json::from_str(faces).ok()?;
    let size = [width.parse().ok()?, height.parse().ok()?];
    let [face] = &faces[..] else {
        return None;
    };
    let at = |index: usize| face[index].as_f64();
    let (x, y, width, height) = (at(1)?, at(2)?, at(3)?, at(4)?);
    let face = [x, y, x + width, y + height];
    (size[0] != size[1]).then_some((name, Portrait { size, face }))
}

impl Portrait {
    fn shorter(&self) -> f64 {
        self.size[0].min(self.size[1])
    }

    fn middle(&self) -> Edges {
        let side = self.shorter();
        let [x, y] = self.size.map(|length| ((length - side) / 2.0).floor());
        [x, y, x + side, y + side]
    }

    fn by_sharp(&self, file: &Path, position: &str, sharp: &mut Peer, out: &Path) -> Edges {
        let side = self.shorter();
        let order = json!({
            "from": absolute(file), "to": absolute(out), "side": side, "fit": "cover", "format": "jpeg", "quality": 90,
            "position": position,
        });
        let answer = sharp.ask(&order).expect("sharp crops every photo");
        let offset = |key: &str| -answer[key].as_f64().unwrap_or(0.0);
        let (x, y) = (offset("left"), offset("top"));
        [x, y, x + side, y + side]
    }

    /// Whether a square cuts the face, and whether it cuts the head, as far as the photo has it.
    fn is_cut(&self, square: Edges) -> [bool; 2] {
        let [left, top, right, bottom] = self.face;
        let (width, height) = (right - left, bottom - top);
        let size = 1.155 * (width * height).sqrt();
        let head = [
            left - EARS * size,
            top - CROWN * size,
            right + EARS * size,
            bottom,
        ];
        [self.face, head].map(|edges| {
            let inside = [
                edges[0].max(0.0),
                edges[1].max(0.0),
                edges[2].min(self.size[0]),
                edges[3].min(self.size[1]),
            ];
            let slack = SLACK * height;
            inside[0] < square[0] - slack
                || inside[1] < square[1] - slack
                || inside[2] > square[2] + slack
                || inside[3] > square[3] + slack
        })
    }
}

/// The square that `--fit face` chooses, where it finds a face.
fn ours(file: &Path) -> Option<Edges> {
    let photo = std::fs::read(file).expect("a photo");
    let info = probe(&photo, &Limits::default()).expect("a photo");
    let plan = plan(&photo, &info, &options(true)).expect("a photo");
    let crop = plan.faces?.crop?;
    let edges = [crop.x, crop.y, crop.x + crop.side, crop.y + crop.side];
    Some(edges.map(f64::from))
}

fn options(face: bool) -> Options {
    let fit = if face {
        Fit::Face(FaceFit::default())
    } else {
        Fit::Cover
    };
    Options {
        fit,
        ..Options::default()
    }
}

/// What looking adds to the photos of a folder, beside sharp's attention: medians of so many rounds, in milliseconds.
pub(crate) fn times(folder: &Path, rounds: usize, sharp: &mut Peer, out: &Path) {
    println!("\nOne thread, medians of {rounds}, milliseconds, avatars of 1024 pixels:\n");
    println!("| photo | MP | cover | face | more | sharp's attention |\n|---|--:|--:|--:|--:|--:|");
    let entries = std::fs::read_dir(folder).expect("a folder of photos");
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for file in files {
        let photo = std::fs::read(&file).expect("a photo");
        let Ok(info) = probe(&photo, &Limits::default()) else {
            continue;
        };
        let mut times = [const { Vec::new() }; 3];
        for _ in 0..rounds {
            for (times, face) in times.iter_mut().zip([false, true]) {
                let began = Instant::now();
                let made = normalize(&photo, &options(face));
                times.push(began.elapsed().as_secs_f64() * 1000.0);
                std::hint::black_box(made.expect("an avatar"));
            }
            let order = json!({
                "from": absolute(&file), "to": absolute(out), "side": 1024, "fit": "cover", "format": "jpeg", "quality": 90,
                "position": "attention",
            });
            times[2].push(sharp.time(&order).map_or(f64::NAN, |took| took.ms));
        }
        let [cover, face, attention] = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[rounds / 2]
        });
        println!(
            "| {} | {:.1} | {cover:.1} | {face:.1} | {:.1} | {attention:.1} |",
            file.file_name().unwrap_or_default().display(),
            info.size.area() as f64 / 1e6,
            face - cover,
        );
    }
}
