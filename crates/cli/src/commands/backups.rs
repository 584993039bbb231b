//! `backups`: the photos that were kept before they were replaced or deleted: where they are, and how they go.

use serde::Serialize;

use crate::args::{BackupsArgs, BackupsCommand};
use crate::console::{self, Console};
use crate::date;
use crate::escape;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::memory::{self, Backup, Memory};

/// One photo in JSON.
#[derive(Serialize)]
struct Object<'a> {
    sha256: &'a str,
    team: &'a str,
    user: &'a str,
    /// Seconds since 1970.
    kept_at: u64,
    /// Whether headshot had made it.
    made: bool,
    /// The side of a copy that was kept in place of the original.
    side: Option<u32>,
    /// Whether `set --restore` puts it back.
    is_next: bool,
    file: String,
}

pub(crate) fn run(args: &BackupsArgs, console: &mut Console) -> Result<Exit, Failure> {
    let (memories, strange) = memory::everybody()?;
    if let Some(BackupsCommand::Remove(args)) = &args.command {
        return remove(memories, &args.hashes, console);
    }
    let mut count = 0;
    for memory in &memories {
        let note = &memory.note;
        // The last first: it is the likeliest to be wanted.
        for backup in note.backups.iter().rev() {
            count += 1;
            let is_next = note.replaced.as_ref() == Some(&backup.sha256);
            let file = escape::lossless(memory.path(backup).as_os_str());
            if args.json {
                console.json(&Object {
                    sha256: &backup.sha256,
                    team: &memory.person.team,
                    user: &memory.person.user,
                    kept_at: backup.at,
                    made: backup.made,
                    side: backup.side,
                    is_next,
                    file,
                });
            } else {
                let short = &backup.sha256[..12];
                let line = format!("{short}  {}{}", words(memory, backup, is_next), file);
                console.line(escape::text(&line));
            }
        }
    }
    let folder = escape::name(&memory::folder()?);
    let photos = match count {
        0 => "no photo is".to_owned(),
        1 => "1 photo is".to_owned(),
        count => format!("{count} photos are"),
    };
    console::remark(&format!("{photos} kept in {folder}"));
    if strange > 0 {
        let notes = match strange {
            1 => "1 note".to_owned(),
            strange => format!("{strange} notes"),
        };
        let warning = format!(
            "{notes} in {folder} cannot be read here: an earlier version's is taken over by the person's next set"
        );
        console::warning(None, &warning);
    }
    Ok(Exit::Done)
}

/// `2026-11-29 13:05 UTC  U012AB3CD in T012AB3C4, made here, --restore puts it back  `
fn words(memory: &Memory, backup: &Backup, is_next: bool) -> String {
    let mut words = memory.person.to_string();
    if backup.made {
        words += ", made by headshot";
    }
    if let Some(side) = backup.side {
        words += &format!(", a copy of {side} pixels");
    }
    if is_next {
        words += ", set --restore puts it back";
    }
    format!("{}  {words}  ", date::words(backup.at))
}

fn remove(
    memories: Vec<Memory>,
    hashes: &[String],
    console: &mut Console,
) -> Result<Exit, Failure> {
    // All of them are found before any is removed.
    let mut found: Vec<(usize, Backup)> = Vec::new();
    for hash in hashes {
        let digits = hash.len() >= 4 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !digits {
            let message = "a backup is named by the first digits of its hash, at least 4";
            return Err(Failure::usage(message).with_hint("headshot backups lists them"));
        }
        let of = |(index, memory): (usize, &Memory)| {
            let backups = memory.note.backups.iter();
            let named = backups.filter(|backup| backup.sha256.starts_with(&hash.to_lowercase()));
            named
                .map(|backup| (index, backup.clone()))
                .collect::<Vec<_>>()
        };
        let named: Vec<_> = memories.iter().enumerate().flat_map(of).collect();
        let refuse = |message: String| {
            Err(Failure::new("not_found", message).with_hint("headshot backups lists them"))
        };
        match &named[..] {
            [one] => found.push(one.clone()),
            [] => return refuse(format!("no backup begins with {hash}")),
            _ => {
                let count = named.len();
                return refuse(format!(
                    "{count} backups begin with {hash}: give more digits"
                ));
            }
        }
    }
    let mut exit = Exit::Done;
    for (index, mut memory) in memories.into_iter().enumerate() {
        let backups: Vec<_> = found
            .iter()
            .filter(|(whose, _)| *whose == index)
            .map(|(_, backup)| backup.clone())
            .collect();
        if backups.is_empty() {
            continue;
        }
        let mut warnings = Vec::new();
        let removed = memory
            .hold(&mut warnings)
            .and_then(|()| memory.remove(&backups));
        for warning in &warnings {
            console::warning(None, warning);
        }
        match removed {
            Ok(()) => {
                for backup in &backups {
                    let (path, person) = (memory.path(backup), &memory.person);
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
