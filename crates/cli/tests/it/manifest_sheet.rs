//! `set --manifest --sheet`: a page of people, photos and outcomes.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::RgbImage;

use crate::keep::{reply, server};
use crate::manifest::{Office, THREE};
use crate::run::{Ran, names, png, run};

/// Runs it with a page, and returns that; no token may be in it.
fn page(office: &Office, status: i32, more: &[&str]) -> (Ran, String) {
    let file = office.path("page.html");
    let ran = office.set(&[&["--sheet", file.to_str().unwrap()], more].concat());
    let ran = ran.expect(status);
    (ran, read(office))
}

fn read(office: &Office) -> String {
    let page = fs::read_to_string(office.path("page.html")).unwrap();
    for token in &office.tokens {
        assert!(!page.contains(token.as_str()), "{page}");
    }
    page
}

/// The rows under a heading.
fn part<'a>(page: &'a str, class: &str) -> &'a str {
    let begin = format!("<section class=\"{class}\">");
    let part = page.split(&begin).nth(1).unwrap_or_default();
    part.split("</section>").next().unwrap_or_default()
}

fn pictures(page: &str) -> usize {
    page.matches("role=\"img\"").count()
}

#[test]
fn a_page_shows_who_got_which_photo_and_problems_first() {
    let office = Office::with(&[
        "xoxp-emulator--a",
        "xoxp-emulator-revoked--b",
        "xoxp-emulator-admin--c",
        "xoxp-emulator--d",
    ]);
    png(office.folder.path(), "p2.png", 30, 20);
    fs::write(office.path("p3.png"), b"\x89PNG no more").unwrap();
    let rows = "photo,token_env,user_id\np0.png,T0,U0MEMBER\np1.png,T1,U0GONE\np2.png,T2,U0ADMIN\n";
    office.write(rows.as_bytes());
    let (_, planned) = page(&office, 1, &["--dry-run"]);
    assert!(part(&planned, "fine").contains("line 2: to be set for maya (U0MEMBER) of "));
    assert_eq!(pictures(&planned), 6, "also of whose token is no good");
    assert_eq!(office.posts(), [0, 0, 0, 0]);

    let (_, page_of_posts) = page(&office, 1, &[]);
    let (failed, warned) = (
        part(&page_of_posts, "failed"),
        part(&page_of_posts, "warned"),
    );
    for told in [
        "<h3>p1.png</h3>",
        "line 3: failed for U0GONE (by the manifest)",
        "token_revoked",
        "nothing after",
    ] {
        assert!(failed.contains(told), "{told}: {failed}");
    }
    for told in [
        "<h3>p2.png</h3>",
        "line 4: set for adam (U0ADMIN) of ",
        "will look soft",
    ] {
        assert!(warned.contains(told), "{told}: {warned}");
    }
    let fine = part(&page_of_posts, "fine");
    assert!(
        fine.contains("line 2: set for maya (U0MEMBER) of "),
        "{fine}"
    );
    assert!(fine.contains("(T0"), "the workspace: {fine}");
    assert_eq!(pictures(failed), 1);
    assert_eq!((pictures(warned), pictures(fine)), (2, 2));
    let order = ["p1.png", "p2.png", "p0.png"].map(|name| page_of_posts.find(name).unwrap());
    assert!(order.is_sorted(), "{order:?}");
    assert!(!page_of_posts.contains("Not tried"));
    for hidden in [
        "T0,",
        "token_env",
        ">T0<",
        "<script",
        "http-equiv=\"refresh",
    ] {
        assert!(!page_of_posts.contains(hidden), "{hidden}");
    }

    // The next run posts nobody, and shows the same pictures.
    let (_, again) = page(&office, 1, &[]);
    assert!(part(&again, "fine").contains("line 2: set already for maya"));
    assert_eq!(pictures(&again), pictures(&page_of_posts));
    assert_eq!(office.posts(), [1, 0, 1, 0]);

    office.write(b"photo,token_env\np3.png,T3\np0.png,T0\n");
    // What was done is not replaced by what would be.
    let (ran, kept) = page(&office, 2, &["--dry-run"]);
    let said = "it is the page of a real run, and a dry run does not replace it";
    assert!(ran.stderr.contains(said), "{ran:?}");
    assert_eq!(kept, again);
    fs::remove_file(office.path("page.html")).unwrap();
    for more in [&["--dry-run"][..], &[]] {
        let (_, broken) = page(&office, 1, more);
        assert!(part(&broken, "failed").contains("nothing before"));
        assert_eq!(pictures(&broken), 2);
    }
    let files = names(office.folder.path());
    let others = files.iter().filter(|name| name.contains("page"));
    assert_eq!(others.collect::<Vec<_>>(), ["page.html"]);
}

/// The pictures in a page, in its order.
fn decoded(page: &str) -> Vec<RgbImage> {
    let urls = page.split("url(data:image/").skip(1);
    let codes = urls.map(|url| url.split_once("base64,").unwrap().1);
    let codes = codes.map(|url| url.split(')').next().unwrap());
    codes
        .map(|code| {
            let bytes = STANDARD.decode(code).unwrap();
            image::load_from_memory(&bytes).unwrap().into_rgb8()
        })
        .collect()
}

#[test]
fn the_avatar_on_the_page_is_what_slack_cuts_out() {
    let office = Office::with(&["xoxp-emulator--a"]);
    let halves = RgbImage::from_fn(1000, 600, |x, _| {
        if x < 450 {
            image::Rgb([200, 30, 40])
        } else {
            image::Rgb([20, 60, 210])
        }
    });
    halves.save(office.path("p0.png")).unwrap();
    office.write(b"photo,token_env,crop_x,crop_y,crop_w\np0.png,T0,460,10,540\n");
    for more in [
        &["--dry-run"][..],
        &["--dry-run", "--as-is"],
        &["--as-is"],
        &["--as-is"],
    ] {
        let (_, page) = page(&office, 0, more);
        let [before, after] = &decoded(&page)[..] else {
            panic!("{page}");
        };
        let is_blue = |picture: &RgbImage, x, y| picture[(x, y)][2] > 150;
        assert!(!is_blue(before, 10, 96) && is_blue(before, 180, 96));
        for (x, y) in [(2, 2), (2, 189), (96, 96), (189, 2)] {
            assert!(is_blue(after, x, y), "{more:?}: {x}, {y}");
        }
    }
    assert_eq!(office.posts(), [1]);
}

#[test]
fn rows_that_a_run_did_not_reach_are_on_the_page() {
    let office = Office::with(&["xoxp-1", "xoxp-2", "xoxp-3", "xoxp-4"]);
    let file = office.path("page.html");
    let sheet = ["--sheet", file.to_str().unwrap(), "--no-backup"];
    let portal = || reply("403 Forbidden", "<html>please sign in</html>");
    // Nobody is known yet.
    let base_url = server(move |_, _| portal());
    run(&mut office.command_to(&base_url, &sheet)).expect(75);
    let page = read(&office);
    assert!(page.contains("Failed 2<") && page.contains("Not tried 2<"));
    assert!(part(&page, "not-tried").contains("<p class=\"about\">line 5: not tried</p>"));
    // All are known, and then posts meet the page.
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let base_url = server(move |path, _| match path {
        "/api/auth.test" => {
            let number = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let body = r#"{"ok":true,"team_id":"T1","user_id":"U7","user":"ann","team":"One"}"#;
            reply("200 OK", &body.replace('7', &format!("{number}")))
        }
        "/api/users.profile.get" => reply(
            "200 OK",
            r#"{"ok":true,"profile":{"avatar_hash":"0123456789ab"}}"#,
        ),
        _ => portal(),
    });
    let ran = run(&mut office.command_to(&base_url, &sheet)).expect(75);
    assert!(ran.stderr.contains("2 failed, 2 not tried"), "{ran:?}");
    let page = read(&office);
    let (failed, left) = (part(&page, "failed"), part(&page, "not-tried"));
    assert_eq!(
        (failed.matches("HTTP status 403").count(), pictures(failed)),
        (2, 4)
    );
    for line in [4, 5] {
        let told = format!("line {line}: not tried for ann (U");
        assert!(left.contains(&told), "{told}: {left}");
    }
    assert!(page.find("Failed 2<") < page.find("Not tried 2<"));
}

#[test]
fn a_page_replaces_nothing_but_a_page() {
    let office = Office::with(&THREE);
    let path = |name: &str| office.path(name).to_str().unwrap().to_owned();
    fs::write(office.path("token"), "xoxp-emulator--file").unwrap();
    office.write(b"photo,token_env,token_file\np0.png,T0,\np1.png,,token\n");
    fs::write(office.path("mine.html"), "<!DOCTYPE html>mine").unwrap();
    fs::write(office.path("directory"), "xoxp-emulator-owner--w").unwrap();
    let (report, directory) = (path("report.jsonl"), path("directory"));
    let more = ["--report", &report, "--directory-token-file", &directory];
    let before = names(office.folder.path());
    for (name, message) in [
        ("people.csv", "overwrite the manifest"),
        ("./p0.png", "overwrite the photo"),
        ("token", "overwrite the token in"),
        ("directory", "overwrite the token in"),
        ("people.csv.headshot-journal", "the journal"),
        ("report.jsonl", "names the same file"),
        ("mine.html", "only such a page is replaced"),
        ("no/page.html", "there is no folder"),
        ("nul.html", "Windows"),
    ] {
        let file = path(name);
        let kept = fs::read(office.path(name)).ok();
        let ran = office.set(&[&["--sheet", &file], &more[..]].concat());
        ran.expect_message(2, message);
        assert_eq!(fs::read(office.path(name)).ok(), kept, "{name}");
    }
    let file = path("page.html");
    for (flag, message) in [("--check", "looks at no photo"), ("--restore", "--report")] {
        let ran = office.set(&["--sheet", &file, flag]);
        ran.expect_message(2, message);
    }
    assert_eq!(names(office.folder.path()), before, "nothing was begun");
    assert_eq!(office.posts(), [0, 0, 0]);

    let photo = office.path("p0.png");
    let mut command = crate::run::headshot();
    command.env("SLACK_TOKEN", "xoxp-emulator--a").arg("set");
    command.arg(photo).args(["--sheet", &file]);
    run(&mut command).expect(2);
}

#[test]
fn the_pictures_of_a_long_manifest_lie_beside_its_page() {
    let tokens: Vec<_> = (0..501).map(|n| format!("xoxp-{n}")).collect();
    let folder = |office: &Office| office.path("page-files");
    let mut office = Office::with(&[]);
    office.tokens = tokens;
    png(office.folder.path(), "a.png", 40, 40);
    let rows = (0..501).map(|n| format!("a.png,T{n}\n"));
    office.write(format!("photo,token_env\n{}", rows.collect::<String>()).as_bytes());
    let more = ["--dry-run", "--offline", "--side", "20"];
    fs::create_dir(folder(&office)).unwrap();
    fs::write(folder(&office).join("000001-after.png"), "mine").unwrap();
    let file = office.path("page.html");
    let sheet = ["--sheet", file.to_str().unwrap()];
    let ran = office.set(&[&sheet[..], &more].concat());
    ran.expect_message(2, "no page has put there");
    fs::remove_dir_all(folder(&office)).unwrap();
    let inside = folder(&office);
    let report = ["--report", inside.to_str().unwrap()];
    let ran = office.set(&[&sheet[..], &more, &report].concat());
    ran.expect_message(2, "its pictures go to");
    assert!(!inside.exists());

    for _ in 0..2 {
        let (_, page) = page(&office, 0, &more);
        let found = names(&inside);
        let [marker, own] = &found[..] else {
            panic!("{found:?}");
        };
        assert_eq!(marker, ".headshot-pictures");
        let shown = names(&inside.join(own));
        assert_eq!(shown.len(), 2 * 501 + 1);
        assert!(page.contains(&format!("url(page-files/{own}/000501-after.")));
        assert!(!page.contains("data:image"));
    }
    assert!(Path::new(&file).exists());
}
