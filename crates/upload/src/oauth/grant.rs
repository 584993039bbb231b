//! What a code or a refresh token is exchanged for.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::clean::clean;
use crate::oauth::Secret;

/// Tokens of a person, as `oauth.v2.access` returns them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Grant {
    /// For [`Token::new`](crate::Token::new).
    pub access_token: Secret,
    /// Gets the next pair, once; `None` if the app has no token rotation, so that the access token does not expire.
    pub refresh_token: Option<Secret>,
    /// How long the access token is valid, from when the reply was sent.
    pub expires_in: Option<Duration>,
    /// What the token may do.
    pub scopes: Vec<String>,
    /// Whose it is, like `U012AB3CD`.
    pub user_id: Option<String>,
    /// In which workspace, like `T012AB3C4`, or in which organization, `E...`.
    pub team_id: Option<String>,
}

impl Grant {
    /// Reads a reply in either of its shapes: a user's tokens are in `authed_user`, or at the top for a refresh and for
    /// `oauth.v2.user.access`. `None` if there are none.
    pub(super) fn of(mut reply: Map<String, Value>) -> Option<Grant> {
        let team_id = ["team", "enterprise"]
            .into_iter()
            .find_map(|name| reply.get(name)?.get("id")?.as_str().map(clean))
            .or_else(|| reply.get("team_id")?.as_str().map(clean));
        let mut user = match reply.remove("authed_user") {
            Some(Value::Object(user)) if user.contains_key("access_token") => user,
            // A token at the top may be a bot's.
            _ if is_users(&reply) => reply,
            _ => return None,
        };
        let mut secret = |name: &str| match user.remove(name) {
            Some(Value::String(text)) if !text.is_empty() => Some(Secret::new(text)),
            _ => None,
        };
        let (access_token, refresh_token) = (secret("access_token")?, secret("refresh_token"));
        let text = |name: &str| user.get(name).and_then(Value::as_str).map(clean);
        let scopes = text("scope").unwrap_or_default();
        let scopes = scopes.split(',').filter(|scope| !scope.is_empty());
        Some(Grant {
            access_token,
            refresh_token,
            expires_in: user
                .get("expires_in")
                .and_then(Value::as_u64)
                .map(Duration::from_secs),
            scopes: scopes.map(str::to_owned).collect(),
            user_id: text("id").or_else(|| text("user_id")),
            team_id,
        })
    }
}

fn is_users(reply: &Map<String, Value>) -> bool {
    let kind = reply.get("token_type").and_then(Value::as_str);
    reply.contains_key("access_token") && kind.is_none_or(|kind| kind == "user")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn grant(reply: Value) -> Option<Grant> {
        let Value::Object(reply) = reply else {
            unreachable!()
        };
        Grant::of(reply)
    }

    #[test]
    fn either_shape_is_read_and_a_bots_token_is_none() {
        let nested = json!({ "ok": true, "access_token": "xoxb-1", "token_type": "bot", "team": { "id": "T11" },
            "authed_user": { "id": "U22", "scope": "a,b", "access_token": "xoxp-33", "token_type": "user" } });
        let nested = grant(nested).unwrap();
        assert_eq!(nested.access_token.expose(), "xoxp-33");
        assert_eq!(nested.scopes, ["a", "b"]);
        assert!(nested.refresh_token.is_none() && nested.expires_in.is_none());
        assert_eq!(
            (nested.user_id.as_deref(), nested.team_id.as_deref()),
            (Some("U22"), Some("T11"))
        );
        let flat = json!({ "ok": true, "access_token": "xoxe.xoxp-44", "refresh_token": "xoxe-55", "expires_in": 66,
            "token_type": "user", "user_id": "U77", "team": null, "enterprise": { "id": "E88" } });
        let flat = grant(flat).unwrap();
        assert_eq!(flat.access_token.expose(), "xoxe.xoxp-44");
        assert_eq!(flat.refresh_token.as_ref().unwrap().expose(), "xoxe-55");
        assert_eq!(flat.expires_in, Some(Duration::from_secs(66)));
        assert_eq!(
            (flat.user_id.as_deref(), flat.team_id.as_deref()),
            (Some("U77"), Some("E88"))
        );
        assert!(!format!("{flat:?}").contains("xox"));
        let bot = json!({ "ok": true, "access_token": "xoxb-1", "token_type": "bot", "authed_user": { "id": "U22" } });
        assert!(grant(bot).is_none());
        assert!(grant(json!({ "ok": true })).is_none());
    }
}
