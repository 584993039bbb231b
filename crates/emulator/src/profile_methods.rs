//! users.profile.get and users.profile.set.

use serde_json::{Map, Value, json};

use crate::call::{Answer, Call, members};
use crate::refusal::Refusal;
use crate::world::{Role, User, World};

/// Fields of plain text that anybody may set for themselves, each with its most characters.
///
/// 35, 100 and 256 are in Slack's documents; a limit for the others is not, so they share that of a custom field.
const TEXTS: &[(&str, usize)] = &[
    ("first_name", 35),
    ("last_name", 35),
    ("real_name", 71),
    ("display_name", 80),
    ("title", 256),
    ("phone", 256),
    ("pronouns", 256),
    ("status_text", 100),
    ("status_emoji", 256),
];
const MAX_FIELDS: usize = 50;
const MAX_NAME: usize = 255;
const MAX_VALUE: usize = 256;

pub(crate) fn get(call: Call<'_>) -> Answer {
    if call.grant.user == "U0ROBOT" && !call.grant.is_bot_token {
        return Err(Refusal::new("user_is_bot", "the token's user is a bot"));
    }
    if call.flag("include_labels")? {
        // "The include_labels parameter is heavily rate-limited": how heavily is not said.
        call.check_rate("users.profile.get with include_labels", 1)?;
    }
    let id = call
        .text("user")
        .unwrap_or_else(|| call.grant.user.to_owned());
    call.in_world(|world| {
        let user = world
            .user(&id)
            .filter(|user| user.role != Role::Stranger || user.id == call.grant.user);
        let user = user.ok_or_else(|| Refusal::new("user_not_found", format!("no user {id:?}")))?;
        Ok(members([("profile", user.profile(&call.shared.public))]))
    })
}

pub(crate) fn set(call: Call<'_>) -> Answer {
    if call.grant.user == "U0ROBOT" {
        return Err(Refusal::new("is_bot", "the token's user is a bot"));
    }
    let changes = changes(&call)?;
    let id = call
        .text("user")
        .unwrap_or_else(|| call.grant.user.to_owned());
    // 10 a minute for one user, 30 profiles a minute for one token.
    call.check_rate(&format!("users.profile.set of {id}"), 10)?;
    call.check_rate(&format!("users.profile.set by {}", call.grant.user), 30)?;

    let origin = &call.shared.public;
    let mut state = call.shared.state();
    let world = state.world(&call.grant.world);
    let is_admin = may_change(world, &call.grant.user, &id)?;
    check(world, &id, is_admin, &changes)?;
    let user = world.user_mut(&id).expect("looked up before");
    let unset: Vec<&str> = changes
        .iter()
        .filter(|(name, value)| !apply(user, name, value))
        .map(|(name, _)| name.as_str())
        .collect();
    let profile = user.profile(origin);
    let event = json!({ "type": "user_change", "user": user.to_json(origin) });
    if unset.len() < changes.len() || changes.is_empty() {
        state.note_event(format!("user_change {id}"), &call.grant.world, event);
    }
    match unset.len() {
        0 => Ok(members([
            ("username", profile["display_name"].clone()),
            ("profile", profile),
        ])),
        n if n == changes.len() => Err(Refusal::new(
            "profile_set_failed",
            format!("not a field that can be set so: {unset:?}"),
        )),
        _ => Err(Refusal::new(
            "partial_profile_set_failed",
            format!("the others are set; not a field that can be set so: {unset:?}"),
        )),
    }
}

/// The fields to set, from `profile`, or from `name` and `value`.
fn changes(call: &Call<'_>) -> Result<Map<String, Value>, Refusal> {
    let invalid = |why: &str| Refusal::new("invalid_arguments", why);
    let profile = match (call.text("profile"), call.text("name"), call.text("value")) {
        (Some(profile), None, None) => profile,
        (None, Some(name), Some(value)) if name.starts_with("Xf") => {
            // A custom field: its value has no other way to arrive here than as plain text.
            return Ok(members([(
                "fields",
                json!({ name: { "value": value, "alt": "" } }),
            )]));
        }
        (None, Some(name), Some(value)) => return Ok(Map::from_iter([(name, value.into())])),
        (Some(_), _, _) => {
            return Err(invalid(
                "name and value are usable only if profile is not passed",
            ));
        }
        _ => return Err(invalid("pass profile, or name and value")),
    };
    match serde_json::from_str(&profile) {
        Ok(Value::Object(profile)) => Ok(profile),
        Ok(_) => Err(Refusal::new(
            "invalid_profile",
            "profile is JSON, but not an object",
        )),
        Err(e) => Err(Refusal::new(
            "invalid_profile",
            format!("profile is not valid JSON: {e}"),
        )),
    }
}

/// Whether the caller is an admin; an error when it may not change this user at all.
fn may_change(world: &World, caller: &str, id: &str) -> Result<bool, Refusal> {
    let role = |id: &str| world.user(id).map(|user| user.role);
    let caller_role = role(caller).unwrap_or(Role::Member);
    let is_admin = matches!(caller_role, Role::Admin | Role::PrimaryOwner);
    if caller == id {
        return Ok(is_admin);
    }
    match role(id) {
        None | Some(Role::Stranger) => {
            Err(Refusal::new("user_not_found", format!("no user {id:?}")))
        }
        Some(_) if !is_admin => Err(Refusal::new(
            "not_admin",
            "only admins can update the profile of another user",
        )),
        Some(_) if caller_role == Role::PrimaryOwner => Ok(true),
        Some(Role::Bot) => Err(Refusal::new(
            "not_app_admin",
            "only owners can update the profile of a bot user",
        )),
        Some(Role::Admin | Role::PrimaryOwner) => Err(Refusal::new(
            "cannot_update_admin_user",
            "only the primary owner can update the profile of an admin",
        )),
        Some(_) => Ok(true),
    }
}

/// Whatever refuses the whole call, so that nothing is set.
fn check(
    world: &World,
    id: &str,
    is_admin: bool,
    changes: &Map<String, Value>,
) -> Result<(), Refusal> {
    let text = |name: &str| changes.get(name).and_then(Value::as_str);
    let none = Map::new();
    let custom = changes
        .get("fields")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    let count = changes.len() - usize::from(changes.contains_key("fields")) + custom.len();
    if count > MAX_FIELDS {
        return Err(Refusal::new(
            "invalid_profile",
            format!("{count} fields, at most {MAX_FIELDS}"),
        ));
    }
    if let Some(name) = changes
        .keys()
        .chain(custom.keys())
        .find(|name| name.chars().count() > MAX_NAME)
    {
        let length = name.chars().count();
        return Err(Refusal::new(
            "invalid_profile",
            format!("a field name of {length} characters, at most {MAX_NAME}"),
        ));
    }
    if ["first_name", "last_name"]
        .iter()
        .filter_map(|name| text(name))
        .any(|name| name.eq_ignore_ascii_case("slackbot"))
    {
        return Err(Refusal::new(
            "reserved_name",
            "nobody may be called slackbot",
        ));
    }
    name_codes(world, id, changes)?;
    let custom_texts = custom.iter().flat_map(|(name, field)| {
        ["value", "alt"].map(|part| (name.as_str(), field[part].as_str(), MAX_VALUE))
    });
    let texts = TEXTS
        .iter()
        .map(|(name, max)| (*name, text(name), *max))
        .chain(custom_texts);
    for (name, value, max) in texts {
        let length = value.unwrap_or_default().chars().count();
        if length > max {
            return Err(Refusal::new(
                "too_long",
                format!("{name}: {length} characters, at most {max}"),
            ));
        }
    }
    let cleared = ["status_text", "status_emoji"].map(|name| text(name) == Some(""));
    if cleared[0] != cleared[1]
        && ["status_text", "status_emoji"]
            .iter()
            .any(|name| !changes.contains_key(*name))
    {
        return Err(Refusal::new(
            "must_clear_both_status_text_and_status_emoji",
            "set status_text and status_emoji to \"\" together",
        ));
    }
    if let Some(email) = text("email").filter(|email| {
        world
            .user(id)
            .is_some_and(|user| user.text("email") != *email)
    }) {
        if !is_admin {
            return Err(Refusal::new(
                "not_admin",
                "only admins can change an e-mail address",
            ));
        }
        if world
            .users
            .iter()
            .any(|user| user.id != id && user.text("email").eq_ignore_ascii_case(email))
        {
            return Err(Refusal::new(
                "email_taken",
                "another member has this e-mail address",
            ));
        }
    }
    Ok(())
}

/// What Slack's newer pages refuse in names. They give the codes and no rules; the rules are ours.
fn name_codes(world: &World, id: &str, changes: &Map<String, Value>) -> Result<(), Refusal> {
    let text = |name: &str| changes.get(name).and_then(Value::as_str);
    let names = ["first_name", "last_name", "real_name", "display_name"];
    for (name, value) in names.iter().filter_map(|name| Some((name, text(name)?))) {
        if value.starts_with('@') {
            let why = format!("{name} {value:?} starts with @");
            return Err(Refusal::new("invalid_starts_with_at", why));
        }
        if value
            .chars()
            .any(|c| ('\u{1f000}'..='\u{1faff}').contains(&c))
        {
            let why = format!("{name} {value:?} has an emoji in it");
            return Err(Refusal::new("invalid_emoji_not_allowed", why));
        }
        if ["channel", "everyone", "here"].contains(&value.to_lowercase().as_str()) {
            let why = format!("{value:?} addresses everybody");
            return Err(Refusal::new("name_not_allowed", why));
        }
    }
    if let Some(username) = text("username")
        && world
            .user(id)
            .is_some_and(|user| user.text("display_name") == username)
    {
        let why = format!("{username:?} is the user name already");
        return Err(Refusal::new("username_same", why));
    }
    match changes.get("ooo_message") {
        Some(Value::String(message)) if message.chars().count() <= MAX_VALUE => Ok(()),
        None => Ok(()),
        Some(_) => Err(Refusal::new(
            "invalid_ooo_message",
            format!("ooo_message is not a text of at most {MAX_VALUE} characters"),
        )),
    }
}

/// Sets one field; false when that cannot be done.
fn apply(user: &mut User, name: &str, value: &Value) -> bool {
    let profile = &mut user.profile;
    match (name, value) {
        ("email", Value::String(email)) if is_email(email) => {}
        // "the skype field will always be an empty string and cannot be set otherwise"
        ("skype", Value::String(text)) if text.is_empty() => {}
        ("status_expiration", value) => {
            let seconds = value
                .as_u64()
                .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
            let Some(seconds) = seconds else { return false };
            profile.insert(name.to_owned(), seconds.into());
            return true;
        }
        ("fields", Value::Object(custom)) => {
            let Some(fields) = profile.get_mut("fields").and_then(Value::as_object_mut) else {
                return false;
            };
            if !custom
                .iter()
                .all(|(name, field)| name.starts_with("Xf") && field.is_object())
            {
                return false;
            }
            fields.extend(custom.clone());
            return true;
        }
        (name, Value::String(_)) if TEXTS.iter().any(|(text, _)| *text == name) => {}
        _ => return false,
    }
    profile.insert(name.to_owned(), value.clone());
    let text = value.as_str().unwrap_or_default();
    match name {
        "first_name" | "last_name" => {
            let full = format!("{} {}", user.text("first_name"), user.text("last_name"));
            user.profile
                .insert("real_name".to_owned(), full.trim().into());
        }
        "real_name" => {
            let (first, last) = text.rsplit_once(' ').unwrap_or((text, ""));
            user.profile.insert("first_name".to_owned(), first.into());
            user.profile.insert("last_name".to_owned(), last.into());
        }
        "status_text" if !text.is_empty() && user.text("status_emoji").is_empty() => {
            user.profile
                .insert("status_emoji".to_owned(), ":speech_balloon:".into());
        }
        "status_text" if text.is_empty() => {
            user.profile
                .insert("status_expiration".to_owned(), 0.into());
        }
        _ => {}
    }
    true
}

/// "It cannot have spaces, and it must have an @ and a domain."
fn is_email(text: &str) -> bool {
    !text.contains(char::is_whitespace)
        && text
            .split_once('@')
            .is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
}
