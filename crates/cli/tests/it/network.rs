//! Through a proxy to an emulator behind TLS: every command works there, and what is wrong with a proxy is said.
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

use crate::run::{Ran, headshot, png, run};
use crate::signing_in::{SigningIn, login, visit};

/// In every token.
pub(crate) const CANARY: &str = "canary7391";
/// The proxy's password, and how it goes out.
const PASSWORD: &str = "canary-pass5";
pub(crate) const BASIC: &str = "YW5uOmNhbmFyeS1wYXNzNQ==";

/// An emulator behind its proxy, and a relay before that, which keeps all that is said to the proxy.
pub(crate) struct Network {
    folder: TempDir,
    pub(crate) emulator: Emulator,
    relay: String,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Network {
    pub(crate) fn new() -> Network {
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

    pub(crate) fn path(&self, name: &str) -> PathBuf {
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

    pub(crate) fn call(&self, token: &str, arguments: &[&str]) -> Ran {
        let mut command = self.command(token);
        run(command
            .args(arguments)
            .args(["--base-url", &self.emulator.base_url()]))
    }

    /// What the proxy was told, before TLS and in it.
    pub(crate) fn heard(&self) -> String {
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
pub(crate) fn everything(folder: &Path) -> String {
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
pub(crate) fn has_no_secret(text: &str, what: &str) {
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
    let told = format!("headshot: using the proxy {}\n", network.relay);
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
fn signing_in_goes_through_the_proxy_too() {
    let network = Network::new();
    let base_url = network.emulator.base_url();
    let prepare = |command: &mut Command| {
        let proxy = format!("http://ann:{PASSWORD}@{}", network.relay);
        command
            .env("SSL_CERT_FILE", network.path("root.pem"))
            .env("HTTPS_PROXY", proxy)
            .env_remove("SSL_CERT_DIR");
    };
    let mut command = login(&base_url);
    prepare(&mut command);
    let signing_in = SigningIn::start(&mut command);
    // The test's browser has no proxy; the consent page is on loopback as well.
    let page = network.emulator.page_url();
    let address = signing_in.address.replace("https://slack.test/", &page);
    assert_ne!(address, signing_in.address);
    let consent = visit(&format!("{address}&auto=maya"));
    assert_eq!(visit(&consent.location.unwrap()).status, 200);
    let told = format!("using the proxy {}", network.relay);
    let ran = signing_in.end().expect(0);
    assert!(ran.stderr.contains(&told), "{ran:?}");
    for arguments in [&["profile"][..], &["logout"]] {
        let mut command = headshot();
        prepare(&mut command);
        command
            .args(arguments)
            .args(["--base-url", &base_url])
            .env_remove("SLACK_TOKEN");
        let ran = run(&mut command).expect(0);
        assert!(ran.stderr.contains(&told), "{arguments:?} {ran:?}");
    }
    assert!(!network.heard().contains("xox"), "{}", network.heard());
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
        "HTTPS_PROXY: the proxy has something after its host and port",
    );
    let mut command = network.command(&token);
    let socks = format!("socks5://ann:{PASSWORD}@127.0.0.1:1");
    let ran = run(command.args(["delete", "--proxy", &socks, "--base-url", &base_url]));
    has_no_secret(&ran.stderr, "standard error");
    ran.expect_message(2, "--proxy: the proxy is a SOCKS");
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

#[test]
fn a_typo_in_the_name_of_the_roots_is_said() {
    let network = Network::new();
    let token = format!("xoxp-emulator--{CANARY}");
    // The system's own roots are there, and would hide it.
    let folder = network.path("");
    for (file, what) in [
        (network.path("nosuch.pem"), "nosuch.pem does not exist"),
        ("/dev/null".into(), "/dev/null holds no certificate in PEM"),
        (folder.clone(), " is a folder"),
        (network.path("me.png"), "me.png holds no certificate in PEM"),
        ("".into(), "it is empty"),
    ] {
        let mut command = network.command(&token);
        command
            .env("SSL_CERT_FILE", &file)
            .env("SSL_CERT_DIR", &folder);
        command.args(["profile", "--base-url", &network.emulator.base_url()]);
        let ran = run(&mut command).expect_message(2, "SSL_CERT_FILE cannot be used");
        assert!(ran.stderr.contains(what), "{what}: {ran:?}");
        assert!(ran.stderr.contains("hint: name a PEM file"), "{ran:?}");
    }
}

#[test]
fn a_host_that_no_proxy_leaves_out_is_said_to_be() {
    let network = Network::new();
    let token = format!("xoxp-emulator--{CANARY}");
    // A name that is nobody's (RFC 6761, section 6.4).
    let host = "nosuch.invalid";
    let mut command = network.command(&token);
    command.env("NO_PROXY", host).args(["profile", "--proxy"]);
    command.arg(&network.relay).arg("--base-url");
    let ran = run(command.arg(format!("https://{host}/api/")));
    let told = format!("cannot find {host}: no network, or it needs the proxy, but NO_PROXY");
    let ran = ran.expect_message(1, &told);
    assert!(ran.stderr.contains("hint: take the host out of NO_PROXY"));
}
