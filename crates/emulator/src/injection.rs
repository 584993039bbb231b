//! Which fault a request meets.

use crate::fault::Fault;
use crate::http::Head;
use crate::state::Shared;
use crate::token;

/// The fault that this request meets, if any, counted.
pub(crate) fn claim(shared: &Shared, head: &Head) -> Option<Fault> {
    let [authorization] = &head.authorization[..] else {
        return None;
    };
    let grant = token::read(authorization.strip_prefix("Bearer ")?)?;
    let fault = grant.fault?;
    if fault.is_scim() {
        if head.verb != "PATCH" || !head.path.starts_with("/scim/") {
            return None;
        }
    } else if ["users.profile.get", "auth.test"].contains(&head.path.strip_prefix("/api/")?)
        && !fault.is_everywhere()
    {
        return None;
    }
    let mut state = shared.state();
    let strikes = state
        .world(&grant.world)
        .strikes
        .entry(fault.text.clone())
        .or_default();
    *strikes = strikes.saturating_add(1);
    match fault.times() {
        Some(times) if *strikes > times => None,
        _ => Some(fault),
    }
}
