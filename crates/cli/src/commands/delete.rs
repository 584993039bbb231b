//! `delete`: takes the profile photo away with `users.deletePhoto`, and keeps it.

use std::path::Path;

use crate::args::DeleteArgs;
use crate::commands::profile::Answer;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lock;
use crate::memory;
use crate::replace::{self, Purpose, Shown};
use crate::report::{Record, Status};
use crate::slack::Slack;

pub(crate) fn run(args: &DeleteArgs, console: &mut Console) -> Result<Exit, Failure> {
    let slack = Slack::new(&args.slack)?;
    let mut record = Record::new(Path::new("--delete"));
    let end = delete(args, &slack, &mut record);
    let answer = Answer {
        status: match &end {
            Ok(()) => Status::Ok,
            Err(_) => Status::Failed,
        },
        profile: None,
        warnings: record.warnings,
        error: end.err(),
    };
    Ok(answer.print(args.json, console, |_, console| {
        for step in &record.steps {
            console.labeled("", &format!("- {step}"));
        }
    }))
}

fn delete(args: &DeleteArgs, slack: &Slack, record: &mut Record) -> Result<(), Failure> {
    if args.dry_run {
        let shown = Shown::look(
            slack.owner()?,
            Purpose::Plan,
            Some("what it shows is not known"),
            slack,
            record,
        )?;
        shown.owner.must_write()?;
        let (whom, owner) = (slack.whom(), &shown.owner);
        let step = format!("would delete the photo of {owner} (users.deletePhoto at {whom})");
        record.steps.push(step);
        record.steps.extend(replace::plan(&shown, &args.backup));
        return Ok(());
    }
    // A photo that is deleted without a copy is gone: who does not want one says so.
    let mut shown = match args.backup.no_backup {
        true => None,
        false => {
            let owner = slack.owner().map_err(|failure| unseen(&failure))?;
            let shown = Shown::look(owner, Purpose::Change, None, slack, record);
            Some(shown.map_err(|failure| unseen(&failure))?)
        }
    };
    let replaced = match &mut shown {
        Some(shown) => replace::begin(shown, false, None, &args.backup, slack, record)?,
        None => None,
    };
    let reply = slack.wait(slack.client.delete_photo())?;
    record.warnings.extend(reply.warnings);
    let step = "the profile photo is deleted (users.deletePhoto at ";
    record.steps.push(format!("{step}{})", slack.whom()));
    if let Some(shown) = shown {
        replace::end(
            shown.memory,
            None,
            replaced,
            args.backup.keep,
            slack,
            record,
        );
    }
    Ok(())
}

fn unseen(failure: &Failure) -> Failure {
    if [lock::LOCKED, memory::NEWER].contains(&&failure.kind[..]) {
        return failure.clone();
    }
    Failure {
        message: format!(
            "nothing was deleted, because the photo cannot be kept: {}",
            failure.message
        ),
        hint: Some("--no-backup deletes it without keeping it".to_owned()),
        ..failure.clone()
    }
}
