//! Other people's photos through SCIM: one change and no other, and no answer that is taken for more than it says.

use std::time::Duration;

use headshot_emulator::Emulator;
use headshot_upload::{
    Class, Client, Code, Error, Photo, RateLimiter, RetryPolicy, Settings, Token, scim,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::clock::hurried;
use crate::log;
use crate::server::{Answer, Server, reply, text};
use crate::{CANARY, photo, shown, token};

const USER: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"U012AB3CD","active":true,
    "photos":[{"value":"https://a/old.jpg","primary":true}],"title":"Barista"}"#;

fn client_with(server: &Server, retry: RetryPolicy, rate_limiter: RateLimiter) -> scim::Client {
    let settings = scim::Settings {
        base_url: server.base_url().to_owned(),
        retry,
        rate_limiter,
        ..scim::Settings::default()
    };
    scim::Client::with(token(), &settings).unwrap()
}

fn client(server: &Server) -> scim::Client {
    client_with(server, RetryPolicy::default(), RateLimiter::unlimited())
}

async fn answering(answers: &[Answer]) -> Server {
    Server::start(&[("U012AB3CD", answers)]).await
}

fn refused(status: u16, detail: &str) -> Answer {
    let error = "urn:ietf:params:scim:api:messages:2.0:Error";
    let body = json!({ "schemas": [error], "detail": detail, "status": status });
    reply(status, "", &body.to_string())
}

#[tokio::test]
async fn the_one_change_is_a_patch_of_photos() {
    let server = answering(&[reply(200, "X-Slack-Req-Id: r1\r\n", USER)]).await;
    let client = client(&server);
    let set = client.set_photo("U012AB3CD", &photo()).await.unwrap();
    assert_eq!((set.attempts, set.request_id.as_deref()), (1, Some("r1")));
    let user = set.value.unwrap();
    assert_eq!(
        user.photos.unwrap()[0].value.as_deref(),
        Some("https://a/old.jpg")
    );
    assert_eq!(user.rest["title"], "Barista");

    let request = server.requests().remove(0);
    assert!(
        request
            .head
            .starts_with("PATCH /api/Users/U012AB3CD HTTP/1.1\r\n")
    );
    let bearer = format!("Bearer {CANARY}");
    assert_eq!(request.headers("authorization"), [&bearer]);
    assert_eq!(
        request.headers("content-type"),
        ["application/json; charset=utf-8"]
    );
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    // By the reference page, and the bytes by coreutils: printf '\xff\xd8\xff\xe0 some photo' | base64
    assert_eq!(
        body,
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{ "op": "add", "path": "photos",
                "value": [{ "value": "data:image/jpeg;base64,/9j/4CBzb21lIHBob3Rv", "primary": true }] }],
        })
    );
    let read = client.user("U012AB3CD").await.unwrap();
    assert_eq!(read.value.active, Some(true));
    let request = server.requests().remove(1);
    assert!(
        request
            .head
            .starts_with("GET /api/Users/U012AB3CD HTTP/1.1\r\n")
    );
    assert!(request.body.is_empty());
    let debug = format!("{client:?}");
    assert!(!debug.contains("canary"), "{debug}");
}

#[tokio::test]
async fn what_is_no_id_or_has_a_crop_is_not_sent() {
    let server = answering(&[reply(200, "", USER)]).await;
    let client = client(&server);
    for id in [
        "",
        "U",
        "me",
        "U012AB3CD/../U0OTHER01",
        "U012AB3CD?x",
        "U012 AB",
        CANARY,
    ] {
        let error = client.set_photo(id, &photo()).await.unwrap_err();
        assert!(shown(&error).contains("user is not an ID"), "{id}");
        client.user(id).await.unwrap_err();
    }
    let cropped = photo().cropped(11, 22, 333);
    let error = client.set_photo("U012AB3CD", &cropped).await.unwrap_err();
    assert!(matches!(error, Error::Argument { .. }), "{error}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn every_documented_error_has_its_class() {
    for (status, detail, code, class) in [
        (400, "photos_invalid", Code::PhotosInvalid, Class::FixImage),
        (404, "no_such_user", Code::NoSuchUser, Class::Other),
        (
            403,
            "permission_denied",
            Code::PermissionDenied,
            Class::ChangeApp,
        ),
        (
            401,
            "invalid_authentication",
            Code::InvalidAuthentication,
            Class::SignIn,
        ),
        (
            403,
            "cannot_modify_owner",
            Code::CannotModifyOwner,
            Class::ChangeApp,
        ),
        (
            403,
            "plus_teams_only",
            Code::PlusTeamsOnly,
            Class::ChangeApp,
        ),
        (
            403,
            "non_org_teams_only",
            Code::NonOrgTeamsOnly,
            Class::ChangeApp,
        ),
        (
            400,
            "Something\u{1b}[31m else",
            Code::Other("Something [31m else".to_owned()),
            Class::Other,
        ),
        // Under a status that says the opposite.
        (200, "photos_invalid", Code::PhotosInvalid, Class::FixImage),
    ] {
        let server = answering(&[refused(status, detail)]).await;
        let error = client(&server)
            .set_photo("U012AB3CD", &photo())
            .await
            .unwrap_err();
        shown(&error);
        assert_eq!(
            (error.code(), error.class()),
            (Some(&code), class),
            "{detail}"
        );
        assert_eq!(server.requests().len(), 1, "{detail}");
    }
    let server = answering(&[refused(403, "permission_denied: you are no match for them")]).await;
    let error = client(&server).user("U012AB3CD").await.unwrap_err();
    let said = "SCIM GET Users: refused: permission_denied (you are no match for them)";
    assert_eq!(error.to_string(), said);
    assert!(
        error.hint().contains("outranks the person"),
        "{}",
        error.hint()
    );
}

#[tokio::test]
async fn an_answer_that_is_lost_or_makes_no_sense_leaves_the_outcome_unknown() {
    log::collect();
    let stranger = USER.replace("U012AB3CD", "U0STRANGER");
    for answer in [
        reply(504, "", "gateway timeout"),
        reply(500, "", r#"{"detail":"photos_invalid","status":500}"#),
        reply(408, "", ""),
        reply(200, "", ""),
        reply(200, "", "[]"),
        reply(200, "", "<html>sign in</html>"),
        reply(200, "", r#"{"ok":false,"error":"internal_error"}"#),
        reply(200, "", &stranger),
        Answer::ResetAfterBody,
    ] {
        let said = format!("{answer:?}");
        let server = answering(&[answer, reply(200, "", USER)]).await;
        let error = client(&server)
            .set_photo("U012AB3CD", &photo())
            .await
            .unwrap_err();
        shown(&error);
        assert!(
            matches!(error, Error::OutcomeUnknown { .. }),
            "{said}: {error}"
        );
        assert_eq!(error.class(), Class::OutcomeUnknown);
        assert_eq!(server.requests().len(), 1, "never sent again: {said}");
    }
    let log = log::logged();
    assert!(
        log.contains("connecting"),
        "nothing was logged, so nothing was checked"
    );
    assert!(!log.contains("canary"), "the token is in the log");
    // A change may be made without a word; a read may not.
    let silent = || Answer::Say(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".to_vec());
    let server = answering(&[silent()]).await;
    let client = client(&server);
    let set = client.set_photo("U012AB3CD", &photo()).await.unwrap();
    assert_eq!(set.value, None);
    let (read, _) = hurried(client.user("U012AB3CD")).await;
    assert_eq!(read.unwrap_err().class(), Class::Retry);
}

#[tokio::test]
async fn a_locked_person_and_a_full_bucket_are_waited_for() {
    let locked = |wait: &str| Answer::Say(text(429, wait, "").into_bytes());
    let answers = [
        locked("Retry-After: 7\r\n"),
        locked("Retry-After: 3\r\n"),
        reply(200, "", USER),
    ];
    let server = answering(&answers).await;
    let client = client(&server);
    let (set, took) = hurried(async { client.set_photo("U012AB3CD", &photo()).await }).await;
    assert_eq!(set.unwrap().attempts, 3);
    assert!((10..13).contains(&took.as_secs()), "{took:?}");

    let server = answering(&[locked("Retry-After: 901\r\n")]).await;
    let once = client_with(&server, RetryPolicy::default(), RateLimiter::unlimited());
    let error = once.set_photo("U012AB3CD", &photo()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(901)));
    assert_eq!(error.class(), Class::Wait);
}

#[tokio::test]
async fn ten_go_at_once_and_then_ninety_a_minute() {
    let server = answering(&[reply(200, "", USER)]).await;
    let pace = scim::Settings::default().rate_limiter;
    let client = client_with(&server, RetryPolicy::default(), pace);
    let ((), took) = hurried(async {
        let start = Instant::now();
        for number in 0..16 {
            client.set_photo("U012AB3CD", &photo()).await.unwrap();
            // A step of the fast clock for each connection.
            let after = start.elapsed();
            let least = Duration::from_secs_f64(f64::from(i32::max(number - 9, 0)) / 1.5);
            assert!(after >= least, "{number}: {after:?}");
        }
    })
    .await;
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[tokio::test]
async fn at_most_four_are_under_way() {
    let server = answering(&[Answer::Silence(Vec::new())]).await;
    let client = client(&server);
    let mut calls = JoinSet::new();
    for _ in 0..9 {
        let client = client.clone();
        calls.spawn(async move { client.set_photo("U012AB3CD", &photo()).await });
    }
    let looked = async {
        tokio::time::sleep(Duration::from_secs(20)).await;
        server.requests().len()
    };
    let (count, _) = hurried(looked).await;
    assert_eq!(count, 4);
}

/// Client and emulator were written apart from each other, from the same reference.
#[tokio::test]
async fn the_emulator_takes_it() {
    let emulator = Emulator::with(headshot_emulator::Settings {
        scim_delay: Duration::ZERO,
        ..headshot_emulator::Settings::default()
    });
    let emulator = emulator.unwrap();
    let token = |text: &str| Token::new(text.to_owned()).unwrap();
    let admin = |text: &str| {
        let settings = scim::Settings {
            base_url: emulator.scim_base_url(),
            ..scim::Settings::default()
        };
        scim::Client::with(token(text), &settings).unwrap()
    };
    let settings = Settings {
        base_url: emulator.base_url(),
        ..Settings::default()
    };
    let web = Client::with(token("xoxp-emulator-scim"), &settings).unwrap();
    let hash = async || {
        let user = web.user("U0MEMBER").await.unwrap().value;
        user.profile.unwrap().avatar_hash.unwrap()
    };
    let before = hash().await;
    let bytes = std::fs::read("../../testdata/still/large.jpg").unwrap();
    let photo = Photo::new(bytes.clone().into()).unwrap();
    let right = admin("xoxp-emulator-scim");
    let set = right.set_photo("U0MEMBER", &photo).await.unwrap();
    assert_eq!(set.value.unwrap().id.as_deref(), Some("U0MEMBER"));
    assert_ne!(hash().await, before);
    let shown = web.user("U0MEMBER").await.unwrap().value.profile.unwrap();
    let original = shown.image_original.unwrap();
    let original = web.download(&original, 1 << 20).await.unwrap();
    assert_eq!(original, bytes);

    let bad = Photo::new(b"GIF89a and no more".as_slice().into()).unwrap();
    for (client, id, photo, code) in [
        (&right, "U0MEMBER", &bad, Code::PhotosInvalid),
        (&right, "U0OWNER", &photo, Code::CannotModifyOwner),
        (&right, "U0NOBODY", &photo, Code::NoSuchUser),
        (
            &admin("xoxp-emulator"),
            "U0MEMBER",
            &photo,
            Code::PermissionDenied,
        ),
        (
            &admin("xoxp-emulator-scimless"),
            "U0MEMBER",
            &photo,
            Code::PlusTeamsOnly,
        ),
        (
            &admin("xoxp-emulator-expired"),
            "U0MEMBER",
            &photo,
            Code::InvalidAuthentication,
        ),
    ] {
        let error = client.set_photo(id, photo).await.unwrap_err();
        assert_eq!(error.code(), Some(&code), "{error}");
    }
    for fault in [
        "silence",
        "408-applied",
        "cut-head",
        "html-502",
        "error-internal_error",
    ] {
        let mut settings = scim::Settings {
            base_url: emulator.scim_base_url(),
            ..scim::Settings::default()
        };
        settings.timeouts.idle = Duration::from_millis(200);
        let client = scim::Client::with(token(&format!("xoxp-fault-{fault}-scim")), &settings);
        let error = client
            .unwrap()
            .set_photo("U0MEMBER", &photo)
            .await
            .unwrap_err();
        assert_eq!(error.class(), Class::OutcomeUnknown, "{fault}: {error}");
    }
}
