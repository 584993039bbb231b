//! Signing in: the consent page, codes with PKCE, refresh tokens that are good once, tokens that end and are revoked.

use std::time::Duration;

use headshot_emulator::{Emulator, Settings};

use crate::client::{Reply, call, get, send};

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const SCOPES: &str = "users.profile:read,users.profile:write";
const REDIRECT: &str = "http://localhost:333/callback";
/// The same in an address.
const ESCAPED: &str = "http%3A%2F%2Flocalhost%3A333%2Fcallback";

fn consent(emulator: &Emulator, more: &str) -> String {
    format!(
        "{}oauth/v2/authorize?client_id=11.22&scope=&user_scope={SCOPES}&state=s33&redirect_uri={ESCAPED}\
         &code_challenge={CHALLENGE}&code_challenge_method=S256{more}",
        emulator.page_url()
    )
}

/// Where a consent leads, by names and values.
fn led_to(reply: &Reply) -> Vec<(String, String)> {
    assert_eq!(reply.status, 302, "{reply:?}");
    let location = reply.header("location").expect("a location");
    let query = location
        .strip_prefix(&format!("{REDIRECT}?"))
        .expect("the redirect address");
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn code(emulator: &Emulator, more: &str) -> String {
    let mut led = led_to(&get(&consent(emulator, more)));
    assert_eq!(led[1], ("state".to_owned(), "s33".to_owned()));
    assert_eq!(led[0].0, "code");
    led.swap_remove(0).1
}

fn post(emulator: &Emulator, method: &str, body: &str) -> Reply {
    let url = format!("{}{method}", emulator.base_url());
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    send("POST", &url, &[kind], body.as_bytes())
}

fn exchange(emulator: &Emulator, method: &str, code: &str) -> Reply {
    let body = format!(
        "grant_type=authorization_code&client_id=11.22&redirect_uri={ESCAPED}&code={code}&code_verifier={VERIFIER}"
    );
    post(emulator, method, &body)
}

fn refresh(emulator: &Emulator, token: &str) -> Reply {
    let body = format!("grant_type=refresh_token&client_id=11.22&refresh_token={token}");
    post(emulator, "oauth.v2.access", &body)
}

#[test]
fn a_code_becomes_tokens_of_whoever_has_agreed_in_both_shapes() {
    let emulator = Emulator::start().expect("starts");
    for method in ["oauth.v2.access", "oauth.v2.user.access"] {
        let code = code(&emulator, "&auto=adam&team=seven");
        let json = exchange(&emulator, method, &code).json();
        let user = match method {
            "oauth.v2.access" => &json["authed_user"],
            _ => &json,
        };
        assert_eq!(user["id"], "U0ADMIN", "{json}");
        assert_eq!(
            (&user["scope"], &user["token_type"]),
            (&SCOPES.into(), &"user".into())
        );
        assert_eq!(user["expires_in"], 43_200);
        assert_eq!(json["team"]["id"], "T03BA8D02B");
        let token = user["access_token"].as_str().expect("a token");
        let next = user["refresh_token"].as_str().expect("a token");
        assert!(token.starts_with("xoxe.xoxp-") && next.starts_with("xoxe-"));
        let test = call(&emulator.base_url(), "auth.test", token, "");
        assert_eq!(test.json()["user_id"], "U0ADMIN");
        assert_eq!(test.header("x-oauth-scopes"), Some(SCOPES));
        assert!((43_100..=43_200).contains(&test.json()["expires_in"].as_u64().expect("seconds")));
        assert_eq!(
            call(&emulator.base_url(), "users.list", token, "").outcome(),
            "missing_scope"
        );
        let again = exchange(&emulator, method, &code);
        assert_eq!(again.outcome(), "invalid_code", "a code is good once");
    }
    let log = emulator.log().join("\n");
    assert!(
        log.contains("U0ADMIN allows it") && !log.contains("xoxe"),
        "{log}"
    );
}

#[test]
fn what_does_not_belong_to_a_code_is_refused() {
    let emulator = Emulator::start().expect("starts");
    let fields = |code: &str| {
        [
            ("grant_type", "authorization_code".to_owned()),
            ("client_id", "11.22".to_owned()),
            ("redirect_uri", ESCAPED.to_owned()),
            ("code", code.to_owned()),
            ("code_verifier", VERIFIER.to_owned()),
        ]
    };
    for (name, value, expected) in [
        ("code_verifier", CHALLENGE, "invalid_code"),
        ("code_verifier", "", "invalid_code"),
        (
            "redirect_uri",
            "http%3A%2F%2Flocalhost%3A334%2Fcallback",
            "bad_redirect_uri",
        ),
        ("client_id", "11.23", "invalid_code"),
        ("client_id", "app", "invalid_client_id"),
        ("grant_type", "password", "invalid_grant_type"),
        ("client_secret", "s", "bad_client_secret"),
        ("verifier", "v", "invalid_arguments"),
    ] {
        let code = code(&emulator, "&auto=maya");
        let mut fields = fields(&code).to_vec();
        fields.retain(|(field, _)| *field != name);
        fields.push((name, value.to_owned()));
        let body: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let reply = post(&emulator, "oauth.v2.access", &body.join("&"));
        assert_eq!(reply.outcome(), expected, "{name}={value}");
    }
    let code = code(&emulator, "&auto=maya");
    let query = format!("{}oauth.v2.access?code={code}", emulator.base_url());
    assert_eq!(get(&query).outcome(), "invalid_post_type");
    let bearer = call(&emulator.base_url(), "oauth.v2.access", "xoxp-emulator", "");
    assert_ne!(bearer.outcome(), "ok");
}

#[test]
fn a_refresh_token_is_good_once_and_the_old_access_token_till_its_end() {
    let emulator = Emulator::start().expect("starts");
    let first = exchange(&emulator, "oauth.v2.access", &code(&emulator, "&auto=maya")).json();
    let first = &first["authed_user"];
    let text = |json: &serde_json::Value, name: &str| json[name].as_str().expect("text").to_owned();
    let second = refresh(&emulator, &text(first, "refresh_token")).json();
    assert_eq!(
        (
            &second["token_type"],
            &second["user_id"],
            &second["expires_in"]
        ),
        (&"user".into(), &"U0MEMBER".into(), &43_200.into())
    );
    let used = refresh(&emulator, &text(first, "refresh_token"));
    assert_eq!(used.outcome(), "invalid_refresh_token");
    let other_app = format!(
        "grant_type=refresh_token&client_id=11.23&refresh_token={}",
        text(&second, "refresh_token")
    );
    let other_app = post(&emulator, "oauth.v2.access", &other_app);
    assert_eq!(other_app.outcome(), "invalid_refresh_token");
    let test = |json| {
        call(
            &emulator.base_url(),
            "auth.test",
            &text(json, "access_token"),
            "",
        )
    };
    assert_eq!(
        [test(first).outcome(), test(&second).outcome()],
        ["ok", "ok"]
    );

    let revoke = |arguments: &str| {
        let token = text(&second, "access_token");
        call(&emulator.base_url(), "auth.revoke", &token, arguments)
    };
    assert_eq!(revoke("test=1").json()["revoked"], false);
    assert_eq!(revoke("").json()["revoked"], true);
    assert_eq!(revoke("").outcome(), "token_revoked");
    assert_eq!(
        test(first).outcome(),
        "token_revoked",
        "one revokes all of the login"
    );
    let next = refresh(&emulator, &text(&second, "refresh_token"));
    assert_eq!(next.outcome(), "invalid_refresh_token");
}

#[test]
fn tokens_end_when_they_say_earlier_or_never() {
    let with = |token_life| {
        let settings = Settings {
            token_life,
            ..Settings::default()
        };
        let emulator = Emulator::with(settings).expect("starts");
        let json = exchange(&emulator, "oauth.v2.access", &code(&emulator, "&auto=maya")).json();
        (emulator, json["authed_user"].clone())
    };
    let outcome = |emulator: &Emulator, user: &serde_json::Value| {
        let token = user["access_token"].as_str().expect("a token");
        call(&emulator.base_url(), "auth.test", token, "").outcome()
    };
    let (emulator, user) = with(Some(Duration::ZERO));
    assert_eq!(outcome(&emulator, &user), "token_expired");
    let (emulator, user) = with(Some(Duration::from_secs(777)));
    assert_eq!(user["expires_in"], 777);
    assert_eq!(outcome(&emulator, &user), "ok");
    emulator.expire_tokens();
    assert_eq!(outcome(&emulator, &user), "token_expired");
    let (emulator, user) = with(None);
    assert!(user.get("expires_in").is_none() && user.get("refresh_token").is_none());
    assert!(
        user["access_token"]
            .as_str()
            .expect("text")
            .starts_with("xoxp-")
    );
    emulator.expire_tokens();
    assert_eq!(outcome(&emulator, &user), "ok");
}

#[test]
fn the_page_asks_and_both_buttons_answer() {
    let emulator = Emulator::start().expect("starts");
    let page = get(&consent(&emulator, ""));
    assert_eq!(page.status, 200);
    let html = String::from_utf8(page.body.clone()).expect("text");
    for part in [
        "11.22",
        "users.profile:write",
        "Allow",
        "Cancel",
        "Maya Moreau",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(
        !html.contains("Greta") && !html.contains("Robot"),
        "who cannot sign in is not asked"
    );
    let fields = |answer: &str| {
        format!(
            "client_id=11.22&user_scope={SCOPES}&state=s33&redirect_uri={ESCAPED}&code_challenge={CHALLENGE}\
             &code_challenge_method=S256&team=&user=U0OWNER&answer={answer}"
        )
    };
    let press = |answer: &str| {
        let url = format!("{}oauth/v2/authorize", emulator.page_url());
        let kind = ("Content-Type", "application/x-www-form-urlencoded");
        send("POST", &url, &[kind], fields(answer).as_bytes())
    };
    let allowed = led_to(&press("allow"));
    let json = exchange(&emulator, "oauth.v2.access", &allowed[0].1).json();
    assert_eq!(json["authed_user"]["id"], "U0OWNER");
    let denied = [("error", "access_denied"), ("state", "s33")];
    let denied = denied.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(led_to(&press("cancel")), denied);
    assert_eq!(led_to(&get(&consent(&emulator, "&auto=cancel"))), denied);
}

#[test]
fn a_question_that_is_wrong_leads_nowhere() {
    let emulator = Emulator::start().expect("starts");
    let good = consent(&emulator, "&auto=maya");
    assert_eq!(get(&good).status, 302);
    for (from, to, code) in [
        ("client_id=11.22", "client_id=app", "invalid_client_id"),
        (ESCAPED, "http%3A%2F%2Fexample.com%2F", "bad_redirect_uri"),
        ("scope=&user", "scope=chat%3Awrite&user", "invalid_scope"),
        (
            "users.profile:read",
            "users.profile:delete",
            "invalid_scope",
        ),
        (SCOPES, "", "no_user_scopes"),
        ("state=s33", "state=", "state"),
        ("=S256", "=plain", "S256"),
        (CHALLENGE, VERIFIER.split_at(40).0, "code_challenge"),
        ("auto=maya", "auto=greta", "user_not_found"),
    ] {
        let reply = get(&good.replace(from, to));
        assert_eq!(
            (reply.status, reply.header("location")),
            (400, None),
            "{to}"
        );
        let html = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(html.contains(code), "{code}: {html}");
    }
}
