//! Logins that cannot be read, tokens that a new login replaces, and tokens that have ended before the login says so: none is lost
//! without a word, and no photo goes to somebody else.

use std::fs;
use std::path::{Path, PathBuf};

use headshot_emulator::Emulator;

use crate::run::{Ran, headshot, run};
use crate::signing_in::{field, grants, kept, sign_in};

/// Runs a command against an emulator, without a token.
fn at(base_url: &str, arguments: &[&str]) -> Ran {
    run(headshot().args(arguments).args(["--base-url", base_url]))
}

fn of(user: &str) -> PathBuf {
    let mut files = kept().into_iter();
    files.find(|file| field(file, "user") == user).unwrap()
}

fn cut(file: &Path, length: usize) {
    let text = fs::read(file).unwrap();
    fs::write(file, &text[..length]).unwrap();
}

fn photos(emulator: &Emulator) -> usize {
    let requests = emulator.requests();
    let posts = requests
        .iter()
        .filter(|one| one.method() == "users.setPhoto");
    posts.count()
}

/// What Slack says to `profile` with this token.
fn with_token(base_url: &str, token: &str) -> Ran {
    let mut command = headshot();
    command.args(["profile", "--base-url", base_url]);
    run(command.env("SLACK_TOKEN", token))
}

#[test]
fn a_login_that_cannot_be_read_may_be_the_one_that_is_meant() {
    let emulator = Emulator::start().unwrap();
    let base_url = emulator.base_url();
    sign_in(&base_url, "maya");
    sign_in(&base_url, "adam");
    let file = of("U0ADMIN");
    let set = ["set", "testdata/still/large.jpg"];
    // It says neither whose it is nor whose it is not.
    cut(&file, 100);
    let name = file.file_name().unwrap().to_str().unwrap();
    let ran = at(&base_url, &set).expect_message(2, "it may be the one that you mean");
    for part in [
        name,
        "--login U0MEMBER uses the login of maya",
        "headshot logout --forget",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {ran:?}");
    }
    assert_eq!(photos(&emulator), 0);
    at(&base_url, &["logout"]).expect_message(2, "it may be the one that you mean");
    at(&base_url, &["profile", "--login", "U0MEMBER"]).expect(0);
    let ran = at(&base_url, &["logout", "--login", "U0ADMIN"]);
    let ran = ran.expect_message(2, "U0ADMIN may be logged in, but the login in ");
    let way_out = "hint: headshot logout --forget --login U0ADMIN removes the file";
    assert!(ran.stderr.contains(way_out), "{ran:?}");
    // That of another server is in nobody's way.
    let other = Emulator::start().unwrap();
    at(&other.base_url(), &set).expect_message(2, "there is no token");

    let forgotten = at(&base_url, &["logout", "--forget", "--login", "U0ADMIN"]).expect(0);
    assert!(forgotten.text().contains(name), "{forgotten:?}");
    assert_eq!(kept(), [of("U0MEMBER")]);
    at(&base_url, &set).expect(0);
}

#[test]
fn only_the_login_that_is_named_is_forgotten() {
    let emulator = Emulator::start().unwrap();
    let base_url = emulator.base_url();
    sign_in(&base_url, "maya");
    sign_in(&base_url, "adam");
    for file in [of("U0MEMBER"), of("U0ADMIN")] {
        // What says whose it is is still there.
        cut(&file, 250);
    }
    let forget = |more: &[&str]| at(&base_url, &[&["logout", "--forget"][..], more].concat());
    forget(&[]).expect_message(2, "2 logins cannot be read");
    forget(&["--login", "U0OWNER"]).expect_message(2, "U0OWNER is not logged in");
    forget(&["--login", "T0OTHER/U0ADMIN"]).expect_message(2, "is not logged in");
    assert_eq!(kept().len(), 2);
    forget(&["--login", "T0HEADSHOT/U0ADMIN"]).expect(0);
    let left = fs::read_to_string(&kept()[0]).unwrap();
    assert!(left.contains("U0MEMBER"), "{left}");
    forget(&[]).expect(0);
    assert!(kept().is_empty());
    forget(&[]).expect_message(2, "nobody is logged in");
}

#[test]
fn logout_renews_tokens_that_ended_early_to_revoke_them() {
    let emulator = Emulator::start().unwrap();
    let base_url = emulator.base_url();
    sign_in(&base_url, "maya");
    // The login says that they are good for 12 hours.
    emulator.expire_tokens();
    let ran = at(&base_url, &["logout"]).expect(0);
    assert!(ran.text().contains("revoked and forgotten"), "{ran:?}");
    assert!(!ran.stderr.contains("nothing was revoked"), "{ran:?}");
    assert_eq!(grants(&emulator, "refresh_token").len(), 1);
    let requests = emulator.requests();
    let revoked = requests.iter().rfind(|one| one.method() == "auth.revoke");
    let renewed = requests
        .iter()
        .rposition(|one| one.method() == "oauth.v2.access");
    let last = requests
        .iter()
        .rposition(|one| one.method() == "auth.revoke");
    assert!(revoked.is_some() && last > renewed);
    assert!(kept().is_empty());
}

#[test]
fn a_login_that_replaces_another_revokes_its_tokens() {
    let emulator = Emulator::start().unwrap();
    let base_url = emulator.base_url();
    sign_in(&base_url, "maya");
    let old = field(&kept()[0], "access_token");
    with_token(&base_url, &old).expect(0);
    let ran = sign_in(&base_url, "maya");
    let told = "the tokens of the earlier login were revoked";
    assert!(ran.stderr.contains(told), "{ran:?}");
    with_token(&base_url, &old).expect_message(1, "token_revoked");
    at(&base_url, &["profile"]).expect(0);

    // An access token that has ended is renewed first: its refresh token would have stayed good.
    emulator.expire_tokens();
    let ran = sign_in(&base_url, "maya");
    assert!(ran.stderr.contains(told), "{ran:?}");
    assert_eq!(grants(&emulator, "refresh_token").len(), 1);
    // Somebody else's stay.
    sign_in(&base_url, "adam");
    at(&base_url, &["profile", "--login", "U0MEMBER"]).expect(0);
    assert_eq!(kept().len(), 2);

    let file = of("U0MEMBER");
    cut(&file, 100);
    let ran = sign_in(&base_url, "maya");
    let told = "the tokens of the earlier login were not revoked";
    assert!(ran.stderr.contains(told), "{ran:?}");
    at(&base_url, &["profile", "--login", "U0MEMBER"]).expect(0);
}
