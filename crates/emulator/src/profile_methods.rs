//! users.profile.get.

use serde_json::Map;

use crate::api::{Answer, Call};
use crate::refusal::Refusal;

pub(crate) fn get(call: Call<'_>) -> Answer {
    let id = call
        .text("user")
        .unwrap_or_else(|| call.grant.user.to_owned());
    let mut state = call.shared.state();
    let world = state.world(&call.grant.world, call.shared.settings.members);
    let user = world
        .user(&id)
        .ok_or_else(|| Refusal::new("user_not_found", format!("no user {id:?}")))?;
    Ok(Map::from_iter([(
        "profile".to_owned(),
        user.profile(&call.shared.origin),
    )]))
}
