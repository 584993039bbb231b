//! `normalize`: photos in, avatars out, each written whole or not at all. Whatever goes into a folder is a batch.

use std::path::{Path, PathBuf};

use headshot_core::{Fit, Format, Options, Plan, normalize, probe};

use crate::args::NormalizeArgs;
use crate::batch::{self, Jsonl};
use crate::clash;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::{self, DASH};
use crate::output::Destination;
use crate::poster::Poster;
use crate::preview::Preview;
use crate::report::Record;
use crate::{escape, words, write};

pub(crate) fn run(args: &NormalizeArgs, console: &mut Console) -> Result<Exit, Failure> {
    input::refuse_stdin_twice(&args.photos)?;
    let mut photos = args.photos.clone();
    let destination = match &args.batch.from_file {
        None => Destination::new(&args.output, &photos)?,
        Some(list) => {
            photos.extend(batch::list(list)?);
            Destination::folder(&args.output)?
        }
    };
    if args.json && destination == Destination::Stdout {
        return Err(Failure::usage(
            "-o - and --json: standard output holds the avatar or the JSON, not both",
        ));
    }
    let options = args.image.options(destination.named_format()?)?;
    clash::refuse(&destination, &photos)?;
    if let Some(report) = &args.batch.report {
        clash::refuse(&Destination::File(report.clone()), &photos)?;
    }
    let poster = match &args.poster {
        Some(file) => Some(Poster::new(file, &args.image, &photos, Some(&args.output))?),
        None => None,
    };
    let is_folder = matches!(destination, Destination::Folder(_));
    if args.preview.is_some() && is_folder {
        return Err(
            Failure::usage("--preview: it shows one avatar, not a folder of them")
                .with_hint("name a file, as in -o avatar.jpg; --sheet makes a page of all of them"),
        );
    }
    if let Some(sheet) = &args.batch.sheet {
        if !is_folder {
            return Err(
                Failure::usage("--sheet: it is a page of all avatars in a folder")
                    .with_hint("name a folder, as in -o avatars/; --preview shows a single one"),
            );
        }
        clash::refuse(&Destination::File(sheet.clone()), &photos)?;
    }
    match &destination {
        Destination::Folder(out) => {
            batch::run(args, &photos, out, poster.as_ref(), &options, console)
        }
        Destination::File(_) | Destination::Stdout => {
            one(args, &destination, poster.as_ref(), &options, console)
        }
    }
}

/// One photo to a file or to standard output, which leaves no trace beside it.
fn one(
    args: &NormalizeArgs,
    destination: &Destination,
    poster: Option<&Poster>,
    options: &Options,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let photo = &args.photos[0];
    if !args.batch.dry_run {
        destination.prepare()?;
    }
    let preview = match &args.preview {
        Some(file) => {
            let others = [Some(&args.output), args.poster.as_ref()];
            let others: Vec<&Path> = others.into_iter().flatten().map(PathBuf::as_path).collect();
            Some(Preview::new(file, &args.photos, &others)?)
        }
        None => None,
    };
    let mut report = args.batch.report.as_deref().map(Jsonl::new).transpose()?;
    let mut record = Record::new(photo);
    let end = match args.batch.dry_run {
        true => plan(photo, options, destination, &mut record),
        false => {
            let pictures = (poster, preview.as_ref());
            make(photo, options, destination, pictures, &mut record, console)
        }
    };
    record.ended(end);
    let is_told = *destination != Destination::Stdout && !args.batch.quiet;
    let exit = words::print(photo, &record, args.json, console, |record, console| {
        if is_told {
            words::written(record, console);
        }
    });
    if let Some(report) = &mut report {
        report.write(&record)?;
    }
    report.map_or(Ok(()), Jsonl::finish)?;
    Ok(exit)
}

fn make(
    photo: &Path,
    options: &Options,
    destination: &Destination,
    (poster, preview): (Option<&Poster>, Option<&Preview>),
    record: &mut Record,
    console: &mut Console,
) -> Result<(), Failure> {
    let bytes = input::read(photo, options.limits.bytes)?;
    record.probed(&probe(&bytes, &options.limits)?);
    let avatar = normalize(&bytes, options)?;
    destination.check_name(avatar.format())?;
    record.made(&avatar);
    match destination {
        Destination::File(file) => {
            write::file(file, &avatar.bytes())?;
            record.output = Some(escape::lossless(file.as_os_str()));
        }
        Destination::Stdout | Destination::Folder(_) => {
            console.bytes(&avatar.bytes())?;
            record.output = Some(DASH.to_owned());
        }
    }
    if let Some(poster) = poster {
        record.steps.push(poster.write(&bytes)?);
    }
    if let Some(preview) = preview {
        let drawn = preview.write(&avatar.bytes(), Fit::Contain)?;
        record.steps.push(drawn);
    }
    Ok(())
}

/// What would be made, from the header alone.
fn plan(
    photo: &Path,
    options: &Options,
    destination: &Destination,
    record: &mut Record,
) -> Result<(), Failure> {
    let bytes = input::read(photo, options.limits.bytes)?;
    let info = probe(&bytes, &options.limits)?;
    record.probed(&info);
    let plan = Plan::new(&info, options)?;
    destination.check_name(plan.format)?;
    record.planned(&plan);
    record.output = Some(match destination {
        Destination::File(file) => escape::lossless(file.as_os_str()),
        Destination::Stdout | Destination::Folder(_) => DASH.to_owned(),
    });
    Ok(())
}

/// The format of the avatar, from the photo's header; `None` for a photo that will fail.
pub(crate) fn planned_format(photo: &Path, options: &Options) -> Option<Format> {
    let bytes = input::read(photo, options.limits.bytes).ok()?;
    let info = probe(&bytes, &options.limits).ok()?;
    Some(Plan::new(&info, options).ok()?.format)
}
