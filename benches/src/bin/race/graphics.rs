//! Graphics against sharp, and the bars for everything that becomes a PNG.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use headshot_bench::peer::Still;
use headshot_bench::photos::Photo;
use headshot_core::Fit;

use crate::field::{Field, Runner};
use crate::laps::Row;
use crate::verdict::bar;
use headshot_bench::mean::geometric;

const SIDE: u32 = 512;
const RUNNERS: [Runner; 2] = [Runner::Ours, Runner::Sharp];

/// A graphic, and the results of both.
pub(crate) struct Graphic<'a> {
    photo: &'a Photo,
    /// Median in milliseconds and bytes of the file, in the order of [`RUNNERS`]; `None` for one that did not run.
    made: [Option<(f64, u64)>; 2],
}

/// Races on all of them: one round to warm up, then `rounds` that count.
pub(crate) fn race<'a>(
    photos: impl Iterator<Item = &'a Photo>,
    rounds: usize,
    field: &mut Field,
    folder: &Path,
) -> Vec<Graphic<'a>> {
    fs::create_dir_all(folder).expect("target can be written");
    let mut one = |photo: &'a Photo| {
        let to = RUNNERS.map(|runner| folder.join(format!("{}-{SIDE}-{runner:?}.png", photo.name)));
        let mut times = [const { Vec::new() }; 2];
        for round in 0..=rounds {
            for (at, runner) in RUNNERS.into_iter().enumerate() {
                let still = Still {
                    from: &photo.path,
                    to: &to[at],
                    fit: Fit::Cover,
                    side: SIDE,
                    quality: None,
                };
                if let Some(took) = field.run(runner, &still)
                    && round > 0
                {
                    times[at].push(took.ms);
                }
            }
        }
        let made = [0, 1].map(|at| {
            times[at].sort_by(f64::total_cmp);
            let ms = *times[at].get(times[at].len() / 2)?;
            Some((ms, fs::metadata(&to[at]).expect("they wrote it").len()))
        });
        let graphic = Graphic { photo, made };
        eprintln!("{}: {}", photo.name, cells(&graphic));
        graphic
    };
    photos.map(&mut one).collect()
}

/// The table.
pub(crate) fn table(out: &mut String, all: &[Graphic]) {
    if all.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "## Graphics to {SIDE} pixels\n\n\
         Drawn by formula in benches/src/graphics.rs, except the drawings from the Debian packages that the photos come from; PNG to PNG. A cell has milliseconds and kB. The columns\n\
         after sharp's say how many times as fast headshot is, and give its bytes as a share of sharp's.\n\n\
         | picture | MP | headshot | sharp | | |\n|---|--:|--:|--:|--:|--:|"
    );
    for graphic in all {
        let photo = graphic.photo;
        let _ = writeln!(
            out,
            "| {}: {} | {:.1} | {} |",
            photo.name,
            photo.kind,
            photo.megapixels,
            cells(graphic)
        );
    }
    let (speed, share) = (
        geometric(speeds(all)),
        geometric(all.iter().filter_map(share)),
    );
    let _ = writeln!(out, "| geometric mean | | | | {speed:.2}x | {share:.2} |\n");
}

fn cells(graphic: &Graphic) -> String {
    let cell = |made: Option<(f64, u64)>| {
        made.map_or("missing".to_owned(), |(ms, bytes)| {
            format!("{ms:.1} · {:.1}", bytes as f64 / 1e3)
        })
    };
    let [ours, sharp] = graphic.made.map(cell);
    let speed = speed(graphic).map_or(String::new(), |speed| format!("{speed:.2}x"));
    let share = share(graphic).map_or(String::new(), |share| format!("{share:.2}"));
    format!("{ours} | {sharp} | {speed} | {share}")
}

/// How many times as fast headshot is.
fn speed(graphic: &Graphic) -> Option<f64> {
    let [ours, sharp] = graphic.made;
    Some(sharp?.0 / ours?.0)
}

fn speeds(all: &[Graphic]) -> impl Iterator<Item = f64> {
    all.iter().filter_map(speed)
}

/// Our bytes as a share of sharp's.
fn share(graphic: &Graphic) -> Option<f64> {
    let [ours, sharp] = graphic.made;
    Some(ours?.1 as f64 / sharp?.1 as f64)
}

/// Bytes relative to sharp's, for photos that became PNGs.
pub(crate) fn photo_bars(out: &mut String, photos: &[&Row]) {
    let shares = photos.iter().filter_map(|row| {
        let bytes = |runner| Some(row.of(runner)?.bytes as f64);
        let share = bytes(Runner::Ours)? / bytes(Runner::Sharp)?;
        Some((share, row.photo.name.as_str()))
    });
    bytes(out, "photos", &shares.collect::<Vec<_>>(), 1.05);
}

/// Bytes and time relative to sharp's, for graphics.
pub(crate) fn bars(out: &mut String, all: &[Graphic]) {
    if all.is_empty() {
        return;
    }
    let shares = all
        .iter()
        .filter_map(|graphic| Some((share(graphic)?, graphic.photo.name.as_str())));
    bytes(out, "graphics", &shares.collect::<Vec<_>>(), 1.1);
    let found = geometric(speeds(all));
    bar(
        out,
        "PNG, graphics, sharp: geometric mean at least 3",
        &format!("{found:.2}"),
        found >= 3.0,
    );
}

fn bytes(out: &mut String, what: &str, shares: &[(f64, &str)], most: f64) {
    let Some(worst) = shares.iter().max_by(|a, b| a.0.total_cmp(&b.0)) else {
        return;
    };
    let found = geometric(shares.iter().map(|(share, _)| *share));
    bar(
        out,
        &format!("PNG, {what}: bytes at most 0.8 of sharp's, geometric mean"),
        &format!("{found:.3} of {}", shares.len()),
        found <= 0.8,
    );
    bar(
        out,
        &format!("PNG, {what}: no file above {most} of sharp's bytes"),
        &format!("{:.2} ({})", worst.0, worst.1),
        worst.0 <= most,
    );
}
