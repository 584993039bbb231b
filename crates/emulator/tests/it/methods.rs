//! The methods that go along with a photo, and each of their errors.

use headshot_emulator::{Emulator, Settings, TOKENS};
use serde_json::{Value, json};

use crate::client::{call, post_json, send};

fn start() -> Emulator {
    Emulator::with(Settings {
        rate: None,
        ..Settings::default()
    })
    .expect("starts")
}

#[test]
fn users_list_goes_through_everybody_page_by_page() {
    let emulator = Emulator::with(Settings {
        members: 17,
        rate: None,
        ..Settings::default()
    })
    .expect("starts");
    let list = |query: &str| call(&emulator.base_url(), "users.list", emulator.token(), query);
    let ids = |reply: &Value| -> Vec<String> {
        reply["members"]
            .as_array()
            .expect("members")
            .iter()
            .map(|m| m["id"].as_str().expect("an id").to_owned())
            .collect()
    };
    let all = list("").json();
    assert_eq!(
        (ids(&all).len(), &all["response_metadata"]["next_cursor"]),
        (6 + 17, &"".into())
    );
    assert!(!ids(&all).contains(&"U0STRANGER".to_owned()));
    let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = list(&format!("limit=7&cursor={}", cursor.replace('=', "%3D"))).json();
        seen.extend(ids(&page));
        pages += 1;
        cursor = page["response_metadata"]["next_cursor"]
            .as_str()
            .expect("a cursor")
            .to_owned();
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!((pages, &seen), (4, &ids(&all)));
    assert_eq!(
        all["members"][2]["profile"]["email"],
        "maya.moreau@example.com"
    );
    assert_eq!(all["members"][5]["deleted"], true);
    assert_eq!(
        list("include_locale=true").json()["members"][0]["locale"],
        "en-IE"
    );
    assert_eq!(list("cursor=bm8=").outcome(), "invalid_cursor");
    assert_eq!(list("limit=seven").outcome(), "invalid_arguments");
    assert_eq!(list("team_id=T0OTHER").outcome(), "team_access_not_granted");
    assert_eq!(list("team_id=T0HEADSHOT").outcome(), "ok");
    assert_eq!(
        call(&emulator.base_url(), "users.list", "xoxp-emulator-org", "").outcome(),
        "missing_argument"
    );
    assert_eq!(
        call(
            &emulator.base_url(),
            "users.list",
            "xoxp-emulator-org",
            "team_id=T0HEADSHOT"
        )
        .outcome(),
        "ok"
    );
}

#[test]
fn a_large_workspace_wants_a_limit() {
    let emulator = Emulator::with(Settings {
        members: 995,
        ..Settings::default()
    })
    .expect("starts");
    assert_eq!(
        call(&emulator.base_url(), "users.list", emulator.token(), "").outcome(),
        "limit_required"
    );
    assert_eq!(
        call(
            &emulator.base_url(),
            "users.list",
            emulator.token(),
            "limit=1000"
        )
        .outcome(),
        "ok"
    );
}

#[test]
fn users_info_and_lookup_by_email_find_one() {
    let emulator = start();
    let base = emulator.base_url();
    let info = |query: &str| call(&base, "users.info", emulator.token(), query);
    let user = info("user=U0ADMIN&include_locale=true").json()["user"].clone();
    assert_eq!(
        (&user["real_name"], &user["is_admin"], &user["is_owner"]),
        (&"Adam Adeyemi".into(), &true.into(), &false.into())
    );
    assert_eq!(user["locale"], "en-IE");
    assert_eq!(info("user=U0NOBODY").outcome(), "user_not_found");
    assert_eq!(info("user=U0STRANGER").outcome(), "user_not_visible");
    assert_eq!(info("user=U0ADMIN,U0OWNER").outcome(), "too_many_users");
    assert_eq!(
        info("user=U0ADMIN&include_locale=maybe").outcome(),
        "invalid_arguments"
    );

    let lookup = |query: &str| call(&base, "users.lookupByEmail", emulator.token(), query);
    assert_eq!(
        lookup("email=olive.owens@example.com").json()["user"]["id"],
        "U0OWNER"
    );
    assert_eq!(
        lookup("email=nobody@example.com").outcome(),
        "users_not_found"
    );
    assert_eq!(lookup("").outcome(), "invalid_arguments");
    assert_eq!(
        call(
            &base,
            "users.lookupByEmail",
            "xoxp-emulator-writeonly",
            "email=a@b.c"
        )
        .outcome(),
        "missing_scope"
    );
}

#[test]
fn identity_presence_and_set_active() {
    let emulator = start();
    let base = emulator.base_url();
    let me = call(&base, "users.identity", "xoxp-emulator-identity", "").json();
    assert_eq!(me["user"]["id"], "U0MEMBER");
    assert_eq!(me["team"]["id"], "T0HEADSHOT");
    assert!(me["user"]["image_512"].is_string());
    // Its scopes exclude all others, so a token that sets photos can never call it.
    let refused = call(&base, "users.identity", emulator.token(), "").json();
    assert_eq!(
        (&refused["error"], &refused["needed"]),
        (&"missing_scope".into(), &"identity.basic".into())
    );
    let token = "xoxp-emulator-identity";
    assert_eq!(
        call(&base, "users.profile.get", token, "").outcome(),
        "missing_scope"
    );
    assert_eq!(
        call(&base, "users.identity", "xoxp-emulator-unverified", "").outcome(),
        "email_not_verified"
    );
    assert_eq!(
        call(&base, "users.identity", "xoxp-emulator-stranger", "").outcome(),
        "invalid_user_id"
    );
    assert_eq!(
        call(&base, "users.identity", "xoxb-emulator", "").outcome(),
        "not_allowed_token_type"
    );

    let presence = |token: &str, query: &str| {
        call(&base, "users.getPresence", token, query).json()["presence"].clone()
    };
    assert_eq!(presence(emulator.token(), ""), "active");
    assert_eq!(
        post_json(
            &base,
            "users.setPresence",
            emulator.token(),
            &json!({ "presence": "away" })
        )
        .outcome(),
        "ok"
    );
    assert_eq!(presence(emulator.token(), ""), "away");
    assert_eq!(presence("xoxp-emulator-admin", "user=U0MEMBER"), "away");
    assert_eq!(presence("xoxp-emulator-admin", ""), "active");
    assert_eq!(
        call(
            &base,
            "users.setPresence",
            emulator.token(),
            "presence=auto"
        )
        .outcome(),
        "ok"
    );
    assert_eq!(presence(emulator.token(), ""), "active");
    assert_eq!(
        call(
            &base,
            "users.setPresence",
            emulator.token(),
            "presence=busy"
        )
        .outcome(),
        "invalid_presence"
    );
    assert_eq!(
        call(&base, "users.setPresence", emulator.token(), "").outcome(),
        "invalid_presence"
    );
    assert_eq!(
        call(&base, "users.setActive", emulator.token(), "").outcome(),
        "ok"
    );
}

#[test]
fn conversations_by_type_member_and_page() {
    let emulator = start();
    let list =
        |token: &str, query: &str| call(&emulator.base_url(), "users.conversations", token, query);
    let ids = |query: &str| -> Vec<String> {
        let reply = list(emulator.token(), query).json();
        reply["channels"]
            .as_array()
            .unwrap_or_else(|| panic!("{reply}"))
            .iter()
            .map(|c| c["id"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(ids(""), ["C0GENERAL", "C0RANDOM", "C0OLD"]);
    assert_eq!(ids("exclude_archived=true"), ["C0GENERAL", "C0RANDOM"]);
    assert_eq!(ids("exclude_muted=true"), ["C0GENERAL", "C0OLD"]);
    assert_eq!(
        ids("exclude_muted=true&user=U0ADMIN"),
        ["C0GENERAL", "C0RANDOM"]
    );
    assert_eq!(
        ids("types=im,mpim,private_channel"),
        ["G0SECRET", "G0GROUP", "D0ADMIN"]
    );
    assert_eq!(
        ids("types=public_channel,private_channel&user=U0OWNER"),
        ["C0GENERAL", "C0OLD", "G0SECRET"]
    );
    let first = list(emulator.token(), "limit=2").json();
    let cursor = first["response_metadata"]["next_cursor"]
        .as_str()
        .expect("a cursor")
        .replace('=', "%3D");
    assert_eq!(ids(&format!("limit=2&cursor={cursor}")), ["C0OLD"]);
    let refused = |token: &str, query: &str| list(token, query).outcome();
    assert_eq!(refused(emulator.token(), "limit=1000"), "invalid_limit");
    assert_eq!(refused(emulator.token(), "limit=-1"), "invalid_limit");
    assert_eq!(refused(emulator.token(), "cursor=x"), "invalid_cursor");
    assert_eq!(refused(emulator.token(), "types=forum"), "invalid_types");
    assert_eq!(
        refused(emulator.token(), "types=app_home"),
        "method_not_supported_for_channel_type"
    );
    assert_eq!(refused(emulator.token(), "user=U0NOBODY"), "user_not_found");
    assert_eq!(refused("xoxp-emulator-org", ""), "missing_argument");
    let scopes = list("xoxp-emulator-readonly", "types=im").json();
    assert_eq!(
        (&scopes["error"], &scopes["needed"]),
        (&"missing_scope".into(), &"im:read".into())
    );
}

#[test]
fn every_method_takes_post_and_warns_of_a_missing_charset() {
    let emulator = start();
    let bearer = format!("Bearer {}", emulator.token());
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "application/json"),
    ];
    let url = format!("{}users.setPresence", emulator.base_url());
    let reply = send("POST", &url, &headers, br#"{"presence":"auto"}"#).json();
    assert_eq!(
        (&reply["ok"], &reply["warning"]),
        (&true.into(), &"missing_charset".into())
    );
    assert_eq!(
        reply["response_metadata"]["warnings"],
        json!(["missing_charset"])
    );
    let arguments = [
        ("users.deletePhoto", ""),
        ("users.profile.get", ""),
        ("users.profile.set", "name=title&value=x"),
        ("users.conversations", ""),
        ("users.getPresence", ""),
        ("users.identity", ""),
        ("users.info", "user=U0ADMIN"),
        ("users.list", "limit=3"),
        ("users.lookupByEmail", "email=olive.owens%40example.com"),
        ("users.setActive", ""),
        ("users.setPresence", "presence=auto"),
    ];
    for (method, form) in arguments {
        // That one's scopes exclude all others.
        let bearer = match method {
            "users.identity" => "Bearer xoxp-emulator-identity",
            _ => bearer.as_str(),
        };
        let headers = [
            ("Authorization", bearer),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        let reply = send(
            "POST",
            &format!("{}{method}", emulator.base_url()),
            &headers,
            form.as_bytes(),
        );
        assert_eq!(reply.outcome(), "ok", "{method}");
    }
}

#[test]
fn every_listed_token_is_what_it_says() {
    let emulator = start();
    for (token, meaning) in TOKENS {
        let token = token.replace("-N", "-7");
        let outcome = call(&emulator.base_url(), "users.setActive", &token, "").outcome();
        let is_code = meaning.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if is_code {
            assert_eq!(outcome, *meaning, "{token}");
        } else {
            let lacking = ["readonly", "noscopes", "identity", "unverified", "stranger"];
            let lacks_the_scope = lacking.iter().any(|end| token.ends_with(end));
            assert_eq!(
                outcome,
                if lacks_the_scope {
                    "missing_scope"
                } else {
                    "ok"
                },
                "{token}"
            );
        }
    }
}

#[test]
fn a_content_type_without_a_body_does_no_harm() {
    let emulator = start();
    let bearer = format!("Bearer {}", emulator.token());
    let url = format!("{}users.profile.get", emulator.base_url());
    for (verb, content_type) in [
        ("GET", "application/json"),
        ("GET", "image/png"),
        ("GET", "multipart/form-data"),
        ("POST", "application/json"),
        ("POST", "application/json;charset=utf-8"),
        ("POST", "application/x-www-form-urlencoded"),
    ] {
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", content_type),
        ];
        let reply = send(verb, &url, &headers, b"").json();
        assert_eq!(
            (&reply["ok"], reply.get("warning")),
            (&true.into(), None),
            "{verb} {content_type}"
        );
    }
}
