//! `profile set`: sets fields of a profile with `users.profile.set` and shows the new one.

use headshot_upload::{Profile, ProfileChange};
use serde_json::{Map, Value};

use crate::args::ProfileSetArgs;
use crate::help::command::nearest;
use crate::profile::answer::{Answer, who};
use crate::slack::Slack;
use crate::terminal::console::Console;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use crate::terminal::record::Status;
use crate::trace;

pub(crate) fn run(args: &ProfileSetArgs, console: &mut Console) -> Result<Exit, Failure> {
    let fields = fields(&args.fields)?;
    let names: Vec<String> = fields.keys().cloned().collect();
    // Slack's documented limits: breaking them is a mistake in the arguments.
    let change = ProfileChange::new(fields).map_err(|error| Failure::usage(error.to_string()))?;
    let slack = Slack::new(&args.slack, &trace::network_alone(&args.slack)?)?;
    let call = slack.client.set_profile(&change, args.user.as_deref());
    let answer = match slack.wait(call) {
        Ok(reply) => Answer {
            status: Status::Ok,
            profile: reply.value,
            warnings: reply.warnings,
            error: None,
        },
        Err(failure) => Answer::failed(failure),
    };
    Ok(answer.print(args.json, console, |answer, console| {
        if let Some(profile) = &answer.profile {
            who(profile, console);
            for name in &names {
                console.labeled("set", &format!("{name}={}", now(profile, name)));
            }
        }
    }))
}

/// The fields of `NAME=VALUE...`. Slack refuses to clear one half of a status, so clearing a half clears the other.
fn fields(arguments: &[String]) -> Result<Map<String, Value>, Failure> {
    let mut fields = Map::new();
    for argument in arguments {
        let Some((name, value)) = argument
            .split_once('=')
            .filter(|(name, _)| !name.is_empty())
        else {
            // The argument is not repeated, because it was not meant to be a field.
            let failure = Failure::usage("give a field as NAME=VALUE, as in title=Barista");
            return Err(failure.with_hint("an empty VALUE clears a field, as in title="));
        };
        check_name(name)?;
        let value = match name {
            "status_expiration" => Value::from(seconds(value)?),
            _ => Value::from(value),
        };
        if fields.insert(name.to_owned(), value).is_some() {
            return Err(Failure::usage(format!("{name} is given twice")));
        }
    }
    let is_cleared = |name: &str| fields.get(name).is_some_and(|value| value == "");
    if is_cleared("status_text") || is_cleared("status_emoji") {
        for (name, empty) in [
            ("status_text", Value::from("")),
            ("status_emoji", Value::from("")),
        ] {
            fields.entry(name).or_insert(empty);
        }
    }
    if fields.get("status_text").zip(fields.get("status_emoji")) == Some((&"".into(), &"".into())) {
        fields.entry("status_expiration").or_insert(0.into());
    }
    Ok(fields)
}

/// Slack's names of the fields that can be set.
const NAMES: [&str; 11] = [
    "first_name",
    "last_name",
    "real_name",
    "display_name",
    "title",
    "phone",
    "pronouns",
    "email",
    "status_text",
    "status_emoji",
    "status_expiration",
];

/// Refuses a name that is almost one of Slack's. Slack itself judges all other names.
fn check_name(name: &str) -> Result<(), Failure> {
    if NAMES.contains(&name) {
        return Ok(());
    }
    match nearest(name, NAMES) {
        None => Ok(()),
        Some(meant) => {
            let message = format!("there is no field {name}: did you mean {meant}?");
            let hint = format!("headshot profile set {meant}=VALUE");
            Err(Failure::usage(message).with_hint(hint))
        }
    }
}

fn seconds(value: &str) -> Result<i64, Failure> {
    let seconds = value.parse().ok().filter(|seconds| *seconds >= 0);
    seconds.ok_or_else(|| {
        Failure::usage("status_expiration is a time in seconds since 1970, or 0 for never")
            .with_hint("with GNU date: status_expiration=$(date -d 'tomorrow 9:00' +%s)")
    })
}

/// What the profile now says in this field.
fn now(profile: &Profile, name: &str) -> String {
    let profile = serde_json::to_value(profile).unwrap_or_default();
    let value = match &profile[name] {
        Value::Null => &profile["fields"][name]["value"],
        value => value,
    };
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "(not told)".to_owned(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(arguments: &str) -> Result<Value, String> {
        let arguments: Vec<_> = arguments.split_whitespace().map(str::to_owned).collect();
        fields(&arguments)
            .map(Value::Object)
            .map_err(|failure| failure.message)
    }

    #[test]
    fn the_first_equals_sign_ends_the_name() {
        assert_eq!(
            read("title=a=b phone= Xf12=x"),
            Ok(json!({ "title": "a=b", "phone": "", "Xf12": "x" }))
        );
        assert!(read("title").unwrap_err().contains("NAME=VALUE"));
        assert!(read("=x").unwrap_err().contains("NAME=VALUE"));
        assert_eq!(
            read("title=1 title=2"),
            Err("title is given twice".to_owned())
        );
    }

    #[test]
    fn a_status_is_cleared_whole() {
        let cleared = json!({ "status_text": "", "status_emoji": "", "status_expiration": 0 });
        for arguments in [
            "status_text=",
            "status_emoji=",
            "status_emoji= status_text=",
        ] {
            assert_eq!(read(arguments), Ok(cleared.clone()));
        }
        // Half a status was asked for; let Slack decide.
        assert_eq!(
            read("status_text= status_emoji=:x:"),
            Ok(json!({ "status_text": "", "status_emoji": ":x:" }))
        );
        assert_eq!(read("status_text=hi"), Ok(json!({ "status_text": "hi" })));
    }

    #[test]
    fn an_expiration_is_a_number() {
        assert_eq!(
            read("status_expiration=1532627506"),
            Ok(json!({ "status_expiration": 1_532_627_506 }))
        );
        for wrong in ["tomorrow", "-1", "", "1.5"] {
            let wrong = format!("status_expiration={wrong}");
            assert!(read(&wrong).unwrap_err().contains("since 1970"), "{wrong}");
        }
    }
}
