//! A photo for somebody: checked like every photo, accepted at once, and shown a little later.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;
use tokio::time::sleep;

use crate::http::Head;
use crate::photo::Photo;
use crate::photo_methods::replace;
use crate::scim::{Refused, users};
use crate::state::Shared;
use crate::token::Grant;
use crate::world::Role;

/// RFC 7644, section 3.5.2.
const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// Nobody else may update a person while this exists.
struct Updating {
    shared: Arc<Shared>,
    world: String,
    id: String,
}

impl Drop for Updating {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.world(&self.world).updating.remove(&self.id);
    }
}

pub(super) async fn patch(
    shared: &Arc<Shared>,
    grant: &Grant,
    id: &str,
    head: &Head,
    body: &[u8],
) -> Result<Value, Refused> {
    let (kind, bytes) = photo(head, body)?;
    let delay = shared.settings.scim_delay;
    let updating = {
        let mut state = shared.state();
        let world = state.world(&grant.world);
        may_update(
            world.user(&grant.user).map(|user| user.role),
            users::find(world, id)?.role,
            grant.user == id,
        )?;
        if !world.updating.insert(id.to_owned()) {
            let why = format!("{id} is being updated");
            let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
            return Err(Refused::too_many(why, seconds));
        }
        Updating {
            shared: Arc::clone(shared),
            world: grant.world.clone(),
            id: id.to_owned(),
        }
    };
    let settings = shared.settings.clone();
    let check =
        tokio::task::spawn_blocking(move || Photo::check(bytes, Some(&kind), None, &settings));
    let invalid = |why: String| Refused::new(400, "photos_invalid", why);
    let photo = match check.await {
        Ok(Ok(photo)) => Arc::new(photo),
        Ok(Err(refusal)) => return Err(invalid(format!("{}: {}", refusal.code, refusal.message))),
        // A decoder that panics has met an image that cannot be processed.
        Err(_) => return Err(invalid("the image could not be processed".to_owned())),
    };
    // With the old photo: "it takes a few moments".
    let reply = users::get(shared, grant, id)?;
    let show = move || {
        replace(&updating.shared, &updating.world, &updating.id, Some(photo));
        drop(updating);
    };
    if delay.is_zero() {
        show();
    } else {
        tokio::spawn(async move {
            sleep(delay).await;
            show();
        });
    }
    Ok(reply)
}

/// "The token's owner must outrank the target."
fn may_update(who: Option<Role>, whom: Role, is_self: bool) -> Result<(), Refused> {
    let rank = |role| match role {
        Role::PrimaryOwner => 2,
        Role::Admin => 1,
        _ => 0,
    };
    match (who.map_or(0, rank), rank(whom)) {
        (who, whom) if who > whom || is_self => Ok(()),
        (_, 2) => Err(Refused::new(
            403,
            "cannot_modify_owner",
            "nobody else can change the primary owner",
        )),
        _ => Err(Refused::new(
            403,
            "permission_denied",
            "the token's owner does not outrank this person",
        )),
    }
}

/// The content type and the bytes of the one photo that the request is about.
fn photo(head: &Head, body: &[u8]) -> Result<(String, Bytes), Refused> {
    let wrong = |why: &str| Refused::new(400, "invalid_request", why);
    let kind = head.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !["application/json", "application/scim+json"].contains(&kind) {
        return Err(wrong(
            "the body is application/json or application/scim+json",
        ));
    }
    let body: Value = serde_json::from_slice(body).map_err(|_| wrong("the body is not JSON"))?;
    let schemas = body["schemas"].as_array();
    if !schemas.is_some_and(|schemas| schemas.iter().any(|schema| schema == PATCH_OP)) {
        return Err(wrong("schemas does not name PatchOp"));
    }
    let [operation] = body["Operations"].as_array().map_or(&[][..], Vec::as_slice) else {
        return Err(wrong("Operations is one operation"));
    };
    let op = operation["op"].as_str().unwrap_or_default();
    if !["add", "replace"].contains(&op.to_ascii_lowercase().as_str()) {
        return Err(wrong("op is add or replace"));
    }
    if operation["path"] != "photos" {
        return Err(wrong("path is photos: nothing else is changed here"));
    }
    let invalid = |why: &str| Refused::new(400, "photos_invalid", why);
    let [photo] = operation["value"].as_array().map_or(&[][..], Vec::as_slice) else {
        return Err(invalid("value is a list of one photo"));
    };
    if photo["primary"] != true {
        return Err(invalid("the photo is not the primary one"));
    }
    let address = photo["value"].as_str().unwrap_or_default();
    let data = address.strip_prefix("data:");
    let data = data.and_then(|data| data.split_once(";base64,"));
    let Some((kind, data)) = data else {
        return Err(invalid(
            "no data URL in base64: this emulator fetches nothing",
        ));
    };
    let bytes = STANDARD
        .decode(data)
        .map_err(|_| invalid("the data URL is not base64"))?;
    Ok((kind.to_owned(), bytes.into()))
}
