//! `auth.revoke`: revokes a token and what renews it.

use crate::call::{Answer, Call, members};

pub(crate) fn revoke(call: Call<'_>, token: &str) -> Answer {
    let is_test = call.flag("test")?;
    if !is_test {
        call.shared.state().oauth.revoke(token);
    }
    Ok(members([("revoked", (!is_test).into())]))
}
