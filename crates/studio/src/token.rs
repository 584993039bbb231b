//! The secret that the page shows with each of its requests, so that no other page or program can ask for anything.

use std::fmt::Write;
use std::hint::black_box;

use headshot_batch::Failure;

/// Bytes of it, from the system's source of random numbers.
const BYTES: usize = 32;

/// A random text, new each time a server starts.
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn random() -> Result<Token, Failure> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(|error| {
            Failure::new(
                "internal",
                format!("the system gives no random numbers: {error}"),
            )
        })?;
        let mut text = String::with_capacity(2 * BYTES);
        for byte in bytes {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        Ok(Token(text))
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Whether this is the token, compared in constant time.
    pub(crate) fn is(&self, shown: &[u8]) -> bool {
        let own = self.0.as_bytes();
        let differ = own
            .iter()
            .zip(shown)
            .fold(0, |differ, (own, shown)| black_box(differ | (own ^ shown)));
        differ == 0 && own.len() == shown.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_counts() {
        let token = Token::random().unwrap();
        let text = token.text().to_owned();
        assert_eq!(text.len(), 64);
        assert!(token.is(text.as_bytes()));
        assert!(!token.is(&text.as_bytes()[..63]));
        assert!(!token.is(format!("{text}0").as_bytes()));
        assert!(!token.is(b""));
        let mut other = text.clone().into_bytes();
        other[63] ^= 1;
        assert!(!token.is(&other));
        assert_ne!(Token::random().unwrap().text(), text);
    }
}
