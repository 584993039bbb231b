//! One call: what a method gets, asks for and answers.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value};

use crate::form::{Field, Kind};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::token::Grant;
use crate::world::World;

/// One accepted call on its way to its method.
pub(crate) struct Call<'a> {
    pub(crate) shared: &'a Arc<Shared>,
    pub(crate) verb: &'a str,
    pub(crate) grant: Grant,
    pub(crate) kind: Kind,
    /// Arguments of query and body.
    pub(crate) fields: Vec<Field>,
}

impl Call<'_> {
    /// The text of an argument.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .map(|field| field.text().into_owned())
    }

    /// A yes or no; no if it is not given.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.text(name).as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(other) => Err(Refusal::new(
                "invalid_arguments",
                format!("{name} {other:?} is neither true nor false"),
            )),
        }
    }

    /// Runs a piece of work on the caller's workspace.
    pub(crate) fn in_world<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        work(self.shared.state().world(&self.grant.world))
    }

    /// Counts a call against a limit a minute, unless limits are off.
    pub(crate) fn check_rate(&self, key: &str, limit: u32) -> Result<(), Refusal> {
        if self.shared.settings.rate.is_none() {
            return Ok(());
        }
        self.in_world(|world| world.rates.take(key, limit, Instant::now()))
            .map_err(|wait| {
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                let refusal = Refusal::new(
                    "ratelimited",
                    format!("{key}: at most {limit} a minute; again in {seconds} s"),
                );
                Refusal {
                    retry_after: Some(seconds),
                    ..refusal
                }
            })
    }

    /// Checks `team_id`, which a token of one workspace need not send.
    pub(crate) fn check_team(&self) -> Result<(), Refusal> {
        let team = self.in_world(|world| world.team.clone());
        match self.text("team_id") {
            Some(named) if named == team => Ok(()),
            Some(other) => Err(Refusal::new(
                "team_access_not_granted",
                format!("team {other:?} is not {team}"),
            )),
            None if self.grant.is_org_token => Err(Refusal::new(
                "missing_argument",
                "an organization's token needs team_id",
            )),
            None => Ok(()),
        }
    }

    /// Refuses a token without this scope.
    pub(crate) fn check_scope(&self, scope: &str) -> Result<(), Refusal> {
        if self.grant.scopes.contains(&scope) {
            return Ok(());
        }
        let refusal = Refusal::new(
            "missing_scope",
            format!("the token lacks the scope {scope}"),
        );
        Err(refusal
            .with("needed", scope)
            .with("provided", self.grant.scopes.join(",")))
    }
}

/// What a successful method adds to `"ok": true`.
pub(crate) type Answer = Result<Map<String, Value>, Refusal>;

/// The members of an answer, from pairs.
pub(crate) fn members<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
