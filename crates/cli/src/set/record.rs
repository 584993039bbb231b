//! The result of setting a photo: the record of any photo, and what Slack said about it.

use std::ops::{Deref, DerefMut};
use std::path::Path;

use headshot_upload::Profile;
use serde::Serialize;

use crate::terminal::record::Record;

/// The record of a photo, followed by the profile.
#[derive(Debug, Serialize)]
pub(crate) struct SetRecord {
    #[serde(flatten)]
    record: Record,
    /// The profile as Slack returned it.
    pub(crate) profile: Option<Profile>,
    /// Slack's ID of the post, if there was one.
    #[serde(skip)]
    pub(crate) receipt: Option<Receipt>,
    /// Whether to hint at `--fit face`.
    #[serde(skip)]
    pub(crate) is_hinted: bool,
}

/// A post that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    /// How often it was sent.
    pub(crate) attempts: u32,
    /// `x-slack-req-id`: what Slack's support asks for.
    pub(crate) request_id: Option<String>,
}

impl SetRecord {
    pub(crate) fn new(photo: &Path) -> SetRecord {
        SetRecord {
            record: Record::new(photo),
            profile: None,
            receipt: None,
            is_hinted: false,
        }
    }
}

// It is used mostly like any other record.
impl Deref for SetRecord {
    type Target = Record;

    fn deref(&self) -> &Record {
        &self.record
    }
}

impl DerefMut for SetRecord {
    fn deref_mut(&mut self) -> &mut Record {
        &mut self.record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_comes_last() {
        let record = SetRecord::new(Path::new("a.jpg"));
        let json = serde_json::to_string(&record).unwrap();
        assert!(
            json.starts_with("{\"schema\":1,\"photo\":\"a.jpg\","),
            "{json}"
        );
        assert!(
            json.ends_with(",\"error\":null,\"profile\":null}"),
            "{json}"
        );
    }
}
