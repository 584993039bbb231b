//! `set --manifest` cut off: by an outage, by Ctrl-C, by a kill at any moment; and what the next run makes of it.

use std::collections::HashMap;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::keep::{ANN, reply, server};
use crate::manifest::{Office, THREE, outcomes};
use crate::run::{Ran, png, run, state};

/// The outcomes by line: a row whose answer got lost is told of last.
fn sorted(ran: &Ran) -> Vec<String> {
    let mut found = outcomes(ran);
    found.sort();
    found.into_iter().map(|(_, outcome)| outcome).collect()
}

#[test]
fn an_outage_stops_the_run_and_the_next_goes_on() {
    let office = Office::with(&[
        "xoxp-emulator--a",
        "xoxp-fault-html-503-x3--b",
        "xoxp-fault-close-after-x3--c",
        "xoxp-emulator--d",
    ]);
    let ran = office.set(&["--json", "--settle", "1s"]).expect(75);
    assert_eq!(sorted(&ran), ["set", "failed", "failed"]);
    let summary = "4 rows: 1 set, 2 failed, 1 not tried; the same command goes on from here";
    assert!(ran.stderr.contains(summary), "{ran:?}");
    // Sent again twice each, after the profile was watched.
    assert_eq!(office.posts(), [1, 3, 3, 0]);
    let ran = office.set(&["--json", "--settle", "1s"]).expect(0);
    assert_eq!(sorted(&ran), ["unchanged", "set", "set", "set"]);
    assert_eq!(office.posts(), [1, 4, 4, 1]);
}

#[test]
fn one_person_whose_calls_go_wrong_does_not_stop_or_hold_up_the_others() {
    let office = Office::with(&[
        "xoxp-fault-html-503--a",
        "xoxp-emulator--b",
        "xoxp-emulator--c",
    ]);
    let ran = office.set(&["--json", "--settle", "1s"]).expect(75);
    let order: Vec<_> = outcomes(&ran).into_iter().map(|(line, _)| line).collect();
    assert_eq!(order, [3, 4, 2]);
    assert_eq!(sorted(&ran), ["failed", "set", "set"]);
    assert_eq!(office.posts(), [3, 1, 1]);
}

/// One person, whose photo takes effect so long after the gateway has given up.
pub(crate) fn late(after: Duration) -> (String, Arc<Mutex<Vec<Instant>>>) {
    let posts: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let seen = posts.clone();
    let base_url = server(move |path, _| {
        let mut posts = seen.lock().unwrap();
        let shown = match posts.first() {
            Some(post) if post.elapsed() >= after => "0123456789ab",
            _ => "ge3b51ca72de",
        };
        let profile = format!(r#"{{"ok":true,"profile":{{"avatar_hash":"{shown}"}}}}"#);
        match path {
            "/api/auth.test" => reply("200 OK", ANN),
            "/api/users.setPhoto" => {
                posts.push(Instant::now());
                reply("504 Gateway Time-out", "<html>")
            }
            _ => reply("200 OK", &profile),
        }
    });
    (base_url, posts)
}

#[test]
fn a_late_effect_is_found_and_not_posted_again() {
    for (after, settle, status) in [(2, "9s", 0), (2, "0s", 75)] {
        let office = Office::with(&["xoxp-1"]);
        let (base_url, posts) = late(Duration::from_secs(after));
        let set = || run(&mut office.command_to(&base_url, &["--json", "--settle", settle]));
        let ran = set().expect(status);
        let count = posts.lock().unwrap().len();
        if status == 0 {
            assert_eq!((sorted(&ran), count), (vec!["set".to_owned()], 1));
            assert!(
                ran.objects()[0]["steps"]
                    .to_string()
                    .contains("the answer got lost")
            );
        }
        // By now it is there, and the next run looks before it posts.
        std::thread::sleep(Duration::from_secs(after));
        assert_eq!(sorted(&set().expect(0)), ["unchanged"]);
        assert_eq!(posts.lock().unwrap().len(), count);
    }
}

#[test]
fn nobody_there_is_an_outage_at_once() {
    let office = Office::with(&THREE);
    let mut command = office.command_to("http://127.0.0.1:9/api/", &[]);
    let ran = run(&mut command).expect_message(75, "127.0.0.1 refused the connection");
    assert!(
        ran.stderr.contains("3 rows: 2 failed, 1 not tried"),
        "{ran:?}"
    );
    assert_eq!(office.posts(), [0, 0, 0]);
    office.set(&[]).expect(0);
}

#[test]
fn a_post_whose_end_nobody_saw_is_judged_by_the_profile() {
    let office = Office::with(&THREE);
    office.set(&[]).expect(0);
    let path = office.path("people.csv.headshot-journal");
    let noted = office.journal();
    // Killed right after the post.
    let lines: Vec<_> = noted.lines().collect();
    fs::write(&path, lines[..6].join("\n") + "\n").unwrap();
    let ran = office.set(&["--json"]).expect(0);
    assert_eq!(outcomes(&ran)[2], (4, "unchanged".to_owned()));
    let steps = ran.objects()[2]["steps"].to_string();
    assert!(steps.contains("posted by an earlier run"), "{steps}");
    assert_eq!(office.posts(), [1, 1, 1]);
    let (found, noted): (Vec<_>, Vec<_>) = office
        .journal()
        .lines()
        .zip(noted.lines())
        .map(|(found, noted)| (timeless(found), timeless(noted)))
        .unzip();
    assert_eq!(found, noted, "it is noted as if it had been seen");

    // Killed right before it: the profile shows what it showed then. Nothing else is known of the person.
    let shown = serde_json::from_str::<Value>(lines[6]).unwrap();
    let mut begun: Value = serde_json::from_str(lines[5]).unwrap();
    begun["event"]["begun"]["shown"] = shown["event"]["set"]["avatar_hash"].clone();
    fs::write(&path, format!("{}\n{begun}\n", lines[..5].join("\n"))).unwrap();
    fs::remove_dir_all(state()).unwrap();
    office.set(&["--settle", "0s"]).expect(0);
    assert_eq!(office.posts(), [1, 1, 2]);
}

/// A line of the journal without its time.
fn timeless(line: &str) -> Value {
    let mut line: Value = serde_json::from_str(line).unwrap();
    line["at"] = Value::Null;
    line
}

#[test]
fn a_post_that_nobody_can_judge_is_not_repeated() {
    let office = Office::with(&[
        "xoxp-fault-close-after-applied-noread-x1--a",
        "xoxp-emulator--b",
    ]);
    let ran = office.set(&["--json"]).expect(75);
    assert_eq!(ran.objects()[0]["error"]["kind"], "outcome_unknown");
    let ran = office.set(&["--json"]).expect(1);
    assert_eq!(ran.objects()[0]["error"]["kind"], "unsettled");
    assert_eq!(office.posts(), [1, 1]);
    // Another photo for the same person is another matter.
    png(office.folder.path(), "p0.png", 555, 555);
    office.set(&[]).expect(0);
    assert_eq!(office.posts(), [2, 1]);
}

#[test]
fn whatever_kills_a_run_nobody_is_posted_again() {
    let tokens: Vec<_> = (0..12).map(|n| format!("xoxp-emulator--n{n}")).collect();
    let tokens: Vec<_> = tokens.iter().map(String::as_str).collect();
    let office = Office::with(&tokens);
    let checked = office.set(&["--check", "--json"]).expect(0);
    let teams: Vec<_> = checked
        .objects()
        .iter()
        .map(|object| object["team_id"].as_str().unwrap().to_owned())
        .collect();
    // Every person's posts when the journal first said that it worked.
    let mut settled: HashMap<usize, usize> = HashMap::new();
    let mut seed = 7u64;
    for attempt in 1..=30 {
        seed = seed
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        let mut command = office.command(&["--settle", "1s"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // A post whose end was not seen is waited for a second.
        let patience = if attempt % 5 == 0 { 1100 } else { 0 };
        std::thread::sleep(Duration::from_millis(patience + 20 + (seed >> 33) % 120));
        if child
            .try_wait()
            .unwrap()
            .is_some_and(|status| status.success())
        {
            // Everybody has one: all of them get another.
            settled.clear();
            fs::remove_file(office.path("people.csv.headshot-journal")).unwrap();
            for row in 0..tokens.len() {
                let name = format!("p{row}.png");
                png(office.folder.path(), &name, 512 + attempt, 512 - row as u32);
            }
            continue;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let posts = office.posts();
        let journal = office.journal();
        // The last line may be cut short.
        let lines = journal
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        for line in lines.filter(|line| line["event"]["set"].is_object()) {
            let row = teams
                .iter()
                .position(|team| line["team"] == **team)
                .unwrap();
            assert_eq!(*settled.entry(row).or_insert(posts[row]), posts[row]);
        }
    }
    let ran = office.set(&["--settle", "1s"]).expect(0);
    assert!(!ran.stderr.contains("failed"), "{ran:?}");
    let posts = office.posts();
    for (row, before) in settled {
        assert_eq!(posts[row], before, "row {row}");
    }
    assert!(posts.iter().all(|posts| *posts >= 1), "{posts:?}");
    office.set(&[]).expect(0);
    assert_eq!(office.posts(), posts);
}

#[cfg(unix)]
#[test]
fn one_run_at_a_time_and_ctrl_c_ends_it_in_good_order() {
    // The first post has to wait for two seconds, and is sent again.
    let office = Office::with(&[
        "xoxp-fault-429-json-2-x1--a",
        "xoxp-emulator--b",
        "xoxp-emulator--c",
    ]);
    let page = office.path("page.html");
    let mut first = office.command(&["--sheet", page.to_str().unwrap()]);
    let first = first
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while office.posts() == [0, 0, 0] {
        std::thread::yield_now();
    }
    office
        .set(&[])
        .expect_message(2, "another run is posting with");
    let id = first.id().to_string();
    let interrupt = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(interrupt.success());
    let ended = first.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    let said = String::from_utf8_lossy(&ended.stderr);
    let summary = "3 rows: 1 set, 2 not tried; the same command goes on from here";
    assert!(said.contains(summary), "{said}");
    assert_eq!(office.posts(), [2, 0, 0]);
    let page = fs::read_to_string(page).unwrap();
    for told in ["Not tried 2<", "line 2: set for", "line 4: not tried for"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    office.set(&[]).expect(0);
    assert_eq!(office.posts(), [2, 1, 1]);
}
