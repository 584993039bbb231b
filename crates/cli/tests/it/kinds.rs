//! The words of `error.kind`: each that the code has stands in docs/report.md, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::run::root;

/// All code below a folder, without its unit tests.
fn code(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            text += &code(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs")
        {
            let file = fs::read_to_string(&path).expect("it is text");
            text += file.split("#[cfg(test)]").next().unwrap_or_default();
        }
    }
    text
}

/// The first argument behind each of these beginnings, as it stands there.
fn arguments<'a>(code: &'a str, begins: &[&str]) -> Vec<&'a str> {
    let found = begins.iter().flat_map(|begin| code.split(begin).skip(1));
    let first = found.map(|rest| {
        let rest = rest.trim_start();
        let end = rest.find([',', ')', ' ', '\n', '{', ';']).unwrap_or(0);
        &rest[..end]
    });
    first.collect()
}

fn word(text: &str) -> Option<String> {
    let word = text.strip_prefix('"')?.strip_suffix('"')?;
    let is_word = !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_lowercase());
    is_word.then(|| word.to_owned())
}

/// The words behind `=>` of one function.
fn arms(file: &str, function: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(file)).expect("it is there");
    let (_, body) = text.split_once(function).expect("the function is there");
    let (body, _) = body.split_once("\n    }\n").expect("it ends");
    arguments(body, &["=>"])
        .into_iter()
        .filter_map(word)
        .collect()
}

#[test]
fn every_kind_of_error_is_in_the_documentation() {
    let ours = code(&root().join("crates/cli/src")) + &code(&root().join("crates/batch/src"));
    let mut kinds: BTreeSet<String> = ["usage".to_owned()].into();
    let constants: Vec<_> = ours
        .split("const ")
        .skip(1)
        .filter_map(|rest| {
            let (name, rest) = rest.split_once(": &str = ")?;
            Some((name, word(rest.split(';').next()?)?))
        })
        .collect();
    let used = arguments(
        &ours,
        &["Failure::new(", "Failure::io(", ".kind == ", ".kind != "],
    );
    for argument in used {
        kinds.extend(word(argument));
        let named = constants.iter().filter(|(name, _)| *name == argument);
        kinds.extend(named.map(|(_, kind)| kind.clone()));
    }
    kinds.extend(arms("crates/core/src/error.rs", "pub fn kind(&self)"));
    kinds.extend(arms("crates/upload/src/class.rs", "pub fn as_str(self)"));
    // Words of each source, so that none is overlooked as a whole.
    for kind in [
        "usage",
        "disk_full",
        "no_token",
        "crop_outside",
        "outcome_unknown",
        "interrupted",
        "not_ours",
    ] {
        assert!(kinds.contains(kind), "{kind}: {kinds:?}");
    }

    let report = fs::read_to_string(root().join("docs/report.md")).expect("it is there");
    let (_, errors) = report
        .split_once("\n## Errors\n")
        .expect("the part is there");
    let rows = errors.lines().filter_map(|line| line.strip_prefix("| `"));
    let told: BTreeSet<String> = rows
        .flat_map(|row| row.split(" | ").next().unwrap_or_default().split("`, `"))
        .map(|word| word.trim_end_matches('`').to_owned())
        .filter(|word| word != "error.kind")
        .collect();
    let missing: Vec<_> = kinds.difference(&told).collect();
    let gone: Vec<_> = told.difference(&kinds).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "missing {missing:?}, gone {gone:?}"
    );
}
