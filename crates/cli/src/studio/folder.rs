//! A folder in the studio: choices in its output folder, and avatars by the batch that `normalize` runs.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use headshot_batch::choices;
use headshot_batch::{Batch, Event, Input, Scope, inputs, is_photo};
use headshot_core::Options;
use headshot_report::Status;
use headshot_studio::{Done, Photo, Settings, Work};

use crate::claims::Claims;
use crate::claims::output::Destination;
use crate::normalize::summary::grouped;
use crate::sheet;
use crate::studio::args::StudioArgs;
use crate::studio::{command_line, default_choice};
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt::INTERRUPTED;

/// What a studio for a folder is about.
pub(super) fn settings(folder: &Path, args: &StudioArgs) -> Result<Settings, Failure> {
    let Some(out) = &args.output else {
        let message = format!(
            "{}: where do the avatars of a folder go, and your choices?",
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
            name: name(folder, input),
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

/// As the batch knows it.
fn name(folder: &Path, input: &Input) -> String {
    let relative = input.path.strip_prefix(folder).unwrap_or(&input.path);
    choices::name(relative)
}
