//! An answer of `"ok": false`: the code from Slack's tables, and why in a sentence.

use serde_json::{Value, json};

/// A refused call.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    /// What was wrong, for `response_metadata.messages`; Slack gives such a line too, sometimes.
    pub(crate) message: String,
    /// Further members of the reply, as `needed` and `provided`.
    pub(crate) extra: Vec<(&'static str, Value)>,
    /// Seconds for `Retry-After`: the reply is then a status 429.
    pub(crate) retry_after: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal {
            code,
            message: message.into(),
            extra: Vec::new(),
            retry_after: None,
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Refusal {
        self.extra.push((name, value.into()));
        self
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut reply = json!({ "ok": false, "error": self.code });
        for (name, value) in &self.extra {
            reply[*name] = value.clone();
        }
        reply["response_metadata"] = json!({ "messages": [format!("[ERROR] {}", self.message)] });
        reply
    }
}
