//! What is printed of a manifest: a line or an object for each row, and a summary.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::args::SetArgs;
use crate::console::{self, Console};
use crate::escape;
use crate::exit::Exit;
use crate::manifest::prepare::{Outcome, Prepared};
use crate::report::Record;
use crate::words;

/// How the run stands.
pub(crate) struct Tally {
    manifest: PathBuf,
    json: bool,
    dry_run: bool,
    rows: usize,
    set: usize,
    unchanged: usize,
    planned: usize,
    failed: usize,
    /// Whether it ended before the last row.
    pub(crate) stopped: bool,
    pub(crate) exit: Exit,
}

/// A row in JSON: that of its photo, behind two keys of its own.
#[derive(Serialize)]
struct Object<'a> {
    line: u64,
    outcome: &'static str,
    #[serde(flatten)]
    record: &'a Record,
}

impl Tally {
    pub(crate) fn new(manifest: &Path, args: &SetArgs, rows: usize) -> Tally {
        Tally {
            manifest: manifest.to_owned(),
            json: args.json,
            dry_run: args.dry_run,
            rows,
            set: 0,
            unchanged: 0,
            planned: 0,
            failed: 0,
            stopped: false,
            exit: Exit::Done,
        }
    }

    /// Prints what became of a row, and counts it.
    pub(crate) fn row(&mut self, line: u64, row: &Prepared, console: &mut Console) {
        let record = &row.record;
        let (count, outcome) = match row.outcome {
            Outcome::Set => (&mut self.set, "set"),
            Outcome::Unchanged => (&mut self.unchanged, "unchanged"),
            Outcome::Planned => (&mut self.planned, "planned"),
            Outcome::Failed => (&mut self.failed, "failed"),
        };
        *count += 1;
        let mut subject = place(&self.manifest, line).into_os_string();
        subject.push(format!(": {}", record.photo));
        let subject = PathBuf::from(subject);
        if self.json {
            console.json(&Object {
                line,
                outcome,
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
        for failure in &row.failures {
            console::failed(Some(&subject), failure);
            self.exit = Exit::worst([self.exit, Exit::Failed]);
        }
    }

    /// Prints the summary.
    pub(crate) fn finish(&self) {
        let counts = [
            (self.set, "set"),
            (self.planned, "would be set"),
            (self.unchanged, "set already"),
            (self.failed, "failed"),
        ];
        let told = counts.iter().map(|(count, _)| count).sum::<usize>();
        let mut words: Vec<_> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        if told < self.rows {
            words.push(format!("{} not tried", self.rows - told));
        }
        let rows = match self.rows {
            1 => "1 row".to_owned(),
            rows => format!("{rows} rows"),
        };
        let after = match (self.dry_run, self.exit) {
            (true, _) => "; nothing was posted",
            (false, Exit::Stopped | Exit::Interrupted) => "; the same command goes on from here",
            (false, _) if self.stopped => "; every row would meet the same",
            (false, _) => "",
        };
        console::remark(&format!("{rows}: {}{after}", words.join(", ")));
    }
}

/// `people.csv:12`
pub(crate) fn place(manifest: &Path, line: u64) -> PathBuf {
    let mut place = manifest.as_os_str().to_owned();
    place.push(format!(":{line}"));
    place.into()
}

/// What became of it, for people; of a failure elsewhere.
fn said(row: &Prepared) -> Option<String> {
    let record = &row.record;
    let avatar = record.avatar.as_ref().map(words::made).unwrap_or_default();
    match row.outcome {
        Outcome::Set => {
            let profile = record.profile.as_ref().and_then(Option::as_ref);
            let hash = profile.and_then(|profile| profile.avatar_hash.as_deref());
            let hash = hash.map(|hash| format!(", avatar_hash {hash}"));
            Some(format!("set: {avatar}{}", hash.unwrap_or_default()))
        }
        Outcome::Unchanged => Some("set already".to_owned()),
        Outcome::Planned => Some(format!("would be set: {avatar}")),
        Outcome::Failed => None,
    }
}
