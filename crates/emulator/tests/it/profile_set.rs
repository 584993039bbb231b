//! users.profile.set: what it changes, and what it refuses.

use headshot_emulator::{Emulator, Settings};
use serde_json::{Value, json};

use crate::client::{call, post_json};

fn start() -> Emulator {
    Emulator::with(Settings {
        rate: None,
        ..Settings::default()
    })
    .expect("starts")
}

#[test]
fn profile_set_changes_fields_and_says_so() {
    let emulator = start();
    let base = emulator.base_url();
    let profile = json!({ "first_name": "Mia", "status_text": "riding a train", "status_emoji": ":mountain_railway:",
        "status_expiration": 1_532_627_506, "fields": { "Xf06054BBB": { "value": "Barista", "alt": "coffee & tea" } } });
    let reply = post_json(
        &base,
        "users.profile.set",
        emulator.token(),
        &json!({ "profile": profile }),
    )
    .json();
    assert_eq!(reply["ok"], true, "{reply}");
    let read = call(&base, "users.profile.get", emulator.token(), "").json()["profile"].clone();
    assert_eq!(read, reply["profile"]);
    assert_eq!(
        (&read["real_name"], &read["real_name_normalized"]),
        (&"Mia Moreau".into(), &"Mia Moreau".into())
    );
    assert_eq!(
        (&read["status_text"], &read["status_expiration"]),
        (&"riding a train".into(), &1_532_627_506.into())
    );
    assert_eq!(read["fields"]["Xf06054BBB"]["alt"], "coffee & tea");

    let one = |query: &str| call(&base, "users.profile.set", emulator.token(), query);
    assert_eq!(
        one("name=title&value=Baker").json()["profile"]["title"],
        "Baker"
    );
    assert_eq!(
        one("name=Xf1&value=7").json()["profile"]["fields"]["Xf1"]["value"],
        "7"
    );
    assert_eq!(
        one("profile=%7B%22status_text%22:%22%22,%22status_emoji%22:%22%22%7D").json()["profile"]["status_expiration"],
        0
    );
    let events = emulator.events();
    assert_eq!(events.len(), 4);
    let event: Value = serde_json::from_str(&events[1]).expect("JSON");
    assert_eq!(
        (&event["type"], &event["user"]["profile"]["title"]),
        (&"user_change".into(), &"Baker".into())
    );
}

#[test]
fn profile_set_refuses_what_the_documents_refuse() {
    let emulator = start();
    let base = emulator.base_url();
    // A workspace for each attempt: ten changes a minute of one profile are the most.
    let set = |kind: &str, arguments: Value| {
        post_json(
            &base,
            "users.profile.set",
            &format!("xoxp-emulator{kind}"),
            &arguments,
        )
        .outcome()
    };
    let own = |profile: Value| set("", json!({ "profile": profile }));
    assert_eq!(own(json!({ "first_name": "Slackbot" })), "reserved_name");
    assert_eq!(own(json!({ "first_name": "a".repeat(35) })), "ok");
    assert_eq!(own(json!({ "first_name": "a".repeat(36) })), "too_long");
    assert_eq!(own(json!({ "status_text": "é".repeat(100) })), "ok");
    assert_eq!(own(json!({ "status_text": "é".repeat(101) })), "too_long");
    assert_eq!(
        own(json!({ "fields": { "Xf1": { "value": "v".repeat(257) } } })),
        "too_long"
    );
    assert_eq!(
        own(json!({ "fields": { "Xf1": { "value": "v", "alt": "a".repeat(257) } } })),
        "too_long"
    );
    assert_eq!(
        own(json!({ "status_text": "" })),
        "must_clear_both_status_text_and_status_emoji"
    );
    assert_eq!(
        own(json!({ "status_emoji": "" })),
        "must_clear_both_status_text_and_status_emoji"
    );
    assert_eq!(own(json!({ "email": "new@example.com" })), "not_admin");
    assert_eq!(own(json!({ "skype": "maya" })), "profile_set_failed");
    assert_eq!(
        own(json!({ "skype": "maya", "title": "Set" })),
        "partial_profile_set_failed"
    );
    assert_eq!(
        call(&base, "users.profile.get", emulator.token(), "").json()["profile"]["title"],
        "Set"
    );
    assert_eq!(own(json!({ "f".repeat(256): "x" })), "invalid_profile");
    let fifty_one: serde_json::Map<String, Value> = (0..51)
        .map(|n| (format!("Xf{n}"), json!({ "value": "v" })))
        .collect();
    assert_eq!(own(json!({ "fields": fifty_one })), "invalid_profile");
    assert_eq!(set("", json!({ "profile": "{" })), "invalid_profile");
    assert_eq!(set("", json!({ "profile": "[]" })), "invalid_profile");
    assert_eq!(
        set("", json!({ "profile": {}, "name": "title", "value": "x" })),
        "invalid_arguments"
    );
    assert_eq!(set("", json!({ "name": "title" })), "invalid_arguments");
    assert_eq!(set("", json!({ "profile": [] })), "invalid_array_arg");

    let title = |user: &str| json!({ "user": user, "profile": { "title": "x" } });
    assert_eq!(set("", title("U0OWNER")), "not_admin");
    assert_eq!(set("-admin", title("U0MEMBER")), "ok");
    assert_eq!(set("-admin", title("U0OWNER")), "cannot_update_admin_user");
    assert_eq!(set("-admin", title("U0ROBOT")), "not_app_admin");
    assert_eq!(set("-owner", title("U0ROBOT")), "ok");
    assert_eq!(set("-owner", title("U0ADMIN")), "ok");
    assert_eq!(set("-owner", title("U0NOBODY")), "user_not_found");
    assert_eq!(set("-bot", title("U0ROBOT")), "is_bot");
    assert_eq!(
        call(&base, "users.profile.get", "xoxp-emulator-bot", "").outcome(),
        "user_is_bot"
    );
    let email = |email: &str| {
        set(
            "-owner",
            json!({ "user": "U0MEMBER", "profile": { "email": email } }),
        )
    };
    assert_eq!(email("adam.adeyemi@example.com"), "email_taken");
    assert_eq!(email("no address"), "profile_set_failed");
    assert_eq!(email("maya@example.org"), "ok");
}

#[test]
fn the_codes_of_the_newer_pages_have_their_causes() {
    let emulator = start();
    let outcome = |token: &str, profile: serde_json::Value| {
        let json = json!({ "profile": profile.to_string() });
        post_json(&emulator.base_url(), "users.profile.set", token, &json).outcome()
    };
    let mine = |profile| outcome(emulator.token(), profile);
    assert_eq!(
        mine(json!({ "real_name": "Maya \u{1f600}" })),
        "invalid_emoji_not_allowed"
    );
    assert_eq!(
        mine(json!({ "display_name": "@maya" })),
        "invalid_starts_with_at"
    );
    assert_eq!(
        mine(json!({ "display_name": "Everyone" })),
        "name_not_allowed"
    );
    assert_eq!(mine(json!({ "username": "maya" })), "username_same");
    assert_eq!(mine(json!({ "ooo_message": 7 })), "invalid_ooo_message");
    let title = || json!({ "title": "Pilot" });
    assert_eq!(
        outcome("xoxp-emulator-synced", title()),
        "permission_denied"
    );
    assert_eq!(outcome("xoxp-emulator-sudo", title()), "sudo_required");
    assert_eq!(mine(title()), "ok");
}

#[test]
fn a_workspace_can_forbid_photos() {
    let emulator = start();
    let base = emulator.base_url();
    let token = "xoxp-emulator-nophotos";
    for method in ["users.setPhoto", "users.deletePhoto"] {
        assert_eq!(
            call(&base, method, token, "").outcome(),
            "permission_denied"
        );
    }
    assert_eq!(call(&base, "users.profile.get", token, "").outcome(), "ok");
}
