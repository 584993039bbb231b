//! Help that has everything, and command lines that cannot be understood.

use std::process::Stdio;

use crate::run::{headshot, names, png, run, testdata};

/// The words of each command, as help lists them: no command is forgotten here.
fn commands() -> Vec<Vec<String>> {
    let listed = |words: &[String]| -> Vec<String> {
        let ran = run(headshot().args(words).arg("--help")).expect(0);
        let lines = ran.text().lines();
        let below = lines.skip_while(|line| *line != "Commands:").skip(1);
        let names = below.take_while(|line| line.starts_with("  "));
        // A description that is long goes on in lines that are indented further.
        names
            .filter(|line| !line.starts_with("   "))
            .map(|line| line.split_whitespace().next().unwrap().to_owned())
            .collect()
    };
    let mut commands = vec![vec![]];
    let mut index = 0;
    while index < commands.len() {
        let words: Vec<String> = commands[index].clone();
        for name in listed(&words) {
            commands.push([&words[..], &[name]].concat());
        }
        index += 1;
    }
    commands
}

/// The options of a help, as `--side`.
fn options(help: &str) -> Vec<String> {
    // What is indented further is about them.
    let is_flag = |line: &&str| line.starts_with("  -") || line.starts_with("      -");
    let begins = help.lines().filter(is_flag);
    let flags = begins.flat_map(|line| line.split_whitespace().take(2));
    let flags = flags.filter(|word| word.starts_with("--"));
    flags
        .map(|flag| flag.split('[').next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn every_help_has_all_options_an_example_and_the_exit_status() {
    let commands = commands();
    assert!(commands.len() >= 15, "{commands:?}");
    let script = run(headshot().args(["completions", "bash"])).expect(0);
    for words in &commands {
        let ran = run(headshot().args(words).arg("--help")).expect(0);
        let help = ran.text();
        assert!(help.contains("\nExample"), "{help}");
        assert!(help.contains("\nExit status:\n  0    done\n"), "{help}");
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{words:?}: {line}");
        }
        assert!(!help.contains('\x1b'), "no colors into a pipe");
        let page = run(headshot().arg("man").args(words)).expect(0);
        let page = page.text().replace("\\-", "-");
        for option in options(help) {
            assert!(script.text().contains(&option), "{words:?} {option}");
            assert!(page.contains(&option), "{words:?} {option}: {page}");
        }
        // The three ways to ask are one.
        let asked = run(headshot().arg("help").args(words)).expect(0);
        assert_eq!(asked.text().trim_end(), help.trim_end());
    }
}

#[test]
fn profile_set_has_an_exit_status_of_its_own() {
    for asked in ["help", "man"] {
        let ran = run(headshot().args([asked, "profile", "set"])).expect(0);
        let text = ran.text();
        assert!(text.contains("the call failed"), "{text}");
        assert!(!text.contains("SCIM"), "{text}");
    }
}

#[test]
fn the_short_help_has_the_ten_most_used_options_and_says_where_the_others_are() {
    for (command, most) in [
        ("set", 12),
        ("normalize", 12),
        ("inspect", 12),
        ("emulator", 12),
    ] {
        let brief = run(headshot().args([command, "-h"])).expect(0);
        let whole = run(headshot().args([command, "--help"])).expect(0);
        let (few, all) = (options(brief.text()), options(whole.text()));
        assert!(
            few.len() <= most && few.len() < all.len(),
            "{few:?} {all:?}"
        );
        assert!(few.iter().all(|option| all.contains(option)), "{few:?}");
        assert!(brief.text().lines().count() <= 40, "{brief:?}");
        let more = format!(" options: headshot help {command}. ");
        assert!(brief.text().contains(&more), "{brief:?}");
    }
    // What has few options shows them all.
    let brief = run(headshot().args(["audit", "-h"])).expect(0);
    assert!(brief.text().contains("--team") && brief.text().contains("--csv"));
}

#[test]
fn the_version_has_the_features_and_the_target() {
    let ran = run(headshot().arg("--version")).expect(0);
    let begin = concat!("headshot ", env!("CARGO_PKG_VERSION"), " (");
    assert!(ran.text().starts_with(begin), "{ran:?}");
    assert_eq!(ran.text().contains("heic"), cfg!(feature = "heic"));
    assert!(ran.text().contains(std::env::consts::ARCH), "{ran:?}");
}

#[test]
fn wrong_command_lines_start_nothing() {
    let folder = tempfile::tempdir().unwrap();
    png(folder.path(), "a.png", 20, 30);
    for (arguments, message) in [
        ("", "Usage: headshot"),
        ("nonsense", "there is no command nonsense"),
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
        (
            "normalize a.png -o out.png --side 5000",
            "pixels from 1 to 4096",
        ),
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
        (
            "set a.png b.png --emulator",
            "b.png: set does not take so many arguments",
        ),
        ("set", "<PHOTO>"),
        (
            "set a.png --max-wait 5m --emulator",
            "--max-wait is only for --manifest",
        ),
        ("set a.png --restore", "cannot be used with"),
        ("set --restore --if-changed", "cannot be used with"),
        ("set --restore --as-is", "cannot be used with"),
        ("set --restore --crop 1,2,3", "cannot be used with"),
        ("set --restore --quality 80", "cannot be used with"),
        ("set --restore --max-time 5s", "cannot be used with"),
        ("inspect a.png --max-memory unlimited", "as in 800M or 2G"),
        ("limits --max-time forever", "as in 5s, 800ms or 2m"),
        ("set --restore --emulator", "cannot be used with"),
        ("profile --user maya", "like U012AB3CD"),
        ("profile --json set title=x", "cannot be used with"),
        ("profile set", "<NAME=VALUE>"),
        ("profile set title --emulator", "as in title=Barista"),
        ("profile set a=1 a=2 --emulator", "a is given twice"),
        (
            "profile set status_expiration=soon --emulator",
            "since 1970",
        ),
        ("audit --csv --json", "cannot be used with"),
        (
            "completions tcsh",
            "tcsh: give bash, elvish, fish, powershell or zsh",
        ),
        ("man nonsense", "there is no command nonsense"),
        ("man set --dir pages", "cannot be used with"),
        ("emulator --rate 20/s", "as in 20/min"),
        ("emulator --idle 0", "seconds from 1 to 86400"),
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
