//! `normalize`: photos in, avatars out, each written whole or not at all. Whatever goes into a folder is a batch.

use std::path::{Path, PathBuf};

use headshot_core::Fit;

use crate::args::NormalizeArgs;
use crate::batch::{self, Jsonl};
use crate::clash;
use crate::console::Console;
use crate::develop::{Developed, Recipe, Wanted};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::{self, DASH};
use crate::isolate::{Darkroom, Isolation};
use crate::output::Destination;
use crate::poster::Poster;
use crate::preview::Preview;
use crate::report::Record;
use crate::sheet::Thumbnails;
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
    let recipe = Recipe::new(args, destination.named_format()?)?;
    clash::refuse(&destination, &photos)?;
    if let Some(report) = &args.batch.report {
        clash::refuse(&Destination::File(report.clone()), &photos)?;
    }
    let poster = match &args.poster {
        Some(file) => Some(Poster::new(file, &photos, Some(&args.output))?),
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
            batch::run(args, &photos, out, poster.as_ref(), &recipe, console)
        }
        Destination::File(_) | Destination::Stdout => {
            one(args, &destination, poster.as_ref(), &recipe, console)
        }
    }
}

/// One photo to a file or to standard output, which leaves no trace beside it.
fn one(
    args: &NormalizeArgs,
    destination: &Destination,
    poster: Option<&Poster>,
    recipe: &Recipe,
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
    let isolation = Isolation::new(args, recipe)?;
    let mut darkroom = Darkroom::new(recipe, isolation.as_ref());
    let mut develop = |wanted, record: &mut Record| {
        let bytes = input::read(photo, recipe.options.limits.bytes)?;
        let developed = darkroom.develop(&bytes, wanted, record, &mut Thumbnails::default())?;
        destination.check_name(record.format()?)?;
        Ok(developed)
    };
    let end = match args.batch.dry_run {
        true => develop(Wanted::Plan, &mut record).map(|_| {
            record.output = Some(match destination {
                Destination::File(file) => escape::lossless(file.as_os_str()),
                Destination::Stdout | Destination::Folder(_) => DASH.to_owned(),
            });
        }),
        false => develop(Wanted::Avatar, &mut record).and_then(|developed| {
            let pictures = (poster, preview.as_ref());
            put(&developed, destination, pictures, &mut record, console)
        }),
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

/// Puts what was made in its places.
fn put(
    developed: &Developed,
    destination: &Destination,
    (poster, preview): (Option<&Poster>, Option<&Preview>),
    record: &mut Record,
    console: &mut Console,
) -> Result<(), Failure> {
    match destination {
        Destination::File(file) => {
            write::file(file, &developed.avatar)?;
            record.output = Some(escape::lossless(file.as_os_str()));
        }
        Destination::Stdout | Destination::Folder(_) => {
            console.bytes(&developed.avatar)?;
            record.output = Some(DASH.to_owned());
        }
    }
    if let (Some(poster), Some(still)) = (poster, &developed.still) {
        record.steps.push(poster.write(still)?);
    }
    if let Some(preview) = preview {
        let drawn = preview.write(&developed.avatar, Fit::Contain)?;
        record.steps.push(drawn);
    }
    Ok(())
}
