//! Replies of every kind, told apart.

use headshot_upload::{Class, Code, Error};

use crate::server::{Answer, Server, json, reply};
use crate::{CANARY, client, photo, shown};

/// What `users.setPhoto` and `users.profile.get` make of the same answer.
async fn errors(answer: Answer) -> [Error; 2] {
    let answers = [answer];
    let server = Server::start(&[
        ("users.setPhoto", &answers),
        ("users.profile.get", &answers),
    ])
    .await;
    let client = client(server.base_url());
    let [set, get] = [
        client.set_photo(&photo()).await.unwrap_err(),
        client.profile(None).await.unwrap_err(),
    ];
    shown(&set);
    shown(&get);
    [set, get]
}

fn classes(errors: &[Error; 2]) -> [Class; 2] {
    [errors[0].class(), errors[1].class()]
}

#[tokio::test]
async fn every_documented_code_arrives_by_its_name() {
    for code in Code::DOCUMENTED {
        let [error, _] = errors(json(&format!(r#"{{"ok":false,"error":"{code}"}}"#))).await;
        assert_eq!(error.code(), Some(code), "{error}");
        assert_eq!(error.class(), code.class(), "{error}");
    }
}

#[tokio::test]
async fn unknown_outcomes_are_for_calls_that_change_something() {
    for code in ["internal_error", "fatal_error"] {
        let errors = errors(json(&format!(r#"{{"ok":false,"error":"{code}"}}"#))).await;
        assert_eq!(classes(&errors), [Class::OutcomeUnknown, Class::Retry]);
    }
}

#[tokio::test]
async fn a_new_code_is_kept_and_cleaned() {
    let [error, _] = errors(json(r#"{"ok":false,"error":"brand\u001b[31m_new\r\n"}"#)).await;
    assert_eq!(
        error.code(),
        Some(&Code::Other("brand [31m_new".to_owned()))
    );
    assert_eq!(error.class(), Class::Other);
}

#[tokio::test]
async fn a_missing_scope_says_which() {
    let body = r#"{"ok":false,"error":"missing_scope","needed":"users.profile:write","provided":"users:read,emoji:read",
        "warning":"superfluous_charset","response_metadata":{"warnings":["superfluous_charset"],"messages":["[WARN] hm"]}}"#;
    let [error, _] = errors(json(body)).await;
    assert_eq!(
        error.to_string(),
        "users.setPhoto: refused: missing_scope, needed: users.profile:write, provided: users:read,emoji:read \
         (superfluous_charset; [WARN] hm)"
    );
    assert_eq!(error.class(), Class::ChangeApp);
}

#[tokio::test]
async fn warnings_come_from_both_places_and_once() {
    let body = r#"{"ok":true,"profile":{},"warning":"missing_charset,superfluous_charset",
        "response_metadata":{"warnings":["superfluous_charset","old_thing"],"messages":["[WARN]\u0007 a message"]}}"#;
    let server = Server::answering("users.setPhoto", json(body)).await;
    let reply = client(server.base_url()).set_photo(&photo()).await.unwrap();
    assert_eq!(
        reply.warnings,
        [
            "missing_charset",
            "superfluous_charset",
            "old_thing",
            "[WARN] a message"
        ]
    );
}

#[tokio::test]
async fn a_status_says_more_than_the_body() {
    use Class::*;
    let ok = r#"{"ok":true,"profile":{"avatar_hash":"8fbdd10b41c6"}}"#;
    let cases = [
        (301, [OutcomeUnknown, Outage]),
        (400, [Other, Other]),
        (401, [SignIn, SignIn]),
        (403, [ChangeApp, ChangeApp]),
        (404, [Gone, Gone]),
        (408, [OutcomeUnknown, Retry]),
        (413, [FixImage, Other]),
        (421, [Retry, Retry]),
        (425, [Retry, Retry]),
        (429, [Wait, Wait]),
        (500, [OutcomeUnknown, Retry]),
        (502, [OutcomeUnknown, Retry]),
        (503, [OutcomeUnknown, Retry]),
        (504, [OutcomeUnknown, Retry]),
        (511, [Outage, Outage]),
        (599, [OutcomeUnknown, Retry]),
    ];
    for (status, expected) in cases {
        for body in ["<html>\u{1b}[2J<h1>no</h1></html>", ok, ""] {
            let errors = errors(reply(status, "", body)).await;
            // A page is none of Slack's refusals.
            let expected = match status {
                403 if body.starts_with("<html>") => [Outage, Outage],
                _ => expected,
            };
            assert_eq!(classes(&errors), expected, "{status} {body:?}: {errors:?}");
            match &errors[0] {
                Error::RateLimited { .. } => assert_eq!(status, 429),
                Error::Status {
                    status: found,
                    text,
                    ..
                } => {
                    assert_eq!(*found, status);
                    assert!(!text.contains('\u{1b}'));
                    assert_eq!(text.contains("<h1>no"), body.contains("<h1>no"));
                }
                other => panic!("{status}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_under_a_4xx_keeps_its_code() {
    let body = r#"{"ok":false,"error":"invalid_auth"}"#;
    let [error, _] = errors(reply(403, "", body)).await;
    assert_eq!(error.code(), Some(&Code::InvalidAuth));
    let [error, _] = errors(reply(503, "", body)).await;
    assert!(
        matches!(error, Error::Status { status: 503, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn ratelimited_inside_a_200_is_the_same_as_429() {
    let [error, _] = errors(json(r#"{"ok":false,"error":"ratelimited"}"#)).await;
    assert!(matches!(error, Error::RateLimited { .. }), "{error:?}");
}

#[tokio::test]
async fn what_is_not_a_reply_is_neither_success_nor_failure() {
    let nested = format!("{{\"ok\":true,\"profile\":{}", "[".repeat(60_000));
    let bodies = [
        ("", "empty"),
        (" \n", "empty"),
        ("<!DOCTYPE html><html>hello</html>", "not JSON"),
        ("[]", "not an object"),
        ("true", "not an object"),
        ("{}", "no \"ok\""),
        (r#"{"ok":"true"}"#, "neither true nor false"),
        (r#"{"ok":1}"#, "neither true nor false"),
        (r#"{"ok":false}"#, "names no error"),
        (r#"{"ok":false,"error":7}"#, "names no error"),
        (r#"{"ok":true,"#, "not JSON"),
        (&nested, "not JSON"),
    ];
    for (body, problem) in bodies {
        let errors = errors(json(body)).await;
        assert_eq!(
            classes(&errors),
            [Class::OutcomeUnknown, Class::Retry],
            "{body}"
        );
        assert!(matches!(errors[0], Error::Unreadable { .. }));
        assert!(errors[0].to_string().contains(problem), "{}", errors[0]);
        assert!(errors[0].to_string().chars().count() < 400, "{}", errors[0]);
    }
}

#[tokio::test]
async fn a_profile_without_a_profile_is_unreadable() {
    let server = Server::answering("users.profile.get", json(r#"{"ok":true}"#)).await;
    let error = client(server.base_url()).profile(None).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
    assert_eq!(error.class(), Class::Retry);
}

#[tokio::test]
async fn an_echoed_token_is_shown_nowhere() {
    let say = format!("your header was Authorization: Bearer {CANARY} {CANARY}");
    let [error, _] = errors(reply(502, "", &say)).await;
    assert!(
        error.to_string().contains("Bearer [token] [token]"),
        "{error}"
    );
    let refused =
        format!(r#"{{"ok":false,"error":"no_{CANARY}","needed":"{CANARY}","warning":"{CANARY}"}}"#);
    errors(json(&refused)).await;
    let accepted =
        format!(r#"{{"ok":true,"warning":"{CANARY}","profile":{{"title":"{CANARY}"}}}}"#);
    let server = Server::answering("users.setPhoto", json(&accepted)).await;
    let reply = client(server.base_url()).set_photo(&photo()).await.unwrap();
    assert!(!format!("{reply:?}").contains(CANARY), "{reply:?}");
}
