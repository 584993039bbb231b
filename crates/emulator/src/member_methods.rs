//! The methods about members that go along with a photo: who they are, and whether they are present.

use serde_json::{Map, Value, json};

use crate::call::{Answer, Call, members};
use crate::cursor;
use crate::refusal::Refusal;
use crate::world::{CHANNELS, Role, User};

/// A workspace of more members than this wants a `limit` in users.list.
const MAX_UNLIMITED: usize = 1000;

pub(crate) fn list(call: Call<'_>) -> Answer {
    call.check_team()?;
    let locale = call.flag("include_locale")?;
    let limit = limit(&call, 1000, "invalid_arguments")?;
    call.in_world(|world| {
        let users: Vec<&User> = world
            .users
            .iter()
            .filter(|user| user.role != Role::Stranger)
            .collect();
        if limit.is_none() && users.len() > MAX_UNLIMITED {
            return Err(Refusal::new(
                "limit_required",
                format!("{} members: pass limit", users.len()),
            ));
        }
        let cursor = call.text("cursor").unwrap_or_default();
        let (page, next) =
            cursor::page(&users, |user| format!("user:{}", user.id), &cursor, limit)?;
        let page: Vec<Value> = page
            .iter()
            .map(|user| visible(&call, user, locale))
            .collect();
        let metadata = json!({ "next_cursor": next });
        Ok(members([
            ("members", page.into()),
            ("cache_ts", 1_763_700_000.into()),
            ("response_metadata", metadata),
        ]))
    })
}

pub(crate) fn info(call: Call<'_>) -> Answer {
    let locale = call.flag("include_locale")?;
    let id = call.text("user").unwrap_or_default();
    if id.contains(',') {
        return Err(Refusal::new("too_many_users", "one user at a time"));
    }
    call.in_world(|world| match world.user(&id) {
        None => Err(Refusal::new("user_not_found", format!("no user {id:?}"))),
        Some(user) if user.role == Role::Stranger && user.id != call.grant.user => {
            Err(Refusal::new(
                "user_not_visible",
                format!("user {id:?} is in another workspace"),
            ))
        }
        Some(user) => Ok(members([("user", visible(&call, user, locale))])),
    })
}

pub(crate) fn lookup_by_email(call: Call<'_>) -> Answer {
    let email = call
        .text("email")
        .ok_or_else(|| Refusal::new("invalid_arguments", "pass email"))?;
    call.in_world(|world| {
        let mut users = world
            .users
            .iter()
            .filter(|user| !matches!(user.role, Role::Stranger | Role::Deleted));
        let user = users.find(|user| user.text("email").eq_ignore_ascii_case(&email));
        let user = user
            .ok_or_else(|| Refusal::new("users_not_found", "no member has this e-mail address"))?;
        Ok(members([("user", visible(&call, user, false))]))
    })
}

/// The user as the token may see it: the e-mail address needs a scope of its own.
fn visible(call: &Call<'_>, user: &User, locale: bool) -> Value {
    let mut json = user.to_json(&call.shared.public);
    if !call.grant.scopes.contains(&"users:read.email")
        && let Some(profile) = json["profile"].as_object_mut()
    {
        profile.remove("email");
    }
    if locale {
        json["locale"] = "en-IE".into();
    }
    json
}

pub(crate) fn identity(call: Call<'_>) -> Answer {
    call.in_world(|world| {
        let user = world
            .user(&call.grant.user)
            .filter(|user| user.role != Role::Stranger);
        let user = user.ok_or_else(|| {
            Refusal::new(
                "invalid_user_id",
                "the token's user is not in this workspace",
            )
        })?;
        if !user.email_is_verified {
            return Err(Refusal::new(
                "email_not_verified",
                "the token's user has not verified an e-mail address",
            ));
        }
        let mut identity = members([
            ("id", user.id.clone().into()),
            ("name", user.text("real_name").into()),
        ]);
        if call.grant.scopes.contains(&"identity.email") {
            identity.insert("email".to_owned(), user.text("email").into());
        }
        if call.grant.scopes.contains(&"identity.avatar") {
            identity.extend(
                user.images(&call.shared.public)
                    .into_iter()
                    .filter(|(name, _)| name.starts_with("image_")),
            );
        }
        Ok(members([
            ("user", identity.into()),
            ("team", json!({ "id": world.team })),
        ]))
    })
}

pub(crate) fn get_presence(call: Call<'_>) -> Answer {
    let id = call
        .text("user")
        .unwrap_or_else(|| call.grant.user.to_owned());
    call.in_world(|world| {
        let user = world.user(&id).filter(|user| user.role != Role::Stranger);
        let user = user.ok_or_else(|| Refusal::new("user_not_found", format!("no user {id:?}")))?;
        let presence = if user.is_away { "away" } else { "active" };
        let mut answer = members([("presence", presence.into())]);
        if id == call.grant.user {
            answer.extend(members([
                ("online", true.into()),
                ("auto_away", false.into()),
                ("manual_away", user.is_away.into()),
                ("connection_count", 1.into()),
                ("last_activity", 1_763_700_000.into()),
            ]));
        }
        Ok(answer)
    })
}

pub(crate) fn set_presence(call: Call<'_>) -> Answer {
    let is_away = match call.text("presence").as_deref() {
        Some("auto") => false,
        Some("away") => true,
        other => {
            return Err(Refusal::new(
                "invalid_presence",
                format!("presence {other:?} is neither auto nor away"),
            ));
        }
    };
    call.in_world(|world| {
        world
            .user_mut(&call.grant.user)
            .expect("every token's user exists")
            .is_away = is_away;
    });
    Ok(Map::new())
}

pub(crate) fn conversations(call: Call<'_>) -> Answer {
    call.check_team()?;
    let types = call
        .text("types")
        .unwrap_or_else(|| "public_channel".to_owned());
    let types: Vec<&str> = types.split(',').map(str::trim).collect();
    for kind in &types {
        match *kind {
            "public_channel" => call.check_scope("channels:read")?,
            "private_channel" => call.check_scope("groups:read")?,
            "mpim" => call.check_scope("mpim:read")?,
            "im" => call.check_scope("im:read")?,
            "app_home" => {
                let why = "an app's tab is not a conversation that this method lists";
                return Err(Refusal::new("method_not_supported_for_channel_type", why));
            }
            other => {
                return Err(Refusal::new(
                    "invalid_types",
                    format!("no type of conversation: {other:?}"),
                ));
            }
        }
    }
    let limit = limit(&call, 999, "invalid_limit")?;
    let exclude_archived = call.flag("exclude_archived")?;
    let exclude_muted = call.flag("exclude_muted")?;
    let id = call
        .text("user")
        .unwrap_or_else(|| call.grant.user.to_owned());
    if call.in_world(|world| world.user(&id).is_none()) {
        return Err(Refusal::new("user_not_found", format!("no user {id:?}")));
    }
    let listed: Vec<_> = CHANNELS
        .iter()
        .filter(|channel| types.contains(&channel.kind) && !(exclude_archived && channel.archived))
        .filter(|channel| !(exclude_muted && channel.muted_by.contains(&id.as_str())))
        .filter(|channel| channel.members.contains(&id.as_str()))
        // Those that are not public are listed only where the caller is a member as well.
        .filter(|channel| {
            channel.kind == "public_channel" || channel.members.contains(&call.grant.user.as_str())
        })
        .collect();
    let cursor = call.text("cursor").unwrap_or_default();
    let (page, next) = cursor::page(
        &listed,
        |channel| format!("channel:{}", channel.id),
        &cursor,
        limit,
    )?;
    let page: Vec<Value> = page
        .iter()
        .map(|channel| {
            let mut json = json!({
                "id": channel.id, "is_channel": channel.kind == "public_channel", "is_group": channel.kind == "private_channel",
                "is_im": channel.kind == "im", "is_mpim": channel.kind == "mpim",
                "is_private": channel.kind != "public_channel", "is_archived": channel.archived,
            });
            match channel.kind {
                "im" => json["user"] = channel.members.iter().find(|member| **member != id).copied().into(),
                _ => json["name"] = channel.name.into(),
            }
            json
        })
        .collect();
    Ok(members([
        ("channels", page.into()),
        ("response_metadata", json!({ "next_cursor": next })),
    ]))
}

/// The argument `limit`: none when it is absent or 0, its documented default.
fn limit(call: &Call<'_>, max: usize, code: &'static str) -> Result<Option<usize>, Refusal> {
    match call.text("limit") {
        None => Ok(None),
        Some(text) => match text.parse::<usize>() {
            Ok(0) => Ok(None),
            Ok(limit) if limit <= max => Ok(Some(limit)),
            _ => Err(Refusal::new(
                code,
                format!("limit {text:?}: a whole number, at most {max}"),
            )),
        },
    }
}
