//! What is sent, before it is encoded.

use std::time::Duration;

use crate::photo::Photo;

/// The slowest connection that photos may be sent over, in bytes per second.
const SLOWEST_LINE: u64 = 64 * 1024;

/// What goes into the body of a request.
pub(crate) enum Payload<'a> {
    /// URL-encoded fields.
    Fields(&'a [(&'static str, String)]),
    /// A photo with its crop, as multipart. Slack takes a file no other way.
    Photo(&'a Photo),
}

impl Payload<'_> {
    /// What a slow line may take to send it.
    pub(crate) fn time_to_send(&self) -> Duration {
        match self {
            Payload::Fields(_) => Duration::ZERO,
            Payload::Photo(photo) => time_to_send(photo.bytes().len() as u64),
        }
    }
}

/// What a slow line may take to send so many bytes.
pub(crate) fn time_to_send(bytes: u64) -> Duration {
    Duration::from_secs(bytes / SLOWEST_LINE)
}
