//! `profile`: shows what `users.profile.get` says about the owner of the token, or somebody else.

mod answer;
pub(crate) mod audit;
pub(crate) mod backups;
pub(crate) mod delete;
mod set;

use crate::args::{ProfileArgs, ProfileCommand, ProfileShowArgs};
use crate::slack::Slack;
use crate::terminal::console::Console;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use crate::terminal::plain_text;
use crate::terminal::record::Status;
use crate::trace;

use answer::{Answer, who};

pub(crate) fn run(args: &ProfileArgs, console: &mut Console) -> Result<Exit, Failure> {
    match &args.command {
        Some(ProfileCommand::Set(args)) => set::run(args, console),
        None => show(&args.show, console),
    }
}

fn show(args: &ProfileShowArgs, console: &mut Console) -> Result<Exit, Failure> {
    let slack = Slack::new(&args.slack, &trace::network_alone(&args.slack)?)?;
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
            plain_text::profile(profile, console);
        }
    }))
}
