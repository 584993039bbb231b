//! `set --manifest`: many people, each posted once, whatever ends a run.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use headshot_emulator::{Emulator, Settings};
use tempfile::TempDir;

use crate::run::{Ran, headshot, names, picture, png, run};

/// A folder with photos and a manifest of one row for each token, and the emulator that it is for.
pub(crate) struct Office {
    pub(crate) folder: TempDir,
    pub(crate) emulator: Emulator,
    pub(crate) tokens: Vec<String>,
}

impl Office {
    /// Row n, from 0, is for token n, in the variable `Tn`, and has a photo of its own.
    pub(crate) fn with(tokens: &[&str]) -> Office {
        let settings = Settings {
            rate: None,
            ..Settings::default()
        };
        let office = Office {
            folder: tempfile::tempdir().unwrap(),
            emulator: Emulator::with(settings).unwrap(),
            tokens: tokens.iter().map(|token| (*token).to_owned()).collect(),
        };
        let mut text = "photo,token_env\n".to_owned();
        for index in 0..tokens.len() {
            let name = format!("p{index}.png");
            png(office.folder.path(), &name, 512, 512 - index as u32);
            text += &format!("{name},T{index}\n");
        }
        office.write(text.as_bytes());
        office
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, manifest: &[u8]) {
        fs::write(self.path("people.csv"), manifest).unwrap();
    }

    pub(crate) fn command(&self, more: &[&str]) -> Command {
        self.command_to(&self.emulator.base_url(), more)
    }

    pub(crate) fn command_to(&self, base_url: &str, more: &[&str]) -> Command {
        let mut command = headshot();
        command.args(["set", "--manifest"]);
        command.arg(self.path("people.csv")).args(more);
        command.args(["--base-url", base_url]);
        for (index, token) in self.tokens.iter().enumerate() {
            command.env(format!("T{index}"), token);
        }
        command
    }

    /// Runs it, and makes sure that no token is in what it prints or notes.
    pub(crate) fn set(&self, more: &[&str]) -> Ran {
        let ran = run(&mut self.command(more));
        let journal = self.journal();
        for token in &self.tokens {
            for text in [ran.text(), &ran.stderr, &journal] {
                assert!(!text.contains(token.as_str()), "{text}");
            }
        }
        ran
    }

    pub(crate) fn journal(&self) -> String {
        fs::read_to_string(self.path("people.csv.headshot-journal")).unwrap_or_default()
    }

    /// How often each row was posted.
    pub(crate) fn posts(&self) -> Vec<usize> {
        let requests = self.emulator.requests();
        let posts = requests
            .iter()
            .filter(|request| request.method() == "users.setPhoto");
        let mut counts = vec![0; self.tokens.len()];
        for post in posts {
            if let Some(whose) = self.tokens.iter().position(|token| post.bears(token)) {
                counts[whose] += 1;
            }
        }
        counts
    }
}

/// The line and the outcome of each object.
pub(crate) fn outcomes(ran: &Ran) -> Vec<(u64, String)> {
    let outcome = |object: &serde_json::Value| {
        let outcome = object["outcome"].as_str().unwrap().to_owned();
        (object["line"].as_u64().unwrap(), outcome)
    };
    ran.objects().iter().map(outcome).collect()
}

pub(crate) const THREE: [&str; 3] = ["xoxp-emulator--a", "xoxp-emulator--b", "xoxp-emulator--c"];

#[test]
fn everybody_is_posted_once_and_what_changes_is_posted_again() {
    let office = Office::with(&THREE);
    let ran = office.set(&[]).expect(0);
    assert_eq!(ran.text().lines().count(), 3);
    assert!(
        ran.text()
            .contains("people.csv:2: p0.png: set for maya (U0MEMBER): PNG, 512 x 512")
    );
    assert!(ran.stderr.contains("3 rows: 3 set\n"), "{ran:?}");
    assert_eq!(office.posts(), [1, 1, 1]);
    // A line of its format, and one before and one after each post.
    assert_eq!(office.journal().lines().count(), 1 + 6);

    let ran = office.set(&["--json"]).expect(0);
    let all = [2, 3, 4].map(|line| (line, "unchanged".to_owned()));
    assert_eq!(outcomes(&ran), all);
    assert_eq!(office.posts(), [1, 1, 1]);

    png(office.folder.path(), "p1.png", 600, 600);
    let ran = office.set(&["--json"]).expect(0);
    assert_eq!(outcomes(&ran)[1], (3, "set".to_owned()));
    assert_eq!(office.posts(), [1, 2, 1]);
    // Another person under the same name, and other options for all.
    let mut office = office;
    office.tokens[2] = "xoxp-emulator--dee".to_owned();
    office.set(&[]).expect(0);
    assert_eq!(office.posts(), [1, 2, 1]);
    let ran = office.set(&["--side", "555"]).expect(0);
    assert_eq!(ran.text().matches("PNG, 555 x 555").count(), 3);
    assert_eq!(office.posts(), [2, 3, 2]);
}

#[test]
fn crops_token_files_and_what_spreadsheets_write() {
    let office = Office::with(&THREE);
    let expected = |x, y, side| {
        let photo = picture(900, 800);
        image::imageops::crop_imm(&photo, x, y, side, side).to_image()
    };
    png(office.folder.path(), "large, of \"Ann\".png", 900, 800);
    fs::write(office.path("b.token"), "xoxp-emulator--b\n").unwrap();
    office.write(
        b"\xef\xbb\xbfphoto,team,crop_x,crop_y,crop_w,token_env,token_file\r\n\
          \"large, of \"\"Ann\"\".png\",red,11,22,633,T0,\r\n\
          \r\n\
          p1.png,blue,,,,,b.token\r\n\
          ,,,,,,\r\n",
    );
    let ran = office.set(&["--json"]).expect(0);
    let set = [2, 4].map(|line| (line, "set".to_owned()));
    assert_eq!(outcomes(&ran), set);
    assert!(ran.stderr.contains("the column \"team\" is not used"));
    assert_eq!(office.posts(), [1, 1, 0]);
    let requests = office.emulator.requests();
    let mut posts = requests
        .iter()
        .filter(|request| request.method() == "users.setPhoto");
    let first = posts.next().unwrap().field("image").unwrap();
    let sent = image::load_from_memory(&first.bytes).unwrap().to_rgb8();
    assert_eq!(sent, expected(11, 22, 633));

    // As it is, with the crop for Slack to make.
    let before = requests.len();
    office.set(&["--as-is"]).expect(0);
    let requests = office.emulator.requests().split_off(before);
    let mut posts = requests
        .iter()
        .filter(|request| request.method() == "users.setPhoto");
    let first = posts.next().unwrap();
    for (name, value) in [("crop_x", "11"), ("crop_y", "22"), ("crop_w", "633")] {
        assert_eq!(first.field(name).unwrap().bytes, value);
    }
}

#[test]
fn a_bad_token_or_photo_stops_its_own_row_only() {
    let tokens = [
        "xoxp-emulator--a",
        "xoxp-emulator-revoked--b",
        "xoxb-emulator--c",
        "",
        "xoxp-emulator-readonly--e",
        "xoxp-emulator--f",
        "xoxp-emulator--g",
    ];
    let office = Office::with(&tokens[..3]);
    let mut office = office;
    office.tokens = tokens.map(str::to_owned).to_vec();
    let mut text = "photo,token_env,crop_x,crop_y,crop_w\n".to_owned();
    for index in 0..5 {
        text += &format!("p0.png,T{index},,,\n");
    }
    text += "p0.png,T5,400,0,300\nmissing.png,NO_SUCH_VARIABLE,,,\np1.png,T6,,,\n";
    office.write(text.as_bytes());
    let ran = run(&mut office.command(&["--json"])).expect(1);
    let expected = [
        "set", "failed", "failed", "failed", "failed", "failed", "failed", "set",
    ];
    let expected: Vec<_> = (2..).zip(expected.map(str::to_owned)).collect();
    assert_eq!(outcomes(&ran), expected);
    for (line, message) in [
        (3, "token_revoked"),
        (4, "bot token"),
        (5, "there is no token in the variable T3"),
        (6, "missing_scope"),
        (7, "does not lie inside the photo"),
        (8, "there is no token in the variable NO_SUCH_VARIABLE"),
    ] {
        let start = format!("people.csv:{line}: ");
        let mut lines = ran.stderr.lines();
        let told = lines.any(|told| told.contains(&start) && told.contains(message));
        assert!(told, "{line} {message}: {ran:?}");
    }
    assert!(ran.stderr.contains("8 rows: 2 set, 6 failed"), "{ran:?}");
}

#[test]
fn a_dry_run_names_everything_and_posts_nothing() {
    let office = Office::with(&THREE);
    let text = "photo,token_env,crop_x,crop_y,crop_w\n\
                p0.png,T0,1,2,333\n\
                p1.png,T1,1,2,633\n\
                missing.png,NO_SUCH_VARIABLE,,,\n";
    office.write(text.as_bytes());
    let ran = office.set(&["--dry-run", "--offline"]).expect(1);
    assert!(
        ran.text()
            .contains("people.csv:2: p0.png: would be set: PNG, 512 x 512")
    );
    for problem in [
        ":3: p1.png: crop: 633 x 633 at 1,2",
        ":4: missing.png: there is no token in the variable NO_SUCH_VARIABLE",
        ":4: missing.png: there is no such file",
        "3 rows: 1 to be set, 2 failed; nothing was posted",
    ] {
        assert!(ran.stderr.contains(problem), "{problem}: {ran:?}");
    }
    assert!(office.emulator.requests().is_empty());
    // With Slack it says whose photo it would be, and asks for nothing else.
    let ran = office.set(&["--dry-run"]).expect(1);
    assert!(
        ran.text()
            .contains("people.csv:2: p0.png: would be set for maya (U0MEMBER): PNG, 512 x 512"),
        "{ran:?}"
    );
    let requests = office.emulator.requests();
    let others = requests
        .iter()
        .filter(|request| request.method() != "auth.test");
    assert_eq!((requests.len(), others.count()), (2, 0));
    assert_eq!(office.journal(), "", "and notes nothing");

    office.write(b"photo,token_env\np0.png,T0\np1.png,T1\n");
    office.set(&[]).expect(0);
    office.write(b"photo,token_env\np0.png,T0\np2.png,T1\n");
    let noted = office.journal();
    let ran = office.set(&["--dry-run", "--json"]).expect(0);
    let expected = [(2, "unchanged".to_owned()), (3, "planned".to_owned())];
    assert_eq!(outcomes(&ran), expected);
    assert_eq!((office.posts(), office.journal()), (vec![1, 1, 0], noted));
}

#[test]
fn a_manifest_that_is_wrong_starts_nothing() {
    let office = Office::with(&THREE);
    for (text, message) in [
        (&b""[..], "it is empty"),
        (b"\xef\xbb\xbf\r\n", "it is empty"),
        (b"photo,token_env\r\n", "no row below"),
        (b"photo,crop_x\nx.png,1\n", "no column token, token_env"),
        (
            b"photo,token\nx.png,xoxp-canary\n",
            "the value of token looks like a token",
        ),
        (
            b"photo,token_env,crop_x,crop_y,crop_w\np0.png,T0,1,two,3\n",
            "people.csv:2: crop_y is \"two\"",
        ),
        (
            b"photo,token_env\np0.png,T0\np1.png\n",
            "people.csv:3: fields: 1",
        ),
        (
            b"photo,token_env\np0.png,T0\np1.png,xoxp-canary\n",
            "people.csv:3: the value of token_env",
        ),
        (
            b"photo,token_env\np0.png,T0\np1.png,T1\np2.png,T0\n",
            "people.csv:4: it has the same token as line 2",
        ),
        (b"\xff\xfep\0h\0", "UTF-16"),
    ] {
        office.write(text);
        for more in [&[][..], &["--dry-run"]] {
            let ran = office.set(more).expect_message(2, message);
            assert!(ran.stderr.contains("nothing was posted"), "{ran:?}");
            assert!(ran.text().is_empty() && !ran.stderr.contains("canary"));
        }
    }
    fs::remove_file(office.path("people.csv")).unwrap();
    office.set(&[]).expect_message(2, "no such file");
    for more in [&["--emulator"][..], &["--preview", "p.png"], &["x.png"]] {
        let mut command = headshot();
        command.args(["set", "--manifest", "people.csv"]).args(more);
        run(&mut command).expect_message(2, "cannot be used with");
    }
    for alone in [&["--again"][..], &["--report", "r"], &["--journal", "j"]] {
        let mut command = headshot();
        command.args(["set", "x.png", "--emulator"]).args(alone);
        run(&mut command).expect_message(2, "only for --manifest");
    }
    assert!(office.emulator.requests().is_empty());
    assert!(
        !names(office.folder.path())
            .iter()
            .any(|name| name.contains("journal"))
    );
}
