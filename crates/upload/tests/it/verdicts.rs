//! Every answer to `set_photo` that leaves no doubt, and what other methods repeat.

use std::time::Duration;

use headshot_upload::{Code, RetryPolicy};

use crate::clock::hurried;
use crate::faults::{Expected, Row, check, new, old, refusal};
use crate::server::{Answer, Server, reply};
use crate::{photo, shown};

#[tokio::test]
async fn too_many_requests_means_waiting_as_long_as_the_reply_says() {
    let plain = "You are sending too many requests. Please relax.";
    let date =
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:50:20 GMT\r\n";
    let past =
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:00:00 GMT\r\n";
    let code = r#"{"ok":false,"error":"ratelimited"}"#;
    let rows = [
        ("seconds", reply(429, "Retry-After: 77\r\n", code), 77.0),
        ("plain text", reply(429, "Retry-After: 7\r\n", plain), 7.0),
        (
            "no header",
            reply(429, "x-envoy-ratelimited: true\r\n", ""),
            30.0,
        ),
        ("nonsense", reply(429, "Retry-After: soon\r\n", plain), 30.0),
        ("negative", reply(429, "Retry-After: -30\r\n", plain), 1.0),
        ("zero", reply(429, "Retry-After: 0\r\n", plain), 1.0),
        ("date", reply(429, date, plain), 43.0),
        ("date in the past", reply(429, past, plain), 1.0),
        ("within a 200", reply(200, "Retry-After: 5\r\n", code), 5.0),
        (
            "without its body",
            Answer::Silence(
                b"HTTP/1.1 429 No\r\nRetry-After: 3\r\nContent-Length: 9\r\n\r\n".into(),
            ),
            3.0,
        ),
    ];
    let rows = rows.into_iter().map(|(name, answer, time)| Row {
        name: name.to_owned(),
        set: vec![answer, new()],
        get: vec![old()],
        expected: Expected::Set { attempts: 2 },
        looks: 1,
        time: (time, time),
    });
    check(rows.collect()).await;
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_the_callers() {
    let row = |name: &str, header: &str, seconds| Row {
        name: name.to_owned(),
        set: vec![reply(429, header, "")],
        get: vec![old()],
        expected: Expected::ComeBackIn(seconds),
        looks: 1,
        time: (0.0, 0.0),
    };
    let date =
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Mon, 07 Nov 1994 08:49:37 GMT\r\n";
    check(vec![
        row("a second too long", "Retry-After: 901\r\n", 901),
        row("tomorrow", date, 86_400),
        row(
            "absurd",
            "Retry-After: 99999999999999999999\r\n",
            365 * 86_400,
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_refusal_is_final() {
    let rows = Code::DOCUMENTED.iter().filter_map(|code| {
        use headshot_upload::Class::*;
        let (attempts, longest) = match code.class() {
            Wait | OutcomeUnknown => return None,
            Retry => (3, 3.0),
            _ => (1, 0.0),
        };
        Some(Row {
            name: code.to_string(),
            set: vec![refusal(code.as_str())],
            get: vec![old()],
            expected: Expected::Refused(code.clone(), attempts),
            looks: 1,
            time: (0.0, longest),
        })
    });
    check(rows.collect()).await;
}

#[tokio::test]
async fn other_statuses_are_final() {
    let rows = [400, 401, 403, 404, 410, 413, 418].map(|status| Row {
        name: status.to_string(),
        set: vec![reply(
            status,
            "Location: http://127.0.0.1:9/\r\n",
            "<html>no</html>",
        )],
        get: vec![old()],
        expected: Expected::Status(status),
        looks: 1,
        time: (0.0, 0.0),
    });
    check(rows.into()).await;
}

#[tokio::test]
async fn passing_faults_pass() {
    let row = |name: &str, set: Vec<Answer>, get: Vec<Answer>, attempts, looks, time| Row {
        name: name.to_owned(),
        set,
        get,
        expected: Expected::Set { attempts },
        looks,
        time,
    };
    let slow_down = || reply(429, "Retry-After: 2\r\n", "");
    check(vec![
        row(
            "twice",
            vec![
                refusal("service_unavailable"),
                refusal("request_timeout"),
                new(),
            ],
            vec![old()],
            3,
            1,
            (0.0, 3.0),
        ),
        row(
            "mixed",
            vec![reply(502, "", ""), slow_down(), new()],
            vec![old()],
            3,
            4,
            (9.0, 9.0),
        ),
        row(
            "the other way round",
            vec![slow_down(), reply(502, "", ""), new()],
            vec![old()],
            3,
            4,
            (9.0, 9.0),
        ),
        row(
            "too many requests are no attempts",
            vec![slow_down(), slow_down(), slow_down(), slow_down(), new()],
            vec![old()],
            5,
            1,
            (16.0, 32.0),
        ),
        row(
            "nothing was done yet",
            vec![reply(421, "", ""), reply(425, "", ""), new()],
            vec![old()],
            3,
            1,
            (0.0, 3.0),
        ),
        row(
            "come back later",
            vec![reply(503, "Retry-After: 20\r\n", ""), new()],
            vec![old()],
            2,
            4,
            (27.0, 28.0),
        ),
        row(
            "the last of six looks",
            vec![new()],
            vec![
                reply(502, "", ""),
                Answer::ResetAfterBody,
                reply(408, "", ""),
                reply(200, "", ""),
                refusal("internal_error"),
                old(),
            ],
            1,
            6,
            (0.0, 31.0),
        ),
        row(
            "no profile at all",
            vec![new()],
            vec![reply(500, "", "")],
            1,
            6,
            (0.0, 31.0),
        ),
        row(
            "no word of the profile",
            vec![slow_down(), new()],
            vec![Answer::ResetAfterBody],
            2,
            6,
            (2.0, 33.0),
        ),
    ])
    .await;
}

/// Reads may be repeated as they are; changes other than a photo once, since they lead to the same state.
#[tokio::test]
async fn other_methods_are_repeated_as_their_effect_allows() {
    let broken = [reply(502, "", "")];
    let methods = [
        "users.profile.get",
        "users.list",
        "users.deletePhoto",
        "users.setPresence",
        "users.profile.set",
    ];
    let script: Vec<_> = methods
        .iter()
        .map(|method| (*method, &broken[..]))
        .collect();
    let server = Server::start(&script).await;
    let client = crate::patient_client(server.base_url());
    let calls = async {
        shown(&client.profile(None).await.unwrap_err());
        shown(&client.users(&Default::default()).await.unwrap_err());
        shown(&client.delete_photo().await.unwrap_err());
        shown(
            &client
                .set_presence(headshot_upload::Presence::Away)
                .await
                .unwrap_err(),
        );
        let fields = serde_json::from_str(r#"{"title":"Ghostbuster"}"#).unwrap();
        let change = headshot_upload::ProfileChange::new(fields).unwrap();
        shown(&client.set_profile(&change, None).await.unwrap_err());
    };
    let ((), took) = hurried(calls).await;
    let sent = server.methods();
    let counts = methods.map(|method| sent.iter().filter(|sent| *sent == method).count());
    assert_eq!(counts, [3, 3, 2, 2, 2]);
    assert!(
        took < Duration::from_secs(3 + 3 + 1 + 1 + 1 + 8),
        "{took:?}"
    );
}

#[tokio::test]
async fn a_policy_of_one_attempt_neither_looks_nor_repeats() {
    for answer in [
        reply(502, "", ""),
        refusal("service_unavailable"),
        reply(429, "Retry-After: 30\r\n", ""),
    ] {
        let server = Server::answering("users.setPhoto", answer).await;
        let once = RetryPolicy {
            attempts: 1,
            ..RetryPolicy::default()
        };
        let (result, took) =
            hurried(crate::client_with(server.base_url(), once).set_photo(&photo())).await;
        shown(&result.unwrap_err());
        assert_eq!(server.methods(), ["users.setPhoto"]);
        assert!(took < Duration::from_secs(8), "{took:?}");
    }
}
