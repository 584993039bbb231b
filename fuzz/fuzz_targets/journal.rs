//! Any bytes as the journal of a batch: refused and left alone, or read without losing what is noted after.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a folder can be made"));

fuzz_target!(|bytes: &[u8]| headshot_batch::fuzz::journal(FOLDER.path(), bytes));
