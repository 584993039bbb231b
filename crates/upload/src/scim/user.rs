//! People as SCIM returns them.

use crate::record::record;

record! {
    /// A person, as far as it concerns their photo. Everything else is in `rest`, by its name in RFC 7643.
    pub struct User {
        /// ID, like `U012AB3CD`.
        pub id: String,
        /// Whether the account is in use.
        pub active: bool,
        /// Their photos, by address.
        pub photos: Vec<UserPhoto>,
    }
}

record! {
    /// A photo of a [`User`].
    pub struct UserPhoto {
        /// Its address.
        pub value: String,
        /// Whether it is the one that shows.
        pub primary: bool,
    }
}
