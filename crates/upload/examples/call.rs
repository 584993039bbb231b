//! Calls one of Slack's methods and prints what came of it as one line of JSON.
//!
//! ```text
//! SLACK_TOKEN=xoxp-... call https://slack.com/api/ users.info user=U012AB3CD
//! SLACK_TOKEN=xoxp-... call https://slack.com/api/ users.setPhoto image=me.jpg crop_x=11 crop_y=22 crop_w=333
//! ```
//!
//! `--hasty` before the address shortens every wait to seconds, for trying out what goes wrong. The exit status is 0 for
//! success, 1 for a call that failed, 2 for a command line that makes no sense.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::process::ExitCode;
use std::time::Duration;

use headshot_upload::{
    Client, Error, Photo, Presence, ProfileChange, Reply, RetryPolicy, Settings, Timeouts, Token,
    UsersQuery,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut given: Vec<String> = std::env::args().skip(1).collect();
    let hasty = given.first().is_some_and(|first| first == "--hasty");
    if hasty {
        given.remove(0);
    }
    let [base_url, method, arguments @ ..] = &given[..] else {
        return refuse("usage: call [--hasty] BASE_URL METHOD [NAME=VALUE]...");
    };
    let Some(arguments) = arguments
        .iter()
        .map(|word| word.split_once('='))
        .collect::<Option<HashMap<_, _>>>()
    else {
        return refuse("an argument is NAME=VALUE");
    };
    let mut settings = Settings {
        base_url: base_url.clone(),
        ..Settings::default()
    };
    if hasty {
        settings.timeouts = Timeouts {
            connect: Duration::from_secs(3),
            idle: Duration::from_secs(5),
            total: Duration::from_secs(8),
        };
        settings.retry = RetryPolicy {
            first_backoff: Duration::from_millis(200),
            longest_wait: Duration::from_secs(3),
            settle: Duration::from_secs(6),
            ..RetryPolicy::default()
        };
    }
    let token = std::env::var("SLACK_TOKEN").unwrap_or_default();
    let client = match Token::new(token).and_then(|token| Client::with(token, &settings)) {
        Ok(client) => client,
        Err(error) => return show(Err(error)),
    };
    match call(&client, method, &arguments).await {
        Ok(outcome) => show(outcome),
        Err(problem) => refuse(&problem),
    }
}

type Outcome = Result<Value, Error>;

/// The outer error is about the command line, and nothing was sent.
async fn call(
    client: &Client,
    method: &str,
    arguments: &HashMap<&str, &str>,
) -> Result<Outcome, String> {
    let maybe = |name| arguments.get(name).copied();
    let needed = |name| maybe(name).ok_or(format!("{method} needs {name}=VALUE"));
    let number = |name| {
        let text = maybe(name);
        let number = text.map(str::parse::<u32>).transpose();
        number.map_err(|_| format!("{name} is a whole number"))
    };
    let user = maybe("user");
    Ok(match method {
        "auth.test" => plain(client.auth_test().await),
        "users.setPhoto" => {
            let bytes =
                std::fs::read(needed("image")?).map_err(|error| format!("image: {error}"))?;
            let photo = Photo::new(bytes.into()).map_err(|error| error.to_string())?;
            let photo = match (number("crop_x")?, number("crop_y")?, number("crop_w")?) {
                (Some(x), Some(y), Some(side)) => photo.cropped(x, y, side),
                (None, None, None) => photo,
                _ => return Err("crop_x, crop_y and crop_w go together".to_owned()),
            };
            plain(client.set_photo(&photo).await)
        }
        "users.deletePhoto" => plain(client.delete_photo().await),
        "users.profile.get" => plain(client.profile(user).await),
        "users.profile.set" => {
            let fields: Map<String, Value> = arguments
                .iter()
                .filter(|(name, _)| **name != "user")
                .map(|(name, value)| ((*name).to_owned(), json!(value)))
                .collect();
            let change = ProfileChange::new(fields).map_err(|error| error.to_string())?;
            plain(client.set_profile(&change, user).await)
        }
        "users.list" => {
            let limit = number("limit")?;
            let query = UsersQuery {
                cursor: maybe("cursor").map(str::to_owned),
                limit: limit.map(|limit| limit.try_into().unwrap_or(u16::MAX)),
                team_id: None,
            };
            let page = client.users(&query).await;
            shaped(
                page,
                |page| json!({ "members": page.items, "next_cursor": page.next_cursor }),
            )
        }
        "users.info" => plain(client.user(needed("user")?).await),
        "users.lookupByEmail" => plain(client.user_by_email(needed("email")?).await),
        "users.identity" => plain(client.identity().await),
        "users.getPresence" => plain(client.presence(user).await),
        "users.setPresence" => {
            let presence = match needed("presence")? {
                "auto" => Presence::Auto,
                "away" => Presence::Away,
                _ => return Err("presence is auto or away".to_owned()),
            };
            plain(client.set_presence(presence).await)
        }
        _ => return Err(format!("this example does not know {method}")),
    })
}

fn plain<T: Serialize>(reply: Result<Reply<T>, Error>) -> Outcome {
    shaped(reply, |value| json!(value))
}

/// The line of JSON of a call that succeeded.
fn shaped<T>(reply: Result<Reply<T>, Error>, shape: impl FnOnce(&T) -> Value) -> Outcome {
    reply.map(|reply| {
        let (value, warnings) = (shape(&reply.value), &reply.warnings);
        json!({ "ok": true, "value": value, "warnings": warnings, "attempts": reply.attempts })
    })
}

fn show(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let status = match &error {
                Error::Status { status, .. } => Some(status),
                _ => None,
            };
            let line = json!({
                "ok": false,
                "status": status,
                "class": error.class().as_str(),
                "code": error.code().map(ToString::to_string),
                "message": chain(&error),
                "hint": error.hint(),
                "retry_after": error.retry_after().map(|wait| wait.as_secs_f64()),
            });
            println!("{line}");
            ExitCode::FAILURE
        }
    }
}

/// An error and its causes.
fn chain(error: &dyn StdError) -> String {
    let causes = std::iter::successors(Some(error), |error| (**error).source());
    causes
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

fn refuse(problem: &str) -> ExitCode {
    eprintln!("{problem}");
    ExitCode::from(2)
}
