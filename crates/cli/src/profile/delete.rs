//! `delete`: removes the profile photo with `users.deletePhoto`, and keeps a backup.

use std::path::Path;

use headshot_upload::{Class, Profile};

use crate::args::DeleteArgs;
use crate::profile::answer::Answer;
use crate::set::replace::{self, Purpose, Shown};
use crate::slack::Slack;
use crate::terminal::console::Console;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use crate::terminal::record::{Record, Status};
use crate::trace;

pub(crate) fn run(args: &DeleteArgs, console: &mut Console) -> Result<Exit, Failure> {
    let slack = Slack::new(&args.slack, &trace::network_alone(&args.slack)?)?;
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
        if shows_none(&shown) {
            record.steps.push(NONE.to_owned());
            return Ok(());
        }
        let (whom, owner) = (slack.whom(), &shown.owner);
        let step = format!("would delete the photo of {owner} (users.deletePhoto at {whom})");
        record.steps.push(step);
        record.steps.extend(replace::plan(&shown, &args.backup)?);
        return Ok(());
    }
    // A photo that is deleted without a backup is gone, so a backup is the default.
    let mut shown = if args.backup.no_backup {
        None
    } else {
        let shown = Shown::look(slack.owner()?, Purpose::Change, None, slack, record);
        Some(shown.map_err(|failure| unseen(&failure))?)
    };
    // If nothing changes, do not forget what the last change replaced.
    if shown.as_ref().is_some_and(shows_none) {
        record.steps.push(NONE.to_owned());
        return Ok(());
    }
    let replaced = match &mut shown {
        Some(shown) => replace::begin(shown, false, None, &args.backup, slack, record)?,
        None => None,
    };
    let reply = slack.wait(slack.client.delete_photo())?;
    record.warnings.extend(reply.warnings);
    let step = "the profile photo is deleted (users.deletePhoto at ";
    record.steps.push(format!("{step}{})", slack.whom()));
    if let Some(shown) = shown {
        replace::end(shown.state, None, replaced, args.backup.keep, slack, record);
    }
    Ok(())
}

const NONE: &str = "the profile has no uploaded photo: there is nothing to delete";

fn shows_none(shown: &Shown) -> bool {
    let profile = shown.profile.as_ref();
    profile.and_then(Profile::has_photo) == Some(false)
}

/// A photo that cannot be read cannot be kept. If it never can be, the hint says how to go without.
fn unseen(failure: &Failure) -> Failure {
    if failure.kind != Class::ChangeApp.as_str() {
        return failure.clone();
    }
    Failure {
        message: format!(
            "nothing was deleted, because the photo cannot be kept: {}",
            failure.message
        ),
        hint: Some(
            "add the scope users.profile:read to the app; or --no-backup deletes it without a backup"
                .to_owned(),
        ),
        ..failure.clone()
    }
}
