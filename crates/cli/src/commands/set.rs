//! `set`: a photo becomes an avatar, the avatar becomes the profile photo, and the profile is read back.

use std::path::Path;

use bytes::Bytes;
use headshot_core::{CropBox, Fit, Info, Options, Plan, SideRange, normalize, probe};
use headshot_upload::{Class, Photo};

use crate::args::SetArgs;
use crate::claims::Claims;

use crate::console::{self, Console};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::interrupt::INTERRUPTED;
use crate::manifest;
use crate::memory::{Fingerprint, Sent};
use crate::pending;
use crate::post;
use crate::preview::Preview;
use crate::replace::{self, Purpose, Shown};
use crate::report::{Made, Record, sha256, word};
use crate::slack::Slack;
use crate::words;

/// What is posted.
pub(crate) struct Upload {
    pub(crate) photo: Photo,
    /// What Slack is asked to cut out; nothing when that was done here.
    pub(crate) crop: Option<CropBox>,
    /// The photo that the avatar was made of, for another one with fewer frames.
    pub(crate) source: Option<Vec<u8>>,
    /// Whether headshot made it, so that it can be made again.
    pub(crate) made: bool,
}

impl Upload {
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint {
            sha256: sha256(self.photo.bytes()),
            crop: self.crop.map(|CropBox { x, y, side }| [x, y, side]),
        }
    }
}

pub(crate) fn run(args: &SetArgs, console: &mut Console) -> Result<Exit, Failure> {
    if let Some(manifest) = &args.many.manifest {
        return manifest::run(args, manifest, console);
    }
    // The parser lets these pass beside a photo, which contradicts the manifest that they need.
    if args.many.is_any() {
        return Err(Failure::usage(
            "--journal, --report and the like are for --manifest only",
        ));
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
    let slack = Slack::for_one(&args.slack, args.many.settle)?;
    let photo = args.photo.as_deref().unwrap_or(Path::new("--restore"));
    let mut record = Record::new(photo);
    record.profile = Some(None);
    let end = set(args, &options, preview.as_ref(), &slack, &mut record);
    record.ended(end);
    let describe = |record: &Record, console: &mut Console| {
        words::photo_and_avatar(record, console);
        if let Some(Some(profile)) = &record.profile {
            words::profile(profile, console);
        }
    };
    let exit = words::print(photo, &record, args.json, console, describe);
    let failure = record.error.as_ref();
    Ok(
        match failure.is_some_and(|failure| failure.kind == INTERRUPTED) {
            true => Exit::Interrupted,
            false => exit,
        },
    )
}

fn set(
    args: &SetArgs,
    options: &Options,
    preview: Option<&Preview>,
    slack: &Slack,
    record: &mut Record,
) -> Result<(), Failure> {
    // The photo first: one that is no good is nobody else's business.
    let upload = match &args.photo {
        None => None,
        Some(photo) => {
            let bytes = input::read(photo, options.limits.bytes)?;
            Some(prepare(bytes, args, options, record)?)
        }
    };
    if args.dry_run {
        return plan(upload, args, slack, record);
    }
    let blind = args.backup.no_backup && !args.if_changed && args.restore.is_none();
    let shown = match blind {
        true => None,
        false => Some(Shown::look(
            slack.owner()?,
            Purpose::Change,
            cannot(args),
            slack,
            record,
        )?),
    };
    let mut shown = shown;
    if let Some(shown) = &mut shown {
        pending::wait(shown, args.many.settle, slack, record)?;
    }
    let upload = match (upload, &shown, &args.restore) {
        (Some(upload), _, _) => upload,
        (None, Some(shown), Some(hash)) => {
            let upload = replace::restored(shown, hash, record)?;
            // Before it goes out, not after.
            let avatar = record.avatar.as_ref().map(words::made).unwrap_or_default();
            let (photo, whose) = (&record.photo, &shown.owner);
            console::remark(&format!("puts back {photo} ({avatar}) for {whose}"));
            upload
        }
        _ => return Err(Failure::usage("there is no photo")),
    };
    if let Some(preview) = preview {
        let fit = upload.crop.map_or(Fit::Contain, Fit::Crop);
        let drawn = preview.write(upload.photo.bytes(), fit)?;
        record.steps.push(drawn);
    }
    send(upload, &mut shown, args, options, slack, record, |_| Ok(()))
}

/// What cannot be done where the token may not see the profile; nothing where that is no way to go on.
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
    record: &mut Record,
) -> Result<(), Failure> {
    let shown = Shown::look(slack.owner()?, Purpose::Plan, cannot(args), slack, record)?;
    let upload = match (upload, &args.restore) {
        (None, Some(hash)) => replace::restored(&shown, hash, record)?,
        (Some(upload), _) => upload,
        (None, None) => return Err(Failure::usage("there is no photo")),
    };
    shown.owner.must_write()?;
    let step = match args.if_changed && shown.shows(&upload.fingerprint()) {
        true => "already set: nothing would be sent".to_owned(),
        false => format!(
            "would be posted to users.setPhoto at {} for {}",
            slack.whom(),
            shown.owner
        ),
    };
    record.steps.push(step);
    record.steps.extend(replace::plan(&shown, &args.backup)?);
    record.profile = Some(shown.profile);
    Ok(())
}

/// What is posted of a photo with these bytes.
pub(crate) fn prepare(
    photo: Vec<u8>,
    args: &SetArgs,
    options: &Options,
    record: &mut Record,
) -> Result<Upload, Failure> {
    match args.as_is {
        true => unchanged(photo.into(), options, record),
        false => normalized(photo, options, record),
    }
}

/// Posts, unless that is not needed, and keeps and notes whatever has to be. `begin` is called right before the post,
/// with the hash of what is kept, and stops it when it fails. Where nobody has looked at the profile, nothing is kept.
/// `shown` stays, and with it the person's lock, where it failed.
pub(crate) fn send(
    upload: Upload,
    shown: &mut Option<Shown>,
    args: &SetArgs,
    options: &Options,
    slack: &Slack,
    record: &mut Record,
    begin: impl FnOnce(Option<&str>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let fingerprint = upload.fingerprint();
    let is_shown = shown
        .as_ref()
        .is_some_and(|shown| shown.shows(&fingerprint));
    if args.if_changed && is_shown {
        record.steps.push("already set: nothing sent".to_owned());
        record.profile = shown.take().map(|shown| shown.profile);
        return Ok(());
    }
    if args.if_changed
        && let Some(Err(failure)) = shown.as_ref().map(|shown| &shown.memory)
    {
        let warning = format!(
            "--if-changed cannot tell, so it is sent: {}",
            failure.message
        );
        record.warnings.push(warning);
    }
    let made = upload.made;
    let sent = Some((fingerprint.clone(), made));
    let replaced = match shown {
        Some(shown) => replace::begin(shown, is_shown, sent, &args.backup, slack, record)?,
        None => None,
    };
    let looked = shown.as_ref().map(|shown| shown.profile.as_ref());
    let set = begin(replaced.as_deref())
        .and_then(|()| post::halving(upload, looked, options, slack, record));
    let set = set.inspect_err(|failure| {
        let is_open = [Class::OutcomeUnknown.as_str(), INTERRUPTED].contains(&&failure.kind[..]);
        if let (false, Some(Ok(memory))) = (is_open, shown.as_mut().map(|s| &mut s.memory)) {
            // What was surely not done is nothing to wait for. If that cannot be noted it is waited for.
            memory.note.pending = None;
            let _ = memory.save();
        }
    })?;
    let now = post::read_back(&set, slack, record);
    let is_proven = set.is_proven;
    let hash = set.value.and_then(|profile| profile.avatar_hash);
    if let Some(profile) = &now {
        let memory = match shown.take() {
            Some(shown) => shown.profile.map(|_| shown.memory),
            None => Some(replace::remember_after(profile, slack, record)),
        };
        let hash = hash.or_else(|| profile.avatar_hash.clone());
        // A photo that may be somebody else's is not noted as ours.
        let hash = hash.filter(|_| is_proven);
        let sent = hash.map(|avatar_hash| Sent {
            upload: fingerprint,
            avatar_hash,
            made,
        });
        if let Some(memory) = memory {
            replace::end(memory, sent, replaced, args.backup.keep, slack, record);
        }
    }
    record.profile = Some(now);
    Ok(())
}

/// The avatar made here.
fn normalized(bytes: Vec<u8>, options: &Options, record: &mut Record) -> Result<Upload, Failure> {
    record.probed(&probe(&bytes, &options.limits)?);
    let avatar = normalize(&bytes, options)?;
    record.made(&avatar);
    Ok(Upload {
        photo: Photo::new(avatar.bytes())?,
        crop: None,
        source: Some(bytes),
        made: true,
    })
}

/// The file as it is, once it is sure that Slack can make sense of it.
fn unchanged(bytes: Bytes, options: &Options, record: &mut Record) -> Result<Upload, Failure> {
    let info = probe(&bytes, &options.limits)?;
    record.probed(&info);
    let crop = match options.fit {
        Fit::Crop(crop) => Some(crop),
        Fit::Contain | Fit::Cover => None,
    };
    // Only for its refusal of a crop outside the photo; nothing else can be asked for here.
    Plan::new(&info, options)?;
    let square = (info.size.width() == info.size.height()).then(|| info.size.width());
    record.avatar = Some(Made {
        format: word(info.format),
        side: crop.map(|crop| crop.side).or(square),
        frames: info.frames,
        bytes: Some(info.bytes),
        sha256: Some(sha256(&bytes)),
        damaged: None,
    });
    record
        .steps
        .push("left as it is, metadata included".to_owned());
    record.warnings.extend(left_to_slack(&info, crop));
    Ok(Upload {
        photo: Photo::new(bytes)?,
        crop,
        source: None,
        made: false,
    })
}

/// What Slack's documents advise against or leave open, and `normalize` would have settled.
fn left_to_slack(info: &Info, crop: Option<CropBox>) -> Vec<String> {
    let mut warnings = Vec::new();
    let orientation = info.orientation.exif();
    if orientation != 1 {
        let crop = crop.map_or("", |_| " and whether it crops before that");
        warnings.push(format!(
            "whether Slack turns a photo of EXIF orientation {orientation}{crop} is not documented: leave out --as-is"
        ));
    }
    let advised = SideRange::SLACK.min()..=SideRange::SLACK.max();
    let (width, height) = (info.size.width(), info.size.height());
    // Slack pads the shorter side, so the longer one is that of the square, unless a box is cut out.
    let side = crop.map_or(info.size.longer(), |crop| crop.side);
    if !advised.contains(&side) || width.max(height) > *advised.end() {
        warnings.push(format!(
            "the square is {side} pixels wide, of a photo of {width} x {height}: Slack advises {} to {}",
            advised.start(),
            advised.end()
        ));
    }
    warnings
}
