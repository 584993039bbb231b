//! Who may look into what a run writes, and whose files it may replace.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;

use crate::batch_run::{jpeg, normalize, people, write};
use crate::run::{Ran, headshot, names, run};

/// Runs `headshot` with these arguments in this folder, under this umask.
fn with_umask(folder: &Path, umask: &str, arguments: &str) -> Ran {
    let script = format!("umask {umask}; exec \"$0\" {arguments}");
    let mut command = Command::new("sh");
    command.current_dir(folder).args(["-c", &script]);
    command.arg(headshot().get_program());
    run(command.env("HEADSHOT_STATE", folder.join("state")))
}

fn mode(path: impl AsRef<Path>) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: impl AsRef<Path>, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Whether this test may give files away.
fn is_root() -> bool {
    let folder = tempfile::tempdir().unwrap();
    fs::metadata(folder.path()).unwrap().uid() == 0
}

#[test]
fn a_journal_is_its_owners_alone_and_avatars_follow_the_umask() {
    for (umask, readable) in [("000", 0o666), ("022", 0o644), ("027", 0o640)] {
        let folder = people(2);
        let here = folder.path();
        // What an earlier version, or somebody else's umask, has left there.
        normalize(here, "people -o out").expect(0);
        set_mode(here.join("out/.headshot"), 0o755);
        set_mode(here.join("out/.headshot/journal.jsonl"), 0o644);
        set_mode(here.join("out"), 0o711);
        write(here.join("people/new.jpg"), &jpeg(3));
        let arguments = "normalize people -o out --report r.jsonl --sheet page.html";
        with_umask(here, umask, arguments).expect(0);
        assert_eq!(mode(here.join("out/.headshot")), 0o700);
        assert_eq!(mode(here.join("out/.headshot/journal.jsonl")), 0o600);
        assert_eq!(mode(here.join("out")), 0o711, "the user's own stays");
        for file in ["out/new.jpg", "r.jsonl", "page.html"] {
            assert_eq!(mode(here.join(file)), readable, "{umask} {file}");
        }
        with_umask(here, umask, "normalize people -o fresh").expect(0);
        assert_eq!(mode(here.join("fresh/.headshot")), 0o700);
        assert_eq!(mode(here.join("fresh/.headshot/journal.jsonl")), 0o600);
    }
}

#[test]
fn a_journal_is_not_reached_through_a_link() {
    let folder = people(2);
    let here = folder.path();
    write(here.join("secrets/notes"), b"somebody's");
    set_mode(here.join("secrets"), 0o755);
    fs::create_dir(here.join("out")).unwrap();
    symlink("../secrets", here.join("out/.headshot")).unwrap();
    normalize(here, "people -o out").expect(2);
    fs::remove_file(here.join("out/.headshot")).unwrap();
    fs::create_dir(here.join("out/.headshot")).unwrap();
    let journal = here.join("out/.headshot/journal.jsonl");
    for target in ["../../secrets/notes", "../../nowhere"] {
        symlink(target, &journal).unwrap();
        normalize(here, "people -o out").expect(2);
        fs::remove_file(&journal).unwrap();
    }
    assert_eq!(mode(here.join("secrets")), 0o755);
    assert_eq!(fs::read(here.join("secrets/notes")).unwrap(), b"somebody's");
    assert_eq!(names(here), ["out", "people", "secrets"]);
}

#[test]
fn a_file_that_is_replaced_keeps_its_mode_and_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("a.jpg"), &jpeg(1));
    let old = write(here.join("old.jpg"), b"old");
    set_mode(&old, 0o604);
    if is_root() {
        chown(&old, Some(11), Some(22)).unwrap();
    }
    let before = fs::metadata(&old).unwrap();
    normalize(here, "a.jpg -o old.jpg").expect(0);
    let after = fs::metadata(&old).unwrap();
    let whose = |found: &fs::Metadata| (found.uid(), found.gid(), found.mode());
    assert_eq!(whose(&after), whose(&before));
    assert!(image::open(&old).is_ok());
}

#[test]
fn somebody_elses_file_is_not_replaced() {
    // Only root can make one here, and then a run as somebody else.
    if !is_root() {
        return;
    }
    use std::os::unix::process::CommandExt;
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    set_mode(here, 0o777);
    write(here.join("a.jpg"), &jpeg(1));
    let old = write(here.join("old.jpg"), b"old");
    let as_somebody = |arguments: &str| {
        // The binary may lie where only root can go.
        let binary = here.join("headshot");
        if !binary.exists() {
            fs::copy(headshot().get_program(), &binary).unwrap();
        }
        let mut command = Command::new(&binary);
        command.current_dir(here).uid(1011).gid(1022);
        command.arg("normalize");
        run(command.args(arguments.split_whitespace()))
    };
    let ran = as_somebody("a.jpg -o old.jpg").expect(1);
    let message = "old.jpg cannot be written: it belongs to the user 0";
    assert!(ran.stderr.contains(message), "{ran:?}");
    assert_eq!(fs::read(&old).unwrap(), b"old");
    assert_eq!(names(here), ["a.jpg", "headshot", "old.jpg"]);
    // Nor a file of their own, by a link that somebody else has put into a folder that is open to many.
    let own = write(here.join("own.jpg"), b"own");
    chown(&own, Some(1011), Some(1022)).unwrap();
    let open = here.join("open");
    fs::create_dir(&open).unwrap();
    set_mode(&open, 0o1777);
    chown(&open, Some(1033), None).unwrap();
    symlink("../own.jpg", open.join("link.jpg")).unwrap();
    let ran = as_somebody("a.jpg -o open/link.jpg").expect(1);
    assert!(
        ran.stderr.contains("a symbolic link of the user 0"),
        "{ran:?}"
    );
    assert_eq!(fs::read(&own).unwrap(), b"own");
    fs::remove_file(open.join("link.jpg")).unwrap();
    // Their own link leads where it leads.
    symlink("../own.jpg", open.join("link.jpg")).unwrap();
    std::os::unix::fs::lchown(open.join("link.jpg"), Some(1011), None).unwrap();
    as_somebody("a.jpg -o open/link.jpg").expect(0);
    assert!(image::open(&own).is_ok());
}
