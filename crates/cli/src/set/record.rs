//! What became of a photo that was to be set: the record of any photo, and what Slack said of it.

use std::ops::{Deref, DerefMut};
use std::path::Path;

use headshot_upload::Profile;
use serde::Serialize;

use crate::terminal::record::Record;

/// The record of a photo, with the profile behind its keys.
#[derive(Debug, Serialize)]
pub(crate) struct SetRecord {
    #[serde(flatten)]
    record: Record,
    /// The profile as Slack returned it.
    pub(crate) profile: Option<Profile>,
    /// What Slack calls the post, where there was one.
    #[serde(skip)]
    pub(crate) receipt: Option<Receipt>,
    /// Whether a word on `--fit face` is due.
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

// It is a record, and most of what is done to it is done to any.
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
