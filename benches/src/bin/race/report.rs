//! The report: tables, means, and whether the bars are met.

use std::fmt::Write as _;

use headshot_core::Fit;

use crate::field::{Field, QUALITY, Runner};
use crate::graphics::{self, Graphic};
use crate::laps::{Heat, Lap, Row};
use crate::memory::{self, Peaks};
use crate::verdict::bar;
use headshot_bench::mean::geometric;

/// Everything that was measured.
pub(crate) struct Figures<'a> {
    /// The machine, before and after.
    pub(crate) machine: [String; 2],
    /// Rounds that count.
    pub(crate) rounds: usize,
    /// Who raced.
    pub(crate) field: &'a Field<'a>,
    /// What was raced.
    pub(crate) heats: &'a [Heat<'a>],
    /// What else becomes a PNG.
    pub(crate) graphics: &'a [Graphic<'a>],
    /// Measured in fresh processes.
    pub(crate) memory: &'a [Peaks<'a>],
}

const PEERS: [Runner; 5] = [
    Runner::Sharp,
    Runner::SharpWhole,
    Runner::Pyvips,
    Runner::Pillow,
    Runner::Crates,
];

/// A short summary of a row, printed while the race goes on.
pub(crate) fn line(row: &Row) -> String {
    let ratios: Vec<String> = PEERS
        .into_iter()
        .filter_map(|peer| Some(format!("{} {:.2}x", peer.name(), row.ratio(peer)?)))
        .collect();
    let ours = row.of(Runner::Ours).map_or(0.0, |lap| lap.ms);
    format!("{}: {ours:.1} ms; {}", row.photo.name, ratios.join("; "))
}

/// All of it in Markdown.
pub(crate) fn report(figures: &Figures) -> String {
    let mut out = String::new();
    let [before, after] = &figures.machine;
    let load = |name: &str| name.rsplit(' ').next().unwrap_or_default().to_owned();
    let _ = writeln!(
        out,
        "# Benchmarks\n\n\
         Written by `cargo run -p headshot-bench --release --bin race`; do not edit.\n\n\
         Machine: {before} before and {} after: times from a busy machine are worth little, their ratios a bit more.\n\
         {}.\n\n\
         Each program is a process of its own that gets the photo's bytes in memory and times its own work: one thread,\n\
         everyone in turn, medians of {} rounds after one that is not counted. The work: upright, sRGB, cover or contain on black, JPEG at\n\
         quality {QUALITY} (4:2:0) from JPEG and PNG from PNG. `image` and `fast_image_resize` turn nothing and convert no color. A cell has milliseconds, SSIMULACRA2 of the file, and kB. The column after it\n\
         says how many times as fast headshot is. SSIMULACRA2 is measured against the whole photo decoded by Pillow (libjpeg-turbo, libpng) and\n\
         resized in floating point with Lanczos3. The other programs scale first and then crop, which puts the center up to half a pixel elsewhere:\n\
         each is judged by whichever of these centers suits it best.\n",
        load(after),
        figures.field.versions.join("; "),
        figures.rounds,
    );
    for heat in figures.heats {
        let _ = writeln!(out, "## {}, to {} pixels\n", name(heat.fit), heat.side);
        for rows in heat.kinds() {
            table(&mut out, &rows, &PEERS);
        }
    }
    graphics::table(&mut out, figures.graphics);
    memory::table(&mut out, figures.memory);
    let _ = writeln!(out, "## Targets\n");
    bars(&mut out, figures.heats);
    for heat in figures.heats {
        let [_, pngs] = heat.kinds();
        graphics::photo_bars(&mut out, &pngs);
    }
    graphics::bars(&mut out, figures.graphics);
    memory::bars(&mut out, figures.memory);
    out
}

fn table(out: &mut String, rows: &[&Row], peers: &[Runner]) {
    if rows.is_empty() {
        return;
    }
    let _ = write!(out, "| photo | MP | headshot |");
    for peer in peers {
        let _ = write!(out, " {} | |", peer.name());
    }
    let _ = writeln!(out, "\n|---|--:|--:|{}", "--:|--:|".repeat(peers.len()));
    let cell = |lap: Option<&Lap>| {
        lap.map_or("missing".to_owned(), |lap| {
            format!(
                "{:.1} · {:.1} · {:.0}",
                lap.ms,
                lap.verdict.score,
                lap.bytes as f64 / 1e3
            )
        })
    };
    for row in rows {
        let photo = row.photo;
        let _ = write!(
            out,
            "| {}: {} | {:.1} | {} |",
            photo.name,
            photo.kind,
            photo.megapixels,
            cell(row.of(Runner::Ours))
        );
        for peer in peers {
            let ratio = row
                .ratio(*peer)
                .map_or(String::new(), |ratio| format!("{ratio:.2}x"));
            let _ = write!(out, " {} | {ratio} |", cell(row.of(*peer)));
        }
        let _ = writeln!(out);
    }
    let _ = write!(out, "| geometric mean | | |");
    for peer in peers {
        let _ = write!(out, " | {:.2}x |", mean(rows, *peer));
    }
    let _ = writeln!(out, "\n");
}

/// The geometric mean of how many times as fast headshot is.
pub(crate) fn mean(rows: &[&Row], peer: Runner) -> f64 {
    geometric(rows.iter().filter_map(|row| row.ratio(peer)))
}

/// The lowest figure, and its photo.
fn lowest<'a>(rows: &[&'a Row], of: impl Fn(&Row) -> Option<f64>) -> Option<(f64, &'a str)> {
    let figures = rows
        .iter()
        .filter_map(|row| Some((of(row)?, row.photo.name.as_str())));
    figures.min_by(|a, b| a.0.total_cmp(&b.0))
}

/// The worst result: a bar for the slowest photo.
fn slowest(out: &mut String, what: &str, rows: &[&Row], wanted: f64) {
    let worst = lowest(rows, |row| row.ratio(Runner::Sharp));
    let found = worst.map_or("none measured".to_owned(), |(ratio, name)| {
        format!("{ratio:.2} ({name})")
    });
    bar(
        out,
        &format!("{what}, sharp: no file below {wanted}"),
        &found,
        worst.is_some_and(|(ratio, _)| ratio >= wanted),
    );
}

fn bars(out: &mut String, heats: &[Heat]) {
    for heat in heats {
        let [jpegs, pngs] = heat.kinds();
        let what = format!("JPEG, {}, to {}", name(heat.fit).to_lowercase(), heat.side);
        let (wanted, least) = match (heat.fit, heat.side) {
            (Fit::Contain, 1024) => (2.4, 1.33),
            (_, 1024) => (2.65, 1.65),
            _ => (1.8, 1.0),
        };
        let mut means = vec![(what.clone(), &jpegs, Runner::Sharp, wanted)];
        if (heat.fit, heat.side) == (Fit::Cover, 1024) {
            means.extend([
                (what.clone(), &jpegs, Runner::SharpWhole, 2.2),
                (what.clone(), &jpegs, Runner::Pyvips, 2.0),
                (what.clone(), &jpegs, Runner::Pillow, 3.5),
                ("PNG".to_owned(), &pngs, Runner::Sharp, 3.5),
            ]);
        }
        for (what, rows, peer, wanted) in means {
            if rows.is_empty() {
                continue;
            }
            let found = mean(rows, peer);
            bar(
                out,
                &format!("{what}, {}: geometric mean at least {wanted}", peer.name()),
                &format!("{found:.2}"),
                found >= wanted,
            );
        }
        slowest(out, &what, &jpegs, least);
        let worst = lowest(&jpegs, |row| {
            Some(row.of(Runner::Ours)?.verdict.score - row.of(Runner::Sharp)?.verdict.score)
        });
        let found = worst.map_or("none measured".to_owned(), |(lead, name)| {
            format!("{lead:+.2} at worst ({name})")
        });
        bar(
            out,
            &format!("{what}: SSIMULACRA2 never below sharp's"),
            &found,
            worst.is_some_and(|(lead, _)| lead >= 0.0),
        );
    }
}

/// The name of a fit in a heading.
pub(crate) fn name(fit: Fit) -> &'static str {
    match fit {
        Fit::Contain => "Contain",
        _ => "Cover",
    }
}
