//! `Retry-After`, and the date that it is held against: a wait of at least a second and at most a year.
#![no_main]

use std::time::Duration;

use headshot_fuzz::{header, slack};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (wait, date) = data.split_at(
        data.iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(data.len()),
    );
    let head = [
        b"429 Slow\r\nRetry-After: ",
        &header(wait)[..],
        b"\r\nDate: ",
        &header(date),
    ]
    .concat();
    slack::call(&head, b"", |slack| async move {
        let wait = slack
            .delete_photo()
            .await
            .expect_err("status 429")
            .retry_after();
        let wait = wait.expect("a wait");
        assert!((Duration::from_secs(1)..=Duration::from_secs(365 * 24 * 60 * 60)).contains(&wait));
    });
});
