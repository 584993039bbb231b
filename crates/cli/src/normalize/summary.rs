//! The few lines at the end of a batch: how many photos ended how, and what that took.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::terminal::plain_text::bytes;
use crate::terminal::record::{Record, Status};
use headshot_batch::By;

/// Counts of what was reported so far.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) made: usize,
    pub(crate) unchanged: usize,
    kept: usize,
    orphaned: usize,
    /// Those of them that a run without `--dry-run` would remove.
    removable: usize,
    pub(crate) removed: usize,
    pub(crate) failed: usize,
    /// By the reason.
    skipped: BTreeMap<String, usize>,
    warned: usize,
    /// Made from choices, now or before, or ignored because the photo has changed.
    chosen: usize,
    lapsed: usize,
    pub(crate) read: u64,
    written: u64,
    slowest: Option<(Duration, String)>,
}

impl Summary {
    /// Counts the photos that were made from choices.
    pub(crate) fn count_choice(&mut self, record: &Record, by: By) {
        let is_right = matches!(record.status, Status::Ok | Status::Unchanged);
        match by {
            By::Choice if is_right => self.chosen += 1,
            By::LapsedChoice => self.lapsed += 1,
            By::Choice | By::Recipe => {}
        }
    }

    /// Counts one photo, of which `read` bytes were read.
    pub(crate) fn count(&mut self, record: &Record, read: u64, took: Duration) {
        match record.status {
            Status::Ok => self.made += 1,
            Status::Unchanged => self.unchanged += 1,
            Status::Kept => self.kept += 1,
            Status::Failed => self.failed += 1,
            Status::NotTried | Status::Unsettled => return,
            Status::Orphan => {
                if record.steps.is_empty() {
                    self.orphaned += 1;
                } else {
                    self.removable += 1;
                }
                return;
            }
            Status::Removed => {
                self.removed += 1;
                return;
            }
            Status::Skipped => {
                let why = record.warnings.first().cloned().unwrap_or_default();
                *self.skipped.entry(why).or_default() += 1;
                return;
            }
        }
        self.read += read;
        if record.status == Status::Ok {
            self.warned += usize::from(!record.warnings.is_empty());
            self.written += record
                .avatar
                .as_ref()
                .and_then(|made| made.bytes)
                .unwrap_or(0);
        }
        let slowest = self.slowest.as_ref();
        if record.status == Status::Ok && slowest.is_none_or(|(slowest, _)| took > *slowest) {
            self.slowest = Some((took, record.photo.clone()));
        }
    }

    /// Whether there was any photo.
    pub(crate) fn is_any(&self) -> bool {
        self.made + self.unchanged + self.kept + self.failed > 0
    }

    /// How many avatars without a photo there were.
    pub(crate) fn orphans(&self) -> usize {
        self.orphaned + self.removable + self.removed
    }

    /// How many photos were made without what was chosen, because they have changed.
    pub(crate) fn lapsed(&self) -> Option<String> {
        match self.lapsed {
            0 => None,
            1 => Some("1 photo has changed since you chose".to_owned()),
            count => Some(format!(
                "{} photos have changed since you chose",
                grouped(count)
            )),
        }
    }

    /// The lines, of a run that made avatars (or, if `planned`, only looked at photos) for this long.
    pub(crate) fn lines(&self, planned: bool, took: Duration) -> Vec<String> {
        let mut counts = vec![(self.made, if planned { "planned" } else { "made" })];
        counts.extend([
            (self.unchanged, "unchanged"),
            (self.kept, "kept"),
            (self.failed, "failed"),
        ]);
        let mut counts: Vec<_> = counts
            .iter()
            .filter(|(count, word)| *count > 0 || matches!(*word, "made" | "planned"))
            .map(|(count, word)| format!("{} {word}", grouped(*count)))
            .collect();
        if self.warned > 0 {
            counts[0] += &format!(" ({} with warnings)", grouped(self.warned));
        }
        let line = self
            .is_any()
            .then(|| format!("{} in {}", counts.join(", "), duration(took)));
        let mut lines = Vec::from_iter(line);
        if self.chosen > 0 {
            lines.push(by_choices(self.chosen));
        }
        lines.extend(self.lapsed());
        for (why, count) in &self.skipped {
            lines.push(format!("{} skipped: {why}", grouped(*count)));
        }
        if self.removed > 0 {
            lines.push(format!("{} removed", avatars(self.removed)));
        }
        if self.removable > 0 {
            lines.push(format!("{} would be removed", avatars(self.removable)));
        }
        if self.orphaned > 0 {
            lines.push(format!("{} without a photo", avatars(self.orphaned)));
        }
        let read = bytes(self.read);
        match &self.slowest {
            Some((slowest, photo)) if !planned => {
                let (written, slowest) = (bytes(self.written), duration(*slowest));
                lines.push(format!(
                    "{read} read, {written} written; slowest {photo}, {slowest}"
                ));
            }
            _ if self.read > 0 => lines.push(format!("{read} read")),
            _ => {}
        }
        lines
    }
}

/// `42 photos as you chose`
pub(crate) fn by_choices(count: usize) -> String {
    match count {
        1 => "1 photo as you chose".to_owned(),
        _ => format!("{} photos as you chose", grouped(count)),
    }
}

/// `1 avatar`, `12,345 avatars`
pub(crate) fn avatars(count: usize) -> String {
    match count {
        1 => "1 avatar".to_owned(),
        _ => format!("{} avatars", grouped(count)),
    }
}

/// `12,345`
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `0.12 s`, `1 min 12 s`, `3 h 4 min`
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.2} s", duration.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_at_a_glance() {
        assert_eq!(
            [7, 999, 1000, 1234567].map(grouped),
            ["7", "999", "1,000", "1,234,567"]
        );
        let durations = [0.123, 9.5, 72.0, 11_045.0].map(Duration::from_secs_f64);
        assert_eq!(
            durations.map(duration),
            ["0.12 s", "9.50 s", "1 min 12 s", "3 h 4 min"]
        );
    }
}
