//! Pictures, fetched from wherever a profile says, without the token.

use headshot_upload::{Class, Error};

use crate::clock::hurried;
use crate::server::{Answer, Server, reply, text};
use crate::{client, patient_client, shown};

/// The address of a picture beside the API.
fn address(server: &Server) -> String {
    server
        .base_url()
        .replace("/api/", "/avatars/9_original.jpg")
}

async fn answering(answers: &[Answer]) -> Server {
    Server::start(&[("9_original.jpg", answers)]).await
}

#[tokio::test]
async fn a_picture_arrives_whole_and_the_token_stays_here() {
    let server = answering(&[reply(200, "", "\u{ff}\u{d8} picture")]).await;
    let client = client(server.base_url());
    let bytes = client.download(&address(&server), 100).await.unwrap();
    assert_eq!(bytes, "\u{ff}\u{d8} picture".as_bytes());
    let [request] = &server.requests()[..] else {
        panic!("one request")
    };
    assert!(
        request
            .head
            .starts_with("GET /avatars/9_original.jpg HTTP/1.1")
    );
    assert!(request.headers("authorization").is_empty());
    assert!(!request.head.contains("canary"), "{}", request.head);
}

#[tokio::test]
async fn more_bytes_than_asked_for_are_not_taken() {
    let server = answering(&[reply(200, "", "0123456789")]).await;
    let client = client(server.base_url());
    let fetch = async |longest| client.download(&address(&server), longest).await;
    assert_eq!(fetch(10).await.unwrap().len(), 10);
    let error = fetch(9).await.unwrap_err();
    assert!(shown(&error).contains("more than 9 bytes"), "{error}");
    let head = "HTTP/1.1 200 OK\r\n\r\n";
    let server = answering(&[Answer::Flood(head.into())]).await;
    let error = client.download(&address(&server), 1 << 20).await;
    assert!(shown(&error.unwrap_err()).contains("more than 1048576 bytes"));
}

#[tokio::test]
async fn only_https_and_an_emulator_of_our_own_are_asked() {
    let server = answering(&[reply(200, "", "picture")]).await;
    let local = client(server.base_url());
    let slack = client("https://slack.example/api/");
    let address = address(&server);
    for (client, address, problem) in [
        (&slack, address.as_str(), "is not https"),
        (&local, "http://avatars.example/9.jpg", "is not https"),
        (&local, "file:///etc/passwd", "is not https"),
        (&local, "ftp://127.0.0.1/9.jpg", "is not https"),
        (&local, "http://me@127.0.0.1/9.jpg", "user name"),
        (&local, "9.jpg", "cannot be read"),
    ] {
        let error = client.download(address, 100).await.unwrap_err();
        assert!(matches!(error, Error::Argument { .. }), "{error:?}");
        let text = shown(&error);
        assert!(text.contains(problem) && !text.contains("9.jpg"), "{text}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn redirects_and_refusals_are_told_and_not_followed() {
    for (status, class) in [
        (302, Class::Other),
        (404, Class::Gone),
        (403, Class::ChangeApp),
        (500, Class::Retry),
    ] {
        let to = "Location: https://elsewhere.example/canary\r\n";
        let server = answering(&[reply(status, to, "canary")]).await;
        let client = client(server.base_url());
        let error = client.download(&address(&server), 100).await.unwrap_err();
        assert_eq!(error.class(), class, "{error}");
        assert!(shown(&error).contains(&format!("picture: HTTP status {status}")));
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_picture_that_breaks_off_is_fetched_again() {
    let whole = text(200, "", "picture");
    let cut = whole[..whole.len() - 3].into();
    let answers = [
        Answer::Say(cut),
        Answer::ResetBeforeBody,
        reply(200, "", "picture"),
    ];
    let server = answering(&answers).await;
    let client = patient_client(server.base_url());
    let (bytes, _) = hurried(client.download(&address(&server), 100)).await;
    assert_eq!(bytes.unwrap(), "picture");
    assert_eq!(server.requests().len(), 3);
}
