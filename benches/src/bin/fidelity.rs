//! Compares pixels and files of stills with sharp's and writes `docs/fidelity.md`; fails below the bars.
//!
//! `cargo run -p headshot-bench --release --bin fidelity` takes the photos of the race; with a folder as its argument, every still of
//! that folder, and then it writes no report. It needs what `race` needs, and makes everything under `target/race`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use headshot_bench::judge::{References, Verdict, square};
use headshot_bench::peer::{Peer, Still};
use headshot_bench::photos::{Photo, photo, photos};
use headshot_bench::python::Python;
use headshot_bench::{ours, sharp};
use serde_json::{Value, json};

/// Sides of the avatars; smaller photos are not enlarged.
const SIDE: u32 = 1024;
/// The quality at which files are compared, and sharp's around it between which its sizes are interpolated.
const QUALITY: u8 = 80;
const QUALITIES: [u8; 7] = [64, 70, 75, 80, 84, 88, 92];

/// SSIMULACRA2 before encoding: at least this, and at most `BEHIND` below sharp without shrink on load.
const LEAST: f64 = 90.0;
const BEHIND: f64 = 0.5;
/// The same for files at quality `FINE`: there a JPEG shows what was done to its pixels, which never were RGB.
const FINE: u8 = 100;
/// Bytes at equal SSIMULACRA2, as a geometric mean: at most this part of sharp's.
const SIZE: f64 = 1.02;

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
    for still in &stills {
        match bench.row(still) {
            Ok(row) => {
                eprintln!("{}", row.line());
                rows.push(row);
            }
            Err(error) if given.is_some() => eprintln!("{} is left out: {error}", still.name),
            Err(error) => panic!("{}: {error}", still.name),
        }
    }
    let (report, met) = report(&rows, &bench);
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
    /// Our bytes for each of sharp's at the same score.
    size: f64,
    /// Our score above sharp's at the same bytes.
    lead: f64,
    /// Our score and sharp's at quality `FINE`.
    fine: [f64; 2],
}

impl Bench {
    fn row(&mut self, photo: &Photo) -> Result<Row, String> {
        let bytes = fs::read(&photo.path).map_err(|error| error.to_string())?;
        let size = headshot_core::probe(&bytes, &ours::limits())
            .map_err(|error| error.to_string())?
            .size;
        let side = SIDE.min(size.shorter());
        let references = References::of(
            &mut self.workshop,
            &photo.path,
            &photo.name,
            side,
            &self.folder.join("../references"),
        )?;
        let mut judge = |ours: bool, quality: Option<u8>| -> Result<(Verdict, u64), String> {
            let to = self.folder.join(if ours { "ours" } else { "sharp" });
            let mut order: Value = Still {
                from: &photo.path,
                to: &to,
                side,
                quality,
            }
            .order();
            if ours {
                self.ours.time(&order)?;
            } else {
                // sharp would scale first and crop then: told where the square is, it crops first, as the reference does.
                order["crop"] = json!(square(size));
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
            for quality in QUALITIES {
                let (verdict, bytes) = judge(false, Some(quality))?;
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
                size: bytes as f64 / along(&curve, verdict.score).exp(),
                lead: verdict.score - along(&turned, (bytes as f64).ln()),
            })
        } else {
            None
        };
        Ok(Row {
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

    /// Whether the pixels hold the bar.
    fn holds(&self) -> bool {
        self.ours.score >= LEAST && self.ours.score >= self.sharp.score - BEHIND
    }

    /// Whether the file at quality `FINE` does, if it is one.
    fn file_holds(&self) -> bool {
        let fine = self.file.as_ref().map(|file| file.fine);
        fine.is_none_or(|[ours, sharp]| ours >= sharp - BEHIND)
    }
}

/// The report, and whether all bars are met.
fn report(rows: &[Row], bench: &Bench) -> (String, bool) {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "# Fidelity\n\n\
         Written by `cargo run -p headshot-bench --release --bin fidelity`; do not edit.\n\n\
         {} against {} without shrink on load, cover to {SIDE} pixels. The reference is the whole photo decoded by {}, cropped, and\n\
         resized in floating point with Lanczos3. Before encoding: SSIMULACRA2, and PSNR in dB. After encoding, JPEG at quality {QUALITY}:\n\
         SSIMULACRA2 and kB, our bytes as a part of sharp's at the same SSIMULACRA2, and our SSIMULACRA2 less sharp's at the same bytes;\n\
         sharp's are interpolated between qualities {} to {}. At quality {FINE}, where little but 4:2:0 is lost and a JPEG shows what was\n\
         done to its pixels: SSIMULACRA2 of our file, and that less sharp's.\n",
        bench.ours.version,
        bench.sharp.version,
        bench.workshop.version,
        QUALITIES[0],
        QUALITIES[QUALITIES.len() - 1],
    );
    let _ = writeln!(
        out,
        "| photo | headshot | dB | sharp | dB | difference | file | kB | size | lead | at {FINE} | difference |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    );
    for row in rows {
        let file = row.file.as_ref().map_or(" | | | | |".to_owned(), |file| {
            format!(
                "{:.2} | {:.1} | {:.3} | {:+.2} | {:.2} | {:+.2}",
                file.score,
                file.bytes as f64 / 1e3,
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
    let names = |holds: fn(&Row) -> bool| -> Vec<&str> {
        let below = rows.iter().filter(|row| !holds(row));
        below.map(|row| row.name.as_str()).collect()
    };
    let files: Vec<&File> = rows.iter().filter_map(|row| row.file.as_ref()).collect();
    let size =
        (files.iter().map(|file| file.size.ln()).sum::<f64>() / files.len().max(1) as f64).exp();
    let largest = files.iter().map(|file| file.size).fold(0.0, f64::max);
    let line = |met: bool| if met { "met" } else { "NOT met" };
    let (pixels, fine) = (names(Row::holds), names(Row::file_holds));
    let below = |names: &[&str], all: usize| match names {
        [] => format!("0 of {all} below"),
        names => format!("{} of {all} below: {}", names.len(), names.join(", ")),
    };
    let _ = writeln!(
        out,
        "\n- {}: SSIMULACRA2 before encoding at least {LEAST} and at least sharp's - {BEHIND} on every photo: {}\n\
         - {}: SSIMULACRA2 at quality {FINE} at least sharp's - {BEHIND} on every JPEG: {}\n\
         - {}: bytes at equal SSIMULACRA2, geometric mean at most {SIZE} of sharp's: {size:.3}, {largest:.3} at worst",
        line(pixels.is_empty()),
        below(&pixels, rows.len()),
        line(fine.is_empty()),
        below(&fine, files.len()),
        line(size <= SIZE),
    );
    (out, pixels.is_empty() && fine.is_empty() && size <= SIZE)
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
