//! SCIM: photos for others by an administrator, shown a little later, and nothing else.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use headshot_emulator::{Emulator, Settings};
use serde_json::{Value, json};

use crate::client::{Reply, call, get, send};
use crate::pictures::{BLUE, RED, plain};

const ADMIN: &str = "xoxp-emulator-scim";

fn emulator(delay: Duration, rate: Option<u32>) -> Emulator {
    let settings = Settings {
        scim_delay: delay,
        rate,
        ..Settings::default()
    };
    Emulator::with(settings).expect("starts")
}

fn ask(emulator: &Emulator, verb: &str, path: &str, token: &str, body: &str) -> Reply {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "application/scim+json"),
    ];
    let url = format!("{}Users{path}", emulator.scim_base_url());
    send(verb, &url, &headers, body.as_bytes())
}

fn patch_of(photo: &[u8]) -> Value {
    let data = STANDARD.encode(photo);
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "add", "path": "photos",
            "value": [{ "value": format!("data:image/png;base64,{data}"), "primary": true }] }],
    })
}

fn patch(emulator: &Emulator, id: &str, token: &str, photo: &[u8]) -> Reply {
    let body = patch_of(photo).to_string();
    ask(emulator, "PATCH", &format!("/{id}"), token, &body)
}

fn photo(side: u32) -> Vec<u8> {
    let color = if side.is_multiple_of(2) { RED } else { BLUE };
    plain(side, side, color, image::ImageFormat::Png)
}

fn detail(reply: &Reply) -> (u16, String) {
    let body = reply.json();
    let error = json!(["urn:ietf:params:scim:api:messages:2.0:Error"]);
    assert_eq!(body["schemas"], error, "{body}");
    assert_eq!(body["status"], reply.status, "{body}");
    (
        reply.status,
        body["detail"].as_str().expect("a code").to_owned(),
    )
}

fn original(emulator: &Emulator, id: &str) -> Option<Vec<u8>> {
    let info = call(
        &emulator.base_url(),
        "users.info",
        ADMIN,
        &format!("user={id}"),
    );
    let info = info.json();
    let address = info["user"]["profile"]["image_original"].as_str()?;
    Some(get(address).body)
}

#[test]
fn a_photo_is_accepted_and_shows_later() {
    let emulator = emulator(Duration::from_millis(30), None);
    let png = photo(88);
    let reply = patch(&emulator, "U0MEMBER", ADMIN, &png);
    assert_eq!(reply.status, 200);
    let user = reply.json();
    assert_eq!(
        (&user["id"], &user["active"]),
        (&json!("U0MEMBER"), &json!(true))
    );
    assert_eq!(user["userName"], "maya");
    let old = user["photos"][0]["value"].as_str().expect("an address");
    assert!(old.contains("/avatars/g"), "the one of before: {old}");
    while original(&emulator, "U0MEMBER").is_none() {}
    assert_eq!(original(&emulator, "U0MEMBER"), Some(png));
    assert_eq!(original(&emulator, "U0ADMIN"), None, "nobody else has it");
    let requests = emulator.requests();
    let request = requests
        .iter()
        .find(|request| request.verb == "PATCH")
        .expect("is on record");
    assert!(request.bears(ADMIN) && request.path == "/scim/v2/Users/U0MEMBER");
}

#[test]
fn whoever_is_being_updated_is_locked() {
    let emulator = emulator(Duration::from_secs(3600), None);
    assert_eq!(patch(&emulator, "U0MEMBER", ADMIN, &photo(88)).status, 200);
    let locked = patch(&emulator, "U0MEMBER", ADMIN, &photo(77));
    assert_eq!(detail(&locked), (429, "too_many_requests".to_owned()));
    assert_eq!(locked.header("retry-after"), Some("3600"));
    assert_eq!(
        patch(&emulator, "U0EXTRA00003", ADMIN, &photo(77)).status,
        200
    );
    assert_eq!(original(&emulator, "U0MEMBER"), None, "it is not there yet");
    // A photo that is refused locks nobody.
    for _ in 0..2 {
        let bad = patch(&emulator, "U0NEWCOMER", ADMIN, b"no photo");
        assert_eq!(detail(&bad), (400, "photos_invalid".to_owned()));
    }
}

#[test]
fn updates_have_a_bucket_of_their_own() {
    let emulator = emulator(Duration::ZERO, Some(1));
    let png = photo(8);
    let set = |n: u32| patch(&emulator, &format!("U0EXTRA{n:05}"), ADMIN, &png);
    let taken = (0..40)
        .take_while(|n| set(n % 20 + 1).status == 200)
        .count();
    // One comes back every third of a second meanwhile.
    assert!((20..40).contains(&taken), "{taken}");
    let limited = set(1);
    if limited.status == 429 {
        assert_eq!(limited.header("retry-after"), Some("1"));
    }
    assert_eq!(ask(&emulator, "GET", "/U0MEMBER", ADMIN, "").status, 200);
    let elsewhere = patch(&emulator, "U0MEMBER", &format!("{ADMIN}--elsewhere"), &png);
    assert_eq!(elsewhere.status, 200);
}

#[test]
fn whoever_may_not_is_told_why() {
    let emulator = emulator(Duration::ZERO, None);
    let png = photo(8);
    for (token, id, status, code) in [
        (ADMIN, "U0OWNER", 403, "cannot_modify_owner"),
        (ADMIN, "U0NOBODY", 404, "no_such_user"),
        (ADMIN, "U0ROBOT", 404, "no_such_user"),
        (ADMIN, "U0STRANGER", 404, "no_such_user"),
        ("xoxp-emulator-admin", "U0MEMBER", 403, "permission_denied"),
        ("xoxp-emulator-scimless", "U0MEMBER", 403, "plus_teams_only"),
        (
            "xoxp-emulator-revoked",
            "U0MEMBER",
            401,
            "invalid_authentication",
        ),
        ("xoxp-never", "U0MEMBER", 401, "invalid_authentication"),
    ] {
        let reply = patch(&emulator, id, token, &png);
        assert_eq!(detail(&reply), (status, code.to_owned()), "{token} {id}");
    }
    assert_eq!(
        patch(&emulator, "U0ADMIN", ADMIN, &png).status,
        200,
        "oneself"
    );
    let log = emulator.log().join("\n");
    assert!(
        log.contains("PATCH scim/v2/Users/U0OWNER cannot_modify_owner"),
        "{log}"
    );
    assert!(!log.contains("xoxp"), "{log}");
}

#[test]
fn nothing_but_photos_is_changed() {
    let emulator = emulator(Duration::ZERO, None);
    for verb in ["PUT", "POST", "DELETE"] {
        let reply = ask(&emulator, verb, "/U0MEMBER", ADMIN, "{}");
        assert_eq!(detail(&reply).0, 405, "{verb}");
        assert_eq!(reply.header("allow"), Some("GET, PATCH"));
    }
    let right = patch_of(&photo(8));
    let with = |path: &str, value: Value| {
        let mut wrong = right.clone();
        *wrong.pointer_mut(path).expect("is there") = value;
        wrong
    };
    let data = right["Operations"][0]["value"][0]["value"].clone();
    for (wrong, code) in [
        (
            with("/schemas", json!(["urn:scim:schemas:core:1.0"])),
            "invalid_request",
        ),
        (with("/Operations/0/op", json!("remove")), "invalid_request"),
        (
            with("/Operations/0/path", json!("active")),
            "invalid_request",
        ),
        (
            with(
                "/Operations",
                json!([right["Operations"][0], right["Operations"][0]]),
            ),
            "invalid_request",
        ),
        (with("/Operations/0/value", json!([])), "photos_invalid"),
        (
            with("/Operations/0/value/0/primary", json!(false)),
            "photos_invalid",
        ),
        (
            with(
                "/Operations/0/value/0/value",
                json!("https://example.com/a.png"),
            ),
            "photos_invalid",
        ),
        (
            with(
                "/Operations/0/value/0/value",
                json!("data:image/png;base64,???"),
            ),
            "photos_invalid",
        ),
        // The type is not that of the bytes.
        (
            with(
                "/Operations/0/value/0/value",
                json!(data.as_str().expect("a text").replace("png", "jpeg")),
            ),
            "photos_invalid",
        ),
    ] {
        let reply = ask(&emulator, "PATCH", "/U0MEMBER", ADMIN, &wrong.to_string());
        assert_eq!(detail(&reply), (400, code.to_owned()), "{wrong}");
    }
    let reply = ask(&emulator, "PATCH", "/U0MEMBER", ADMIN, &"[".repeat(100_000));
    assert_eq!(detail(&reply).0, 400);
    assert_eq!(ask(&emulator, "PATCH", "/", ADMIN, "{}").status, 405);
    assert_eq!(
        ask(&emulator, "GET", "/U0MEMBER/photos", ADMIN, "").status,
        404
    );
    assert_eq!(original(&emulator, "U0MEMBER"), None);
}

#[test]
fn people_are_listed_in_pages_and_found() {
    let emulator = emulator(Duration::ZERO, None);
    let list = |query: &str| ask(&emulator, "GET", query, ADMIN, "");
    let all = list("").json();
    // Four, one who has gone, and twenty; no bot, no stranger.
    assert_eq!(
        (&all["totalResults"], &all["startIndex"]),
        (&json!(25), &json!(1))
    );
    let page = list("?startIndex=24&count=9").json();
    let ids: Vec<_> = page["Resources"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|user| &user["id"])
        .collect();
    assert_eq!(ids, ["U0EXTRA00019", "U0EXTRA00020"]);
    assert_eq!(page["itemsPerPage"], 2);
    let past = list("?startIndex=18446744073709551615&count=2").json();
    assert_eq!(past["itemsPerPage"], 0);
    let found = list("?filter=email%20eq%20%22Adam.Adeyemi@example.com%22").json();
    assert_eq!(found["Resources"][0]["id"], "U0ADMIN");
    assert_eq!(found["totalResults"], 1);
    let gone = ask(&emulator, "GET", "/U0GONE", ADMIN, "").json();
    assert_eq!(gone["active"], false);
    assert_eq!(detail(&list("?count=many")).0, 400);
    assert_eq!(detail(&list("?filter=active%20eq%20true")).0, 400);
}

#[test]
fn faults_meet_patches_and_nothing_else() {
    let emulator = emulator(Duration::ZERO, None);
    let png = photo(8);
    let token = "xoxp-fault-408-applied-scim-x1--f";
    assert_eq!(ask(&emulator, "GET", "/U0MEMBER", token, "").status, 200);
    assert_eq!(
        call(&emulator.base_url(), "users.info", token, "user=U0MEMBER").status,
        200
    );
    assert_eq!(patch(&emulator, "U0MEMBER", token, &png).status, 408);
    let info = call(&emulator.base_url(), "users.info", token, "user=U0MEMBER").json();
    assert_eq!(
        info["user"]["profile"]["is_custom_image"], true,
        "it was applied"
    );
    assert_eq!(patch(&emulator, "U0MEMBER", token, &png).status, 200);
}
