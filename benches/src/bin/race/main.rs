//! Races stills against sharp, pyvips, Pillow and the crates that the project was asked to build on, and writes `docs/benchmarks.md` and the
//! chart `docs/speed.svg`.
//!
//! `cargo run -p headshot-bench --release --bin race` needs Python 3 with venv, Node with npm, and apt for the photos. Everything it
//! fetches and makes goes to `target/race`. `--only TEXT` races the photos with the text in their name or kind, `--rounds 9`
//! runs more rounds; both print and write no report. `--growth` only measures how our own time and memory grow with the
//! photo, and writes `docs/growth.md`.

mod chart;
mod field;
mod graphics;
mod growth;
mod laps;
mod memory;
mod report;
mod verdict;

use std::fs;
use std::path::Path;

use field::Field;
use headshot_bench::graphics::graphics;
use headshot_bench::judge::References;
use headshot_bench::machine;
use headshot_bench::ours;
use headshot_bench::photos::{Photo, photos, share};
use headshot_bench::python::Python;
use headshot_core::Fit;
use laps::Heat;

const ROUNDS: usize = 7;
/// How the square is filled, and its side in pixels. PNGs run in the first heat alone.
const HEATS: [(Fit, u32); 4] = [
    (Fit::Cover, 1024),
    (Fit::Contain, 1024),
    (Fit::Cover, 512),
    (Fit::Contain, 512),
];

fn main() {
    if ours::served() {
        return;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let only = after("--only");
    let rounds = after("--rounds").map_or(ROUNDS, |rounds| {
        rounds.parse().expect("--rounds takes a number")
    });

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("target/race");
    fs::create_dir_all(&folder).expect("a folder under target");
    let load = machine::name();
    if arguments.iter().any(|argument| argument == "--growth") {
        let report = growth::report(&load, &growth::measure(&folder.join("growth")));
        print!("{report}");
        fs::write(root.join("docs/growth.md"), report).expect("docs can be written");
        return;
    }
    let python = Python::install(&folder.join("venv")).expect("the race needs Python with venv");
    let mut workshop = python.workshop().expect("the race needs Pillow to judge");
    let all = photos(&folder, &mut workshop);
    assert!(
        all.len() >= 20,
        "photos: {}, at least 20 are needed",
        all.len()
    );
    let drawings = graphics(&folder.join("graphics"), &share(&folder), &mut workshop);
    let chosen = |photo: &&Photo| {
        only.is_none_or(|text| {
            photo.name.contains(text.as_str()) || photo.kind.contains(text.as_str())
        })
    };
    let mut field = Field::gather(&folder, &python);
    let mut heats = Vec::new();
    for (fit, side) in HEATS {
        let mut rows = Vec::new();
        for photo in all.iter().filter(chosen) {
            if (fit, side) != HEATS[0] && !photo.jpeg {
                continue;
            }
            let references = References::of(
                &mut workshop,
                &photo.path,
                &photo.name,
                fit,
                side,
                &folder.join("references"),
            )
            .unwrap_or_else(|error| panic!("{}: no reference: {error}", photo.name));
            let row = laps::race(
                photo,
                (fit, side),
                rounds,
                &mut field,
                &references,
                &folder.join("avatars"),
            );
            eprintln!("{}", report::line(&row));
            rows.push(row);
        }
        heats.push(Heat { fit, side, rows });
    }

    let graphics = graphics::race(
        drawings.iter().filter(chosen),
        rounds,
        &mut field,
        &folder.join("avatars"),
    );
    field.versions.push(memory::vipsthumbnail());
    let memory: Vec<_> = all
        .iter()
        .filter(chosen)
        .map(|photo| memory::measure(photo, &field, &python, &folder.join("avatars")))
        .collect();

    let report = report::report(&report::Figures {
        machine: [load, machine::name()],
        rounds,
        field: &field,
        heats: &heats,
        graphics: &graphics,
        memory: &memory,
    });
    print!("{report}");
    if only.is_none() && after("--rounds").is_none() {
        fs::write(root.join("docs/benchmarks.md"), report).expect("docs can be written");
        fs::write(root.join("docs/speed.svg"), chart::draw(&heats)).expect("docs can be written");
    }
}
