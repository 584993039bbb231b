//! Events for everything that a client does: requests, replies, waits and looks. None contains a token.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::span::{self, Span};
use crate::{Class, Error};

/// Something that a client does now, or has found out.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A request goes out now.
    Sent {
        /// Which one, counted from 1 over all clients that were cloned from one.
        number: u64,
        /// The method that is called.
        method: &'static str,
        /// Bytes of its body.
        bytes: u64,
    },
    /// A reply has come in, whatever it says.
    Reply {
        /// The number of the request.
        number: u64,
        /// The method that was called.
        method: &'static str,
        /// The HTTP status.
        status: u16,
        /// What Slack calls the request, when the reply said so: what its support asks for.
        request_id: Option<String>,
        /// Since the request went out.
        took: Duration,
    },
    /// The request failed, or got no reply.
    Failed {
        /// The number of the request.
        number: u64,
        /// The method that was called.
        method: &'static str,
        /// Who must act.
        class: Class,
        /// The code that Slack named.
        code: Option<String>,
        /// What happened, as [`Error`] says it.
        problem: String,
        /// Since the request went out.
        took: Duration,
    },
    /// Nothing is sent for a while: Slack allows no more, has asked to come back later, or a fault may pass.
    Waiting {
        /// The method whose turn it is then.
        method: &'static str,
        /// How long.
        wait: Duration,
    },
    /// The outcome of a photo is unknown, so the client looks at the profile.
    Looking {
        /// The method that looks.
        method: &'static str,
    },
}

/// The function that gets each [`Event`]. It is called in the middle of a call and should return at once.
///
/// ```
/// use headshot_upload::{Event, Events, Settings};
///
/// let events = Events::new(|event| {
///     if let Event::Waiting { method, wait } = event {
///         eprintln!("{method}: goes on in {} s", wait.as_secs());
///     }
/// });
/// let settings = Settings { events, ..Settings::default() };
/// ```
#[derive(Clone, Default)]
pub struct Events(Option<Arc<Told>>);

type Told = dyn Fn(&Event) + Send + Sync;

impl Events {
    /// Calls this function for each event.
    pub fn new(told: impl Fn(&Event) + Send + Sync + 'static) -> Events {
        Events(Some(Arc::new(told)))
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Some(_) => "Events(told)",
            None => "Events(nobody)",
        })
    }
}

/// Counts requests, and tells of them.
#[derive(Clone)]
pub(crate) struct Teller {
    events: Events,
    sent: Arc<AtomicU64>,
}

/// A request that is under way.
pub(crate) struct UnderWay<'a> {
    teller: &'a Teller,
    number: u64,
    method: &'static str,
    began: Instant,
    pub(crate) span: Span,
}

impl Teller {
    pub(crate) fn new(events: Events) -> Teller {
        Teller {
            events,
            sent: Arc::default(),
        }
    }

    pub(crate) fn sent(&self, method: &'static str, bytes: u64) -> UnderWay<'_> {
        let number = self.sent.fetch_add(1, Ordering::Relaxed) + 1;
        let span = Span::of(number, method);
        span.enter(|| {
            self.tell(Event::Sent {
                number,
                method,
                bytes,
            });
        });
        UnderWay {
            teller: self,
            number,
            method,
            began: Instant::now(),
            span,
        }
    }

    pub(crate) fn waiting(&self, method: &'static str, wait: Duration) {
        if !wait.is_zero() {
            self.tell(Event::Waiting { method, wait });
        }
    }

    pub(crate) fn looking(&self, method: &'static str) {
        self.tell(Event::Looking { method });
    }

    fn tell(&self, event: Event) {
        span::told(&event);
        if let Some(told) = &self.events.0 {
            told(&event);
        }
    }
}

impl UnderWay<'_> {
    pub(crate) fn replied(&self, status: u16, request_id: Option<&str>) {
        self.span.replied(status, request_id);
        self.teller.tell(Event::Reply {
            number: self.number,
            method: self.method,
            status,
            request_id: request_id.map(str::to_owned),
            took: self.began.elapsed(),
        });
    }

    pub(crate) fn ended<T>(&self, result: &Result<T, Error>) {
        if let Err(error) = result {
            self.span.enter(|| {
                self.teller.tell(Event::Failed {
                    number: self.number,
                    method: self.method,
                    class: error.class(),
                    code: error.code().map(ToString::to_string),
                    problem: error.to_string(),
                    took: self.began.elapsed(),
                });
            });
        }
    }
}
