//! The report: a table for each fit, and whether the bars are met.

use std::fmt::Write as _;

use headshot_core::Fit;

use crate::{Bench, FINE, File, QUALITIES, QUALITY, Row, SIDE};
use headshot_bench::mean::geometric;

/// SSIMULACRA2 before encoding: at least this, and at most `BEHIND` below sharp without shrink on load.
const LEAST: f64 = 90.0;
const BEHIND: f64 = 0.5;
/// Bytes at equal SSIMULACRA2, as a geometric mean: at most this part of sharp's. Letterboxed, no file may exceed `LARGEST`, and the
/// score must be this much above sharp's at the same quality, on average.
const SIZE: f64 = 1.02;
const SIZE_OF_CONTAIN: f64 = 0.97;
const LARGEST: f64 = 1.02;
const ABOVE: f64 = 0.5;

impl Row {
    /// Whether the pixels hold the bar.
    fn holds(&self) -> bool {
        self.ours.score >= LEAST && self.ours.score >= self.sharp.score - BEHIND
    }

    /// Whether the file at quality `FINE` meets it, if there is one.
    fn file_holds(&self) -> bool {
        let fine = self.file.as_ref().map(|file| file.fine);
        fine.is_none_or(|[ours, sharp]| ours >= sharp - BEHIND)
    }
}

/// The report, and whether all bars are met.
pub(crate) fn report(rows: &[Row], bench: &Bench) -> (String, bool) {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "# Fidelity\n\n\
         Written by `cargo run -p headshot-bench --release --bin fidelity`; do not edit.\n\n\
         {} against {} without shrink on load, to {SIDE} pixels. The reference is the whole photo decoded by {}, cropped (cover) or\n\
         laid on black (contain), and resized in floating point with Lanczos3. Before encoding: SSIMULACRA2, and PSNR in dB. After\n\
         encoding, JPEG at quality {QUALITY}: SSIMULACRA2 and kB, our SSIMULACRA2 minus sharp's at the same quality, our bytes as a share of\n\
         sharp's at the same SSIMULACRA2, and our SSIMULACRA2 minus sharp's at the same bytes; sharp's are interpolated between qualities\n\
         {} to {}. Then at quality {FINE}, where little is lost but 4:2:0, so a JPEG shows what was done to its pixels: the SSIMULACRA2\n\
         of our file, and how far it is above sharp's.",
        bench.ours.version,
        bench.sharp.version,
        bench.workshop.version,
        QUALITIES[0],
        QUALITIES[QUALITIES.len() - 1],
    );
    for (fit, name) in [(Fit::Cover, "Cover"), (Fit::Contain, "Contain")] {
        let of_fit = rows.iter().filter(|row| row.fit == fit);
        table(&mut out, name, &of_fit.collect::<Vec<_>>());
    }
    let bars = [
        pixels(rows),
        fine(rows),
        sizes(rows, Fit::Cover, SIZE, f64::MAX),
        sizes(rows, Fit::Contain, SIZE_OF_CONTAIN, LARGEST),
        above(rows),
    ];
    let _ = writeln!(out, "\n## Targets\n");
    for (met, what) in &bars {
        let _ = writeln!(out, "- {}: {what}", if *met { "met" } else { "NOT met" });
    }
    (out, bars.iter().all(|(met, _)| *met))
}

fn table(out: &mut String, name: &str, rows: &[&Row]) {
    let _ = writeln!(
        out,
        "\n## {name}\n\n\
         | photo | headshot | dB | sharp | dB | difference | file | kB | above | size | lead | at {FINE} | difference |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    );
    for row in rows {
        let file = row.file.as_ref().map_or(" | | | | | |".to_owned(), |file| {
            format!(
                "{:.2} | {:.1} | {:+.2} | {:.3} | {:+.2} | {:.2} | {:+.2}",
                file.score,
                file.bytes as f64 / 1e3,
                file.above,
                file.size,
                file.lead,
                file.fine[0],
                file.fine[0] - file.fine[1],
            )
        });
        let _ = writeln!(
            out,
            "| {}: {} | {:.2} | {:.1} | {:.2} | {:.1} | {:+.2} | {file} |",
            row.name,
            row.kind,
            row.ours.score,
            row.ours.psnr,
            row.sharp.score,
            row.sharp.psnr,
            row.ours.score - row.sharp.score,
        );
    }
}

/// How many are below, and which.
fn below(names: &[&str], all: usize) -> String {
    match names {
        [] => format!("0 of {all} below"),
        names => format!("{} of {all} below: {}", names.len(), names.join(", ")),
    }
}

fn names(rows: &[Row], holds: impl Fn(&Row) -> bool) -> Vec<&str> {
    let below = rows.iter().filter(|row| !holds(row));
    below.map(|row| row.name.as_str()).collect()
}

fn files(rows: &[Row], fit: Fit) -> Vec<&File> {
    let of_fit = rows.iter().filter(|row| row.fit == fit);
    of_fit.filter_map(|row| row.file.as_ref()).collect()
}

fn pixels(rows: &[Row]) -> (bool, String) {
    let names = names(rows, Row::holds);
    let what = format!(
        "SSIMULACRA2 before encoding at least {LEAST} and at least sharp's - {BEHIND} on every photo: {}",
        below(&names, rows.len())
    );
    (names.is_empty(), what)
}

fn fine(rows: &[Row]) -> (bool, String) {
    let names = names(rows, Row::file_holds);
    let what = format!(
        "SSIMULACRA2 at quality {FINE} at least sharp's - {BEHIND} on every JPEG: {}",
        below(&names, rows.iter().filter(|row| row.file.is_some()).count())
    );
    (names.is_empty(), what)
}

fn sizes(rows: &[Row], fit: Fit, mean: f64, most: f64) -> (bool, String) {
    let files = files(rows, fit);
    let size = match &files[..] {
        [] => 1.0,
        files => geometric(files.iter().map(|file| file.size)),
    };
    let largest = files.iter().map(|file| file.size).fold(0.0, f64::max);
    let none_above = if most < f64::MAX {
        format!(", none above {most}")
    } else {
        String::new()
    };
    let what = format!(
        "{fit:?}: bytes at equal SSIMULACRA2, geometric mean at most {mean} of sharp's{none_above}: {size:.3}, {largest:.3} at worst"
    );
    (size <= mean && largest <= most, what)
}

fn above(rows: &[Row]) -> (bool, String) {
    let files = files(rows, Fit::Contain);
    let least = files.iter().map(|file| file.above).fold(f64::MAX, f64::min);
    let mean = files.iter().map(|file| file.above).sum::<f64>() / files.len().max(1) as f64;
    let what = format!(
        "Contain: SSIMULACRA2 at quality {QUALITY} never below sharp's, {ABOVE} above it on average: {mean:+.2}, {least:+.2} at worst"
    );
    (least >= 0.0 && mean >= ABOVE, what)
}
