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
    let method = head.path.strip_prefix("/api/")?;
    let grant = token::read(authorization.strip_prefix("Bearer ")?)?;
    let fault = grant.fault?;
    if ["users.profile.get", "auth.test"].contains(&method) && !fault.is_everywhere() {
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
