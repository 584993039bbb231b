//! What a client does can be seen: requests, replies, waits and looks, by a function and by `tracing`, with Slack's name for each request.

use std::sync::{Arc, Mutex};

use headshot_upload::{Class, Client, Error, Event, Events, RateLimiter, RetryPolicy, Settings};

use crate::clock::hurried;
use crate::faults::{new, old};
use crate::server::{Server, json, reply};
use crate::{CANARY, log, photo, shown, token};

type Told = Arc<Mutex<Vec<Event>>>;

fn watched(server: &Server, change: impl FnOnce(Settings) -> Settings) -> (Client, Told) {
    let told = Told::default();
    let kept = Arc::clone(&told);
    let settings = Settings {
        base_url: server.base_url().to_owned(),
        rate_limiter: RateLimiter::unlimited(),
        events: Events::new(move |event| kept.lock().unwrap().push(event.clone())),
        ..Settings::default()
    };
    (Client::with(token(), &change(settings)).unwrap(), told)
}

/// Each event in a few words, without its times.
fn words(told: &Told) -> Vec<String> {
    let told = told.lock().unwrap();
    let word = |event: &Event| match event {
        Event::Sent { number, method, .. } => format!("{number} sent {method}"),
        Event::Reply {
            number,
            status,
            request_id,
            ..
        } => format!(
            "{number} reply {status} {}",
            request_id.as_deref().unwrap_or("-")
        ),
        Event::Failed {
            number,
            class,
            code,
            ..
        } => format!("{number} failed {class} {}", code.as_deref().unwrap_or("-")),
        Event::Waiting { method, wait } => {
            format!("waiting {method} {}", wait.as_secs_f64().round())
        }
        Event::Looking { method } => format!("looking {method}"),
        other => format!("{other:?}"),
    };
    told.iter().map(word).collect()
}

#[tokio::test]
async fn every_request_reply_wait_and_look_is_told() {
    log::collect();
    let limited = reply(429, "Retry-After: 7\r\nx-slack-req-id: first22\r\n", "");
    let lost = reply(504, "x-slack-req-id: second33\r\n", &format!("oh {CANARY}"));
    let server = Server::start(&[
        ("users.setPhoto", &[limited, lost]),
        ("users.profile.get", &[old(), old(), old(), new()]),
    ])
    .await;
    let (client, told) = watched(&server, |settings| settings);
    let (result, _) = hurried(client.set_photo(&photo())).await;
    result.unwrap();
    assert_eq!(
        words(&told),
        [
            "1 sent users.profile.get",
            "1 reply 200 -",
            "2 sent users.setPhoto",
            "2 reply 429 first22",
            "2 failed wait ratelimited",
            "waiting users.setPhoto 7",
            "3 sent users.setPhoto",
            "3 reply 504 second33",
            "3 failed outcome_unknown -",
            "waiting users.profile.get 1",
            "looking users.profile.get",
            "4 sent users.profile.get",
            "4 reply 200 -",
            "waiting users.profile.get 2",
            "looking users.profile.get",
            "5 sent users.profile.get",
            "5 reply 200 -",
            "waiting users.profile.get 4",
            "looking users.profile.get",
            "6 sent users.profile.get",
            "6 reply 200 -",
        ]
    );
    let told = format!("{:?}", told.lock().unwrap());
    let log = log::logged();
    for line in [
        "span request number=2 method=\"users.setPhoto\"",
        "span has request_id=\"second33\"",
        "event headshot_upload::span::traced: message=waiting method=\"users.setPhoto\" seconds=",
        "class=\"outcome_unknown\" problem=\"users.setPhoto: HTTP status 504, saying \\\"oh [token]\\\"\"",
    ] {
        assert!(log.contains(line), "{line} is not logged");
    }
    for text in [told, log] {
        assert!(!text.contains(CANARY) && !text.contains("canary"));
    }
}

#[tokio::test]
async fn no_connection_is_a_failure_without_a_reply() {
    let server = Server::answering("users.profile.get", json("{}")).await;
    let base_url = format!("http://127.0.0.1:1/{CANARY}/");
    let (client, told) = watched(&server, |settings| Settings {
        base_url,
        retry: RetryPolicy {
            attempts: 1,
            ..RetryPolicy::default()
        },
        ..settings
    });
    let errors = [
        client.profile(None).await.unwrap_err(),
        client.delete_photo().await.unwrap_err(),
    ];
    for (error, method) in errors
        .iter()
        .zip(["users.profile.get", "users.deletePhoto"])
    {
        let said = format!("{method}: 127.0.0.1 refused the connection");
        assert_eq!(error.to_string(), said);
    }
    assert_eq!(
        words(&told),
        [
            "1 sent users.profile.get",
            "1 failed retry -",
            "2 sent users.deletePhoto",
            "2 failed retry -",
        ]
    );
    assert!(!format!("{:?}", told.lock().unwrap()).contains("canary"));
}

#[tokio::test]
async fn every_verdict_has_slacks_name_for_the_request() {
    let id = "x-slack-req-id: 0f3e\u{ff}\r\nx-slack-req-id: unread\r\n";
    let named = "x-slack-req-id: 9bca77\r\n";
    for (status, body) in [
        (200, r#"{"ok":false,"error":"brand_new"}"#),
        (200, "<html>"),
        (200, r#"{"ok":false,"error":"ratelimited"}"#),
        (429, ""),
        (500, "no"),
    ] {
        for (headers, expected) in [(named, Some("9bca77")), (id, None)] {
            let answer = reply(status, headers, body);
            let server = Server::answering("users.profile.get", answer).await;
            let (client, _) = watched(&server, |settings| Settings {
                retry: RetryPolicy {
                    attempts: 1,
                    ..RetryPolicy::default()
                },
                ..settings
            });
            let error = client.profile(None).await.unwrap_err();
            assert_eq!(error.request_id(), expected, "{status} {error:?}");
            shown(&error);
        }
    }
    let ok = reply(200, named, r#"{"ok":true,"profile":{}}"#);
    let server = Server::answering("users.profile.get", ok).await;
    let (client, _) = watched(&server, |settings| settings);
    let reply = client.profile(None).await.unwrap();
    assert_eq!(reply.request_id.as_deref(), Some("9bca77"));
}

#[tokio::test]
async fn a_wait_for_the_pace_is_told_and_the_pace_can_be_shared() {
    let server = Server::answering("users.deletePhoto", json(r#"{"ok":true}"#)).await;
    let (client, told) = watched(&server, |settings| settings);
    let pace = RateLimiter::new(6, 1);
    // Two clients of one pace, and one that goes as fast as it likes.
    let (first, second) = (client.with_pace(pace.clone()), client.with_pace(pace));
    let all = async {
        first.delete_photo().await.unwrap();
        client.delete_photo().await.unwrap();
        second.delete_photo().await.unwrap();
    };
    let ((), took) = hurried(all).await;
    assert!((10..12).contains(&took.as_secs()), "{took:?}");
    let waits: Vec<_> = words(&told)
        .into_iter()
        .filter(|word| word.starts_with("waiting"))
        .collect();
    assert!(
        matches!(&waits[..], [one] if one == "waiting users.deletePhoto 9" || one == "waiting users.deletePhoto 10"),
        "{waits:?}"
    );
}

#[tokio::test]
async fn the_user_agent_has_the_callers_words_behind_ours() {
    let server = Server::start(&[
        ("users.profile.get", &[json(r#"{"ok":true,"profile":{}}"#)]),
        ("users.deletePhoto", &[json(r#"{"ok":true}"#)]),
    ])
    .await;
    let agent = Some("acme-hr/2.3".to_owned());
    let (client, _) = watched(&server, |settings| Settings { agent, ..settings });
    client.profile(None).await.unwrap();
    client.delete_photo().await.unwrap();
    for request in server.requests() {
        let [agent] = request.headers("user-agent")[..] else {
            panic!("{}", request.head)
        };
        assert!(
            agent.starts_with("headshot-upload/") && agent.ends_with(" acme-hr/2.3"),
            "{agent}"
        );
    }
    assert_eq!(server.requests().len(), 2);
    let settings = Settings {
        agent: Some("two\r\nlines".to_owned()),
        ..Settings::default()
    };
    let error = Client::with(token(), &settings).unwrap_err();
    assert!(matches!(error, Error::Argument { .. }), "{error:?}");
    assert_eq!(error.class(), Class::Other);
}
