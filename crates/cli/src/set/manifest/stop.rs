//! Whether a run goes on after a row that failed. Only the client's class of the error decides.

use headshot_upload::Class;

use crate::set::manifest::journal;
use crate::terminal::failure::Failure;

/// What comes after a row that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// The next row: it was about this photo or this person.
    Row,
    /// The next row as well, unless it fails in the same way: then Slack cannot be reached.
    Doubt,
    /// Nothing: it will pass, and the same command then goes on.
    Later,
    /// Nothing: every row would meet the same.
    Nothing,
}

pub(crate) fn next(failure: &Failure) -> Next {
    let is = |classes: &[Class]| classes.iter().any(|class| class.as_str() == failure.kind);
    if failure.kind == journal::UNWRITTEN || is(&[Class::Wait]) {
        Next::Later
    } else if is(&[Class::Retry, Class::OutcomeUnknown, Class::Outage]) {
        Next::Doubt
    } else if is(&[Class::Gone, Class::OurBug]) {
        Next::Nothing
    } else {
        Next::Row
    }
}

#[cfg(test)]
mod tests {
    use headshot_upload::{Error, NoConnection};

    use super::*;
    use crate::slack::error::failure;

    #[test]
    fn whatever_is_between_us_and_slack_is_in_doubt_for_everybody() {
        let status = |method, status, is_html| Error::Status {
            method,
            status,
            is_html,
            text: String::new(),
            retry_after: None,
            request_id: None,
        };
        let source = || "nobody knows whose certificate it is".into();
        let (look, post) = ("users.profile.get", "users.setPhoto");
        let not_sent = |kind| Error::NotSent {
            method: post,
            kind,
            problem: format!("no connection ({kind:?})"),
            source: None,
        };
        for error in [
            Error::NotTrusted {
                method: post,
                problem: "the certificate is not accepted".to_owned(),
                source: source(),
            },
            not_sent(NoConnection::Other),
            not_sent(NoConnection::NotFound),
            not_sent(NoConnection::Tls),
            not_sent(NoConnection::Proxy(407)),
            not_sent(NoConnection::Proxy(502)),
            status(look, 302, false),
            status(post, 302, false),
            status(look, 403, true),
            status(post, 403, true),
            status(post, 407, true),
            status(post, 511, true),
        ] {
            let said = error.to_string();
            assert_eq!(next(&failure(error)), Next::Doubt, "{said}");
        }
        // These are about one person.
        for error in [status(post, 403, false), status(post, 401, false)] {
            let said = error.to_string();
            assert_eq!(next(&failure(error)), Next::Row, "{said}");
        }
    }
}
