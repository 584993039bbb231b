//! The definition of the command line as help shows it: whole, and for `-h` with the most used options alone.
//!
//! Anything that is added to a command automatically appears in its `--help`, its manual page and the completions.

use clap::{Command, CommandFactory};

use crate::args::Cli;
use crate::help::exit_status;

/// The options that `-h` shows of commands that have many. Commands that are not here show all.
const MOST_USED: [(&str, &[&str]); 4] = [
    (
        "set",
        &[
            "fit",
            "crop",
            "background",
            "if-changed",
            "restore",
            "preview",
            "dry-run",
            "manifest",
            "token-file",
            "emulator",
        ],
    ),
    (
        "normalize",
        &[
            "output",
            "fit",
            "crop",
            "background",
            "side",
            "format",
            "dry-run",
            "report",
            "sheet",
            "jobs",
        ],
    ),
    (
        "inspect",
        &[
            "fit",
            "crop",
            "gravity",
            "background",
            "side",
            "format",
            "frames",
            "json",
        ],
    ),
    (
        "emulator",
        &[
            "port",
            "host",
            "rate",
            "members",
            "max-frames",
            "max-bytes",
            "scim-delay",
        ],
    ),
];

/// All of it, with the exit status after the help of each command.
pub(super) fn whole() -> Command {
    told(Cli::command(), None)
}

fn told(command: Command, name: Option<&str>) -> Command {
    let after = command.get_after_help().map(ToString::to_string);
    let after = after.unwrap_or_default();
    let status = exit_status::sentence(name);
    command
        .mut_subcommands(|below| {
            let own = below.get_name();
            let name = name.map_or_else(|| own.to_owned(), |above| format!("{above}-{own}"));
            told(below, Some(&name))
        })
        // `--side -1` is a wrong value, and no option -1.
        .mut_args(|arg| {
            let takes_value = !arg.is_positional() && arg.get_action().takes_values();
            arg.allow_negative_numbers(takes_value)
        })
        .after_help(format!("{after}\n\n{status}"))
}

/// The same with only the most used options.
pub(super) fn brief() -> Command {
    let mut command = Cli::command();
    for (name, used) in MOST_USED {
        // A build may be without it.
        if command.find_subcommand(name).is_some() {
            command = command.mut_subcommand(name, |below| shortened(below, used));
        }
    }
    command
}

fn shortened(command: Command, used: &[&str]) -> Command {
    let name = command.get_name().to_owned();
    let count = command.get_opts().count();
    let after = command.get_after_help().map(ToString::to_string);
    let (examples, _) = parts(after.as_deref().unwrap_or_default());
    let word = match examples.len() {
        1 => "Example: ",
        _ => "Examples: ",
    };
    // As long as the word, so that the examples line up.
    let examples = examples.join("\n          ");
    let more =
        format!("All {count} options: headshot help {name}. The manual: headshot man {name}.");
    command
        .mut_args(|arg| {
            let is_used = arg.get_long().is_none_or(|long| used.contains(&long));
            arg.hide(!is_used)
        })
        .after_help(format!("{word}{examples}\n{more}"))
}

/// The examples at the start of the text after a help, and the rest of that text.
pub(super) fn parts(after_help: &str) -> (Vec<&str>, &str) {
    let begin = after_help
        .strip_prefix("Examples: ")
        .or_else(|| after_help.strip_prefix("Example: "));
    let Some(begin) = begin else {
        return (Vec::new(), after_help);
    };
    let mut examples = Vec::new();
    let mut rest = begin;
    loop {
        let (line, behind) = rest.split_once('\n').unwrap_or((rest, ""));
        examples.push(line.trim());
        rest = behind;
        if !rest.starts_with(' ') {
            return (examples, rest.trim_start_matches('\n'));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_used_options_are_ten_at_most_and_all_there() {
        for (name, used) in MOST_USED {
            assert!(used.len() <= 10, "{name}");
            let whole = whole();
            let Some(command) = whole.find_subcommand(name) else {
                // A build may be without it.
                assert_eq!(name, "emulator");
                continue;
            };
            for flag in used {
                let is_it = |arg: &clap::Arg| arg.get_long() == Some(flag);
                assert!(command.get_opts().any(is_it), "{name} --{flag}");
            }
        }
    }

    /// A command and all below it.
    fn all(command: &Command) -> Vec<&Command> {
        let below = command.get_subcommands().flat_map(all);
        std::iter::once(command).chain(below).collect()
    }

    #[test]
    fn nothing_is_hidden_and_every_option_says_what_it_does() {
        let mut whole = whole();
        whole.build();
        let mut count = 0;
        for command in all(&whole) {
            let help = command.clone().render_help().to_string();
            for arg in command.get_arguments() {
                let (command, arg_name) = (command.get_name(), arg.get_id());
                let is_hidden = arg.is_hide_set() || arg.is_hide_short_help_set();
                assert!(!is_hidden, "{command} {arg_name} is hidden");
                assert!(
                    arg.get_help().is_some(),
                    "{command} {arg_name} says nothing"
                );
                // With it every option would take three lines.
                assert!(arg.get_long_help().is_none(), "{command} {arg_name}");
                if let Some(long) = arg.get_long() {
                    assert!(
                        help.contains(&format!("--{long}")),
                        "{command} --{long}: {help}"
                    );
                    count += 1;
                }
            }
        }
        assert!(count > 150, "{count}");
    }

    #[test]
    fn examples_are_told_from_what_follows() {
        assert_eq!(
            parts("Examples: a b\n          c\nMore of it.\n  table"),
            (vec!["a b", "c"], "More of it.\n  table")
        );
        assert_eq!(parts("Example: a\n\nMore."), (vec!["a"], "More."));
        assert_eq!(parts("Example: a"), (vec!["a"], ""));
        assert_eq!(parts("More."), (vec![], "More."));
    }
}
