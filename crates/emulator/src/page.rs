//! The page at `/`.
use crate::http::Reply;
use crate::state::Shared;
pub(crate) fn html(_shared: &Shared) -> Reply {
    Reply::text(200, "")
}
pub(crate) fn css() -> Reply {
    Reply::text(200, "")
}
