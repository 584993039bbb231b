//! What Slack says when it refuses.

use crate::Code;

/// What Slack said along with `"ok": false`. All of it is cleaned of control characters and shortened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The method that was called.
    pub method: &'static str,
    /// Why it was refused.
    pub code: Code,
    /// With `missing_scope`: the scope that is needed.
    pub needed: Option<String>,
    /// With `missing_scope`: the scopes that the token has.
    pub provided: Option<String>,
    /// Warnings and messages that came along.
    pub warnings: Vec<String>,
    /// Slack's ID of the request, which its support asks for.
    pub request_id: Option<String>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: refused: {}", self.method, self.code)?;
        if let Some(needed) = &self.needed {
            write!(f, ", needed: {needed}")?;
        }
        if let Some(provided) = &self.provided {
            write!(f, ", provided: {provided}")?;
        }
        if !self.warnings.is_empty() {
            write!(f, " ({})", self.warnings.join("; "))?;
        }
        Ok(())
    }
}
