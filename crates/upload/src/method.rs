//! The methods that this client knows, and how each may be treated.

/// One method of Slack's Web API.
#[derive(Debug)]
pub(crate) struct Method {
    /// Its name, which is also the last part of its address.
    pub(crate) name: &'static str,
    /// The longest reply that is read, in bytes.
    pub(crate) longest_reply: usize,
}

/// For a reply that holds one person: Slack's are about 2 KB.
const ONE: usize = 64 * 1024;

pub(crate) const SET_PHOTO: Method = Method {
    name: "users.setPhoto",
    longest_reply: ONE,
};
pub(crate) const DELETE_PHOTO: Method = Method {
    name: "users.deletePhoto",
    longest_reply: ONE,
};
pub(crate) const PROFILE_GET: Method = Method {
    name: "users.profile.get",
    longest_reply: ONE,
};

/// Whether a call leaves everything as it is, so that asking twice does no harm.
pub(crate) fn only_reads(method: &str) -> bool {
    matches!(method, "users.profile.get")
}
