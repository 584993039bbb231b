//! The column `token` of a manifest: variables, files, logins, and programs where they are allowed.

use std::fs;
use std::path::Path;
use std::process::Command;

use headshot_emulator::Emulator;

use crate::run::{headshot, png, run};
use crate::signing_in::{field, grants, kept, sign_in};

fn set(folder: &Path, rows: &str, base_url: &str) -> Command {
    png(folder, "a.png", 600, 600);
    let manifest = folder.join("people.csv");
    fs::write(&manifest, rows).unwrap();
    let mut command = headshot();
    command
        .args(["set", "--base-url", base_url, "--manifest"])
        .arg(manifest);
    command
}

#[test]
fn a_row_says_where_its_token_is() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = Emulator::start().unwrap();
    let base_url = emulator.base_url();
    sign_in(&base_url, "maya");
    sign_in(&base_url, "olive");
    fs::write(folder.path().join("seven"), "xoxp-emulator-7\n").unwrap();
    fs::write(folder.path().join("eight"), "xoxp-emulator-8\n").unwrap();
    let eight = folder.path().join("eight");
    let rows = format!(
        "photo,token,token_env\na.png,env:SIX,\na.png,file:seven,\na.png,cmd:cat '{}',\na.png,login:U0MEMBER,\n\
         a.png,login:T0HEADSHOT/U0OWNER,\na.png,,NINE\n",
        eight.display()
    );
    // One has ended, and nobody was told.
    emulator.expire_tokens();
    let mut command = set(folder.path(), &rows, &base_url);
    command
        .env("SIX", "xoxp-emulator-6")
        .env("NINE", "xoxp-emulator-9");
    let refused = run(&mut command).expect_message(2, "its token comes from the program cat");
    assert!(
        refused.stderr.contains("hint: --allow-commands"),
        "{refused:?}"
    );
    let ran = run(command.args(["--allow-commands", "--json"])).expect(0);
    assert!(
        ran.stderr.contains("programs that print tokens: cat"),
        "{ran:?}"
    );
    let who: Vec<_> = ran
        .objects()
        .iter()
        .map(|row| row["user_id"].clone())
        .collect();
    let expected = [
        "U0EXTRA00006",
        "U0EXTRA00007",
        "U0EXTRA00008",
        "U0MEMBER",
        "U0OWNER",
        "U0EXTRA00009",
    ];
    assert_eq!(who, expected);
    assert_eq!(grants(&emulator, "refresh_token").len(), 2);
    for file in kept() {
        for name in ["access_token", "refresh_token"] {
            let secret = field(&file, name);
            assert!(!ran.text().contains(&secret) && !ran.stderr.contains(&secret));
            let journal = fs::read_to_string(folder.path().join("people.csv.headshot-journal"));
            assert!(!journal.unwrap().contains(&secret));
        }
    }
}

#[test]
fn a_row_that_is_not_clear_starts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = Emulator::start().unwrap();
    for (rows, message) in [
        (
            "photo,token,token_env\na.png,env:A,B\n",
            "there is both a token and a token_env: give one",
        ),
        (
            "photo,token,token_file\na.png,env:A,b\n",
            "there is both a token and a token_file: give one",
        ),
        (
            "photo,token\na.png,xoxp-canary\n",
            "the value of token looks like a token",
        ),
        (
            "photo,token\na.png,canary\n",
            "does not say where a token is",
        ),
        ("photo,Token\na.png,env:A\n", "is not token"),
    ] {
        let ran =
            run(&mut set(folder.path(), rows, &emulator.base_url())).expect_message(2, message);
        assert!(
            !ran.stderr.contains("canary") && ran.stderr.contains("hint: "),
            "{ran:?}"
        );
    }
    let rows = "photo,token\na.png,login:U0MEMBER\n";
    let mut command = set(folder.path(), rows, &emulator.base_url());
    let ran = run(&mut command).expect(1);
    assert!(ran.stderr.contains("U0MEMBER is not logged in"), "{ran:?}");
    let ran =
        run(command.args(["--login", "U0MEMBER"])).expect_message(2, "a manifest is for many");
    assert!(ran.stderr.contains("login:U012AB3CD"), "{ran:?}");
    assert!(emulator.requests().is_empty());
}

#[cfg(unix)]
#[test]
fn offline_no_program_runs_and_no_token_is_renewed() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = Emulator::start().unwrap();
    let base_url = emulator.base_url();
    sign_in(&base_url, "maya");
    let asked = emulator.requests().len();
    let ran = folder.path().join("ran");
    let rows = format!(
        "photo,token\na.png,cmd:touch '{}'\na.png,login:U0MEMBER\n",
        ran.display()
    );
    let mut command = set(folder.path(), &rows, &base_url);
    let said = run(command.args(["--dry-run", "--offline", "--json"])).expect(0);
    assert!(!ran.exists(), "{said:?}");
    let told = "programs that would print tokens, and are not run: touch";
    assert!(said.stderr.contains(told), "{said:?}");
    assert_eq!(said.objects().len(), 2);
    assert_eq!(emulator.requests().len(), asked);
    // With the network it is run, and only if that is allowed.
    let mut command = set(folder.path(), &rows, &base_url);
    run(command.arg("--dry-run")).expect_message(2, "its token comes from the program touch");
    assert!(!ran.exists());
    run(command.arg("--allow-commands")).expect(1);
    assert!(ran.exists());
}
