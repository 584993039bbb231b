//! `set --manifest --via scim`: options that contradict each other.

use std::fs;
use std::time::Duration;

use crate::manifest_scim::{ADMIN, Company, THREE};
use crate::run::{headshot, run};

#[test]
fn flags_that_contradict_each_other_start_nothing() {
    let company = Company::with(Duration::ZERO);
    company.write(THREE);
    fs::write(company.path("admin"), ADMIN).unwrap();
    let manifest = company.path("people.csv");
    let manifest = manifest.to_str().unwrap();
    let admin = company.path("admin");
    let admin = admin.to_str().unwrap();
    let base_url = company.emulator.base_url();
    for (arguments, message) in [
        (
            &["--manifest", manifest, "--token-file", admin][..],
            "the rows of a manifest name their own",
        ),
        (&["p1.png", "--via", "scim"], "--manifest"),
        (
            &[
                "--manifest",
                manifest,
                "--via",
                "scim",
                "--token-file",
                admin,
                "--base-url",
                &base_url,
            ],
            "--scim-base-url URL",
        ),
        (
            &["--manifest", manifest, "--via", "scim"],
            "there is no token",
        ),
        (&["--manifest", manifest, "--via", "soap"], "scim"),
        (
            &["--manifest", manifest, "--scim-base-url", "https://a/"],
            "--via",
        ),
    ] {
        run(headshot().arg("set").args(arguments)).expect_message(2, message);
    }
    assert!(company.emulator.requests().is_empty());
}
