//! People as SCIM shows them: one, or a page of all, perhaps only those with a name or an address.

use serde_json::{Value, json};

use crate::scim::Refused;
use crate::state::Shared;
use crate::token::Grant;
use crate::world::{Role, User, World};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// People a page, where the request does not say, and at most.
const PAGE: usize = 100;
const LONGEST_PAGE: usize = 1000;

pub(super) fn get(shared: &Shared, grant: &Grant, id: &str) -> Result<Value, Refused> {
    let mut state = shared.state();
    let user = find(state.world(&grant.world), id)?;
    Ok(resource(user, &shared.public))
}

/// A person whom SCIM manages: no bot, and nobody of another workspace.
pub(super) fn find<'a>(world: &'a World, id: &str) -> Result<&'a User, Refused> {
    let user = world.user(id).filter(|user| is_managed(user));
    user.ok_or_else(|| Refused::new(404, "no_such_user", format!("no user {id:?}")))
}

fn is_managed(user: &User) -> bool {
    !matches!(user.role, Role::Bot | Role::Stranger)
}

pub(super) fn list(
    shared: &Shared,
    grant: &Grant,
    query: &[(String, String)],
) -> Result<Value, Refused> {
    let given = |name: &str| {
        let found = query.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| &value[..])
    };
    let number = |name: &str, default: usize| match given(name).map(str::parse::<usize>) {
        None => Ok(default),
        Some(Ok(number)) => Ok(number),
        Some(Err(_)) => Err(Refused::new(
            400,
            "invalid_value",
            format!("{name} is no number"),
        )),
    };
    // RFC 7644, section 3.4.2.4: counted from 1, and what is less is 1.
    let start = number("startIndex", 1)?.max(1);
    let count = number("count", PAGE)?.min(LONGEST_PAGE);
    let filter = given("filter").map(filter).transpose()?;
    let mut state = shared.state();
    let users: Vec<&User> = state
        .world(&grant.world)
        .users
        .iter()
        .filter(|user| is_managed(user))
        .filter(|user| {
            filter
                .as_ref()
                .is_none_or(|(field, value)| user.text(field).eq_ignore_ascii_case(value))
        })
        .collect();
    let page = users.iter().skip(start - 1).take(count);
    let page: Vec<Value> = page.map(|user| resource(user, &shared.public)).collect();
    Ok(json!({
        "schemas": [LIST], "totalResults": users.len(), "itemsPerPage": page.len(), "startIndex": start,
        "Resources": page,
    }))
}

/// `userName eq "maya"` or `email eq "maya.moreau@example.com"`: the field of the profile, and the value.
fn filter(text: &str) -> Result<(&'static str, String), Refused> {
    let wrong = || {
        let why = format!("{text:?} is neither userName eq \"...\" nor email eq \"...\"");
        Refused::new(400, "invalid_filter", why)
    };
    let mut words = text.trim().splitn(3, ' ');
    let (attribute, operator) = (words.next(), words.next());
    let field = match attribute.map(str::to_ascii_lowercase).as_deref() {
        Some("username") => "display_name",
        Some("email") => "email",
        _ => return Err(wrong()),
    };
    if !operator.is_some_and(|operator| operator.eq_ignore_ascii_case("eq")) {
        return Err(wrong());
    }
    let value = words
        .next()
        .and_then(|value| value.trim().strip_prefix('"'));
    let value = value.and_then(|value| value.strip_suffix('"'));
    value
        .map(|value| (field, value.to_owned()))
        .ok_or_else(wrong)
}

pub(super) fn resource(user: &User, origin: &str) -> Value {
    let image = user.images(origin).remove("image_512");
    json!({
        "schemas": [USER], "id": user.id, "userName": user.text("display_name"), "displayName": user.text("display_name"),
        "name": { "givenName": user.text("first_name"), "familyName": user.text("last_name") },
        "emails": [{ "value": user.text("email"), "primary": true }],
        "photos": [{ "value": image, "type": "photo", "primary": true }],
        "active": user.role != Role::Deleted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_or_refused() {
        let read = |text: &str| filter(text).ok();
        let expected = |field, value: &str| Some((field, value.to_owned()));
        assert_eq!(read("email eq \"a@b.c\""), expected("email", "a@b.c"));
        assert_eq!(
            read(" UserName EQ \"two words\""),
            expected("display_name", "two words")
        );
        for wrong in [
            "",
            "email",
            "email eq",
            "email eq a@b.c",
            "email ne \"a\"",
            "title eq \"a\"",
            "email eq \"",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
