//! `backups`: lists and removes the photos that were kept before they were replaced or deleted.

use std::path::Path;

use serde::Serialize;

use crate::args::{BackupsArgs, BackupsCommand};
use crate::slack::person::Person;
use crate::state::{self, Backup, Everybody, State, Why};
use crate::terminal::console::{self, Console};
use crate::terminal::date;
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;

/// One photo in JSON.
#[derive(Serialize)]
struct Object<'a> {
    sha256: &'a str,
    /// `null` if the note was not read.
    team: Option<&'a str>,
    user: Option<&'a str>,
    /// Seconds since 1970.
    kept_at: u64,
    /// Whether headshot made it.
    made: bool,
    /// The side of a copy that was kept instead of the original.
    side: Option<u32>,
    /// Whether `set --restore` puts it back.
    is_next: bool,
    /// The state of its note: `read`, or why it was not read.
    note: &'static str,
    file: String,
}

pub(crate) fn run(args: &BackupsArgs, console: &mut Console) -> Result<Exit, Failure> {
    let everybody = state::everybody()?;
    if let Some(BackupsCommand::Remove(args)) = &args.command {
        return remove(everybody, &args.hashes, console);
    }
    let mut count = 0;
    for state in &everybody.states {
        let note = &state.note;
        // Newest first: it is the most likely to be wanted.
        for backup in note.backups.iter().rev() {
            count += 1;
            let is_next = note.replaced.as_ref() == Some(&backup.sha256);
            list(
                backup,
                Ok(&state.person),
                is_next,
                &state.path(backup),
                args.json,
                console,
            );
        }
    }
    for lost in &everybody.lost {
        count += 1;
        list(
            &lost.backup,
            Err(lost.why),
            false,
            &lost.file,
            args.json,
            console,
        );
    }
    let folder = escape::name(&state::folder()?);
    let photos = match count {
        0 => "no photo is".to_owned(),
        1 => "1 photo is".to_owned(),
        count => format!("{count} photos are"),
    };
    console::remark(&format!("{photos} kept in {folder}"));
    let mut exit = Exit::Done;
    for (note, why) in &everybody.unread {
        let what = match why {
            Why::Earlier => {
                "this note is from an earlier version: the person's next set imports it"
            }
            Why::Newer => {
                "this note is from a newer version: update headshot to see whose photos these are"
            }
            Why::Missing | Why::Damaged => {
                "this note is damaged: its photos were found by their hashes, and the person's next set notes them again"
            }
        };
        // The note may have listed more than what was found.
        if *why != Why::Earlier {
            exit = Exit::Failed;
        }
        console::warning(Some(note), what);
    }
    Ok(exit)
}

/// Prints a photo: `3f9a41c20b77  2026-11-29 13:05 UTC  U012AB3CD in T012AB3C4, set --restore puts it back  FILE`.
fn list(
    backup: &Backup,
    whose: Result<&Person, Why>,
    is_next: bool,
    file: &Path,
    json: bool,
    console: &mut Console,
) {
    let file = escape::lossless(file.as_os_str());
    if json {
        console.json(&Object {
            sha256: &backup.sha256,
            team: whose.ok().map(|person| &person.team[..]),
            user: whose.ok().map(|person| &person.user[..]),
            kept_at: backup.at,
            made: backup.made,
            side: backup.side,
            is_next,
            note: whose.err().map_or("read", Why::word),
            file,
        });
        return;
    }
    let mut words = match whose {
        Ok(person) => person.to_string(),
        Err(why) => format!("owner unknown ({})", unread(why)),
    };
    if backup.made {
        words += ", made by headshot";
    }
    if let Some(side) = backup.side {
        words += &format!(", a copy of {side} pixels");
    }
    if is_next {
        words += ", set --restore puts it back";
    }
    let (short, when) = (&backup.sha256[..12], date::text(backup.at));
    let line = format!("{short}  {when}  {words}  {file}");
    console.line(escape::text(&line));
}

fn unread(why: Why) -> &'static str {
    match why {
        Why::Missing => "its note is missing",
        Why::Damaged => "its note is damaged",
        Why::Earlier => "its note is from an earlier version",
        Why::Newer => "its note is from a newer version",
    }
}

fn remove(everybody: Everybody, hashes: &[String], console: &mut Console) -> Result<Exit, Failure> {
    let Everybody { states, lost, .. } = everybody;
    // Find all of them before removing any.
    let mut found: Vec<(usize, Backup)> = Vec::new();
    for hash in hashes {
        let digits = hash.len() >= 4 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !digits {
            let message = "give at least the first 4 digits of the backup's hash";
            return Err(Failure::usage(message).with_hint("headshot backups lists them"));
        }
        let is_it = |backup: &Backup| backup.sha256.starts_with(&hash.to_lowercase());
        let of = |(index, state): (usize, &State)| {
            let backups = state.note.backups.iter();
            let named = backups.filter(|backup| is_it(backup));
            named
                .map(|backup| (index, backup.clone()))
                .collect::<Vec<_>>()
        };
        let named: Vec<_> = states.iter().enumerate().flat_map(of).collect();
        let refuse = |message: String| {
            Err(Failure::new("not_found", message).with_hint("headshot backups lists them"))
        };
        match &named[..] {
            [one] => found.push(one.clone()),
            [] => match lost.iter().find(|lost| is_it(&lost.backup)) {
                Some(lost) => {
                    let why = unread(lost.why);
                    let message = format!("{} is not removed: {why}", escape::name(&lost.file));
                    let hint = "the person's next set fixes that; or delete the file yourself";
                    return Err(Failure::new("state", message).with_hint(hint));
                }
                None => return refuse(format!("no backup begins with {hash}")),
            },
            _ => {
                let count = named.len();
                return refuse(format!(
                    "{count} backups begin with {hash}: give more digits"
                ));
            }
        }
    }
    let mut exit = Exit::Done;
    for (index, mut state) in states.into_iter().enumerate() {
        let backups: Vec<_> = found
            .iter()
            .filter(|(whose, _)| *whose == index)
            .map(|(_, backup)| backup.clone())
            .collect();
        if backups.is_empty() {
            continue;
        }
        let mut warnings = Vec::new();
        let removed = state
            .hold(&mut warnings)
            .and_then(|()| state.remove(&backups));
        for warning in &warnings {
            console::warning(None, warning);
        }
        match removed {
            Ok(()) => {
                for backup in &backups {
                    let (path, person) = (state.path(backup), &state.person);
                    let line = format!("removed {}, kept of {person}", escape::name(&path));
                    console.line(escape::text(&line));
                }
            }
            Err(failure) => {
                console::failed(None, &failure);
                exit = Exit::Failed;
            }
        }
    }
    Ok(exit)
}
