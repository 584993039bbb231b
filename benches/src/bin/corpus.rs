//! Runs the library over every file in a folder of test pictures and fails if one is not treated as the folder's manifest expects.
//!
//! `cargo run -p headshot-bench --release --bin corpus -- FOLDER [TEXT]` takes the files whose path contains the text. `FOLDER/MANIFEST.tsv` has
//! a line for each file, with the columns `path`, `class`, `format` and `expect`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use headshot_bench::hostile::{self, Run, SETS, Watchdog};
use headshot_bench::{allowed, machine};
use headshot_core::{Error, Limits, probe};

/// At least this share of the files that must be decoded has to be, with each set of options.
const ACCEPTED: f64 = 0.996;
/// After how many malformed files memory is measured, and by how much it may have grown after the last of them.
const FIRST: usize = 100;
const GROWN: u64 = 16_000_000;

/// A line of the manifest.
struct Line {
    path: String,
    class: String,
    format: String,
    expect: String,
}

#[derive(Default)]
struct Tally {
    /// By format, expectation and outcome: files with each set of options.
    counts: BTreeMap<(String, String, &'static str), [u32; SETS.len()]>,
    /// Files that must be decoded, and those of them that were refused unexpectedly.
    must_decode: [(u32, u32); SETS.len()],
    /// Refusals of files that must be decoded.
    refused: BTreeMap<String, Vec<String>>,
    slowest: (Duration, String),
    largest: (u64, String),
    breaches: Vec<String>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: corpus FOLDER [TEXT]");
        return ExitCode::from(2);
    };
    let text = arguments.next().unwrap_or_default();
    let folder = Path::new(&folder);
    let mut lines = match manifest(&folder.join("MANIFEST.tsv")) {
        Ok(lines) => lines,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(2);
        }
    };
    lines.retain(|line| line.path.contains(&text));
    // Malformed files first: then memory left by others does not hide what they leave.
    lines.sort_by_key(|line| line.class != "malformed");
    let malformed = lines.partition_point(|line| line.class == "malformed");

    hostile::quiet_panics();
    let watchdog = Watchdog::start();
    let mut tally = Tally::default();
    let (mut early, mut late) = (None, None);
    for (number, line) in lines.iter().enumerate() {
        let photo = match fs::read(folder.join(&line.path)) {
            Ok(photo) => photo,
            Err(error) => {
                tally.breaches.push(format!("{}: {error}", line.path));
                continue;
            }
        };
        for (set, (name, options)) in SETS.iter().enumerate() {
            let name = format!("{} ({name})", line.path);
            watchdog.next(&name);
            tally.add(line, set, name, &photo, &hostile::run(&photo, *options));
        }
        match number + 1 {
            n if n == FIRST.min(malformed) => early = machine::memory(),
            n if n == malformed => late = machine::memory(),
            _ => {}
        }
    }
    tally.judge();
    if let Some((early, late)) = early.zip(late) {
        println!(
            "memory after {FIRST} malformed files {} MB, after all {malformed} of them {} MB\n",
            early / 1_000_000,
            late / 1_000_000
        );
        if late > early + GROWN {
            tally
                .breaches
                .push("malformed files leave memory behind".to_owned());
        }
    }
    tally.print(lines.len());
    if lines.is_empty() || !tally.breaches.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn manifest(path: &Path) -> Result<Vec<Line>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut lines = text
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>());
    let names = lines.next().unwrap_or_default();
    let column = |name| {
        let at = names.iter().position(|found| *found == name);
        at.ok_or_else(|| format!("{}: no column {name}", path.display()))
    };
    let (path, class, format, expect) = (
        column("path")?,
        column("class")?,
        column("format")?,
        column("expect")?,
    );
    let line = |fields: Vec<&str>| {
        let field = |at: usize| fields.get(at).copied().unwrap_or_default().to_owned();
        Line {
            path: field(path),
            class: field(class),
            format: field(format),
            expect: field(expect),
        }
    };
    Ok(lines.map(line).collect())
}

impl Tally {
    fn add(&mut self, line: &Line, set: usize, name: String, photo: &[u8], run: &Run) {
        let key = (line.format.clone(), line.expect.clone(), run.outcome());
        self.counts.entry(key).or_default()[set] += 1;
        let mut breaches = Vec::from_iter(run.breach());
        match (&line.expect[..], &run.made) {
            ("must-decode", Ok(_)) => self.must_decode[set].0 += 1,
            ("must-decode", Err(error)) => {
                self.must_decode[set].0 += 1;
                self.must_decode[set].1 += u32::from(!is_known(error));
                let files = self.refused.entry(hostile::chain(error)).or_default();
                files.push(name.clone());
            }
            ("must-reject", Ok(avatar)) if !hostile::is_marked(avatar) => {
                breaches.push("accepted as if it were whole".to_owned());
            }
            _ => {}
        }
        if let Ok(avatar) = &run.made {
            breaches.extend(allowed::parts(&avatar.bytes()).err());
        }
        if line.class == "bomb"
            && (run.time > hostile::AT_ONCE.0 || run.growth > hostile::AT_ONCE.1)
            && probe(photo, &Limits::default()).is_err()
        {
            breaches.push(format!(
                "refused from its header, in {:.1?} and {} bytes",
                run.time, run.growth
            ));
        }
        let told = breaches.into_iter().map(|what| format!("{name}: {what}"));
        self.breaches.extend(told);
        if run.time > self.slowest.0 {
            self.slowest = (run.time, name.clone());
        }
        if run.peak > self.largest.0 {
            self.largest = (run.peak, name);
        }
    }

    fn judge(&mut self) {
        for (set, (all, refused)) in self.must_decode.iter().enumerate() {
            if f64::from(*refused) > (1.0 - ACCEPTED) * f64::from(*all) {
                self.breaches.push(format!(
                    "{}: {refused} of {all} refused that must be decoded",
                    SETS[set].0
                ));
            }
        }
    }

    fn print(&self, files: usize) {
        print!("{:<12}{:<13}{:<18}", "format", "expected", "became");
        for (name, _) in SETS {
            print!("{name:>11}");
        }
        println!();
        for ((format, expect, outcome), counts) in &self.counts {
            print!("{format:<12}{expect:<13}{outcome:<18}");
            for count in counts {
                print!("{count:>11}");
            }
            println!();
        }
        println!("\n{files} files");
        println!("slowest {:.0?}: {}", self.slowest.0, self.slowest.1);
        println!(
            "largest {} MB: {}",
            self.largest.0 / 1_000_000,
            self.largest.1
        );
        println!("\nrefused although it must be decoded:");
        for (reason, runs) in &self.refused {
            println!("  {:>3} runs, as {}: {reason}", runs.len(), runs[0]);
        }
        println!("\n{} breaches", self.breaches.len());
        for breach in &self.breaches {
            println!("  {breach}");
        }
    }
}

/// Refusals that the documentation promises: coding that no real photo has, and limits on the photo, which the caller may raise.
fn is_known(error: &Error) -> bool {
    match error {
        Error::Unsupported { what, .. } => {
            matches!(*what, "arithmetic coding" | "lossless coding")
        }
        Error::Limit { .. } | Error::TooManyFrames { .. } => true,
        _ => false,
    }
}
