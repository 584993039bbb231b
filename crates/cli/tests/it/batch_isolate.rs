//! `--isolate`: the same avatars out of worker processes, and batches that outlive them.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use crate::batch_run::{each, jpeg, names_in, normalize, people, report, tree, write};
use crate::run::{headshot, names, png, run, testdata};

const WORKER: &[u8] = b"normalize-worker";

fn start(folder: &Path, arguments: &str) -> Child {
    let mut command = headshot();
    command.current_dir(folder).arg("normalize");
    command.args(arguments.split_whitespace()).process_group(0);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the binary starts")
}

/// The workers that were started with this argument.
fn workers(argument: &str) -> Vec<u32> {
    let mut found = Vec::new();
    for process in fs::read_dir("/proc").expect("Linux").flatten() {
        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let mut words = line.split(|&byte| byte == 0);
        let name = process.file_name();
        if words.nth(1) == Some(WORKER)
            && words.any(|word| word == argument.as_bytes())
            && let Some(pid) = name.to_str().and_then(|name| name.parse().ok())
        {
            found.push(pid);
        }
    }
    found
}

fn signal(pid: impl ToString, name: &str) {
    let mut kill = Command::new("kill");
    let output = kill.args([name, "--", &pid.to_string()]).output();
    output.expect("kill runs");
}

#[test]
fn workers_make_the_same_bytes_and_tell_the_same() {
    let folder = people(7);
    let here = folder.path();
    write(here.join("people/bad.jpg"), b"no photo");
    let animation = fs::read(testdata("animated/opaque.gif")).unwrap();
    write(here.join("people/moving.gif"), &animation[..]);
    write(
        here.join("people/cut.gif"),
        &animation[..animation.len() / 2],
    );
    png(&here.join("people"), "plain.png", 700, 600);
    let plain = normalize(here, "people -o plain --json --sheet plain.html").expect(1);
    let expected = tree(&here.join("plain"));
    assert_eq!(expected.len(), 10);
    for jobs in [1, 3] {
        let out = format!("out{jobs}");
        let arguments =
            format!("people -o {out} --jobs {jobs} --isolate --json --sheet {out}.html");
        let ran = normalize(here, &arguments).expect(1);
        assert!(tree(&here.join(&out)) == expected, "{jobs} jobs");
        assert_eq!(
            ran.text().replace(&format!("{out}/"), "plain/"),
            plain.text()
        );
        let page = |name: &str| fs::read_to_string(here.join(name)).unwrap();
        let page = |name: &str| page(&format!("{name}.html")).replace(name, "plain");
        assert_eq!(page(&out), page("plain"));
    }
    // What was made without them is not made again with them, and the other way round.
    let again = normalize(here, "people -o plain --isolate --sheet plain.html").expect(1);
    assert!(again.stderr.contains("0 made, 10 unchanged"), "{again:?}");
    let planned = |more: &str| normalize(here, &format!("people -o x --dry-run --json {more}"));
    assert_eq!(
        planned("--isolate").expect(1).text(),
        planned("").expect(1).text()
    );
}

#[test]
fn a_single_photo_and_its_still_can_be_isolated_too() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let animation = fs::read(testdata("animated/opaque.gif")).unwrap();
    write(here.join("a.gif"), &animation);
    normalize(here, "a.gif -o plain.gif --poster plain.png").expect(0);
    normalize(here, "a.gif -o out.gif --poster out.png --isolate").expect(0);
    normalize(here, "a.gif -o folder/ --poster other.png --isolate").expect(0);
    let files = tree(here);
    assert_eq!(files["out.gif"], files["plain.gif"]);
    assert_eq!(files["folder/a.gif"], files["plain.gif"]);
    assert_eq!(files["out.png"], files["plain.png"]);
    assert_eq!(files["other.png"], files["plain.png"]);
    write(here.join("b.jpg"), b"no photo");
    normalize(here, "b.jpg -o b.png --isolate").expect_message(1, "b.jpg: this is");
    normalize(here, "a.gif -o x.gif --isolate=lots").expect_message(2, "as in 800M or 2G");
    // A worker does not work for anybody else.
    let mut command = headshot();
    run(command.args(["normalize-worker", "a.gif", "-o", "b.gif"])).expect(2);
    assert!(!names(here).contains(&"b.gif".to_owned()));
}

#[test]
fn collisions_are_found_in_workers() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here.join("in/a.jpg"), &jpeg(1));
    write(here.join("in/a.jpeg"), &jpeg(2));
    normalize(here, "in -o out --isolate").expect_message(2, "both in/a.jpeg and in/a.jpg");
    normalize(here, "in -o out --isolate --collisions suffix").expect(0);
    assert_eq!(names_in(&here.join("out")), ["a-2.jpg", "a.jpg"]);
}

#[test]
fn a_photo_beyond_the_memory_of_a_worker_fails_alone() {
    let folder = people(4);
    let here = folder.path();
    write(here.join("people/giant.png"), &interlaced(4000));
    let ran = normalize(here, "people -o out --isolate=60M --json --jobs 2").expect(1);
    let objects = ran.objects();
    let failed: Vec<_> = objects
        .iter()
        .filter(|object| object["status"] == "failed")
        .collect();
    assert_eq!(failed.len(), 1, "{ran:?}");
    assert_eq!(failed[0]["photo"], "people/giant.png");
    // Where the allocation that fails can be caught the worker lives, and says so itself.
    assert_eq!(failed[0]["error"]["kind"], "out_of_memory", "{ran:?}");
    assert_eq!(names_in(&here.join("out")).len(), 4);
    // With so little that a worker can do next to nothing every photo fails, and which allocation fails first is chance.
    let ran = normalize(here, "people -o none --isolate=1M --quiet").expect(1);
    let said = [
        ": out of memory: ",
        "more than the 1 MiB of memory that its worker may have: ",
    ];
    let failures = ran
        .stderr
        .lines()
        .filter(|line| said.iter().any(|words| line.contains(words)));
    assert_eq!(failures.count(), 5, "{ran:?}");
    // With enough of it the same command does the rest.
    let ran = normalize(here, "people -o out --isolate").expect(0);
    assert!(ran.stderr.contains("headshot: 1 made"), "{ran:?}");
    normalize(here, "people -o plain").expect(0);
    assert!(tree(&here.join("out")) == tree(&here.join("plain")));
}

/// An interlaced PNG, which is held as a whole: the rows of a plain one that is a little higher, all of them zero.
fn interlaced(side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let plain =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::NoFilter);
    let pixels = image::RgbaImage::new(side, side + 1);
    plain
        .write_image(&pixels, side, side + 1, ExtendedColorType::Rgba8)
        .unwrap();
    bytes[20..24].copy_from_slice(&side.to_be_bytes());
    bytes[28] = 1;
    let mut crc = u32::MAX;
    for byte in &bytes[12..29] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 * (crc & 1));
        }
    }
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

#[test]
fn photos_whose_workers_are_killed_fail_and_the_rest_goes_on() {
    let folder = people(24);
    let here = folder.path();
    normalize(here, "people -o whole").expect(0);
    let whole = tree(&here.join("whole"));
    for (name, said) in [
        ("-KILL", "its worker was ended by signal 9 (SIGKILL)"),
        ("-ABRT", "its worker was ended by signal 6 (SIGABRT)"),
        ("-SEGV", "its worker was ended by signal 11 (SIGSEGV)"),
        ("-XCPU", " s of processor time that its worker may have"),
    ] {
        let out = format!("out{name}");
        let mark = here.join(&out).display().to_string();
        let mut batch = start(
            here,
            &format!("people -o {mark} --isolate --jobs 2 --report r"),
        );
        let mut kills = 0;
        while batch.try_wait().unwrap().is_none() && kills < 12 {
            for worker in workers(&mark) {
                signal(worker, name);
                kills += 1;
            }
        }
        let output = batch.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}: {stderr}");
        let objects = report(&here.join("r"));
        assert_eq!(objects.len(), 24);
        let statuses = each(&objects, "status");
        let failed = statuses.iter().filter(|status| *status == "failed").count();
        assert!(
            (1..24).contains(&failed),
            "{name}: {failed} of {kills}: {stderr}"
        );
        assert_eq!(stderr.matches(said).count(), failed, "{name}: {stderr}");
        for (file, bytes) in tree(&here.join(&out)) {
            assert!(whole[&file] == bytes, "{name}: {file}");
        }
        normalize(here, &format!("people -o {out} --isolate --quiet")).expect(0);
        assert!(tree(&here.join(&out)) == whole, "{name}");
        assert_eq!(workers(&mark), [0; 0]);
    }
}

#[test]
fn ctrl_c_lets_workers_finish_what_has_begun() {
    let folder = people(300);
    let here = folder.path();
    let out = here.join("out").display().to_string();
    let mut batch = start(here, &format!("people -o {out} --isolate --jobs 2"));
    let mut lines = BufReader::new(batch.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    // As a terminal does it: to everybody in the group.
    signal(format!("-{}", batch.id()), "-INT");
    let told = 1 + lines.count();
    let output = batch.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    assert!(
        stderr.contains(&format!("{told} made")) && !stderr.contains("failed"),
        "{stderr}"
    );
    assert_eq!(workers(&out), [0; 0]);
    normalize(here, "people -o out --isolate --quiet").expect(0);
    assert_eq!(names_in(&here.join("out")).len(), 300);
}

#[test]
fn workers_go_when_the_batch_is_killed() {
    let folder = people(60);
    let here = folder.path();
    let out = here.join("out").display().to_string();
    let mut batch = start(here, &format!("people -o {out} --isolate --jobs 2"));
    while workers(&out).is_empty() {
        assert!(batch.try_wait().unwrap().is_none(), "it ended early");
    }
    batch.kill().unwrap();
    batch.wait().unwrap();
    // Each ends when it finds nobody at the other end.
    while !workers(&out).is_empty() {
        thread::yield_now();
    }
    normalize(here, "people -o out --quiet").expect(0);
    assert_eq!(names_in(&here.join("out")).len(), 60);
}
