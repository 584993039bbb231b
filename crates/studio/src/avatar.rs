//! One photo on the page: what it is, how it looks, and the avatar that a choice makes of it.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use headshot_batch::choices::Choice;
use headshot_batch::{Failure, Hash};
use headshot_core::{
    Avatar, CropBox, Damaged, FaceFit, Faces, Fit, Format, FramePolicy, Options, Rotation,
    SideRange, Step, StillFormat, explain, probe,
};
use headshot_report::{Made, Source, texts, words};
use serde_json::{Value, json};

use crate::answer::{self, Refusal};
use crate::open::OpenPhoto;
use crate::settings::Photo;
use crate::studio::Studio;

/// The longer side of a photo on the page, in pixels.
const SHOWN: u32 = 1600;

/// The message if a photo's bytes are not those that the page shows.
pub(crate) fn changed() -> Refusal {
    let message = "the photo has changed on disk since it was opened here";
    let hint = "look at it again before you go on";
    Refusal::new(StatusCode::CONFLICT, message, Some(hint))
}

/// Refuses a photo that is not what the page shows, if the page has said what that is.
pub(crate) fn check(opened: &OpenPhoto, shown: Option<Hash>) -> Result<(), Refusal> {
    match shown {
        Some(shown) if shown != opened.hash => Err(changed()),
        _ => Ok(()),
    }
}

/// Refuses a choice by which no avatar can be made: a square beyond the photo, a face that it does not have.
pub(crate) fn check_choice(
    opened: &OpenPhoto,
    photo: &Photo,
    choice: &Choice,
) -> Result<(), Refusal> {
    let planned = opened.prepared.plan(&photo.options_by(choice));
    planned
        .map(drop)
        .map_err(|error| Failure::from(error).into())
}

/// All about a photo, turned so.
pub(crate) fn detail(
    studio: &Studio,
    id: usize,
    photo: &Photo,
    rotate: Rotation,
) -> Result<Value, Refusal> {
    let opened = studio.open(id, photo)?;
    let bytes = opened.prepared.photo();
    let info = probe(&bytes, &photo.options.limits).map_err(Failure::from)?;
    let turned = Options {
        rotate,
        fit: Fit::Face(FaceFit::default()),
        ..photo.options.clone()
    };
    let plan = opened.prepared.plan(&turned);
    let (faces, trouble) = match plan {
        Ok(plan) => (plan.faces, None),
        Err(error) => (None, Some(Failure::from(error).message)),
    };
    let swaps = matches!(rotate, Rotation::By90 | Rotation::By270);
    let (mut width, mut height) = (info.size.width(), info.size.height());
    if swaps {
        (width, height) = (height, width);
    }
    let mut lines = vec![words::source(&Source::from(&info))];
    lines.extend(texts(&info.warnings));
    lines.extend(trouble);
    let found = faces.as_ref().map_or(&[][..], |faces| &faces.found);
    let faces_told = found.iter().zip(1..).map(|(face, number)| {
        let (place, size) = (face.place, face.place.size());
        json!({
            "number": number,
            "score": face.score,
            "box": { "x": place.x(), "y": place.y(), "width": size.width(), "height": size.height() },
            "eyes": face.eyes,
        })
    });
    let crop = faces.as_ref().and_then(|faces| faces.crop);
    Ok(json!({
        "id": id,
        "name": photo.name,
        "person": photo.person,
        "photo": opened.hash,
        "width": width,
        "height": height,
        "rotate_swaps": swaps,
        "frames": info.frames,
        "faces": faces_told.collect::<Vec<_>>(),
        "face_square": crop.map(square),
        "smallest_square": SideRange::SLACK.min(),
        "lines": lines,
        "default": photo.default,
        "choice": studio.choice(photo, opened.hash),
    }))
}

fn square(crop: CropBox) -> Value {
    json!({ "x": crop.x, "y": crop.y, "side": crop.side })
}

/// The photo itself, upright and turned so, as large as a page shows it; of an animation its first frame.
pub(crate) fn shown(
    studio: &Studio,
    id: usize,
    photo: &Photo,
    rotate: Rotation,
) -> Result<Bytes, Refusal> {
    let opened = studio.open(id, photo)?;
    let turned = Options {
        rotate,
        damaged: Damaged::Accept,
        ..photo.options.clone()
    };
    let picture = explain(&opened.prepared.photo(), None, SHOWN, &turned);
    Ok(picture.map_err(Failure::from)?.into())
}

/// The avatar that a choice makes, with its description.
pub(crate) fn told(
    studio: &Studio,
    photo: &Photo,
    opened: &OpenPhoto,
    choice: &Choice,
    draft: bool,
) -> Result<Value, Refusal> {
    let asked = photo.options_by(choice);
    let first = if draft {
        first_frame(opened, &asked)
    } else {
        None
    };
    let made = opened.prepared.normalize(first.as_ref().unwrap_or(&asked));
    let avatar = made.map_err(Failure::from)?;
    let report = avatar.report();
    let bytes = avatar.bytes();
    let image = STANDARD.encode(&bytes);
    // That of the whole animation.
    let format = first.as_ref().map_or(avatar.format(), |_| Format::Gif);
    Ok(json!({
        "image": format!("data:{};base64,{image}", answer::kind(&bytes)),
        "format": avatar.format().to_string(),
        "side": avatar.side(),
        "frames": avatar.frames(),
        "bytes": bytes.len(),
        "words": words::made(&Made::from(&avatar)),
        "steps": texts(&report.steps),
        "warnings": texts(&report.warnings),
        "square": shown_square(&avatar, &asked).map(square),
        "command": (studio.settings.command)(photo, choice, format),
        "draft": first.is_some(),
    }))
}

/// For the first frame of an animation: the rest follows when the user stops dragging.
fn first_frame(opened: &OpenPhoto, asked: &Options) -> Option<Options> {
    let info = probe(&opened.prepared.photo(), &asked.limits).ok()?;
    (info.frames > 1).then(|| Options {
        format: if info.alpha {
            StillFormat::Png
        } else {
            StillFormat::Jpeg(None)
        },
        frames: FramePolicy::First,
        limits: headshot_core::Limits {
            frames: 1,
            ..asked.limits
        },
        ..asked.clone()
    })
}

/// The square of the photo that an avatar shows; `None` if it shows all of a photo that is not square.
fn shown_square(avatar: &Avatar, asked: &Options) -> Option<CropBox> {
    let report = avatar.report();
    let framed = || report.faces.as_ref().and_then(|faces: &Faces| faces.crop);
    match asked.fit {
        Fit::Crop(crop) => return Some(crop),
        Fit::Face(_) if let Some(crop) = framed() => return Some(crop),
        _ => {}
    }
    let cut = report.steps.iter().find_map(|step| match step {
        Step::Crop(cut) => Some(*cut),
        _ => None,
    });
    let cut = cut.unwrap_or(report.source.size.whole());
    (cut.size().width() == cut.size().height()).then(|| CropBox {
        x: cut.x(),
        y: cut.y(),
        side: cut.size().width(),
    })
}

/// The avatar of a photo as the page shows it, to save or to set: of the bytes that are on disk now, and of no others.
pub(crate) fn made(
    studio: &Studio,
    id: usize,
    photo: &Photo,
    choice: &Choice,
    shown: Option<Hash>,
) -> Result<(Bytes, Avatar), Refusal> {
    // Read again, whatever its size and time say.
    let now = crate::read::read(photo)?;
    let opened = studio.open(id, photo)?;
    if now.hash != opened.hash {
        studio.open.forget(id);
        return Err(changed());
    }
    check(&opened, shown)?;
    let avatar = opened.prepared.normalize(&photo.options_by(choice));
    Ok((now.bytes, avatar.map_err(Failure::from)?))
}
