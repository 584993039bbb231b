//! Who must act on an error, and how.

use std::fmt;

/// What an error asks for. Each error has exactly one class, and a batch uses it to decide whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// Too many requests: pause every request of this kind, then go on. Nothing was done.
    Wait,
    /// A passing fault: try again. Nothing was done, or the call only reads.
    Retry,
    /// It may have worked or not. Look before doing it again.
    OutcomeUnknown,
    /// Slack cannot be reached from here: a login page, a proxy or an unknown certificate is in between. It affects
    /// everybody until the network is fixed. Nothing was done.
    Outage,
    /// Slack does not accept this photo; it may accept others.
    FixImage,
    /// This token is no longer valid; the person has to sign in again.
    SignIn,
    /// The app or the kind of token is not allowed to do this; somebody has to change that.
    ChangeApp,
    /// This client sent something wrong. Please report it.
    OurBug,
    /// The method no longer exists; this client has to be updated.
    Gone,
    /// None of these: read the message. It concerns this call only.
    Other,
}

impl Class {
    /// A fixed word for logs and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Wait => "wait",
            Class::Retry => "retry",
            Class::OutcomeUnknown => "outcome_unknown",
            Class::Outage => "outage",
            Class::FixImage => "fix_image",
            Class::SignIn => "sign_in",
            Class::ChangeApp => "change_app",
            Class::OurBug => "our_bug",
            Class::Gone => "gone",
            Class::Other => "other",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
