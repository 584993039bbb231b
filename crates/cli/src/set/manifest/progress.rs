//! What a manifest prints: a line or an object for each row, and a summary.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::args::SetArgs;
use crate::normalize::summary::by_choices;
use crate::set::manifest::prepare::{Outcome, Prepared};
use crate::set::manifest::report::Report;
use crate::set::manifest::tokens::Held;
use crate::set::record::SetRecord;
use crate::sheet::{self, Sheet};
use crate::slack::person::Owner;
use crate::terminal::console::{self, Console};
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use crate::terminal::plain_text;

/// How the run stands.
pub(crate) struct Progress {
    manifest: PathBuf,
    json: bool,
    /// Whether nothing was to be posted.
    is_dry: bool,
    rows: usize,
    counts: [usize; OUTCOMES.len()],
    /// How many rows follow a choice.
    chosen: usize,
    report: Option<Report>,
    sheet: Option<Sheet>,
    /// The line numbers of the rows that were reported.
    told: HashSet<u64>,
    /// Whether it ended before the last row.
    pub(crate) stopped: bool,
    pub(crate) exit: Exit,
}

/// With the words of the summary, in its order.
const OUTCOMES: [(Outcome, &str); 9] = [
    (Outcome::Set, "set"),
    (Outcome::Restored, "put back"),
    (Outcome::Checked, "ready"),
    (Outcome::Planned, "to be set"),
    (Outcome::Unchanged, "set already"),
    (Outcome::PutBack, "put back already"),
    (Outcome::Changed, "changed by somebody since"),
    (Outcome::Unsettled, "submitted and not shown yet"),
    (Outcome::Failed, "failed"),
];

/// A row in JSON: its own keys, then those of its photo.
#[derive(Serialize)]
struct Object<'a> {
    line: u64,
    outcome: &'static str,
    user_id: Option<&'a str>,
    team_id: Option<&'a str>,
    #[serde(flatten)]
    record: &'a SetRecord,
}

impl Progress {
    pub(crate) fn new(
        manifest: &Path,
        args: &SetArgs,
        rows: usize,
        report: Option<Report>,
        sheet: Option<Sheet>,
    ) -> Progress {
        Progress {
            manifest: manifest.to_owned(),
            json: args.json,
            is_dry: args.dry_run || args.many.check,
            rows,
            counts: [0; OUTCOMES.len()],
            chosen: 0,
            report,
            sheet,
            told: HashSet::new(),
            stopped: false,
            exit: Exit::Done,
        }
    }

    /// Prints what became of a row, and counts it.
    pub(crate) fn row(&mut self, row: &mut Prepared, console: &mut Console) {
        row.record.status = row.outcome.status();
        row.record.planned = self.is_dry;
        let record = &row.record;
        self.told.insert(row.line);
        let index = OUTCOMES.iter().position(|(known, _)| *known == row.outcome);
        self.counts[index.unwrap_or_default()] += 1;
        let is_right = !matches!(row.outcome, Outcome::Failed | Outcome::Changed);
        self.chosen += usize::from(record.chosen && is_right);
        let mut subject = row_name(&self.manifest, row.line).into_os_string();
        subject.push(format!(": {}", record.photo));
        let subject = PathBuf::from(subject);
        let owner = row.holder.as_ref().and_then(|holder| holder.owner.as_ref());
        if self.json {
            console.json(&Object {
                line: row.line,
                outcome: row.outcome.word(),
                user_id: owner.map(|owner| &owner.person.user[..]),
                team_id: owner.map(|owner| &owner.person.team[..]),
                record,
            });
        } else {
            if let Some(said) = said(row) {
                let said = escape::text(&said);
                console.line(format_args!("{}: {said}", escape::name(&subject)));
            }
            for warning in &record.warnings {
                console::warning(Some(&subject), warning);
            }
        }
        if row.outcome == Outcome::Unsettled {
            self.exit = Exit::worst([self.exit, Exit::Unsettled]);
        }
        for failure in &row.failures {
            console::failed(Some(&subject), failure);
            self.exit = Exit::worst([self.exit, Exit::Failed]);
        }
        if let Some(report) = &mut self.report {
            report.add(row);
        }
        let outcome = match (row.outcome, &record.warnings[..]) {
            (Outcome::Failed, _) => sheet::Outcome::Failed,
            // Somebody should look at it.
            (Outcome::Changed | Outcome::Unsettled, _) | (_, [_, ..]) => sheet::Outcome::Warned,
            (_, []) => sheet::Outcome::Fine,
        };
        let word = OUTCOMES[index.unwrap_or_default()].1;
        self.draw(row, outcome, word);
    }

    /// Puts a row on the page, if there is one.
    fn draw(&mut self, row: &Prepared, outcome: sheet::Outcome, word: &str) {
        let Some(sheet) = &mut self.sheet else {
            return;
        };
        let about = format!("line {}: {word}{}", row.line, whom(row));
        let drawn = sheet::Row {
            outcome,
            record: &row.record,
            failures: &row.failures,
            about: Some(about),
        };
        // Photos are posted all the same; the run says at its end that the page is broken.
        let _ = sheet.add(&drawn, &row.thumbnails);
    }

    /// Prints the summary, and writes the report and the page.
    pub(crate) fn finish(mut self, rows: &[Held]) -> Exit {
        for (row, holder) in rows {
            if !self.told.contains(&row.line) {
                let mut left = Prepared::new(row, holder);
                left.outcome = Outcome::NotTried;
                self.draw(&left, sheet::Outcome::NotTried, "not tried");
                if let Some(report) = &mut self.report {
                    report.add(&left);
                }
            }
        }
        let told: usize = self.counts.iter().sum();
        let is_any = |outcome: Outcome| {
            let index = OUTCOMES.iter().position(|(known, _)| *known == outcome);
            index.is_some_and(|index| self.counts[index] > 0)
        };
        // It was not the beginning of an outage after all.
        if self.exit == Exit::Stopped && told == self.rows && !is_any(Outcome::Failed) {
            let exit = if is_any(Outcome::Unsettled) {
                Exit::Unsettled
            } else {
                Exit::Done
            };
            (self.exit, self.stopped) = (exit, false);
        }
        let report = self.report.take().map_or(Ok(()), Report::finish);
        let sheet = self.sheet.take().map_or(Ok(()), Sheet::finish);
        for failure in [report.err(), sheet.err()].into_iter().flatten() {
            console::failed(None, &failure);
            self.exit = Exit::worst([self.exit, Exit::Failed]);
        }
        let mut words: Vec<_> = self
            .counts
            .iter()
            .zip(OUTCOMES)
            .filter(|(count, _)| **count > 0)
            .map(|(count, (_, word))| format!("{count} {word}"))
            .collect();
        if told < self.rows {
            words.push(format!("{} not tried", self.rows - told));
        }
        let rows = match self.rows {
            1 => "1 row".to_owned(),
            rows => format!("{rows} rows"),
        };
        let after = match (self.is_dry, self.exit) {
            (true, _) => "; nothing was posted",
            (false, Exit::Stopped | Exit::Interrupted) => "; the same command goes on from here",
            (false, Exit::Unsettled) => "; the same command looks again before it sends again",
            (false, _) if self.stopped => "; every row would meet the same",
            (false, _) => "",
        };
        if self.chosen > 0 {
            console::remark(&by_choices(self.chosen));
        }
        console::remark(&format!("{rows}: {}{after}", words.join(", ")));
        self.exit
    }

    /// Names every problem, and says that nothing was done.
    pub(crate) fn refuse(manifest: &Path, problems: &[(Option<u64>, Failure)]) -> Failure {
        let count = Progress::problems(manifest, problems);
        Failure::new("manifest", format!("{count}: nothing was posted"))
    }

    /// Names every problem, and returns how many there are.
    pub(crate) fn problems(manifest: &Path, problems: &[(Option<u64>, Failure)]) -> String {
        for (line, failure) in problems {
            let subject = match line {
                Some(line) => row_name(manifest, *line),
                None => manifest.to_owned(),
            };
            console::failed(Some(&subject), failure);
        }
        let count = match problems.len() {
            1 => "a problem".to_owned(),
            count => format!("{count} problems"),
        };
        format!("{count} in the manifest")
    }
}

/// `people.csv:12`
fn row_name(manifest: &Path, line: u64) -> PathBuf {
    let mut name = manifest.as_os_str().to_owned();
    name.push(format!(":{line}"));
    name.into()
}

/// ` for maya (U0MEMBER) of Emulator (T0EMULATOR)`, as `auth.test` tells, or else as the manifest says.
fn whom(row: &Prepared) -> String {
    let owner = row.holder.as_ref().and_then(|holder| holder.owner.as_ref());
    match (owner, &row.named) {
        (Some(owner), _) => format!(" for {owner}{}", workspace(owner)),
        (None, Some(named)) => format!(" for {named} (by the manifest)"),
        (None, None) => String::new(),
    }
}

/// ` of Emulator (T0EMULATOR)`
fn workspace(owner: &Owner) -> String {
    let name = owner.workspace.as_ref();
    let name = name.map_or_else(String::new, |name| format!(" of {name}"));
    format!("{name} ({})", owner.person.team)
}

/// The result, for people; failures are worded elsewhere.
fn said(row: &Prepared) -> Option<String> {
    let record = &row.record;
    let avatar = record
        .avatar
        .as_ref()
        .map(plain_text::made)
        .unwrap_or_default();
    let owner = row.holder.as_ref().and_then(|holder| holder.owner.as_ref());
    let whom = owner.map_or_else(String::new, |owner| format!(" for {owner}"));
    let hash = || {
        let profile = record.profile.as_ref();
        let hash = profile.and_then(|profile| profile.avatar_hash.as_deref());
        hash.map_or_else(String::new, |hash| format!(", avatar_hash {hash}"))
    };
    Some(match row.outcome {
        Outcome::Set => format!("set{whom}: {avatar}{}", hash()),
        Outcome::Restored => format!("put back{whom}: {avatar}{}", hash()),
        Outcome::Unchanged => format!("set already{whom}"),
        Outcome::PutBack => format!("put back already{whom}"),
        Outcome::Changed => {
            let before = match row.done {
                Some(_) => format!("set already{whom}, but"),
                None => format!("left as it is{whom}:"),
            };
            format!("{before} the profile now shows another photo; --again posts it")
        }
        Outcome::Unsettled => format!("submitted{whom}, but the profile does not show it yet"),
        Outcome::Planned => format!("would be set{whom}: {avatar}"),
        Outcome::Checked => {
            let of_workspace = owner.map_or_else(String::new, workspace);
            format!("ready{whom}{of_workspace}")
        }
        Outcome::Failed | Outcome::NotTried => return None,
    })
}
