//! What became of one photo, as a line of JSON.

use std::path::Path;

use headshot_core::{Avatar, Format, Info, Plan};
pub use headshot_report::{FramedFace, Made, Source, Status, sha256};
use headshot_report::{SCHEMA, texts};
use serde::{Deserialize, Serialize};

use crate::escape;
use crate::failure::Failure;

/// One photo's object, filled as far as the photo got. Every key is always there, in this order, `null` if it does
/// not apply.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record {
    /// The version of this object: `headshot_report::SCHEMA`.
    pub schema: u32,
    /// Its name as it was given; `-` for standard input.
    pub photo: String,
    /// How it ended.
    pub status: Status,
    /// What its header says.
    pub source: Option<Source>,
    /// The avatar, or what it would be.
    pub avatar: Option<Made>,
    /// The face by which it was framed, or would be.
    #[serde(default)]
    pub face: Option<FramedFace>,
    /// The file that was written; `-` for standard output.
    pub output: Option<String>,
    /// What was done, in order, in plain words. For `inspect`: what `normalize` would do.
    pub steps: Vec<String>,
    /// What the user should know, in plain words.
    pub warnings: Vec<String>,
    /// Why it failed.
    pub error: Option<Failure>,
    /// Nothing was made: it is a prediction. Only a dry run of `normalize` has this key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub planned: bool,
    /// It was made by a person's choice after looking at it. Only such photos of a batch or a manifest have this key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub chosen: bool,
    /// How many steps and warnings are about the photo and its avatar: later ones are about Slack, and stay if
    /// another avatar has to be made.
    #[serde(skip)]
    own: (usize, usize),
}

impl Record {
    /// For a photo of which only the name is known.
    pub fn new(photo: &Path) -> Record {
        Record {
            schema: SCHEMA,
            photo: escape::lossless(photo.as_os_str()),
            status: Status::Ok,
            source: None,
            avatar: None,
            face: None,
            output: None,
            steps: Vec::new(),
            warnings: Vec::new(),
            error: None,
            planned: false,
            chosen: false,
            own: (0, 0),
        }
    }

    /// Notes what the header says.
    pub fn probed(&mut self, info: &Info) {
        self.source = Some(info.into());
        self.warnings = texts(&info.warnings);
        self.own = (0, self.warnings.len());
    }

    /// Notes what would be made.
    pub fn planned(&mut self, plan: &Plan) {
        self.avatar = Some(plan.into());
        self.face = plan.faces.as_ref().map(Into::into);
        self.steps = texts(&plan.steps);
        self.warnings.extend(texts(&plan.warnings));
    }

    /// Notes what was made.
    pub fn made(&mut self, avatar: &Avatar) {
        self.avatar = Some(avatar.into());
        self.face = avatar.report().faces.as_ref().map(Into::into);
        let steps = texts(&avatar.report().steps);
        // The report repeats the warnings of the header.
        let warnings = texts(&avatar.report().warnings);
        let own = (steps.len(), warnings.len());
        self.steps.splice(..self.own.0, steps);
        self.warnings.splice(..self.own.1, warnings);
        self.own = own;
    }

    /// What the user should know beyond the photo and its avatar.
    pub fn other_warnings(&self) -> &[String] {
        self.warnings.get(self.own.1..).unwrap_or_default()
    }

    /// The format of the avatar.
    ///
    /// # Errors
    /// If nothing was planned: this is a bug.
    pub fn format(&self) -> Result<Format, Failure> {
        let named = self.avatar.as_ref().map(|avatar| avatar.format);
        let format = Format::WRITTEN
            .iter()
            .find(|format| Some(format.name()) == named);
        format
            .copied()
            .ok_or_else(|| Failure::new("internal", "its avatar has no format"))
    }

    /// Notes how it ended.
    pub fn ended(&mut self, end: Result<(), Failure>) {
        self.error = end.err();
        self.status = match self.error {
            None => Status::Ok,
            Some(_) => Status::Failed,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_always_there_and_in_order() {
        let mut record = Record::new(Path::new("a.jpg"));
        record.ended(Err(Failure::new("not_found", "there is no such file")));
        assert_eq!(
            serde_json::to_string(&record).unwrap(),
            "{\"schema\":1,\"photo\":\"a.jpg\",\"status\":\"failed\",\"source\":null,\"avatar\":null,\"face\":null,\"output\":null,\"steps\":[],\
             \"warnings\":[],\"error\":{\"kind\":\"not_found\",\"message\":\"there is no such file\",\"hint\":null,\
             \"code\":null}}"
        );
    }
}
