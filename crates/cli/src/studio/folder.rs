//! A folder in the studio: choices in its output folder, and avatars by the batch that `normalize` runs.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use headshot_batch::choices::{self, Choices};
use headshot_batch::{Batch, Event, Input, Recipe, Scope, Settings as Run, inputs, is_photo};
use headshot_core::Options;
use headshot_report::Status;
use headshot_studio::{Done, Photo, Settings, Work};

use crate::claims::Claims;
use crate::claims::output::Destination;
use crate::normalize::summary::grouped;
use crate::sheet;
use crate::studio::args::StudioArgs;
use crate::studio::{command_line, default_choice, reason};
use crate::terminal::escape;
use crate::terminal::failure::Failure;

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
    let (from, to) = (folder.to_owned(), out.clone());
    Ok(Settings {
        title: escape::lossless(folder.as_os_str()),
        photos,
        choices: Some(choices::in_folder(out)),
        work: Work::Folder {
            out: escape::lossless(out.as_os_str()),
            make: Box::new(move |stop, tell| make(&from, &to, stop, tell)),
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

/// Makes all avatars, as `normalize FOLDER -o OUT` does, with the choices that are in the file now. The output folder is locked
/// meanwhile.
fn make(
    folder: &Path,
    out: &Path,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(Done),
) -> Result<String, Failure> {
    let recipe = Recipe::default();
    let choices = Choices::read(&choices::in_folder(out))?;
    let mut run = Run::new(out, &recipe);
    run.choices = Some(&choices);
    let batch = Batch::new(walked(folder, out)?, run)?;
    let mut counts = Counts::default();
    let outcome = batch.run(stop, &mut |event| {
        let Event::Done(done) = event else {
            return Ok(());
        };
        for done in done {
            counts.add(done.record.status);
            if done.record.status != Status::Skipped {
                tell(Done {
                    name: done.input.name.clone(),
                    failure: done.record.error.as_ref().map(reason),
                });
            }
        }
        Ok(())
    })?;
    match outcome.stopped.or(outcome.untold) {
        Some(failure) => Err(failure.with_hint("Make all goes on from here")),
        None if outcome.done < outcome.count => Ok(format!(
            "stopped: {}; Make all goes on from here",
            counts.told(out)
        )),
        None => Ok(counts.told(out)),
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
