//! A change of profile fields, checked against Slack's documented limits before anything is sent.

use serde_json::{Map, Value};

use crate::Error;
use crate::clean::clean;

/// Fields of a profile and their new values, within the limits that `users.profile.set` documents.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileChange {
    fields: Map<String, Value>,
}

impl ProfileChange {
    /// Takes the fields as Slack names them, such as `status_text`, `status_emoji` and `status_expiration` (seconds
    /// since 1970, or 0), `real_name`, `title`, or the ID of a custom field (`Xf...`). Custom fields may also come
    /// together, as `fields`: an object of `{"value": .., "alt": ..}` by ID. A status is cleared by setting its text
    /// and its emoji to `""`.
    ///
    /// # Errors
    /// [`Error::Argument`], which names the field, for no field or more than 50, a name longer than 255 characters, a
    /// first or last name longer than 35 or that is "slackbot", a status text longer than 100, a custom value or `alt`
    /// longer than 256, or an e-mail address with a space or without an `@` and a domain. The caller acts.
    pub fn new(fields: Map<String, Value>) -> Result<ProfileChange, Error> {
        let none = Map::new();
        let custom = match fields.get("fields") {
            None => &none,
            Some(Value::Object(custom)) => custom,
            Some(_) => return refuse("fields", "is not an object of custom fields by ID"),
        };
        let count = fields.len() - usize::from(fields.contains_key("fields")) + custom.len();
        match count {
            0 => return refuse("profile", "has no field to set"),
            51.. => {
                return refuse(
                    "profile",
                    &format!("has {count} fields, at most 50 may be set at once"),
                );
            }
            _ => {}
        }
        for (name, value) in &fields {
            check_name(name)?;
            if let Value::String(text) = value {
                check_text(name, text)?;
            }
        }
        for (id, field) in custom {
            check_name(id)?;
            let Value::Object(field) = field else {
                return refuse(id, "is not an object with a value");
            };
            for part in ["value", "alt"] {
                if let Some(Value::String(text)) = field.get(part) {
                    check_length(&format!("{part} of {id}"), text, 256)?;
                }
            }
        }
        Ok(ProfileChange { fields })
    }

    /// What `users.profile.set` takes as `profile`.
    pub(crate) fn argument(&self) -> String {
        Value::Object(self.fields.clone()).to_string()
    }
}

fn check_name(name: &str) -> Result<(), Error> {
    match name.chars().count() {
        0 => refuse("profile", "has a field without a name"),
        length @ 256.. => refuse(
            name,
            &format!("has a name of {length} characters, at most 255 are taken"),
        ),
        _ => Ok(()),
    }
}

fn check_text(name: &str, text: &str) -> Result<(), Error> {
    match name {
        "first_name" | "last_name" if text.eq_ignore_ascii_case("slackbot") => {
            refuse(name, "may not be slackbot, which is reserved")
        }
        "first_name" | "last_name" => check_length(name, text, 35),
        "status_text" => check_length(name, text, 100),
        "email" => match text.rsplit_once('@') {
            _ if text.contains(char::is_whitespace) => refuse(name, "has a space in it"),
            Some((person, domain)) if !person.is_empty() && !domain.is_empty() => Ok(()),
            _ => refuse(name, "is no address: it needs a name, an @ and a domain"),
        },
        _ if name.starts_with("Xf") => check_length(name, text, 256),
        _ => Ok(()),
    }
}

fn check_length(name: &str, text: &str, most: usize) -> Result<(), Error> {
    match text.chars().count() {
        length if length > most => refuse(
            name,
            &format!("has {length} characters, at most {most} are taken"),
        ),
        _ => Ok(()),
    }
}

fn refuse<T>(argument: &str, problem: &str) -> Result<T, Error> {
    Err(Error::Argument {
        argument: clean(argument),
        problem: problem.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<String> {
        let fields = serde_json::from_str(text).unwrap();
        ProfileChange::new(fields)
            .err()
            .map(|error| error.to_string())
    }

    fn one(name: &str, length: usize) -> Option<String> {
        refusal(&format!(r#"{{"{name}":"{}"}}"#, "ü".repeat(length)))
    }

    #[test]
    fn the_documented_limits_hold_to_the_character() {
        for (name, most) in [
            ("first_name", 35),
            ("last_name", 35),
            ("status_text", 100),
            ("Xf06054BBB", 256),
        ] {
            assert_eq!(one(name, most), None);
            let expected = format!(
                "{name} has {} characters, at most {most} are taken",
                most + 1
            );
            assert_eq!(one(name, most + 1), Some(expected));
        }
        assert_eq!(one(&"n".repeat(255), 1), None);
        assert!(
            one(&"n".repeat(256), 1)
                .unwrap()
                .contains("256 characters, at most 255")
        );
        let many = |count: usize| {
            let fields: Vec<_> = (0..count)
                .map(|number| format!(r#""f{number}":"v""#))
                .collect();
            refusal(&format!(
                r#"{{{},"fields":{{"Xf1":{{"value":"v"}}}}}}"#,
                fields.join(",")
            ))
        };
        assert_eq!(many(49), None);
        assert_eq!(
            many(50).unwrap(),
            "profile has 51 fields, at most 50 may be set at once"
        );
    }

    #[test]
    fn values_that_slack_would_refuse_are_refused_here() {
        let cases = [
            ("{}", "profile has no field"),
            (r#"{"fields":{}}"#, "profile has no field"),
            (r#"{"":"v"}"#, "without a name"),
            (r#"{"fields":"v"}"#, "fields is not an object"),
            (r#"{"fields":{"Xf1":"v"}}"#, "Xf1 is not an object"),
            (r#"{"first_name":"SlackBot"}"#, "reserved"),
            (r#"{"email":"a b@example.com"}"#, "space"),
            (r#"{"email":"example.com"}"#, "no address"),
            (r#"{"email":"me@"}"#, "no address"),
        ];
        for (text, reason) in cases {
            let message = refusal(text).unwrap();
            assert!(message.contains(reason), "{text}: {message}");
        }
        let long = |part| {
            format!(
                r#"{{"fields":{{"Xf1":{{"value":"v","{part}":"{}"}}}}}}"#,
                "x".repeat(257)
            )
        };
        assert!(
            refusal(&long("alt"))
                .unwrap()
                .starts_with("alt of Xf1 has 257")
        );
        let fine = r#"{"status_text":"","status_emoji":"","status_expiration":0,"email":"me@example.com"}"#;
        assert_eq!(refusal(fine), None);
    }
}
