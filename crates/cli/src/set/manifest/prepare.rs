//! Work that can be done for a row before its turn: reading its photo, making the avatar. Sends nothing.

use std::path::Path;

use headshot_core::{Fit, Limits, Options, plan, probe};

use crate::args::SetArgs;
use crate::files::input;
use crate::set::manifest::journal::{Past, Set};
use crate::set::manifest::rows::Row;
use crate::set::manifest::tokens::Holder;
use crate::set::record::SetRecord;
use crate::set::upload::{self, Upload};
use crate::sheet::FACE_SIDE;
use crate::state::{Sent, State};
use crate::terminal::date;
use crate::terminal::failure::Failure;
use crate::terminal::record::{Record, Status, sha256};
use headshot_batch::choices::{Choice, Choices, Found, LAPSED};
use headshot_batch::{By, Hash, Thumbnail, Thumbnails};

/// A row so far.
pub(crate) struct Prepared {
    pub(crate) line: u64,
    pub(crate) record: SetRecord,
    pub(crate) outcome: Outcome,
    /// Why it failed: one reason, or in a dry run all of them.
    pub(crate) failures: Vec<Failure>,
    pub(crate) holder: Option<Holder>,
    /// The SHA-256 of the photo's file.
    pub(crate) photo: Option<String>,
    /// Who the manifest says it is for.
    pub(crate) named: Option<String>,
    /// For the page, if there is one.
    pub(crate) thumbnails: Thumbnails,
    /// What an earlier run set, if it was this photo.
    pub(crate) done: Option<Set>,
    /// Whether that comes from this machine's notes about the person, not from a journal.
    pub(crate) is_remembered: bool,
    /// What to post, if anything.
    pub(crate) ready: Option<Ready>,
    /// How many of its posts lost their answer.
    pub(crate) lost: u32,
    /// How often it was sent again because the outcome was unknown.
    pub(crate) resent: u32,
    /// Whether Slack was called for it.
    pub(crate) was_tried: bool,
    /// The `avatar_hash` that the profile had before anything was posted.
    pub(crate) before: Option<String>,
    /// When its turn came and when it was over, in seconds since 1970.
    pub(crate) began: u64,
    pub(crate) ended: u64,
}

/// Everything that posting takes.
pub(crate) struct Ready {
    pub(crate) upload: Upload,
    pub(crate) options: Options,
    /// The options, as the journal records them.
    pub(crate) asked: String,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Set,
    /// The previous photo is back.
    Restored,
    /// An earlier run has set it.
    Unchanged,
    /// An earlier run has put the previous photo back.
    PutBack,
    /// An earlier run has set it, and somebody has set another since.
    Changed,
    /// It was submitted through SCIM and does not show yet.
    Unsettled,
    /// It would be set.
    Planned,
    /// Its token is fine.
    Checked,
    Failed,
    /// The run ended before it.
    NotTried,
}

impl Outcome {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Outcome::Set => "set",
            Outcome::Restored => "restored",
            Outcome::Unchanged | Outcome::PutBack => "unchanged",
            Outcome::Changed => "changed",
            Outcome::Unsettled => "unsettled",
            Outcome::Planned => "planned",
            Outcome::Checked => "checked",
            Outcome::Failed => "failed",
            Outcome::NotTried => "not_tried",
        }
    }

    /// The same in the words that all reports share.
    pub(crate) fn status(self) -> Status {
        match self {
            Outcome::Set | Outcome::Restored | Outcome::Planned | Outcome::Checked => Status::Ok,
            Outcome::Unchanged | Outcome::PutBack => Status::Unchanged,
            Outcome::Changed => Status::Kept,
            Outcome::Unsettled => Status::Unsettled,
            Outcome::Failed => Status::Failed,
            Outcome::NotTried => Status::NotTried,
        }
    }
}

impl Prepared {
    pub(crate) fn new(row: &Row, holder: &Result<Holder, Failure>) -> Prepared {
        let record = SetRecord::new(row.name.as_ref());
        let mut prepared = Prepared {
            line: row.line,
            record,
            outcome: Outcome::Planned,
            failures: Vec::new(),
            holder: holder.as_ref().ok().cloned(),
            photo: None,
            named: row.user_id.clone().or_else(|| row.email.clone()),
            thumbnails: Thumbnails::default(),
            done: None,
            is_remembered: false,
            ready: None,
            lost: 0,
            resent: 0,
            was_tried: false,
            before: None,
            began: date::now(),
            ended: 0,
        };
        if let Err(failure) = holder {
            prepared.failed(failure.clone());
        }
        prepared
    }

    /// Records the result of its turn.
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
    holder: &Result<Holder, Failure>,
    args: &SetArgs,
    options: &Options,
    choices: Option<&Choices>,
    past: &Past,
    server: &str,
) -> Prepared {
    let mut prepared = Prepared::new(row, holder);
    // A dry run reads the photo, too. `--restore` does not need the rows' photos.
    let is_wanted = holder.is_ok() || args.dry_run;
    if !is_wanted || args.restore.is_some() {
        if args.many.sheet.is_some() {
            let limits = &options.limits;
            let photo = input::read(&row.photo, limits.bytes).ok();
            prepared.thumbnails.before = photo.and_then(|photo| Thumbnail::of(&photo, limits));
        }
        return prepared;
    }
    let mut by = By::Recipe;
    let made = photo(
        row,
        args,
        options,
        choices,
        past,
        server,
        &mut prepared,
        &mut by,
    );
    if let Err(failure) = made {
        prepared.failed(failure);
    }
    prepared.record.chosen = by == By::Choice && prepared.failures.is_empty();
    if by == By::LapsedChoice {
        prepared.record.warnings.push(LAPSED.to_owned());
    }
    prepared
}

#[allow(clippy::too_many_arguments)]
fn photo(
    row: &Row,
    args: &SetArgs,
    options: &Options,
    choices: Option<&Choices>,
    past: &Past,
    server: &str,
    prepared: &mut Prepared,
    by: &mut By,
) -> Result<(), Failure> {
    let bytes = input::read(&row.photo, options.limits.bytes)?;
    let hash = sha256(&bytes);
    let chosen = chosen(row, &bytes, args, choices, by);
    if args.as_is {
        check_as_is(&chosen, *by)?;
    }
    let options = chosen.applied(options);
    let asked = asked(args, &chosen);
    let last = prepared.holder.as_ref();
    let last = last.and_then(|holder| past.of(holder, server));
    prepared.done = last.and_then(|last| last.done(&hash, &asked)).cloned();
    prepared.photo = Some(hash);
    let is_drawn = args.many.sheet.is_some();
    if is_drawn {
        prepared.thumbnails.before = Thumbnail::of(&bytes, &options.limits);
    }
    if prepared.done.is_some() && prepared.failures.is_empty() {
        prepared.outcome = Outcome::Unchanged;
        if !args.many.again {
            if is_drawn && let Ok(upload) = drawn(bytes, args, &options) {
                prepared.thumbnails.face = face(&upload, &options);
                prepared.thumbnails.after = avatar(&upload, &options.limits);
            }
            return Ok(());
        }
    }
    if args.dry_run {
        let info = probe(&bytes, &options.limits)?;
        prepared.record.probed(&info);
        let planned = plan(&bytes, &info, &options)?;
        prepared.record.planned(&planned);
        let sent = remembered(prepared, server);
        if is_drawn || sent.is_some() {
            let upload = drawn(bytes, args, &options)?;
            if is_drawn {
                prepared.thumbnails.face = face(&upload, &options);
                prepared.thumbnails.after = avatar(&upload, &options.limits);
            }
            let sent = sent.filter(|sent| sent.upload == upload.fingerprint());
            prepared.is_remembered = prepared.done.is_none() && sent.is_some();
            prepared.done = prepared.done.take().or_else(|| {
                sent.map(|sent| Set {
                    avatar_hash: Some(sent.avatar_hash),
                    sent: Some(sent.upload),
                    kept: None,
                })
            });
        }
        return Ok(());
    }
    let upload = upload::prepare(bytes, args, &options, &mut prepared.record)?;
    if is_drawn {
        prepared.thumbnails.face = face(&upload, &options);
        prepared.thumbnails.after = avatar(&upload, &options.limits);
    }
    prepared.ready = Some(Ready {
        upload,
        options,
        asked,
    });
    Ok(())
}

/// The options for a row's photo: flags override its choice, which overrides its columns; without a choice, columns override flags.
fn chosen(
    row: &Row,
    photo: &[u8],
    args: &SetArgs,
    choices: Option<&Choices>,
    by: &mut By,
) -> Choice {
    let has_choice = |choices: &&Choices| choices.named(&row.name).is_some();
    let found = choices.filter(has_choice).map(|choices| {
        // The flags are in it.
        choices.find(&row.name, Hash::of(photo))
    });
    match found {
        Some(Found::Choice(choice)) => {
            if !choices.is_some_and(|choices| choices.is_overridden(&row.name)) {
                *by = By::Choice;
            }
            return choice.over(&row.columns);
        }
        Some(Found::Lapsed) => *by = By::LapsedChoice,
        Some(Found::Nothing) | None => {}
    }
    row.columns.over(&args.image.choice())
}

/// Refuses what `--as-is` cannot do: anything except a crop, which Slack does.
fn check_as_is(chosen: &Choice, by: By) -> Result<(), Failure> {
    let flags = chosen.flags();
    let Some((flag, _)) = flags.iter().find(|(flag, _)| *flag != "crop") else {
        return Ok(());
    };
    let member = flag.replace('-', "_");
    let failure = Failure::usage(format!("{member}: --as-is posts the file unchanged"));
    Err(match by {
        By::Choice => failure.with_hint("leave out --as-is, or your choices with --no-choices"),
        _ => failure.with_hint(format!("leave out --as-is, or the {member} of this row")),
    })
}

/// What this machine set for the person last, if it is known who that is.
fn remembered(prepared: &Prepared, server: &str) -> Option<Sent> {
    let owner = prepared.holder.as_ref()?.owner.as_ref()?;
    let state = State::peek(&owner.person, server, &mut Vec::new()).ok()?;
    state.note.sent
}

/// What would be posted.
fn drawn(photo: Vec<u8>, args: &SetArgs, options: &Options) -> Result<Upload, Failure> {
    upload::prepare(photo, args, options, &mut Record::new(Path::new("")))
}

/// A small picture of what Slack makes of an upload.
fn avatar(upload: &Upload, limits: &Limits) -> Option<Thumbnail> {
    let fit = upload.crop.map_or(Fit::Contain, Fit::Crop);
    Thumbnail::fitted(upload.photo.bytes(), fit, limits)
}

/// A small picture of the photo with the face that decided.
fn face(upload: &Upload, options: &Options) -> Option<Thumbnail> {
    let (photo, faces) = (upload.source.as_ref()?, upload.faces.as_ref()?);
    Thumbnail::explained(photo, faces, FACE_SIDE, options)
}

/// The options, as the journal records them.
fn asked(args: &SetArgs, chosen: &Choice) -> String {
    let asked = args.image.asked(chosen);
    if args.as_is {
        format!("as-is {asked}").trim_end().to_owned()
    } else {
        asked
    }
}
