use std::fs;
use std::path::Path;

use headshot_core::{Limits, Options, normalize, probe};

use super::*;
use crate::terminal::record::Record;

/// Begins a page, as a run does.
fn create(file: &Path, photos: usize) -> Result<Sheet, Failure> {
    let target = Sheet::claim(file, photos, false, &mut Claims::default())?;
    Sheet::create(target, photos, false)
}

/// A photo of these pixels, all of one color.
fn photo(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    let pixels = vec![77; (width * height * 3) as usize];
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    bytes
}

/// The record of a photo of this name that came out fine.
fn record(name: &str, bytes: &[u8]) -> (Record, Thumbnails) {
    let (limits, options) = (Limits::default(), Options::default());
    let mut record = Record::new(Path::new(name));
    record.probed(&probe(bytes, &limits).unwrap());
    let avatar = normalize(bytes, &options).unwrap();
    record.made(&avatar);
    let thumbnails = Thumbnails {
        face: None,
        before: Thumbnail::of(bytes, &limits),
        after: Thumbnail::of(&avatar.bytes(), &limits),
    };
    (record, thumbnails)
}

#[test]
fn problems_come_first_and_everything_is_on_one_page() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a page.html");
    let mut sheet = create(&file, 4).unwrap();
    let bytes = photo(600, 900);
    let (fine, thumbnails) = record("one.png", &bytes);
    sheet.add(&Row::of(&fine), &thumbnails).unwrap();
    let (warned, thumbnails) = record("two.png", &photo(30, 20));
    assert_eq!(warned.warnings.len(), 1);
    sheet.add(&Row::of(&warned), &thumbnails).unwrap();
    let mut failed = Record::new(Path::new("<three>.png"));
    let failure = Failure::new("damaged", "it is \"broken\" & \u{202e}cut");
    failed.ended(Err(failure.with_hint("try <b>again</b>")));
    sheet
        .add(&Row::of(&failed), &Thumbnails::default())
        .unwrap();
    let (fine, thumbnails) = record("four.png", &bytes);
    sheet.add(&Row::of(&fine), &thumbnails).unwrap();
    assert!(!file.exists(), "not before it is whole");
    sheet.finish().unwrap();

    let page = fs::read_to_string(&file).unwrap();
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
    let order = ["&lt;three&gt;.png", "two.png", "one.png", "four.png"];
    assert!(order.map(at).is_sorted());
    for text in [
        "<title>a page.html</title>",
        "All 4<",
        "Failed 1<",
        "With warnings 1<",
        "Fine 2<",
        "it is &quot;broken&quot; &amp; \\u{202e}cut (try &lt;b&gt;again&lt;/b&gt;)",
        "PNG, 600 x 900",
        "and will look soft",
        "letterboxed to",
        // The photo of 600 x 900, the bars of its picture cut off.
        "aria-label=\"before\" class=\"before\" style=\"width:64px;height:96px;",
        "nothing before",
        "nothing after",
    ] {
        at(text);
    }
    assert_eq!(page.matches("url(data:image/jpeg;base64,/9j/").count(), 6);
    assert_eq!(page.matches("role=\"img\"").count(), 6);
    for foreign in ["http://", "https://", "<script", "href="] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// All files below a folder, by their names relative to it.
fn files(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            names.extend(
                files(&entry.path())
                    .iter()
                    .map(|file| format!("{name}/{file}")),
            )
        } else {
            names.push(name)
        }
    }
    names.sort();
    names
}

#[test]
fn many_pictures_lie_beside_the_page_and_those_of_an_earlier_one_go() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("50% #1.html");
    let beside = folder.path().join("50% #1-files");
    let make = |name: &str| {
        let mut sheet = create(&file, MOST_INSIDE + 1).unwrap();
        let (fine, thumbnails) = record(name, &photo(600, 900));
        sheet.add(&Row::of(&fine), &thumbnails).unwrap();
        sheet
    };
    make("one.png").finish().unwrap();
    let first = files(&beside);
    let [marker, after, before, list] = &first[..] else {
        panic!("{first:?}");
    };
    assert_eq!(marker, ".headshot-pictures");
    let (run, name) = before.split_once('/').unwrap();
    assert_eq!(name, "000001-before.jpg");
    assert_eq!(after, &format!("{run}/000001-after.jpg"));
    assert_eq!(list, &format!("{run}/list.jsonl"));
    let page = fs::read_to_string(&file).unwrap();
    assert!(page.contains(&format!("url(50%25%20%231-files/{before})")));
    assert!(!page.contains("data:image"));

    // A run that is killed changes nothing that the page shows, and the next sweeps what it has left.
    drop(make("two.png"));
    assert_eq!(fs::read_to_string(&file).unwrap(), page);
    let shown = fs::read(beside.join(before)).unwrap();
    assert!(shown.starts_with(b"\xff\xd8"));
    // One that lives is left alone.
    let alive = make("three.png");
    make("four.png").finish().unwrap();
    let third = alive.pictures.as_ref().unwrap().folder();
    assert_eq!(files(third).len(), 3);
    assert_eq!(files(&beside).len(), 1 + 2 * 3);
    assert!(!beside.join(run).exists());
    // Its page has been replaced meanwhile: it says so, and takes its pictures along.
    alive.finish().unwrap_err();
    assert_eq!(files(&beside).len(), 1 + 3);
    // A small one does without.
    create(&file, 1).unwrap().finish().unwrap();
    assert!(!beside.exists());
}

#[test]
fn only_what_is_listed_as_it_is_goes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p.html");
    let beside = folder.path().join("p-files");
    let mut sheet = create(&file, MOST_INSIDE + 1).unwrap();
    let (fine, thumbnails) = record("one.png", &photo(600, 900));
    sheet.add(&Row::of(&fine), &thumbnails).unwrap();
    sheet.finish().unwrap();
    let run = fs::read_dir(&beside)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let run = run.filter(|path| path.is_dir()).collect::<Vec<_>>();
    let [run] = &run[..] else { panic!("{run:?}") };
    fs::write(run.join("000001-before.jpg"), "edited").unwrap();
    fs::write(run.join("000002-before.jpg"), "mine").unwrap();
    fs::write(beside.join("000003-before.jpg"), "mine, too").unwrap();
    // Another page whose pictures would lie in the same folder.
    create(&folder.path().join("p.htm"), 1)
        .unwrap()
        .finish()
        .unwrap();
    assert_eq!(files(run).len(), 4);
    create(&file, 1).unwrap().finish().unwrap();
    assert_eq!(files(run), ["000001-before.jpg", "000002-before.jpg"]);
    assert!(beside.join("000003-before.jpg").exists());
}

#[test]
fn a_folder_of_somebody_else_is_no_place_for_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p.html");
    let beside = folder.path().join("p-files");
    fs::create_dir(&beside).unwrap();
    drop(create(&file, MOST_INSIDE + 1).unwrap());
    fs::remove_dir_all(&beside).unwrap();
    fs::create_dir(&beside).unwrap();
    fs::write(beside.join("20240131-before.jpg"), "mine").unwrap();
    let refused = create(&file, MOST_INSIDE + 1).unwrap_err();
    assert!(refused.message.contains("p-files"), "{refused:?}");
    create(&file, MOST_INSIDE).unwrap().finish().unwrap();
    assert_eq!(files(&beside), ["20240131-before.jpg"]);
}

#[test]
fn a_page_that_cannot_be_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let failure = create(&folder.path().join("no/such.html"), 3).unwrap_err();
    assert!(failure.message.contains("--sheet"), "{failure:?}");
}

#[test]
fn nothing_else_is_written_among_the_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p.html");
    let beside = folder.path().join("p-files");
    let mut batch = Claims::default();
    batch.make(&beside.join("avatars")).unwrap();
    let mut manifest = Claims::default();
    manifest.write("the journal", &beside);
    for (claims, other) in [(&mut batch, "-o names"), (&mut manifest, "the journal")] {
        let refused = Sheet::claim(&file, MOST_INSIDE + 1, false, claims).unwrap_err();
        assert!(refused.message.contains(other), "{refused:?}");
    }
    // A small page has no such folder.
    let mut manifest = Claims::default();
    manifest.write("the journal", &beside);
    Sheet::claim(&file, MOST_INSIDE, false, &mut manifest).unwrap();
}
