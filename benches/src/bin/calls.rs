//! What the library makes from the photos in a folder, and how long each call takes: benches/python.py compares the wheel with it.
//!
//! `cargo run -p headshot-bench --release --bin calls -- FOLDER ROUNDS` prints a line for each photo, in the order of their names:
//! its name, the SHA-256 of its avatar, and the fewest nanoseconds of this many calls.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use headshot_core::{Options, normalize};
use headshot_report::sha256;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, rounds] = &arguments[..] else {
        eprintln!("usage: calls FOLDER ROUNDS");
        return ExitCode::from(2);
    };
    let rounds: u32 = rounds.parse().expect("ROUNDS is a number");
    let mut photos: Vec<PathBuf> = fs::read_dir(folder)
        .expect("FOLDER is a folder")
        .map(|entry| entry.expect("a name").path())
        .collect();
    photos.sort();
    for path in photos {
        let photo = fs::read(&path).expect("a file");
        let mut least = Duration::MAX;
        let mut hash = String::new();
        for _ in 0..rounds.max(1) {
            let began = Instant::now();
            let avatar = normalize(&photo, &Options::default()).expect("a photo");
            least = least.min(began.elapsed());
            hash = sha256(&avatar.bytes());
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        println!("{name}\t{hash}\t{}", least.as_nanos());
    }
    ExitCode::SUCCESS
}
