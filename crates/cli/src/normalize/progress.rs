//! What a batch prints while it runs: a progress bar on a terminal, lines otherwise, and the report.

use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::normalize::report::Report;
use crate::normalize::summary::{Summary, avatars, duration, grouped};
use crate::sheet::{Row, Sheet};
use crate::terminal::console::{self, Console};
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use crate::terminal::plain_text;
use crate::terminal::record::{Record, Status};
use headshot_batch::Thumbnails;
use headshot_batch::choices::LAPSED;
use headshot_batch::{By, Done};

/// How many avatars without a photo are named.
const NAMED: usize = 20;

/// How much is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// Failures only.
    Quiet,
    /// One object per photo on standard output.
    Json,
    /// One line per photo on standard output, unless there is a bar on the same terminal.
    Lines,
}

pub(crate) struct Progress<'a> {
    console: &'a mut Console,
    voice: Voice,
    bar: Option<ProgressBar>,
    report: Option<Report>,
    sheet: Option<Sheet>,
    pub(crate) summary: Summary,
    /// Whether skipped files are named, too.
    pub(crate) names_skipped: bool,
    began: Instant,
}

impl<'a> Progress<'a> {
    /// Starts the progress of so many inputs.
    pub(crate) fn new(
        count: usize,
        voice: Voice,
        report: Option<Report>,
        sheet: Option<Sheet>,
        console: &'a mut Console,
    ) -> Progress<'a> {
        let has_bar = console::is_watched()
            && match voice {
                Voice::Quiet => false,
                // If objects go to a terminal, the user wants to see them.
                Voice::Json => !console::is_terminal(),
                Voice::Lines => true,
            };
        Progress {
            console,
            voice,
            bar: has_bar.then(|| bar(count)),
            report,
            sheet,
            summary: Summary::default(),
            names_skipped: false,
            began: Instant::now(),
        }
    }

    /// Reports photos that are done.
    ///
    /// # Errors
    /// If the report or the page cannot be written.
    pub(crate) fn photos(&mut self, done: &[Done]) -> Result<(), Failure> {
        let mut written = Ok(());
        let bar = self.bar.clone();
        let mut show = || {
            for done in done {
                self.summary.count(&done.record, done.read, done.took);
                self.summary.count_choice(&done.record, done.by);
                if let (Ok(()), Some(report)) = (&written, &mut self.report) {
                    written = report.write(&done.record);
                }
                if let (Ok(()), Some(sheet)) = (&written, &mut self.sheet) {
                    written = sheet.add(&Row::of(&done.record), &done.thumbnails);
                }
                self.photo(done);
            }
        };
        match &bar {
            None => show(),
            Some(bar) => bar.suspend(show),
        }
        if let Some(bar) = bar {
            bar.inc(done.len() as u64);
            let speed = self.summary.read as f64 / self.began.elapsed().as_secs_f64();
            let failed = match self.summary.failed {
                0 => String::new(),
                count => format!(", {} failed", grouped(count)),
            };
            bar.set_message(format!("{:.1} MB/s{failed}", speed / 1e6));
        }
        written
    }

    fn photo(&mut self, done: &Done) {
        let record = &done.record;
        let path = &done.input.path;
        match self.voice {
            Voice::Json => self.console.json(record),
            // So many lines would sweep the bar away; the summary counts them.
            Voice::Lines if record.planned || self.bar.is_none() || !console::is_terminal() => {
                if record.status == Status::Ok {
                    plain_text::written(record, self.console);
                    for warning in record.warnings.iter().filter(|_| self.bar.is_none()) {
                        console::warning(Some(path), warning);
                    }
                }
            }
            Voice::Lines | Voice::Quiet => {}
        }
        // For photos that were made, this comes with their other warnings.
        let is_said = self.voice == Voice::Quiet || record.status == Status::Ok;
        if done.by == By::LapsedChoice && !is_said {
            console::warning(Some(path), LAPSED);
        }
        if let Some(failure) = &record.error {
            console::failed(Some(path), failure);
        }
        if self.names_skipped && record.status == Status::Kept {
            let why = record.warnings.join(", ");
            console::remark(&format!("{}: {why}", escape::name(path)));
        }
        if self.names_skipped && record.status == Status::Skipped {
            let why = record.warnings.join(", ");
            console::remark(&format!("{}: skipped: {why}", escape::name(path)));
        }
    }

    /// Reports a photo that was not tried: a report or a page without it would look complete.
    ///
    /// # Errors
    /// If the report or the page cannot be written.
    pub(crate) fn not_tried(&mut self, photo: &Path) -> Result<(), Failure> {
        let mut record = Record::new(photo);
        record.status = Status::NotTried;
        if let Some(report) = &mut self.report {
            report.write(&record)?;
        }
        if let Some(sheet) = &mut self.sheet {
            sheet.add(&Row::of(&record), &Thumbnails::default())?;
        }
        if self.voice == Voice::Json {
            self.console.json(&record);
        }
        Ok(())
    }

    /// Reports an avatar whose photo is gone.
    ///
    /// # Errors
    /// If the report cannot be written.
    pub(crate) fn orphan(&mut self, record: &Record) -> Result<(), Failure> {
        self.summary.count(record, 0, Duration::ZERO);
        if let Some(report) = &mut self.report {
            report.write(record)?;
        }
        match self.voice {
            Voice::Json => self.console.json(record),
            // Whoever asks what would be removed wants all of it.
            Voice::Lines if self.summary.orphans() <= NAMED || record.planned => {
                let output = record.output.as_deref().unwrap_or_default();
                for said in record.steps.iter().chain(&record.warnings) {
                    self.remark(&format!("{output}: {said}"));
                }
            }
            Voice::Lines if self.summary.orphans() == NAMED + 1 => {
                self.remark("and more; --report FILE lists them all");
            }
            Voice::Lines | Voice::Quiet => {}
        }
        if let Some(failure) = &record.error {
            self.failed(failure);
        }
        Ok(())
    }

    /// Says what went wrong with the whole run.
    pub(crate) fn failed(&self, failure: &Failure) {
        match &self.bar {
            None => console::failed(None, failure),
            Some(bar) => bar.suspend(|| console::failed(None, failure)),
        }
    }

    /// Says something about the whole run, unless it is quiet.
    pub(crate) fn remark(&self, text: &str) {
        if self.voice == Voice::Quiet {
            return;
        }
        match &self.bar {
            None => console::remark(text),
            Some(bar) => bar.suspend(|| console::remark(text)),
        }
    }

    /// Ends the report, the page and the bar, and sums up.
    pub(crate) fn finish(&mut self, planned: bool) -> Result<(), Failure> {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        for line in self.summary.lines(planned, self.began.elapsed()) {
            self.remark(&line);
        }
        if self.voice == Voice::Quiet
            && let Some(lapsed) = self.summary.lapsed()
        {
            console::remark(&lapsed);
        }
        if planned && self.summary.made > 0 {
            self.remark(plain_text::PLANNED);
        }
        if self.voice == Voice::Quiet && self.summary.removed > 0 {
            // This must never be silent.
            console::remark(&format!("{} removed", avatars(self.summary.removed)));
        }
        let report = self.report.take().map_or(Ok(()), Report::finish);
        let sheet = self.sheet.take().map_or(Ok(()), Sheet::finish);
        report.and(sheet)
    }
}

fn bar(count: usize) -> ProgressBar {
    let template = "{bar:24} {human_pos}/{human_len} photos, {msg}, {left} left";
    let style = ProgressStyle::with_template(template).expect("the template is a constant");
    let left = |state: &indicatif::ProgressState, text: &mut dyn std::fmt::Write| {
        let left = state.eta();
        let _ = match left.as_secs() {
            // Guesses need no hundredths.
            seconds @ 0..60 => write!(text, "{seconds} s"),
            _ => text.write_str(&duration(left)),
        };
    };
    let style = style.with_key("left", left);
    let bar = ProgressBar::with_draw_target(Some(count as u64), ProgressDrawTarget::stderr());
    bar.with_style(style).with_message("0 MB/s")
}
