//! `normalize --sheet`: a page with every photo before and after, problems first; and `--preview` of a single one.

use std::fs;
use std::path::Path;

use crate::run::{Ran, headshot, names, png, run};

/// Runs `normalize people -o avatars --sheet page.html` and more in a folder, and returns the page.
fn sheet(folder: &Path, status: i32, more: &[&str]) -> (Ran, String) {
    let mut command = headshot();
    command.current_dir(folder).args(["normalize", "people"]);
    command.args(["-o", "avatars", "--sheet", "page.html"]);
    let ran = run(command.args(more)).expect(status);
    let page = fs::read_to_string(folder.join("page.html")).unwrap();
    (ran, page)
}

#[test]
fn a_page_shows_problems_first_and_the_same_whoever_works() {
    let folder = tempfile::tempdir().unwrap();
    let people = folder.path().join("people");
    fs::create_dir(&people).unwrap();
    png(&people, "a <fine>.png", 600, 520);
    png(&people, "b small.png", 30, 20);
    fs::write(people.join("c broken.jpg"), b"\xff\xd8\xff\xe0 no more").unwrap();
    png(&people, "d fine.png", 520, 600);
    let (_, page) = sheet(folder.path(), 1, &["--jobs", "3"]);
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
    let order = [
        "c broken.jpg",
        "b small.png",
        "a &lt;fine&gt;.png",
        "d fine.png",
    ];
    assert!(order.map(at).is_sorted());
    assert_eq!(
        page.matches("role=\"img\"").count(),
        6,
        "all but the broken one"
    );
    // Each picture says what it is.
    for caption in ["photo", "avatar"] {
        let caption = format!("<figcaption>{caption}</figcaption>");
        assert_eq!(page.matches(&caption).count(), 3, "{page}");
    }
    assert_eq!(names(folder.path()), ["avatars", "page.html", "people"]);

    let (_, again) = sheet(folder.path(), 1, &["--jobs", "1", "--force"]);
    assert_eq!(again, page);
    // What has not changed is on the page all the same.
    let (ran, again) = sheet(folder.path(), 1, &[]);
    assert!(ran.stderr.contains("3 unchanged"), "{ran:?}");
    assert_eq!(again, page);
}

#[test]
fn the_pictures_of_many_lie_beside_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let people = folder.path().join("people");
    fs::create_dir(&people).unwrap();
    for index in 0..501 {
        png(&people, &format!("{index}.png"), 20 + index % 7, 20);
    }
    let (_, page) = sheet(folder.path(), 0, &["--side", "20", "--fit", "cover", "-q"]);
    let runs = names(&folder.path().join("page-files"));
    let [_, own] = &runs[..] else {
        panic!("{runs:?}")
    };
    let mut beside = names(&folder.path().join("page-files").join(own));
    assert_eq!(beside.pop().as_deref(), Some("list.jsonl"));
    assert_eq!(beside.len(), 2 * 501);
    assert_eq!(page.matches("role=\"img\"").count(), 2 * 501);
    for name in beside {
        let address = format!("url(page-files/{own}/{name})");
        assert!(page.contains(&address), "{address}");
    }
    assert!(!page.contains("data:image"));

    // A page among the photos, and another run.
    for _ in 0..2 {
        let mut command = headshot();
        command
            .current_dir(folder.path())
            .args(["normalize", "people", "-q"]);
        command.args([
            "-o",
            "others",
            "--sheet",
            "people/page.html",
            "--side",
            "20",
        ]);
        run(&mut command).expect(0);
        let page = fs::read_to_string(people.join("page.html")).unwrap();
        assert!(
            page.contains("All 501<"),
            "its own pictures are none of them"
        );
    }
}

#[test]
fn one_avatar_is_drawn_and_a_folder_is_not() {
    let folder = tempfile::tempdir().unwrap();
    png(folder.path(), "a.png", 600, 600);
    let normalize = |arguments: &[&str]| {
        let mut command = headshot();
        command
            .current_dir(folder.path())
            .args(["normalize", "a.png"]);
        run(command.args(arguments))
    };
    for (arguments, message) in [
        (
            &["-o", "out/", "--preview", "p.png"][..],
            "not a folder of them",
        ),
        (&["-o", "b.png", "--sheet", "p.html"], "in a folder"),
        (&["-o", "b.png", "--preview", "b.png"], "the same file"),
        (
            &["-o", "b.png", "--preview", "a.png"],
            "overwrite the photo",
        ),
        (&["-o", "out/", "--sheet", "a.png"], "overwrite the photo"),
        (
            &["-o", "out/", "--sheet", "no/such.html"],
            "there is no folder no",
        ),
        (
            &["-o", "out/", "--sheet", "p.html", "--dry-run"],
            "cannot be used",
        ),
    ] {
        normalize(arguments).expect_message(2, message);
    }
    let ran = normalize(&["-o", "b.png", "--preview", "p.png", "--json"]).expect(0);
    let steps = ran.objects()[0]["steps"].to_string();
    assert!(steps.contains("drew a preview in p.png"), "{steps}");
    let drawn = image::open(folder.path().join("p.png")).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (1152, 1100));
}
