use super::*;

fn mark(output: &str, options: &[u8]) -> Mark {
    Mark {
        photo: Name::from(Path::new("/in/a.jpg")),
        root: Some(Name::from(Path::new("/in"))),
        size: 11,
        hash: Hash::of(b"photo"),
        options: Some(Hash::of(options)),
        pipeline: 1,
        output: Name::from(Path::new(output)),
        output_size: options.len() as u64,
        output_hash: Hash::of(options),
    }
}

#[test]
fn the_last_word_on_an_output_counts() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let path = out.join("journal");
    let record = Record::new(Path::new("a.jpg"));
    let (mut journal, _) = open(out, &path, "busy").unwrap();
    let both = [
        (mark("a.png", b"old"), &record),
        (mark("b.jpg", b"old"), &record),
    ];
    journal.note(&both).unwrap();
    journal.note(&[(mark("a.png", b"newer"), &record)]).unwrap();
    journal.forget(Path::new("b.jpg"));
    journal.moved(Path::new("a.png"), Path::new("/new/a.jpg"), None);
    journal.flush().unwrap();
    drop(journal);
    let (mut journal, known) = open(out, &path, "busy").unwrap();
    let expected = Mark {
        photo: Name::from(Path::new("/new/a.jpg")),
        root: None,
        ..mark("a.png", b"newer")
    };
    assert_eq!(known.marks(), [&expected]);
    assert_eq!(known.of(Path::new("b")).count(), 0);
    let line = known.at(Path::new("a.png")).unwrap().line;
    assert_eq!(journal.record(line).unwrap().photo, "a.jpg");
}

#[test]
fn what_is_on_disk_decides_where_a_run_was_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let path = out.join("journal");
    let record = Record::new(Path::new("a.jpg"));
    let (mut journal, _) = open(out, &path, "busy").unwrap();
    journal.note(&[(mark("a.png", b"old"), &record)]).unwrap();
    let news = [
        (mark("a.png", b"newer"), &record),
        (mark("b.png", b"newer"), &record),
    ];
    journal.note(&news).unwrap();
    drop(journal);
    let whole = std::fs::read(&path).unwrap();
    for (is, expected) in [
        (&b"old"[..], &b"old"[..]),
        (b"newer", b"newer"),
        (b"edit", b"newer"),
    ] {
        std::fs::write(&path, &whole).unwrap();
        std::fs::write(out.join("a.png"), is).unwrap();
        let known = read(out, &path).unwrap();
        assert_eq!(known.marks(), [&mark("a.png", expected)]);
        let (mut journal, known) = open(out, &path, "busy").unwrap();
        assert_eq!(known.marks(), [&mark("a.png", expected)]);
        journal.flush().unwrap();
        drop(journal);
        // From then on it is settled.
        std::fs::write(out.join("a.png"), b"something else").unwrap();
        assert_eq!(
            read(out, &path).unwrap().marks(),
            [&mark("a.png", expected)]
        );
    }
}

#[test]
fn a_journal_is_compacted_and_one_of_version_1_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let path = out.join("journal");
    let old = "{\"format\":\"headshot-batch-1\"}\n\
        {\"made\":{\"mark\":{\"photo\":\"/in/a.jpg\",\"size\":11,\"hash\":\"0b\",\"recipe\":\"0c\",\
        \"output\":\"a.jpg\",\"output_size\":22,\"output_hash\":\"0d\"},\"record\":null}}\n";
    std::fs::write(&path, old).unwrap();
    let (mut journal, known) = open(out, &path, "busy").unwrap();
    let [mark_1] = known.marks()[..] else {
        panic!("{known:?}")
    };
    assert_eq!(
        (mark_1.options, mark_1.pipeline, mark_1.output_size),
        (None, 0, 22)
    );
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .starts_with("{\"format\":\"headshot-batch-2\"}\n{\"made\"")
    );
    let record = Record::new(Path::new("a.jpg"));
    for number in 0..500_u32 {
        let made = mark("b.jpg", &number.to_le_bytes());
        journal.note(&[(made, &record)]).unwrap();
    }
    journal.flush().unwrap();
    drop(journal);
    let length = || std::fs::metadata(&path).unwrap().len();
    assert!(length() > 100_000, "{}", length());
    let (mut journal, known) = open(out, &path, "busy").unwrap();
    assert!(length() < 2_000, "{}", length());
    let line = known.at(Path::new("b.jpg")).unwrap().line;
    assert_eq!(journal.record(line).unwrap().photo, "a.jpg");
    drop(journal);
    assert_eq!(read(out, &path).unwrap().marks(), known.marks());
}

#[cfg(unix)]
#[test]
fn names_come_back_byte_for_byte() {
    use std::os::unix::ffi::OsStrExt;
    for bytes in [
        &b"caf\xe9\n.jpg"[..],
        b"\\xe9",
        "Zo\u{eb}".as_bytes(),
        b"\xff",
    ] {
        let path = Path::new(std::ffi::OsStr::from_bytes(bytes));
        let json = serde_json::to_string(&Name::from(path)).unwrap();
        let name: Name = serde_json::from_str(&json).unwrap();
        assert_eq!(name.path(), path, "{json}");
    }
}
