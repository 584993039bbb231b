//! Reports: whole or not there, never mixed up, and told apart from those of dry runs.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use crate::batch_run::{each, names_in, normalize, people, report, tree, write};
use crate::run::{headshot, names, testdata};

fn start(folder: &Path, arguments: &str) -> Child {
    let mut command = headshot();
    command.current_dir(folder).arg("normalize");
    command.args(arguments.split_whitespace());
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the binary starts")
}

#[test]
fn a_report_sweeps_nothing_of_a_like_name() {
    let folder = people(2);
    let here = folder.path();
    fs::rename(here.join("people/000.jpg"), here.join("photo.part")).unwrap();
    let before = fs::read(here.join("photo.part")).unwrap();
    normalize(here, "photo.part -o out/ --report photo").expect(0);
    assert_eq!(fs::read(here.join("photo.part")).unwrap(), before);
    assert_eq!(names(here), ["out", "people", "photo", "photo.part"]);
}

#[test]
fn a_name_that_says_another_kind_of_file_is_refused() {
    let folder = people(1);
    let here = folder.path();
    for (arguments, message, hint) in [
        (
            "-o out --report r.csv",
            "--report r.csv: it is written as JSON Lines, not as .csv",
            "--report r.jsonl",
        ),
        (
            "-o out --report my/r.JPG",
            "not as .jpg",
            "--report my/r.jsonl",
        ),
        (
            "-o out --report page.html",
            "not as .html",
            "--report page.jsonl",
        ),
        (
            "-o out --sheet x.jpg",
            "--sheet x.jpg: it is written as HTML, not as .jpg",
            "--sheet x.html",
        ),
        ("-o out --sheet r.jsonl", "not as .jsonl", "--sheet r.html"),
    ] {
        fs::create_dir_all(here.join("my")).unwrap();
        let ran = normalize(here, &format!("people {arguments}")).expect_message(2, message);
        assert!(
            ran.stderr.ends_with(&format!("  hint: {hint}\n")),
            "{ran:?}"
        );
    }
    assert_eq!(names(here), ["my", "people"]);
    for report in ["r", "r.json", "r.txt", "r.2026-11-30"] {
        normalize(here, &format!("people -o out --report {report}")).expect(0);
    }
}

#[test]
fn what_a_killed_run_has_left_of_a_report_is_swept_and_nothing_else() {
    let folder = people(1);
    let here = folder.path();
    let object = b"{\"schema\":1,\"photo\":\"a.jpg\"}\n";
    write(here.join(".headshot-Ab12Cd.tmp"), object);
    write(here.join(".headshot-empty0.tmp"), b"");
    // Of a run that lives, of another name, and of other contents.
    let live = fs::File::open(write(here.join(".headshot-Ab12Ce.tmp"), object)).unwrap();
    live.lock().unwrap();
    write(here.join(".headshot-notes.tmp"), object);
    write(here.join(".headshot-Ab12Cf.tmp"), b"mine");
    normalize(here, "people/000.jpg -o a.jpg --report r").expect(0);
    let left = [
        ".headshot-Ab12Ce.tmp",
        ".headshot-Ab12Cf.tmp",
        ".headshot-notes.tmp",
        "a.jpg",
        "people",
        "r",
    ];
    assert_eq!(names(here), left);
    drop(live);
    normalize(here, "people/000.jpg -o a.jpg --report r").expect(0);
    assert_eq!(names(here), [&left[1..]].concat());
}

#[test]
fn the_second_of_two_runs_does_not_replace_the_report_of_the_first() {
    // More lines than a pipe holds, and no warnings: the slow run can't end before its lines are read.
    let long = "p".repeat(200);
    for is_there in [false, true] {
        let folder = people(4);
        let here = folder.path();
        let photo = fs::read(testdata("still/astronaut.jpg")).unwrap();
        for number in 0..200 {
            write(here.join(format!("many/{long}/{number:03}.jpg")), &photo);
        }
        if is_there {
            normalize(here, "people/000.jpg -o one.jpg --report r").expect(0);
        }
        let mut slow = start(here, "many -o slow --jobs 1 --report r");
        let mut lines = BufReader::new(slow.stdout.take().unwrap()).lines();
        lines.next().unwrap().unwrap();
        normalize(here, "people/000.jpg people/003.jpg -o fast --report r").expect(0);
        let fast = fs::read(here.join("r")).unwrap();
        assert_eq!(lines.count(), 199);
        let output = slow.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(
            stderr.contains("r has been written meanwhile by somebody else"),
            "{stderr}"
        );
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(fs::read(here.join("r")).unwrap(), fast);
        assert_eq!(report(&here.join("r")).len(), 2);
        // All was made, and the next run tells of it.
        assert_eq!(names_in(&here.join("slow")).len(), 200);
        normalize(here, "many -o slow --report r").expect(0);
        assert_eq!(report(&here.join("r")).len(), 200);
    }
}

#[test]
fn a_dry_run_says_so_and_replaces_no_real_report() {
    let folder = people(2);
    let here = folder.path();
    for arguments in ["people -o out", "people/000.jpg -o a.jpg"] {
        let dry = format!("{arguments} --dry-run --report r");
        let ran = normalize(here, &format!("{dry} --json")).expect(0);
        assert_eq!(ran.text(), fs::read_to_string(here.join("r")).unwrap());
        assert!(
            each(&report(&here.join("r")), "planned")
                .iter()
                .all(|planned| planned == "true")
        );
        normalize(here, &dry).expect(0);
        let ran = normalize(here, &format!("{arguments} --report r")).expect(0);
        assert!(
            each(&report(&here.join("r")), "planned")
                .iter()
                .all(|planned| planned == "null"),
            "{ran:?}"
        );
        let before = tree(here);
        normalize(here, &dry).expect_message(2, "it is the report of a real run");
        assert!(tree(here) == before);
        fs::remove_file(here.join("r")).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn once_something_is_written_a_failure_is_a_failure() {
    let folder = people(1);
    let here = folder.path();
    let mut run = {
        let mut command = headshot();
        command.current_dir(here);
        command.args(["normalize", "-", "-o", "a.jpg", "--report", "r"]);
        let command = command.stdin(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    // The report is begun, in a file without a name, and then it waits for the photo.
    let fds = format!("/proc/{}/fd", run.id());
    let is_begun = || {
        let open = fs::read_dir(&fds).into_iter().flatten().flatten();
        let mut open = open.filter_map(|fd| fs::read_link(fd.path()).ok());
        open.any(|file| file.starts_with(here) && file.to_string_lossy().ends_with("(deleted)"))
    };
    while !is_begun() {
        std::thread::yield_now();
    }
    write(here.join("r"), b"somebody's own");
    let photo = fs::read(here.join("people/000.jpg")).unwrap();
    let mut stdin = run.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, &photo).unwrap();
    drop(stdin);
    let output = run.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("r has been written meanwhile"), "{stderr}");
    assert_eq!(output.status.code(), Some(1), "a.jpg is written: {stderr}");
    assert!(here.join("a.jpg").exists());
    assert_eq!(fs::read(here.join("r")).unwrap(), b"somebody's own");
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_a_full_disk_cuts_gets_no_name() {
    use std::process::Command;
    let folder = people(40);
    let here = folder.path();
    normalize(here, "people -o out --report r").expect(0);
    let whole = fs::read(here.join("r")).unwrap();
    // A limit on the size of a file is to a writer what a full disk is; no avatar is so large, and the report is.
    let blocks = whole.len() / 1024 - 2;
    for arguments in ["people -o out", "people -o out --quiet --json"] {
        let script = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" normalize {arguments} --report r"
        );
        let mut command = Command::new("bash");
        command
            .current_dir(here)
            .args(["-c", &script])
            .arg(headshot().get_program());
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_ne!(output.status.code(), Some(0), "{stderr}");
        assert!(stderr.contains("r cannot be written"), "{stderr}");
        assert!(
            fs::read(here.join("r")).unwrap() == whole,
            "the one before stays"
        );
        assert_eq!(names(here), ["out", "people", "r"]);
    }
}
