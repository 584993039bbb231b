//! `set --manifest --via scim`: one administrator for all rows, one photo that must show before the others, and nobody twice.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use headshot_emulator::{Emulator, Settings};
use tempfile::TempDir;

use crate::manifest::outcomes;
use crate::restore::original;
use crate::run::{Ran, headshot, names, png, run, state};

pub(crate) const ADMIN: &str = "xoxp-emulator-scim--company";

/// A folder with four photos, and the emulator of a company.
pub(crate) struct Company {
    folder: TempDir,
    pub(crate) emulator: Emulator,
}

impl Company {
    pub(crate) fn with(scim_delay: Duration) -> Company {
        let settings = Settings {
            rate: None,
            scim_delay,
            ..Settings::default()
        };
        let company = Company {
            folder: tempfile::tempdir().unwrap(),
            emulator: Emulator::with(settings).unwrap(),
        };
        for index in 0..4 {
            let name = format!("p{index}.png");
            png(company.folder.path(), &name, 512, 512 - index);
        }
        company
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, manifest: &str) {
        fs::write(self.path("people.csv"), manifest).unwrap();
    }

    /// Runs it, and makes sure that the token is in nothing that it prints or notes.
    fn set(&self, token: &str, more: &[&str]) -> Ran {
        let ran = run(&mut self.command(token, more));
        for text in [ran.text(), &ran.stderr, &self.journal()] {
            assert!(!text.contains(token), "{text}");
        }
        ran
    }

    fn command(&self, token: &str, more: &[&str]) -> Command {
        fs::write(self.path("admin"), format!("{token}\n")).unwrap();
        let mut command = headshot();
        command.args(["set", "--via", "scim", "--manifest"]);
        command.arg(self.path("people.csv")).arg("--token-file");
        command.arg(self.path("admin")).args(more);
        command.args(["--base-url", &self.emulator.base_url()]);
        command.args(["--scim-base-url", &self.emulator.scim_base_url()]);
        command
    }

    fn journal(&self) -> String {
        fs::read_to_string(self.path("people.csv.headshot-journal")).unwrap_or_default()
    }

    /// Whom photos were handed in for, in order.
    fn patched(&self) -> Vec<String> {
        let requests = self.emulator.requests();
        let patches = requests.iter().filter(|request| request.verb == "PATCH");
        let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        patches.map(|request| id(&request.path)).collect()
    }

    fn calls(&self, method: &str) -> usize {
        let requests = self.emulator.requests();
        let calls = requests.iter().filter(|request| request.method() == method);
        calls.count()
    }

    /// How high the photo is that somebody shows, as it was uploaded.
    fn height(&self, id: &str) -> u32 {
        let token = match id.strip_prefix("U0EXTRA") {
            Some(number) => format!("xoxp-emulator-{}--company", number.parse::<u32>().unwrap()),
            None => "xoxp-emulator--company".to_owned(),
        };
        let bytes = original(&self.emulator, &token);
        image::load_from_memory(&bytes).unwrap().height()
    }
}

pub(crate) const THREE: &str = "photo,user_id,email\np1.png,U0MEMBER,\np2.png,,MEMBER.00007@example.com\np3.png,U0EXTRA00002,member.00002@example.com\n";

fn all(outcome: &str) -> Vec<(u64, String)> {
    [2, 3, 4].map(|line| (line, outcome.to_owned())).into()
}

#[test]
fn everybody_gets_their_photo_once() {
    let company = Company::with(Duration::from_millis(50));
    company.write(THREE);
    let ran = company.set(ADMIN, &["--as-is", "--json"]).expect(0);
    assert_eq!(outcomes(&ran), all("set"));
    let patched = company.patched();
    assert_eq!(patched, ["U0MEMBER", "U0EXTRA00007", "U0EXTRA00002"]);
    assert_eq!(company.height("U0MEMBER"), 511);
    assert_eq!(company.height("U0EXTRA00007"), 510);
    assert_eq!(company.height("U0EXTRA00002"), 509);
    let is_warned = ran
        .stderr
        .contains("an identity provider may overwrite them");
    assert!(is_warned, "{ran:?}");
    let steps = ran.objects()[0]["steps"].to_string();
    assert!(
        steps.contains("accepted by SCIM at http://127.0.0.1"),
        "{steps}"
    );
    // A line of its format, and of each row that it begins, is accepted, and shows.
    assert_eq!(company.journal().lines().count(), 1 + 9);
    assert_eq!(company.journal().matches("\"accepted\":true").count(), 3);

    for name in names(&state()) {
        let bytes = fs::read(state().join(name)).unwrap();
        assert!(
            !bytes
                .windows(ADMIN.len())
                .any(|part| part == ADMIN.as_bytes())
        );
    }

    // One list tells that all is as it was.
    let looks = company.calls("users.info");
    let ran = company.set(ADMIN, &["--as-is", "--json"]).expect(0);
    assert_eq!(outcomes(&ran), all("unchanged"));
    assert_eq!(company.patched().len(), 3);
    assert_eq!(company.calls("users.info"), looks);

    // What somebody has chosen since stays, and what has changed is handed in.
    let mut command = headshot();
    command.env("SLACK_TOKEN", "xoxp-emulator--company");
    command.args(["set", "testdata/still/large.jpg", "--base-url"]);
    run(command.arg(company.emulator.base_url())).expect(0);
    png(company.folder.path(), "p2.png", 512, 444);
    let ran = company.set(ADMIN, &["--as-is", "--json"]).expect(0);
    let expected = ["changed", "set", "unchanged"].map(str::to_owned);
    assert_eq!(outcomes(&ran), (2..).zip(expected).collect::<Vec<_>>());
    assert_eq!(company.patched()[3..], ["U0EXTRA00007"]);
    assert_eq!(company.height("U0EXTRA00007"), 444);
}

#[test]
fn the_first_photo_must_show_before_the_others_are_handed_in() {
    let company = Company::with(Duration::from_secs(3600));
    // That one fails by itself is no reason to wait for it.
    company.write(&format!(
        "photo,user_id,email\nmissing.png,U0NEWCOMER,\n{}",
        THREE.split_once('\n').unwrap().1
    ));
    let ran = company.set(
        ADMIN,
        &[
            "--settle",
            "1s",
            "--json",
            "--report",
            company.path("r.csv").to_str().unwrap(),
        ],
    );
    let ran = ran.expect(75);
    let expected = [(2, "failed".to_owned()), (3, "unsettled".to_owned())];
    assert_eq!(outcomes(&ran), expected);
    assert!(
        ran.stderr.contains("no other is submitted until one does"),
        "{ran:?}"
    );
    assert_eq!(company.patched(), ["U0MEMBER"]);
    let report = fs::read_to_string(company.path("r.csv")).unwrap();
    assert_eq!(report.lines().count(), 1 + 4);
    assert_eq!(report.matches(",not_tried,").count(), 2);
    assert_eq!(report.matches(",unsettled,U0MEMBER,").count(), 1);
}

#[test]
fn what_does_not_show_is_not_failed_and_is_looked_for_again() {
    let company = Company::with(Duration::ZERO);
    company.write("photo,user_id\np1.png,U0MEMBER\n");
    // Nothing was done, and nobody says so.
    let ran = company
        .set("xoxp-fault-408-scim--company", &["--settle", "1s"])
        .expect(3);
    assert!(
        ran.text()
            .contains("submitted for maya (U0MEMBER), but the profile does not show it yet"),
        "{ran:?}"
    );
    assert!(
        ran.stderr
            .contains("1 row: 1 submitted and not shown yet; the same command looks again"),
        "{ran:?}"
    );
    assert_eq!(company.patched().len(), 1, "not sent again by the same run");
    let looks = company.calls("users.info");
    let ran = company.set(ADMIN, &["--settle", "0s", "--json"]).expect(0);
    assert_eq!(outcomes(&ran), [(2, "set".to_owned())]);
    assert_eq!(company.patched().len(), 2);
    assert!(company.calls("users.info") > looks);
}

#[test]
fn an_answer_that_gets_lost_is_found_on_the_profile_and_two_end_the_run() {
    let company = Company::with(Duration::from_millis(50));
    company.write(THREE);
    let token = "xoxp-fault-reset-after-applied-scim--company";
    let ran = company.set(token, &["--json"]).expect(75);
    let both = [2, 3].map(|line| (line, "set".to_owned()));
    assert_eq!(outcomes(&ran), both);
    assert_eq!(company.patched().len(), 2);
    let steps = ran.objects()[1]["steps"].to_string();
    assert!(steps.contains("the answer got lost"), "{steps}");
    let ran = company.set(ADMIN, &["--json"]).expect(0);
    let expected = ["unchanged", "unchanged", "set"].map(str::to_owned);
    assert_eq!(outcomes(&ran), (2..).zip(expected).collect::<Vec<_>>());
    assert_eq!(company.patched().len(), 3);
}

#[test]
fn what_shows_in_place_of_what_was_accepted_is_told_and_not_taken_for_ours() {
    let company = Company::with(Duration::from_secs(3600));
    company.write("photo,user_id\np1.png,U0MEMBER\n");
    let mut command = company.command(ADMIN, &["--json"]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !company.journal().contains("accepted") {
        std::thread::yield_now();
    }
    // Somebody is quicker.
    let elsewhere = tempfile::tempdir().unwrap();
    let mut own = headshot();
    own.env("SLACK_TOKEN", "xoxp-emulator--company");
    own.env("HEADSHOT_STATE", elsewhere.path());
    own.args(["set", "testdata/still/large.jpg", "--base-url"]);
    run(own.arg(company.emulator.base_url())).expect(0);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let said = String::from_utf8(ended.stdout).unwrap();
    assert!(
        said.contains("the photo that shows now has other bytes"),
        "{said}"
    );
    let notes: Vec<_> = names(&state());
    let note = notes.iter().find(|name| name.ends_with(".json")).unwrap();
    let note = fs::read(state().join(note)).unwrap();
    let note: serde_json::Value = serde_json::from_slice(&note).unwrap();
    assert_eq!(
        (&note["user"], &note["sent"]),
        (&"U0MEMBER".into(), &serde_json::Value::Null)
    );
}

#[test]
fn who_a_row_is_for_is_known_by_id() {
    let company = Company::with(Duration::ZERO);
    company.write(
        "photo,token_env,user_id,email\np1.png,T1,U0NOBODY,\np1.png,,U0GONE,\np1.png,,U0ROBOT,\np1.png,,,nobody@example.com\n\
         p1.png,,U0MEMBER,member.00002@example.com\np1.png,,,maya.moreau@example.com\n",
    );
    for (more, good) in [
        (&["--dry-run"][..], "planned"),
        (&["--check"], "checked"),
        (&[], "set"),
    ] {
        let ran = company.set(ADMIN, &[more, &["--json"]].concat()).expect(1);
        let expected = ["failed", "failed", "failed", "failed", "failed", good].map(str::to_owned);
        assert_eq!(outcomes(&ran), (2..).zip(expected).collect::<Vec<_>>());
        for told in [
            "people.csv:2: p1.png: nobody in T0",
            "the account of U0GONE was deactivated",
            "U0ROBOT is a bot",
            "people.csv:5: p1.png: nobody in T0",
            "its e-mail address is that of U0EXTRA00002, but the row is for U0MEMBER",
            "the column \"token_env\" is not used",
        ] {
            assert!(ran.stderr.contains(told), "{told}: {ran:?}");
        }
    }
    assert_eq!(company.patched(), ["U0MEMBER"]);

    company.write("photo,user_id,email\np1.png,U0MEMBER,\np2.png,,maya.moreau@example.com\n");
    company.set(ADMIN, &[]).expect_message(
        2,
        "people.csv:3: it is for the same person as line 2: maya (U0MEMBER)",
    );
    company.write("photo\np1.png\n");
    company
        .set(ADMIN, &[])
        .expect_message(2, "no column user_id or email");
    company.write("photo,user_id\np1.png,xoxp-canary\n");
    company
        .set(ADMIN, &[])
        .expect_message(2, "looks like a token");
}

#[test]
fn an_administrator_who_may_not_starts_nothing() {
    let company = Company::with(Duration::ZERO);
    company.write(THREE);
    for (token, message) in [
        (
            "xoxp-emulator-admin--company",
            "missing_scope, needed: admin",
        ),
        (
            "xoxp-emulator-scimless--company",
            "SCIM cannot be used: SCIM GET Users: refused: plus_teams_only",
        ),
        ("xoxp-emulator-revoked--company", "token_revoked"),
        ("xoxb-emulator", "bot token"),
    ] {
        for more in [&[][..], &["--check"]] {
            company.set(token, more).expect_message(2, message);
        }
    }
    assert!(company.patched().is_empty());
    // Of one person only, it is a row that fails.
    company.write("photo,user_id\np0.png,U0OWNER\np1.png,U0MEMBER\n");
    for (more, good) in [
        (&["--check", "--json"][..], "checked"),
        (&["--json"], "set"),
    ] {
        let ran = company.set(ADMIN, more).expect(1);
        assert!(ran.stderr.contains("cannot_modify_owner"), "{ran:?}");
        let expected = [(2, "failed".to_owned()), (3, good.to_owned())];
        assert_eq!(outcomes(&ran), expected);
    }
    assert_eq!(company.patched(), ["U0MEMBER"]);
}

#[test]
fn photos_are_kept_and_put_back() {
    let company = Company::with(Duration::ZERO);
    company.write(THREE);
    company.set(ADMIN, &["--as-is"]).expect(0);
    for index in 1..4 {
        let name = format!("p{index}.png");
        png(company.folder.path(), &name, 512, 400 + index);
    }
    company.set(ADMIN, &["--as-is"]).expect(0);
    assert_eq!(company.height("U0EXTRA00007"), 402);
    let ran = company.set(ADMIN, &["--restore", "--json"]).expect(0);
    assert_eq!(outcomes(&ran), all("restored"));
    assert_eq!(company.height("U0MEMBER"), 511);
    assert_eq!(company.height("U0EXTRA00007"), 510);
    assert_eq!(company.patched().len(), 9);
    let ran = company.set(ADMIN, &["--restore", "--json"]).expect(0);
    assert_eq!(outcomes(&ran), all("unchanged"));
    assert_eq!(company.patched().len(), 9);
}
