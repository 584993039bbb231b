//! Where a row's token is: in a variable, in a file, in a login, or in the output of a program.

use std::path::{Path, PathBuf};

use crate::set::manifest::headings::wrong;
use crate::slack::person::login_id;
use crate::terminal::failure::Failure;

/// Where a person's token is.
#[derive(Debug, PartialEq)]
pub(crate) enum Source {
    Env(String),
    File(PathBuf),
    /// A kept login, by user ID or by workspace and user.
    Login(String),
    /// What a program prints: its name and its arguments.
    Command(Vec<String>),
    /// Nowhere: an administrator has one for all.
    Admin,
}

const KINDS: &str =
    "env:NAME, file:PATH, login:USER_ID, or with --allow-commands cmd:PROGRAM ARG...";

/// Reads the three columns that may name it, one of which must be filled in. Paths are relative to `folder`.
pub(super) fn source(
    token: Option<&str>,
    token_env: Option<&str>,
    token_file: Option<&str>,
    folder: &Path,
) -> Result<Source, Failure> {
    match (token, token_env, token_file) {
        (Some(text), None, None) => kind(text.trim(), folder),
        (None, Some(name), None) => Ok(Source::Env(variable("token_env", name.trim())?)),
        (None, None, Some(file)) => Ok(Source::File(folder.join(file))),
        (None, None, None) => {
            let failure = wrong("there is no token, no token_env and no token_file");
            Err(failure.with_hint(format!("token is {KINDS}")))
        }
        (Some(_), other, _) => {
            let (other, same) = match other {
                Some(_) => ("token_env", "env:NAME"),
                None => ("token_file", "file:PATH"),
            };
            let failure = wrong(format!("there is both a token and a {other}: give one"));
            Err(failure.with_hint(format!("{same} in token says what {other} says")))
        }
        (None, Some(_), Some(_)) => Err(wrong(
            "there is both a token_env and a token_file: give one",
        )),
    }
}

/// A kind and what follows its colon. Text without one may be a token, so it is not repeated.
fn kind(text: &str, folder: &Path) -> Result<Source, Failure> {
    let (kind, rest) = text.split_once(':').unwrap_or(("", text));
    match kind {
        "env" => Ok(Source::Env(variable("token", rest)?)),
        "file" if !rest.is_empty() => Ok(Source::File(folder.join(rest))),
        "login" => match login_id(rest) {
            Ok(id) => Ok(Source::Login(id)),
            Err(problem) => Err(wrong("what follows login: is not an ID").with_hint(problem)),
        },
        "cmd" => Ok(Source::Command(words(rest)?)),
        _ => {
            let message = "the value of token does not say where a token is";
            let hint = format!("it is {KINDS}; the token itself does not belong there");
            Err(wrong(message).with_hint(hint))
        }
    }
}

/// The name of a variable. Anything else may be a token, so it is not repeated.
fn variable(column: &str, name: &str) -> Result<String, Failure> {
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name && !name.is_empty() {
        Ok(name.to_owned())
    } else {
        Err(wrong(format!(
            "the value of {column} is not the name of a variable"
        ))
        .with_hint(
            "it names a variable that holds the token; the token itself does not belong there",
        ))
    }
}

/// A program and its arguments: words separated by blanks, in quotes if they contain some. No shell reads them.
fn words(text: &str) -> Result<Vec<String>, Failure> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in text.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err(wrong("a quote in the command is never closed"));
    }
    words.extend(word);
    match words.first() {
        Some(program) if !program.is_empty() => Ok(words),
        _ => Err(wrong("there is no program after cmd:")
            .with_hint("as in cmd:op read 'op://Private/Slack/token'")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Source, String> {
        source(Some(text), None, None, Path::new("folder")).map_err(|failure| {
            let hint = failure.hint.unwrap_or_default();
            format!("{}; {hint}", failure.message)
        })
    }

    #[test]
    fn every_kind_of_source_is_told() {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        for (text, expected) in [
            ("env:ANN_TOKEN", Source::Env("ANN_TOKEN".to_owned())),
            (
                " file:secrets/bob ",
                Source::File("folder/secrets/bob".into()),
            ),
            ("file:/a b:c", Source::File("/a b:c".into())),
            ("login:U012AB3CD", Source::Login("U012AB3CD".to_owned())),
            (
                "login:T1A/U012AB3CD",
                Source::Login("T1A/U012AB3CD".to_owned()),
            ),
            (
                "cmd:pass slack/ann",
                Source::Command(owned(&["pass", "slack/ann"])),
            ),
            (
                "cmd:op  read 'op://Our Vault/ann' \"\" a\"b c\"d",
                Source::Command(owned(&["op", "read", "op://Our Vault/ann", "", "ab cd"])),
            ),
            (
                "cmd:a $HOME;b|c",
                Source::Command(owned(&["a", "$HOME;b|c"])),
            ),
        ] {
            assert_eq!(read(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_and_never_repeated() {
        for (text, message) in [
            ("canary", "does not say where a token is"),
            ("vault:canary", "does not say where a token is"),
            ("file:", "does not say where a token is"),
            ("env:", "not the name of a variable"),
            ("env:can-ary", "not the name of a variable"),
            ("login:canary", "is not an ID"),
            ("cmd:", "no program"),
            ("cmd:'' a", "no program"),
            ("cmd:a 'canary", "never closed"),
        ] {
            let failure = read(text).unwrap_err();
            assert!(
                failure.contains(message) && !failure.contains("canary"),
                "{text}: {failure}"
            );
        }
    }
}
