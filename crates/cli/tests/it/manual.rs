//! `completions` and `man`: what is generated is well formed and names every command and flag.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::run::{headshot, names, run};

/// What a program says of a text on its standard input: whether it went well, and everything that it printed. `None` where
/// there is no such program.
fn judge(program: &str, arguments: &[&str], text: &str) -> Option<(bool, String)> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped());
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take().unwrap();
    let text = text.to_owned();
    // Whoever does not read to the end has said enough.
    let writer = std::thread::spawn(move || drop(stdin.write_all(text.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    Some((output.status.success(), said))
}

#[test]
fn every_shell_gets_a_script_with_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(headshot().args(["completions", shell])).expect(0);
        for word in ["normalize", "audit", "if-changed", "max-frames"] {
            assert!(ran.text().contains(word), "{shell}: {word}");
        }
        assert_eq!(ran.stderr, "");
        if ["bash", "fish", "zsh"].contains(&shell)
            && let Some((is_right, said)) = judge(shell, &["-n"], ran.text())
        {
            assert!(is_right && said.is_empty(), "{shell}: {said}");
        }
    }
}

#[cfg(unix)]
#[test]
fn bash_completes_a_flag() {
    let script = run(headshot().args(["completions", "bash"])).expect(0);
    let asked = "\nCOMP_WORDS=(headshot set --if); COMP_CWORD=2; _headshot headshot --if set\n\
                 echo \"${COMPREPLY[@]}\"\n";
    let text = format!("{}{asked}", script.text());
    if let Some((_, said)) = judge("bash", &["--norc"], &text) {
        assert_eq!(said.trim(), "--if-changed");
    }
}

#[test]
fn every_command_has_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man/man1");
    run(headshot().args(["man", "--dir"]).arg(&pages)).expect(0);
    let expected = [
        "app-manifest",
        "audit",
        "backups-remove",
        "backups",
        "completions",
        "delete",
        "emulator",
        "help",
        "inspect",
        "limits",
        "login",
        "logout",
        "man",
        "normalize",
        "profile-set",
        "profile",
        "set",
        "studio",
    ];
    let expected = expected.map(|name| format!("headshot-{name}.1"));
    assert_eq!(names(&pages)[..18], expected);
    assert_eq!(names(&pages)[18..], ["headshot.1"]);
    for name in names(&pages) {
        let page = std::fs::read_to_string(pages.join(&name)).unwrap();
        for section in [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "EXAMPLES",
            "\"EXIT STATUS\"",
            "ENVIRONMENT",
            "\"SEE ALSO\"",
        ] {
            let heading = format!("\n.SH {section}\n");
            assert_eq!(
                page.matches(&heading).count(),
                1,
                "{name} {section}: {page}"
            );
        }
        assert!(
            page.contains("\n\\fBheadshot"),
            "{name} has an example: {page}"
        );
        // Every warning there is, and nothing formatted.
        if let Some((is_right, said)) = judge("groff", &["-man", "-ww", "-z", "-Tutf8"], &page) {
            assert!(is_right && said.is_empty(), "{name}: {said}");
        }
    }
    let set = run(headshot().args(["man", "set"])).expect(0);
    for word in [
        "SLACK_TOKEN",
        ".SH FILES",
        "headshot\\-journal",
        "\\fB130\\fR",
        "As an administrator",
    ] {
        assert!(set.text().contains(word), "{word}: {}", set.text());
    }
    for flag in [
        "check",
        "offline",
        "journal",
        "again",
        "report",
        "sheet",
        "settle",
        "via",
        "allow-commands",
    ] {
        let found = format!("\\-\\-{}", flag.replace('-', "\\-"));
        assert!(set.text().contains(&found), "{flag}: {}", set.text());
    }
    let one = run(headshot().args(["man", "profile", "set"])).expect(0);
    let file = std::fs::read_to_string(pages.join("headshot-profile-set.1")).unwrap();
    assert_eq!(one.text(), file);
    let whole = run(headshot().arg("man")).expect(0);
    assert!(
        whole.text().contains("headshot\\-normalize(1)"),
        "{whole:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_reader_of_the_manual_who_goes_away_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = headshot();
    command.args(["man", "emulator"]).stdout(writer);
    assert!(command.status().unwrap().success());
}

/// What a command prints on a terminal; `None` where there is no program that makes one.
#[cfg(target_os = "linux")]
fn on_a_terminal(arguments: &str, path: &str) -> Option<String> {
    let program = headshot().get_program().to_owned();
    let line = format!("PATH='{path}' '{}' {arguments}", program.to_str()?);
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]);
    // As if nobody had said how to page.
    command.env("MANPAGER", "cat").env("NO_COLOR", "1");
    let output = command.stdin(Stdio::null()).output().ok()?;
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_shows_the_page_and_not_its_source() {
    let path = std::env::var("PATH").unwrap();
    let has_man = judge("man", &["-l", "-"], ".TH a 1\n").is_some_and(|(is_right, _)| is_right);
    if let Some(page) = on_a_terminal("man limits", &path)
        && has_man
    {
        assert!(
            page.contains("headshot manual") && !page.contains(".SH"),
            "{page}"
        );
        assert!(!page.contains("this is the help"), "{page}");
    }
    if let Some(help) = on_a_terminal("man limits", "/nonexistent") {
        assert!(help.contains("Usage: headshot limits"), "{help}");
        assert!(help.contains("Exit status:"), "{help}");
        assert!(help.contains("there is no man here"), "{help}");
        assert!(!help.contains(".SH"), "{help}");
    }
}
