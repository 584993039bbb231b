//! Help that fits a screen, and command lines that cannot be understood.

use std::process::Stdio;

use crate::run::{headshot, names, png, run, testdata};

const COMMANDS: [&str; 15] = [
    "set",
    "normalize",
    "inspect",
    "profile",
    "delete",
    "backups",
    "audit",
    "login",
    "logout",
    "app-manifest",
    "studio",
    "limits",
    "emulator",
    "completions",
    "man",
];

#[test]
fn every_help_fits_a_screen_and_has_an_example() {
    let overall = run(headshot().arg("--help")).expect(0);
    for command in COMMANDS {
        assert!(overall.text().contains(command), "{command}");
    }
    for arguments in COMMANDS.map(|command| vec![command]).into_iter().chain([
        vec![],
        vec!["profile", "set"],
        vec!["backups", "remove"],
    ]) {
        // `emulator --help` lists the faults, `set` and `delete` what becomes of the photo that goes, `inspect` what is for a face: their screen
        // is that of -h.
        let flag = match arguments[..] {
            ["emulator" | "set" | "delete" | "inspect"] => "-h",
            _ => "--help",
        };
        let ran = run(headshot().args(&arguments).arg(flag)).expect(0);
        let help = ran.text();
        assert!(help.contains("Example"), "{help}");
        assert!(
            help.lines().count() <= 40,
            "{} lines: {help}",
            help.lines().count()
        );
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        assert!(!help.contains('\x1b'), "no colors into a pipe");
    }
}

#[test]
fn what_is_kept_of_the_photo_that_goes_is_in_the_help_and_the_manual() {
    for arguments in [
        ["set", "--help"],
        ["delete", "--help"],
        ["man", "set"],
        ["man", "delete"],
    ] {
        let ran = run(headshot().args(arguments)).expect(0);
        let text = ran.text().replace("\\-", "-");
        assert!(
            text.contains("\nDo not keep the photo that goes")
                || text.contains("  Do not keep the photo that goes")
        );
        for flag in ["--no-backup", "--smaller-backup", "--keep"] {
            let is_listed = |line: &str| {
                line.trim_start()
                    .trim_start_matches("\\fB")
                    .starts_with(flag)
            };
            assert!(text.lines().any(is_listed), "{arguments:?} {flag}: {text}");
        }
    }
}

#[test]
fn wrong_command_lines_start_nothing() {
    let folder = tempfile::tempdir().unwrap();
    png(folder.path(), "a.png", 20, 30);
    for (arguments, message) in [
        ("", "Usage: headshot"),
        ("nonsense", "unrecognized subcommand 'nonsense'"),
        ("normalize a.png", "--output <OUT>"),
        ("normalize -o out.png", "<PHOTO>"),
        ("normalize a.png -o out.png --frobnicate", "--frobnicate"),
        ("normalize a.png -o out.png --crop 1,2", "as in 11,22,333"),
        (
            "normalize a.png -o out.png --crop 1,2,3 --fit cover",
            "cannot be used with",
        ),
        (
            "normalize a.png -o out.png --gravity top",
            "add --fit cover, or leave --gravity out",
        ),
        (
            "normalize a.png -o out.png --face-fallback cover",
            "add --fit face, or leave --face-fallback out",
        ),
        (
            "normalize a.png -o out.png --fit cover --face 2",
            "add --fit face, or leave --face out",
        ),
        (
            "normalize a.png -o out.png --crop 1,2,3 --face 2",
            "put --fit face in place of --crop",
        ),
        (
            "normalize a.png -o out.png --fit face --face 0",
            "counted from the left, from 1 on",
        ),
        (
            "normalize a.png -o out.png --fit face --face left",
            "counted from the left, from 1 on",
        ),
        ("set --restore --face 2", "cannot be used with"),
        (
            "normalize a.png -o out.png --background purpel",
            "the name of a CSS color",
        ),
        ("set --restore --gravity top", "cannot be used with"),
        (
            "set a.png --as-is --gravity top --emulator",
            "cannot be used with",
        ),
        ("normalize a.png -o out.png --side 5000", "1..=4096"),
        (
            "normalize a.png -o out.png --format jpeg",
            "contradicts the name",
        ),
        (
            "normalize a.png -o out.jpg --background transparent",
            "cannot be transparent",
        ),
        ("normalize a.png -o out.png --quality 80", "a PNG has none"),
        ("normalize a.png -o out.webp", "never .webp"),
        ("normalize a.png -o - --json", "not both"),
        ("normalize - - -o out", "named twice"),
        ("normalize - a.png -o out", "standard input has no name"),
        ("inspect a.png --quality 0", "1 to 100"),
        (
            "set a.png --as-is --fit cover --emulator",
            "cannot be used with",
        ),
        (
            "set a.png --as-is --side 600 --emulator",
            "cannot be used with",
        ),
        (
            "set a.png --emulator --base-url http://127.0.0.1:9/",
            "cannot be used with",
        ),
        ("set a.png --emulator --token-file t", "cannot be used with"),
        ("set a.png b.png --emulator", "unexpected argument"),
        ("set", "<PHOTO>"),
        ("set a.png --restore", "cannot be used with"),
        ("set --restore --if-changed", "cannot be used with"),
        ("set --restore --as-is", "cannot be used with"),
        ("set --restore --crop 1,2,3", "cannot be used with"),
        ("set --restore --quality 80", "cannot be used with"),
        ("set --restore --max-time 5s", "cannot be used with"),
        ("inspect a.png --max-memory unlimited", "as in 800M or 2G"),
        ("limits --max-time forever", "as in 5s, 800ms or 2m"),
        ("set --restore --emulator", "cannot be used with"),
        ("profile --user maya", "as in U012AB3CD"),
        ("profile --json set title=x", "cannot be used with"),
        ("profile set", "<NAME=VALUE>"),
        ("profile set title --emulator", "as in title=Barista"),
        ("profile set a=1 a=2 --emulator", "a is given twice"),
        (
            "profile set status_expiration=soon --emulator",
            "since 1970",
        ),
        ("audit --csv --json", "cannot be used with"),
        ("completions tcsh", "invalid value 'tcsh'"),
        ("man nonsense", "there is no command nonsense"),
        ("man set --dir pages", "cannot be used with"),
        ("emulator --rate 20/s", "as in 20/min"),
        ("emulator --idle 0", "1..=86400"),
    ] {
        let mut command = headshot();
        command.current_dir(folder.path());
        let ran = run(command.args(arguments.split_whitespace())).expect_message(2, message);
        assert_eq!(ran.text(), "", "{arguments}");
    }
    assert_eq!(names(folder.path()), ["a.png"]);
}

#[cfg(unix)]
#[test]
fn a_reader_who_goes_away_is_no_error() {
    for arguments in [
        vec!["--help"],
        vec!["inspect", "--json", "testdata/still/plain.jpg"],
        vec!["set", "--help"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = headshot();
        command
            .args(&arguments)
            .stdout(Stdio::from(writer))
            .stderr(Stdio::piped());
        let output = command.spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

#[cfg(unix)]
#[test]
fn messages_that_nobody_can_receive_change_no_status() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = headshot();
    command
        .arg("inspect")
        .arg(testdata("bad/photo.avif"))
        .stderr(Stdio::from(writer));
    assert_eq!(command.status().unwrap().code(), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_printed_are_a_failure() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = headshot();
    command.args(["inspect", "--json", "testdata/still/plain.jpg"]);
    let output = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let output = output.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains("standard output cannot be written"),
        "{stderr}"
    );
}
