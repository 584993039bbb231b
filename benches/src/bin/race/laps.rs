//! One photo, everyone in turn, round after round.

use std::fs;
use std::path::Path;

use headshot_bench::judge::{References, Verdict};
use headshot_bench::peer::Still;
use headshot_bench::photos::Photo;

use headshot_core::Fit;

use crate::field::{Field, QUALITY, Runner};

/// One program's result on one photo.
pub(crate) struct Lap {
    /// Median, in milliseconds.
    pub(crate) ms: f64,
    /// How faithful the file is.
    pub(crate) verdict: Verdict,
    /// Bytes of the file.
    pub(crate) bytes: u64,
}

/// A table: all photos, with one fit and to one side.
pub(crate) struct Heat<'a> {
    /// Cover or contain.
    pub(crate) fit: Fit,
    /// In pixels.
    pub(crate) side: u32,
    /// The photos.
    pub(crate) rows: Vec<Row<'a>>,
}

impl<'a> Heat<'a> {
    /// The JPEGs, and the PNGs.
    pub(crate) fn kinds(&self) -> [Vec<&Row<'a>>; 2] {
        let (jpegs, pngs) = self.rows.iter().partition(|row| row.photo.jpeg);
        [jpegs, pngs]
    }
}

/// A photo and everyone's results.
pub(crate) struct Row<'a> {
    /// The photo.
    pub(crate) photo: &'a Photo,
    /// In the order of [`Runner::ALL`]; `None` for one that did not run.
    pub(crate) laps: [Option<Lap>; 6],
}

impl Row<'_> {
    /// How many times as fast as `runner` headshot is.
    pub(crate) fn ratio(&self, runner: Runner) -> Option<f64> {
        Some(self.of(runner)?.ms / self.of(Runner::Ours)?.ms)
    }

    /// The result of this one.
    pub(crate) fn of(&self, runner: Runner) -> Option<&Lap> {
        self.laps[runner as usize].as_ref()
    }
}

/// Races on one photo: one round to warm up, then `rounds` that count.
pub(crate) fn race<'a>(
    photo: &'a Photo,
    (fit, side): (Fit, u32),
    rounds: usize,
    field: &mut Field,
    references: &References,
    folder: &Path,
) -> Row<'a> {
    fs::create_dir_all(folder).expect("target can be written");
    let end = if photo.jpeg { "jpg" } else { "png" };
    let to = Runner::ALL
        .map(|runner| folder.join(format!("{}-{fit:?}-{side}-{runner:?}.{end}", photo.name)));
    let mut times = [const { Vec::new() }; 6];
    for round in 0..=rounds {
        for (at, runner) in Runner::ALL.into_iter().enumerate() {
            let still = Still {
                from: &photo.path,
                to: &to[at],
                fit,
                side,
                quality: photo.jpeg.then_some(QUALITY),
            };
            if let Some(took) = field.run(runner, &still)
                && round > 0
            {
                times[at].push(took.ms);
            }
        }
    }
    let laps = Runner::ALL.map(|runner| {
        let at = runner as usize;
        let times = &mut times[at];
        times.sort_by(f64::total_cmp);
        Some(Lap {
            ms: *times.get(times.len() / 2)?,
            verdict: match runner {
                Runner::Ours => references.exact(&to[at]),
                _ => references.kindest(&to[at]),
            },
            bytes: fs::metadata(&to[at]).expect("they wrote it").len(),
        })
    });
    Row { photo, laps }
}
