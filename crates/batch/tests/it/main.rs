//! Folders of avatars through the front door of the library.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use headshot_batch::record::Status;
use headshot_batch::{Batch, Event, Failure, Outcome, Recipe, Scope, Settings, inputs};

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../testdata/still")
        .join(name)
}

/// A folder with three photos, one of them in a folder, and a file that is not a photo.
fn people(root: &Path) -> PathBuf {
    let people = root.join("people");
    fs::create_dir_all(people.join("team")).unwrap();
    for (from, to) in [
        ("astronaut.jpg", "ann.jpg"),
        ("gray.jpg", "team/bob.jpg"),
        ("gray8.png", "zoe.png"),
    ] {
        fs::copy(testdata(from), people.join(to)).unwrap();
    }
    fs::write(people.join("notes.txt"), "no photo").unwrap();
    people
}

/// Runs a batch, one photo at a time, and returns what became of each input, by its name, and how it ended.
fn run(people: &Path, out: &Path, stop: &AtomicBool) -> (Vec<(String, Status)>, Outcome) {
    let recipe = Recipe::default();
    let photos = inputs(&[people.to_owned()], out, Scope::default()).unwrap();
    let settings = Settings {
        jobs: NonZeroUsize::new(1),
        ..Settings::new(out, &recipe)
    };
    let batch = Batch::new(photos, settings).unwrap();
    let mut told = Vec::new();
    let outcome = batch.run(stop, &mut |event| {
        match event {
            Event::Done(photos) => {
                for done in photos {
                    let name = Path::new(&done.record.photo).file_name().unwrap();
                    told.push((name.to_str().unwrap().to_owned(), done.record.status));
                }
            }
            Event::NotTried(photo) => {
                let name = photo.file_name().unwrap().to_str().unwrap().to_owned();
                told.push((name, Status::NotTried));
            }
            _ => {}
        }
        Ok(())
    });
    (told, outcome.unwrap())
}

fn names(told: &[(String, Status)]) -> Vec<(&str, Status)> {
    told.iter()
        .map(|(name, status)| (&name[..], *status))
        .collect()
}

#[test]
fn a_second_run_finds_everything_as_it_was() {
    let root = tempfile::tempdir().unwrap();
    let (people, out) = (people(root.path()), root.path().join("avatars"));
    let stop = AtomicBool::new(false);
    let (told, outcome) = run(&people, &out, &stop);
    assert_eq!(
        names(&told),
        [
            ("ann.jpg", Status::Ok),
            ("notes.txt", Status::Skipped),
            ("bob.jpg", Status::Ok),
            ("zoe.png", Status::Ok),
        ]
    );
    assert_eq!((outcome.done, outcome.count), (4, 4));
    assert_eq!((&outcome.stopped, &outcome.untold), (&None, &None));
    drop(outcome);
    let avatars = ["ann.jpg", "team/bob.jpg", "zoe.png"].map(|name| out.join(name));
    let made = avatars.each_ref().map(|avatar| fs::read(avatar).unwrap());
    let expected = headshot_core::normalize(
        &fs::read(people.join("ann.jpg")).unwrap(),
        &headshot_core::Options::default(),
    );
    assert_eq!(made[0], expected.unwrap().bytes());

    let (told, outcome) = run(&people, &out, &stop);
    assert_eq!(
        names(&told),
        [
            ("ann.jpg", Status::Unchanged),
            ("notes.txt", Status::Skipped),
            ("bob.jpg", Status::Unchanged),
            ("zoe.png", Status::Unchanged),
        ]
    );
    assert_eq!((outcome.done, outcome.removable), (4, 0));
    drop(outcome);
    assert_eq!(avatars.map(|avatar| fs::read(avatar).unwrap()), made);

    // What somebody has changed is theirs.
    fs::write(out.join("zoe.png"), "edited").unwrap();
    fs::remove_file(people.join("ann.jpg")).unwrap();
    fs::write(people.join("new.jpg"), "no photo").unwrap();
    let (told, outcome) = run(&people, &out, &stop);
    assert_eq!(
        names(&told),
        [
            ("new.jpg", Status::Failed),
            ("notes.txt", Status::Skipped),
            ("bob.jpg", Status::Unchanged),
            ("zoe.png", Status::Kept),
        ]
    );
    assert_eq!(outcome.removable, 1, "nobody makes the avatar of ann");
    assert!(
        out.join("ann.jpg").exists(),
        "and nobody has asked to remove it"
    );
}

#[test]
fn a_flag_stops_it_and_the_next_run_goes_on() {
    let root = tempfile::tempdir().unwrap();
    let (people, out) = (root.path().join("people"), root.path().join("avatars"));
    fs::create_dir(&people).unwrap();
    for number in 0..60 {
        fs::copy(
            testdata("gray8.png"),
            people.join(format!("{number:02}.png")),
        )
        .unwrap();
    }
    let stop = AtomicBool::new(true);
    let (told, outcome) = run(&people, &out, &stop);
    // Photos in progress when the flag was seen are finished.
    assert!((1..60).contains(&outcome.done), "{}", outcome.done);
    assert_eq!((outcome.count, &outcome.stopped), (60, &None));
    let with = |told: &[(String, Status)], wanted| {
        let with = told.iter().filter(|(_, status)| *status == wanted);
        with.count()
    };
    let done = outcome.done;
    drop(outcome);
    assert_eq!(with(&told, Status::Ok), done);
    assert_eq!(with(&told, Status::NotTried), 60 - done);

    stop.store(false, Ordering::Relaxed);
    let (told, all) = run(&people, &out, &stop);
    assert_eq!(all.done, 60);
    assert_eq!(with(&told, Status::Unchanged), done);
    assert_eq!(with(&told, Status::Ok), 60 - done);
}

#[test]
fn an_observer_that_fails_stops_it() {
    let root = tempfile::tempdir().unwrap();
    let (people, out) = (people(root.path()), root.path().join("avatars"));
    let recipe = Recipe::default();
    let photos = inputs(&[people], &out, Scope::default()).unwrap();
    let batch = Batch::new(photos, Settings::new(&out, &recipe)).unwrap();
    let outcome = batch.run(&AtomicBool::new(false), &mut |event| match event {
        Event::Done(_) => Err(Failure::new("output", "nobody listens")),
        _ => Ok(()),
    });
    let stopped = outcome.unwrap().stopped.expect("it was stopped");
    assert_eq!(
        (&stopped.kind[..], &stopped.message[..]),
        ("output", "nobody listens")
    );
}

#[test]
fn one_folder_is_one_runs_until_its_outcome_is_dropped() {
    let root = tempfile::tempdir().unwrap();
    let (people, out) = (people(root.path()), root.path().join("avatars"));
    let recipe = Recipe::default();
    let batch = || {
        let photos = inputs(std::slice::from_ref(&people), &out, Scope::default()).unwrap();
        Batch::new(photos, Settings::new(&out, &recipe))
    };
    let mut first = batch().unwrap();
    first.open().unwrap();
    assert_eq!(batch().err().expect("it is open").kind, "locked");
    let outcome = first.run(&AtomicBool::new(false), &mut |_| Ok(()));
    assert_eq!(batch().err().expect("it is told of").kind, "locked");
    drop(outcome);
    batch().unwrap();
}
