//! `login`, `logout` and `app-manifest`: from the question to the end of the tokens, and that nothing secret is shown.

use std::fs;
use std::net::{TcpListener, TcpStream};

use headshot_emulator::Emulator;

use crate::run::{headshot, run, state};
use crate::signing_in::{SigningIn, ask, field, grants, kept, login, sign_in, visit};

#[test]
fn whoever_has_signed_in_needs_no_variable() {
    let emulator = Emulator::start().unwrap();
    let base_url = emulator.base_url();
    let ran = sign_in(&base_url, "maya");
    assert!(
        ran.text()
            .contains("maya (U0MEMBER) in Headshot (T0HEADSHOT)"),
        "{ran:?}"
    );
    assert!(ran.text().contains("12 h, renewed as needed"), "{ran:?}");
    for arguments in [
        &["set", "testdata/still/large.jpg"][..],
        &["profile"],
        &["delete", "--json"],
    ] {
        let ran = run(headshot().args(arguments).args(["--base-url", &base_url])).expect(0);
        assert!(
            ran.stderr.contains("logged in as maya (U0MEMBER)"),
            "{ran:?}"
        );
    }
    // Tokens of one server never go to another.
    let other = Emulator::start().unwrap();
    run(headshot().args(["profile", "--base-url", &other.base_url()]))
        .expect_message(2, "there is no token");
    assert!(other.requests().is_empty());
    assert_eq!(grants(&emulator, "refresh_token").len(), 0);
}

#[test]
fn nothing_secret_is_in_output_pages_arguments_or_other_files() {
    let emulator = Emulator::start().unwrap();
    let base_url = emulator.base_url();
    let login = SigningIn::start(&mut login(&base_url));
    let back = login.consent("maya");
    let page = visit(&back);
    let ran = login.end().expect(0);
    let exchange = grants(&emulator, "authorization_code");
    let sent = |name: &str| exchange[0].field(name).unwrap().text().into_owned();
    let file = &kept()[0];
    let secrets = [
        sent("code"),
        sent("code_verifier"),
        field(file, "access_token"),
        field(file, "refresh_token"),
    ];
    let mut shown = vec![
        ran.text().to_owned(),
        ran.stderr,
        page.text,
        emulator.log().join("\n"),
    ];
    for arguments in [
        &["profile", "--json"][..],
        &["set", "testdata/still/large.jpg", "--json"],
        &["delete"],
        &["profile", "--login", "U0ADMIN"],
        &["backups"],
        &["logout"],
    ] {
        let mut command = headshot();
        command.args(arguments);
        if arguments != ["backups"] {
            command.args(["--base-url", &base_url]);
        }
        let ran = run(&mut command);
        shown.extend([ran.text().to_owned(), ran.stderr]);
    }
    let page = visit(&emulator.page_url());
    shown.push(page.text);
    for secret in &secrets {
        assert!(secret.len() > 40, "a real one");
        let hits: Vec<_> = shown.iter().filter(|text| text.contains(secret)).collect();
        assert!(hits.is_empty(), "{hits:?}");
        for request in emulator
            .requests()
            .iter()
            .filter(|one| one.method() != "oauth.v2.access")
        {
            assert!(!request.leaks(secret), "{request:?}");
        }
    }
    assert!(kept().is_empty(), "logged out");
    for entry in fs::read_dir(state()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read(&path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        assert!(
            secrets.iter().all(|secret| !text.contains(secret)),
            "{path:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn the_tokens_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let emulator = Emulator::start().unwrap();
    sign_in(&emulator.base_url(), "maya");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = &kept()[0];
    assert_eq!((mode(file), mode(file.parent().unwrap())), (0o600, 0o700));
    // It is never an output.
    let mut command = headshot();
    command
        .args(["normalize", "testdata/still/large.jpg", "-o"])
        .arg(file);
    run(&mut command).expect(2);
    field(file, "access_token");
}

#[test]
fn no_means_no_and_is_said_on_both_sides() {
    let emulator = Emulator::start().unwrap();
    let login = SigningIn::start(&mut login(&emulator.base_url()));
    let page = visit(&login.consent("cancel"));
    assert_eq!(page.status, 400);
    assert!(
        page.text
            .contains("the consent page says no: access_denied"),
        "{page:?}"
    );
    let ran = login
        .end()
        .expect_message(1, "the consent page says no: access_denied");
    assert!(ran.stderr.contains("hint: nothing was changed"), "{ran:?}");
    assert!(kept().is_empty());
}

#[test]
fn only_an_answer_ends_the_waiting_and_there_is_one() {
    let emulator = Emulator::start().unwrap();
    let login = SigningIn::start(&mut login(&emulator.base_url()));
    let port = login.port();
    let here = format!("localhost:{port}");
    let back = login.consent("maya");
    let path = back.split_once(&here).unwrap().1;
    // A connection without a request, as browsers make them.
    let silent = TcpStream::connect(("127.0.0.1", port)).unwrap();
    assert_eq!(ask("GET", &here, &here, "/favicon.ico").status, 404);
    assert_eq!(ask("GET", &here, &here, "/callback").status, 400);
    assert_eq!(ask("POST", &here, &here, path).status, 405);
    assert_eq!(
        ask("GET", &here, &format!("evil.example:{port}"), path).status,
        403
    );
    let page = ask("GET", &here, &here, path);
    assert_eq!(page.status, 200, "{page:?}");
    assert!(
        page.text.contains("signed in as maya (U0MEMBER)"),
        "{page:?}"
    );
    login.end().expect(0);
    drop(silent);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn the_address_can_be_pasted() {
    let emulator = Emulator::start().unwrap();
    let mut login = SigningIn::start(&mut login(&emulator.base_url()));
    let back = login.consent("maya");
    login.paste("what do you want");
    login.paste("");
    login.paste(&format!("{}x", back));
    login.paste(&format!("  \"{back}\"  "));
    let ran = login.end().expect(0);
    assert!(
        ran.stderr.contains("that address holds no answer")
            && ran.stderr.contains("that address answers another login"),
        "{ran:?}"
    );
    assert_eq!(kept().len(), 1);
}

#[test]
fn nobody_answers() {
    let emulator = Emulator::start().unwrap();
    let ran = run(login(&emulator.base_url()).args(["--wait", "0s"]));
    let ran = ran.expect_message(1, "no answer came within 0 s");
    assert!(ran.stderr.contains("--wait TIME waits longer"), "{ran:?}");
    assert!(kept().is_empty());
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut command = headshot();
    command.args([
        "login",
        "--client-id",
        "11.22",
        "--no-open",
        "--port",
        &port,
    ]);
    let ran = run(&mut command).expect_message(2, "cannot listen on 127.0.0.1:");
    assert!(ran.stderr.contains("--port"), "{ran:?}");
}

#[test]
fn the_app_is_named_once() {
    let emulator = Emulator::start().unwrap();
    let base_url = emulator.base_url();
    let bare = || {
        let mut command = headshot();
        command.env_remove("HEADSHOT_CLIENT_ID");
        command.args([
            "login",
            "--port",
            "0",
            "--no-open",
            "--wait",
            "0s",
            "--base-url",
            &base_url,
        ]);
        command
    };
    let ran = run(&mut bare()).expect_message(2, "there is no client ID");
    assert!(ran.stderr.contains("app-manifest"), "{ran:?}");
    run(bare().env("HEADSHOT_CLIENT_ID", "xoxp-canary"))
        .expect_message(2, "does not hold a client ID");
    let ran = run(bare().env("HEADSHOT_CLIENT_ID", "33.44")).expect(1);
    assert!(ran.stderr.contains("client_id=33.44"), "{ran:?}");
    sign_in(&base_url, "maya");
    let ran = run(&mut bare()).expect(1);
    assert!(ran.stderr.contains("client_id=11.22"), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn a_browser_is_opened_with_the_address_and_nothing_secret() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let opened = folder.path().join("opened");
    let script = format!(
        "#!/bin/sh\necho \"$#$SLACK_TOKEN $1\" > {0}.new && mv {0}.new {0}\n",
        opened.display()
    );
    for name in ["xdg-open", "open"] {
        let program = folder.path().join(name);
        fs::write(&program, &script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!(
        "{}:{}",
        folder.path().display(),
        std::env::var("PATH").unwrap()
    );
    let emulator = Emulator::start().unwrap();
    let base_url = emulator.base_url();
    let mut command = headshot();
    command.env("PATH", path).env("SLACK_TOKEN", "xoxp-canary");
    command.args([
        "login",
        "--client-id",
        "11.22",
        "--port",
        "0",
        "--base-url",
        &base_url,
    ]);
    let login = SigningIn::start(&mut command);
    while !opened.exists() {
        std::thread::yield_now();
    }
    let text = fs::read_to_string(&opened).unwrap();
    assert_eq!(text.trim_end(), format!("1 {}", login.address));
    visit(&login.consent("maya"));
    login.end().expect(0);
    let verifier = grants(&emulator, "authorization_code")[0]
        .field("code_verifier")
        .unwrap()
        .clone();
    assert!(!text.contains(&*verifier.text()));
}

#[test]
fn of_several_logins_one_is_chosen_and_a_token_beats_them() {
    let emulator = Emulator::start().unwrap();
    let base_url = emulator.base_url();
    sign_in(&base_url, "maya");
    sign_in(&base_url, "adam");
    let profile = |more: &[&str], token: &str| {
        let mut command = headshot();
        command
            .args(["profile", "--base-url", &base_url])
            .args(more);
        run(command.env("SLACK_TOKEN", token))
    };
    let ran = profile(&[], "").expect_message(2, "2 logins are kept: ");
    for part in [
        "maya (U0MEMBER) in Headshot",
        "adam (U0ADMIN) in Headshot",
        "--login U0",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {ran:?}");
    }
    let adam = profile(&["--login", "U0ADMIN"], "xoxp-emulator").expect(0);
    assert!(adam.text().contains("Adam"), "{adam:?}");
    let exact = profile(&["--login", "T0HEADSHOT/U0MEMBER"], "").expect(0);
    assert!(exact.text().contains("Maya"), "{exact:?}");
    profile(&["--login", "U0OWNER"], "").expect_message(2, "U0OWNER is not logged in");
    profile(&["--login", "xoxp-1-canary"], "").expect(2);
    let token = profile(&[], "xoxp-emulator-owner").expect(0);
    assert!(token.text().contains("Olive"), "{token:?}");
    // The same ID in another workspace is another person.
    sign_in(&base_url, "maya&team=seven");
    let ran = profile(&["--login", "U0MEMBER"], "").expect_message(2, "2 logins are kept");
    assert!(ran.stderr.contains("/U0MEMBER"), "{ran:?}");
    run(headshot().args(["logout", "--login", "U0ADMIN", "--base-url", &base_url])).expect(0);
    assert_eq!(kept().len(), 2);
}

#[test]
fn a_variable_that_beats_the_login_is_said() {
    let emulator = Emulator::start().unwrap();
    sign_in(&emulator.base_url(), "maya");
    let mut command = headshot();
    command.args(["profile", "--base-url", &emulator.base_url()]);
    let ran = run(command.env("SLACK_TOKEN", "xoxp-emulator-owner")).expect(0);
    let said = "using SLACK_TOKEN, not the login of maya (U0MEMBER)";
    assert!(ran.stderr.contains(said), "{ran:?}");
}

#[test]
fn the_manifest_of_an_app_asks_for_the_least() {
    let manifest = |more: &[&str]| {
        let ran = run(headshot().arg("app-manifest").args(more)).expect(0);
        serde_json::from_str::<serde_json::Value>(ran.text()).unwrap()
    };
    let usual = manifest(&[]);
    assert_eq!(
        usual["oauth_config"],
        serde_json::json!({ "pkce_enabled": true, "redirect_urls": ["http://localhost:18457/callback"],
            "scopes": { "user": ["users.profile:read", "users.profile:write"] } })
    );
    assert_eq!(usual["settings"]["token_rotation_enabled"], true);
    let lasting = manifest(&["--no-rotation", "--port", "333"]);
    assert_eq!(lasting["settings"]["token_rotation_enabled"], false);
    let redirect = &lasting["oauth_config"]["redirect_urls"][0];
    assert_eq!(redirect, "http://localhost:333/callback");
}
