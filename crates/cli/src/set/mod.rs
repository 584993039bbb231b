//! `set`: a photo becomes an avatar, the avatar becomes the profile photo, and the profile is read back.

pub(crate) mod backup_args;
pub(crate) mod manifest;
pub(crate) mod manifest_args;
mod pending;
mod post;
mod record;
pub(crate) mod replace;
mod send;
mod upload;

use std::path::Path;

use headshot_batch::Thumbnail;
use headshot_core::{Fit, Options};

use crate::args::SetArgs;
use crate::claims::Claims;
use crate::files::input;
use crate::photo::face_hint;
use crate::preview::Preview;
use crate::preview::explain::{Explain, SIDE};
use crate::slack::Slack;
use crate::terminal::console::{self, Console};
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt::INTERRUPTED;
use crate::terminal::plain_text;
use crate::terminal::record::Record;
use crate::trace;

use record::SetRecord;
use replace::{Purpose, Shown};
use send::send;
use upload::Upload;

pub(crate) fn run(args: &SetArgs, console: &mut Console) -> Result<Exit, Failure> {
    if let Some(manifest) = &args.many.manifest {
        return manifest::run(args, manifest, console);
    }
    // The parser lets these pass beside a photo, although they need a manifest.
    if let Some(flag) = args.many.first() {
        let failure = Failure::usage(format!("{flag} is only for --manifest"));
        return Err(failure
            .with_hint("leave it out, or give the photos of many people with --manifest CSV"));
    }
    let options = args.image.options(None)?;
    let mut claims = Claims::default();
    args.photo
        .iter()
        .for_each(|photo| claims.read("the photo", photo));
    let token = args.slack.token_file.iter();
    token.for_each(|file| claims.read("the token in", file));
    let preview = args.preview.as_ref();
    let preview = preview.map(|file| Preview::new(file, args.photo.as_slice(), &mut claims));
    let preview = preview.transpose()?;
    let explain = args.explain.as_ref();
    let explain =
        explain.map(|file| Explain::new(file, args.photo.as_slice(), &options, &mut claims));
    let explain = explain.transpose()?;
    let drawings = (preview.as_ref(), explain.as_ref());
    let network = trace::network(&args.slack, &mut claims)?;
    let slack = Slack::for_one(&args.slack, args.many.settle(), &network)?;
    let photo = args.photo.as_deref().unwrap_or(Path::new("--restore"));
    let mut record = SetRecord::new(photo);
    let end = set(args, &options, drawings, &slack, &mut record);
    record.ended(end);
    let describe = |_: &Record, console: &mut Console| {
        plain_text::photo_and_avatar(&record, console);
        if let Some(profile) = &record.profile {
            plain_text::profile(profile, console);
        }
    };
    let exit = plain_text::print(photo, &record, &record, args.json, console, describe);
    if record.is_hinted && record.error.is_none() {
        console::remark(face_hint::HINT);
    }
    let failure = record.error.as_ref();
    Ok(
        if failure.is_some_and(|failure| failure.kind == INTERRUPTED) {
            Exit::Interrupted
        } else {
            exit
        },
    )
}

fn set(
    args: &SetArgs,
    options: &Options,
    (preview, explain): (Option<&Preview>, Option<&Explain>),
    slack: &Slack,
    record: &mut SetRecord,
) -> Result<(), Failure> {
    // The photo first: if it is unusable, nothing else needs to happen.
    let upload = match &args.photo {
        None => None,
        Some(photo) => {
            let bytes = input::read(photo, options.limits.bytes)?;
            let prepared = match explain {
                // To draw it if it is refused.
                Some(explain) => {
                    upload::prepare(bytes.clone(), args, options, record).inspect_err(|failure| {
                        let picture = Thumbnail::of_refused(&bytes, options, SIDE, failure);
                        if let Some(picture) = picture {
                            explain.write_of_refused(&picture, record);
                        }
                    })
                }
                None => upload::prepare(bytes, args, options, record),
            };
            let upload = prepared?;
            let may_hint = args.image.leaves_the_fit() && !args.json;
            record.is_hinted = may_hint
                && (upload.source.as_ref()).is_some_and(|photo| face_hint::applies(photo, options));
            Some(upload)
        }
    };
    if args.dry_run {
        return plan(upload, args, slack, record);
    }
    let blind = args.backup.no_backup && !args.if_changed && args.restore.is_none();
    let shown = if blind {
        None
    } else {
        Some(Shown::look(
            slack.owner()?,
            Purpose::Change,
            cannot(args),
            slack,
            record,
        )?)
    };
    let mut shown = shown;
    if let Some(shown) = &mut shown {
        pending::wait(shown, args.many.settle(), slack, record)?;
    }
    let upload = match (upload, &shown, &args.restore) {
        (Some(upload), _, _) => upload,
        (None, Some(shown), Some(hash)) => {
            let upload = replace::restored(shown, hash, record)?;
            // Before it is sent, not after.
            let avatar = record
                .avatar
                .as_ref()
                .map(plain_text::made)
                .unwrap_or_default();
            let (photo, whose) = (&record.photo, &shown.owner);
            console::remark(&format!("putting back {photo} ({avatar}) for {whose}"));
            upload
        }
        _ => return Err(Failure::usage("there is no photo")),
    };
    if let Some(preview) = preview {
        let fit = upload.crop.map_or(Fit::Contain, Fit::Crop);
        let drawn = preview.write(upload.photo.bytes(), fit)?;
        record.steps.push(drawn);
    }
    if let (Some(explain), Some(photo)) = (explain, &upload.source) {
        match &upload.faces {
            Some(faces) => {
                let picture = headshot_core::explain(photo, Some(faces), SIDE, options)?;
                record.steps.push(explain.write(&picture)?);
            }
            None => record.warnings.push(Explain::NOTHING.to_owned()),
        }
    }
    send(upload, &mut shown, args, options, slack, record, |_| Ok(()))
}

/// Sets the avatar of a photo that was already read, as `set` does: it keeps the old photo and notes what was sent.
///
/// # Errors
/// Those of `set`. The record is lost then.
#[cfg(feature = "studio")]
pub(crate) fn read(
    photo: &Path,
    bytes: Vec<u8>,
    args: &SetArgs,
    options: &Options,
    slack: &Slack,
) -> Result<SetRecord, Failure> {
    let mut record = SetRecord::new(photo);
    let upload = upload::prepare(bytes, args, options, &mut record)?;
    let cannot = cannot(args);
    let owner = slack.owner()?;
    let mut shown = Shown::look(owner, Purpose::Change, cannot, slack, &mut record)?;
    pending::wait(&mut shown, args.many.settle(), slack, &mut record)?;
    let mut shown = Some(shown);
    send(
        upload,
        &mut shown,
        args,
        options,
        slack,
        &mut record,
        |_| Ok(()),
    )?;
    Ok(record)
}

/// What cannot be done if the token may not read the profile; nothing if it is impossible to go on.
fn cannot(args: &SetArgs) -> Option<&'static str> {
    match (&args.restore, args.if_changed, args.backup.no_backup) {
        (Some(_), _, _) => None,
        (None, true, true) => Some("--if-changed cannot tell"),
        (None, true, false) => Some("--if-changed cannot tell, and no photo is kept"),
        (None, false, _) => Some("no photo is kept for --restore"),
    }
}

/// What would be posted, for whom, and what would be kept.
fn plan(
    upload: Option<Upload>,
    args: &SetArgs,
    slack: &Slack,
    record: &mut SetRecord,
) -> Result<(), Failure> {
    let shown = Shown::look(slack.owner()?, Purpose::Plan, cannot(args), slack, record)?;
    let upload = match (upload, &args.restore) {
        (None, Some(hash)) => replace::restored(&shown, hash, record)?,
        (Some(upload), _) => upload,
        (None, None) => return Err(Failure::usage("there is no photo")),
    };
    shown.owner.must_write()?;
    let step = if args.if_changed && shown.shows(&upload.fingerprint()) {
        "already set: nothing would be sent".to_owned()
    } else {
        format!(
            "would be posted to users.setPhoto at {} for {}",
            slack.whom(),
            shown.owner
        )
    };
    record.steps.push(step);
    record.steps.extend(replace::plan(&shown, &args.backup)?);
    record.profile = shown.profile;
    Ok(())
}
