//! `normalize`: photos in, avatars out, each written whole or not at all. Whatever goes into a folder is a batch.

pub(crate) mod batch_args;
mod chosen;
pub(crate) mod isolation;
mod many;
mod poster;
mod progress;
mod recipe;
mod repeated;
mod report;
pub(crate) mod summary;

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use headshot_core::{Fit, Options};

use crate::args::NormalizeArgs;
use crate::claims::output::Destination;
use crate::claims::{Claims, Content, PHOTO, Target};
use crate::files::input::{self, DASH, is_dash};
use crate::files::write::DISK_FULL;
use crate::photo::{self, face_hint};
use crate::preview::Preview;
use crate::preview::explain::Explain;
use crate::terminal::console::{self, Console};
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use crate::terminal::plain_text;
use crate::terminal::record::Record;
use headshot_batch::Maker;
use headshot_batch::Thumbnails;
use headshot_batch::list;
use headshot_batch::{MadeAvatar, Recipe, Wanted};

use poster::Poster;
use repeated::{once, repeated};
use report::Report;

pub(crate) fn run(args: &NormalizeArgs, console: &mut Console) -> Result<Exit, Failure> {
    input::refuse_stdin_twice(&args.photos)?;
    let mut photos = args.photos.clone();
    let destination = match &args.batch.from_file {
        None => Destination::new(&args.output, once(&photos, &args.output))?,
        Some(list) => {
            photos.extend(listed(list)?);
            Destination::folder(&args.output)?
        }
    };
    if args.json && destination == Destination::Stdout {
        return Err(Failure::usage(
            "-o - and --json: standard output holds the avatar or the JSON, not both",
        ));
    }
    let choices = match &destination {
        Destination::Folder(out) => chosen::read(args, out)?,
        Destination::File(_) | Destination::Stdout => None,
    };
    let fits = choices.as_ref().map(chosen::fits).unwrap_or_default();
    let recipe = recipe::new(args, destination.named_format()?, &fits)?;
    if args.batch.dry_run && !args.json && !args.batch.quiet {
        photo::tell_of_looks(&recipe.options);
    }
    let mut claims = Claims::default();
    photos.iter().for_each(|photo| claims.read(PHOTO, photo));
    let list = args.batch.from_file.iter();
    list.for_each(|list| claims.read("the list", list));
    if args.no_clobber {
        claims.keep_existing();
    }
    match &destination {
        Destination::Folder(out) => {
            refuse_for_one(args)?;
            claims.make(out)?;
            let choices = choices.as_ref();
            many::run(args, &photos, out, claims, &recipe, choices, console)
        }
        Destination::File(_) | Destination::Stdout => {
            one(args, &destination, claims, &recipe, console)
        }
    }
}

/// The names in the list of `--from-file`; `-` reads standard input.
fn listed(list: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut text = Vec::new();
    let read = if is_dash(list) {
        io::stdin().lock().read_to_end(&mut text).map(drop)
    } else {
        fs::read(list).map(|read| text = read)
    };
    let flag = format!("--from-file {}", escape::name(list));
    read.map_err(|error| Failure::io("usage", format!("{flag}: cannot be read"), &error))?;
    list::names(&text).map_err(|failure| {
        let message = format!("{flag}: {}", failure.message);
        Failure { message, ..failure }
    })
}

/// Refuses options that make sense only for a single avatar.
fn refuse_for_one(args: &NormalizeArgs) -> Result<(), Failure> {
    let flags = [
        ("--preview", "avatar", &args.preview),
        ("--explain", "photo", &args.explain),
    ];
    let mut given = flags.iter().filter(|(_, _, file)| file.is_some());
    let Some((flag, what, _)) = given.next() else {
        return Ok(());
    };
    let failure = Failure::usage(format!("{flag}: it shows one {what}, not a folder of them"));
    Err(failure.with_hint("name a file, as in -o avatar.jpg; --sheet makes a page of all of them"))
}

/// Where the files of a single photo go.
struct Targets {
    /// `None` for standard output.
    avatar: Option<Target>,
    poster: Option<Poster>,
    preview: Option<Preview>,
    explain: Option<Explain>,
    report: Option<Target>,
}

impl Targets {
    /// Claims them all. Touches nothing.
    fn claim(
        args: &NormalizeArgs,
        options: &Options,
        destination: &Destination,
        mut claims: Claims,
    ) -> Result<Targets, Failure> {
        if args.batch.sheet.is_some() {
            return Err(
                Failure::usage("--sheet: it is a page of all avatars in a folder")
                    .with_hint("name a folder, as in -o avatars/; --preview shows a single one"),
            );
        }
        let avatar = match destination {
            Destination::File(file) => Some(claims.claim("-o", file, Content::Picture)?),
            Destination::Stdout | Destination::Folder(_) => {
                claims.claim_stdout()?;
                None
            }
        };
        let photos = once(&args.photos, &args.output);
        let poster = args.poster.as_ref();
        let poster = poster.map(|file| Poster::new(file, photos, &mut claims));
        let poster = poster.transpose()?;
        let preview = args.preview.as_ref();
        let preview = preview.map(|file| Preview::new(file, photos, &mut claims));
        let preview = preview.transpose()?;
        let explain = args.explain.as_ref();
        let explain = explain.map(|file| Explain::new(file, photos, options, &mut claims));
        let explain = explain.transpose()?;
        let report = Report::claim(args, &mut claims)?;
        if !args.batch.dry_run {
            avatar.as_ref().map_or(Ok(()), Target::prepare)?;
        }
        Ok(Targets {
            avatar,
            poster,
            preview,
            explain,
            report,
        })
    }
}

/// One photo to a file or to standard output, which leaves no trace beside it.
fn one(
    args: &NormalizeArgs,
    destination: &Destination,
    claims: Claims,
    recipe: &Recipe,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let photo = &args.photos[0];
    let mut targets = Targets::claim(args, &recipe.options, destination, claims)?;
    if !args.batch.quiet {
        tell_what_does_nothing(args);
    }
    let report = targets.report.take();
    let mut report = report.map(Report::new).transpose()?;
    let mut record = Record::new(photo);
    record.planned = args.batch.dry_run;
    let isolation = isolation::new(args, recipe)?;
    let mut maker = Maker::new(recipe, isolation.as_ref());
    // With a worker, no other process touches the photo.
    let may_hint =
        args.image.leaves_the_fit() && !args.json && !args.batch.quiet && isolation.is_none();
    let mut is_hinted = false;
    let mut thumbnails = Thumbnails::default();
    let mut make_avatar = |wanted, record: &mut Record| {
        let bytes = input::read(photo, recipe.options.limits.bytes)?;
        let made = maker.make_avatar(&bytes, None, wanted, record, &mut thumbnails)?;
        destination.check_name(record.format()?)?;
        is_hinted = may_hint && face_hint::applies(&bytes, &recipe.options);
        Ok(made)
    };
    let end = if args.batch.dry_run {
        make_avatar(Wanted::Plan, &mut record).map(|_| {
            record.output = Some(match destination {
                Destination::File(file) => escape::lossless(file.as_os_str()),
                Destination::Stdout | Destination::Folder(_) => DASH.to_owned(),
            });
        })
    } else {
        match make_avatar(Wanted::Avatar, &mut record) {
            Ok(made) => put(&made, &thumbnails, &targets, &mut record, console),
            Err(failure) => {
                // The faces to choose from.
                if let (Some(explain), Some(picture)) = (&targets.explain, &thumbnails.face) {
                    explain.write_of_refused(picture, &mut record);
                }
                Err(failure)
            }
        }
    };
    let end = end.map_err(|failure| {
        if failure.kind == DISK_FULL {
            failure.with_hint("make room, and run the same command again")
        } else {
            failure
        }
    });
    record.ended(end);
    let is_told = *destination != Destination::Stdout && !args.batch.quiet;
    let exit = plain_text::print(
        photo,
        &record,
        &record,
        args.json,
        console,
        |record, console| {
            if is_told {
                plain_text::written(record, console);
            }
        },
    );
    let exit = match &record.error {
        Some(failure) => exit_of(failure),
        None => exit,
    };
    if is_hinted {
        console::remark(face_hint::HINT);
    }
    if args.batch.dry_run && record.error.is_none() && !args.json && !args.batch.quiet {
        console::remark(plain_text::PLANNED);
    }
    // Something has been written by now, so the run has begun.
    let reported = report
        .as_mut()
        .map_or(Ok(()), |report| report.write(&record));
    let reported = reported.and(report.map_or(Ok(()), Report::finish));
    Ok(match reported {
        Ok(()) => exit,
        Err(failure) => {
            console::failed(None, &failure);
            Exit::worst([exit, exit_of(&failure)])
        }
    })
}

/// As for a folder: a full disk passes, and the same command goes on.
fn exit_of(failure: &Failure) -> Exit {
    if failure.kind == DISK_FULL {
        Exit::Stopped
    } else {
        Exit::Failed
    }
}

/// Names what was given for nothing.
fn tell_what_does_nothing(args: &NormalizeArgs) {
    let idle = args.batch.for_folders();
    if let [flags @ .., last] = &idle[..] {
        let (flags, verb) = match flags {
            [] => ((*last).to_owned(), "does"),
            _ => (format!("{} and {last}", flags.join(", ")), "do"),
        };
        let message = format!(
            "{flags} {verb} nothing for a single avatar, only for a folder, as in -o avatars/"
        );
        console::warning(None, &message);
    }
    if args.photos.len() > 1 {
        console::remark(&repeated(&args.photos[0], 0));
    }
}

/// Writes what was made to its files.
fn put(
    made: &MadeAvatar,
    thumbnails: &Thumbnails,
    targets: &Targets,
    record: &mut Record,
    console: &mut Console,
) -> Result<(), Failure> {
    match &targets.avatar {
        Some(target) => {
            target.write(&made.avatar)?;
            record.output = Some(escape::lossless(target.path.as_os_str()));
        }
        None => {
            console.bytes(&made.avatar)?;
            record.output = Some(DASH.to_owned());
        }
    }
    if let (Some(poster), Some(still)) = (&targets.poster, &made.still) {
        record.steps.push(poster.write(still)?);
    }
    if let Some(preview) = &targets.preview {
        let drawn = preview.write(&made.avatar, Fit::Contain)?;
        record.steps.push(drawn);
    }
    if let Some(explain) = &targets.explain {
        match &thumbnails.face {
            Some(picture) => record.steps.push(explain.write(&picture.bytes())?),
            None => record.warnings.push(Explain::NOTHING.to_owned()),
        }
    }
    Ok(())
}
