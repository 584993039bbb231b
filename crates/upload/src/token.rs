//! The secret that says whose photo is meant.

use std::fmt;

use bytes::Bytes;
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use crate::Error;

const SCHEME: &str = "Bearer ";

/// A user token (`xoxp-...`), which stands for a person and what may be done for them.
///
/// It cannot be printed: `Debug` shows no part of it, and there is neither `Display` nor a way to serialize it. It
/// wipes itself when its last clone is dropped. (The copy in the buffer of a request that is being sent belongs to the
/// HTTP library and is not wiped.)
#[derive(Clone)]
pub struct Token {
    /// The whole `Authorization` value, so that sending it makes no copy that would outlive us.
    header: HeaderValue,
}

impl Token {
    /// Checks a token as far as that is possible without asking Slack, and takes it over: the string is wiped.
    ///
    /// # Errors
    /// [`Error::BotToken`] for `xoxb-...`: `users.setPhoto` has no bot scope. [`Error::BadToken`] for an empty token or
    /// one with spaces, line ends or anything else but visible ASCII. The caller acts, with another token.
    /// Reading a token from a file? Trim its trailing line end first.
    pub fn new(token: String) -> Result<Token, Error> {
        let token = Zeroizing::new(token);
        if token.is_empty() {
            return Err(Error::BadToken {
                problem: "is empty",
            });
        }
        if token.contains(char::is_whitespace) {
            return Err(Error::BadToken {
                problem: "has a space or a line end in it",
            });
        }
        if !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Error::BadToken {
                problem: "has a character in it that is not visible ASCII",
            });
        }
        // Tokens with rotation are spelled `xoxe.xoxb-`.
        let kind = token.strip_prefix("xoxe.").unwrap_or(&token);
        if kind.starts_with("xoxb-") {
            return Err(Error::BotToken);
        }
        // Of the right size from the start: growing would leave copies behind.
        let mut value = Zeroizing::new(Vec::with_capacity(SCHEME.len() + token.len()));
        value.extend_from_slice(SCHEME.as_bytes());
        value.extend_from_slice(token.as_bytes());
        let mut header =
            HeaderValue::from_maybe_shared(Bytes::from_owner(value)).map_err(|_| {
                Error::BadToken {
                    problem: "does not fit into an HTTP header",
                }
            })?;
        header.set_sensitive(true);
        Ok(Token { header })
    }

    /// No token, for the calls that need none: no `Authorization` header is sent.
    #[cfg(feature = "oauth")]
    pub(crate) fn nobody() -> Token {
        Token {
            header: HeaderValue::from_static(SCHEME),
        }
    }

    /// The value of the `Authorization` header, marked as sensitive.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The bare token, to take it out of replies that echo it.
    pub(crate) fn secret(&self) -> &[u8] {
        &self.header.as_bytes()[SCHEME.len()..]
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_shares_the_bytes_that_are_wiped() {
        let token = Token::new("xoxp-canary".to_owned()).unwrap();
        assert_eq!(token.header().as_bytes(), b"Bearer xoxp-canary");
        assert_eq!(token.secret(), b"xoxp-canary");
        assert!(token.header().is_sensitive());
        // Same address: no clone of a header is a second copy of the secret.
        assert_eq!(
            token.header().as_bytes().as_ptr(),
            token.header().as_bytes().as_ptr()
        );
    }
}
