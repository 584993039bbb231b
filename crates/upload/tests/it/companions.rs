//! The methods around the photo: what they send and what they make of Slack's own examples.

use headshot_upload::{
    ConversationType, ConversationsQuery, Error, Presence, ProfileChange, UsersQuery,
};

use crate::server::{Request, Server, json, reply};
use crate::{CANARY, client, shown};

/// One call to one method that answers with a body; returns what was sent, in the alphabet's order.
macro_rules! call {
    ($method:literal, $body:expr, |$client:ident| $call:expr) => {{
        let server = Server::answering($method, json($body)).await;
        let $client = client(server.base_url());
        let result = $call.await;
        let requests = server.requests();
        let [request] = &requests[..] else {
            panic!("{requests:?}")
        };
        assert_eq!(
            request.headers("content-type"),
            ["application/x-www-form-urlencoded"]
        );
        (result, sent(request))
    }};
}

fn sent(request: &Request) -> String {
    let mut fields: Vec<_> = request
        .fields()
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    fields.sort();
    fields.join(" ")
}

#[tokio::test]
async fn profile_set_sends_the_fields_as_json() {
    let fields = r#"{"status_text":"riding a train","status_emoji":":mountain_railway:","status_expiration":1532627506}"#;
    let change = ProfileChange::new(serde_json::from_str(fields).unwrap()).unwrap();
    let body =
        r#"{"ok":true,"profile":{"status_text":"riding a train","status_expiration":1532627506}}"#;
    let (reply, sent) = call!("users.profile.set", body, |client| client
        .set_profile(&change, Some("W123")));
    assert_eq!(
        reply.unwrap().value.unwrap().status_text.as_deref(),
        Some("riding a train")
    );
    let (profile, user) = sent
        .strip_prefix("profile=")
        .unwrap()
        .rsplit_once(' ')
        .unwrap();
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(parsed(profile), parsed(fields));
    assert_eq!(user, "user=W123");
    let (reply, _) = call!("users.profile.set", r#"{"ok":true}"#, |client| client
        .set_profile(&change, None));
    assert_eq!(reply.unwrap().value, None);
}

#[tokio::test]
async fn labels_are_asked_for_by_name() {
    let body = r#"{"ok":true,"profile":{"fields":{"Xf1":{"value":"v","alt":"","label":"Job"}}}}"#;
    let (reply, sent) = call!("users.profile.get", body, |client| client
        .profile_with_labels(Some("U2")));
    assert_eq!(sent, "include_labels=true user=U2");
    assert_eq!(reply.unwrap().value.rest["fields"]["Xf1"]["label"], "Job");
}

#[tokio::test]
async fn people_come_in_pages() {
    let body = r#"{"ok":true,"members":[
        {"id":"W012A3CDE","team_id":"T012AB3C4","name":"spengler","deleted":false,"is_admin":true,"is_bot":false,
         "updated":1502138686,"profile":{"avatar_hash":"ge3b51ca72de"}},
        {"id":"W07QCRPA4","deleted":true,"is_admin":null,"profile":{"avatar_hash":"8fbdd10b41c6"}}],
        "cache_ts":1498777272,"response_metadata":{"next_cursor":"dXNlcjpVMEc5V0ZYTlo="}}"#;
    let (reply, sent) = call!("users.list", body, |client| client
        .users(&UsersQuery::default()));
    assert_eq!(sent, "include_locale=true limit=200");
    let page = reply.unwrap().value;
    assert_eq!(page.next_cursor.as_deref(), Some("dXNlcjpVMEc5V0ZYTlo="));
    let [spengler, other] = &page.items[..] else {
        panic!("{page:?}")
    };
    assert_eq!(
        (spengler.id.as_deref(), spengler.deleted, spengler.is_admin),
        (Some("W012A3CDE"), Some(false), Some(true))
    );
    assert_eq!(spengler.profile.as_ref().unwrap().has_photo(), Some(false));
    assert_eq!(
        (other.is_admin, other.profile.as_ref().unwrap().has_photo()),
        (None, Some(true))
    );

    let query = UsersQuery {
        cursor: Some("next=".into()),
        limit: Some(999),
        team_id: Some("T7".into()),
    };
    let last = r#"{"ok":true,"members":[],"response_metadata":{"next_cursor":""}}"#;
    let (reply, sent) = call!("users.list", last, |client| client.users(&query));
    assert_eq!(
        sent,
        "cursor=next= include_locale=true limit=999 team_id=T7"
    );
    assert_eq!(reply.unwrap().value.next_cursor, None);
}

#[tokio::test]
async fn a_page_may_be_long_but_not_endless() {
    let members =
        |count: usize| vec![format!(r#"{{"id":"{}"}}"#, "x".repeat(1000)); count].join(",");
    let page = |count| format!(r#"{{"ok":true,"members":[{}]}}"#, members(count));
    let (reply, _) = call!("users.list", &page(8000), |client| client
        .users(&UsersQuery::default()));
    assert_eq!(reply.unwrap().value.items.len(), 8000);
    let (reply, _) = call!("users.list", &page(8400), |client| client
        .users(&UsersQuery::default()));
    assert!(
        reply
            .unwrap_err()
            .to_string()
            .contains("longer than 8388608 bytes")
    );
}

#[tokio::test]
async fn a_limit_outside_the_documents_is_refused_here() {
    let client = client("http://127.0.0.1:9/");
    for limit in [0, 1000, u16::MAX] {
        let error = client
            .users(&UsersQuery {
                limit: Some(limit),
                ..UsersQuery::default()
            })
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Argument { .. }), "{error:?}");
        assert_eq!(
            error.to_string(),
            format!("limit is {limit}, it must be 1 to 999")
        );
        let query = ConversationsQuery {
            limit: Some(limit),
            ..ConversationsQuery::default()
        };
        assert!(matches!(
            client.conversations(&query).await.unwrap_err(),
            Error::Argument { .. }
        ));
    }
}

#[tokio::test]
async fn one_person_by_id_or_address() {
    let body =
        r#"{"ok":true,"user":{"id":"U2","tz":"Europe/Berlin","locale":"de-DE","color":"9f69e7"}}"#;
    let (reply, sent) = call!("users.info", body, |client| client.user("U2"));
    let user = reply.unwrap().value;
    assert_eq!(
        (user.tz.as_deref(), user.locale.as_deref()),
        (Some("Europe/Berlin"), Some("de-DE"))
    );
    assert_eq!(user.rest["color"], "9f69e7");
    assert_eq!(sent, "include_locale=true user=U2");
    let (reply, sent) = call!("users.lookupByEmail", body, |client| client
        .user_by_email("a+b@example.com"));
    assert_eq!(reply.unwrap().value.id.as_deref(), Some("U2"));
    assert_eq!(sent, "email=a+b@example.com");
}

#[tokio::test]
async fn identity_and_presence_are_whole_replies() {
    let body = r#"{"ok":true,"user":{"name":"Sonny","id":"U0G9QF9C6"},"team":{"id":"T0G9PQBBK","domain":"d"}}"#;
    let (reply, sent) = call!("users.identity", body, |client| client.identity());
    let identity = reply.unwrap().value;
    assert_eq!(identity.user.unwrap().name.as_deref(), Some("Sonny"));
    let team = identity.team.unwrap();
    assert_eq!(
        (team.id.as_deref(), &team.rest["domain"]),
        (Some("T0G9PQBBK"), &"d".into())
    );
    assert!(identity.rest.is_empty() && sent.is_empty());

    let body =
        r#"{"ok":true,"presence":"active","online":true,"auto_away":false,"connection_count":2}"#;
    let (reply, sent) = call!("users.getPresence", body, |client| client
        .presence(Some("U2")));
    let presence = reply.unwrap().value;
    assert_eq!(
        (presence.presence.as_deref(), presence.online),
        (Some("active"), Some(true))
    );
    assert_eq!(
        (presence.auto_away, presence.connection_count),
        (Some(false), Some(2))
    );
    assert_eq!(sent, "user=U2");
}

#[tokio::test]
async fn presence_is_set_in_slacks_words() {
    for (presence, word) in [(Presence::Auto, "auto"), (Presence::Away, "away")] {
        let (reply, sent) = call!("users.setPresence", r#"{"ok":true}"#, |client| client
            .set_presence(presence));
        reply.unwrap();
        assert_eq!(sent, format!("presence={word}"));
    }
    let (reply, sent) = call!("users.setActive", r#"{"ok":true}"#, |client| client
        .set_active());
    reply.unwrap();
    assert_eq!(sent, "");
}

#[tokio::test]
async fn conversations_are_asked_for_by_kind() {
    let body = r#"{"ok":true,"channels":[{"id":"C1","name":"general","is_channel":true,"is_archived":false}],
        "response_metadata":{"next_cursor":"more"}}"#;
    let query = ConversationsQuery {
        cursor: Some("here".into()),
        limit: Some(20),
        types: vec![
            ConversationType::PublicChannel,
            ConversationType::PrivateChannel,
            ConversationType::Mpim,
            ConversationType::Im,
        ],
        exclude_archived: true,
        exclude_muted: true,
        user: Some("W0B2345D".into()),
        team_id: Some("T7".into()),
    };
    let (reply, sent) = call!("users.conversations", body, |client| client
        .conversations(&query));
    let expected = "cursor=here exclude_archived=true exclude_muted=true limit=20 team_id=T7 \
                    types=public_channel,private_channel,mpim,im user=W0B2345D";
    assert_eq!(sent, expected);
    let page = reply.unwrap().value;
    assert_eq!(
        (page.items[0].name.as_deref(), page.next_cursor.as_deref()),
        (Some("general"), Some("more"))
    );
    let (reply, sent) = call!("users.conversations", body, |client| client
        .conversations(&Default::default()));
    assert_eq!(
        (reply.unwrap().value.items.len(), sent.as_str()),
        (1, "limit=200")
    );
}

#[tokio::test]
async fn auth_test_says_whose_token_it_is_and_what_it_may_do() {
    let body = r#"{"ok":true,"url":"https://subarachnoid.slack.com/","team":"Subarachnoid Workspace","user":"grace",
        "team_id":"T0G9PQBBK","user_id":"W23456789","enterprise_id":"E0G9PQBBK","app_id":"A111","expires_in":43199,
        "is_enterprise_install":false}"#;
    let headers =
        "x-oauth-scopes: users.profile:write, users.profile:read,\r\nx-slack-req-id: 9f1b\r\n";
    let server = Server::answering("auth.test", reply(200, headers, body)).await;
    let reply = client(server.base_url()).auth_test().await.unwrap();
    assert_eq!(
        reply.scopes.as_deref(),
        Some(
            &[
                "users.profile:write".to_owned(),
                "users.profile:read".to_owned()
            ][..]
        )
    );
    assert_eq!(reply.request_id.as_deref(), Some("9f1b"));
    let auth = reply.value;
    assert_eq!(auth.user_id.as_deref(), Some("W23456789"));
    assert_eq!(auth.team_id.as_deref(), Some("T0G9PQBBK"));
    assert_eq!(auth.enterprise_id.as_deref(), Some("E0G9PQBBK"));
    assert_eq!(auth.app_id.as_deref(), Some("A111"));
    assert_eq!(auth.team.as_deref(), Some("Subarachnoid Workspace"));
    assert_eq!(auth.user.as_deref(), Some("grace"));
    assert_eq!(auth.expires_in, Some(43_199));
    assert_eq!(auth.is_enterprise_install, Some(false));
    assert!(auth.rest.is_empty(), "{:?}", auth.rest);

    // No such header is not the same as no scope.
    let (reply, _) = call!("auth.test", r#"{"ok":true}"#, |client| client.auth_test());
    let reply = reply.unwrap();
    assert_eq!((reply.scopes, reply.request_id), (None, None));
}

#[tokio::test]
async fn whatever_goes_wrong_names_its_request() {
    let refusal = r#"{"ok":false,"error":"account_inactive"}"#;
    let header = format!("x-slack-req-id: 77{CANARY}\r\n");
    for (status, body) in [(200, refusal), (403, "no")] {
        let server = Server::answering("auth.test", reply(status, &header, body)).await;
        let error = client(server.base_url()).auth_test().await.unwrap_err();
        shown(&error);
        assert_eq!(error.request_id(), Some("77[token]"));
    }
}
