//! `studio` with many photos: the list, choices that last, conflicts, and all avatars made.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::run::{headshot, png, run, testdata};
use crate::studio_client::{Studio, shell};

pub(crate) fn folder_of(photos: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, from) in photos {
        let path = folder.path().join("people").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(testdata(from), path).unwrap();
    }
    folder
}

pub(crate) fn open(folder: &Path) -> Studio {
    let mut command = headshot();
    command
        .args(["studio", "--no-open"])
        .arg(folder.join("people"));
    Studio::of(command.arg("-o").arg(folder.join("out")))
}

/// The list, once all photos were looked at.
pub(crate) fn looked(studio: &Studio) -> Vec<Value> {
    loop {
        let list = studio.get("/api/photos").expect(200).json();
        if list["looking"] == 0 {
            return list["photos"].as_array().unwrap().clone();
        }
        std::thread::yield_now();
    }
}

pub(crate) fn names(photos: &[Value]) -> Vec<&str> {
    let names = photos.iter().map(|photo| photo["name"].as_str().unwrap());
    names.collect()
}

#[test]
fn problems_are_found_in_the_background() {
    let folder = folder_of(&[
        ("ann.jpg", "still/astronaut.jpg"),
        ("b/bad.png", "bad/truncated.png"),
        ("c.jpg", "bad/not-an-image.txt"),
        ("d.jpg", "still/plain.jpg"),
        ("notes.txt", "bad/not-an-image.txt"),
    ]);
    let studio = open(folder.path());
    let photos = looked(&studio);
    assert_eq!(names(&photos), ["ann.jpg", "b/bad.png", "c.jpg", "d.jpg"]);
    let problems: Vec<_> = photos
        .iter()
        .map(|photo| photo["problems"].clone())
        .collect();
    assert_eq!(problems[0], json!(["small"]));
    assert_eq!(problems[1], json!(["damaged"]));
    assert_eq!(problems[2], json!(["refused"]));
    assert_eq!(problems[3], json!(["no face", "small"]));
    assert_eq!(photos[0]["faces"], 1);
    assert_eq!(
        (&photos[0]["width"], &photos[0]["height"]),
        (&json!(410), &json!(512))
    );
    assert!(photos[1]["message"].is_string() && photos[2]["message"].is_string());
    studio.get("/api/photos/2/thumb").expect(422);
    // Only what has changed is told again.
    let list = studio.get("/api/photos").json();
    let since = format!("/api/photos?since={}", list["seq"]);
    assert_eq!(studio.get(&since).json()["photos"], json!([]));
    let choice = json!({ "choice": { "fit": "cover" }, "revision": list["revision"] });
    studio
        .send("PUT", "/api/photos/3/choice", &choice)
        .expect(200);
    let told = studio.get(&since).json();
    assert_eq!(names(told["photos"].as_array().unwrap()), ["d.jpg"]);
    assert_eq!(told["photos"][0]["choice"], json!({ "fit": "cover" }));
    studio.done();
}

#[test]
fn choices_outlive_the_studio_and_lapse_with_the_photo() {
    let folder = folder_of(&[
        ("dir/ann.jpg", "still/astronaut.jpg"),
        ("bob.png", "still/rgb8.png"),
    ]);
    let crop = json!({ "fit": "crop", "crop": { "x": 11, "y": 22, "side": 333 } });
    let mut studio = open(folder.path());
    let photos = looked(&studio);
    let ann = names(&photos)
        .iter()
        .position(|name| *name == "dir/ann.jpg")
        .unwrap();
    let path = format!("/api/photos/{ann}/choice");
    let body = json!({ "choice": crop, "revision": 0 });
    assert_eq!(
        studio.send("PUT", &path, &body).expect(200).json(),
        json!({ "revision": 1 })
    );
    // It is on disk by now, whatever happens.
    studio.process.kill().unwrap();
    drop(studio);
    let file = folder.path().join("out/.headshot/choices.json");
    let written: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(
        written["photos"]["dir/ann.jpg"]["choice"]["crop"],
        crop["crop"]
    );
    let studio = open(folder.path());
    assert_eq!(looked(&studio)[ann]["choice"], crop);
    drop(studio);
    fs::copy(
        testdata("still/p3.jpg"),
        folder.path().join("people/dir/ann.jpg"),
    )
    .unwrap();
    let studio = open(folder.path());
    let told = &looked(&studio)[ann];
    assert_eq!(told["choice"], Value::Null);
    assert!(told["lapsed"].to_string().contains("has changed"), "{told}");
}

#[test]
fn of_two_pages_the_second_is_told_what_the_first_has_chosen() {
    let folder = folder_of(&[
        ("ann.jpg", "still/astronaut.jpg"),
        ("bob.png", "still/rgb8.png"),
    ]);
    // Two programs, even.
    let (first, second) = (open(folder.path()), open(folder.path()));
    let choose = |studio: &Studio, id: usize, fit: &str, revision: u64| {
        let body = json!({ "choice": { "fit": fit }, "revision": revision });
        studio.send("PUT", &format!("/api/photos/{id}/choice"), &body)
    };
    choose(&first, 0, "cover", 0).expect(200);
    let told = choose(&second, 0, "contain", 0).expect(409).json();
    assert_eq!(
        (&told["revision"], &told["choice"]),
        (&json!(1), &json!({ "fit": "cover" }))
    );
    assert!(told["message"].is_string());
    // Another photo is no conflict, and the newer choice may be replaced once it was seen.
    choose(&second, 1, "face", 0).expect(200);
    choose(&second, 0, "contain", 2).expect(200);
    let list = first.get("/api/photos").json();
    assert_eq!(list["photos"][0]["choice"], json!({ "fit": "contain" }));
    assert_eq!(list["photos"][1]["choice"], json!({ "fit": "face" }));
    assert_eq!(list["revision"], 3);
    let back = json!({ "choice": null, "revision": 3 });
    first.send("PUT", "/api/photos/0/choice", &back).expect(200);
    assert_eq!(
        first.get("/api/photos").json()["photos"][0]["choice"],
        Value::Null
    );
}

#[test]
fn all_are_made_as_seen_and_by_the_next_run_found_unchanged() {
    let folder = folder_of(&[
        ("dir/ann.jpg", "still/astronaut.jpg"),
        ("bob.png", "still/rgb8.png"),
        ("bad.jpg", "bad/truncated.jpg"),
    ]);
    let studio = open(folder.path());
    let photos = looked(&studio);
    let ann = names(&photos)
        .iter()
        .position(|name| *name == "dir/ann.jpg")
        .unwrap();
    let crop = json!({ "fit": "crop", "crop": { "x": 11, "y": 22, "side": 333 } });
    let body = json!({ "choice": crop, "revision": 0 });
    studio
        .send("PUT", &format!("/api/photos/{ann}/choice"), &body)
        .expect(200);
    let about = studio.get("/api/make").json();
    assert_eq!(
        (&about["running"], &about["message"]),
        (&json!(false), &Value::Null)
    );
    studio.send("POST", "/api/make", &json!({})).expect(202);
    let made = loop {
        let made = studio.get("/api/make").json();
        if made["running"] == false {
            break made;
        }
        std::thread::yield_now();
    };
    assert_eq!(
        (&made["done"], &made["count"]),
        (&json!(3), &json!(3)),
        "{made}"
    );
    assert_eq!(made["failed"][0]["name"], "bad.jpg");
    let message = made["message"].as_str().unwrap();
    assert!(message.contains("2 made now, 1 failed"), "{message}");
    let out = folder.path().join("out");
    let photo = folder.path().join("people/dir/ann.jpg");
    let alone = folder.path().join("alone.jpg");
    let mut command = headshot();
    command
        .arg("normalize")
        .arg(&photo)
        .args(["--crop", "11,22,333", "-o"]);
    run(command.arg(&alone)).expect(0);
    let avatar = fs::read(out.join("dir/ann.jpg")).unwrap();
    assert!(avatar == fs::read(&alone).unwrap());
    // The lock is let go, and what was seen without a choice is one by now.
    let mut command = headshot();
    command
        .arg("normalize")
        .arg(folder.path().join("people"))
        .arg("-o")
        .arg(&out);
    let again = run(command.arg("--json")).expect(1).objects();
    let status = |name: &str| {
        let is_it = |object: &&Value| object["photo"].as_str().unwrap().ends_with(name);
        again.iter().find(is_it).unwrap()["status"].clone()
    };
    assert_eq!(status("ann.jpg"), "unchanged");
    assert_eq!(status("bob.png"), "unchanged");
    studio.done();
}

#[cfg(unix)]
#[test]
fn hostile_names_are_only_texts() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let people = folder.path().join("people");
    fs::create_dir(&people).unwrap();
    let hostile: [&[u8]; 4] = [
        b"<script>alert(1)<\xe2\x81\x84script>.png",
        b"a\nb\"'&.png",
        b"caf\xe9.png",
        b"$(touch x);`x`.png",
    ];
    for name in hostile {
        fs::copy(
            testdata("still/rgb8.png"),
            people.join(OsStr::from_bytes(name)),
        )
        .unwrap();
    }
    let studio = open(folder.path());
    let photos = looked(&studio);
    assert_eq!(
        names(&photos),
        [
            "$(touch x);`x`.png",
            "<script>alert(1)<\u{2044}script>.png",
            "a\nb\"'&.png",
            "caf\\xe9.png",
        ]
    );
    for id in 0..4 {
        studio.get(&format!("/api/photos/{id}/thumb")).expect(200);
        let body = json!({ "choice": { "fit": "cover" }, "revision": id });
        studio
            .send("PUT", &format!("/api/photos/{id}/choice"), &body)
            .expect(200);
        // The copied command makes what was seen, and nothing else happens.
        let told = studio
            .send("POST", &format!("/api/photos/{id}/avatar"), &body)
            .expect(200);
        let told = told.json();
        let mut shell = shell(&told["command"]);
        run(shell.current_dir(folder.path())).expect(0);
    }
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 2 + 4, "people, out, and four avatars");
}

#[test]
fn two_thousand_photos_are_there_before_anybody_has_looked_at_them() {
    let folder = tempfile::tempdir().unwrap();
    let people = folder.path().join("people");
    fs::create_dir(&people).unwrap();
    let first = png(&people, "0000.png", 22, 33);
    for number in 1..2000 {
        fs::hard_link(&first, people.join(format!("{number:04}.png"))).unwrap();
    }
    let studio = open(folder.path());
    let list = studio.get("/api/photos").expect(200).json();
    assert_eq!(list["photos"].as_array().unwrap().len(), 2000);
    // The last screen of the grid first.
    for id in 1988..2000 {
        studio
            .get(&format!("/api/photos/{id}/thumb?side=128"))
            .expect(200);
    }
    let list = studio.get("/api/photos?since=999999").expect(200).json();
    assert!(list["looking"].as_u64().unwrap() > 0, "{list}");
    assert_eq!(list["photos"], json!([]));
    studio.done();
}

#[test]
fn a_manifest_is_exported_with_what_was_chosen_and_never_edited() {
    let folder = folder_of(&[
        ("ann.jpg", "still/astronaut.jpg"),
        ("bob.png", "still/rgb8.png"),
    ]);
    let people = folder.path().join("people");
    let text = "photo,token_env,user_id,fit,notes\nann.jpg,ANN,U012AB3CD,,tall\nbob.png,BOB,U045EF6GH,cover,\n";
    let manifest = people.join("people.csv");
    fs::write(&manifest, text).unwrap();
    let mut command = headshot();
    let studio = command
        .args(["studio", "--no-open", "--manifest"])
        .arg(&manifest);
    let studio = Studio::of(studio);
    let about = studio.get("/api/studio").expect(200).json();
    assert_eq!(
        (&about["mode"], &about["manifest"]),
        (&json!("many"), &json!(true))
    );
    let photos = looked(&studio);
    assert_eq!(names(&photos), ["ann.jpg", "bob.png"]);
    assert_eq!(photos[0]["person"], "U012AB3CD");
    let default = |id: usize| studio.get(&format!("/api/photos/{id}")).json()["default"].clone();
    assert_eq!(default(0)["fit"], "contain");
    assert_eq!(default(1)["fit"], "cover");
    let crop = json!({ "fit": "crop", "crop": { "x": 11, "y": 22, "side": 333 }, "rotate": 90 });
    let body = json!({ "choice": crop, "revision": 0 });
    studio
        .send("PUT", "/api/photos/0/choice", &body)
        .expect(200);
    assert!(people.join("people.csv.choices.json").exists());
    let exported = studio.get("/api/manifest").expect(200);
    assert!(
        exported.head.contains("content-type: text/csv"),
        "{}",
        exported.head
    );
    let exported = String::from_utf8(exported.body).unwrap();
    let lines: Vec<_> = exported.lines().collect();
    assert!(lines[0].contains("crop_x,crop_y,crop_w"), "{exported}");
    assert!(lines[1].contains("11,22,333"), "{exported}");
    assert_eq!(fs::read_to_string(&manifest).unwrap(), text);
    studio.send("POST", "/api/make", &json!({})).expect(404);
    studio.done();
    // Another program reads it back.
    let other = people.join("chosen.csv");
    fs::write(&other, exported).unwrap();
    let mut command = headshot();
    command
        .env("ANN", "xoxp-1")
        .env("BOB", "xoxp-2")
        .args(["set", "--manifest"]);
    let ran = run(command
        .arg(&other)
        .args(["--dry-run", "--offline", "--json"]));
    let ran = ran.expect(0);
    let steps = ran.objects()[0]["steps"].to_string();
    assert!(steps.contains("333 x 333 at 11,22"), "{steps}");
}

#[test]
fn a_studio_that_is_killed_leaves_whole_choices_and_all_that_it_has_confirmed() {
    let folder = folder_of(&[("ann.jpg", "still/rgb8.png")]);
    for round in 0..5 {
        let mut studio = open(folder.path());
        let revision = studio.get("/api/photos").json()["revision"]
            .as_u64()
            .unwrap();
        let confirmed = (1..=20 + round).fold(revision, |seen, quality| {
            let choice = json!({ "fit": "cover", "quality": quality });
            let body = json!({ "choice": choice, "revision": seen });
            let told = studio
                .send("PUT", "/api/photos/0/choice", &body)
                .expect(200);
            told.json()["revision"].as_u64().unwrap()
        });
        // One more is on its way.
        let body = json!({ "choice": { "fit": "face" }, "revision": confirmed });
        let open = studio.begin("PUT /api/photos/0/choice", &body.to_string());
        studio.process.kill().unwrap();
        studio.process.wait().unwrap();
        drop(open);
        let file = folder.path().join("out/.headshot/choices.json");
        let written: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let now = written["revision"].as_u64().unwrap();
        assert!(
            now == confirmed || now == confirmed + 1,
            "{confirmed}: {written}"
        );
    }
}
