//! auth.test: whose token it is, of which workspace and app, and for how long.

use serde_json::Value;

use crate::call::{Answer, Call, members};

pub(crate) fn auth_test(call: Call<'_>) -> Answer {
    let origin = &call.shared.public;
    let remaining = call.grant.remaining(call.shared);
    call.in_world(|world| {
        let user = world.user(&call.grant.user).expect("authenticated");
        let mut answer = members([
            ("url", format!("{origin}/").into()),
            ("team", "Headshot".into()),
            ("user", user.text("display_name").into()),
            ("team_id", world.team.clone().into()),
            ("user_id", user.id.clone().into()),
            ("app_id", "A0HEADSHOT".into()),
            ("enterprise_id", Value::Null),
            ("is_enterprise_install", call.grant.is_org_token.into()),
        ]);
        if call.grant.is_org_token {
            answer.insert("enterprise_id".to_owned(), "E0HEADSHOT".into());
        }
        if call.grant.is_bot_token {
            answer.insert("bot_id".to_owned(), "B0ROBOT".into());
        }
        if let Some(remaining) = remaining {
            answer.insert("expires_in".to_owned(), remaining.as_secs().into());
        }
        Ok(answer)
    })
}
