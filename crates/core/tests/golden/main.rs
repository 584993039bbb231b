//! Golden pictures: `normalize` must give the pixels in `testdata/golden`, one named test a picture.
//!
//! The expected pixels were computed by other software (`testdata/make.py`), so no picture here is blessed from our
//! own output. A failure writes `[expected | difference | actual]`, and the message names the file.

mod cases;
mod compare;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use headshot_core::normalize;
use image::DynamicImage;
use libtest_mimic::{Arguments, Failed, Trial};

use cases::{Case, MUST_DIFFER};

fn main() {
    let mut trials = vec![Trial::test("every_golden_has_its_case", corpus_is_whole)];
    for case in cases::all() {
        trials.push(Trial::test(case.name, move || check(&case)));
    }
    trials.extend(MUST_DIFFER.iter().map(|(name, photo)| {
        Trial::test(format!("{name}-is-not-{photo}"), || {
            must_differ(name, photo)
        })
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn check(case: &Case) -> Result<(), Failed> {
    let picture = failure_picture(case.name);
    // A picture of an earlier failure would mislead.
    let _ = fs::remove_file(&picture);
    let expected = golden(case.name)?;
    let actual = avatar(case, case.photo)?;
    compare::pictures(&expected, &actual, &case.tolerance).map_err(|difference| {
        let written = compare::side_by_side(&expected, &actual).and_then(|sheet| {
            fs::create_dir_all(picture.parent()?).ok()?;
            sheet.save(&picture).ok()
        });
        match written {
            Some(()) => format!("{difference}; see {}", picture.display()).into(),
            None => difference.into(),
        }
    })
}

/// A golden that a wrong result also matches proves nothing: `photo` shows what the mistake would look like.
fn must_differ(name: &str, photo: &'static str) -> Result<(), Failed> {
    let case = cases::all()
        .into_iter()
        .find(|case| case.name == name)
        .ok_or("no such case")?;
    let mistaken = avatar(&case, photo)?;
    match compare::pictures(&golden(name)?, &mistaken, &case.tolerance) {
        Ok(()) => Err("the mistake is within the tolerance".into()),
        Err(_) => Ok(()),
    }
}

/// A missing golden or case must not go unnoticed.
fn corpus_is_whole() -> Result<(), Failed> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(testdata().join("golden"))? {
        let name = entry?
            .file_name()
            .into_string()
            .map_err(|_| "a name that is not UTF-8")?;
        files.insert(name.trim_end_matches(".png").to_owned());
    }
    let cases = cases::all();
    let names: BTreeSet<String> = cases.iter().map(|case| case.name.to_owned()).collect();
    if names != files {
        let odd: Vec<_> = names.symmetric_difference(&files).collect();
        return Err(format!("cases without a golden, or the other way round: {odd:?}").into());
    }
    if (cases.len(), names.len()) != (cases::COUNT, cases::COUNT) {
        return Err(format!("cases: {}, expected {}", cases.len(), cases::COUNT).into());
    }
    Ok(())
}

fn avatar(case: &Case, photo: &str) -> Result<DynamicImage, Failed> {
    let bytes = fs::read(testdata().join("still").join(photo))?;
    let avatar = normalize(&bytes, &case.options)?;
    let picture = image::load_from_memory(&avatar.bytes())?;
    if (picture.width(), picture.height()) != (avatar.side(), avatar.side()) {
        return Err("the avatar has another size than it says".into());
    }
    Ok(picture)
}

fn golden(name: &str) -> Result<DynamicImage, Failed> {
    let path = testdata().join("golden").join(format!("{name}.png"));
    Ok(image::load_from_memory(&fs::read(path)?)?)
}

fn failure_picture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("golden-failures")
        .join(format!("{name}.png"))
}

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata")
}
