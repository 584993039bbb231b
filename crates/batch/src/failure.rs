//! Why a photo, a call or a whole run failed: a kind for programs, a message and a hint for people.

use std::borrow::Cow;
use std::fmt;
use std::io;

use headshot_core::{Error, Limit};
use headshot_report::message;
use serde::{Deserialize, Serialize};

/// One failure, ready to be printed or put into JSON. Its texts may hold foreign characters: escape them on output.
///
/// The kind tells who must act:
///
/// | kind | who |
/// |---|---|
/// | `usage`, `collision` | the person who named the photos and the output folder |
/// | `not_ours` | the owner of the file that is in the way; settings may allow replacing it |
/// | `locked` | nobody: another run is at work, and will end |
/// | `choices` | the owner of the choices file |
/// | `disk_full`, `output`, `journal` | the owner of the output folder |
/// | `not_found`, `unreadable`, `is_folder`, `not_a_file`, `changed` | the owner of the photo |
/// | `worker`, `worker_died` | the person who started the run: the photo needs more than its worker may have |
/// | `internal` | us: it is a bug |
/// | all others | the photo is unusable, in the words of `headshot_core::Error::kind` |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// A fixed word in snake case: the case of a core error, the class of a Slack error, or one of this program's own.
    pub kind: Cow<'static, str>,
    /// What happened, with its causes.
    pub message: String,
    /// What to do about it, if the message does not say so.
    pub hint: Option<String>,
    /// The code that Slack named.
    pub code: Option<String>,
    /// What Slack calls the request that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Box<str>>,
}

impl Failure {
    /// A failure without a hint.
    pub fn new(kind: &'static str, message: impl Into<String>) -> Failure {
        Failure {
            kind: kind.into(),
            message: message.into(),
            hint: None,
            code: None,
            request_id: None,
        }
    }

    /// Wrong or contradicting arguments.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure::new("usage", message)
    }

    /// An error of the operating system; `what` says what was tried.
    pub fn io(kind: &'static str, what: impl fmt::Display, error: &io::Error) -> Failure {
        Failure::new(kind, format!("{what}: {}", reason(error)))
    }

    /// The same, with what to do about it.
    pub fn with_hint(self, hint: impl Into<String>) -> Failure {
        Failure {
            hint: Some(hint.into()),
            ..self
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let flag = match error {
            Error::Limit { which, found, .. } => flag(which, found),
            _ => None,
        };
        let hint = match error {
            Error::Damaged {
                in_pixels: true, ..
            } => Some("--allow-damaged takes what can be decoded of it".to_owned()),
            Error::NoFace { .. } => {
                Some("--face-fallback cover or contain makes an avatar all the same".to_owned())
            }
            Error::Crowd { .. } => {
                Some("--face N frames one of them, as they are numbered from the left".to_owned())
            }
            Error::TooManyFrames { found, .. } => Some(format!(
                "--frames decimate leaves frames out evenly; --max-frames {found} takes all of them"
            )),
            _ => flag.map(|flag| format!("{flag} raises this limit, if you trust the photo")),
        };
        Failure {
            hint,
            ..Failure::new(error.kind(), message(&error))
        }
    }
}

/// The flag that accepts a photo for which so much was found, with a sufficient value, ready to copy.
fn flag(limit: Limit, found: u64) -> Option<String> {
    let bytes = |flag: &str| format!("{flag} {}", rounded_up(found, 1024));
    let count = |flag: &str| format!("{flag} {}", rounded_up(found, 1000));
    Some(match limit {
        Limit::Bytes => bytes("--max-bytes"),
        Limit::Pixels | Limit::WebpPixels => count("--max-pixels"),
        Limit::Side => format!("--max-length {found}"),
        Limit::Scans => format!("--max-scans {found}"),
        Limit::Blocks => count("--max-blocks"),
        Limit::Memory => bytes("--max-memory"),
        Limit::Canvases => count("--max-canvases"),
        Limit::Drawn => count("--max-drawn"),
        // It was stopped there, so nobody knows how much it would take.
        Limit::Time => format!("--max-time {}s", (found * 4).div_ceil(1000)),
        _ => return None,
    })
}

/// A number as flags take it, in the largest of the units K, M, G that it fills: `269M`.
fn rounded_up(number: u64, thousand: u64) -> String {
    let units = [(3, "G"), (2, "M"), (1, "K")].map(|(power, name)| (thousand.pow(power), name));
    match units.iter().find(|(unit, _)| number >= *unit) {
        Some((unit, name)) => format!("{}{name}", number.div_ceil(*unit)),
        None => number.to_string(),
    }
}

/// The operating system's message, in lower case and without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => "unknown reason".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_raised_by_what_can_be_copied() {
        let hint = |which, found| {
            let max = 11;
            Failure::from(Error::Limit { which, found, max })
                .hint
                .unwrap()
        };
        for (which, found, flag) in [
            (Limit::Bytes, 50 << 30, "--max-bytes 50G "),
            (Limit::Memory, (22 << 20) + 1, "--max-memory 23M "),
            (Limit::Pixels, 268_435_456, "--max-pixels 269M "),
            (Limit::WebpPixels, 333, "--max-pixels 333 "),
            (Limit::Side, 40_000, "--max-length 40000 "),
            (Limit::Time, 5_001, "--max-time 21s "),
        ] {
            assert!(
                hint(which, found).starts_with(flag),
                "{}",
                hint(which, found)
            );
        }
    }

    #[test]
    fn reasons_read_like_the_rest_of_a_sentence() {
        let error = io::Error::from_raw_os_error(2);
        assert!(!reason(&error).contains("os error"), "{}", reason(&error));
        assert!(reason(&error).starts_with(char::is_lowercase));
    }
}
