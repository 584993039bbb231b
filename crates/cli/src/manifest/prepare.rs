//! What can be done for a row before it is its turn: reading its photo, making the avatar. Sends nothing.

use headshot_core::{Fit, Limits, Options, Plan, probe};

use crate::args::SetArgs;
use crate::commands::set::{self, Upload};
use crate::failure::Failure;
use crate::input;
use crate::manifest::ledger::{Job, Past};
use crate::manifest::person::Person;
use crate::manifest::rows::Row;
use crate::report::{Record, sha256};

/// A row so far.
pub(crate) struct Prepared {
    pub(crate) record: Record,
    pub(crate) outcome: Outcome,
    /// Why it failed: one reason, or in a dry run all of them.
    pub(crate) failures: Vec<Failure>,
    /// What to post, where something is.
    pub(crate) ready: Option<Ready>,
    /// Whether Slack was called for it.
    pub(crate) was_tried: bool,
}

/// Everything that posting takes.
pub(crate) struct Ready {
    pub(crate) person: Person,
    pub(crate) job: Job,
    pub(crate) upload: Upload,
    pub(crate) options: Options,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Set,
    /// An earlier run has set it.
    Unchanged,
    /// It would be set.
    Planned,
    Failed,
}

impl Prepared {
    fn new(row: &Row) -> Prepared {
        let mut record = Record::new(row.name.as_ref());
        record.profile = Some(None);
        Prepared {
            record,
            outcome: Outcome::Planned,
            failures: Vec::new(),
            ready: None,
            was_tried: false,
        }
    }

    /// Notes what came of posting it.
    pub(crate) fn ended(&mut self, posted: Result<Outcome, Failure>) {
        self.was_tried = true;
        match posted {
            Ok(outcome) => self.outcome = outcome,
            Err(failure) => self.failed(failure),
        }
    }

    fn failed(&mut self, failure: Failure) {
        self.outcome = Outcome::Failed;
        if self.failures.is_empty() {
            self.record.ended(Err(failure.clone()));
        }
        self.failures.push(failure);
    }
}

/// Prepares a row: its avatar, or in a dry run the plan for it.
pub(crate) fn row(
    row: &Row,
    person: &Result<Person, Failure>,
    args: &SetArgs,
    options: &Options,
    past: &Past,
) -> Prepared {
    let mut prepared = Prepared::new(row);
    let person = match person {
        Ok(person) => Some(person),
        Err(failure) => {
            prepared.failed(failure.clone());
            None
        }
    };
    // A dry run looks at the photo as well.
    if person.is_none() && !args.dry_run {
        return prepared;
    }
    let options = Options {
        fit: row.crop.map_or(options.fit, Fit::Crop),
        ..options.clone()
    };
    if let Err(failure) = photo(row, person, args, options, past, &mut prepared) {
        prepared.failed(failure);
    }
    prepared
}

fn photo(
    row: &Row,
    person: Option<&Person>,
    args: &SetArgs,
    options: Options,
    past: &Past,
    prepared: &mut Prepared,
) -> Result<(), Failure> {
    let bytes = input::read(&row.photo, options.limits.bytes)?;
    let job = person.map(|person| Job {
        person: person.key.clone(),
        photo: sha256(&bytes),
        recipe: recipe(args, &options),
    });
    if job.as_ref().is_some_and(|job| past.is_done(job)) {
        prepared.outcome = Outcome::Unchanged;
        return Ok(());
    }
    if args.dry_run {
        let info = probe(&bytes, &options.limits)?;
        prepared.record.probed(&info);
        prepared.record.planned(&Plan::new(&info, &options)?);
        return Ok(());
    }
    let upload = set::prepare(bytes, args, &options, &mut prepared.record)?;
    prepared.ready = person.zip(job).map(|(person, job)| Ready {
        person: person.clone(),
        job,
        upload,
        options,
    });
    Ok(())
}

/// Of everything that decides what is posted of a photo. The limits only decide whether it is, but for those on
/// frames and profiles.
fn recipe(args: &SetArgs, options: &Options) -> String {
    let decisive = Options {
        limits: Limits {
            frames: options.limits.frames,
            profile: options.limits.profile,
            ..Limits::default()
        },
        ..options.clone()
    };
    sha256(format!("as is: {}, {decisive:?}", args.as_is).as_bytes())
}
