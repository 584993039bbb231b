//! What went wrong with a call, as a failure.

use headshot_report::message;
use headshot_upload::Error;

use crate::terminal::failure::Failure;

/// Why a call failed, who must act, and what to do about it.
pub(crate) fn failure(error: Error) -> Failure {
    Failure {
        kind: error.class().as_str().into(),
        message: message(&error),
        hint: Some(error.hint().to_owned()),
        code: error.code().map(ToString::to_string),
        request_id: error.request_id().map(Into::into),
    }
}
