//! Through a proxy to an emulator behind TLS: every command works there, and tokens and passwords are nowhere, whatever goes wrong.
//!
//! Roots come from the system, and on Linux the environment can say where from.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use headshot_emulator::{Emulator, Settings};
use tempfile::TempDir;

use crate::run::{Ran, headshot, png, run, state};

/// In every token.
const CANARY: &str = "canary7391";
/// The proxy's password, and how it goes out.
const PASSWORD: &str = "canary-pass5";
const BASIC: &str = "YW5uOmNhbmFyeS1wYXNzNQ==";

/// An emulator behind its proxy, and a relay before that, which keeps all that is said to the proxy.
struct Network {
    folder: TempDir,
    emulator: Emulator,
    relay: String,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Network {
    fn new() -> Network {
        let settings = Settings {
            proxy: Some(0),
            rate: None,
            scim_delay: Duration::ZERO,
            ..Settings::default()
        };
        let emulator = Emulator::with(settings).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("root.pem"), emulator.root_certificate()).unwrap();
        png(folder.path(), "me.png", 512, 512);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let relay = listener.local_addr().unwrap().to_string();
        let heard: Arc<Mutex<Vec<u8>>> = Arc::default();
        let (kept, proxy) = (Arc::clone(&heard), emulator.proxy_url().unwrap());
        // It ends with the test's process.
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let far = TcpStream::connect(proxy.trim_start_matches("http://")).unwrap();
                let (near_out, far_in) = (near.try_clone().unwrap(), far.try_clone().unwrap());
                let kept = Arc::clone(&kept);
                thread::spawn(move || {
                    pass_on(near, far, |bytes| {
                        kept.lock().unwrap().extend_from_slice(bytes)
                    })
                });
                thread::spawn(move || pass_on(far_in, near_out, |_| {}));
            }
        });
        Network {
            folder,
            emulator,
            relay,
            heard,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// With as much said as can be had.
    fn command(&self, token: &str) -> Command {
        let mut command = headshot();
        command
            .env("SLACK_TOKEN", token)
            .env("SSL_CERT_FILE", self.path("root.pem"))
            .env_remove("SSL_CERT_DIR")
            .env(
                "HTTPS_PROXY",
                format!("http://ann:{PASSWORD}@{}", self.relay),
            )
            .env("RUST_BACKTRACE", "full")
            .env("RUST_LOG", "trace");
        command
    }

    fn call(&self, token: &str, arguments: &[&str]) -> Ran {
        let mut command = self.command(token);
        run(command
            .args(arguments)
            .args(["--base-url", &self.emulator.base_url()]))
    }

    /// What the proxy was told, before TLS and in it.
    fn heard(&self) -> String {
        String::from_utf8_lossy(&self.heard.lock().unwrap()).into_owned()
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, keep: impl Fn(&[u8])) {
    let mut buffer = [0; 16_384];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        keep(&buffer[..count]);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// Every file below a folder, its name with it.
fn everything(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        text += &format!("{path:?}\n");
        if path.is_dir() {
            text += &everything(&path);
        } else {
            text += &String::from_utf8_lossy(&fs::read(&path).unwrap());
        }
    }
    text
}

#[track_caller]
fn has_no_secret(text: &str, what: &str) {
    for secret in [CANARY, PASSWORD, BASIC] {
        assert!(!text.contains(secret), "{secret} is in {what}: {text}");
    }
}

#[test]
fn every_command_works_through_a_proxy_which_is_told_once() {
    let network = Network::new();
    let token = format!("xoxp-emulator--{CANARY}");
    let photo = network.path("me.png");
    let photo = photo.to_str().unwrap();
    let told = format!("headshot: goes through the proxy {}\n", network.relay);
    for arguments in [
        &["set", photo][..],
        // The photo from before is fetched, by the proxy too, and kept.
        &["set", photo, "--as-is"],
        &["profile", "--json"],
        &["profile", "set", "title=Barista"],
        &["audit", "--all"],
        &["delete"],
        &["set", "--restore"],
    ] {
        let ran = network.call(&token, arguments).expect(0);
        assert_eq!(
            ran.stderr.matches(&told).count(),
            1,
            "{arguments:?} {ran:?}"
        );
    }
    // The flag counts, not the environment.
    let mut command = network.command(&token);
    command
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .env("https_proxy", "socks5://127.0.0.1:1");
    command.args(["profile", "--base-url", &network.emulator.base_url()]);
    let ran = run(command.args(["--proxy", &network.relay])).expect(0);
    assert_eq!(ran.stderr, told);
    // Loopback needs none.
    let page = format!("{}api/", network.emulator.page_url());
    let mut command = network.command(&token);
    let ran = run(command.args(["profile", "--base-url", &page])).expect(0);
    assert_eq!(ran.stderr, "");
    let log = network.emulator.log().join("\n");
    assert!(log.contains("proxy: CONNECT slack.test:443: 200"), "{log}");
    assert!(log.contains("proxy: CONNECT slack.test:443, with a user name and password: 200"));
    has_no_secret(&log, "the proxy's log");
}

#[test]
fn what_is_wrong_with_a_proxy_is_said_without_its_password() {
    let network = Network::new();
    let token = format!("xoxp-emulator--{CANARY}");
    let profile = |proxy: &str, base_url: &str| {
        let mut command = network.command(&token);
        let proxy = format!("http://ann:{PASSWORD}@{proxy}");
        let ran = run(command
            .env("https_proxy", proxy)
            .args(["profile", "--base-url", base_url]));
        has_no_secret(&ran.stderr, "standard error");
        ran
    };
    let base_url = network.emulator.base_url();
    for (status, words) in [
        (
            407,
            "does not take the user name and password that it was given (407)",
        ),
        (
            403,
            "does not let anybody through to fault-403.slack.test (403)",
        ),
        (502, "cannot reach fault-502.slack.test (502)"),
    ] {
        let base_url = format!("https://fault-{status}.slack.test/api/");
        let said = format!("users.profile.get: the proxy {} {words}", network.relay);
        profile(&network.relay, &base_url).expect_message(1, &said);
    }
    profile("127.0.0.1:1", &base_url)
        .expect_message(1, "the proxy 127.0.0.1:1 refused the connection");
    let nowhere = "x".repeat(64);
    profile(&nowhere, &base_url).expect_message(1, &format!("cannot find the proxy {nowhere}:80"));
    profile("a/b", &base_url).expect_message(
        2,
        "HTTPS_PROXY: the proxy has something behind its host and port",
    );
    let mut command = network.command(&token);
    let socks = format!("socks5://ann:{PASSWORD}@127.0.0.1:1");
    let ran = run(command.args(["delete", "--proxy", &socks, "--base-url", &base_url]));
    has_no_secret(&ran.stderr, "standard error");
    ran.expect_message(2, "--proxy: the proxy is one of SOCKS");
    // Another root than the emulator's.
    let mut command = network.command(&token);
    let stranger = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../upload/tests/it/tls/stranger.pem"
    );
    command.env("SSL_CERT_FILE", stranger);
    let ran = run(command.args(["profile", "--base-url", &base_url]));
    let ran = ran.expect_message(1, "the server's certificate is not accepted");
    assert!(
        ran.stderr.contains("name its PEM file in SSL_CERT_FILE"),
        "{ran:?}"
    );
}

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
        // Four at a time: what is tried is secrets, not how much the machine can do at once.
        for part in 0..4 {
            scope.spawn(move || {
                for (index, fault) in FAULTS.iter().enumerate().skip(part).step_by(4) {
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
            "is no trace: only a trace is replaced",
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
