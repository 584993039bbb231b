//! Many calls at once: the shared rate limiter, and calls that are dropped.

use headshot_upload::{Client, Settings};
use tokio::time::{Duration, Instant, timeout};

use crate::clock::hurried;
use crate::server::{Server, json, reply};
use crate::{client, patient_client, photo, token};

fn ok() -> crate::server::Answer {
    json(r#"{"ok":true,"profile":{"avatar_hash":"ba9876543210"}}"#)
}

#[tokio::test]
async fn clients_of_one_app_share_a_limit_and_a_pause() {
    let answers = [reply(429, "Retry-After: 20\r\n", ""), ok()];
    let server = Server::start(&[
        ("users.deletePhoto", &answers),
        ("users.profile.get", &[ok()]),
    ])
    .await;
    let settings = Settings {
        base_url: server.base_url().to_owned(),
        ..Settings::default()
    };
    let one = Client::with(token(), &settings).unwrap();
    let other = Client::with(token(), &settings).unwrap();
    let third = one.with_token(token());
    let start = Instant::now();
    let calls = async {
        // The first is told to wait; the others come later, with other tokens, and wait behind it.
        let first = one.delete_photo();
        let behind = async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            tokio::join!(other.delete_photo(), third.delete_photo())
        };
        let meanwhile = async {
            other.profile(None).await.unwrap();
            start.elapsed()
        };
        let (first, (second, third), meanwhile) = tokio::join!(first, behind, meanwhile);
        assert_eq!(
            (
                first.unwrap().attempts,
                second.unwrap().attempts,
                third.unwrap().attempts
            ),
            (2, 1, 1)
        );
        assert!(
            meanwhile < Duration::from_secs(2),
            "another method was held back for {meanwhile:?}"
        );
    };
    let ((), took) = hurried(calls).await;
    // 20 s of pause, then no burst: one every 6 s, half as slow again as before.
    assert!((31..35).contains(&took.as_secs()), "{took:?}");
    assert_eq!(
        server
            .methods()
            .iter()
            .filter(|method| *method == "users.deletePhoto")
            .count(),
        4
    );
}

#[tokio::test]
async fn a_burst_of_five_goes_at_once_and_the_rest_at_fifteen_a_minute() {
    let server = Server::answering("users.deletePhoto", ok()).await;
    let settings = Settings {
        base_url: server.base_url().to_owned(),
        ..Settings::default()
    };
    let client = Client::with(token(), &settings).unwrap();
    let calls = async {
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let client = client.clone();
            running.spawn(async move { client.delete_photo().await.unwrap() });
        }
        running.join_all().await
    };
    let (replies, took) = hurried(calls).await;
    assert_eq!(replies.len(), 8);
    assert!((12..15).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test]
async fn a_dropped_call_stops_and_holds_nobody_up() {
    let answers = [reply(429, "Retry-After: 60\r\n", ""), ok()];
    let server = Server::start(&[("users.deletePhoto", &answers)]).await;
    let client = patient_client(server.base_url());
    let calls = async {
        // Dropped while it waits for its second attempt, at the head of the line.
        assert!(
            timeout(Duration::from_secs(10), client.delete_photo())
                .await
                .is_err()
        );
        assert_eq!(server.requests().len(), 1);
        client.delete_photo().await.unwrap();
    };
    let ((), took) = hurried(calls).await;
    assert!((60..63).contains(&took.as_secs()), "{took:?}");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_call_dropped_in_the_middle_leaves_the_client_usable() {
    let silence =
        crate::server::Answer::Silence(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{".into());
    let server = Server::start(&[("users.setPhoto", &[silence, ok()])]).await;
    let client = client(server.base_url());
    let calls = async {
        assert!(
            timeout(Duration::from_secs(5), client.set_photo(&photo()))
                .await
                .is_err()
        );
        client.set_photo(&photo()).await.unwrap()
    };
    let (reply, took) = hurried(calls).await;
    assert_eq!(reply.attempts, 1);
    assert!((5..8).contains(&took.as_secs()), "{took:?}");
}
