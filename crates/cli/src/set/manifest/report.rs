//! `--report FILE`: the result of each row, for people who have to account for it: JSON Lines, or CSV if the file name says so.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::claims::{Claims, Content, Target, output};
use crate::files::input::is_dash;
use crate::files::write;
use crate::set::manifest::prepare::{Outcome, Prepared};
use crate::terminal::date;
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use crate::terminal::record::Status;

/// A report in the making: written when the run ends, whole or not at all.
pub(crate) struct Report {
    target: Target,
    is_csv: bool,
    is_planned: bool,
    rows: Vec<Line>,
}

/// One row. The names are those of the columns.
#[derive(Debug, Serialize)]
struct Line {
    schema: &'static str,
    line: u64,
    outcome: &'static str,
    status: Status,
    user_id: Option<String>,
    team_id: Option<String>,
    name: Option<String>,
    photo: String,
    /// Of the photo's file.
    sha256: Option<String>,
    /// Of what was posted.
    avatar_sha256: Option<String>,
    hash_before: Option<String>,
    hash_after: Option<String>,
    attempts: Option<u32>,
    request_id: Option<String>,
    /// `None` for a row that was not tried, like `ended`.
    began: Option<String>,
    ended: Option<String>,
    error: Option<String>,
    message: Option<String>,
}

/// What it is, and the extensions that say so.
const KINDS: (&str, &[&str]) = ("JSON Lines or CSV", &["csv", "jsonl", "json", "txt"]);

/// The first key of every line, so that no other file is taken for a report.
const REAL: &str = "headshot-manifest-report-1";
const PLANNED: &str = "headshot-manifest-report-1-planned";

impl Report {
    /// Checks, before anything is posted, that a report can be made there without replacing anything but a report.
    pub(crate) fn new(
        file: &Path,
        is_planned: bool,
        claims: &mut Claims,
    ) -> Result<Report, Failure> {
        if is_dash(file) {
            let failure = Failure::usage("--report -: the report is a file");
            return Err(failure.with_hint("--json prints what became of each row"));
        }
        let target = claims.claim("--report", file, Content::Checked)?;
        let found = if file.exists() && !write::is_special(file) {
            fs::read(file).map_err(|error| write::failed(file, &error))?
        } else {
            Vec::new()
        };
        let problem = match first_key(&found) {
            Key::Real if is_planned => {
                Some("a dry run does not replace the report of a run that has posted")
            }
            Key::Foreign => Some("it already exists and is not a report of a manifest"),
            Key::Empty | Key::Planned | Key::Real => None,
        };
        if let Some(problem) = problem {
            let message = format!("--report {}: {problem}", escape::name(file));
            return Err(Failure::usage(message).with_hint("name another file"));
        }
        output::check_kind("--report", file, KINDS)?;
        target.prepare()?;
        let extension = file.extension().unwrap_or_default();
        Ok(Report {
            target,
            is_csv: extension.eq_ignore_ascii_case("csv"),
            is_planned,
            rows: Vec::new(),
        })
    }

    pub(crate) fn add(&mut self, row: &Prepared) {
        let record = &row.record;
        let owner = row.holder.as_ref().and_then(|holder| holder.owner.as_ref());
        let failure = row.failures.first();
        let profile = record.profile.as_ref();
        let receipt = record.receipt.as_ref();
        let request_id = receipt.and_then(|receipt| receipt.request_id.clone());
        let attempts = row.lost + receipt.map_or(0, |receipt| receipt.attempts);
        let ended = match row.ended {
            0 => date::now(),
            ended => ended,
        };
        let time = |time: u64| (row.outcome != Outcome::NotTried).then(|| date::text(time));
        self.rows.push(Line {
            schema: if self.is_planned { PLANNED } else { REAL },
            line: row.line,
            outcome: row.outcome.word(),
            status: row.outcome.status(),
            user_id: owner.map(|owner| owner.person.user.clone()),
            team_id: owner.map(|owner| owner.person.team.clone()),
            name: owner.and_then(|owner| owner.name.clone()),
            photo: record.photo.clone(),
            sha256: row.photo.clone(),
            avatar_sha256: record.avatar.as_ref().and_then(|made| made.sha256.clone()),
            hash_before: row.before.clone(),
            hash_after: profile.and_then(|profile| profile.avatar_hash.clone()),
            attempts: (attempts > 0).then_some(attempts),
            request_id: request_id.or_else(|| failure?.request_id.as_deref().map(str::to_owned)),
            began: time(row.began),
            ended: time(ended),
            error: failure.map(|failure| failure.kind.to_string()),
            message: failure.map(|failure| failure.message.clone()),
        });
    }

    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        // Rows that had to wait came last.
        self.rows.sort_by_key(|row| row.line);
        let mut text = Vec::new();
        let failed = |error: String| Failure::new("output", error);
        if self.is_csv {
            let mut writer = csv::Writer::from_writer(&mut text);
            for row in &self.rows {
                writer
                    .serialize(row.plain())
                    .map_err(|error| failed(error.to_string()))?;
            }
            writer
                .flush()
                .map_err(|error| write::failed(&self.target.path, &error))?;
        } else {
            for row in &self.rows {
                let line = serde_json::to_string(row).map_err(|error| failed(error.to_string()))?;
                text.extend_from_slice(escape::json(&line).as_bytes());
                text.push(b'\n');
            }
        }
        self.target.write(&text)
    }
}

impl Line {
    /// Escaped, so that no spreadsheet takes text for a formula and no terminal obeys it.
    fn plain(&self) -> Line {
        let plain = |text: &str| {
            let text = escape::text(text);
            if text.starts_with(['=', '+', '-', '@']) {
                format!("'{text}")
            } else {
                text
            }
        };
        let given = |text: &Option<String>| text.as_deref().map(plain);
        Line {
            schema: self.schema,
            line: self.line,
            outcome: self.outcome,
            status: self.status,
            user_id: given(&self.user_id),
            team_id: given(&self.team_id),
            name: given(&self.name),
            photo: plain(&self.photo),
            sha256: self.sha256.clone(),
            avatar_sha256: self.avatar_sha256.clone(),
            hash_before: given(&self.hash_before),
            hash_after: given(&self.hash_after),
            attempts: self.attempts,
            request_id: given(&self.request_id),
            began: self.began.clone(),
            ended: self.ended.clone(),
            error: given(&self.error),
            message: given(&self.message),
        }
    }
}

enum Key {
    Empty,
    Real,
    Planned,
    Foreign,
}

/// Whose report it is: by its first line, or in CSV by the first value of its second.
fn first_key(text: &[u8]) -> Key {
    if text.is_empty() {
        return Key::Empty;
    }
    let starts = |text: &[u8], start: String| text.starts_with(start.as_bytes());
    let second = text
        .splitn(2, |byte| *byte == b'\n')
        .nth(1)
        .unwrap_or_default();
    let is = |schema: &str| {
        starts(text, format!("{{\"schema\":\"{schema}\","))
            || (starts(text, "schema,line,".to_owned()) && starts(second, format!("{schema},")))
    };
    match (is(REAL), is(PLANNED)) {
        (true, _) => Key::Real,
        (_, true) => Key::Planned,
        _ => Key::Foreign,
    }
}
