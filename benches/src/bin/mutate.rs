//! Cuts valid photos short, and flips bytes in them, and fails if the library panics, takes too long, or makes something that is not an avatar.
//!
//! `cargo run -p headshot-bench --release --bin mutate -- [FOLDER [FILES]]` takes the photos of `testdata/`, and adds the smallest of
//! those that must be decoded according to `FOLDER/MANIFEST.tsv`, up to 200 or `FILES`. Each is cut at 50 points, with and without an
//! end marker added, and gets another value in one byte 200 times; the seed is fixed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use headshot_bench::hostile::{self, Run, SETS};
use headshot_bench::{allowed, machine};

const FILES: usize = 200;
const CUTS: usize = 50;
const FLIPS: usize = 200;
/// Larger files only take longer.
const BYTES: usize = 150_000;

/// One mutation of one file, with one set of options.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mutation {
    Cut {
        at: usize,
    },
    /// Cut, and then ended as if nothing were missing.
    Gap {
        at: usize,
    },
    Flip {
        at: usize,
        value: u8,
    },
}

#[derive(Default)]
struct Tally {
    cuts: BTreeMap<&'static str, u32>,
    flips: BTreeMap<&'static str, u32>,
    /// What took too long while others ran at the same time: by file, mutation and options.
    slow: Vec<(usize, Mutation, usize)>,
    /// Cut files that were accepted without a mark: right if only bytes after the end are missing.
    unmarked: Vec<String>,
    breaches: Vec<String>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map(PathBuf::from);
    let most = arguments.next().map_or(FILES, |text| {
        text.parse().expect("FILES must be a number of files")
    });
    hostile::quiet_panics();
    let photos = photos(folder.as_deref(), most);
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let tallies = thread::scope(|scope| {
        let work = || {
            let mut tally = Tally::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some((path, photo)) = photos.get(number) else {
                    return tally;
                };
                tally.mutate(number, path, photo);
            }
        };
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let tallies = threads.into_iter().map(|thread| thread.join());
        tallies.collect::<Result<Vec<_>, _>>()
    });
    let mut all = Tally::default();
    for tally in tallies.expect("panics are caught") {
        all.join(tally);
    }
    let peak = machine::peak_memory().unwrap_or_default();
    for (number, mutation, set) in std::mem::take(&mut all.slow) {
        let (path, photo) = &photos[number];
        let run = hostile::run(&mutation.of(photo), SETS[set].1);
        if run.time > run.longest {
            let name = mutation.name(path, set);
            all.breaches
                .push(format!("{name}: it took {:.2?}", run.time));
        }
    }
    all.print(photos.len(), workers, peak);
    if photos.len() < most || !all.breaches.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Photos that are accepted: ours, and the smallest of the folder's.
fn photos(folder: Option<&Path>, most: usize) -> Vec<(PathBuf, Vec<u8>)> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata");
    let mut paths = Vec::new();
    for folder in ["still", "animated", "heic"] {
        let files = fs::read_dir(own.join(folder)).expect("testdata/ is there");
        paths.extend(files.map(|file| file.expect("a file").path()));
    }
    paths.sort();
    if let Some(folder) = folder {
        let manifest = folder.join("MANIFEST.tsv");
        let manifest = fs::read_to_string(&manifest).expect("the folder has a MANIFEST.tsv");
        let valid = manifest.lines().filter(|line| line.contains("must-decode"));
        let mut theirs: Vec<PathBuf> = valid
            .filter_map(|line| Some(folder.join(line.split('\t').next()?)))
            .collect();
        theirs.sort_by_key(|path| fs::metadata(path).map_or(u64::MAX, |file| file.len()));
        paths.extend(theirs);
    }
    let mut photos = Vec::new();
    for path in paths {
        let photo = fs::read(&path).expect("the file is there");
        if photos.len() < most
            && photo.len() <= BYTES
            && hostile::run(&photo, SETS[0].1).made.is_ok()
        {
            photos.push((path, photo));
        }
    }
    photos
}

impl Mutation {
    fn of(self, photo: &[u8]) -> Vec<u8> {
        let mut bytes = photo.to_vec();
        match self {
            Mutation::Cut { at } => bytes.truncate(at),
            Mutation::Gap { at } => {
                bytes.truncate(at);
                bytes.extend(match photo[0] {
                    0xFF => &[0xFF, 0xD9][..],
                    0x89 => b"\0\0\0\0IEND\xAE\x42\x60\x82",
                    _ => b";",
                });
            }
            Mutation::Flip { at, value } => bytes[at] = value,
        }
        bytes
    }

    fn name(self, path: &Path, set: usize) -> String {
        let (path, set) = (path.display(), SETS[set].0);
        match self {
            Mutation::Cut { at } => format!("{path} cut at {at} ({set})"),
            Mutation::Gap { at } => format!("{path} cut at {at} and ended ({set})"),
            Mutation::Flip { at, value } => format!("{path} with {value:#04x} at {at} ({set})"),
        }
    }
}

impl Tally {
    fn mutate(&mut self, number: usize, path: &Path, photo: &[u8]) {
        let mut random = fastrand::Rng::with_seed(number as u64 + 7);
        for turn in 0..CUTS {
            let at = turn * photo.len() / CUTS;
            for mutation in [Mutation::Cut { at }, Mutation::Gap { at }] {
                self.run(number, path, photo, mutation, turn % SETS.len());
            }
        }
        for turn in 0..FLIPS {
            let at = random.usize(..photo.len());
            let value = photo[at] ^ random.u8(1..);
            let flip = Mutation::Flip { at, value };
            self.run(number, path, photo, flip, turn % SETS.len());
        }
    }

    fn run(&mut self, number: usize, path: &Path, photo: &[u8], mutation: Mutation, set: usize) {
        let run = hostile::once(&mutation.of(photo), SETS[set].1);
        let counts = match mutation {
            Mutation::Cut { .. } | Mutation::Gap { .. } => &mut self.cuts,
            Mutation::Flip { .. } => &mut self.flips,
        };
        *counts.entry(run.outcome()).or_default() += 1;
        if run.time > run.longest {
            self.slow.push((number, mutation, set));
        }
        if !matches!(mutation, Mutation::Flip { .. }) && run.outcome() == "accepted" {
            self.unmarked.push(mutation.name(path, set));
        }
        if let Some(what) = wrong(&run) {
            let name = mutation.name(path, set);
            self.breaches.push(format!("{name}: {what}"));
        }
    }

    fn join(&mut self, other: Tally) {
        for (into, from) in [(&mut self.cuts, other.cuts), (&mut self.flips, other.flips)] {
            for (outcome, count) in from {
                *into.entry(outcome).or_default() += count;
            }
        }
        self.slow.extend(other.slow);
        self.unmarked.extend(other.unmarked);
        self.breaches.extend(other.breaches);
    }

    fn print(&self, files: usize, workers: usize, peak: u64) {
        println!("{files} files");
        for (name, counts) in [("cut", &self.cuts), ("flipped", &self.flips)] {
            println!("{} {name}", counts.values().sum::<u32>());
            for (outcome, count) in counts {
                println!("  {count:>7} {outcome}");
            }
        }
        println!("cut, and accepted without a mark: {}", self.unmarked.len());
        for name in &self.unmarked {
            println!("  {name}");
        }
        println!("largest {} MB, with {workers} at a time", peak / 1_000_000);
        println!("\n{} breaches", self.breaches.len());
        for breach in &self.breaches {
            println!("  {breach}");
        }
    }
}

/// What went wrong apart from time, which does not count while others run at the same time.
fn wrong(run: &Run) -> Option<String> {
    match &run.made {
        Ok(avatar) => allowed::check(avatar).err(),
        Err(_) => run.fault(),
    }
}
