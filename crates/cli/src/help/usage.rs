//! What is printed if the command line is wrong, or if it asks for help.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use clap::error::ErrorKind;
use clap::{Command, FromArgMatches};

use crate::args::Cli;
use crate::help::{definition, mistakes};
use crate::slack::token;
use crate::terminal::console;
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;

/// Refuses a token where a photo or anything else belongs, so that no message, report or page repeats it.
pub(crate) fn refuse_tokens(arguments: &[OsString]) -> Result<(), Failure> {
    let is_token = |argument: &&OsString| {
        let is_like = argument.to_str().is_some_and(token::is_like);
        is_like && !Path::new(argument).exists()
    };
    match arguments.iter().position(|argument| is_token(&argument)) {
        None | Some(0) => Ok(()),
        Some(number) => {
            let failure = mistakes::token_as_argument();
            let message = format!("argument {number} looks like a token: {}", failure.message);
            Err(Failure { message, ..failure })
        }
    }
}

/// Reads the command line of this process.
///
/// # Errors
/// The exit status, after help, the version or the problem has been printed.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Cli, Exit> {
    let read = |mut command: Command| {
        let mut matches = command.try_get_matches_from_mut(arguments)?;
        Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
    };
    read(definition::whole()).map_err(|error| {
        let is_brief = error.kind() == ErrorKind::DisplayHelp && !asks_for_all(arguments);
        let brief = is_brief.then(|| read(definition::brief()).err()).flatten();
        explain(brief.unwrap_or(error), arguments)
    })
}

/// Whether help was asked for by its long name.
fn asks_for_all(arguments: &[OsString]) -> bool {
    arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| argument == "--help")
}

/// Prints help, the version or the problem. A token among the arguments is not repeated.
fn explain(mut error: clap::Error, arguments: &[OsString]) -> Exit {
    if !error.use_stderr() {
        // The reader may have gone away.
        let _ = write!(anstream::stdout(), "{}", error.render().ansi());
        return Exit::Done;
    }
    if let Err(failure) = refuse_tokens(arguments) {
        console::failed(None, &failure);
        return Exit::NotStarted;
    }
    if let Some(failure) = mistakes::failure(&error) {
        console::failed(None, &failure);
        return Exit::NotStarted;
    }
    let words: Vec<_> = arguments
        .iter()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    mistakes::suggest(&mut error, &words);
    let rendered = plainly(&error, error.render().ansi().to_string());
    // A file name among the arguments may hold terminal escapes.
    let plain = plainly(&error, error.render().to_string());
    let is_safe = plain.lines().all(|line| escape::text(line) == line);
    let rendered = if is_safe {
        rendered
    } else {
        plain
            .lines()
            .map(|line| escape::text(line) + "\n")
            .collect()
    };
    let scrubbed = without_tokens(&rendered);
    let _ = write!(anstream::stderr(), "{scrubbed}");
    if scrubbed != rendered {
        console::failed(None, &mistakes::token_as_argument());
    }
    Exit::NotStarted
}

/// The text with the cause of the error in plain words.
fn plainly(error: &clap::Error, rendered: String) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    let plain = cause.as_deref().and_then(mistakes::plain);
    match (cause, plain) {
        (Some(cause), Some(plain)) => {
            rendered.replacen(&format!(": {cause}"), &format!(": {plain}"), 1)
        }
        _ => rendered,
    }
}

/// The text with everything replaced that looks like one of Slack's tokens (`xoxp-...`, `xoxe.xoxb-...`).
fn without_tokens(text: &str) -> String {
    let mut scrubbed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("xox") {
        let (before, token) = rest.split_at(start);
        let is_part = |c: char| {
            c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '%' | '+' | '/' | '=')
        };
        let end = token.find(|c| !is_part(c)).unwrap_or(token.len());
        scrubbed.push_str(before);
        scrubbed.push_str(if token[..end].contains('-') {
            "[token]"
        } else {
            &token[..end]
        });
        rest = &token[end..];
    }
    scrubbed.push_str(rest);
    scrubbed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_not_repeated() {
        assert_eq!(
            without_tokens("unexpected argument 'xoxp-12-34ab' found"),
            "unexpected argument '[token]' found"
        );
        assert_eq!(
            without_tokens("--token=xoxe.xoxp-1-Ab_c, xoxd-a%2Bb"),
            "--token=[token], [token]"
        );
        assert_eq!(without_tokens("my xoxo.jpg"), "my xoxo.jpg");
    }
}
