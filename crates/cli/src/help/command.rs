//! `help`: prints the `--help` of a command, and finds a command by its words.

use clap::Command;

use crate::args::HelpArgs;
use crate::help::definition;
use crate::terminal::console::Console;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;

pub(crate) fn run(args: &HelpArgs, console: &mut Console) -> Result<Exit, Failure> {
    print(&args.command, "help", console)?;
    Ok(Exit::Done)
}

/// Prints the help of the command with these words, for the command `asked`.
///
/// # Errors
/// As those of [`find`].
pub(super) fn print(words: &[String], asked: &str, console: &mut Console) -> Result<(), Failure> {
    let mut whole = definition::whole();
    whole.build();
    let mut wanted = find(&whole, asked, words)?.clone();
    let help = wanted.render_help();
    let ansi = help.ansi().to_string();
    console.line(ansi.trim_end());
    Ok(())
}

/// The command with these words, as in `profile set`. `asked` is the command that looks for it, `help` or `man`.
///
/// # Errors
/// If there is none; the hint has a command with a similar name.
pub(super) fn find<'a>(
    whole: &'a Command,
    asked: &str,
    words: &[String],
) -> Result<&'a Command, Failure> {
    let mut found = whole;
    for (index, word) in words.iter().enumerate() {
        let Some(next) = found.find_subcommand(word) else {
            let before = ["headshot", asked].map(str::to_owned);
            let before = [&before[..], &words[..index]].concat().join(" ");
            return Err(unknown(&words.join(" "), found, &before));
        };
        found = next;
    }
    Ok(found)
}

/// The message if a command has none of this name below it; `before` is what to type before a similar one.
pub(super) fn unknown(name: &str, command: &Command, before: &str) -> Failure {
    let word = name.rsplit(' ').next().unwrap_or_default();
    let names = command.get_subcommands().map(Command::get_name);
    let hint = match nearest(word, names) {
        Some(name) => format!("did you mean {before} {name}?"),
        None => "headshot --help lists the commands".to_owned(),
    };
    Failure::usage(format!("there is no command {name}")).with_hint(hint)
}

/// The word that is most similar to what was typed: at most a third of its letters differ, or only signs and case do.
pub(crate) fn nearest<'a>(
    typed: &str,
    words: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let bare = |text: &str| -> Vec<char> {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let typed = bare(typed);
    let distances = words.into_iter().map(|word| {
        let letters = bare(word);
        let distance = distance(&typed, &letters);
        (distance, distance * 3 <= letters.len(), word)
    });
    let near = distances.filter(|(_, is_near, _)| *is_near);
    near.min_by_key(|(distance, ..)| *distance)
        .map(|(.., word)| word)
}

/// How many letters must be inserted, deleted, changed or swapped with the next to turn one into the other.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && (a[i - 1], a[i - 2]) == (b[j - 2], b[j - 1]) {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_and_none_that_is_far() {
        let fields = ["status_text", "status_emoji", "title", "phone"];
        for (typed, found) in [
            ("statustext", Some("status_text")),
            ("Status-Text", Some("status_text")),
            ("titel", Some("title")),
            ("tittle", Some("title")),
            ("phones", Some("phone")),
            ("pronouns", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, fields), found, "{typed}");
        }
        assert_eq!(nearest("sett", ["inspect", "set"]), Some("set"));
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(distance(&letters("kitten"), &letters("sitting")), 3);
        assert_eq!(distance(&letters(""), &letters("abc")), 3);
    }
}
