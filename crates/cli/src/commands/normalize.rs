//! `normalize`: photos in, avatars out, each written whole or not at all.

use std::path::Path;

use headshot_core::{Format, Options, Plan, normalize, probe};

use crate::args::NormalizeArgs;
use crate::clash;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::{self, DASH};
use crate::output::Destination;
use crate::poster::Poster;
use crate::report::Record;
use crate::{escape, words, write};

pub(crate) fn run(args: &NormalizeArgs, console: &mut Console) -> Result<Exit, Failure> {
    input::refuse_stdin_twice(&args.photos)?;
    let destination = Destination::new(&args.output, &args.photos)?;
    if args.json && destination == Destination::Stdout {
        return Err(Failure::usage(
            "-o - and --json: standard output holds the avatar or the JSON, not both",
        ));
    }
    let options = args.image.options(destination.named_format()?)?;
    clash::refuse(&destination, &args.photos, |photo| {
        planned_format(photo, &options)
    })?;
    let poster = match &args.poster {
        Some(file) => Some(Poster::new(
            file,
            &args.image,
            &args.photos,
            Some(&args.output),
        )?),
        None => None,
    };
    destination.prepare()?;
    let exits = args.photos.iter().map(|photo| {
        let mut record = Record::new(photo);
        let end = make(
            photo,
            &options,
            &destination,
            poster.as_ref(),
            &mut record,
            console,
        );
        record.ended(end);
        words::print(photo, &record, args.json, console, |record, console| {
            if destination != Destination::Stdout {
                words::written(record, console);
            }
        })
    });
    Ok(Exit::worst(exits))
}

fn make(
    photo: &Path,
    options: &Options,
    destination: &Destination,
    poster: Option<&Poster>,
    record: &mut Record,
    console: &mut Console,
) -> Result<(), Failure> {
    let bytes = input::read(photo, options.limits.bytes)?;
    record.probed(&probe(&bytes, &options.limits)?);
    let avatar = normalize(&bytes, options)?;
    destination.check_name(avatar.format())?;
    record.made(&avatar);
    match destination.target(photo, avatar.format()) {
        None => {
            console.bytes(&avatar.bytes())?;
            record.output = Some(DASH.to_owned());
        }
        Some(target) => {
            write::file(&target, &avatar.bytes())?;
            record.output = Some(escape::lossless(target.as_os_str()));
        }
    }
    if let Some(poster) = poster {
        record.steps.push(poster.write(&bytes)?);
    }
    Ok(())
}

/// The format of the avatar, from the photo's header; `None` for a photo that will fail.
fn planned_format(photo: &Path, options: &Options) -> Option<Format> {
    let bytes = input::read(photo, options.limits.bytes).ok()?;
    let info = probe(&bytes, &options.limits).ok()?;
    Some(Plan::new(&info, options).ok()?.format)
}
