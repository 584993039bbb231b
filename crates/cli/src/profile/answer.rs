//! What `profile`, `profile set` and `delete` answer with.

use headshot_upload::Profile;
use serde::Serialize;

use crate::terminal::console::{self, Console};
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use crate::terminal::record::Status;

/// The object of `--json`, of `profile set` and `delete` as well.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    pub(crate) status: Status,
    /// As Slack returned it; `null` when it returned none.
    pub(crate) profile: Option<Profile>,
    pub(crate) warnings: Vec<String>,
    pub(crate) error: Option<Failure>,
}

/// Whose profile it is and what their status says.
pub(crate) fn who(profile: &Profile, console: &mut Console) {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    if let Some(name) = given(&profile.real_name).or_else(|| given(&profile.display_name)) {
        console.labeled("name", &name);
    }
    let status = [&profile.status_emoji, &profile.status_text].map(given);
    let status: Vec<_> = status.into_iter().flatten().collect();
    if !status.is_empty() {
        console.labeled("status", &status.join(" "));
    }
}

impl Answer {
    pub(crate) fn failed(failure: Failure) -> Answer {
        Answer {
            status: Status::Failed,
            profile: None,
            warnings: Vec::new(),
            error: Some(failure),
        }
    }

    /// Prints it as JSON or as `describe` puts it, and a failure on standard error in either case.
    pub(crate) fn print(
        &self,
        json: bool,
        console: &mut Console,
        describe: impl Fn(&Answer, &mut Console),
    ) -> Exit {
        if json {
            console.json(self);
        } else {
            describe(self, console);
            for warning in &self.warnings {
                console::warning(None, warning);
            }
        }
        match &self.error {
            None => Exit::Done,
            Some(failure) => {
                console::failed(None, failure);
                Exit::Failed
            }
        }
    }
}
