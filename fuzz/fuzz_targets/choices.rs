//! Any bytes as a file of choices: refused and left alone, or read, written and read again without losing any.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a folder can be made"));

fuzz_target!(|bytes: &[u8]| headshot_batch::fuzz::choices(FOLDER.path(), bytes));
