//! Common mistakes in command lines, and better messages than the parser's.

use std::path::Path;

use clap::{Command, ValueEnum};

use crate::photo::image_args::FitArg;
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use crate::terminal::quoted::quoted;

/// What other programs call our options, and what to do instead.
const ELSEWHERE: [(&str, &str); 13] = [
    ("blur", "use --background blur"),
    ("circle", "use --preview FILE.png"),
    ("color", "use --background COLOR"),
    ("extent", "use --side N"),
    ("height", "use --side N"),
    ("image", "name the photo itself, without a flag"),
    ("out", "use --output OUT"),
    ("photo", "name the photo itself, without a flag"),
    ("position", "use --gravity WHERE"),
    ("recursive", "leave it out: headshot always walks folders"),
    ("resize", "use --side N"),
    ("size", "use --side N"),
    ("width", "use --side N"),
];

/// The hint is worded so that nobody puts the token itself after a flag.
pub(super) fn token_as_argument() -> Failure {
    let message = "headshot takes no token as an argument, where others can see it";
    let hint = "put it in the variable SLACK_TOKEN, or in a file that only you can read and name that with --token-file; revoke a token that was on a command line";
    Failure::usage(message).with_hint(hint)
}

/// `headshot me.jpg`, `headshot people/`
pub(super) fn photo_as_command(word: &str) -> Option<Failure> {
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

/// What is meant by an option that a command does not have, as a hint: the parser's guess goes only by letters.
pub(super) fn meant(command: &Command, option: &str) -> Option<String> {
    let name = option.strip_prefix("--")?;
    let value = value_of(command, name).map(|option| format!("use {option}"));
    value.or_else(|| {
        let known = ELSEWHERE.iter().find(|(other, _)| *other == name);
        known.map(|(_, hint)| (*hint).to_owned())
    })
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
