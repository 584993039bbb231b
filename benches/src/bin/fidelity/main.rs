//! Compares pixels and files of stills with sharp's and writes `docs/fidelity.md`; fails below the bars.
//!
//! `cargo run -p headshot-bench --release --bin fidelity` takes the photos of the race; with a folder as its argument, every still in
//! that folder, and then it writes no report. It needs what `race` needs, and makes everything under `target/race`.

mod report;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use headshot_bench::judge::{References, Verdict, square};
use headshot_bench::peer::{Peer, Still};
use headshot_bench::photos::{Photo, photo, photos};
use headshot_bench::python::Python;
use headshot_bench::{ours, sharp};
use headshot_core::Fit;
use serde_json::{Value, json};

/// Sides of the avatars; smaller photos are not enlarged.
const SIDE: u32 = 1024;
/// The quality at which files are compared, and the qualities around it at which sharp's sizes are interpolated.
const QUALITY: u8 = 80;
const QUALITIES: [u8; 7] = [64, 70, 75, 80, 84, 88, 92];

/// The quality at which files show what was done to their pixels.
const FINE: u8 = 100;

fn main() -> ExitCode {
    if ours::served() {
        return ExitCode::SUCCESS;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("target/race");
    let given = std::env::args().nth(1).map(PathBuf::from);
    let python = Python::install(&folder.join("venv")).expect("fidelity needs Python with venv");
    let mut bench = Bench {
        workshop: python.workshop().expect("fidelity needs Pillow to judge"),
        sharp: sharp::start(&folder.join("sharp")).expect("fidelity needs sharp to compare with"),
        ours: ours::start().expect("this program runs again"),
        folder: folder.join("fidelity"),
    };
    fs::create_dir_all(&bench.folder).expect("target can be written");
    let stills = match &given {
        None => photos(&folder, &mut bench.workshop),
        Some(given) => stills(given, &mut bench.workshop),
    };
    assert!(!stills.is_empty(), "no stills to compare");
    let mut rows = Vec::new();
    let fits = [Fit::Cover, Fit::Contain];
    for (fit, still) in fits
        .iter()
        .flat_map(|fit| stills.iter().map(move |still| (*fit, still)))
    {
        // Only a JPEG's path depends on it.
        if fit == Fit::Contain && !still.jpeg {
            continue;
        }
        match bench.row(still, fit) {
            Ok(row) => {
                eprintln!("{}", row.line());
                rows.push(row);
            }
            Err(error) if given.is_some() => eprintln!("{} is left out: {error}", still.name),
            Err(error) => panic!("{}: {error}", still.name),
        }
    }
    let (report, met) = report::report(&rows, &bench);
    print!("{report}");
    if given.is_none() {
        fs::write(root.join("docs/fidelity.md"), report).expect("docs can be written");
    }
    if met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Every JPEG, PNG and GIF of a folder that the workshop can open.
fn stills(folder: &Path, workshop: &mut Peer) -> Vec<Photo> {
    let files =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    files.sort();
    files
        .into_iter()
        .filter(|path| {
            path.extension().is_some_and(|end| {
                ["jpg", "jpeg", "png", "gif"]
                    .iter()
                    .any(|known| end == *known)
            })
        })
        .filter_map(|path| {
            let name = path.file_name()?.to_string_lossy().into_owned();
            photo(&name, path, workshop)
                .map_err(|error| eprintln!("{name} is left out: {error}"))
                .ok()
        })
        .collect()
}

struct Bench {
    workshop: Peer,
    sharp: Peer,
    ours: Peer,
    folder: PathBuf,
}

struct Row {
    fit: Fit,
    name: String,
    kind: String,
    ours: Verdict,
    sharp: Verdict,
    file: Option<File>,
}

/// A JPEG of ours against those of sharp.
struct File {
    bytes: u64,
    score: f64,
    /// Our bytes relative to sharp's at the same score.
    size: f64,
    /// Our score above sharp's at the same quality.
    above: f64,
    /// Our score above sharp's at the same bytes.
    lead: f64,
    /// Our score and sharp's at quality `FINE`.
    fine: [f64; 2],
}

impl Bench {
    fn row(&mut self, photo: &Photo, fit: Fit) -> Result<Row, String> {
        let bytes = fs::read(&photo.path).map_err(|error| error.to_string())?;
        let size = headshot_core::probe(&bytes, &ours::limits())
            .map_err(|error| error.to_string())?
            .size;
        let side = SIDE.min(if fit == Fit::Contain {
            size.longer()
        } else {
            size.shorter()
        });
        let references = References::of(
            &mut self.workshop,
            &photo.path,
            &photo.name,
            fit,
            side,
            &self.folder.join("../references"),
        )?;
        let mut judge = |ours: bool, quality: Option<u8>| -> Result<(Verdict, u64), String> {
            let to = self.folder.join(if ours { "ours" } else { "sharp" });
            let mut order: Value = Still {
                from: &photo.path,
                to: &to,
                fit,
                side,
                quality,
            }
            .order();
            if ours {
                self.ours.time(&order)?;
            } else {
                // sharp would scale first and then crop: given the square, it crops first, as the reference does.
                if fit == Fit::Cover {
                    order["crop"] = json!(square(size));
                }
                order["shrink"] = json!(false);
                self.sharp.time(&order)?;
            }
            let bytes = fs::metadata(&to).map_err(|error| error.to_string())?.len();
            Ok((references.exact(&to), bytes))
        };
        let (ours, _) = judge(true, None)?;
        let (sharp, _) = judge(false, None)?;
        let file = if photo.jpeg {
            let (verdict, bytes) = judge(true, Some(QUALITY))?;
            let mut curve = Vec::new();
            let mut same = 0.0;
            for quality in QUALITIES {
                let (verdict, bytes) = judge(false, Some(quality))?;
                if quality == QUALITY {
                    same = verdict.score;
                }
                curve.push((verdict.score, (bytes as f64).ln()));
            }
            let turned: Vec<(f64, f64)> = curve
                .iter()
                .map(|(score, bytes)| (*bytes, *score))
                .collect();
            let fine = [judge(true, Some(FINE))?, judge(false, Some(FINE))?];
            Some(File {
                fine: fine.map(|(verdict, _)| verdict.score),
                bytes,
                score: verdict.score,
                above: verdict.score - same,
                size: bytes as f64 / along(&curve, verdict.score).exp(),
                lead: verdict.score - along(&turned, (bytes as f64).ln()),
            })
        } else {
            None
        };
        Ok(Row {
            fit,
            name: photo.name.clone(),
            kind: photo.kind.clone(),
            ours,
            sharp,
            file,
        })
    }
}

/// The height at `x` of a line through points, continued beyond them.
fn along(points: &[(f64, f64)], x: f64) -> f64 {
    let after = points
        .iter()
        .position(|point| point.0 > x)
        .unwrap_or(points.len());
    let after = after.clamp(1, points.len() - 1);
    let (from, to) = (points[after - 1], points[after]);
    from.1 + (to.1 - from.1) * (x - from.0) / (to.0 - from.0)
}

impl Row {
    fn line(&self) -> String {
        let file = self.file.as_ref().map_or(String::new(), |file| {
            format!(
                "; size {:.3}; at {FINE} {:.2}, sharp {:.2}",
                file.size, file.fine[0], file.fine[1]
            )
        });
        format!(
            "{}: {:.2}, sharp {:.2}{file}",
            self.name, self.ours.score, self.sharp.score
        )
    }
}

#[cfg(test)]
mod tests {
    use super::along;

    #[test]
    fn a_line_goes_through_its_points_and_on() {
        let points = [(1.0, 10.0), (3.0, 20.0), (4.0, 40.0)];
        let heights = [1.0, 2.0, 3.5, 5.0, 0.0].map(|x| along(&points, x));
        assert_eq!(heights, [10.0, 15.0, 30.0, 60.0, 5.0]);
    }
}
