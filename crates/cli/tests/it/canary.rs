//! Tokens and passwords are nowhere, whatever goes wrong: every command with canaries in their place, through a proxy and faults, and
//! all that is left of it looked through.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use crate::network::{BASIC, CANARY, Network, everything, has_no_secret};
use crate::run::{headshot, png, run, state};

/// The ways in which calls go wrong that take no more than seconds.
const FAULTS: [&str; 27] = [
    "error-brand_new",
    "error-missing_scope",
    "error-internal_error-applied",
    "control",
    "html-400",
    "html-503",
    "redirect-302",
    "status-204",
    "408",
    "429-json-901",
    "429-text-x1",
    "empty-200",
    "html-200",
    "array-200-everywhere",
    "object-200",
    "nested",
    "gigantic",
    "cut-head",
    "cut-everywhere",
    "close-after",
    "reset-before",
    "reset-after-everywhere",
    "refuse",
    "early-413",
    "early-bad_image",
    "gzip",
    "warnings",
];

/// A run of every command that takes a token, and all that is left of it.
fn run_all(network: &Network, name: &str, kind: &str, scim: &str, json: &[&str]) -> Vec<i32> {
    let folder = network.path(name);
    fs::create_dir(&folder).unwrap();
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let photo = png(&folder, "me.png", 512, 511);
    let photo = photo.to_str().unwrap();
    let token = format!("xoxp-{kind}--{CANARY}");
    fs::write(file("people.csv"), "photo,token_env\nme.png,SLACK_TOKEN\n").unwrap();
    fs::write(file("company.csv"), "photo,user_id\nme.png,U0MEMBER\n").unwrap();
    // Outside, because all in the folder is looked at.
    let secret = tempfile::tempdir().unwrap();
    let admin = secret.path().join("admin");
    fs::write(&admin, format!("xoxp-{scim}--{CANARY}")).unwrap();
    let (mut left, mut statuses) = (String::new(), Vec::new());
    for (index, arguments) in [
        &["set", photo, "--as-is", "--settle", "0s"][..],
        &["profile"],
        &["profile", "set", "title=Barista"],
        &["audit", "--all"],
        &["delete"],
        &[
            "set",
            "--manifest",
            &file("people.csv"),
            "--settle",
            "0s",
            "--report",
            &file("a.jsonl"),
        ],
        &["set", "--manifest", &file("people.csv"), "--check"],
        &[
            "set",
            "--manifest",
            &file("company.csv"),
            "--via",
            "scim",
            "--scim-base-url",
            &network.emulator.scim_base_url(),
            "--token-file",
            admin.to_str().unwrap(),
            "--settle",
            "3s",
            "--report",
            &file("b.csv"),
            "--sheet",
            &file("b.html"),
        ],
    ]
    .iter()
    .enumerate()
    {
        let trace = file(&format!("{index}.trace"));
        let more = [arguments, json, &["--trace", &trace]].concat();
        let ran = network.call(&token, &more);
        statuses.push(ran.status);
        let traced = fs::read_to_string(&trace).unwrap();
        assert!(traced.contains("\"event\":\"sent\""), "{more:?} {traced}");
        left += &format!(
            "{:?} {} {}",
            String::from_utf8_lossy(&ran.stdout),
            ran.stderr,
            traced
        );
    }
    left += &everything(&folder);
    left += &everything(&state());
    has_no_secret(&left, name);
    statuses
}

#[test]
fn tokens_and_passwords_are_nowhere_whatever_goes_wrong() {
    let network = Network::new();
    thread::scope(|scope| {
        let network = &network;
        // One after the other: they set the same person's photo.
        for (name, json) in [("good", &[][..]), ("json", &["--json"])] {
            let statuses = run_all(network, name, "emulator", "emulator-scim", json);
            assert_eq!(statuses, [0; 8], "{name}");
        }
        // The canary is there: Slack got it.
        let good = format!("xoxp-emulator--{CANARY}");
        let requests = network.emulator.requests();
        assert!(requests.iter().any(|request| request.bears(&good)));
        scope.spawn(move || {
            let statuses = run_all(
                network,
                "none",
                "emulator-noscopes",
                "emulator-scimless",
                &[],
            );
            assert!(!statuses.contains(&0), "{statuses:?}");
        });
        // Nine at a time: most of it is waiting.
        for part in 0..9 {
            scope.spawn(move || {
                for (index, fault) in FAULTS.iter().enumerate().skip(part).step_by(9) {
                    let json: &[&str] = if index % 2 == 0 { &[] } else { &["--json"] };
                    let kind = format!("fault-{fault}");
                    run_all(network, fault, &kind, &format!("{kind}-scim"), json);
                }
            });
        }
    });
    // And nobody on the way did.
    let requests = network.emulator.requests();
    assert!(requests.iter().all(|request| !request.leaks(CANARY)));
    let heard = network.heard();
    assert!(heard.matches("CONNECT slack.test:443 ").count() > 100);
    assert!(heard.contains(&format!("Basic {BASIC}")));
    let others = heard.replace(BASIC, "");
    has_no_secret(&others, "what the proxy has seen");
    assert!(!others.contains("xoxp-") && !others.contains("Bearer"));
    has_no_secret(&network.emulator.log().join("\n"), "the proxy's log");
}

/// A server that puts the token into everything that it says: status line, headers, Slack's name for the request, body.
#[test]
fn a_server_that_repeats_the_token_is_not_repeated_in_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let token = format!("xoxp-{CANARY}");
    let body =
        format!(r#"{{"ok":false,"error":"{token}","needed":"{token}","warning":"{token}"}}"#);
    for (status, body) in [
        ("200 OK", body.clone()),
        ("200 OK", format!("<html>{token}")),
        ("400 No", body),
        ("500 No", format!("sorry, {token}")),
        ("429 No", String::new()),
    ] {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/api/", server.local_addr().unwrap());
        let reply = format!(
            "HTTP/1.1 {status} {token}\r\nx-slack-req-id: {token}\r\nx-oauth-scopes: {token}\r\nlocation: /{token}\r\n\
             retry-after: 9999\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        // It ends with the test's process.
        thread::spawn(move || {
            for mut stream in server.incoming().flatten() {
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(reply.as_bytes());
            }
        });
        let trace = folder.path().join("trace");
        for command in [
            &["profile", "--json"][..],
            &["delete", "--no-backup"],
            &["audit"],
        ] {
            let mut ran = headshot();
            ran.env("SLACK_TOKEN", &token).args(command);
            ran.args(["--base-url", &address, "--trace"]).arg(&trace);
            let ran = run(ran.env("RUST_LOG", "trace")).expect(1);
            let traced = fs::read_to_string(&trace).unwrap();
            assert!(traced.contains("\"request_id\":\"[token]\""), "{traced}");
            assert!(ran.stderr.contains("request: [token]"), "{ran:?}");
            has_no_secret(&format!("{ran:?} {} {traced}", ran.text()), "a run");
        }
    }
}
