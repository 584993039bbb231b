//! `profile --user` and `profile set`, end to end against the emulator.

use headshot_emulator::Emulator;
use serde_json::{Value, json};

use crate::set::call;

#[test]
fn anybody_can_be_looked_at() {
    let emulator = Emulator::start().unwrap();
    let call = |arguments: &[&str]| call(&emulator, emulator.token(), arguments);
    let ran = call(&["profile", "--user", "U0ADMIN", "--json"]).expect(0);
    assert_eq!(ran.objects()[0]["profile"]["real_name"], "Adam Adeyemi");
    assert!(
        call(&["profile", "--user", "U0ADMIN"])
            .expect(0)
            .text()
            .contains("Adam Adeyemi")
    );
    let nobody = ["profile", "--user", "U0NOBODY", "--json"];
    let ran = call(&nobody).expect_message(1, "user_not_found");
    assert_eq!(ran.objects()[0]["error"]["code"], "user_not_found");
    // Whatever is pasted there by mistake stays here.
    let sent = emulator.requests().len();
    call(&["profile", "--user", "xoxp-canary"]).expect_message(2, "argument 3 looks like a token");
    assert_eq!(emulator.requests().len(), sent);
}

#[test]
fn fields_are_set_and_shown() {
    let emulator = Emulator::start().unwrap();
    let call = |arguments: &[&str]| call(&emulator, emulator.token(), arguments);
    let arguments = [
        "profile",
        "set",
        "status_text=On leave = away",
        "status_emoji=:palm_tree:",
        "status_expiration=4102444800",
        "title=Barista",
    ];
    let ran = call(&arguments).expect(0);
    for line in [
        "name     Maya Moreau",
        "status   :palm_tree: On leave = away",
        "set      title=Barista",
        "set      status_expiration=4102444800",
    ] {
        assert!(
            ran.text().lines().any(|shown| shown == line),
            "{line}: {ran:?}"
        );
    }
    let sent = emulator.requests().pop().unwrap();
    let sent: Value = serde_json::from_str(&sent.field("profile").unwrap().text()).unwrap();
    assert_eq!(
        sent,
        json!({ "status_text": "On leave = away", "status_emoji": ":palm_tree:",
            "status_expiration": 4_102_444_800_u32, "title": "Barista" })
    );
    let profile = call(&["profile", "--json"]).expect(0).objects().remove(0);
    assert_eq!(profile["profile"]["status_expiration"], 4_102_444_800_u32);

    let ran = call(&["profile", "set", "status_text=", "--json"]).expect(0);
    let object = &ran.objects()[0];
    let keys: Vec<_> = object.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["error", "profile", "status", "warnings"]);
    assert_eq!(object["status"], "ok");
    for (name, value) in [
        ("status_text", json!("")),
        ("status_emoji", json!("")),
        ("status_expiration", json!(0)),
        ("title", json!("Barista")),
    ] {
        assert_eq!(object["profile"][name], value, "{object}");
    }
}

#[test]
fn documented_limits_are_kept_here() {
    let emulator = Emulator::start().unwrap();
    let set = |field: &str| {
        let arguments = ["profile", "set", "title=x", field];
        call(&emulator, emulator.token(), &arguments)
    };
    set(&format!("status_text={}", "ü".repeat(101)))
        .expect_message(2, "status_text has 101 characters, at most 100");
    set(&format!("first_name={}", "x".repeat(36))).expect_message(2, "at most 35");
    set("last_name=Slackbot").expect_message(2, "reserved");
    set("email=nobody").expect_message(2, "is no address");
    assert!(emulator.requests().is_empty());
}

#[test]
fn others_are_for_administrators() {
    let emulator = Emulator::start().unwrap();
    let arguments = [
        "profile",
        "set",
        "title=Boss",
        "--user",
        "U0MEMBER",
        "--json",
    ];
    let ran = call(&emulator, "xoxp-emulator-admin", &arguments).expect(0);
    assert_eq!(ran.objects()[0]["profile"]["title"], "Boss");
    let arguments = ["profile", "set", "title=Boss", "--user", "U0ADMIN"];
    let ran = call(&emulator, emulator.token(), &arguments).expect_message(1, "not_admin");
    assert!(ran.stderr.contains("hint: "), "{ran:?}");
}

#[test]
fn warnings_from_both_places_are_shown() {
    let emulator = Emulator::start().unwrap();
    let arguments = ["profile", "set", "title=x"];
    let token = "xoxp-fault-warnings";
    let json = call(&emulator, token, &[&arguments[..], &["--json"]].concat()).expect(0);
    let warnings = json.objects()[0]["warnings"].clone();
    assert!(warnings.as_array().unwrap().len() > 1, "{warnings}");
    let text = call(&emulator, token, &arguments).expect(0);
    for warning in warnings.as_array().unwrap() {
        assert!(text.stderr.contains(warning.as_str().unwrap()), "{text:?}");
    }
}
