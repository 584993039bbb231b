//! Where a token comes from, and what is wrong with a text that is not one. No part of it is ever repeated.

use std::env;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use headshot_upload::Token;

use crate::slack::error::failure;
use crate::terminal::escape;
use crate::terminal::failure::Failure;

/// The longest token file that is read: many times the length of any token.
pub(crate) const LONGEST: u64 = 4096;

/// The kind of failure if there is no usable token.
pub(crate) const NO_TOKEN: &str = "no_token";

/// How Slack's other secrets begin, which cannot set photos.
const OTHERS: [(&str, &str); 6] = [
    (
        "xapp-",
        "is an app-level token (xapp-), which acts for an app, not for a person",
    ),
    (
        "xoxe-",
        "is a refresh token (xoxe-), which only gets the next access token",
    ),
    (
        "xoxc-",
        "is a browser's token (xoxc-), which works only with that browser's cookie",
    ),
    ("xoxd-", "is a browser's cookie (xoxd-), not an app's token"),
    (
        "xwfp-",
        "is a workflow's token (xwfp-), which ends with the workflow",
    ),
    (
        "https://hooks.slack",
        "is the address of a webhook, which only posts messages",
    ),
];

/// How other tokens of Slack begin.
const TOKENS: [&str; 6] = ["xoxp-", "xoxb-", "xoxa-", "xoxr-", "xoxs-", "xoxo-"];

/// Whether a text that should be something else seems to contain a token: the start of one that is not
/// part of a longer word or of a path.
pub(crate) fn is_like(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let starts = OTHERS.iter().map(|(start, _)| *start).chain(TOKENS);
    let mut found = starts.flat_map(|start| text.match_indices(start));
    found.any(|(index, start)| {
        let before = text[..index].chars().next_back();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '\\');
        index + start.len() < text.len() && !before.is_some_and(is_part)
    })
}

/// The token from `--token-file`, else from `SLACK_TOKEN`.
pub(crate) fn named(file: Option<&Path>) -> Result<Token, Failure> {
    match file {
        Some(file) => Token::new(from_file(file)?).map_err(failure),
        None => {
            let hint = "set SLACK_TOKEN, or name a file with --token-file; --emulator needs none";
            Token::new(from_variable("SLACK_TOKEN", "there is no token", hint)?).map_err(failure)
        }
    }
}

/// The text of a token in a variable. `missing` and `hint` are for the failure if there is none.
pub(crate) fn from_variable(name: &str, missing: &str, hint: &str) -> Result<String, Failure> {
    let token = match env::var(name) {
        Ok(token) if !token.is_empty() => token,
        Err(env::VarError::NotUnicode(_)) => {
            let message = format!("the token in {name} is not text");
            return Err(Failure::new(NO_TOKEN, message));
        }
        _ => return Err(Failure::new(NO_TOKEN, missing).with_hint(hint)),
    };
    check(&token)?;
    Ok(token)
}

/// The text of the token in a file, without a line end after it.
pub(crate) fn from_file(file: &Path) -> Result<String, Failure> {
    let unreadable = |error| {
        let what = format!("the token file {} cannot be read", escape::name(file));
        let failure = Failure::io(NO_TOKEN, what, &error);
        failure.with_hint("a token file holds the token and nothing else")
    };
    warn_if_others_can_read(file);
    // Room for all of it at once: a buffer that grows leaves copies of the secret behind.
    let mut bytes = Vec::with_capacity(LONGEST as usize + 1);
    File::open(file)
        .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    from_bytes(bytes, "the token file")
}

/// These bytes as the text of a token, without a line end after it. `what` names them in messages.
pub(crate) fn from_bytes(bytes: Vec<u8>, what: &str) -> Result<String, Failure> {
    if bytes.len() as u64 > LONGEST {
        return Err(Failure::new(
            NO_TOKEN,
            format!("{what} has more than {LONGEST} bytes: that is not a token"),
        ));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Failure::new(NO_TOKEN, format!("{what} is UTF-16"))
            .with_hint("save it as plain text; in PowerShell with -Encoding ascii"));
    }
    let mut token = String::from_utf8(bytes)
        .map_err(|_| Failure::new(NO_TOKEN, format!("{what} is not text")))?;
    if token.ends_with('\n') {
        token.pop();
        if token.ends_with('\r') {
            token.pop();
        }
    }
    check(&token)?;
    Ok(token)
}

/// Says what a text is if it is not a user token, as far as possible.
fn check(text: &str) -> Result<(), Failure> {
    let alone = "put only the token there, as Slack shows it (xoxp-...)";
    let wrong = |what: &str, hint: &str| {
        let failure = Failure::new(NO_TOKEN, format!("the token {what}"));
        Err(failure.with_hint(hint))
    };
    if text.starts_with('\u{feff}') {
        let hint = "save the file as UTF-8 without one; in PowerShell with -Encoding ascii";
        return wrong("has a byte order mark in front of it", hint);
    }
    let trimmed = text.trim();
    if trimmed.starts_with(['"', '\'', '`']) || trimmed.ends_with(['"', '\'', '`']) {
        return wrong("has quotes around it", alone);
    }
    if trimmed.to_ascii_lowercase().starts_with("bearer ") {
        return wrong("has \"Bearer\" in front of it", alone);
    }
    let name = trimmed.split('=').next().unwrap_or_default();
    let words = name.strip_prefix("export ").unwrap_or(name).trim();
    let is_name = words
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if name.len() < trimmed.len() && is_name {
        return wrong("has a name and = in front of it", alone);
    }
    let hint = "use a user token (xoxp-...) with the scope users.profile:write";
    match OTHERS.iter().find(|(start, _)| trimmed.starts_with(start)) {
        Some((_, what)) => wrong(what, hint),
        // An empty text is refused later, when it becomes a token.
        None if !trimmed.is_empty() && !trimmed.starts_with("xox") => wrong(
            "does not look like one of Slack's, which begin with xoxp- or xoxe.xoxp-",
            "copy the User OAuth Token from the page OAuth & Permissions of your app",
        ),
        None => Ok(()),
    }
}

/// On systems that have file modes.
#[cfg(unix)]
pub(crate) fn warn_if_others_can_read(file: &Path) {
    use std::os::unix::fs::PermissionsExt;

    use crate::terminal::console;

    let Ok(metadata) = std::fs::metadata(file) else {
        return;
    };
    let mode = metadata.permissions().mode() & 0o777;
    if metadata.is_file() && mode & 0o044 != 0 {
        let text = format!("other users can read this token (mode {mode:03o}): chmod 600 it");
        console::warning(Some(file), &text);
    }
}

/// There are none.
#[cfg(not(unix))]
pub(crate) fn warn_if_others_can_read(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_wherever_it_stands() {
        for token in [
            "xoxp-1-canary",
            " XOXB-1",
            "Bearer xoxe.xoxp-1",
            "\"xoxs-1\"",
            "T=xoxc-1",
            "xapp-1",
            "https://hooks.slack.com/services/T1",
        ] {
            assert!(is_like(token), "{token}");
        }
        for other in [
            "ann.jpg",
            "xoxp-",
            "tokens/xoxp-ann",
            "myxoxp-1",
            "U012AB3CD",
        ] {
            assert!(!is_like(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_user_token_is_told_and_never_repeated() {
        for good in ["xoxp-1-canary", "xoxe.xoxp-1-canary", "xoxb-canary"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (text, what) in [
            ("canary", "does not look like one of Slack's"),
            ("\u{feff}xoxp-canary", "byte order mark"),
            ("\"xoxp-canary\"", "quotes"),
            ("'xoxp-canary'", "quotes"),
            ("SLACK_TOKEN=xoxp-canary", "a name and ="),
            ("export T=xoxp-canary", "a name and ="),
            ("Bearer xoxp-canary", "Bearer"),
            ("xapp-1-canary", "app-level token"),
            ("xoxe-1-canary", "refresh token"),
            ("xoxc-canary", "browser"),
            ("xoxd-canary", "browser"),
            ("xwfp-canary", "workflow"),
            ("https://hooks.slack.com/services/canary", "webhook"),
        ] {
            let failure = check(text).unwrap_err();
            assert!(failure.message.contains(what), "{text}: {failure:?}");
            assert!(failure.hint.is_some() && !failure.message.contains("canary"));
        }
    }
}
