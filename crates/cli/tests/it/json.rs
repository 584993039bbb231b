//! The objects of `--json`: every key, in order, with the right values.

use std::fs;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::run::{headshot, names, png, run, testdata};

const KEYS: [&str; 10] = [
    "schema", "photo", "status", "source", "avatar", "face", "output", "steps", "warnings", "error",
];

/// The keys of the first object of a text, in the order printed.
fn keys_in_order(text: &str, keys: &[&str]) {
    let positions: Vec<_> = keys
        .iter()
        .map(|key| {
            text.find(&format!("\"{key}\":"))
                .unwrap_or_else(|| panic!("{key}: {text}"))
        })
        .collect();
    assert!(positions.is_sorted(), "{keys:?} {text}");
}

#[test]
fn normalize_tells_what_was_what_became_and_where() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.jpg");
    let mut command = headshot();
    command.args(["normalize", "--json", "testdata/still/astronaut.jpg", "-o"]);
    let ran = run(command.arg(&out)).expect(0);
    keys_in_order(ran.text(), &KEYS);
    let [object] = &ran.objects()[..] else {
        panic!("{ran:?}")
    };
    assert_eq!(object.as_object().unwrap().len(), KEYS.len());
    assert_eq!(object["schema"], 1);
    assert_eq!(object["photo"], "testdata/still/astronaut.jpg");
    assert_eq!(object["status"], "ok");
    assert_eq!(
        object["source"],
        json!({
            "format": "jpeg", "width": 410, "height": 512, "orientation": 6, "frames": 1,
            "bytes": fs::metadata(testdata("still/astronaut.jpg")).unwrap().len(),
            "duration": null, "loop_count": null, "color_profile": "Display P3 gamut, sRGB curve",
        })
    );
    let written = fs::read(&out).unwrap();
    let hash: String = Sha256::digest(&written)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        object["avatar"],
        json!({ "format": "jpeg", "side": 512, "frames": 1, "bytes": written.len(), "sha256": hash, "damaged": false })
    );
    assert_eq!(object["output"], out.to_str().unwrap());
    assert_eq!(
        (&object["warnings"], &object["error"]),
        (&json!([]), &Value::Null)
    );
    let steps: Vec<_> = object["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for (step, word) in steps
        .iter()
        .zip(["turned", "sRGB", "letterboxed", "encoded"])
    {
        assert!(step.contains(word), "{steps:?}");
    }
    assert_eq!(steps.len(), 4, "{steps:?}");
}

#[test]
fn a_webp_is_called_as_people_call_it_and_by_its_name_for_machines() {
    let ran = run(headshot().args(["inspect", "testdata/still/lossy.webp"])).expect(0);
    let line = "testdata/still/lossy.webp: WebP, 95 x 63, 1.4 kB\nplan     JPEG, 512 x 512\n";
    assert!(ran.text().contains(line), "{ran:?}");
    let ran = run(headshot().args(["inspect", "--json", "testdata/still/lossy-alpha.webp"]));
    let object = &ran.expect(0).objects()[0];
    assert_eq!(object["source"]["format"], "webp");
    assert_eq!(object["avatar"]["format"], "png");
}

#[test]
fn inspect_tells_the_same_without_making_it() {
    let ran = run(headshot().args([
        "inspect",
        "--json",
        "testdata/still/astronaut.jpg",
        "testdata/still/transparent.gif",
        "testdata/bad/photo.avif",
        "--crop",
        "1,2,33",
    ]))
    .expect(1);
    let [photo, gif, bad] = &ran.objects()[..] else {
        panic!("{ran:?}")
    };
    assert_eq!(
        photo["avatar"],
        json!({ "format": "jpeg", "side": 512, "frames": 1, "bytes": null, "sha256": null, "damaged": null })
    );
    assert_eq!(photo["output"], Value::Null);
    assert!(
        photo["steps"][1].as_str().unwrap().contains("33 x 33"),
        "{photo}"
    );
    assert!(
        photo["warnings"][0].as_str().unwrap().contains("times"),
        "{photo}"
    );
    assert_eq!(gif["source"]["format"], "gif");
    assert_eq!(gif["avatar"]["format"], "png");
    assert_eq!(bad["source"], Value::Null);
    assert_eq!(bad["error"]["kind"], "unknown_format");
    for line in ran.text().lines() {
        keys_in_order(line, &KEYS);
    }
}

#[test]
fn a_photo_that_fails_late_still_has_its_source() {
    let ran = run(headshot().args([
        "inspect",
        "--json",
        "testdata/still/plain.jpg",
        "--crop=9,9,999",
    ]));
    let object = &ran.expect(1).objects()[0];
    assert_eq!(
        (&object["source"]["width"], &object["source"]["height"]),
        (&json!(95), &json!(63))
    );
    assert_eq!(object["avatar"], Value::Null);
    assert_eq!(object["error"]["kind"], "crop_outside");
    assert_eq!(object["error"].as_object().unwrap().len(), 4);
}

#[cfg(unix)]
#[test]
fn names_never_reach_a_terminal_as_they_are() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"-\x1b[31m\n\xff\xc2\x9b.png");
    png(folder.path(), "plain.png", 600, 600);
    fs::rename(folder.path().join("plain.png"), folder.path().join(name)).unwrap();
    let with = |arguments: &[&str]| {
        let mut command = headshot();
        command.current_dir(folder.path()).args(arguments);
        run(command.arg("--").arg(name))
    };
    let text = with(&["inspect"]).expect(0);
    assert!(
        text.text().contains(r"-\u{1b}[31m\n\xff\u{9b}.png"),
        "{text:?}"
    );
    let object = with(&["inspect", "--json"]).expect(0);
    assert_eq!(object.text().lines().count(), 1);
    assert!(!object.text().contains('\u{9b}'));
    assert_eq!(object.objects()[0]["photo"], "-\u{1b}[31m\n\\xff\u{9b}.png");
    let written = with(&["normalize", "-oout.png"]).expect(0);
    assert!(written.text().contains(r"\u{1b}"), "{written:?}");
    assert_eq!(names(folder.path()).len(), 2);
}

#[test]
fn colors_are_for_terminals() {
    let inspect = |variable, value| {
        let mut command = headshot();
        command
            .args(["inspect", "testdata/still/plain.jpg"])
            .env(variable, value);
        run(&mut command).expect(0)
    };
    assert!(!inspect("NO_COLOR", "").text().contains('\x1b'));
    assert!(inspect("CLICOLOR_FORCE", "1").text().contains('\x1b'));
}
