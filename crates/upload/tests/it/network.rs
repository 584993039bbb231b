//! Connections that break, stall or lead astray, and replies without end.

use std::time::Duration;

use headshot_upload::{Class, Client, Error, Photo, Settings};
use tokio::net::TcpListener;

use crate::clock::hurried;
use crate::server::{Answer, Server, reply, text};
use crate::{client, photo, shown, token};

/// What `users.setPhoto` makes of an answer, and how long that takes.
async fn set(answer: Answer) -> (Error, Duration) {
    let server = Server::answering("users.setPhoto", answer).await;
    let client = client(server.base_url());
    let (result, took) = hurried(client.set_photo(&photo())).await;
    let error = result.unwrap_err();
    shown(&error);
    (error, took)
}

fn ok_of_length(length: usize) -> String {
    let frame = r#"{"ok":true,"profile":{"title":""}}"#;
    format!(
        r#"{{"ok":true,"profile":{{"title":"{}"}}}}"#,
        "x".repeat(length - frame.len())
    )
}

#[tokio::test]
async fn a_reply_of_64_kib_is_read_and_one_byte_more_is_not() {
    let longest = Server::answering("users.setPhoto", reply(200, "", &ok_of_length(65_536))).await;
    let profile = client(longest.base_url())
        .set_photo(&photo())
        .await
        .unwrap()
        .value
        .unwrap();
    assert!(profile.title.unwrap().len() > 65_000);

    let (error, _) = set(reply(200, "", &ok_of_length(65_537))).await;
    assert!(
        error.to_string().contains("longer than 65536 bytes"),
        "{error}"
    );
    assert_eq!(error.class(), Class::OutcomeUnknown);
}

#[tokio::test]
async fn a_reply_without_end_is_cut_off() {
    for head in [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
    ] {
        let (error, _) = set(Answer::Flood(head.into())).await;
        assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
    }
    let (error, _) = set(Answer::Flood(b"HTTP/1.1 503 No\r\n\r\n".into())).await;
    assert!(
        matches!(error, Error::Status { status: 503, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn silence_ends_after_the_idle_timeout() {
    for said in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"ok\":",
    ] {
        let (error, took) = set(Answer::Silence(said.into())).await;
        assert!(matches!(error, Error::Lost { .. }), "{error:?}");
        assert!(error.to_string().contains("silent"), "{error}");
        assert_eq!(error.class(), Class::OutcomeUnknown);
        assert!((45..48).contains(&took.as_secs()), "{took:?}");
    }
}

#[tokio::test]
async fn a_dripping_reply_ends_after_the_total_timeout() {
    let whole = text(200, "", &ok_of_length(500));
    let (head, body) = whole.split_at(whole.find('{').unwrap());
    let (error, took) = set(Answer::Drip(head.into(), body.into())).await;
    assert!(matches!(error, Error::Lost { .. }), "{error:?}");
    assert!((120..123).contains(&took.as_secs()), "{took:?}");

    // A head that drips has not begun: that is silence.
    let (error, took) = set(Answer::Drip(Vec::new(), whole.into())).await;
    assert!(matches!(error, Error::Lost { .. }), "{error:?}");
    assert!((45..48).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test]
async fn a_large_photo_has_time_to_get_there() {
    let server = Server::answering("users.setPhoto", Answer::Silence(Vec::new())).await;
    // A minute at 64 KiB a second.
    let mut bytes = vec![0; 60 * 65_536];
    bytes[..3].copy_from_slice(b"\xff\xd8\xff");
    let photo = Photo::new(bytes.into()).unwrap();
    let (result, took) = hurried(client(server.base_url()).set_photo(&photo)).await;
    assert!(matches!(result, Err(Error::Lost { .. })), "{result:?}");
    assert!((105..108).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test]
async fn the_text_of_a_429_is_not_waited_for() {
    let (error, took) = set(Answer::Silence(
        b"HTTP/1.1 429 No\r\nContent-Length: 9\r\n\r\n".into(),
    ))
    .await;
    assert!(matches!(error, Error::RateLimited { .. }), "{error:?}");
    assert!(took.as_secs() < 3, "{took:?}");
}

#[tokio::test]
async fn a_status_counts_even_if_its_text_does_not_arrive() {
    let (error, took) = set(Answer::Silence(
        b"HTTP/1.1 500 No\r\nContent-Length: 50\r\n\r\nhalf".into(),
    ))
    .await;
    assert!(
        matches!(&error, Error::Status { status: 500, text, .. } if text == "half"),
        "{error:?}"
    );
    assert!((5..8).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test]
async fn a_broken_connection_leaves_the_outcome_unknown() {
    let cut = text(200, "", &ok_of_length(500)).into_bytes()[..300].to_vec();
    let cases = [
        Answer::ResetBeforeBody,
        Answer::ResetAfterBody,
        Answer::Say(Vec::new()),
        Answer::Say(b"HTTP/1.1 200".to_vec()),
        Answer::Say(b"SSH-2.0-OpenSSH\r\n".to_vec()),
        Answer::Say(cut),
    ];
    for answer in cases {
        let (error, _) = set(answer.clone()).await;
        assert!(matches!(error, Error::Lost { .. }), "{answer:?}: {error:?}");
        assert_eq!(error.class(), Class::OutcomeUnknown);
    }
}

#[tokio::test]
async fn a_refused_connection_means_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = client(&format!("http://{address}/api/"));
    let (result, _) = hurried(client.set_photo(&photo())).await;
    let error = result.unwrap_err();
    assert!(matches!(error, Error::NotSent { .. }), "{error:?}");
    assert_eq!(error.class(), Class::Retry);
    let said = shown(&error);
    assert!(said.contains("127.0.0.1 refused the connection"), "{said}");
    assert!(!said.contains("/api/"), "{said}");
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let elsewhere = Server::answering("users.setPhoto", reply(200, "", r#"{"ok":true}"#)).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("Location: {}users.setPhoto\r\n", elsewhere.base_url());
        let (error, _) = set(reply(status, &location, "")).await;
        assert!(
            matches!(error, Error::Status { status: found, .. } if found == status),
            "{error:?}"
        );
        assert!(error.to_string().contains("redirect"), "{error}");
    }
    assert_eq!(elsewhere.methods(), [""; 0]);
}

#[test]
fn http_to_another_machine_is_refused() {
    for base_url in [
        "http://slack.com/api/",
        "http://10.1.2.3/",
        "http://127.0.0.1.example.com/",
    ] {
        let settings = Settings {
            base_url: base_url.to_owned(),
            ..Settings::default()
        };
        let error = Client::with(token(), &settings).unwrap_err();
        assert!(matches!(error, Error::BaseUrl { .. }), "{error:?}");
        shown(&error);
    }
}

/// A listener that is full lets a further connection hang. Only Linux can be relied on for that.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_connection_that_hangs_ends_after_the_connect_timeout() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut held = Vec::new();
    while let Ok(Ok(stream)) = tokio::time::timeout(
        Duration::from_millis(200),
        tokio::net::TcpStream::connect(address),
    )
    .await
    {
        held.push(stream);
        assert!(held.len() < 100);
    }
    let client = client(&format!("http://{address}/"));
    let (result, took) = hurried(client.set_photo(&photo())).await;
    let error = result.unwrap_err();
    assert!(matches!(error, Error::NotSent { .. }), "{error:?}");
    let said = shown(&error);
    assert!(
        said.contains("127.0.0.1 did not answer in time (10 s)"),
        "{said}"
    );
    assert!((10..13).contains(&took.as_secs()), "{took:?}");
}
