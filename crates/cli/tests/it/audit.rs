//! `audit`, end to end against the emulator.

use std::collections::HashSet;

use headshot_emulator::{Emulator, Settings};

use crate::run::{Ran, headshot, run};
use crate::set::call;

/// A workspace of 450 members and those that every workspace has, one of them with a photo.
fn workspace() -> Emulator {
    let settings = Settings {
        members: 450,
        ..Settings::default()
    };
    let emulator = Emulator::with(settings).unwrap();
    let set = ["set", "testdata/still/large.jpg"];
    call(&emulator, emulator.token(), &set).expect(0);
    emulator
}

#[test]
fn every_page_is_read_and_every_member_is_told_once() {
    let emulator = workspace();
    let audit = |more: &[&str]| {
        let arguments = [&["audit"], more].concat();
        call(&emulator, emulator.token(), &arguments).expect(0)
    };
    // 450, and Olive, Adam, Maya with her photo, Nils; a bot and a deactivated account.
    let summary = "looked at 454 members: 453 without an uploaded photo; skipped 1 bot and 1 deactivated account";
    let json = audit(&["--json"]);
    assert_eq!(json.stderr, format!("headshot: {summary}\n"));
    let objects = json.objects();
    let ids: HashSet<_> = objects
        .iter()
        .map(|object| object["id"].to_string())
        .collect();
    assert_eq!((objects.len(), ids.len()), (453, 453));
    for absent in ["U0MEMBER", "U0ROBOT", "U0GONE", "U0STRANGER"] {
        assert!(!ids.contains(&format!("\"{absent}\"")), "{absent}");
    }
    assert!(json.text().contains(
        r#"{"id":"U0ADMIN","name":"adam","real_name":"Adam Adeyemi","email":"adam.adeyemi@example.com","has_photo":false}"#
    ));
    let pages = emulator.requests();
    let pages = pages
        .iter()
        .filter(|request| request.method() == "users.list");
    assert_eq!(pages.count(), 3);

    let all = audit(&["--json", "--all"]).objects();
    assert_eq!(all.len(), 454);
    let with_photo: Vec<_> = all
        .iter()
        .filter(|object| object["has_photo"] == true)
        .collect();
    assert_eq!(with_photo.len(), 1);
    assert_eq!(with_photo[0]["id"], "U0MEMBER");

    let csv = audit(&["--csv"]);
    let mut lines = csv.text().lines();
    assert_eq!(lines.next(), Some("id,name,real_name,email,photo"));
    assert!(lines.any(|line| line == "U0ADMIN,adam,Adam Adeyemi,adam.adeyemi@example.com,no"));
    assert_eq!(csv.text().lines().count(), 454);
    assert!(csv.stderr.contains(summary), "{csv:?}");

    let table = audit(&["--all"]);
    let rows: Vec<_> = table.text().lines().collect();
    assert_eq!(rows.len(), 455);
    assert!(rows[0].starts_with("id            name"), "{}", rows[0]);
    let column = rows[0].find("photo").unwrap();
    let photos: HashSet<_> = rows[1..].iter().map(|row| &row[column..]).collect();
    assert_eq!(photos, HashSet::from(["yes", "no"]));
}

#[test]
fn names_are_data_in_csv() {
    let emulator = Emulator::start().unwrap();
    let names = [
        "profile",
        "set",
        "display_name=Maya, the \"boss\"",
        "real_name==1+1\nU0FAKE,x",
    ];
    call(&emulator, emulator.token(), &names).expect(0);
    let ran = call(&emulator, emulator.token(), &["audit", "--csv"]).expect(0);
    let line = ran.text().lines().find(|line| line.starts_with("U0MEMBER"));
    assert_eq!(
        line.unwrap(),
        r#"U0MEMBER,"Maya, the ""boss""","'=1+1\nU0FAKE,x",maya.moreau@example.com,no"#
    );
}

#[test]
fn a_list_that_is_not_whole_is_not_printed() {
    let emulator = workspace();
    let fail = |token: &str, arguments: &[&str], message: &str| {
        call(&emulator, token, arguments).expect_message(1, message)
    };
    let ran = fail(
        "xoxp-emulator-writeonly",
        &["audit", "--csv"],
        "missing_scope",
    );
    assert!(ran.stderr.contains("needed: users:read"), "{ran:?}");
    assert_eq!(ran.text(), "");
    let json = fail(
        "xoxp-emulator-org",
        &["audit", "--json"],
        "missing_argument",
    );
    let object = &json.objects()[0];
    assert_eq!(
        (&object["status"], &object["error"]["code"]),
        (&"failed".into(), &"missing_argument".into())
    );
    let named = ["audit", "--json", "--team", "T0HEADSHOT"];
    let ran = call(&emulator, "xoxp-emulator-org", &named).expect(0);
    assert_eq!(ran.objects().len(), 453);
}

#[test]
fn it_can_be_tried_without_slack() {
    let ran: Ran = run(headshot().args(["audit", "--emulator"])).expect(0);
    assert!(ran.text().contains("Olive Owens"), "{ran:?}");
}
