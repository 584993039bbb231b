//! `set --manifest`: accounts of a run, photos that come back, and networks that are none of Slack's.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::keep::{reply, server};
use crate::manifest::{Office, THREE, outcomes};
use crate::manifest_people::elsewhere;
use crate::manifest_resume::late;
use crate::restore::original;
use crate::run::{png, run};

#[test]
fn photos_come_back_where_nobody_has_changed_them_since() {
    let office = Office::with(&THREE);
    let mut before = Vec::new();
    for (index, token) in THREE.into_iter().enumerate().take(2) {
        let photo = png(office.folder.path(), "own.png", 700 + index as u32, 700);
        elsewhere(&office, token, &["set", photo.to_str().unwrap(), "--as-is"]);
        before.push(original(&office.emulator, token));
    }
    office.set(&[]).expect(0);
    let photo = png(office.folder.path(), "own.png", 800, 800);
    elsewhere(&office, THREE[1], &["set", photo.to_str().unwrap()]);
    let theirs = original(&office.emulator, THREE[1]);
    let ran = office.set(&["--restore", "--dry-run", "--json"]).expect(1);
    let found = ["planned", "failed", "failed"].map(str::to_owned);
    assert_eq!(outcomes(&ran), (2..).zip(found).collect::<Vec<_>>());
    assert_ne!(original(&office.emulator, THREE[0]), before[0]);

    let ran = office.set(&["--restore"]).expect(1);
    assert!(
        ran.text().contains("put back for maya (U0MEMBER): PNG"),
        "{ran:?}"
    );
    for told in [
        "people.csv:3",
        "the profile shows another photo than the one that was set",
        "no photo was replaced",
    ] {
        assert!(ran.stderr.contains(told), "{told}: {ran:?}");
    }
    assert_eq!(original(&office.emulator, THREE[0]), before[0]);
    assert_eq!(original(&office.emulator, THREE[1]), theirs);
    let report = office.path("restore.jsonl");
    let again = ["--restore", "--report", report.to_str().unwrap()];
    let ran = office.set(&again).expect(1);
    assert!(
        ran.text().contains("put back already for maya (U0MEMBER)")
            && ran.stderr.contains("1 put back already")
            && !ran.text().contains("set already"),
        "{ran:?}"
    );
    let text = fs::read_to_string(&report).unwrap();
    let row: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(row["outcome"], "unchanged");
    let photo = row["photo"].as_str().unwrap();
    assert_eq!(fs::read(photo).unwrap(), before[0], "{photo}");
    // Whoever chooses another photo then keeps it, and that is said.
    elsewhere(&office, THREE[0], &["set", "testdata/still/large.jpg"]);
    let ran = office.set(&["--restore"]).expect(1);
    assert!(ran.stderr.contains("now shows another photo"), "{ran:?}");
    fs::remove_file(office.path("people.csv.headshot-journal")).unwrap();
    let ran = office.set(&["--restore"]).expect(1);
    assert!(!ran.stderr.contains("is posted"), "{ran:?}");
    office
        .set(&["--restore=0123"])
        .expect_message(2, "for one person");
}

#[test]
fn a_report_says_what_became_of_each_row() {
    let office = Office::with(&[
        "xoxp-emulator--a",
        "xoxp-emulator-revoked--b",
        "xoxp-emulator--c",
    ]);
    let path = |name: &str| office.path(name).to_str().unwrap().to_owned();
    let (jsonl, csv) = (path("report.jsonl"), path("report.csv"));
    office.set(&["--dry-run", "--report", &jsonl]).expect(1);
    let read = |file: &str| -> Vec<Value> {
        let text = fs::read_to_string(file).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let outcomes = |file: &str| -> Vec<String> {
        read(file)
            .iter()
            .map(|row| row["outcome"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(outcomes(&jsonl), ["planned", "failed", "planned"]);
    office.set(&["--report", &jsonl]).expect(1);
    let rows = read(&jsonl);
    assert_eq!(outcomes(&jsonl), ["set", "failed", "set"]);
    let row = &rows[0];
    assert_eq!(
        (&row["line"], &row["user_id"], &row["attempts"]),
        (&2.into(), &"U0MEMBER".into(), &1.into())
    );
    for (key, length) in [
        ("sha256", 64),
        ("avatar_sha256", 64),
        ("hash_before", 12),
        ("hash_after", 12),
        ("request_id", 32),
    ] {
        assert_eq!(
            row[key].as_str().map(str::len),
            Some(length),
            "{key}: {row}"
        );
    }
    assert_ne!(row["hash_before"], row["hash_after"]);
    assert!(row["began"].as_str().unwrap().ends_with(" UTC"));
    assert_eq!(rows[1]["error"], "sign_in");
    // A plan replaces no report, and a report nothing else.
    let before = fs::read(&jsonl).unwrap();
    office
        .set(&["--dry-run", "--report", &jsonl])
        .expect_message(2, "a dry run does not replace");
    assert_eq!(fs::read(&jsonl).unwrap(), before);
    for (name, message) in [
        ("people.csv", "overwrite the manifest"),
        ("p0.png", "overwrite the photo"),
        ("people.csv.headshot-journal", "the journal"),
    ] {
        let kept = fs::read(office.path(name)).unwrap();
        office
            .set(&["--report", &path(name)])
            .expect_message(2, message);
        assert_eq!(fs::read(office.path(name)).unwrap(), kept);
    }
    let letter = png(office.folder.path(), "letter.csv", 20, 20);
    office
        .set(&["--report", letter.to_str().unwrap()])
        .expect_message(2, "not a report of a manifest");
    for (name, message) in [
        ("nul.csv", "Windows"),
        (".headshot/report.csv", "there is no folder"),
        ("no/report.csv", "there is no folder"),
    ] {
        office
            .set(&["--report", &path(name)])
            .expect_message(2, message);
    }

    office.set(&["--report", &csv]).expect(1);
    office.set(&["--report", &csv]).expect(1);
    let mut reader = csv::Reader::from_path(&csv).unwrap();
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (outcome, line) = (column("outcome"), column("line"));
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!((&rows[2][outcome], &rows[2][line]), ("unchanged", "4"));
    assert_eq!(office.posts(), [1, 0, 1]);
}

#[test]
fn a_sign_in_page_ends_the_run_after_two_people() {
    let office = Office::with(&["xoxp-1", "xoxp-2", "xoxp-3", "xoxp-4"]);
    for status in [
        "302 Found",
        "403 Forbidden",
        "407 Proxy",
        "511 Network Authentication Required",
    ] {
        let asked = Arc::new(AtomicUsize::new(0));
        let posted = Arc::new(AtomicUsize::new(0));
        let counts = (asked.clone(), posted.clone());
        let base_url = server(move |path, _| {
            counts.0.fetch_add(1, Ordering::SeqCst);
            counts
                .1
                .fetch_add(usize::from(path.contains("setPhoto")), Ordering::SeqCst);
            reply(status, "<html>please sign in</html>")
        });
        let report = office.path("report.jsonl");
        let more = ["--report", report.to_str().unwrap()];
        let ran = run(&mut office.command_to(&base_url, &more)).expect(75);
        let text = fs::read_to_string(&report).unwrap();
        let rows = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let rows: Vec<_> = rows
            .map(|row| {
                (
                    row["line"].clone(),
                    row["outcome"].clone(),
                    row["began"].is_null(),
                )
            })
            .collect();
        let expected = [
            (2, "failed", false),
            (3, "failed", false),
            (4, "not_tried", true),
            (5, "not_tried", true),
        ];
        assert_eq!(
            rows,
            expected.map(|(line, word, is_null)| (line.into(), word.into(), is_null))
        );
        assert!(
            ran.stderr.contains("4 rows: 2 failed, 2 not tried"),
            "{status}: {ran:?}"
        );
        assert_eq!(posted.load(Ordering::SeqCst), 0);
        assert!(asked.load(Ordering::SeqCst) >= 2);
    }
}

#[test]
fn a_name_in_a_report_commands_nothing() {
    let office = Office::with(&["xoxp-1"]);
    let base_url = server(|_, _| {
        let name = r#"\u001b[31m\u202e=x"#;
        let told = format!(r#"{{"ok":true,"team_id":"T1","user_id":"U1","user":"{name}"}}"#);
        reply("200 OK", &told)
    });
    let csv = office.path("report.csv");
    let more = ["--check", "--report", csv.to_str().unwrap()];
    run(&mut office.command_to(&base_url, &more)).expect(0);
    let text = fs::read_to_string(&csv).unwrap();
    assert!(text.contains(r"\u{1b}[31m\u{202e}=x"), "{text}");
    assert!(!text.contains(['\x1b', '\u{202e}']), "{text}");
    for flag in ["--report", "--journal", "--sheet"] {
        let mut command = office.command(&[flag, "-"]);
        let ran = run(command.current_dir(office.folder.path()));
        ran.expect_message(2, &format!("{flag} -"));
        assert!(!office.path("-").exists());
    }
}

#[test]
fn a_report_counts_the_posts_whose_answer_got_lost() {
    let office = Office::with(&["xoxp-1"]);
    let report = office.path("report.jsonl");
    let more = ["--settle", "0s", "--report", report.to_str().unwrap()];
    let (base_url, posts) = late(Duration::from_secs(60));
    run(&mut office.command_to(&base_url, &more)).expect(75);
    let row: Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
    let count = posts.lock().unwrap().len();
    assert!(count >= 1 && row["attempts"] == count, "{count}: {row}");
}
