//! auth.test, and the headers that every reply carries.

use headshot_emulator::{Emulator, Settings};

use crate::client::{call, get, post_json, send};

#[test]
fn a_token_says_whose_it_is_and_what_it_may_do() {
    let emulator = Emulator::start().expect("starts");
    let base = emulator.base_url();
    let test = |token: &str| call(&base, "auth.test", token, "");
    let mine = test(emulator.token());
    let json = mine.json();
    assert_eq!(json["user_id"], "U0MEMBER");
    assert_eq!(json["team_id"], "T0HEADSHOT");
    assert_eq!(json["user"], "maya");
    assert_eq!(json["app_id"], "A0HEADSHOT");
    assert_eq!(json["url"], emulator.page_url());
    assert_eq!(json["is_enterprise_install"], false);
    assert!(json["enterprise_id"].is_null() && json.get("expires_in").is_none());
    let scopes = mine.header("x-oauth-scopes").expect("scopes");
    assert!(
        scopes
            .split(',')
            .any(|scope| scope == "users.profile:write")
    );
    let scopes = |token: &str| test(token).header("x-oauth-scopes").map(str::to_owned);
    let reading = "users.profile:read,users:read,users:read.email,channels:read";
    assert_eq!(scopes("xoxp-emulator-readonly").as_deref(), Some(reading));
    assert_eq!(scopes("xoxp-emulator-noscopes").as_deref(), Some(""));

    let user = |token: &str| test(token).json()["user_id"].clone();
    assert_eq!(user("xoxp-emulator-admin"), "U0ADMIN");
    assert_eq!(user("xoxp-emulator-7"), "U0EXTRA00007");
    assert_eq!(
        test("xoxp-emulator-21").outcome(),
        "invalid_auth",
        "there are 20"
    );
    assert_eq!(test("xoxb-emulator").json()["bot_id"], "B0ROBOT");
    let org = test("xoxp-emulator-org").json();
    assert_eq!(org["is_enterprise_install"], true);
    assert_eq!(org["enterprise_id"], "E0HEADSHOT");

    // A workspace of its own has an id of its own, today and tomorrow.
    let elsewhere = test("xoxp-emulator--seven").json();
    assert_eq!(
        (&elsewhere["team_id"], &elsewhere["user_id"]),
        (&"T03BA8D02B".into(), &"U0MEMBER".into())
    );
    let posted = post_json(&base, "auth.test", emulator.token(), &serde_json::json!({}));
    assert_eq!(posted.json()["user_id"], "U0MEMBER");
}

#[test]
fn bad_tokens_are_told_by_their_code() {
    let emulator = Emulator::start().expect("starts");
    let base = emulator.base_url();
    for (token, code) in [
        ("xoxp-emulator-inactive", "account_inactive"),
        ("xoxp-emulator-revoked", "token_revoked"),
        ("xoxp-emulator-expired", "token_expired"),
        ("xoxp-nobody", "invalid_auth"),
    ] {
        let reply = call(&base, "auth.test", token, "");
        assert_eq!(reply.outcome(), code);
        assert_eq!(reply.header("x-oauth-scopes"), None, "{token}");
    }
    let reply = send("GET", &format!("{base}auth.test"), &[], b"");
    assert_eq!(reply.outcome(), "not_authed");
}

#[test]
fn a_token_that_expires_says_when() {
    let emulator = Emulator::start().expect("starts");
    let remaining = |token: &str| {
        let reply = call(&emulator.base_url(), "auth.test", token, "").json();
        reply["expires_in"].as_u64().expect("seconds")
    };
    assert!((43_000..=43_200).contains(&remaining("xoxe.xoxp-emulator")));
    assert!(remaining("xoxe.xoxp-emulator-short") <= 60);
}

#[test]
fn every_reply_names_its_request() {
    let settings = Settings {
        rate: Some(1),
        ..Settings::default()
    };
    let emulator = Emulator::with(settings).expect("starts");
    let base = emulator.base_url();
    let mut replies = vec![
        get(&emulator.page_url()),
        get(&format!("{base}nothing")),
        call(&base, "users.setPhoto", emulator.token(), ""),
        call(&base, "users.setPhoto", emulator.token(), ""),
        call(&base, "users.list", "xoxp-fault-html-500", ""),
        call(&base, "users.list", "xoxp-fault-429-envoy", ""),
    ];
    assert_eq!(replies[3].status, 429);
    // Hundreds a minute: 30 where a Tier 2 method is called once.
    replies.extend((0..31).map(|_| call(&base, "auth.test", emulator.token(), "")));
    assert_eq!(replies.pop().expect("the 31st").status, 429);
    assert_eq!(replies.pop().expect("the 30th").status, 200);
    let mut ids: Vec<_> = replies
        .iter()
        .map(|reply| reply.header("x-slack-req-id").expect("an id"))
        .collect();
    assert!(ids.iter().all(|id| id.len() == 32));
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), replies.len());
}
