//! `studio` with one photo, through its port: who is let in, what is shown, saved and set.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::run::{headshot, run, testdata};
use crate::studio_client::{Studio, image, shell};

const CROP: &str = r#"{"fit":"crop","crop":{"x":11,"y":22,"side":333},"quality":77}"#;

fn choice(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn only_the_page_itself_is_let_in() {
    let studio = Studio::open(&["testdata/still/astronaut.jpg"]);
    let host = format!("Host: 127.0.0.1:{}", studio.port);
    let token = format!("X-Headshot-Token: {}", studio.token);
    let ask = |head: &[&str]| {
        let head: Vec<String> = head.iter().map(|line| (*line).to_owned()).collect();
        studio.raw("GET /api/studio", &head, b"").status
    };
    assert_eq!(ask(&[&host, &token]), 200);
    let local = format!("Host: localhost:{}", studio.port);
    assert_eq!(ask(&[&local, &token]), 200);
    let own = format!("Origin: http://127.0.0.1:{}", studio.port);
    assert_eq!(
        ask(&[&host, &token, &own, "Sec-Fetch-Site: same-origin"]),
        200
    );
    assert_eq!(ask(&[&host]), 401);
    let other = studio.token.replace(|_| true, "0");
    assert_eq!(ask(&[&host, &format!("X-Headshot-Token: {other}")]), 401);
    assert_eq!(ask(&[&host, &token[..token.len() - 1]]), 401);
    assert_eq!(ask(&[&host, &token, &token]), 401);
    // A name that somebody has pointed here, and other ports.
    let evil = format!("Host: evil.test:{}", studio.port);
    for host in [
        "Host: evil.test",
        &evil,
        "Host: 127.0.0.1:1",
        "Host: 127.0.0.1",
    ] {
        assert_eq!(ask(&[host, &token]), 403, "{host}");
    }
    assert_eq!(ask(&[&token]), 403, "no host at all");
    for other in [
        "Origin: http://evil.test",
        "Origin: null",
        "Origin: http://127.0.0.1:1",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
    ] {
        assert_eq!(ask(&[&host, &token, other]), 403, "{other}");
    }
    let open = studio
        .raw("GET /", std::slice::from_ref(&host), b"")
        .expect(200);
    for line in [
        "content-security-policy: default-src 'none'; script-src 'self';",
        "x-content-type-options: nosniff",
        "cache-control: no-store",
        "content-type: text/html; charset=utf-8",
    ] {
        assert!(open.head.contains(line), "{line} is not in {}", open.head);
    }
    assert!(!String::from_utf8_lossy(&open.body).contains(&studio.token));
    studio
        .raw("GET /", &["Host: evil.test".to_owned()], b"")
        .expect(403);
    studio.done();
}

#[test]
fn no_path_of_a_request_reaches_a_file() {
    let studio = Studio::open(&["testdata/still/astronaut.jpg"]);
    for path in [
        "/assets/../Cargo.toml",
        "/assets/..%2f..%2fCargo.toml",
        "/assets/%2fetc%2fpasswd",
        "/api/photos/1",
        "/api/photos/-1",
        "/api/photos/..%2f0/photo",
        "/api/photos/0%00/photo",
        "/api/photos/99999999999999999999/thumb",
        "/api/photos/%2fetc%2fpasswd/photo",
        "/etc/passwd",
        "//etc/passwd",
        "/api/manifest",
    ] {
        let answer = studio.get(path).expect(404);
        let told = answer.json();
        assert!(told["message"].is_string(), "{path}: {told}");
    }
    studio.send("POST", "/api/make", &json!({})).expect(404);
    studio.raw("POST /", &studio.head(), b"x").expect(405);
    let long = "x".repeat(70_000);
    let body = json!({ "choice": { "fit": long } });
    studio
        .send("POST", "/api/photos/0/avatar", &body)
        .expect(413);
    for (body, told) in [
        (json!({}), "there is no choice"),
        (json!({ "choice": { "fit": "fcae" } }), "give face, cover"),
        (json!({ "choice": { "fit": "crop" } }), "crop"),
        (json!({ "choice": { "fit": "face", "path": "/x" } }), "path"),
        (json!({ "choice": { "fit": "face", "rotate": 45 } }), "45"),
    ] {
        let answer = studio
            .send("POST", "/api/photos/0/avatar", &body)
            .expect(400);
        let message = answer.json()["message"].to_string();
        assert!(message.contains(told), "{message}");
    }
}

#[test]
fn what_is_saved_is_what_was_seen_and_what_the_copied_command_makes() {
    let folder = tempfile::tempdir().unwrap();
    let photo = folder.path().join("it's me.jpg");
    std::fs::copy(testdata("still/astronaut.jpg"), &photo).unwrap();
    let out = folder.path().join("avatar.jpg");
    let (from, to) = (photo.to_str().unwrap(), out.to_str().unwrap());
    let studio = Studio::open(&[from, "-o", to]);
    let about = studio.get("/api/studio").expect(200).json();
    assert_eq!(about["mode"], "one");
    assert_eq!(about["save"], json!({ "ready": true, "path": to }));
    assert_eq!(about["slack"]["ready"], false);
    assert!(about["slack"]["reason"].to_string().contains("SLACK_TOKEN"));
    for text in [
        CROP,
        r#"{"fit":"face"}"#,
        r##"{"fit":"contain","background":"#123456","rotate":90}"##,
        r#"{"fit":"cover","gravity":"50%,20%","format":"auto"}"#,
    ] {
        let body = json!({ "choice": choice(text), "draft": false });
        let told = studio
            .send("POST", "/api/photos/0/avatar", &body)
            .expect(200);
        let told = told.json();
        let seen = image(&told);
        assert_eq!(told["bytes"], seen.len(), "{told:.99}");
        let saved = studio.send("POST", "/api/photos/0/save", &body).expect(200);
        assert_eq!(saved.json()["path"], to);
        assert!(std::fs::read(&out).unwrap() == seen, "{text}");
        // The very line, by a shell that finds this program.
        std::fs::remove_file(&out).unwrap();
        run(&mut shell(&told["command"])).expect(0);
        assert!(std::fs::read(&out).unwrap() == seen, "{text}");
    }
    let png = json!({ "choice": { "fit": "face", "format": "png" } });
    let refused = studio.send("POST", "/api/photos/0/save", &png).expect(400);
    let message = refused.json()["message"].to_string();
    assert!(message.contains("is a PNG"), "{message}");
    studio.done();
}

#[test]
fn a_photo_is_told_of_in_pixels_as_it_stands() {
    let studio = Studio::open(&["testdata/still/astronaut.jpg"]);
    let told = studio.get("/api/photos/0").expect(200).json();
    assert_eq!(
        (&told["width"], &told["height"]),
        (&json!(410), &json!(512))
    );
    assert_eq!(told["faces"].as_array().unwrap().len(), 1);
    assert_eq!(told["faces"][0]["number"], 1);
    assert_eq!(told["face_square"], json!({ "x": 0, "y": 0, "side": 410 }));
    assert_eq!(told["default"], json!({ "fit": "face" }));
    let line = told["lines"][0].as_str().unwrap();
    assert!(line.starts_with("JPEG, 410 x 512, 59.3 kB"), "{line}");
    let turned = studio.get("/api/photos/0?rotate=90").expect(200).json();
    assert_eq!(
        (&turned["width"], &turned["height"]),
        (&json!(512), &json!(410))
    );
    assert_eq!(turned["rotate_swaps"], true);
    let photo = studio.get("/api/photos/0/photo?rotate=270").expect(200);
    let shown = image::load_from_memory(&photo.body).unwrap();
    assert_eq!((shown.width(), shown.height()), (512, 410));
    let thumb = studio.get("/api/photos/0/thumb?side=128").expect(200);
    let thumb = image::load_from_memory(&thumb.body).unwrap();
    assert_eq!((thumb.width(), thumb.height()), (128, 128));
    let body = json!({ "choice": choice(CROP) });
    let told = studio
        .send("POST", "/api/photos/0/avatar", &body)
        .expect(200);
    let told = told.json();
    assert_eq!(told["square"], choice(CROP)["crop"]);
    assert_eq!(told["side"], 512);
    let outside =
        json!({ "choice": { "fit": "crop", "crop": { "x": 300, "y": 22, "side": 333 } } });
    let refused = studio
        .send("POST", "/api/photos/0/avatar", &outside)
        .expect(422);
    assert!(refused.json()["message"].is_string());
}

#[test]
fn an_animation_is_drafted_by_its_first_frame() {
    let studio = Studio::open(&["testdata/animated/opaque.gif"]);
    let ask = |draft: bool| {
        let body = json!({ "choice": { "fit": "cover" }, "draft": draft });
        let told = studio.send("POST", "/api/photos/0/avatar", &body);
        told.expect(200).json()
    };
    let (draft, whole) = (ask(true), ask(false));
    assert_eq!(
        (&draft["draft"], &draft["frames"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(
        (&whole["draft"], &whole["format"]),
        (&json!(false), &json!("GIF"))
    );
    assert!(whole["frames"].as_u64().unwrap() > 1);
    assert_eq!(draft["command"], whole["command"]);
}

#[test]
fn a_photo_is_set_and_read_back() {
    let studio = Studio::open(&["testdata/still/astronaut.jpg", "--emulator"]);
    let about = studio.get("/api/studio").expect(200).json();
    assert_eq!(about["slack"]["ready"], true);
    let body = json!({ "choice": choice(CROP) });
    let set = studio
        .send("POST", "/api/photos/0/set", &body)
        .expect(200)
        .json();
    let profile = &set["profile"];
    assert_eq!(profile["avatar_hash"].as_str().unwrap().len(), 12, "{set}");
    let address = profile["image_512"].as_str().unwrap();
    let (host, path) = address
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let start = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap()
        + 4;
    let shown = image::load_from_memory(&answer[start..]).unwrap().to_rgb8();
    let told = studio.send("POST", "/api/photos/0/avatar", &body).json();
    let made = image::load_from_memory(&image(&told)).unwrap().to_rgb8();
    assert_eq!(shown.dimensions(), made.dimensions());
    let difference = shown
        .iter()
        .zip(made.iter())
        .map(|(a, b)| u64::from(a.abs_diff(*b)));
    let average = difference.sum::<u64>() as f64 / shown.len() as f64;
    assert!(average < 3.0, "{average}");
    // Nothing of the token for Slack is anywhere.
    let everything = [studio.get("/api/studio").body, studio.get("/").body].concat();
    assert!(!String::from_utf8_lossy(&everything).contains("xoxp"));
    studio.done();
}

#[test]
fn a_photo_that_changes_or_goes_is_never_saved_as_another() {
    let folder = tempfile::tempdir().unwrap();
    let photo = folder.path().join("me.jpg");
    std::fs::copy(testdata("still/astronaut.jpg"), &photo).unwrap();
    let out = folder.path().join("out.jpg");
    let studio = Studio::open(&[photo.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    let seen = studio.get("/api/photos/0").expect(200).json()["photo"].clone();
    let body = json!({ "choice": { "fit": "cover" }, "photo": seen });
    std::fs::copy(testdata("still/p3.jpg"), &photo).unwrap();
    for what in ["avatar", "save"] {
        let path = format!("/api/photos/0/{what}");
        let refused = studio.send("POST", &path, &body).expect(409).json();
        assert!(
            refused["message"].to_string().contains("has changed"),
            "{refused}"
        );
        assert!(refused.get("revision").is_none(), "{refused}");
    }
    assert!(!out.exists());
    let seen = studio.get("/api/photos/0").expect(200).json()["photo"].clone();
    let body = json!({ "choice": { "fit": "cover" }, "photo": seen });
    studio.send("POST", "/api/photos/0/save", &body).expect(200);
    assert!(out.exists());
    std::fs::remove_file(&photo).unwrap();
    studio.send("POST", "/api/photos/0/save", &body).expect(410);
    studio.get("/api/photos/0").expect(410);
    studio.get("/api/photos/0/thumb").expect(410);
}

#[test]
fn what_cannot_be_opened_is_told_before_anybody_chooses() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "none").unwrap();
    let refused = |arguments: &[&str], message: &str| {
        run(headshot().args(["studio", "--no-open"]).args(arguments)).expect_message(2, message);
    };
    refused(&["no/such.jpg"], "there is no such file");
    refused(&[text.to_str().unwrap()], "notes.txt");
    let photo = "testdata/still/astronaut.jpg";
    refused(&[photo, "-o", photo], "overwrite");
    refused(&[photo, "-o", "testdata"], "saved to a file");
    refused(&[photo, "-o", "no/such/folder/a.jpg"], "there is no folder");
    refused(&["-"], "cannot be read again");
    let empty = folder.path().to_str().unwrap();
    refused(&[empty], "say where the avatars of a folder");
    let out = folder.path().join("out");
    refused(
        &[empty, "-o", out.to_str().unwrap()],
        "there is no photo in it",
    );
    assert!(!out.exists());
    let studio = Studio::open(&[photo]);
    let port = studio.port.to_string();
    refused(&[photo, "--port", &port], "cannot listen");
}
