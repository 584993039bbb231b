//! One photo in the studio: saved to a file, or set as the profile photo.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use clap::Parser;
use headshot_core::{Avatar, Format, Options, StillFormat, probe};
use headshot_studio::{Photo, Posted, Save, Set, Settings, Work};

use crate::args::{Cli, Command, SetArgs};
use crate::claims::output::Destination;
use crate::claims::{Claims, Content, PHOTO, Target};
use crate::files::input::{self, is_dash};
use crate::photo::image_args::FormatArg;
use crate::set;
use crate::slack::Slack;
use crate::studio::args::StudioArgs;
use crate::studio::hints::reason;
use crate::studio::{command_line, default_choice};
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use crate::terminal::plain_text;
use crate::trace;

/// The settings of a studio for one photo.
pub(super) fn settings(photo: &Path, args: &StudioArgs) -> Result<Settings, Failure> {
    if is_dash(photo) {
        let failure = Failure::usage("standard input cannot be read again while you look");
        return Err(failure.with_hint("save the photo as a file"));
    }
    let of_photo = |failure: Failure| {
        let message = format!("{}: {}", escape::name(photo), failure.message);
        Failure { message, ..failure }
    };
    let mut options = Options::default();
    let bytes = input::read(photo, options.limits.bytes).map_err(of_photo)?;
    probe(&bytes, &options.limits).map_err(|error| of_photo(error.into()))?;
    let out = args.output.as_deref();
    if let Some(out) = out {
        let destination = destination(photo, out)?;
        options.format = match destination.named_format()? {
            Some(FormatArg::Jpeg) => StillFormat::Jpeg(None),
            Some(FormatArg::Png) => StillFormat::Png,
            Some(FormatArg::Auto) | None => options.format,
        };
        // Refuse before the user has chosen.
        claim(photo, out)?.prepare()?;
    }
    let save = match out {
        Some(out) => Ok(save(photo.to_owned(), out.to_owned())),
        None => Err("say where: headshot studio PHOTO -o FILE".to_owned()),
    };
    let set = match trace::network_alone(&args.slack)
        .and_then(|network| Slack::new(&args.slack, &network))
    {
        Ok(slack) => Ok(set(photo, args, slack)?),
        Err(failure) => Err(reason(&failure)),
    };
    let (path, out) = (photo.to_owned(), args.output.clone());
    Ok(Settings {
        title: escape::lossless(photo.as_os_str()),
        photos: vec![Photo {
            name: escape::lossless(photo.file_name().unwrap_or_default()),
            path: photo.to_owned(),
            real: None,
            person: None,
            default: default_choice(),
            options,
        }],
        choices: None,
        work: Work::One { save, set },
        command: Box::new(move |_, choice, format| {
            command_line::normalize(&path, choice, out.as_deref(), format)
        }),
    })
}

/// One photo goes to a file.
fn destination(photo: &Path, out: &Path) -> Result<Destination, Failure> {
    let is_file = !is_dash(out);
    match Destination::new(out, &[photo.to_owned()]) {
        Ok(destination @ Destination::File(_)) if is_file => Ok(destination),
        Err(failure) if is_file => Err(failure),
        _ => {
            let message = format!("-o {}: one photo is saved to a file", escape::name(out));
            Err(Failure::usage(message).with_hint("name one, as in -o avatar.jpg"))
        }
    }
}

fn claim(photo: &Path, out: &Path) -> Result<Target, Failure> {
    let mut claims = Claims::default();
    claims.read(PHOTO, photo);
    claims.claim("-o", out, Content::Picture)
}

fn save(photo: PathBuf, out: PathBuf) -> Save {
    Save {
        path: escape::lossless(out.as_os_str()),
        write: Box::new(move |avatar| write(&photo, &out, avatar)),
    }
}

/// Saves an avatar as `normalize -o` does.
fn write(photo: &Path, out: &Path, avatar: &Avatar) -> Result<(), Failure> {
    let destination = destination(photo, out)?;
    let format = avatar.format();
    destination.check_name(format)?;
    let named = match destination.named_format()? {
        Some(FormatArg::Jpeg) => Some(Format::Jpeg),
        Some(FormatArg::Png) => Some(Format::Png),
        Some(FormatArg::Auto) | None => None,
    };
    if named.is_some_and(|named| named != format) {
        let message = format!(
            "the avatar is a {format}, but {} has another extension",
            escape::name(out)
        );
        let failure = Failure::usage(message);
        return Err(failure.with_hint("choose the format that the name says"));
    }
    claim(photo, out)?.write(&avatar.bytes())
}

/// Sets avatars as `set` does, with one client for all of them.
fn set(photo: &Path, args: &StudioArgs, slack: Slack) -> Result<Set, Failure> {
    let name = photo.as_os_str();
    let words = [
        OsString::from("headshot"),
        "set".into(),
        "--".into(),
        name.to_owned(),
    ];
    let parsed = Cli::try_parse_from(words).map(|cli| cli.command);
    let Ok(Command::Set(as_set)) = parsed else {
        return Err(Failure::new("internal", "set is not understood"));
    };
    let mut claims = Claims::default();
    let token = args.slack.token_file.iter();
    token.for_each(|file| claims.read("the token in", file));
    let place = slack.whom();
    let slack = Mutex::new(slack);
    let path = photo.to_owned();
    Ok(Set {
        place,
        post: Box::new(move |bytes, options| {
            // Two at once would back up each other's photo.
            let slack = slack.lock().unwrap_or_else(PoisonError::into_inner);
            post(&path, bytes, options, &as_set, &slack)
        }),
    })
}

fn post(
    photo: &Path,
    bytes: Bytes,
    options: &Options,
    args: &SetArgs,
    slack: &Slack,
) -> Result<Posted, Failure> {
    let record = set::read(photo, bytes.into(), args, options, slack)?;
    let avatar = record.avatar.as_ref().map(plain_text::made);
    let mut message = format!("set at {}: {}", slack.whom(), avatar.unwrap_or_default());
    for warning in record.other_warnings() {
        message.push_str(&format!("; {warning}"));
    }
    let profile = record.profile.as_ref();
    Ok(Posted {
        message,
        avatar_hash: profile.and_then(|profile| profile.avatar_hash.clone()),
        image_512: profile.and_then(|profile| profile.image_512.clone()),
    })
}
