//! What `fuzz/` tests with arbitrary bytes: what a batch reads back from a disk, and what it makes of the names of files.
//! This is not a public interface.

use std::fs;
use std::path::{Component, Path, PathBuf};

use headshot_core::{Format, Options};

use crate::choices::{self, Choices};
use crate::escape;
use crate::format;
use crate::hash::Hash;
use crate::journal::{self, Known, Mark, Name};
use crate::list;
use crate::names::{self, Collisions};
use crate::record::Record;
use crate::walk::{Input, Kind};

/// Arbitrary bytes as the journal in a `folder`: refused and left as they were, or read; then a new entry is there when it is
/// read again, with everything that was there before.
///
/// # Panics
/// If that is not so.
pub fn journal(folder: &Path, bytes: &[u8]) {
    let path = folder.join("journal");
    fs::write(&path, bytes).expect("a file can be written");
    let Ok((mut journal, known)) = journal::open(folder, &path, "busy") else {
        assert_eq!(
            fs::read(&path).expect("it is there"),
            bytes,
            "a foreign file is left alone"
        );
        return;
    };
    let output = PathBuf::from("new/n\u{eb}w.jpg");
    let mark = Mark {
        photo: Name::from(Path::new("photo")),
        root: None,
        size: 11,
        hash: Hash::of(b"photo"),
        options: Some(Hash::of(b"options")),
        pipeline: 1,
        output: Name::from(&*output),
        output_size: 22,
        output_hash: Hash::of(b"avatar"),
    };
    let before: Vec<Mark> = known.marks().into_iter().cloned().collect();
    let record = Record::new(Path::new("photo"));
    journal
        .note(&[(mark.clone(), &record)])
        .expect("it can be noted");
    journal.flush().expect("it can be noted");
    drop(journal);
    let (_journal, known) = journal::open(folder, &path, "busy").expect("it is a journal");
    assert!(known.marks().contains(&&mark));
    for old in before.iter().filter(|old| old.output.path() != output) {
        assert!(known.marks().contains(&old), "{old:?}");
    }
}

/// Arbitrary bytes as a choices file in a `folder`: refused and left as they were, or read, written and read again with all choices.
///
/// # Panics
/// If that is not so.
pub fn choices(folder: &Path, bytes: &[u8]) {
    let path = folder.join("choices.json");
    fs::write(&path, bytes).expect("a file can be written");
    let Ok(mut read) = Choices::read(&path) else {
        assert!(Choices::default().write(&path).is_err());
        let left = fs::read(&path).expect("it is there");
        assert_eq!(left, bytes, "a file that is not understood is left alone");
        return;
    };
    if read.revision() == u64::MAX {
        assert!(read.write(&path).is_err());
        return;
    }
    read.write(&path).expect("what was read can be written");
    assert_eq!(Choices::read(&path).expect("it is ours"), read);
    for (_, chosen) in read.iter() {
        let options = chosen.choice.applied(&Options::default());
        assert_eq!(chosen.choice.applied(&options), options);
    }
}

/// Arbitrary bytes as a list of names: each can be printed, noted and read again, and every photo gets its own place
/// in the output folder.
///
/// # Panics
/// If that is not so.
pub fn names(bytes: &[u8]) {
    let Ok(listed) = list::names(bytes) else {
        return;
    };
    let mut inputs = Vec::new();
    for path in listed {
        let shown = escape::name(&path);
        assert_eq!(escape::text(&shown), shown, "what is safe stays as it is");
        let json = serde_json::to_string(&escape::lossless(path.as_os_str())).expect("a string");
        let printed = escape::json(&json);
        assert_eq!(escape::text(&printed), printed);
        assert_eq!(
            serde_json::from_str::<String>(&printed).expect("it is JSON"),
            escape::lossless(path.as_os_str())
        );
        let noted = serde_json::to_string(&Name::from(&*path)).expect("a name");
        assert_eq!(
            serde_json::from_str::<Name>(&noted)
                .expect("it is JSON")
                .path(),
            path
        );
        let stem = path.file_stem().unwrap_or_default().into();
        let kind = Kind::Named;
        let name = choices::name(&path);
        inputs.push(Input {
            path,
            stem,
            kind,
            root: None,
            name,
            repeats: 0,
        });
    }
    let format_of = |input: &Input| match input.path.as_os_str().len() % 3 {
        0 => Some(Format::Jpeg),
        1 => Some(Format::Png),
        _ => None,
    };
    let out = Path::new("/no/such/folder");
    names::settle(
        &mut inputs,
        out,
        Collisions::Suffix,
        &Known::default(),
        format_of,
    )
    .expect("they are numbered");
    let mut outputs: Vec<PathBuf> = inputs
        .iter()
        .filter_map(|input| Some(format::file(&input.stem, format_of(input)?)))
        .collect();
    for output in &outputs {
        let mut parts = output.components();
        assert!(
            parts.all(|part| matches!(part, Component::Normal(_))),
            "{output:?}"
        );
    }
    let count = outputs.len();
    outputs.sort();
    outputs.dedup();
    assert_eq!(outputs.len(), count, "two photos in one place");
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_was_found_by_hand_holds() {
        let folder = tempfile::tempdir().unwrap();
        let head = "{\"format\":\"headshot-batch-1\"}\n";
        let gone = "{\"gone\":{\"output\":\"a\"}}\n";
        for bytes in [
            "",
            "x",
            "{",
            head,
            &head[..9],
            &format!("{head}{gone}\0\0\n{gone}{{"),
        ] {
            super::journal(folder.path(), bytes.as_bytes());
        }
        for bytes in [
            &b"a.jpg\na.png\nb/a.jpg\na-2.jpg\n..\n/\n."[..],
            b"\xff\0\x1b[31m\0..\0-",
            b"",
        ] {
            super::names(bytes);
        }
    }
}
