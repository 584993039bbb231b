//! Settings at their ends, and replies as proxies make them.

use std::time::Duration;

use headshot_upload::{Class, Client, Error, RateLimiter, RetryPolicy, Settings, Timeouts};

use crate::clock::hurried;
use crate::faults::{new, old};
use crate::server::{Answer, Server, json, reply};
use crate::{client, patient_client, photo, shown, token};

const OK: &str = r#"{"ok":true,"profile":{"avatar_hash":"ba9876543210"}}"#;

fn settings(server: &Server) -> Settings {
    Settings {
        base_url: server.base_url().to_owned(),
        rate_limiter: RateLimiter::unlimited(),
        ..Settings::default()
    }
}

#[tokio::test]
async fn no_timeout_is_too_long() {
    let server = Server::start(&[
        ("users.setPhoto", &[reply(502, "", ""), new()]),
        ("users.profile.get", &[old()]),
        ("users.deletePhoto", &[json(OK)]),
    ])
    .await;
    let for_ever = Settings {
        timeouts: Timeouts {
            connect: Duration::MAX,
            idle: Duration::MAX,
            total: Duration::MAX,
        },
        retry: RetryPolicy {
            longest_wait: Duration::MAX,
            longest_backoff: Duration::MAX,
            ..RetryPolicy::default()
        },
        ..settings(&server)
    };
    let client = Client::with(token(), &for_ever).unwrap();
    let (set, _) = hurried(client.set_photo(&photo())).await;
    assert_eq!(set.unwrap().attempts, 2);
    client.delete_photo().await.unwrap();
}

#[tokio::test]
async fn no_timeout_is_too_short() {
    let server = Server::start(&[
        ("users.setPhoto", &[Answer::Silence(Vec::new())]),
        ("users.profile.get", &[Answer::Silence(Vec::new())]),
    ])
    .await;
    let default = Timeouts::default();
    let zero = Duration::ZERO;
    for timeouts in [
        Timeouts {
            connect: zero,
            ..default
        },
        Timeouts {
            idle: zero,
            ..default
        },
        Timeouts {
            total: zero,
            ..default
        },
    ] {
        let settings = Settings {
            timeouts,
            retry: RetryPolicy {
                attempts: 1,
                ..RetryPolicy::default()
            },
            ..settings(&server)
        };
        let client = Client::with(token(), &settings).unwrap();
        let (set, took) = hurried(client.set_photo(&photo())).await;
        let error = set.unwrap_err();
        shown(&error);
        // To this machine a connection may stand at once.
        let in_time = matches!(error, Error::NotSent { .. } | Error::Lost { .. });
        assert!(in_time, "{error:?}");
        let (read, _) = hurried(client.profile(None)).await;
        shown(&read.unwrap_err());
        assert!(
            in_connecting(&timeouts) || took < Duration::from_secs(8),
            "{took:?}"
        );
    }
}

fn in_connecting(timeouts: &Timeouts) -> bool {
    timeouts.connect == Duration::ZERO
}

#[tokio::test]
async fn a_policy_of_zeros_still_looks_once_and_one_of_endless_waits_can_be_left() {
    let server = Server::start(&[
        ("users.setPhoto", &[reply(502, "", "")]),
        ("users.profile.get", &[old(), new()]),
    ])
    .await;
    let policy = |extreme| RetryPolicy {
        first_backoff: extreme,
        longest_backoff: extreme,
        longest_wait: extreme,
        settle: extreme,
        ..RetryPolicy::default()
    };
    let zeros = Settings {
        retry: policy(Duration::ZERO),
        ..settings(&server)
    };
    let client = Client::with(token(), &zeros).unwrap();
    let (set, took) = hurried(client.set_photo(&photo())).await;
    assert!(set.unwrap().warnings[0].starts_with("the answer got lost"));
    assert!(took < Duration::from_secs(8), "{took:?}");

    let server = Server::start(&[
        ("users.setPhoto", &[reply(502, "", "")]),
        ("users.profile.get", &[old()]),
    ])
    .await;
    let endless = Settings {
        retry: policy(Duration::MAX),
        ..settings(&server)
    };
    let client = Client::with(token(), &endless).unwrap();
    let photo = photo();
    let set = tokio::time::timeout(Duration::from_secs(600), client.set_photo(&photo));
    let (left, _) = hurried(set).await;
    left.unwrap_err();
    assert_eq!(
        server
            .methods()
            .iter()
            .filter(|method| *method == "users.setPhoto")
            .count(),
        1
    );
    assert!(
        server.methods().len() > 8,
        "it goes on looking: {:?}",
        server.methods()
    );
}

#[tokio::test]
async fn what_proxies_add_loses_no_reply() {
    let headers: String = (0..300).map(|n| format!("x-hop-{n}: passed\r\n")).collect();
    let fields = "x".repeat(200_000);
    let large =
        format!(r#"{{"ok":true,"profile":{{"avatar_hash":"0123456789ab","title":"{fields}"}}}}"#);
    let replies = [
        (
            "a byte order mark",
            reply(200, "", &format!("\u{feff}{OK}")),
            false,
        ),
        (
            "bytes after",
            reply(200, "", &format!("{OK}\n<!-- by proxy -->\0")),
            true,
        ),
        ("300 headers", reply(200, &headers, OK), false),
        ("201", reply(201, "", OK), false),
    ];
    for (name, answer, warns) in replies {
        let server = Server::start(&[
            ("users.setPhoto", std::slice::from_ref(&answer)),
            ("users.profile.get", &[json(&large)]),
        ])
        .await;
        let set = patient_client(server.base_url()).set_photo(&photo()).await;
        let set = set.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            set.value.unwrap().avatar_hash.as_deref(),
            Some("ba9876543210"),
            "{name}"
        );
        assert_eq!(
            set.warnings.len(),
            usize::from(warns),
            "{name}: {:?}",
            set.warnings
        );
        assert_eq!(server.methods().len(), 2, "{name}");
        // The same where nothing is changed.
        let server = Server::answering("users.profile.get", answer).await;
        client(server.base_url()).profile(None).await.unwrap();
    }
}

#[tokio::test]
async fn compression_that_nobody_asked_for_is_named() {
    let mut bare = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    bare.extend([0x1f, 0x8b, 8, 0, 0]);
    for answer in [
        reply(200, "Content-Encoding: gzip\r\n", "?"),
        Answer::Say(bare),
    ] {
        let server = Server::answering("users.setPhoto", answer).await;
        let error = client(server.base_url())
            .set_photo(&photo())
            .await
            .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("compressed (gzip), which was not asked for"),
            "{error}"
        );
        assert_eq!(error.class(), Class::OutcomeUnknown);
    }
}

/// A login page in place of Slack: nothing is sent to it.
#[tokio::test]
async fn a_login_page_gets_no_photo() {
    let html = "<html><form>password</form></html>";
    let kind = "Content-Type: text/html\r\nLocation: http://127.0.0.1:9/\r\n";
    for status in [302, 307, 403, 407, 511, 200] {
        let server = Server::answering("users.profile.get", reply(status, kind, html)).await;
        let set = hurried(patient_client(server.base_url()).set_photo(&photo()))
            .await
            .0;
        let error = set.unwrap_err();
        shown(&error);
        let expected = if status == 200 {
            Class::Retry
        } else {
            Class::Outage
        };
        assert_eq!(error.class(), expected, "{status}: {error}");
        assert!(!server.methods().contains(&"users.setPhoto".to_owned()));
    }
    // Slack's own refusal is no page.
    let refusal = reply(403, "", r#"{"ok":false,"error":"invalid_auth"}"#);
    let server = Server::answering("users.profile.get", refusal).await;
    let error = patient_client(server.base_url())
        .set_photo(&photo())
        .await
        .unwrap_err();
    assert_eq!(error.class(), Class::SignIn);
}
