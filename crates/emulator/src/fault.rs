//! Faults: how a token makes its calls fail, `xoxp-fault-NAME[-applied][-noread][-everywhere][-scim][-xN][--LABEL]`.
//!
//! The token chooses, so that concurrent tests do not disturb each other. Without `-everywhere`, calls of
//! `auth.test` and `users.profile.get` succeed, so that a client can find out what became of a failed call.

use std::time::Duration;

/// The faults by name, each with what it does.
pub const FAULTS: &[(&str, &str)] = &[
    (
        "late-N",
        "status 504 at once, and the call is carried out N seconds later",
    ),
    (
        "status-NNN",
        "status NNN, 100 to 399, with a line of text where it may have one; after 1xx, the connection is closed",
    ),
    (
        "early-413",
        "status 413 before the body is read, then the connection is closed",
    ),
    (
        "early-429",
        "status 429 before the body is read, with Retry-After: 1, then the connection is closed",
    ),
    (
        "early-CODE",
        "\"ok\": false with this code before the body is read, then the connection is closed",
    ),
    (
        "idle-close-MS",
        "the call is carried out; the reply says that the connection stays open, but it is closed MS milliseconds later; all methods",
    ),
    (
        "gzip",
        "the call is carried out, and the reply is compressed although the client did not ask for that",
    ),
    ("refuse", "the connection is closed before the body is read"),
    (
        "reset-before",
        "the connection is reset before the body is read",
    ),
    (
        "reset-after",
        "the body is read, then the connection is reset",
    ),
    (
        "close-after",
        "the body is read, then the connection is closed without a reply",
    ),
    ("cut-head", "the reply stops within its headers"),
    ("cut", "the reply stops in the middle of its body"),
    ("silence", "the body is read, and no reply ever comes"),
    ("slow", "the body of the reply comes at one byte a second"),
    (
        "slow-head",
        "the whole reply, from its first byte, comes at one byte a second",
    ),
    ("endless", "the body of the reply never ends"),
    ("gigantic", "the reply announces 8 GiB and sends them"),
    ("nested", "status 200 with 1 MB of nested JSON"),
    (
        "redirect-NNN",
        "a redirect, NNN one of 301, 302, 303, 307, 308, to /redirected here",
    ),
    ("html-NNN", "an HTML page with status NNN, 400 to 599"),
    ("408", "status 408 with the text \"stream timeout\""),
    (
        "429-json[-FORM]",
        "status 429 with Slack's JSON; FORM says how Retry-After looks",
    ),
    ("429-text[-FORM]", "status 429 with a line of text"),
    (
        "429-envoy[-FORM]",
        "status 429 without a body, with x-envoy-ratelimited; no Retry-After unless FORM is given",
    ),
    ("empty-200", "status 200 without a body"),
    ("html-200", "status 200 with an HTML page"),
    ("array-200", "status 200 with []"),
    ("object-200", "status 200 with {}"),
    ("okstring-200", "status 200 with \"ok\": \"true\""),
    ("error-CODE", "\"ok\": false with this code, known or not"),
    (
        "control",
        "\"ok\": false with a code and a message that hold control characters",
    ),
    (
        "warnings",
        "the call is carried out, and the reply has warnings in both places that Slack uses, one of a superfluous charset",
    ),
    (
        "bare",
        "the call is carried out, and the reply has nothing but \"ok\": true",
    ),
];

/// The forms of `Retry-After`, each with its value.
pub const RETRY_AFTER: &[(&str, &str)] = &[
    ("N", "N seconds, as 429-json-30; 1 when no form is given"),
    ("date", "an HTTP date 30 s ahead of the reply's Date"),
    ("past", "an HTTP date an hour before the reply's Date"),
    ("absent", "no such header"),
    ("negative", "-5"),
    ("absurd", "99999999999999999999"),
    ("fraction", "1.5"),
    ("garbage", "soon"),
];

/// What may follow a fault's name, each with what it does.
pub const FAULT_OPTIONS: &[(&str, &str)] = &[
    ("-applied", "the call is carried out before it goes wrong"),
    ("-noread", "the token lacks users.profile:read"),
    (
        "-everywhere",
        "auth.test and users.profile.get go wrong too",
    ),
    (
        "-scim",
        "the token is that of xoxp-emulator-scim, and only its PATCHes of SCIM go wrong",
    ),
    ("-xN", "only the first N calls go wrong"),
];

/// One fault, as a token spells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    /// The token's own words, for counting and for the log.
    pub(crate) text: String,
    applied: bool,
    noread: bool,
    everywhere: bool,
    scim: bool,
    times: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// So many seconds later.
    Late(u64),
    Status(u16),
    Early(Early),
    /// So many milliseconds later.
    IdleClose(u64),
    Gzip,
    Refuse,
    ResetBefore,
    ResetAfter,
    CloseAfter,
    CutHead,
    Cut,
    Silence,
    Slow {
        head_too: bool,
    },
    Endless,
    Gigantic,
    Nested,
    Redirect(u16),
    Html(u16),
    StreamTimeout,
    TooMany {
        shape: Shape,
        retry_after: Option<String>,
    },
    /// Status 200 with this content type and body.
    Plain(&'static str, &'static str),
    Code(String),
    Control,
    Warnings,
    Bare,
}

/// What is said before the body is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Early {
    TooLarge,
    TooMany,
    Code(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Json,
    Text,
    Envoy,
}

impl Fault {
    /// Parses the text between `xoxp-fault-` and the label.
    pub(crate) fn parse(text: &str) -> Option<Fault> {
        let (mut applied, mut noread, mut everywhere, mut times) = (false, false, false, None);
        let mut scim = false;
        let mut name = text;
        while let Some((before, option)) = name.rsplit_once('-') {
            match option {
                "applied" => applied = true,
                "noread" => noread = true,
                "everywhere" => everywhere = true,
                "scim" => scim = true,
                // A count is at most four digits; an error code may well begin with an x.
                option => match option
                    .strip_prefix('x')
                    .filter(|n| n.len() <= 4)
                    .and_then(|n| n.parse().ok())
                {
                    Some(n) => times = Some(n),
                    None => break,
                },
            }
            name = before;
        }
        let kind = Kind::parse(name)?;
        let is_odd_only = matches!(kind, Kind::Gzip | Kind::IdleClose(_));
        applied |= is_odd_only || matches!(kind, Kind::Warnings | Kind::Bare);
        everywhere |= matches!(kind, Kind::IdleClose(_));
        Some(Fault {
            kind,
            text: text.to_owned(),
            applied,
            noread,
            everywhere,
            scim,
            times,
        })
    }

    /// Whether it strikes as soon as the headers are in.
    pub(crate) fn is_before_body(&self) -> bool {
        matches!(self.kind, Kind::Refuse | Kind::ResetBefore | Kind::Early(_))
    }

    /// How long after its answer the call is carried out, if it is.
    pub(crate) fn is_late(&self) -> Option<Duration> {
        match self.kind {
            Kind::Late(seconds) => Some(Duration::from_secs(seconds)),
            _ => None,
        }
    }

    /// How long after the reply the connection is closed, if it is.
    pub(crate) fn idle_close(&self) -> Option<Duration> {
        match self.kind {
            Kind::IdleClose(millis) => Some(Duration::from_millis(millis)),
            _ => None,
        }
    }

    /// Whether the call is carried out all the same.
    pub(crate) fn is_applied(&self) -> bool {
        self.applied
    }

    /// Whether it meets the calls that only read, too.
    pub(crate) fn is_everywhere(&self) -> bool {
        self.everywhere
    }

    /// Whether it meets PATCHes of SCIM, and nothing else.
    pub(crate) fn is_scim(&self) -> bool {
        self.scim
    }

    /// How many calls go wrong, if not all.
    pub(crate) fn times(&self) -> Option<u32> {
        self.times
    }

    /// Whether its token cannot read profiles.
    pub(crate) fn is_noread(&self) -> bool {
        self.noread
    }
}

impl Kind {
    fn parse(name: &str) -> Option<Kind> {
        const JSON: &str = "application/json; charset=utf-8";
        Some(match name {
            "gzip" => Kind::Gzip,
            "refuse" => Kind::Refuse,
            "reset-before" => Kind::ResetBefore,
            "reset-after" => Kind::ResetAfter,
            "close-after" => Kind::CloseAfter,
            "cut-head" => Kind::CutHead,
            "cut" => Kind::Cut,
            "silence" => Kind::Silence,
            "slow" => Kind::Slow { head_too: false },
            "slow-head" => Kind::Slow { head_too: true },
            "endless" => Kind::Endless,
            "gigantic" => Kind::Gigantic,
            "nested" => Kind::Nested,
            "408" => Kind::StreamTimeout,
            "empty-200" => Kind::Plain(JSON, ""),
            "html-200" => Kind::Html(200),
            "array-200" => Kind::Plain(JSON, "[]"),
            "object-200" => Kind::Plain(JSON, "{}"),
            "okstring-200" => Kind::Plain(JSON, r#"{"ok":"true","profile":{}}"#),
            "control" => Kind::Control,
            "warnings" => Kind::Warnings,
            "bare" => Kind::Bare,
            _ => {
                let (name, rest) = name.split_once('-')?;
                let status = || rest.parse::<u16>().ok();
                // An hour is late enough.
                let count = |text: &str| text.parse::<u64>().ok().filter(|n| *n <= 3_600_000);
                match name {
                    "late" => Kind::Late(count(rest)?),
                    "status" => Kind::Status(status().filter(|s| (100..400).contains(s))?),
                    "early" => Kind::Early(match rest {
                        "413" => Early::TooLarge,
                        "429" => Early::TooMany,
                        "" => return None,
                        code => Early::Code(code.to_owned()),
                    }),
                    "idle" => Kind::IdleClose(count(rest.strip_prefix("close-")?)?),
                    "redirect" => {
                        Kind::Redirect(status().filter(|s| [301, 302, 303, 307, 308].contains(s))?)
                    }
                    "html" => Kind::Html(status().filter(|s| (400..600).contains(s))?),
                    "error" => Kind::Code(Some(rest).filter(|code| !code.is_empty())?.to_owned()),
                    "429" => {
                        let (shape, form) = rest.split_once('-').unwrap_or((rest, ""));
                        let (shape, default) = match shape {
                            "json" => (Shape::Json, Some("1")),
                            "text" => (Shape::Text, Some("1")),
                            "envoy" => (Shape::Envoy, None),
                            _ => return None,
                        };
                        Kind::TooMany {
                            shape,
                            retry_after: retry_after(form, default)?,
                        }
                    }
                    _ => return None,
                }
            }
        })
    }
}

/// The value of `Retry-After`, `date` and `past` standing for themselves; `None` in place of the value for no such header.
fn retry_after(form: &str, default: Option<&str>) -> Option<Option<String>> {
    let value = match form {
        "" => default,
        "absent" => None,
        "negative" => Some("-5"),
        "absurd" => Some("99999999999999999999"),
        "fraction" => Some("1.5"),
        "garbage" => Some("soon"),
        "date" | "past" => Some(form),
        form if form.len() <= 9 && form.bytes().all(|b| b.is_ascii_digit()) => Some(form),
        _ => return None,
    };
    Some(value.map(str::to_owned))
}
