//! users.setPhoto and users.deletePhoto.

use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::call::{Answer, Call, members};
use crate::form::Kind;
use crate::photo::{Crop, Photo};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::world::hex;

pub(crate) async fn set_photo(call: Call<'_>) -> Answer {
    refuse_bot(&call)?;
    if call.verb != "POST" || call.kind != Kind::Multipart {
        return Err(Refusal::new(
            "no_file",
            "the image goes into a POST of multipart/form-data, as the file part \"image\"",
        ));
    }
    let image = call.fields.iter().find(|field| field.name == "image");
    let image = image.ok_or_else(|| Refusal::new("no_file", "no part is named \"image\""))?;
    if image.filename.as_ref().is_none_or(String::is_empty) {
        return Err(Refusal::new(
            "no_image",
            "the part \"image\" has no file name, so it is a plain field",
        ));
    }
    let crop = crop(&call)?;
    let (bytes, content_type, settings) = (
        image.bytes.clone(),
        image.content_type.clone(),
        call.shared.settings.clone(),
    );
    let check = tokio::task::spawn_blocking(move || {
        Photo::check(bytes, content_type.as_deref(), crop, &settings)
    });
    // A decoder that panics has met an image that cannot be processed.
    let photo = check.await.unwrap_or_else(|_| {
        Err(Refusal::new(
            "bad_image",
            "the image could not be processed",
        ))
    })?;
    let images = replace_own(&call, Some(Arc::new(photo)));
    Ok(members([("profile", Value::Object(images))]))
}

pub(crate) fn delete_photo(call: Call<'_>) -> Answer {
    refuse_bot(&call)?;
    replace_own(&call, None);
    Ok(Map::new())
}

fn refuse_bot(call: &Call<'_>) -> Result<(), Refusal> {
    match call.grant.user.as_str() {
        "U0ROBOT" => Err(Refusal::new("is_bot", "the token's user is a bot")),
        _ => Ok(()),
    }
}

/// All three or none, in plain digits.
fn crop(call: &Call<'_>) -> Result<Option<Crop>, Refusal> {
    let invalid = |why: String| Refusal::new("invalid_arguments", why);
    let number = |name: &str| match call.text(name) {
        None => Ok(None),
        Some(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => text
            .parse::<u32>()
            .map(Some)
            .map_err(|_| invalid(format!("{name} {text} is too large a number"))),
        Some(text) => Err(invalid(format!(
            "{name} {text:?} is not a whole number of pixels"
        ))),
    };
    match (number("crop_x")?, number("crop_y")?, number("crop_w")?) {
        (None, None, None) => Ok(None),
        (Some(x), Some(y), Some(side)) => Ok(Some(Crop { x, y, side })),
        _ => Err(invalid(
            "crop_x, crop_y and crop_w belong together: send all three or none".to_owned(),
        )),
    }
}

/// Puts another photo, or none, into the caller's profile.
fn replace_own(call: &Call<'_>, photo: Option<Arc<Photo>>) -> Map<String, Value> {
    replace(call.shared, &call.grant.world, &call.grant.user, photo)
}

/// Puts another photo, or none, into somebody's profile, and says so in the log. They must exist.
pub(crate) fn replace(
    shared: &Shared,
    world: &str,
    user: &str,
    photo: Option<Arc<Photo>>,
) -> Map<String, Value> {
    let origin = &shared.public;
    let mut state = shared.state();
    // Every upload gets a hash of its own, even of the same bytes.
    let seed = format!("{:?} {} {origin}", SystemTime::now(), state.tick());
    let hash = hex(&Sha256::digest(seed.as_bytes())[..6]);
    let user = state
        .world(world)
        .user_mut(user)
        .expect("whoever is found once stays");
    user.photo = photo.map(|photo| (hash, photo));
    let images = user.images(origin);
    let event = json!({ "type": "user_change", "user": user.to_json(origin) });
    let text = format!("user_change {} {}", user.id, user.avatar_hash());
    state.note_event(text, world, event);
    images
}
