//! How headshot's time and memory grow with the photo.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use headshot_bench::made::{Kind, kept};
use headshot_bench::ours;
use headshot_bench::peer::{Peer, Still};
use headshot_core::Fit;
use serde_json::Value;

use crate::field::QUALITY;
use crate::memory::mb;
use crate::verdict::bar;

/// Sides of squares from 1 to 64 megapixels (of 2^20 pixels), each twice the one before.
const SIDES: [u32; 7] = [1024, 1448, 2048, 2896, 4096, 5793, 8192];
/// The fixed side, and the sizes of the other one.
const FIXED: u32 = 4096;
const GROWING: [u32; 5] = [1024, 2048, 4096, 8192, 16384];
const KINDS: [Kind; 4] = [
    Kind::Baseline420,
    Kind::Progressive420,
    Kind::PngRgb,
    Kind::PngRgba,
];
const ROUNDS: usize = 5;
/// The avatar's side: every photo is reduced.
const SIDE: u32 = 512;

/// The measurements for one kind of file.
pub(crate) struct Growth {
    kind: Kind,
    /// Milliseconds for each of [`SIDES`], the fastest: this measures the work, not the machine's other load.
    ms: Vec<f64>,
    /// Peak without the file, in bytes, for each width in [`GROWING`].
    widths: Vec<Option<u64>>,
    /// The same for each height.
    heights: Vec<Option<u64>>,
}

/// Measures all kinds. The files stay in `folder`.
pub(crate) fn measure(folder: &Path) -> Vec<Growth> {
    KINDS
        .into_iter()
        .map(|kind| {
            let mut peer = ours::start().expect("this program runs again");
            Growth {
                kind,
                ms: times(
                    &mut peer,
                    SIDES.map(|side| kept(folder, kind, side, side)),
                    folder,
                ),
                widths: GROWING
                    .map(|width| peak(&kept(folder, kind, width, FIXED), folder))
                    .to_vec(),
                heights: GROWING
                    .map(|height| peak(&kept(folder, kind, FIXED, height), folder))
                    .to_vec(),
            }
        })
        .collect()
}

fn order(photo: &Path, folder: &Path) -> Value {
    let jpeg = photo.to_string_lossy().contains("jpeg");
    let still = Still {
        from: photo,
        to: &folder.join("avatar"),
        fit: Fit::Cover,
        side: SIDE,
        quality: jpeg.then_some(QUALITY),
    };
    still.order()
}

/// All photos in turn, so that a busy moment of the machine spoils one round of each and not all of one.
fn times(peer: &mut Peer, photos: [PathBuf; SIDES.len()], folder: &Path) -> Vec<f64> {
    let mut fastest = vec![f64::MAX; photos.len()];
    for _ in 0..ROUNDS {
        for (photo, fastest) in photos.iter().zip(&mut fastest) {
            let took = peer
                .time(&order(photo, folder))
                .unwrap_or_else(|error| panic!("{}: {error}", photo.display()));
            *fastest = took.ms.min(*fastest);
        }
    }
    fastest
}

fn peak(photo: &Path, folder: &Path) -> Option<u64> {
    let took = ours::start().and_then(|mut peer| peer.time(&order(photo, folder)));
    let took = took.unwrap_or_else(|error| panic!("{}: {error}", photo.display()));
    let file = fs::metadata(photo).expect("it was just made").len();
    Some(took.peak?.saturating_sub(file))
}

/// All of it in Markdown.
pub(crate) fn report(machine: &str, all: &[Growth]) -> String {
    let mut out = format!(
        "# Growth\n\n\
         Written by `cargo run -p headshot-bench --release --bin race -- --growth`; do not edit.\n\n\
         Machine: {machine}. headshot {}.\n\n",
        env!("CARGO_PKG_VERSION")
    );
    table(&mut out, all);
    bars(&mut out, all);
    out
}

fn table(out: &mut String, all: &[Growth]) {
    let _ = writeln!(
        out,
        "Pictures by formula, cover, to {SIDE} pixels. Time in ms for squares by megapixels (of 2^20 pixels), the fastest of {ROUNDS}:\n"
    );
    let head = |out: &mut String, cells: &[String]| {
        let _ = writeln!(
            out,
            "| | {} |\n|---|{}",
            cells.join(" | "),
            "--:|".repeat(cells.len())
        );
    };
    head(
        out,
        &[1, 2, 4, 8, 16, 32, 64].map(|mp: u32| format!("{mp} MP")),
    );
    for growth in all {
        let cells: Vec<String> = growth.ms.iter().map(|ms| format!("{ms:.1}")).collect();
        let _ = writeln!(out, "| {} | {} |", growth.kind.name(), cells.join(" | "));
    }
    let _ = writeln!(
        out,
        "\nPeak memory of a fresh process in MB, without the file, by width and height:\n"
    );
    let sizes = GROWING.map(|width| format!("{width}x{FIXED}"));
    let tall = GROWING.map(|height| format!("{FIXED}x{height}"));
    head(out, &[sizes, tall].concat());
    for growth in all {
        let cells: Vec<String> = growth
            .widths
            .iter()
            .chain(&growth.heights)
            .map(|peak| mb(*peak))
            .collect();
        let _ = writeln!(out, "| {} | {} |", growth.kind.name(), cells.join(" | "));
    }
    let _ = writeln!(out);
}

/// Twice the pixels take at most 2.2 times as long; four times the height takes at most a tenth more memory.
fn bars(out: &mut String, all: &[Growth]) {
    for growth in all {
        let name = growth.kind.name();
        let worst = growth
            .ms
            .windows(2)
            .map(|pair| pair[1] / pair[0])
            .fold(0.0, f64::max);
        bar(
            out,
            &format!("{name}: twice the pixels take at most 2.2 times as long"),
            &format!("{worst:.2} at worst"),
            worst <= 2.2,
        );
        if growth.kind == Kind::Progressive420 {
            continue;
        }
        let ratio = growth.heights[2]
            .zip(growth.heights[4])
            .map(|(low, high)| high as f64 / low as f64);
        bar(
            out,
            &format!("{name}: four times the height takes at most 1.1 times the memory"),
            &ratio.map_or("not measured".to_owned(), |ratio| format!("{ratio:.2}")),
            ratio.is_some_and(|ratio| ratio <= 1.1),
        );
    }
}
