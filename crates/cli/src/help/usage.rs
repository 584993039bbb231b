//! What is printed when the command line cannot be understood, or when it asks for help.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use crate::slack::token;
use crate::terminal::console;
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;

const INSTEAD: &str = "use SLACK_TOKEN or --token-file, and revoke this token if it is a real one";

/// Refuses a token where a photo or anything else belongs, so that no message, report or page repeats it.
pub(crate) fn refuse_tokens(arguments: &[OsString]) -> Result<(), Failure> {
    let is_token = |argument: &&OsString| {
        let is_like = argument.to_str().is_some_and(token::is_like);
        is_like && !Path::new(argument).exists()
    };
    match arguments.iter().position(|argument| is_token(&argument)) {
        None | Some(0) => Ok(()),
        Some(number) => {
            let message = format!(
                "argument {number} looks like a token, and a token is never taken from an argument, where others can see it"
            );
            Err(Failure::usage(message).with_hint(INSTEAD))
        }
    }
}

/// Prints help, the version or what is wrong. A token among the arguments is not repeated.
pub(crate) fn explain(error: &clap::Error) -> Exit {
    let rendered = error.render().ansi().to_string();
    if !error.use_stderr() {
        // Whoever reads it may have gone away already.
        let _ = write!(anstream::stdout(), "{rendered}");
        return Exit::Done;
    }
    // A file's name may have got among the arguments, and be made to command a terminal.
    let plain = error.render().to_string();
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
        let message = "a token is never taken from an argument, where others can see it";
        console::failed(None, &Failure::usage(message).with_hint(INSTEAD));
    }
    Exit::NotStarted
}

/// Text in which whatever looks like one of Slack's tokens (`xoxp-...`, `xoxe.xoxb-...`) is replaced.
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
