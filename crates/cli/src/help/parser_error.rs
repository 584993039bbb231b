//! What the parser refuses, in the words of all other messages: one sentence, and a hint that can be copied.

use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::help::{command, definition, mistakes};
use crate::terminal::failure::Failure;
use crate::terminal::quoted::quoted;

/// The message for what is wrong with a command line.
pub(super) fn failure(error: &clap::Error, arguments: &[OsString]) -> Failure {
    let whole = definition::whole();
    let (command, words) = innermost(&whole, arguments);
    let texts = |kind| texts(error, kind);
    let argument = texts(ContextKind::InvalidArg);
    let first = argument.first().map_or("", String::as_str);
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = texts(ContextKind::InvalidSubcommand).concat();
            let before = ["headshot"].iter().chain(&words).copied();
            let before = before.collect::<Vec<_>>().join(" ");
            let photo = mistakes::photo_as_command(&word).filter(|_| words.is_empty());
            photo.unwrap_or_else(|| command::unknown(&word, command, &before))
        }
        ErrorKind::UnknownArgument => unknown(first, command, &words, arguments),
        ErrorKind::ArgumentConflict => {
            let command = texts(ContextKind::InvalidSubcommand);
            conflict(first, command.first(), &texts(ContextKind::PriorArg))
        }
        ErrorKind::MissingRequiredArgument => missing(&argument, command, &words, arguments),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let valid = texts(ContextKind::ValidValue);
            let similar = texts(ContextKind::SuggestedValue);
            let value = texts(ContextKind::InvalidValue).concat();
            let cause = error.source().map(ToString::to_string);
            let cause = cause.map(|cause| mistakes::plain(&cause).unwrap_or(cause));
            wrong_value(first, &value, &valid, similar.first(), cause, &words)
        }
        _ => {
            let text = error.render().to_string();
            let line = text.lines().next().unwrap_or_default();
            let line = line.strip_prefix("error: ").unwrap_or(line);
            Failure::usage(line).with_hint(format!("{} explains the command", help(&words)))
        }
    }
}

/// Refuses a value behind an option that takes one only after `=`: it would be taken for a photo.
pub(super) fn detached(whole: &Command, arguments: &[OsString]) -> Option<Failure> {
    let (command, _) = innermost(whole, arguments);
    let options = arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .count();
    let mut pairs = arguments[..options].windows(2).zip(0..);
    pairs.find_map(|(pair, at)| {
        let (option, word) = (pair[0].to_str()?, pair[1].to_str()?);
        let name = option.strip_prefix("--")?;
        let mut known = command.get_opts();
        known.find(|arg| arg.get_long() == Some(name) && arg.is_require_equals_set())?;
        let is_file = word.contains(['.', '/', '\\']) || Path::new(word).exists();
        if is_file || word.starts_with('-') {
            return None;
        }
        let joined = OsString::from(format!("{option}={word}"));
        let meant = [&arguments[..at], &[joined], &arguments[at + 2..]].concat();
        is_right(&meant).then(|| {
            let message = format!("{option} {word}: its value belongs right behind it, after =");
            Failure::usage(message).with_hint(line(&meant))
        })
    })
}

/// An option or a word that the command does not take.
fn unknown(typed: &str, command: &Command, words: &[&str], arguments: &[OsString]) -> Failure {
    let name = name(words);
    if !typed.starts_with('-') {
        let usage = command.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ").to_owned();
        return Failure::usage(format!("{typed}: {name} does not take so many arguments"))
            .with_hint(usage);
    }
    if typed.starts_with("--token") {
        return mistakes::token_as_argument();
    }
    let is_file = |argument: &&OsString| {
        // Of several letters behind a dash, only the first is told.
        argument.to_string_lossy().starts_with(typed) && Path::new(argument).exists()
    };
    let names = command.get_opts().filter_map(clap::Arg::get_long);
    let similar = command::nearest(typed, names);
    let hint = if let Some(file) = arguments.iter().find(is_file) {
        format!("./{} names the file", file.to_string_lossy())
    } else if let Some(meant) = mistakes::meant(command, typed) {
        meant
    } else if let Some(other) = elsewhere(typed, arguments) {
        other
    } else if let Some(similar) = similar {
        format!("did you mean --{similar}?")
    } else {
        format!("{} lists all options", help(words))
    };
    Failure::usage(format!("{name} has no option {typed}")).with_hint(hint)
}

/// The command that has an option: with the other arguments, if that makes sense.
fn elsewhere(typed: &str, arguments: &[OsString]) -> Option<String> {
    let whole = definition::whole();
    let has = |command: &&Command| {
        command.get_opts().any(|arg| {
            let long = arg.get_long().map(|long| format!("--{long}"));
            let short = arg.get_short().map(|short| format!("-{short}"));
            [long, short].iter().flatten().any(|flag| flag == typed)
        })
    };
    let other = whole.get_subcommands().find(has)?.get_name().to_owned();
    let mut meant = arguments.to_vec();
    *meant.get_mut(1)? = OsString::from(&other);
    Some(if is_right(&meant) {
        line(&meant)
    } else {
        format!("{typed} is for headshot {other}, which headshot help {other} explains")
    })
}

fn conflict(argument: &str, command: Option<&String>, others: &[String]) -> Failure {
    let with = others.iter().map(|other| bare(other)).collect::<Vec<_>>();
    let with = with.join(", ");
    if let Some(command) = command {
        let message = format!("{with} cannot be used with the command {command} behind it");
        return Failure::usage(message)
            .with_hint(format!("leave {with} out, or give it after {command}"));
    }
    let argument = bare(argument);
    if with == argument {
        return Failure::usage(format!("{argument} is given twice"))
            .with_hint(format!("give {argument} once"));
    }
    Failure::usage(format!("{argument} cannot be used with {with}"))
        .with_hint(format!("leave out {argument} or {with}"))
}

/// Arguments that the command needs, or that another argument needs.
fn missing(
    needed: &[String],
    command: &Command,
    words: &[&str],
    arguments: &[OsString],
) -> Failure {
    if let Some(option) = needing(needed, command, arguments) {
        let needed = needed.join(" and ");
        return Failure::usage(format!("{option} needs {needed}"))
            .with_hint(format!("add {needed}, or leave {option} out"));
    }
    let is_output = needed.len() == 1 && needed[0].starts_with("--output");
    let with_output = is_output.then(|| with_output(arguments)).flatten();
    let after = command.get_after_help().map(ToString::to_string);
    let hint = with_output.unwrap_or_else(|| {
        let (examples, _) = definition::parts(after.as_deref().unwrap_or_default());
        examples.first().copied().unwrap_or_default().to_owned()
    });
    let needed: Vec<_> = needed
        .iter()
        .map(|each| each.trim_end_matches("..."))
        .collect();
    let needed = needed.join(" and ");
    Failure::usage(format!("{} needs {needed}", name(words))).with_hint(hint)
}

/// The option without which less would be missing. The parser does not tell.
fn needing<'a>(needed: &[String], command: &Command, arguments: &'a [OsString]) -> Option<&'a str> {
    let is_less = |arguments: &[OsString]| {
        let Err(error) = definition::whole().try_get_matches_from(arguments) else {
            return true;
        };
        let still = texts(&error, ContextKind::InvalidArg);
        error.kind() == ErrorKind::MissingRequiredArgument
            && still.len() < needed.len()
            && still.iter().all(|each| needed.contains(each))
    };
    let mut options = arguments.iter().enumerate().skip(1);
    options.find_map(|(at, option)| {
        let option = option.to_str().filter(|option| option.starts_with("--"))?;
        let (flag, is_alone) = match option.split_once('=') {
            Some((flag, _)) => (flag, true),
            None => (option, false),
        };
        let has_value = |arg: &clap::Arg| {
            arg.get_long() == flag.strip_prefix("--")
                && arg.get_action().takes_values()
                && !arg.is_require_equals_set()
        };
        let behind = at + 1 + usize::from(!is_alone && command.get_opts().any(has_value));
        let rest = arguments.get(behind..).unwrap_or_default();
        is_less(&[&arguments[..at], rest].concat()).then_some(flag)
    })
}

/// `normalize me.jpg avatar.jpg`: the last name is meant as the output if there is no such file.
fn with_output(arguments: &[OsString]) -> Option<String> {
    let (last, before) = arguments.split_last()?;
    let meant = [before, &["-o".into(), last.clone()]].concat();
    (!Path::new(last).exists() && is_right(&meant)).then(|| line(&meant))
}

fn wrong_value(
    argument: &str,
    value: &str,
    valid: &[String],
    similar: Option<&String>,
    cause: Option<String>,
    words: &[&str],
) -> Failure {
    let flag = bare(argument);
    if value.is_empty() {
        return Failure::usage(format!("{flag} needs a value"))
            .with_hint(format!("{} says which", help(words)));
    }
    let option = argument.starts_with('-').then(|| format!("{flag} "));
    let option = option.unwrap_or_default();
    let wanted = match (cause, valid) {
        (Some(cause), _) => cause,
        (None, [before @ .., last]) if !before.is_empty() => {
            format!("give {} or {last}", before.join(", "))
        }
        (None, valid) => format!("give {}", valid.concat()),
    };
    let failure = Failure::usage(format!("{option}{value}: {wanted}"));
    match similar {
        Some(similar) => failure.with_hint(format!("did you mean {option}{similar}?")),
        None => failure,
    }
}

/// `--fit` of `--fit <FIT>`, `--restore` of `--restore[=<HASH>]`, `PHOTO` of `[PHOTO]`.
fn bare(argument: &str) -> &str {
    let bare = match argument.strip_prefix(['<', '[']) {
        Some(positional) => positional.split(['>', ']']).next(),
        None => argument.split(['[', ' ', '=']).next(),
    };
    bare.unwrap_or_default()
}

/// `profile set`, and for no command the program itself.
fn name(words: &[&str]) -> String {
    match words {
        [] => "headshot".to_owned(),
        _ => words.join(" "),
    }
}

/// The command that has the help of a command.
fn help(words: &[&str]) -> String {
    let help = ["headshot", "help"].iter().chain(words).copied();
    help.collect::<Vec<_>>().join(" ")
}

/// The command line, to be copied.
fn line(arguments: &[OsString]) -> String {
    let words = arguments.iter().skip(1).map(quoted);
    let words = std::iter::once("headshot".to_owned()).chain(words);
    words.collect::<Vec<_>>().join(" ")
}

/// Whether the parser understands a command line.
fn is_right(arguments: &[OsString]) -> bool {
    definition::whole().try_get_matches_from(arguments).is_ok()
}

/// The command that the arguments name, and the words that do.
fn innermost<'a>(whole: &'a Command, arguments: &'a [OsString]) -> (&'a Command, Vec<&'a str>) {
    let (mut found, mut words) = (whole, Vec::new());
    for word in arguments
        .iter()
        .skip(1)
        .map_while(|word| OsStr::to_str(word))
    {
        // Options of the command before may stand between them.
        match found.find_subcommand(word) {
            Some(next) => (found, words) = (next, [&words[..], &[word]].concat()),
            None if word.starts_with('-') => {}
            None => break,
        }
    }
    (found, words)
}

/// Part of what the parser knows about its error.
fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}
