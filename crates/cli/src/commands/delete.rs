//! `delete`: takes the profile photo away with `users.deletePhoto`.

use crate::args::DeleteArgs;
use crate::commands::profile::Answer;
use crate::console::Console;
use crate::escape;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Status;
use crate::slack::Slack;

pub(crate) fn run(args: &DeleteArgs, console: &mut Console) -> Result<Exit, Failure> {
    let slack = Slack::new(&args.slack)?;
    let answer = match slack.wait(slack.client.delete_photo()) {
        Ok(reply) => Answer {
            status: Status::Ok,
            profile: None,
            warnings: reply.warnings,
            error: None,
        },
        Err(failure) => Answer::failed(failure),
    };
    Ok(answer.print(args.json, console, |answer, console| {
        if answer.status == Status::Ok {
            let line = format!(
                "the profile photo is deleted (users.deletePhoto at {})",
                slack.whom()
            );
            console.line(escape::text(&line));
        }
    }))
}
