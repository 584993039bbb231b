use std::fs;

use headshot_core::{Limits, Options, normalize, probe};

use super::*;

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
        before: Thumbnail::of(bytes, &limits),
        after: Thumbnail::of(&avatar.bytes(), &limits),
    };
    (record, thumbnails)
}

#[test]
fn problems_come_first_and_everything_is_on_one_page() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a page.html");
    let mut sheet = Sheet::create(&file, 4).unwrap();
    let bytes = photo(600, 900);
    let (fine, thumbnails) = record("one.png", &bytes);
    sheet.add(&fine, &thumbnails).unwrap();
    let (warned, thumbnails) = record("two.png", &photo(30, 20));
    assert_eq!(warned.warnings.len(), 1);
    sheet.add(&warned, &thumbnails).unwrap();
    let mut failed = Record::new(Path::new("<three>.png"));
    let failure = Failure::new("damaged", "it is \"broken\" & \u{202e}cut");
    failed.ended(Err(failure.with_hint("try <b>again</b>")));
    sheet.add(&failed, &Thumbnails::default()).unwrap();
    let (fine, thumbnails) = record("four.png", &bytes);
    sheet.add(&fine, &thumbnails).unwrap();
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

#[test]
fn many_pictures_lie_beside_the_page_and_those_of_an_earlier_one_go() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("50% #1.html");
    let beside = folder.path().join("50% #1-files");
    fs::create_dir(&beside).unwrap();
    for name in ["000009-before.jpg", "000003-after.png", "mine-before.jpg"] {
        fs::write(beside.join(name), "old").unwrap();
    }
    let names = || {
        let entries = fs::read_dir(&beside).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let mut sheet = Sheet::create(&file, MOST_INSIDE + 1).unwrap();
    let (fine, thumbnails) = record("one.png", &photo(600, 900));
    sheet.add(&fine, &thumbnails).unwrap();
    sheet.finish().unwrap();
    assert_eq!(
        names(),
        ["000001-after.jpg", "000001-before.jpg", "mine-before.jpg"]
    );
    let page = fs::read_to_string(&file).unwrap();
    assert!(page.contains("url(50%25%20%231-files/000001-before.jpg)"));
    assert!(!page.contains("data:image"));
    // A small one does without.
    Sheet::create(&file, 1).unwrap().finish().unwrap();
    assert_eq!(names(), ["mine-before.jpg"]);
}

#[test]
fn a_page_that_cannot_be_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let failure = Sheet::create(&folder.path().join("no/such.html"), 3).unwrap_err();
    assert!(failure.message.contains("--sheet"), "{failure:?}");
}
