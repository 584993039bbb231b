//! What was received and what happened: bounded, and without a token in anything that prints.

use std::collections::VecDeque;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use crate::form::Field;
use crate::scrub::scrub;

/// One request as the emulator received it, for a test to look at.
#[derive(Clone)]
pub struct Request {
    /// The HTTP method, as `POST`.
    pub verb: String,
    /// The path, as `/api/users.setPhoto`.
    pub path: String,
    /// The query's names and values, decoded.
    pub query: Vec<(String, String)>,
    /// Names in lower case, with their values, in the order sent; without `authorization`.
    pub headers: Vec<(String, String)>,
    /// The fields of the body in the order sent, whether urlencoded, multipart or JSON.
    pub fields: Vec<Field>,
    /// The body as received, any chunking undone.
    pub body: Bytes,
    pub(crate) authorization: Vec<String>,
}

impl Request {
    /// The Slack method, as `users.setPhoto`; empty when the path is not one of the API's.
    pub fn method(&self) -> &str {
        self.path.strip_prefix("/api/").unwrap_or_default()
    }

    /// The first header of this lower-case name. `authorization` is never found: ask [`Request::bears`].
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether the token came where it belongs: in one Authorization header, as `Bearer TOKEN`.
    pub fn bears(&self, token: &str) -> bool {
        matches!(&self.authorization[..], [one] if one.strip_prefix("Bearer ") == Some(token))
    }

    /// Whether the token came anywhere else: in the path, the query, another header or the body.
    pub fn leaks(&self, token: &str) -> bool {
        let within = |text: &str| text.contains(token);
        within(&self.path)
            || self
                .query
                .iter()
                .chain(&self.headers)
                .any(|(name, value)| within(name) || within(value))
            || self
                .body
                .windows(token.len().max(1))
                .any(|window| window == token.as_bytes())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |pairs: &[(String, String)]| {
            pairs
                .iter()
                .map(|(name, _)| scrub(name))
                .collect::<Vec<_>>()
        };
        f.debug_struct("Request")
            .field("verb", &self.verb)
            .field("path", &scrub(&self.path))
            .field("query", &names(&self.query))
            .field("headers", &names(&self.headers))
            .field(
                "authorization",
                &format_args!("{} header(s), not shown", self.authorization.len()),
            )
            .field("fields", &self.fields)
            .field("body", &self.body.len())
            .finish()
    }
}

/// One line of the log.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) at: SystemTime,
    pub(crate) text: String,
    /// The event that Slack would have sent to apps, as JSON.
    pub(crate) event: Option<String>,
}

impl Entry {
    /// The time of day in UTC, as `12:34:56`.
    pub(crate) fn clock(&self) -> String {
        let seconds = self
            .at
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
            % 86_400;
        format!(
            "{:02}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        )
    }

    /// The entry as one line, its event left out.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.clock(), self.text)
    }
}

/// The most recent items, as many as fit into a count and a sum of sizes.
pub(crate) struct Recent<T> {
    items: VecDeque<(usize, T)>,
    size: usize,
    max_items: usize,
    max_size: usize,
}

impl<T: Clone> Recent<T> {
    pub(crate) fn new(max_items: usize, max_size: usize) -> Recent<T> {
        Recent {
            items: VecDeque::new(),
            size: 0,
            max_items,
            max_size,
        }
    }

    pub(crate) fn push(&mut self, size: usize, item: T) {
        self.items.push_back((size, item));
        self.size += size;
        while self.items.len() > self.max_items
            || (self.size > self.max_size && self.items.len() > 1)
        {
            let (size, _) = self.items.pop_front().expect("not empty");
            self.size -= size;
        }
    }

    pub(crate) fn all(&self) -> Vec<T> {
        self.items.iter().map(|(_, item)| item.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_forgets_the_oldest_by_count_and_by_size() {
        let mut recent = Recent::new(3, 10);
        for (size, item) in [(1, 'a'), (1, 'b'), (1, 'c'), (1, 'd')] {
            recent.push(size, item);
        }
        assert_eq!(recent.all(), ['b', 'c', 'd']);
        recent.push(9, 'e');
        assert_eq!(recent.all(), ['d', 'e']);
        recent.push(99, 'f');
        assert_eq!(recent.all(), ['f'], "the last one stays, however large");
    }
}
