//! Posting an avatar, with fewer frames if Slack refuses so many, and reading the profile back.

use headshot_core::{CropBox, FramePolicy, Limits, Options, normalize};
use headshot_upload::{Photo, Profile, Reply};

use crate::set::record::{Receipt, SetRecord};
use crate::set::upload::Upload;
use crate::slack::Slack;
use crate::slack::admin;
use crate::slack::error;
use crate::terminal::failure::Failure;

/// Posts the avatar. If Slack refuses its number of frames and they may be decimated, posts one with half as many, down
/// to a still. `looked` is the current profile, `Some(None)` if the token may not read it, and `None` if it was
/// not read.
pub(crate) fn halving(
    mut upload: Upload,
    looked: Option<Option<&Profile>>,
    options: &Options,
    slack: &Slack,
    record: &mut SetRecord,
) -> Result<Reply<Option<Profile>>, Failure> {
    loop {
        let failure = match post(&upload, looked, slack, record) {
            Ok(set) => return Ok(set),
            Err(failure) => failure,
        };
        let frames = record.avatar.as_ref().map_or(1, |avatar| avatar.frames);
        let too_many = failure.code.as_deref() == Some("too_many_frames");
        let Some(source) = upload
            .source
            .take_if(|_| too_many && frames > 1 && options.frames == FramePolicy::Decimate)
        else {
            return Err(failure);
        };
        let fewer = Options {
            limits: Limits {
                frames: frames / 2,
                ..options.limits
            },
            ..options.clone()
        };
        let avatar = normalize(&source, &fewer)?;
        record.made(&avatar);
        record.warnings.push(format!(
            "Slack does not take {frames} frames: {} are sent",
            avatar.frames()
        ));
        upload = Upload {
            photo: Photo::new(avatar.bytes()).map_err(error::failure)?,
            crop: None,
            source: Some(source),
            faces: avatar.report().faces.clone(),
            made: true,
        };
    }
}

fn post(
    upload: &Upload,
    looked: Option<Option<&Profile>>,
    slack: &Slack,
    record: &mut SetRecord,
) -> Result<Reply<Option<Profile>>, Failure> {
    if slack.is_admin() {
        return Err(hand_in(upload, slack, record));
    }
    let (mut photo, mut crop) = (upload.photo.clone(), String::new());
    if let Some(CropBox { x, y, side }) = upload.crop {
        photo = photo.cropped(x, y, side);
        crop = format!(" with crop_x {x}, crop_y {y}, crop_w {side}");
    }
    let reply = slack.set_photo(&photo, looked)?;
    record.steps.push(format!(
        "posted to users.setPhoto{crop} at {}",
        slack.whom()
    ));
    record.warnings.extend(reply.warnings.iter().cloned());
    record.receipt = Some(Receipt {
        attempts: reply.attempts,
        request_id: reply.request_id.clone(),
    });
    Ok(reply)
}

/// Submits an upload through SCIM. Being accepted is not success yet.
fn hand_in(upload: &Upload, slack: &Slack, record: &mut SetRecord) -> Failure {
    if upload.crop.is_some() {
        let failure = Failure::usage("SCIM cannot crop, so nothing was sent");
        return failure.with_hint("leave out --as-is, and headshot makes the crop itself");
    }
    match slack.hand_in(&upload.photo) {
        Ok(reply) => {
            let step = format!("accepted by SCIM at {}", slack.scim_whom());
            record.steps.push(step);
            record.warnings.extend(reply.warnings);
            record.receipt = Some(Receipt {
                attempts: reply.attempts,
                request_id: reply.request_id,
            });
            admin::accepted()
        }
        Err(failure) => failure,
    }
}

/// The current profile. The photo is already set, so a failure here is only a warning.
pub(crate) fn read_back(
    set: &Reply<Option<Profile>>,
    slack: &Slack,
    record: &mut SetRecord,
) -> Option<Profile> {
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
