//! Runs that are cut off: by SIGKILL at any moment, by Ctrl-C, by a terminal that is closed.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::batch_run::{each, names_in, normalize, people, report, tree};
use crate::run::headshot;

const PHOTOS: u32 = 48;
const KILLS: u32 = 30;

fn start(folder: &Path, arguments: &str) -> Child {
    let mut command = headshot();
    command.current_dir(folder).arg("normalize");
    command.args(arguments.split_whitespace());
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the binary starts")
}

/// Sends a signal, if the process is still there.
fn signal(child: &Child, name: &str) {
    let mut kill = Command::new("kill");
    kill.args([name, &child.id().to_string()]);
    kill.output().expect("kill runs");
}

#[test]
fn a_batch_that_is_killed_anywhere_goes_on_to_the_same_end() {
    let folder = people(PHOTOS);
    let here = folder.path();
    normalize(here, "people -o whole").expect(0);
    let whole = tree(&here.join("whole"));
    assert_eq!(whole.len(), PHOTOS as usize);
    let mut cut_off = 0;
    for kill in 0..KILLS {
        if out_is_done(here) {
            std::fs::remove_dir_all(here.join("out")).unwrap();
        }
        let mut run = start(here, "people -o out --jobs 2 --report r");
        // While avatars are made, and in the third run while they get their names. Files say how
        // far a run is, however fast the machine and whatever else it is doing.
        let folders = &[".headshot", "", "north", "south/far"][usize::from(kill % 3 == 2)..];
        let files = [kill / 3, 10 + kill / 2, 4 + kill / 3][kill as usize % 3] as usize;
        while count(&here.join("out"), folders) < files && run.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        for _ in 0..kill % 7 * 20_011 {
            std::hint::spin_loop();
        }
        let _ = run.kill();
        let killed = run.wait_with_output().unwrap().status.code().is_none();
        cut_off += u32::from(killed);
        // What is there under its name is whole.
        std::fs::create_dir_all(here.join("out")).unwrap();
        for (name, bytes) in tree(&here.join("out")) {
            if !name.ends_with(".tmp") {
                assert!(whole[&name] == bytes, "kill {kill}: {name}");
            }
        }
        if kill % 3 == 2 {
            normalize(here, "people -o out").expect(0);
            assert!(tree(&here.join("out")) == whole, "kill {kill}");
        }
    }
    assert!(
        cut_off > KILLS / 2,
        "only {cut_off} of {KILLS} kills came in time"
    );
}

/// How many files there are in folders of an output folder.
fn count(out: &Path, folders: &[&str]) -> usize {
    let listed = folders.iter().map(|name| std::fs::read_dir(out.join(name)));
    listed.flatten().map(Iterator::count).sum()
}

fn out_is_done(here: &Path) -> bool {
    here.join("out").exists() && names_in(&here.join("out")).len() >= PHOTOS as usize
}

#[test]
fn ctrl_c_finishes_what_has_begun_and_a_second_run_does_the_rest() {
    let folder = people(300);
    let here = folder.path();
    // A test run under nohup has runs that ignore it, as they should.
    let hangs_up = cfg!(target_os = "linux") && !is_ignored(1);
    for name in ["-INT", "-TERM", "-HUP"] {
        if name == "-HUP" && !hangs_up {
            continue;
        }
        let mut run = start(here, "people -o out --jobs 2 --report r");
        // Only once photos are under way: the first lines come while others are being made.
        let mut lines = BufReader::new(run.stdout.take().unwrap()).lines();
        lines.next().unwrap().unwrap();
        signal(&run, name);
        let told = 1 + lines.count();
        let output = run.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(130), "{stderr}");
        for message in [
            "finishing what was started",
            "headshot: stopped: ",
            " of 300 photos are done",
        ] {
            assert!(stderr.contains(message), "{message}: {stderr}");
        }
        let made = names_in(&here.join("out")).len();
        assert!(stderr.contains(&format!("{told} made")), "{told}: {stderr}");
        assert!(told < 300 && made < 300, "{made}");
        // A part of a report says that it is one.
        let statuses = each(&report(&here.join("r")), "status");
        let (first, last) = statuses.split_at(told);
        assert_eq!(statuses.len(), 300);
        assert!(first.iter().all(|status| status == "ok"), "{first:?}");
        assert!(last.iter().all(|status| status == "not_tried"), "{last:?}");
        normalize(here, "people -o out --quiet").expect(0);
        assert_eq!(names_in(&here.join("out")).len(), 300);
        std::fs::remove_dir_all(here.join("out")).unwrap();
    }
}

#[test]
fn a_second_ctrl_c_stops_at_once() {
    let folder = people(300);
    let here = folder.path();
    let mut run = start(here, "people -o out --jobs 1");
    let mut lines = BufReader::new(run.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    signal(&run, "-INT");
    let _ = Command::new("kill")
        .args(["-INT", &run.id().to_string()])
        .status();
    assert_eq!(run.wait().unwrap().code(), Some(130));
}

/// Whether this process, and so what it starts, ignores a signal.
fn is_ignored(signal: u32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[test]
fn a_run_under_nohup_outlives_its_terminal() {
    let folder = people(60);
    let here = folder.path();
    let mut command = Command::new("sh");
    command.current_dir(here);
    command.args([
        "-c",
        "trap '' HUP; exec \"$0\" normalize people -o out --jobs 1",
    ]);
    command.arg(headshot().get_program());
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut run = command.spawn().expect("a shell starts");
    let mut lines = BufReader::new(run.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    signal(&run, "-HUP");
    assert_eq!(1 + lines.count(), 60);
    assert_eq!(run.wait().unwrap().code(), Some(0));
}
