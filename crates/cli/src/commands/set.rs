//! `set`: a photo becomes an avatar, the avatar becomes the profile photo, and the profile is read back.

use std::path::Path;

use bytes::Bytes;
use headshot_core::{CropBox, Fit, Info, Options, Plan, SideRange, normalize, probe};
use headshot_upload::{Photo, Profile, Reply};

use crate::args::SetArgs;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::report::{Made, Record, sha256, word};
use crate::slack::Slack;
use crate::words;

/// What is posted.
struct Upload {
    photo: Photo,
    /// What Slack is asked to cut out; nothing when that was done here.
    crop: Option<CropBox>,
}

pub(crate) fn run(args: &SetArgs, console: &mut Console) -> Result<Exit, Failure> {
    let options = args.image.options(None)?;
    let slack = Slack::new(&args.slack)?;
    let mut record = Record::new(&args.photo);
    record.profile = Some(None);
    let prepared = if args.as_is {
        unchanged(&args.photo, &options, &mut record)
    } else {
        normalized(&args.photo, &options, &mut record)
    };
    let end = prepared.and_then(|upload| post(&upload, &slack, &mut record));
    record.ended(end);
    let exit = words::print(
        &args.photo,
        &record,
        args.json,
        console,
        |record, console| {
            words::photo_and_avatar(record, console);
            if let Some(Some(profile)) = &record.profile {
                words::profile(profile, console);
            }
        },
    );
    Ok(exit)
}

/// The avatar made here.
fn normalized(photo: &Path, options: &Options, record: &mut Record) -> Result<Upload, Failure> {
    let bytes = input::read(photo, options.limits.bytes)?;
    record.probed(&probe(&bytes, &options.limits)?);
    let avatar = normalize(&bytes, options)?;
    record.made(&avatar);
    Ok(Upload {
        photo: Photo::new(avatar.bytes())?,
        crop: None,
    })
}

/// The file as it is, once it is sure that Slack can make sense of it.
fn unchanged(photo: &Path, options: &Options, record: &mut Record) -> Result<Upload, Failure> {
    let bytes = Bytes::from(input::read(photo, options.limits.bytes)?);
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
    });
    record
        .steps
        .push("left as it is, metadata included".to_owned());
    record.warnings.extend(left_to_slack(&info, crop));
    Ok(Upload {
        photo: Photo::new(bytes)?,
        crop,
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

fn post(upload: &Upload, slack: &Slack, record: &mut Record) -> Result<(), Failure> {
    let crop = upload
        .crop
        .map(|CropBox { x, y, side }| headshot_upload::CropBox { x, y, side });
    let reply = slack.wait(slack.client.set_photo(&upload.photo, crop))?;
    let crop = upload.crop.map_or(String::new(), |CropBox { x, y, side }| {
        format!(" with crop_x {x}, crop_y {y}, crop_w {side}")
    });
    record.steps.push(format!(
        "posted to users.setPhoto{crop} at {}",
        slack.whom()
    ));
    record.warnings.extend(reply.warnings.iter().cloned());
    record.profile = Some(read_back(&reply, slack, record));
    Ok(())
}

/// The profile as it is now. The photo is set already, so what goes wrong here is only worth a warning.
fn read_back(set: &Reply<Option<Profile>>, slack: &Slack, record: &mut Record) -> Option<Profile> {
    match slack.wait(slack.client.profile(None)) {
        Ok(now) => {
            record.warnings.extend(now.warnings);
            let hash_set = set.value.as_ref().and_then(|set| set.avatar_hash.as_ref());
            if hash_set.is_some() && hash_set != now.value.avatar_hash.as_ref() {
                record.warnings.push(
                    "the profile already shows another avatar_hash than the one just set"
                        .to_owned(),
                );
            }
            Some(now.value)
        }
        Err(failure) => {
            record.warnings.push(format!(
                "the photo is set, but the profile cannot be read back: {}",
                failure.message
            ));
            set.value.clone()
        }
    }
}
