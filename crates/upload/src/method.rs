//! The methods that this client knows, and how each may be treated.

/// One method of Slack's Web API.
#[derive(Debug)]
pub(crate) struct Method {
    /// Its name, which is also the last part of its address.
    pub(crate) name: &'static str,
    pub(crate) effect: Effect,
    pub(crate) tier: Tier,
    /// The longest reply that is read, in bytes.
    pub(crate) longest_reply: usize,
}

/// What a call leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing: calling twice does no harm.
    Reads,
    /// A change. All but `users.setPhoto` lead to the same state when made twice.
    Changes,
}

/// Slack's rate limits, a minute: 20, 50, 100, and "hundreds" for the one method that is in no tier.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tier {
    Two,
    Three,
    Four,
    Special,
}

/// For a reply about one thing: Slack's are about 2 KB.
const ONE: usize = 64 * 1024;
/// For a whole profile: custom fields can make one large.
pub(crate) const PERSON: usize = 1024 * 1024;
/// For a page of up to 999 people or conversations, of about 2 KB each, with room to spare.
const PAGE: usize = 8 * 1024 * 1024;

macro_rules! methods {
    ($($constant:ident = $name:literal $effect:ident $tier:ident $longest:ident;)*) => {
        $(pub(crate) const $constant: Method =
            Method { name: $name, effect: Effect::$effect, tier: Tier::$tier, longest_reply: $longest };)*
        const ALL: &[&Method] = &[$(&$constant),*];
    };
}

methods! {
    AUTH_TEST = "auth.test" Reads Special ONE;
    SET_PHOTO = "users.setPhoto" Changes Two ONE;
    DELETE_PHOTO = "users.deletePhoto" Changes Two ONE;
    PROFILE_GET = "users.profile.get" Reads Four PERSON;
    // Tier 3, but also 10 a minute for one person and 30 people a minute for one token.
    PROFILE_SET = "users.profile.set" Changes Two PERSON;
    CONVERSATIONS = "users.conversations" Reads Three PAGE;
    GET_PRESENCE = "users.getPresence" Reads Three ONE;
    IDENTITY = "users.identity" Reads Three ONE;
    INFO = "users.info" Reads Four PERSON;
    LIST = "users.list" Reads Two PAGE;
    LOOKUP_BY_EMAIL = "users.lookupByEmail" Reads Three PERSON;
    SET_ACTIVE = "users.setActive" Changes Two ONE;
    SET_PRESENCE = "users.setPresence" Changes Two ONE;
}

/// The name of fetching a picture in errors. It is not one of Slack's methods.
pub(crate) const DOWNLOAD: &str = "picture";

/// The names in errors of reading a person through SCIM, and of setting a photo there.
pub(crate) const SCIM_READ: &str = "SCIM GET Users";
pub(crate) const SCIM_PATCH: &str = "SCIM PATCH Users";

/// Whether a call leaves everything as it is.
pub(crate) fn only_reads(name: &str) -> bool {
    [DOWNLOAD, SCIM_READ].contains(&name)
        || ALL
            .iter()
            .any(|method| method.name == name && method.effect == Effect::Reads)
}
