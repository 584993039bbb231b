use std::fs;

use super::*;

const FORMAT: &str = "test-1";
const FORMATS: &[&str] = &[FORMAT, "test-0"];

fn open(path: &Path) -> Result<(Log, Vec<u32>, usize), Failure> {
    let mut entries = Vec::new();
    let (log, found) = Log::open(path, FORMATS, "busy", |entry, _| entries.push(entry))?;
    Ok((log, entries, found.damaged))
}

/// Opens a journal that is held at most for a moment, by a process that another test is starting.
fn free(path: &Path) -> (Log, Vec<u32>, usize) {
    loop {
        match open(path) {
            Err(failure) if failure.kind == lock::LOCKED => std::thread::yield_now(),
            opened => return opened.unwrap(),
        }
    }
}

#[test]
fn entries_are_there_again_and_can_be_read_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let (mut log, entries, _) = free(&path);
    assert_eq!(entries, [0; 0]);
    log.append(&[11, 222]).unwrap();
    assert_eq!(open(&path).unwrap_err().kind, lock::LOCKED);
    log.append(&[3]).unwrap();
    drop(log);
    let mut spans = Vec::new();
    let opened = Log::open(&path, FORMATS, "busy", |_: u32, span| spans.push(span));
    let (mut log, found) = opened.unwrap();
    assert_eq!((spans.len(), found.damaged), (3, 0));
    assert_eq!(log.entry::<u32>(spans[1]).unwrap(), 222);
    log.append(&[44]).unwrap();
    drop(log);
    assert_eq!(free(&path).1, [11, 222, 3, 44]);
}

#[test]
fn a_file_cut_off_anywhere_has_its_whole_lines_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    free(&path).0.append(&[11, 222]).unwrap();
    let whole = fs::read(&path).unwrap();
    let head = head(FORMAT).len();
    for length in 0..=whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let (mut log, entries, damaged) = free(&path);
        let expected: &[u32] = match length.saturating_sub(head) {
            0..3 => &[],
            3..7 => &[11],
            _ => &[11, 222],
        };
        assert_eq!((&entries[..], damaged), (expected, 0), "{length}");
        log.append(&[5]).unwrap();
        drop(log);
        let entries = free(&path).1;
        assert_eq!(entries, [expected, &[5]].concat(), "{length}");
    }
}

#[test]
fn damage_is_counted_in_the_middle_and_taken_off_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let text = "{\"format\":\"test-1\"}\n11\n\0\0\0\nx\n222\n\0\0\n\0";
    fs::write(&path, text).unwrap();
    let (mut log, entries, damaged) = free(&path);
    assert_eq!((&entries[..], damaged), (&[11, 222][..], 2));
    log.append(&[3]).unwrap();
    drop(log);
    let (_journal, entries, damaged) = free(&path);
    assert_eq!((&entries[..], damaged), (&[11, 222, 3][..], 2));
}

#[test]
fn what_is_no_journal_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    for (text, word) in [
        ("photo,token_env\n", "is not a journal"),
        ("photo", "is not a journal"),
        ("{\"format\":\"other-1\"}\n11\n", "is not a journal"),
        ("{\"format\":\"test-2\"}\n11\n", "is of the format test-2"),
    ] {
        fs::write(&path, text).unwrap();
        let failure = open(&path).unwrap_err();
        assert!(failure.message.contains(word), "{failure:?}");
        let failure = read(&path, FORMATS, |_: u32, _| {}).unwrap_err();
        assert!(failure.message.contains("test-1"), "{failure:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn lines_of_a_later_version_stay_and_an_older_format_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let text = "{\"format\":\"test-0\"}\n11\n{\"new\":1}\n222\n{\"new\":2}\n";
    fs::write(&path, text).unwrap();
    let mut entries = Vec::new();
    let found = read(&path, FORMATS, |entry: u32, _| entries.push(entry)).unwrap();
    let told = (found.damaged, found.unknown.len(), found.format);
    assert_eq!((entries, told), (vec![11, 222], (0, 2, 1)));
    drop(free(&path));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert_eq!(
        read(&folder.path().join("none"), FORMATS, |_: u32, _| {}),
        Ok(Found::default())
    );
}

#[test]
fn compacting_keeps_the_lines_it_is_told_and_the_lock() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    free(&path).0.append(&[11, 222, 3, 44]).unwrap();
    let mut spans = Vec::new();
    let each = |_: u32, span| spans.push(span);
    let (mut log, _) = Log::open(&path, FORMATS, "busy", each).unwrap();
    let kept = log.compact(&path, FORMAT, &[spans[3], spans[1]]).unwrap();
    assert_eq!(open(&path).unwrap_err().kind, lock::LOCKED);
    assert_eq!(log.entry::<u32>(kept[1]).unwrap(), 222);
    log.append(&[5]).unwrap();
    drop(log);
    assert_eq!(free(&path).1, [44, 222, 5]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_line_that_does_not_fit_is_not_there() {
    let file = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut log = Log { file, end: 0 };
    let error = log.append(&[1]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert_eq!(log.end, 0);
}
