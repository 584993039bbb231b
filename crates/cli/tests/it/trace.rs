//! `--trace`: each request, for its owner's eyes only, in place of a trace and of nothing else.
#![cfg(target_os = "linux")]

use std::fs;

use headshot_emulator::Emulator;

use crate::network::everything;
use crate::run::{headshot, png, run};

#[test]
fn a_trace_has_each_request_and_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let emulator = Emulator::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace.jsonl");
    let call = |token: &str, arguments: &[&str]| {
        let mut command = headshot();
        command.env("SLACK_TOKEN", token).args(arguments);
        command.args(["--base-url", &emulator.base_url()]);
        run(command.arg("--trace").arg(&trace))
    };
    let read = || -> Vec<serde_json::Value> {
        let text = fs::read_to_string(&trace).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    call("xoxp-emulator", &["delete"]).expect(0);
    let ran = call(
        "xoxp-emulator-readonly",
        &["delete", "--no-backup", "--json"],
    )
    .expect(1);
    assert_eq!(
        fs::metadata(&trace).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let lines = read();
    assert_eq!(lines[0]["schema"], "headshot-trace-1");
    let words: Vec<_> = lines[1..]
        .iter()
        .map(|line| format!("{} {} {}", line["number"], line["event"], line["method"]))
        .collect();
    let delete = |event: &str| format!("1 \"{event}\" \"users.deletePhoto\"");
    // What the run before has noted is gone.
    assert_eq!(words, [delete("sent"), delete("reply"), delete("failed")]);
    assert_eq!(lines[2]["status"], 200);
    assert_eq!(lines[3]["code"], "missing_scope");
    assert!(lines[1]["at"].as_str().unwrap().ends_with('Z'));
    // The same name for the request in the trace, in the object, and for people.
    let id = lines[2]["request_id"].as_str().unwrap();
    assert_eq!(id.len(), 32, "{id}");
    assert_eq!(ran.objects()[0]["error"]["request_id"], id);
    assert!(ran.stderr.contains(&format!("request: {id}")), "{ran:?}");
}

#[test]
fn a_trace_replaces_nothing_but_a_trace() {
    let emulator = Emulator::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    png(folder.path(), "me.png", 512, 512);
    fs::write(path("token"), "xoxp-emulator").unwrap();
    fs::write(path("notes"), "{\"schema\":\"mine\"}\n").unwrap();
    fs::write(path("people.csv"), "photo,token_file\nme.png,token\n").unwrap();
    let before = everything(folder.path());
    let base = ["--base-url", &emulator.base_url()];
    let (token, notes, photo) = (&path("token")[..], &path("notes")[..], &path("me.png")[..]);
    let people = &path("people.csv")[..];
    for (arguments, message) in [
        (
            &["profile", "--token-file", token, "--trace", token][..],
            "this would overwrite the token in",
        ),
        (
            &["profile", "--token-file", token, "--trace", notes],
            "is not a trace: only a trace is replaced",
        ),
        (
            &["profile", "--token-file", token, "--trace", "-"],
            "the trace is a file",
        ),
        (
            &["set", photo, "--token-file", token, "--trace", photo],
            "this would overwrite the photo",
        ),
        (
            &["set", "--manifest", people, "--trace", people],
            "this would overwrite the manifest",
        ),
        (
            &[
                "set",
                "--manifest",
                people,
                "--report",
                &path("new"),
                "--trace",
                &path("new"),
            ],
            "names the same file",
        ),
    ] {
        let mut command = headshot();
        run(command.args(arguments).args(base)).expect_message(2, message);
    }
    // A journal is opened before, and stays empty.
    let _ = fs::remove_file(path("people.csv.headshot-journal"));
    assert_eq!(everything(folder.path()), before);
    assert!(emulator.requests().is_empty());
}
