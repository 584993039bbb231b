//! The same faults once more, as the emulator has them: a server that was written by reading Slack's documents, not
//! this client. What the client says is held against what the emulator's profile really shows.

use std::time::Duration;

use bytes::Bytes;
use headshot_emulator::{Emulator, FAULTS, RETRY_AFTER};
use headshot_upload::{
    Client, Code, Error, Photo, Profile, ProfileChange, Reply, RetryPolicy, Settings, Token,
    UsersQuery,
};
use tokio::task::JoinSet;

use crate::clock::less_hurried;
use crate::shown;

/// Part of every token here, so that the whole token is a canary.
const LABEL: &str = "--canary-5d1f0c2b9e7a";

/// Faults that leave the outcome open; with the first two nothing can have been applied, since no body is read.
const SILENCES: [&str; 29] = [
    "refuse",
    "reset-before",
    "reset-after",
    "close-after",
    "cut-head",
    "cut",
    "silence",
    "slow",
    "slow-head",
    "endless",
    "gigantic",
    "nested",
    "html-500",
    "html-503",
    "html-599",
    "408",
    "empty-200",
    "html-200",
    "array-200",
    "object-200",
    "okstring-200",
    "error-internal_error",
    "redirect-301",
    "redirect-307",
    "status-102",
    "status-202",
    "status-204",
    "status-206",
    "status-302",
];

/// Faults that leave no doubt, and what comes of them.
const VERDICTS: [(&str, &str); 23] = [
    ("html-400", "status 400"),
    ("html-404", "status 404"),
    ("429-json-7-x1", "set after 2"),
    ("429-json-x2", "set after 3"),
    ("429-json-absurd", "come back"),
    ("429-text-date-x1", "set after 2"),
    ("429-text-past-x1", "set after 2"),
    ("429-text-negative-x1", "set after 2"),
    ("429-text-901", "come back"),
    ("429-envoy-x1", "set after 2"),
    ("429-envoy-garbage-x1", "set after 2"),
    ("429-envoy-fraction-x1", "set after 2"),
    ("error-bad_image", "refused bad_image"),
    ("error-brand_new", "refused brand_new"),
    ("error-service_unavailable-x2", "set after 3"),
    ("late-0", "confirmed"),
    ("gzip", "confirmed"),
    ("idle-close-0", "set after 1"),
    ("early-413", "status 413"),
    ("early-429-x1", "set after 2"),
    ("early-bad_image", "refused bad_image"),
    ("warnings", "set after 1"),
    ("bare", "set after 1"),
];

fn photo() -> Photo {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../testdata/still/astronaut.jpg"
    );
    Photo::new(Bytes::from(std::fs::read(file).unwrap())).unwrap()
}

fn client(emulator: &Emulator, token: &str) -> Client {
    let settings = Settings {
        base_url: emulator.base_url(),
        retry: RetryPolicy {
            settle: Duration::from_secs(3),
            ..RetryPolicy::default()
        },
        ..Settings::default()
    };
    Client::with(Token::new(token.to_owned()).unwrap(), &settings).unwrap()
}

/// What the client says of the outcome, in a few words.
fn said(outcome: &Result<Reply<Option<Profile>>, Error>) -> String {
    match outcome {
        Ok(reply) => {
            assert!(!format!("{reply:?}").contains("canary"), "{reply:?}");
            let lost = |warning: &String| warning.starts_with("the answer got lost");
            if reply.warnings.iter().any(lost) {
                "confirmed".to_owned()
            } else {
                format!("set after {}", reply.attempts)
            }
        }
        Err(error) => {
            shown(error);
            match error {
                Error::OutcomeUnknown { problem, .. } if problem.contains("still shows") => {
                    "still old".to_owned()
                }
                Error::OutcomeUnknown { .. } => "unknown".to_owned(),
                Error::Refused(refusal) => format!("refused {}", refusal.code),
                Error::RateLimited { .. } => "come back".to_owned(),
                Error::Status { status, .. } => format!("status {status}"),
                other => panic!("{other:?}"),
            }
        }
    }
}

/// Sets a photo with each fault and compares what the client says with what is expected and with the truth.
async fn check(rows: Vec<(String, String)>) {
    let emulator = Emulator::start().unwrap();
    let mut running = JoinSet::new();
    for (fault, expected) in rows {
        let token = format!("xoxp-fault-{fault}{LABEL}-{fault}");
        let client = client(&emulator, &token);
        running.spawn(async move {
            let outcome = client.set_photo(&photo().cropped(11, 22, 333)).await;
            (fault, token, expected, said(&outcome))
        });
    }
    let (done, _) = less_hurried(running.join_all()).await;
    assert!(!done.is_empty());
    for (fault, token, expected, said) in done {
        assert_eq!(said, expected, "{fault}");
        let sent = emulator
            .requests()
            .into_iter()
            .filter(|request| request.bears(&token));
        let sent: Vec<_> = sent
            .filter(|request| request.method() == "users.setPhoto")
            .collect();
        let attempts = match said.strip_prefix("set after ") {
            Some(attempts) => attempts.parse().unwrap(),
            None if said == "still old" => 3,
            None => 1,
        };
        assert_eq!(sent.len(), attempts, "{fault}");
        // The same workspace through a token without a fault.
        let witness = client_of(&emulator, &token)
            .profile(None)
            .await
            .unwrap()
            .value;
        let is_set = said.starts_with("set") || said == "confirmed" || said == "unknown";
        assert_eq!(witness.has_photo(), Some(is_set), "{fault}: {said}");
    }
    assert!(
        emulator
            .requests()
            .iter()
            .all(|request| !request.leaks("canary-5d1f0c2b9e7a"))
    );
}

/// A client whose token looks into the same workspace.
fn client_of(emulator: &Emulator, token: &str) -> Client {
    let (_, label) = token.split_once("--").unwrap();
    client(emulator, &format!("xoxp-emulator--{label}"))
}

fn silences(faults: &[&str], suffix: &str, expected: &str) -> Vec<(String, String)> {
    faults
        .iter()
        .map(|fault| (format!("{fault}{suffix}"), expected.to_owned()))
        .collect()
}

#[tokio::test]
async fn what_was_applied_unseen_is_found_in_the_profile() {
    check(silences(&SILENCES[2..], "-applied", "confirmed")).await;
}

#[tokio::test]
async fn what_was_not_applied_is_sent_once_more() {
    check(silences(&SILENCES, "-x1", "set after 2")).await;
}

#[tokio::test]
async fn what_is_never_applied_is_not_called_a_success() {
    check(silences(&SILENCES, "", "still old")).await;
}

#[tokio::test]
async fn what_cannot_be_looked_up_stays_unknown() {
    check(silences(&SILENCES[2..], "-applied-noread", "unknown")).await;
}

#[tokio::test]
async fn what_leaves_no_doubt_is_believed() {
    check(
        VERDICTS
            .iter()
            .map(|(fault, expected)| (fault.to_string(), expected.to_string()))
            .collect(),
    )
    .await;
}

#[test]
fn no_fault_of_the_emulator_is_left_out() {
    // "control" is an unknown code with control characters in it; replies.rs has it.
    let ours = SILENCES
        .into_iter()
        .chain(VERDICTS.map(|(fault, _)| fault))
        .chain(["control"]);
    let ours: Vec<_> = ours.collect();
    assert_eq!(FAULTS.len(), 34);
    for (name, _) in FAULTS {
        let stem = name.split(['[', 'N', 'C', 'M']).next().unwrap();
        assert!(ours.iter().any(|fault| fault.starts_with(stem)), "{name}");
    }
    assert_eq!(RETRY_AFTER.len(), 8);
}

#[tokio::test]
async fn every_documented_code_is_understood_from_the_emulator() {
    let emulator = Emulator::start().unwrap();
    for code in Code::DOCUMENTED {
        let token = format!("xoxp-fault-error-{code}{LABEL}-{code}");
        let settings = Settings {
            base_url: emulator.base_url(),
            retry: headshot_upload::RetryPolicy {
                attempts: 1,
                ..Default::default()
            },
            ..Settings::default()
        };
        let client = Client::with(Token::new(token).unwrap(), &settings).unwrap();
        let error = client.set_photo(&photo()).await.unwrap_err();
        shown(&error);
        assert_eq!(error.code(), Some(code));
    }
}

#[tokio::test]
async fn a_life_with_a_photo() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator, &format!("xoxp-emulator{LABEL}"));
    let bare = client.profile(None).await.unwrap().value;
    assert_eq!(bare.has_photo(), Some(false));

    let set = client
        .set_photo(&photo().cropped(11, 22, 333))
        .await
        .unwrap();
    let profile = set.value.unwrap();
    assert_eq!(set.warnings, [""; 0]);
    assert_ne!(profile.avatar_hash, bare.avatar_hash);
    let request = emulator
        .requests()
        .into_iter()
        .rfind(|request| request.method() == "users.setPhoto")
        .unwrap();
    let field = |name: &str| request.field(name).unwrap().text().into_owned();
    assert_eq!(
        [field("crop_x"), field("crop_y"), field("crop_w")],
        ["11", "22", "333"]
    );
    let image = request.field("image").unwrap();
    assert_eq!(
        (image.filename.as_deref(), image.content_type.as_deref()),
        (Some("photo.jpg"), Some("image/jpeg"))
    );
    assert_eq!(image.bytes, photo().bytes());
    let shown = client.profile(None).await.unwrap().value;
    assert_eq!(
        (&shown.avatar_hash, shown.has_photo()),
        (&profile.avatar_hash, Some(true))
    );

    let fields = serde_json::from_str(
        r#"{"status_text":"riding a train","status_emoji":":mountain_railway:"}"#,
    )
    .unwrap();
    let changed = client
        .set_profile(&ProfileChange::new(fields).unwrap(), None)
        .await
        .unwrap()
        .value
        .unwrap();
    assert_eq!(changed.status_text.as_deref(), Some("riding a train"));

    let mut query = UsersQuery {
        limit: Some(7),
        ..UsersQuery::default()
    };
    let mut people = Vec::new();
    loop {
        let page = client.users(&query).await.unwrap().value;
        people.extend(page.items);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    assert!(people.len() > 7, "{}", people.len());
    let me = people
        .iter()
        .find(|user| user.profile.as_ref().unwrap().avatar_hash == profile.avatar_hash)
        .unwrap();
    let id = me.id.as_deref().unwrap();
    assert_eq!(client.user(id).await.unwrap().value.id.as_deref(), Some(id));
    let identity = Client::clone(&client)
        .with_token(Token::new(format!("xoxp-emulator-identity{LABEL}")).unwrap());
    let email = me.profile.as_ref().unwrap().email.as_deref().unwrap();
    assert_eq!(
        client
            .user_by_email(email)
            .await
            .unwrap()
            .value
            .id
            .as_deref(),
        Some(id)
    );
    let user = identity.identity().await.unwrap().value.user.unwrap();
    assert_eq!(user.id.as_deref(), Some(id));
    assert_eq!(
        client.identity().await.unwrap_err().code(),
        Some(&Code::MissingScope)
    );
    let auth = client.auth_test().await.unwrap();
    assert_eq!(auth.value.user_id.as_deref(), Some(id));
    assert_eq!(auth.value.team_id, shown.team);
    assert!(auth.scopes.unwrap().contains(&"users:read".to_owned()));
    assert_eq!(auth.request_id.unwrap().len(), 32);
    client
        .set_presence(headshot_upload::Presence::Away)
        .await
        .unwrap();
    assert_eq!(
        client
            .presence(Some(id))
            .await
            .unwrap()
            .value
            .presence
            .as_deref(),
        Some("away")
    );
    client.set_active().await.unwrap();
    client.conversations(&Default::default()).await.unwrap();

    client.delete_photo().await.unwrap();
    assert_eq!(
        client.profile(None).await.unwrap().value.has_photo(),
        Some(false)
    );
    assert!(
        emulator
            .requests()
            .iter()
            .all(|request| !request.leaks("canary-5d1f0c2b9e7a"))
    );
}
