//! What is printed if the command line is wrong, or if it asks for help.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use clap::error::ErrorKind;
use clap::{Command, FromArgMatches};

use crate::args::Cli;
use crate::help::{definition, mistakes, parser_error};
use crate::slack::token;
use crate::terminal::console;
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
    let whole = definition::whole();
    if let Some(failure) = parser_error::detached(&whole, arguments) {
        return Err(refuse(&failure));
    }
    let read = |mut command: Command| {
        let mut matches = command.try_get_matches_from_mut(arguments)?;
        Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
    };
    read(whole).map_err(|error| {
        let is_brief = error.kind() == ErrorKind::DisplayHelp && !asks_for_all(arguments);
        let brief = is_brief.then(|| read(definition::brief()).err()).flatten();
        explain(&brief.unwrap_or(error), arguments)
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
fn explain(error: &clap::Error, arguments: &[OsString]) -> Exit {
    if !error.use_stderr() {
        // The reader may have gone away.
        let _ = write!(anstream::stdout(), "{}", error.render().ansi());
        return Exit::Done;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = write!(anstream::stderr(), "{}", error.render().ansi());
        return Exit::NotStarted;
    }
    let failure = match refuse_tokens(arguments) {
        Ok(()) => parser_error::failure(error, arguments),
        Err(failure) => failure,
    };
    refuse(&failure)
}

/// Prints what is wrong with the command line.
fn refuse(failure: &Failure) -> Exit {
    let scrubbed = Failure {
        message: without_tokens(&failure.message),
        hint: failure.hint.as_deref().map(without_tokens),
        ..failure.clone()
    };
    console::failed(None, &scrubbed);
    if scrubbed != *failure {
        console::failed(None, &mistakes::token_as_argument());
    }
    Exit::NotStarted
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
