//! Common mistakes in command lines, and better messages than the parser's.

use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, ValueEnum};

use crate::help::definition;
use crate::photo::image_args::FitArg;
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use crate::terminal::quoted::quoted;

/// What other programs call our options.
const ELSEWHERE: [(&str, &str); 13] = [
    ("blur", "--background blur"),
    ("circle", "--preview FILE.png"),
    ("color", "--background COLOR"),
    ("extent", "--side N"),
    ("height", "--side N"),
    ("image", "the photo itself, without a flag"),
    ("out", "--output OUT"),
    ("photo", "the photo itself, without a flag"),
    ("position", "--gravity WHERE"),
    ("recursive", "nothing: headshot always walks folders"),
    ("resize", "--side N"),
    ("size", "--side N"),
    ("width", "--side N"),
];

/// A better message for what the parser only calls unknown, if there is one.
pub(super) fn failure(error: &clap::Error) -> Option<Failure> {
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            photo_as_command(&text(error, ContextKind::InvalidSubcommand)?)
        }
        ErrorKind::UnknownArgument => {
            let flag = text(error, ContextKind::InvalidArg)?;
            flag.starts_with("--token").then(token_as_argument)
        }
        _ => None,
    }
}

/// The hint is worded so that nobody puts the token itself after a flag.
pub(super) fn token_as_argument() -> Failure {
    let message = "headshot takes no token as an argument, where others can see it";
    let hint = "put it in the variable SLACK_TOKEN, or in a file that only you can read and name that with --token-file; revoke a token that was on a command line";
    Failure::usage(message).with_hint(hint)
}

/// `headshot me.jpg`, `headshot people/`
fn photo_as_command(word: &str) -> Option<Failure> {
    let path = Path::new(word);
    let is_address = word.contains("://");
    let has_extension = path.extension().is_some();
    if !(path.exists() || has_extension || is_address || word.ends_with(std::path::is_separator)) {
        return None;
    }
    let message = format!("{} is not a command", escape::text(word));
    let word = quoted(word);
    let hint = if path.is_dir() || word.ends_with(std::path::is_separator) {
        format!("headshot normalize {word} -o avatars/ makes an avatar of each photo in it")
    } else {
        format!(
            "headshot set {word} sets it as your photo, headshot normalize {word} -o avatar.jpg makes a file"
        )
    };
    Some(Failure::usage(message).with_hint(hint))
}

/// Replaces the parser's guess, which goes only by letters, with what is meant.
pub(super) fn suggest(error: &mut clap::Error, arguments: &[String]) {
    if error.kind() != ErrorKind::UnknownArgument {
        return;
    }
    let Some(flag) = text(error, ContextKind::InvalidArg) else {
        return;
    };
    let whole = definition::whole();
    let command = innermost(&whole, arguments);
    let Some(name) = flag.strip_prefix("--") else {
        return;
    };
    let Some(meant) = value_of(command, name).or_else(|| {
        let known = ELSEWHERE.iter().find(|(other, _)| *other == name);
        known.map(|(_, meant)| (*meant).to_owned())
    }) else {
        return;
    };
    error.remove(ContextKind::SuggestedArg);
    let tip = format!("for {flag} use {meant}");
    error.insert(
        ContextKind::Suggested,
        ContextValue::StyledStrs(vec![tip.into()]),
    );
}

/// The option of a command that takes this word as its value: `--fit cover` for `cover`.
fn value_of(command: &Command, word: &str) -> Option<String> {
    let takes = |arg: &&clap::Arg| {
        let values = arg.get_possible_values();
        values.iter().any(|value| value.matches(word, false))
    };
    // Other options take the words of --fit, too.
    let is_fit = FitArg::from_str(word, false).is_ok();
    let mut options: Vec<_> = command.get_opts().filter(takes).collect();
    options.sort_by_key(|arg| !(is_fit && arg.get_long() == Some("fit")));
    let long = options.first()?.get_long()?;
    Some(format!("--{long} {word}"))
}

/// The command that the arguments name.
fn innermost<'a>(whole: &'a Command, arguments: &[String]) -> &'a Command {
    let mut found = whole;
    for argument in arguments.iter().skip(1) {
        match found.find_subcommand(argument) {
            Some(next) => found = next,
            None => return found,
        }
    }
    found
}

/// A plainer text for what the parser's libraries say about a value that they cannot read; `None` if theirs is good.
pub(super) fn plain(cause: &str) -> Option<String> {
    let out_of_range = || {
        let (_, range) = cause.split_once(" is not in ")?;
        Some(match range.split_once("..=") {
            Some(("", most)) => format!("give a whole number, at most {most}"),
            Some((least, most)) => format!("give a whole number from {least} to {most}"),
            None => format!(
                "give a whole number, at least {}",
                range.trim_end_matches('.')
            ),
        })
    };
    match cause {
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            Some("give a whole number".to_owned())
        }
        "number too large to fit in target type" => Some("give a smaller number".to_owned()),
        "number too small to fit in target type" => Some("give a larger number".to_owned()),
        "number would be zero for non-zero type" => {
            Some("give a whole number, at least 1".to_owned())
        }
        "invalid float literal" | "cannot parse float from empty string" => {
            Some("give a number".to_owned())
        }
        "invalid IP address syntax" => Some("give an IP address, as in 127.0.0.1".to_owned()),
        _ => out_of_range(),
    }
}

/// Part of what the parser knows about its error, as text.
fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_put_into_plain_words() {
        for (cause, words) in [
            (
                "5000 is not in 1..=4096",
                "give a whole number from 1 to 4096",
            ),
            ("0 is not in 11..", "give a whole number, at least 11"),
            ("invalid digit found in string", "give a whole number"),
        ] {
            assert_eq!(plain(cause).as_deref(), Some(words), "{cause}");
        }
        assert_eq!(plain("give seconds, as in 2 or 0.1"), None);
    }
}
