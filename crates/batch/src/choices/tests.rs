use super::*;

fn chosen(photo: &[u8], choice: &str) -> Chosen {
    Chosen {
        photo: Hash::of(photo),
        choice: serde_json::from_str(choice).unwrap(),
    }
}

const CROP: &str = r#"{"fit":"crop","crop":{"x":11,"y":22,"side":333},"rotate":90}"#;

#[test]
fn what_is_written_is_read_again_and_lapses_with_the_photo() {
    let folder = tempfile::tempdir().unwrap();
    let file = in_folder(&folder.path().join("out"));
    assert_eq!(Choices::read(&file).unwrap(), Choices::default());
    let mut choices = Choices::default();
    choices.set("dir/ann.jpg".to_owned(), chosen(b"ann", CROP));
    choices.set(
        "bob \u{202e}\n.png".to_owned(),
        chosen(b"bob", r#"{"fit":"face"}"#),
    );
    choices.write(&file).unwrap();
    choices.write(&file).unwrap();
    let read = Choices::read(&file).unwrap();
    assert_eq!((read.revision(), read.len()), (2, 2));
    assert_eq!(read, choices);
    let crop: Choice = serde_json::from_str(CROP).unwrap();
    let find = |name, photo: &[u8]| read.find(name, Hash::of(photo));
    assert_eq!(find("dir/ann.jpg", b"ann"), Found::Choice(&crop));
    assert_eq!(find("dir/ann.jpg", b"another"), Found::Lapsed);
    assert_eq!(find("ann.jpg", b"ann"), Found::Nothing);
    let left: Vec<_> = fs::read_dir(write::folder_of(&file)).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left beside it");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn whoever_has_read_an_older_one_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = beside(&folder.path().join("people.csv"));
    assert!(file.ends_with("people.csv.choices.json"));
    let (mut mine, mut theirs) = (Choices::default(), Choices::default());
    theirs.set("ann.jpg".to_owned(), chosen(b"ann", CROP));
    theirs.write(&file).unwrap();
    mine.set("bob.jpg".to_owned(), chosen(b"bob", CROP));
    match mine.write(&file) {
        Err(Unwritten::Newer(newer)) => assert_eq!(newer, theirs),
        other => panic!("{other:?}"),
    }
    assert_eq!(mine.revision(), 0);
    assert_eq!(Choices::read(&file).unwrap(), theirs);
    // A client that reads the newer one continues from there.
    theirs.remove("ann.jpg");
    theirs.write(&file).unwrap();
    assert_eq!(Choices::read(&file).unwrap().revision(), 2);
}

#[test]
fn many_writers_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = beside(&folder.path().join("people.csv"));
    let add = |name: String| {
        let mut choices = Choices::read(&file).unwrap();
        loop {
            choices.set(name.clone(), chosen(name.as_bytes(), CROP));
            match choices.write(&file) {
                Ok(()) => return,
                Err(Unwritten::Newer(newer)) => choices = newer,
                Err(Unwritten::Failed(failure)) => panic!("{failure:?}"),
            }
        }
    };
    std::thread::scope(|scope| {
        for writer in 0..4 {
            scope.spawn(move || (0..11).for_each(|photo| add(format!("{writer}/{photo}.jpg"))));
        }
    });
    let all = Choices::read(&file).unwrap();
    assert_eq!((all.len(), all.revision()), (44, 44));
}

#[test]
fn what_is_not_understood_is_neither_used_nor_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let file = beside(&folder.path().join("people.csv"));
    let good = r#"{"headshot_choices":1,"revision":7,"photos":{"a":{"photo":"11","choice":{"fit":"face"}}}}"#;
    fs::write(&file, good).unwrap();
    assert_eq!(Choices::read(&file).unwrap().revision(), 7);
    for (bad, told) in [
        (
            good.replace(":1,", ":2,"),
            "version 2, but this program knows 1",
        ),
        (good.replace("}}}}", "}}}"), "damaged"),
        (good.replace("face", "fce"), "give face, cover"),
        (good.replace("revision", "revisions"), "revisions"),
        (good.replace("11", "xyz"), "damaged"),
        ("[]".to_owned(), "damaged"),
        ("\u{ff}\u{d8}".to_owned(), "damaged"),
        ("{".repeat(100_000), "damaged"),
    ] {
        fs::write(&file, &bad).unwrap();
        let failure = Choices::read(&file).unwrap_err();
        assert_eq!(failure.kind, UNUSABLE, "{bad:.99}");
        assert!(failure.message.contains(told), "{}", failure.message);
        match Choices::default().write(&file) {
            Err(Unwritten::Failed(failure)) => assert_eq!(failure.kind, UNUSABLE),
            other => panic!("{bad:.99}: {other:?}"),
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), bad);
    }
    fs::write(&file, "").unwrap();
    assert!(Choices::read(&file).unwrap().is_empty());
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(Choices::read(&file).unwrap_err().kind, UNUSABLE);
}

#[cfg(unix)]
#[test]
fn no_link_and_no_pipe_is_a_place_for_choices() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let file = in_folder(folder.path());
    Choices::default().write(&file).unwrap();
    fs::remove_file(&file).unwrap();
    let elsewhere = folder.path().join("precious");
    fs::write(&elsewhere, "").unwrap();
    symlink(&elsewhere, &file).unwrap();
    assert!(Choices::default().write(&file).is_err());
    assert_eq!(fs::read(&elsewhere).unwrap(), b"");
    fs::remove_file(&file).unwrap();
    fs::remove_dir(write::folder_of(&file)).unwrap();
    symlink(folder.path(), write::folder_of(&file)).unwrap();
    assert!(Choices::default().write(&file).is_err());
}

#[test]
fn flags_stand_above_choices() {
    let mut choices = Choices::default();
    choices.set("ann.jpg".to_owned(), chosen(b"ann", CROP));
    let flags = |rotate| Choice {
        rotate: Some(rotate),
        background: Some(headshot_core::Background::Blur),
        ..Choice::default()
    };
    let under = choices.clone().under(&flags(headshot_core::Rotation::By90));
    let under = under.unwrap();
    let choice = &under.named("ann.jpg").unwrap().choice;
    let kept: Choice = serde_json::from_str(CROP).unwrap();
    assert_eq!(choice.crop, kept.crop);
    assert_eq!(choice.background, Some(headshot_core::Background::Blur));
    let refused = choices.under(&flags(headshot_core::Rotation::By180));
    let message = refused.unwrap_err().message;
    assert!(
        message.contains("--rotate 180") && message.contains("ann.jpg"),
        "{message}"
    );
    assert!(message.contains("by 90 degrees"), "{message}");
}

#[test]
fn names_are_parts_with_a_slash_between_them() {
    assert_eq!(name(&Path::new("dir").join("ann.jpg")), "dir/ann.jpg");
    assert_eq!(name(Path::new("Zoë.jpg")), "Zoë.jpg");
}
