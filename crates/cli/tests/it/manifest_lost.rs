//! Posts whose answers get lost, and what others do meanwhile: what somebody has chosen is theirs, and nobody is posted twice.

use std::fs;
use std::io::Write;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::keep::{ANN, reply, server};
use crate::manifest::{Office, outcomes};
use crate::manifest_people::{elsewhere, outcome};
use crate::restore::{A, original};
use crate::run::{Ran, headshot, png, run, state};

const EVE: &str = "testdata/still/large.jpg";

/// Starts it, and waits until it has posted.
fn posting(office: &Office, mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    while office.posts() == [0] {
        std::thread::yield_now();
    }
    child
}

/// Whether anybody has looked at the profile since the photo was posted.
#[cfg(unix)]
fn is_watched(office: &Office) -> bool {
    let requests = office.emulator.requests();
    let behind = requests.iter().rev();
    let mut behind = behind.take_while(|request| request.method() != "users.setPhoto");
    behind.any(|request| request.method() == "users.profile.get")
}

fn ended(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran {
        status: output.status.code().unwrap(),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The same rows under another name: without a journal.
fn copied(office: &Office, more: &[&str]) -> Ran {
    fs::copy(office.path("people.csv"), office.path("copy.csv")).unwrap();
    let mut command = headshot();
    command.args(["set", "--json", "--manifest"]);
    command.arg(office.path("copy.csv")).args(more);
    command.args(["--base-url", &office.emulator.base_url()]);
    run(command.env("T0", &office.tokens[0]))
}

fn alone(office: &Office, photo: &str, more: &[&str]) -> Command {
    let mut command = headshot();
    command.env("SLACK_TOKEN", &office.tokens[0]);
    command.args(["set", photo]).args(more);
    command.args(["--base-url", &office.emulator.base_url()]);
    command
}

/// The backups that the one note tells of: their hashes, and whether headshot had made them.
fn backups() -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(state()).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let note: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
            let listed = note["backups"].as_array().unwrap().iter();
            found.extend(listed.map(|backup| {
                let hash = backup["sha256"].as_str().unwrap().to_owned();
                (hash, backup["made"].as_bool().unwrap())
            }));
        }
    }
    found
}

#[test]
fn a_photo_that_somebody_chose_after_a_lost_answer_is_theirs() {
    let office = &mut Office::with(&["xoxp-fault-html-504--lost"]);
    office.set(&["--settle", "0s"]).expect(75);
    office.tokens[0] = "xoxp-emulator--lost".to_owned();
    elsewhere(office, "xoxp-emulator--lost", &["set", EVE]);
    let before = office.posts();
    let eve = original(&office.emulator, "xoxp-emulator--lost");
    for more in [&[][..], &["--fit", "cover"]] {
        let ran = office.set(&[&["--json"], more].concat()).expect(0);
        assert_eq!(outcome(&ran, 0), "changed");
    }
    let ran = office.set(&[]).expect(0);
    assert!(
        ran.text()
            .contains("now shows another photo; --again posts it"),
        "{ran:?}"
    );
    let ran = office.set(&["--restore"]).expect(1);
    assert!(ran.stderr.contains("somebody has changed"), "{ran:?}");
    png(office.folder.path(), "p0.png", 555, 555);
    let ran = office.set(&["--json"]).expect(0);
    assert_eq!(outcome(&ran, 0), "changed");
    assert_eq!(office.posts(), before);
    assert_eq!(original(&office.emulator, "xoxp-emulator--lost"), eve);
    // Whoever insists keeps it, and it is not among those that go.
    for side in [555, 556, 557] {
        png(office.folder.path(), "p0.png", side, side);
        office.set(&["--again", "--keep", "0"]).expect(0);
    }
    let kept = backups();
    assert!(!kept[0].1, "{kept:?}");
    let found = fs::read_dir(state()).unwrap().any(|entry| {
        let bytes = fs::read(entry.unwrap().path()).unwrap_or_default();
        bytes == eve
    });
    assert!(found, "{kept:?}");
}

#[test]
fn a_photo_that_set_finds_after_a_lost_answer_is_compared() {
    for (original, status, said) in [
        (Some("200 OK"), 1, "somebody else has chosen"),
        (
            Some("404 Nothing"),
            0,
            "a new photo that cannot be compared",
        ),
        (None, 0, "a new photo that cannot be compared"),
    ] {
        let posted = std::sync::atomic::AtomicBool::new(false);
        let base_url = server(move |path, host| {
            let is_posted = posted.load(std::sync::atomic::Ordering::SeqCst);
            let profile = match (is_posted, original) {
                (false, _) => r#"{"avatar_hash":"ge3b51ca72de"}"#.to_owned(),
                (true, None) => r#"{"avatar_hash":"0123456789ab"}"#.to_owned(),
                (true, Some(_)) => format!(
                    r#"{{"avatar_hash":"0123456789ab","image_original":"http://{host}/o.jpg"}}"#
                ),
            };
            match path {
                "/api/auth.test" => reply("200 OK", ANN),
                "/api/users.setPhoto" => {
                    posted.store(true, std::sync::atomic::Ordering::SeqCst);
                    reply("504 Gateway Time-out", "<html>")
                }
                "/o.jpg" => reply(original.unwrap(), "eve"),
                _ => reply("200 OK", &format!(r#"{{"ok":true,"profile":{profile}}}"#)),
            }
        });
        let _ = fs::remove_dir_all(state());
        let mut command = headshot();
        command.env("SLACK_TOKEN", "xoxp-1").args(["set", A]);
        let ran = run(command.args(["--settle", "3s", "--base-url", &base_url])).expect(status);
        assert!(ran.stderr.contains(said), "{said}: {ran:?}");
        for entry in fs::read_dir(state()).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                let note: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
                assert_eq!(note["sent"], Value::Null, "it is not noted as ours");
            }
        }
    }
}

#[test]
fn nobody_posts_to_a_person_whose_photo_is_looked_for() {
    let office = Office::with(&["xoxp-fault-late-4-x1--a"]);
    let first = posting(&office, office.command(&["--json", "--settle", "20s"]));
    let ran = copied(&office, &[]).expect(1);
    let busy = "another run is changing the photo";
    assert!(ran.stderr.contains(busy), "{ran:?}");
    let photo = office.path("p0.png");
    let ran = run(&mut alone(&office, photo.to_str().unwrap(), &[])).expect(1);
    assert!(ran.stderr.contains(busy), "{ran:?}");
    let ran = ended(first).expect(0);
    assert_eq!(outcomes(&ran), [(2, "set".to_owned())]);
    assert_eq!(office.posts(), [1]);
}

#[test]
fn what_a_killed_run_has_posted_is_waited_for() {
    for is_alone in [false, true] {
        let label = format!("xoxp-fault-late-4-x1--k{is_alone}");
        let office = Office::with(&[&label]);
        let mut first = posting(&office, office.command(&["--settle", "20s"]));
        first.kill().unwrap();
        first.wait().unwrap();
        let photo = office.path("p0.png");
        if is_alone {
            let photo = photo.to_str().unwrap();
            let ran = run(&mut alone(&office, photo, &["--if-changed"])).expect(0);
            assert!(ran.stderr.contains("an earlier run may have"), "{ran:?}");
            assert!(ran.text().contains("already set"), "{ran:?}");
        } else {
            let ran = copied(&office, &["--settle", "20s"]).expect(0);
            assert_eq!(outcome(&ran, 0), "unchanged");
        }
        assert_eq!(office.posts(), [1]);
    }
}

#[test]
fn what_a_person_chose_since_is_left_whatever_the_row_asks_for() {
    let office = Office::with(&["xoxp-emulator--own"]);
    office.set(&[]).expect(0);
    elsewhere(&office, "xoxp-emulator--own", &["set", EVE]);
    let posts = office.posts();
    for more in [
        &["--fit", "cover"][..],
        &["--min-side", "512"],
        &["--crop", "0,0,512"],
    ] {
        let ran = office.set(&[&["--json"], more].concat()).expect(0);
        assert_eq!(outcome(&ran, 0), "changed", "{more:?}");
    }
    let mut photo = fs::OpenOptions::new()
        .append(true)
        .open(office.path("p0.png"))
        .unwrap();
    photo.write_all(b"\n").unwrap();
    assert_eq!(outcome(&office.set(&["--json"]).expect(0), 0), "changed");
    png(office.folder.path(), "p0.png", 555, 555);
    assert_eq!(outcome(&office.set(&["--json"]).expect(0), 0), "changed");
    assert_eq!(office.posts(), posts);
    office.set(&["--again"]).expect(0);
    assert_eq!(office.posts(), [posts[0] + 1]);
}

#[test]
fn a_run_at_whose_end_everybody_is_set_ends_with_0() {
    let office = Office::with(&[
        "xoxp-fault-html-504-applied-x1--a",
        "xoxp-fault-close-after-applied-x1--b",
    ]);
    let ran = office.set(&[]).expect(0);
    assert!(ran.stderr.ends_with("2 rows: 2 set\n"), "{ran:?}");
}

#[test]
fn too_many_requests_are_asked_less_and_less_often() {
    let office = Office::with(&["xoxp-fault-early-429--a"]);
    let ran = office.set(&["--max-wait", "4s"]).expect(75);
    assert!(ran.stderr.contains("the same command goes on"), "{ran:?}");
    // After 1 s and 2 s more; 4 s more would be too long.
    assert_eq!(office.posts(), [3]);
}

#[test]
fn a_dry_run_of_a_copy_says_what_the_run_would() {
    let office = Office::with(&["xoxp-emulator--copy"]);
    let told = |more: &[&str]| outcome(&copied(&office, more).expect(0), 0);
    assert_eq!(told(&["--dry-run"]), "planned");
    office.set(&[]).expect(0);
    assert_eq!(told(&["--dry-run"]), "unchanged");
    assert_eq!(told(&["--dry-run", "--max-side", "600"]), "unchanged");
    assert_eq!(told(&["--dry-run", "--side", "600"]), "planned");
    elsewhere(&office, "xoxp-emulator--copy", &["set", EVE]);
    assert_eq!(told(&["--dry-run"]), "planned");
    office.set(&["--again"]).expect(0);
    assert_eq!(told(&[]), "unchanged");
}

#[cfg(unix)]
#[test]
fn an_interrupt_in_the_watch_says_what_is_not_known() {
    for is_alone in [false, true] {
        for signal in ["-INT", "-TERM", "-HUP"] {
            let token = format!("xoxp-fault-html-504--i{is_alone}{signal}");
            let office = Office::with(&[&token]);
            let photo = office.path("p0.png");
            let command = if is_alone {
                alone(&office, photo.to_str().unwrap(), &[])
            } else {
                office.command(&[])
            };
            let child = posting(&office, command);
            // A look at the profile behind the post: its answer is lost, and the watch has begun.
            while !is_watched(&office) {
                std::thread::yield_now();
            }
            let id = child.id().to_string();
            let sent = Command::new("kill").args([signal, &id]).status().unwrap();
            assert!(sent.success());
            let ran = ended(child).expect(130);
            let said = "interrupted before it was known whether";
            assert!(ran.stderr.contains(said), "{ran:?}");
            let hint = if is_alone {
                "headshot profile shows"
            } else {
                "the same command"
            };
            assert!(ran.stderr.contains(hint), "{ran:?}");
            assert_eq!(office.posts(), [1]);
        }
    }
}
