//! A folder in the studio: choices in its output folder, and avatars by the batch that `normalize` runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use headshot_batch::choices::{self, Choices, LAPSED};
use headshot_batch::files::write;
use headshot_batch::{Batch, Event, Input, Recipe, Scope, Settings as Run, inputs, is_photo};
use headshot_core::Options;
use headshot_report::Status;
use headshot_studio::{Done, Made, Photo, Settings, Work};

use crate::claims::Claims;
use crate::claims::output::Destination;
use crate::normalize::summary::grouped;
use crate::sheet;
use crate::studio::args::StudioArgs;
use crate::studio::hints::{reason, without_flags};
use crate::studio::{command_line, default_choice};
use crate::terminal::escape;
use crate::terminal::failure::Failure;

/// How many new photos are named.
const NAMED: usize = 3;

/// The settings of a studio for a folder.
pub(super) fn settings(folder: &Path, args: &StudioArgs) -> Result<Settings, Failure> {
    let Some(out) = &args.output else {
        let message = format!(
            "{}: say where the avatars of a folder and your choices go",
            escape::name(folder)
        );
        let hint = format!("headshot studio {} -o avatars/", escape::name(folder));
        return Err(Failure::usage(message).with_hint(hint));
    };
    Destination::folder(out)?;
    Claims::default().make(out)?;
    let inputs = walked(folder, out)?;
    let photos: Vec<Photo> = inputs
        .iter()
        .filter(|input| input.is_photo() && is_photo(&input.path))
        .map(|input| Photo {
            name: input.name.clone(),
            path: input.path.clone(),
            real: real(input, folder),
            person: None,
            default: default_choice(),
            options: Options::default(),
        })
        .collect();
    if photos.is_empty() {
        let message = format!("{}: there is no photo in it", escape::name(folder));
        let hint = "name a folder with JPEG, PNG, GIF, WebP or HEIC files in it, or below it";
        return Err(Failure::usage(message).with_hint(hint));
    }
    check(inputs, out)?;
    let (from, to) = (folder.to_owned(), out.clone());
    let shown = photos.iter();
    let shown: Shown = shown
        .map(|photo| (photo.name.clone(), photo.path.clone()))
        .collect();
    Ok(Settings {
        title: escape::lossless(folder.as_os_str()),
        photos,
        choices: Some(choices::in_folder(out)),
        work: Work::Folder {
            out: escape::lossless(out.as_os_str()),
            make: Box::new(move |choices, stop, tell| {
                make(&from, &to, &shown, choices, stop, tell).map_err(without_flags)
            }),
        },
        command: Box::new(|photo, choice, format| {
            command_line::normalize(&photo.path, choice, None, format)
        }),
    })
}

fn walked(folder: &Path, out: &Path) -> Result<Vec<Input>, Failure> {
    let scope = Scope {
        pages: sheet::listed,
        ..Scope::default()
    };
    inputs(&[folder.to_owned()], out, scope)
}

/// Where a photo really is, if no symbolic link is put in its way.
fn real(input: &Input, folder: &Path) -> Option<PathBuf> {
    let inside = input.path.strip_prefix(folder).ok()?;
    Some(input.root.as_ref()?.join(inside))
}

/// Refuses what *Make all* would refuse, before anybody has chosen: an output folder that cannot be written, and two photos whose
/// avatars would have one name.
fn check(inputs: Vec<Input>, out: &Path) -> Result<(), Failure> {
    let file = choices::in_folder(out);
    for folder in [out, write::folder_of(&file)] {
        let there = folder.ancestors().find(|folder| folder.is_dir());
        // A relative name ends with nothing, which is the current folder.
        write::check_writable(there.unwrap_or(Path::new(".")))?;
    }
    let recipe = Recipe {
        options: default_choice().applied(&Options::default()),
        ..Recipe::default()
    };
    let choices = Choices::read(&file)?;
    let mut run = Run::new(out, &recipe);
    (run.choices, run.dry_run) = (Some(&choices), true);
    Batch::new(inputs, run).map(drop)
}

/// The photos that the page shows, by their names.
type Shown = BTreeMap<String, PathBuf>;

/// Makes all avatars that the page shows, as `normalize FOLDER -o OUT` does, by these choices. The output folder is locked
/// meanwhile. Photos that are gone by now fail, and those that are new are left alone and named.
fn make(
    folder: &Path,
    out: &Path,
    shown: &Shown,
    choices: &Choices,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(Done),
) -> Result<Made, Failure> {
    let recipe = Recipe::default();
    let mut run = Run::new(out, &recipe);
    run.choices = Some(choices);
    let mut missing: BTreeMap<_, _> = shown.iter().collect();
    let mut new = Vec::new();
    let mut inputs = walked(folder, out)?;
    inputs.retain(|input| {
        let is_shown = !input.is_photo() || missing.remove(&input.name).is_some();
        if !is_shown && is_photo(&input.path) {
            new.push(input.name.clone());
        }
        is_shown
    });
    let batch = Batch::new(inputs, run)?;
    let mut counts = Counts::default();
    for (name, path) in missing {
        counts.add(Status::Failed);
        tell(Done {
            name: name.clone(),
            failure: Some(absence(path).to_owned()),
        });
    }
    let outcome = batch.run(stop, &mut |event| {
        let Event::Done(done) = event else {
            return Ok(());
        };
        for done in done {
            let (name, record) = (&done.input.name, &done.record);
            let is_lapsed = record.warnings.iter().any(|warning| warning == LAPSED);
            let failure = match record.status {
                Status::Skipped if !done.input.is_photo() => continue,
                Status::Skipped => Some("it is no photo any more".to_owned()),
                _ if is_lapsed => Some(CHANGED.to_owned()),
                _ => record.error.as_ref().map(reason),
            };
            counts.add(match failure {
                Some(_) => Status::Failed,
                None => record.status,
            });
            tell(Done {
                name: name.clone(),
                failure,
            });
        }
        Ok(())
    })?;
    let told = format!("{}{}", counts.told(out), told_of_new(&new));
    match outcome.stopped.or(outcome.untold) {
        Some(failure) => Err(failure.with_hint("Make all goes on from here")),
        None if outcome.done < outcome.count => Ok(Made {
            message: format!("stopped: {told}; Make all goes on from here"),
            is_stopped: true,
        }),
        None => Ok(Made {
            message: told,
            is_stopped: false,
        }),
    }
}

/// The failure of a photo that was replaced after *Make all* had begun.
const CHANGED: &str = "the photo changed while avatars were made: look at it, and make all again";

/// Why a photo that was there is not made.
fn absence(path: &Path) -> &'static str {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => "it is below a symbolic link now, which is not followed",
        Ok(found) if found.is_symlink() => "it is a symbolic link now, which is not followed",
        Ok(_) => "it is no file any more",
        Err(_) => "there is no such file any more",
    }
}

/// The end of a sentence about photos that nobody has seen.
fn told_of_new(new: &[String]) -> String {
    let names: Vec<_> = new
        .iter()
        .take(NAMED)
        .map(|name| escape::text(name))
        .collect();
    let more = match new.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {} more", grouped(more)),
    };
    match new.len() {
        0 => String::new(),
        1 => format!(
            "; {} is new and was not made: open the studio again to see it",
            names[0]
        ),
        count => format!(
            "; {} photos are new and were not made: {}{more}: open the studio again to see them",
            grouped(count),
            names.join(", ")
        ),
    }
}

/// What became of the photos.
#[derive(Default)]
struct Counts {
    made: usize,
    unchanged: usize,
    kept: usize,
    failed: usize,
}

impl Counts {
    fn add(&mut self, status: Status) {
        match status {
            Status::Ok => self.made += 1,
            Status::Unchanged => self.unchanged += 1,
            Status::Kept => self.kept += 1,
            Status::Failed => self.failed += 1,
            // The last one is only for manifests.
            Status::Skipped
            | Status::Orphan
            | Status::Removed
            | Status::NotTried
            | Status::Unsettled => {}
        }
    }

    fn told(&self, out: &Path) -> String {
        let all = self.made + self.unchanged + self.kept;
        let avatars = if all == 1 { "avatar" } else { "avatars" };
        let mut words = format!("{} {avatars} in {}", grouped(all), escape::name(out));
        let parts = [
            (self.made, "made now"),
            (self.unchanged, "unchanged"),
            (self.kept, "edited by somebody and kept"),
            (self.failed, "failed"),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<_> = parts
            .map(|(count, what)| format!("{} {what}", grouped(*count)))
            .collect();
        if !parts.is_empty() {
            words.push_str(&format!(": {}", parts.join(", ")));
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_told_in_a_sentence() {
        let mut counts = Counts::default();
        assert_eq!(counts.told(Path::new("out")), "0 avatars in out");
        (0..11).for_each(|_| counts.add(Status::Ok));
        (0..2222).for_each(|_| counts.add(Status::Unchanged));
        counts.add(Status::Failed);
        counts.add(Status::Skipped);
        assert_eq!(
            counts.told(Path::new("out")),
            "2,233 avatars in out: 11 made now, 2,222 unchanged, 1 failed"
        );
    }
}
