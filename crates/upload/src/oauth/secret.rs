//! Text that must not be shown by accident.

use std::fmt;

use zeroize::Zeroizing;

/// An access token, a refresh token or a code: for keeping, not for showing.
///
/// `Debug` shows no part of it, and there is neither `Display` nor a way to serialize it. Every clone wipes itself when it is dropped.
/// (What is in the buffers of a request or a reply under way belongs to the HTTP library and is not wiped.)
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text over.
    pub fn new(text: String) -> Secret {
        Secret(Zeroizing::new(text))
    }

    /// The text itself. The caller makes sure that it goes only where it belongs.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}
