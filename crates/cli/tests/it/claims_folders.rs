//! What a folder for avatars may be, and what in it is never replaced.

use std::fs;

use crate::batch_run::{normalize, people, write};
use crate::claims::refused;
use crate::run::{headshot, run, state};

#[test]
fn a_folder_for_avatars_is_known_before_it_is_made() {
    let folder = people(3);
    let here = folder.path();
    for arguments in [
        "people -o new/../people/ --overwrite",
        "people/000.jpg people/north/001.jpg -o n1/n2/../../people/ --overwrite --force",
    ] {
        refused(here, arguments, "before .. does not exist");
    }
    // Where it leads is clear here.
    normalize(here, "people -o people/../out").expect(0);
    for out in ["out/.headshot", "out/.headshot/y", ".headshot/"] {
        refused(
            here,
            &format!("people -o {out}"),
            "only for journals and choices",
        );
    }
    for arguments in [
        "people -o new/ --report new",
        "people -o new/a/ --sheet new",
    ] {
        refused(here, arguments, "this is where -o makes a folder");
    }
    let file = "people -o new/ --report new/north";
    refused(here, file, "goes there");
    let pipe = here.join("pipe");
    if std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .is_ok_and(|made| made.success())
    {
        for flag in ["--report", "--sheet"] {
            let ran = normalize(here, &format!("people -o new {flag} pipe"));
            ran.expect_message(2, "this is not a file");
        }
    }
}

#[test]
fn what_set_remembers_is_no_folder_for_avatars() {
    let folder = people(1);
    let here = folder.path();
    let state = state();
    fs::create_dir_all(&state).unwrap();
    for out in [state.clone(), state.join("new")] {
        let mut command = headshot();
        command
            .current_dir(here)
            .args(["normalize", "people", "--overwrite", "-o"]);
        let ran = run(command.env("HEADSHOT_STATE", &state).arg(&out));
        ran.expect_message(2, "that folder holds what set remembers");
    }
}

#[test]
fn a_list_stays_whatever_is_overwritten() {
    let folder = people(1);
    let here = folder.path();
    write(here.join("out/000.jpg"), b"people/000.jpg\n");
    refused(
        here,
        "--from-file out/000.jpg -o out --overwrite",
        "the list out/000.jpg: the avatar of people/000.jpg goes there",
    );
    refused(
        here,
        "people -o out --overwrite --no-clobber",
        "cannot be used with",
    );
}
