//! Any bytes as a list of names of files: printed safely, noted, and given places of their own in the output folder.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| headshot_batch::fuzz::names(bytes));
