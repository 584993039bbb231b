//! `profile`: what `users.profile.get` says about the owner of the token, or somebody else.

use headshot_upload::Profile;
use serde::Serialize;

use crate::args::{ProfileArgs, ProfileCommand, ProfileShowArgs};
use crate::commands::profile_set;
use crate::console::{self, Console};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Status;
use crate::slack::Slack;
use crate::words;

/// The object of `--json`, of `profile set` and `delete` as well.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    pub(crate) status: Status,
    /// As Slack returned it; `null` when it returned none.
    pub(crate) profile: Option<Profile>,
    pub(crate) warnings: Vec<String>,
    pub(crate) error: Option<Failure>,
}

pub(crate) fn run(args: &ProfileArgs, console: &mut Console) -> Result<Exit, Failure> {
    match &args.command {
        Some(ProfileCommand::Set(args)) => profile_set::run(args, console),
        None => show(&args.show, console),
    }
}

fn show(args: &ProfileShowArgs, console: &mut Console) -> Result<Exit, Failure> {
    let slack = Slack::new(&args.slack)?;
    let answer = match slack.wait(slack.client.profile(args.user.as_deref())) {
        Ok(reply) => Answer {
            status: Status::Ok,
            profile: Some(reply.value),
            warnings: reply.warnings,
            error: None,
        },
        Err(failure) => Answer::failed(failure),
    };
    Ok(answer.print(args.json, console, |answer, console| {
        if let Some(profile) = &answer.profile {
            who(profile, console);
            words::profile(profile, console);
        }
    }))
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
