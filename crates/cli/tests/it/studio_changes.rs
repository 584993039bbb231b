//! `studio` while photos and choices change under it, and what it refuses before and while anybody chooses.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::run::{headshot, run, testdata};
use crate::studio_client::{Answer, Studio};
use crate::studio_many::{folder_of, looked, open};

/// Chooses for the first photo.
fn put(studio: &Studio, choice: &Value, revision: u64) -> Answer {
    let body = json!({ "choice": choice, "revision": revision });
    studio.send("PUT", "/api/photos/0/choice", &body)
}

/// What has become of all photos.
fn made(studio: &Studio) -> Value {
    studio.send("POST", "/api/make", &json!({})).expect(202);
    loop {
        let made = studio.get("/api/make").json();
        if made["running"] == false {
            return made;
        }
        std::thread::yield_now();
    }
}

fn chosen(folder: &Path) -> Value {
    let file = folder.join("out/.headshot/choices.json");
    let written: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    written["photos"].clone()
}

#[test]
fn a_photo_whose_choice_has_lapsed_is_made_as_it_is_shown() {
    let folder = folder_of(&[("ann.jpg", "still/metadata.jpg")]);
    let photo = folder.path().join("people/ann.jpg");
    let studio = open(folder.path());
    put(&studio, &json!({ "fit": "contain" }), 0).expect(200);
    fs::copy(testdata("still/astronaut.jpg"), &photo).unwrap();
    assert!(looked(&studio)[0]["lapsed"].is_string());
    assert_eq!(made(&studio)["failed"], json!([]));
    let alone = folder.path().join("alone.jpg");
    let mut command = headshot();
    command.arg("normalize").arg(&photo);
    run(command.args(["--fit", "face", "-o"]).arg(&alone)).expect(0);
    let avatar = fs::read(folder.path().join("out/ann.jpg")).unwrap();
    assert!(avatar == fs::read(&alone).unwrap());
    assert_eq!(
        chosen(folder.path())["ann.jpg"]["choice"],
        json!({ "fit": "face" })
    );
    let told = &studio.get("/api/photos").json()["photos"][0];
    assert_eq!(
        (&told["choice"], &told["lapsed"]),
        (&json!({ "fit": "face" }), &Value::Null)
    );
}

#[cfg(unix)]
#[test]
fn what_is_new_gone_or_a_link_is_named_and_not_made() {
    use crate::studio_many::names;

    let folder = folder_of(&[
        ("ann.jpg", "still/astronaut.jpg"),
        ("bob.png", "still/rgb8.png"),
        ("cy.jpg", "still/metadata.jpg"),
        ("empty.jpg", "bad/empty.jpg"),
    ]);
    let people = folder.path().join("people");
    let studio = open(folder.path());
    looked(&studio);
    fs::remove_file(people.join("bob.png")).unwrap();
    fs::rename(people.join("cy.jpg"), folder.path().join("cy.jpg")).unwrap();
    std::os::unix::fs::symlink("../cy.jpg", people.join("cy.jpg")).unwrap();
    fs::copy(testdata("still/astronaut.jpg"), people.join("dan.jpg")).unwrap();
    studio.get("/api/photos/2/thumb").expect(410);
    let made = made(&studio);
    let failed = made["failed"].as_array().unwrap();
    assert_eq!(names(failed), ["bob.png", "cy.jpg", "empty.jpg"], "{made}");
    assert!(failed[0]["message"].to_string().contains("no such file"));
    assert!(failed[1]["message"].to_string().contains("symbolic link"));
    assert_eq!((&made["done"], &made["count"]), (&json!(4), &json!(4)));
    let message = made["message"].as_str().unwrap();
    assert!(
        message.contains("1 made now, 3 failed; dan.jpg is new"),
        "{message}"
    );
    let avatars = fs::read_dir(folder.path().join("out")).unwrap().count();
    assert_eq!(avatars, 2, "ann.jpg and .headshot");
    // Nothing is chosen for what could not be made.
    let chosen = chosen(folder.path());
    let chosen: Vec<_> = chosen.as_object().unwrap().keys().collect();
    assert_eq!(chosen, ["ann.jpg"]);
}

#[test]
fn choices_are_told_apart_by_what_they_are_and_not_by_their_revision() {
    let folder = folder_of(&[("ann.jpg", "still/astronaut.jpg")]);
    let file = folder.path().join("out/.headshot/choices.json");
    let fit = |fit: &str| json!({ "fit": fit });
    let first = open(folder.path());
    put(&first, &fit("cover"), 0).expect(200);
    let old = fs::read_to_string(&file).unwrap();
    // Somebody starts again, and comes to the same revision.
    fs::remove_file(&file).unwrap();
    let second = open(folder.path());
    put(&second, &fit("contain"), 0).expect(200);
    let refused = put(&first, &fit("face"), 1).expect(409).json();
    assert_eq!(refused["choice"], fit("contain"));
    let seen = refused["revision"].as_u64().unwrap();
    put(&first, &fit("face"), seen).expect(200);
    // Edited by hand.
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("face", "contain")).unwrap();
    let list = first.get("/api/photos").json();
    assert_eq!(list["photos"][0]["choice"], fit("contain"));
    put(&first, &fit("cover"), seen + 1).expect(409);
    // An older one is restored.
    fs::write(&file, old).unwrap();
    let refused = put(&first, &fit("face"), list["revision"].as_u64().unwrap());
    let refused = refused.expect(409).json();
    assert_eq!(refused["choice"], fit("cover"));
    assert!(refused["revision"].as_u64() > list["revision"].as_u64());
    // Nothing that is not understood is overwritten.
    fs::write(&file, "{").unwrap();
    let refused = put(&first, &fit("face"), refused["revision"].as_u64().unwrap());
    let refused = refused.expect(422).json();
    assert_eq!(refused["hint"], "to choose again, move that file away");
    assert_eq!(fs::read_to_string(&file).unwrap(), "{");
}

#[test]
fn a_choice_that_does_not_fit_its_photo_is_refused() {
    let folder = folder_of(&[("ann.jpg", "still/astronaut.jpg")]);
    let studio = open(folder.path());
    for choice in [
        json!({ "fit": "face", "face": 9 }),
        json!({ "fit": "crop", "crop": { "x": 111, "y": 22, "side": 333 } }),
    ] {
        let refused = put(&studio, &choice, 0).expect(422).json();
        assert!(refused["message"].is_string(), "{refused}");
    }
    let crop = json!({ "fit": "crop", "crop": { "x": 11, "y": 22, "side": 333 } });
    let told = put(&studio, &crop, 0).expect(200).json();
    assert_eq!(told["revision"], 1);
}

#[test]
fn hints_name_what_the_studio_has() {
    let refused = |arguments: &[&Path], told: &str, not: &str| {
        let mut command = headshot();
        command.args(["studio", "--no-open"]).args(arguments);
        let ran = run(&mut command).expect(2);
        assert!(ran.stderr.contains(told), "{told:?} is not in {ran:?}");
        assert!(!ran.stderr.contains(not), "{not:?} is in {ran:?}");
    };
    let folder = folder_of(&[
        ("a.jpeg", "still/astronaut.jpg"),
        ("a.jpg", "still/metadata.jpg"),
    ]);
    let (people, out) = (folder.path().join("people"), folder.path().join("out"));
    let into = Path::new("-o");
    refused(&[&people, into, &out], "rename one of them", "--collisions");
    assert!(!out.exists());
    fs::remove_file(people.join("a.jpeg")).unwrap();
    fs::create_dir_all(out.join(".headshot")).unwrap();
    fs::write(out.join(".headshot/choices.json"), "{").unwrap();
    refused(
        &[&people, into, &out],
        "move that file away",
        "--no-choices",
    );
    if cfg!(target_os = "linux") {
        refused(
            &[&people, into, Path::new("/proc/avatars")],
            "no file can be made in",
            "page",
        );
        refused(
            &[Path::new("/dev/null")],
            "save the photo as a file",
            "give -",
        );
    }
    let manifest = folder.path().join("people.csv");
    fs::write(&manifest, "photo,token_env,fit\na.jpg,ANN,fce\n").unwrap();
    refused(
        &[Path::new("--manifest"), &manifest],
        "in the manifest",
        "posted",
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_make_all_and_says_so() {
    use std::io::Read;
    use std::process::{Command, Stdio};

    use crate::run::png;

    let folder = folder_of(&[("0000.jpg", "still/astronaut.jpg")]);
    let people = folder.path().join("people");
    let first = png(&people, "0001.png", 999, 777);
    for number in 2..1000 {
        fs::hard_link(&first, people.join(format!("{number:04}.png"))).unwrap();
    }
    let mut command = headshot();
    command.args(["studio", "--no-open"]).arg(&people);
    command.arg("-o").arg(folder.path().join("out"));
    let mut studio = Studio::of(command.stderr(Stdio::piped()));
    studio.send("POST", "/api/make", &json!({})).expect(202);
    let id = studio.process.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    let mut told = String::new();
    let mut stderr = studio.process.stderr.take().unwrap();
    stderr.read_to_string(&mut told).unwrap();
    assert_eq!(studio.process.wait().unwrap().code(), Some(130), "{told}");
    assert!(told.contains("Make all goes on from here"), "{told}");
}
