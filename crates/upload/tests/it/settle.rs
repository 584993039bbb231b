//! Effects that come late, and uploads that are settled by somebody who did not send them.

use std::time::Duration;

use headshot_upload::{Class, Client, Error, Photo, Settings, Upload};
use tokio::time::timeout;

use crate::clock::hurried;
use crate::faults::{Expected, Row, check, check_watching, new, old, refusal};
use crate::server::{Answer, Server, json, reply};
use crate::{patient_client, photo, shown, token};

#[tokio::test]
async fn an_effect_that_comes_late_is_waited_for() {
    // The number of looks that still show the old photo, and when the next one comes.
    let rows = [(0, 1.0), (1, 3.0), (2, 7.0), (3, 15.0), (4, 30.0)].map(|(late, time)| Row {
        name: format!("{late} looks late"),
        set: vec![reply(504, "", "gateway timeout")],
        get: [vec![old(); 1 + late], vec![new()]].concat(),
        expected: Expected::Confirmed,
        looks: 2 + late,
        time: (time, time),
    });
    check_watching(Duration::from_secs(30), rows.into()).await;
}

#[tokio::test]
async fn a_look_that_fails_in_between_is_made_again() {
    let row = Row {
        name: "some looks fail".to_owned(),
        set: vec![Answer::ResetAfterBody],
        get: vec![old(), reply(502, "", ""), Answer::ResetAfterBody, new()],
        expected: Expected::Confirmed,
        looks: 4,
        time: (7.0, 7.0),
    };
    check(vec![row]).await;
}

#[tokio::test]
async fn a_refusal_after_an_open_try_does_not_settle_it() {
    let server = Server::start(&[
        (
            "users.setPhoto",
            &[reply(504, "", ""), refusal("token_revoked")],
        ),
        ("users.profile.get", &[old()]),
    ])
    .await;
    let (set, _) = hurried(patient_client(server.base_url()).set_photo(&photo())).await;
    let error = set.unwrap_err();
    assert!(
        shown(&error).contains("an earlier try may still take effect"),
        "{error}"
    );
    assert_eq!(error.class(), Class::OutcomeUnknown);
}

#[tokio::test]
async fn an_upload_that_was_dropped_is_settled_by_what_was_written_down() {
    let server = Server::start(&[
        ("users.setPhoto", &[Answer::Silence(Vec::new())]),
        ("users.profile.get", &[old(), old(), old(), new()]),
    ])
    .await;
    let client = patient_client(server.base_url());
    let upload = client.upload(&photo()).await.unwrap();
    assert_eq!(upload.shown.as_deref(), Some("0123456789ab"));
    let written = serde_json::to_string(&upload).unwrap();
    let photo = photo();
    let (dropped, _) = hurried(timeout(
        Duration::from_secs(3),
        upload.send(&client, &photo),
    ))
    .await;
    dropped.unwrap_err();

    // Another process.
    let client = patient_client(server.base_url());
    let upload: Upload = serde_json::from_str(&written).unwrap();
    let hash = "1b505cfaeac2e2af1995f23b50c710a7ad51e2c052f3df95acbf0d7635c621d3";
    assert_eq!(upload.sha256, hash);
    assert_eq!(
        upload,
        Upload::new(&photo, Some(&client.look().await.unwrap().value))
    );
    let (settled, took) = hurried(upload.settle(&client)).await;
    let profile = settled.unwrap().expect("another photo");
    assert_eq!(profile.avatar_hash.as_deref(), Some("ba9876543210"));
    // At once, after 1 s: the fourth answer.
    assert!(took < Duration::from_secs(4), "{took:?}");
    assert_eq!(
        server
            .methods()
            .iter()
            .filter(|method| *method == "users.setPhoto")
            .count(),
        1
    );
}

#[tokio::test]
async fn what_cannot_be_settled_says_so() {
    let server = Server::answering("users.profile.get", old()).await;
    let client = patient_client(server.base_url());
    let upload = client.upload(&photo()).await.unwrap();
    let (settled, took) = hurried(upload.settle(&client)).await;
    assert_eq!(settled.unwrap(), None, "the old photo all the time");
    assert!((30..34).contains(&took.as_secs()), "{took:?}");

    let unseen = Upload::new(&photo(), None);
    let error = unseen.settle(&client).await.unwrap_err();
    assert!(
        matches!(error, Error::OutcomeUnknown { source: None, .. }),
        "{error:?}"
    );
    shown(&error);

    // Another photo is not what was written down; nothing is sent.
    let other = Photo::new(b"GIF89a other".as_slice().into()).unwrap();
    let error = upload.send(&client, &other).await.unwrap_err();
    assert!(matches!(error, Error::Argument { .. }), "{error:?}");
    assert!(!server.methods().contains(&"users.setPhoto".to_owned()));
}

#[tokio::test]
async fn a_post_leaves_the_looking_to_the_caller() {
    let server = Server::start(&[
        ("users.setPhoto", &[reply(504, "", "")]),
        ("users.profile.get", &[old(), new()]),
    ])
    .await;
    let client = patient_client(server.base_url());
    let upload = client.upload(&photo()).await.unwrap();
    let error = upload.post(&client, &photo()).await.unwrap_err();
    assert!(shown(&error).contains("was not looked at since"));
    assert_eq!(error.class(), Class::OutcomeUnknown);
    assert_eq!(server.methods(), ["users.profile.get", "users.setPhoto"]);
    assert!(upload.settle(&client).await.unwrap().is_some());
}

#[tokio::test]
async fn a_token_that_may_not_look_still_sets() {
    let server = Server::start(&[
        ("users.setPhoto", &[new()]),
        ("users.profile.get", &[refusal("missing_scope")]),
    ])
    .await;
    let settings = Settings {
        base_url: server.base_url().to_owned(),
        ..Settings::default()
    };
    let client = Client::with(token(), &settings).unwrap();
    let upload = client.upload(&photo()).await.unwrap();
    assert_eq!(upload.shown, None);
    let sent = upload.send(&client, &photo()).await.unwrap();
    assert_eq!(sent.attempts, 1);

    // One whose token is no longer good would be refused anyway.
    let server = Server::answering("users.profile.get", refusal("token_revoked")).await;
    let error = patient_client(server.base_url())
        .upload(&photo())
        .await
        .unwrap_err();
    assert_eq!(error.class(), Class::SignIn);
    let server = Server::answering("users.profile.get", json("[]")).await;
    let (upload, _) = hurried(patient_client(server.base_url()).upload(&photo())).await;
    assert_eq!(upload.unwrap().shown, None);
    assert_eq!(server.methods().len(), 6);
}
