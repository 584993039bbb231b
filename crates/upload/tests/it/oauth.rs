//! Signing in against the emulator, and against servers that lose or spoil the answer.

use headshot_emulator::Emulator;
use headshot_upload::oauth::{self, Grant, NoCode, Secret};
use headshot_upload::{Class, Client, Error, RateLimiter, Settings, Token};

use crate::server::{Answer, Server};
use crate::shown;

const REDIRECT: &str = "http://localhost:333/callback";
const SCOPES: [&str; 2] = ["users.profile:read", "users.profile:write"];

fn settings(base_url: &str) -> Settings {
    Settings {
        base_url: base_url.to_owned(),
        rate_limiter: RateLimiter::unlimited(),
        ..Settings::default()
    }
}

fn app(base_url: &str) -> oauth::Client {
    oauth::Client::with("11.22", &settings(base_url)).unwrap()
}

/// Where the emulator sends a browser that opens this address, by the head of its reply.
async fn visit(address: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    let location = reply
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    location.expect(&reply).to_owned()
}

async fn sign_in(app: &oauth::Client) -> Grant {
    let login = app.login(REDIRECT, &SCOPES).unwrap();
    let back = visit(&format!("{}&auto=maya", login.address())).await;
    let code = login.code(&back).unwrap();
    app.exchange(&login, &code).await.unwrap().value
}

#[tokio::test]
async fn a_login_from_the_question_to_its_end() {
    let emulator = Emulator::start().unwrap();
    let app = app(&emulator.base_url());
    let first = sign_in(&app).await;
    assert_eq!(first.user_id.as_deref(), Some("U0MEMBER"));
    assert_eq!(first.team_id.as_deref(), Some("T0HEADSHOT"));
    assert_eq!(first.scopes, SCOPES);
    assert_eq!(first.expires_in.map(|time| time.as_secs()), Some(43_200));
    let refresh = first.refresh_token.clone().unwrap();
    let second = app.refresh(&refresh).await.unwrap().value;
    assert_ne!(first.access_token, second.access_token);
    assert_eq!(second.user_id, first.user_id);
    let used = app.refresh(&refresh).await.unwrap_err();
    assert_eq!(used.class(), Class::SignIn);
    assert!(shown(&used).contains("invalid_refresh_token"));

    let token = Token::new(second.access_token.expose().to_owned()).unwrap();
    let client = Client::with(token, &settings(&emulator.base_url())).unwrap();
    let test = client.auth_test().await.unwrap().value;
    assert_eq!(test.user_id.as_deref(), Some("U0MEMBER"));
    assert!(client.revoke().await.unwrap().value);
    let revoked = client.revoke().await.unwrap_err();
    assert_eq!(revoked.class(), Class::SignIn);

    // What is secret goes into bodies alone, and into no header.
    let sent = emulator.requests();
    for secret in [&first.access_token, &refresh] {
        for request in sent.iter().filter(|one| one.method() == "oauth.v2.access") {
            assert!(
                !request
                    .query
                    .iter()
                    .any(|(_, value)| value == secret.expose())
            );
            assert!(
                request
                    .headers
                    .iter()
                    .all(|(_, value)| !value.contains(secret.expose()))
            );
            assert!(!request.bears(""), "no Authorization header");
        }
    }
}

#[tokio::test]
async fn another_logins_code_is_not_taken() {
    let emulator = Emulator::start().unwrap();
    let app = app(&emulator.base_url());
    let (mine, theirs) = (
        app.login(REDIRECT, &SCOPES).unwrap(),
        app.login(REDIRECT, &SCOPES).unwrap(),
    );
    let back = visit(&format!("{}&auto=maya", theirs.address())).await;
    assert_eq!(mine.code(&back).unwrap_err(), NoCode::WrongState);
    // Without the state, PKCE says it.
    let code = theirs.code(&back).unwrap();
    let error = app.exchange(&mine, &code).await.unwrap_err();
    assert!(shown(&error).contains("invalid_code"));
    let denied = visit(&format!("{}&auto=cancel", mine.address())).await;
    let denied = mine.code(&denied).unwrap_err();
    assert_eq!(denied, NoCode::Denied("access_denied".to_owned()));
}

#[tokio::test]
async fn a_refresh_whose_answer_gets_lost_is_not_sent_again() {
    let lost = [
        Answer::ResetAfterBody,
        Answer::Say(reply("500 Oops", "")),
        Answer::Say(reply(
            "200 OK",
            "{\"ok\":true,\"access_token\":\"xoxb-1\",\"token_type\":\"bot\"}",
        )),
        Answer::Say(reply(
            "200 OK",
            "{\"ok\":1,\"access_token\":\"xoxe.xoxp-canary\"}",
        )),
        Answer::Say(reply("200 OK", "xoxe.xoxp-canary")),
    ];
    for answer in lost {
        let server = Server::start(&[("oauth.v2.access", std::slice::from_ref(&answer))]).await;
        let secret = Secret::new("xoxe-1-canary".to_owned());
        let error = app(server.base_url()).refresh(&secret).await.unwrap_err();
        assert_eq!(error.class(), Class::OutcomeUnknown, "{answer:?}");
        shown(&error);
        assert_eq!(server.requests().len(), 1);
    }
    // What was not done is done again.
    let busy = Answer::Say(reply(
        "200 OK",
        "{\"ok\":false,\"error\":\"service_unavailable\"}",
    ));
    let good = "{\"ok\":true,\"access_token\":\"xoxe.xoxp-1\",\"refresh_token\":\"xoxe-2\",\"token_type\":\"user\"}";
    let answers = [busy, Answer::Say(reply("200 OK", good))];
    let server = Server::start(&[("oauth.v2.access", &answers)]).await;
    let secret = Secret::new("xoxe-1-canary".to_owned());
    let done = app(server.base_url()).refresh(&secret).await.unwrap();
    assert_eq!(done.attempts, 2);
    assert_eq!(done.value.access_token.expose(), "xoxe.xoxp-1");
}

#[tokio::test]
async fn a_server_that_repeats_a_secret_is_not_repeated() {
    let text = "<html>grant xoxe-1-canary was not welcome</html>";
    for answer in [
        reply("403 Forbidden", text),
        reply("404 Nothing", text),
        reply("200 OK", text),
        reply("200 OK", "{\"ok\":false,\"error\":\"xoxe-1-canary\"}"),
    ] {
        let server = Server::start(&[("oauth.v2.access", &[Answer::Say(answer)])]).await;
        let secret = Secret::new("xoxe-1-canary".to_owned());
        let error = app(server.base_url()).refresh(&secret).await.unwrap_err();
        shown(&error);
    }
}

#[test]
fn what_is_no_app_and_no_address_is_refused() {
    for wrong in ["", "app", "xoxp-1.2", "1", "1.2&x"] {
        let error = oauth::Client::new(wrong).unwrap_err();
        assert!(matches!(error, Error::Argument { .. }), "{wrong}: {error}");
    }
    let app = app("http://127.0.0.1:9/");
    let error = app.login(REDIRECT, &SCOPES).unwrap_err();
    assert!(error.to_string().contains("does not end in /api/"));
    let page = oauth::Client::new("11.22").unwrap();
    let page = page.login(REDIRECT, &SCOPES).unwrap();
    assert!(
        page.address()
            .starts_with("https://slack.com/oauth/v2/authorize?")
    );
}

fn reply(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close");
    format!("{head}\r\n\r\n{body}").into_bytes()
}
