//! The note about a person: values only, no files.

use serde::{Deserialize, Serialize};

use crate::state::backup::Backup;

/// What is remembered.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    /// What was sent last and is on the profile, as far as is known.
    pub(crate) sent: Option<Sent>,
    /// The backup of the photo that the last change replaced or deleted, if there is one.
    pub(crate) replaced: Option<String>,
    /// A change that has begun and is not known to have ended.
    pub(crate) pending: Option<Pending>,
    /// The photos that were kept, the oldest first.
    pub(crate) backups: Vec<Backup>,
}

/// What was posted, and the hash that the profile got from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sent {
    #[serde(flatten)]
    pub(crate) upload: Fingerprint,
    pub(crate) avatar_hash: String,
    /// Whether headshot made it: it can be made again.
    pub(crate) made: bool,
}

/// What identifies an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    /// Of the bytes of the photo.
    pub(crate) sha256: String,
    /// `crop_x`, `crop_y` and `crop_w`, if they were sent along.
    pub(crate) crop: Option<[u32; 3]>,
}

/// What the profile showed when a change began, and the backup of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) avatar_hash: Option<String>,
    pub(crate) kept: Option<String>,
    /// When it began, in seconds since 1970; 0 where an earlier version noted it.
    #[serde(default)]
    pub(crate) at: u64,
    /// What was to be sent; nothing if the photo was to be deleted.
    #[serde(default)]
    pub(crate) sent: Option<Fingerprint>,
    /// Whether headshot made that.
    #[serde(default)]
    pub(crate) made: bool,
}

impl Note {
    /// Decides what became of a change with an unknown outcome, by what the profile shows now. If that is a different photo,
    /// `is_sent` tells whether it is the one that was sent: somebody else may have chosen it. If it is the same, the
    /// change may still take effect.
    pub(crate) fn settle(
        &mut self,
        shown: Option<&str>,
        is_sent: impl FnOnce(&Fingerprint) -> bool,
    ) {
        let is_over = |pending: &mut Pending| pending.avatar_hash.as_deref() != shown;
        let Some(pending) = self.pending.take_if(is_over) else {
            return;
        };
        self.replaced = pending.kept;
        self.sent = match (pending.sent, shown) {
            (Some(upload), Some(hash)) if is_sent(&upload) => Some(Sent {
                upload,
                avatar_hash: hash.to_owned(),
                made: pending.made,
            }),
            _ => None,
        };
    }

    pub(crate) fn backup(&self, sha256: &str) -> Option<&Backup> {
        self.backups.iter().find(|backup| backup.sha256 == sha256)
    }

    /// Whether headshot made the photo with this hash of bytes or, on the profile, this `avatar_hash`.
    pub(crate) fn is_made(&self, sha256: &str, avatar_hash: Option<&str>) -> bool {
        let kept = self.backup(sha256).is_none_or(|backup| backup.made);
        let sent = self.sent.as_ref().filter(|sent| sent.made);
        let is_sent = sent.is_some_and(|sent| {
            Some(&sent.avatar_hash[..]) == avatar_hash || sent.upload.sha256 == sha256
        });
        kept && is_sent
    }

    /// Whether every hash is valid: they become file names.
    pub(crate) fn is_sound(&self) -> bool {
        let pending = self.pending.as_ref();
        let pending = pending.and_then(|pending| pending.kept.as_ref());
        let backups = self.backups.iter().map(|backup| &backup.sha256);
        let hashes = [self.replaced.as_ref(), pending].into_iter().flatten();
        hashes
            .chain(backups)
            .all(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::backup::Extension;

    #[test]
    fn a_change_without_an_end_is_judged_by_what_is_shown() {
        let kept = |digit: &str| Some(digit.repeat(64));
        let begun = || Note {
            sent: Some(Sent {
                upload: Fingerprint {
                    sha256: "5".repeat(64),
                    crop: None,
                },
                avatar_hash: "aaa".to_owned(),
                made: true,
            }),
            replaced: kept("1"),
            pending: Some(Pending {
                avatar_hash: Some("aaa".to_owned()),
                kept: kept("2"),
                at: 7,
                sent: Some(Fingerprint {
                    sha256: "6".repeat(64),
                    crop: None,
                }),
                made: true,
            }),
            backups: Vec::new(),
        };
        let mut note = begun();
        note.settle(Some("aaa"), |_| panic!("nothing has changed"));
        assert_eq!(note, begun(), "it may still take effect");
        note.settle(Some("bbb"), |_| false);
        assert_eq!((note.replaced, note.pending), (kept("2"), None));
        assert_eq!(note.sent, None, "somebody else has chosen it");
        let mut note = begun();
        note.settle(Some("bbb"), |sent| sent.sha256 == "6".repeat(64));
        assert_eq!((note.replaced, note.pending), (kept("2"), None));
        let sent = note.sent.unwrap();
        assert_eq!((&sent.avatar_hash[..], sent.made), ("bbb", true));
    }

    #[test]
    fn a_photo_that_came_from_elsewhere_stays_one_when_it_is_put_back() {
        let own = Backup {
            sha256: "1".repeat(64),
            extension: Extension::Png,
            at: 7,
            made: false,
            side: None,
        };
        let sent = |digit: &str, made| Sent {
            upload: Fingerprint {
                sha256: digit.repeat(64),
                crop: None,
            },
            avatar_hash: "aaa".to_owned(),
            made,
        };
        let mut note = Note {
            sent: Some(sent("2", true)),
            backups: vec![own],
            ..Note::default()
        };
        assert!(note.is_made(&"2".repeat(64), None));
        assert!(
            note.is_made(&"3".repeat(64), Some("aaa")),
            "Slack coded it anew"
        );
        assert!(!note.is_made(&"3".repeat(64), Some("bbb")));
        assert!(!note.is_made(&"1".repeat(64), Some("aaa")));
        note.sent = Some(sent("2", false));
        assert!(!note.is_made(&"2".repeat(64), Some("aaa")));
    }

    #[test]
    fn a_note_names_no_file_of_its_own() {
        let note = |sha256: &str| Note {
            replaced: Some(sha256.to_owned()),
            ..Note::default()
        };
        assert!(note(&"a1".repeat(32)).is_sound());
        assert!(!note("../../../../etc/passwd").is_sound());
        assert!(!note(&"../".repeat(22)[..64]).is_sound());
    }
}
