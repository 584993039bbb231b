//! Bombs: small files that promise much, and large ones that hold nothing. Each is given to the library in a fresh process.
//!
//! `cargo run -p headshot-bench --release --bin bombs -- [TEXT]` makes those whose name contains the text, prints a table, and fails
//! if a bomb that its header gives away is not refused at once, or another one exceeds the limits.

mod make;

use std::io::{Read, Write};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use headshot_bench::{hostile, machine};
use headshot_core::{Limits, Options};

/// A process's answer: what became of the bomb, why, how long it took and may take, and how many more bytes it held meanwhile.
struct Told {
    outcome: String,
    why: String,
    time: Duration,
    longest: Duration,
    growth: u64,
}

fn main() -> ExitCode {
    let argument = std::env::args().nth(1).unwrap_or_default();
    if argument == "--one" {
        return one();
    }
    let bombs: Vec<_> = make::all()
        .into_iter()
        .filter(|bomb| bomb.name.contains(&argument))
        .collect();
    println!("{}\n", machine::name());
    println!(
        "{:<34}{:>11}{:>8}{:>10}{:>9}  became",
        "bomb", "bytes", "header", "time", "memory"
    );
    let mut breaches = Vec::new();
    for bomb in &bombs {
        let photo = (bomb.make)();
        let told = match run(&photo) {
            Ok(told) => told,
            Err(why) => {
                breaches.push(format!("{}: {why}", bomb.name));
                continue;
            }
        };
        println!(
            "{:<34}{:>11}{:>8}{:>7.1} ms{:>6.1} MB  {}{}",
            bomb.name,
            photo.len(),
            if bomb.told { "tells" } else { "" },
            told.time.as_secs_f64() * 1e3,
            told.growth as f64 / 1e6,
            told.outcome,
            told.why
        );
        if let Some(breach) = judge(bomb.told, &told) {
            breaches.push(format!("{}: {breach}", bomb.name));
        }
    }
    println!("\n{} bombs, {} breaches", bombs.len(), breaches.len());
    for breach in &breaches {
        println!("  {breach}");
    }
    if breaches.is_empty() && !bombs.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn judge(told_by_header: bool, told: &Told) -> Option<String> {
    let (time, memory) = if told_by_header {
        hostile::AT_ONCE
    } else {
        (told.longest, Limits::default().memory)
    };
    if matches!(&told.outcome[..], "internal" | "encode") {
        return Some(told.why.clone());
    }
    if told_by_header && told.outcome.starts_with("accepted") {
        return Some("accepted".to_owned());
    }
    let within = told.time <= time && told.growth <= memory;
    (!within).then(|| format!("{:.1?} and {} bytes", told.time, told.growth))
}

/// Sends a photo to a fresh process.
fn run(photo: &[u8]) -> Result<Told, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut child = Command::new(program)
        .arg("--one")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut input = child.stdin.take().expect("its input was asked for");
    input.write_all(photo).map_err(|error| error.to_string())?;
    drop(input);
    let output = child
        .wait_with_output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let [outcome, time, longest, growth, why] = text.split('\t').collect::<Vec<_>>()[..] else {
        return Err(format!("the process ended with {}: {text}", output.status));
    };
    let micros = |text: &str| text.parse().map(Duration::from_micros);
    Ok(Told {
        outcome: outcome.to_owned(),
        time: micros(time).map_err(|_| text.clone())?,
        longest: micros(longest).map_err(|_| text.clone())?,
        growth: growth.parse().map_err(|_| text.clone())?,
        why: why.to_owned(),
    })
}

/// The fresh process: a photo from the standard input.
fn one() -> ExitCode {
    hostile::quiet_panics();
    let mut photo = Vec::new();
    if let Err(error) = std::io::stdin().read_to_end(&mut photo) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    let run = hostile::once(&photo, |_| Options::default());
    let why = match &run.made {
        Ok(avatar) => avatar
            .report()
            .warnings
            .iter()
            .map(|w| format!(": {w}"))
            .collect(),
        Err(error) => format!(": {}", hostile::chain(error)),
    };
    print!(
        "{}\t{}\t{}\t{}\t{why}",
        run.outcome(),
        run.time.as_micros(),
        run.longest.as_micros(),
        run.growth
    );
    ExitCode::SUCCESS
}
