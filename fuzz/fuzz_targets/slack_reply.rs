//! Bodies of replies, with several statuses: a value or an error, and nothing in the error that a terminal would obey.
#![no_main]

use headshot_fuzz::slack;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (status, body) = match data.split_first() {
        Some((first @ b'1'..=b'5', body)) => (usize::from(first - b'0'), body),
        _ => (0, data),
    };
    let head = [
        "200 OK", "200 OK", "400 Bad", "403 No", "408 Late", "503 Down",
    ][status];
    slack::call(head.as_bytes(), body, |slack| async move {
        let photo = slack.delete_photo().await.err();
        let errors = [
            photo,
            slack.profile(None).await.err(),
            slack.users(&Default::default()).await.err(),
        ];
        for text in errors.iter().flatten().map(ToString::to_string) {
            assert!(!text.chars().any(char::is_control), "{text:?}");
        }
    });
});
