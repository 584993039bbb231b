//! Events for `tracing`, with the feature of that name: a span `request` around each request, and an event for each of ours.

#[cfg(feature = "tracing")]
mod traced {
    use tracing::field::Empty;
    use tracing::{Instrument, debug, debug_span};

    use crate::Event;

    /// The span of a request: `number`, `method`, and once there is a reply `status` and `request_id`.
    pub(crate) struct Span(tracing::Span);

    impl Span {
        pub(crate) fn of(number: u64, method: &'static str) -> Span {
            Span(debug_span!(
                "request",
                number,
                method,
                status = Empty,
                request_id = Empty
            ))
        }

        pub(crate) fn enter(&self, told: impl FnOnce()) {
            self.0.in_scope(told);
        }

        pub(crate) fn replied(&self, status: u16, request_id: Option<&str>) {
            self.0.record("status", status);
            if let Some(request_id) = request_id {
                self.0.record("request_id", request_id);
            }
        }

        /// What happens in the span.
        pub(crate) fn around<F: Future>(&self, within: F) -> impl Future<Output = F::Output> {
            within.instrument(self.0.clone())
        }
    }

    pub(crate) fn told(event: &Event) {
        match event {
            Event::Sent { bytes, .. } => debug!(bytes, "sent"),
            Event::Reply { status, took, .. } => {
                debug!(status, milliseconds = took.as_millis() as u64, "reply");
            }
            Event::Failed { class, problem, .. } => {
                debug!(class = class.as_str(), problem = &problem[..], "failed");
            }
            Event::Waiting { method, wait } => {
                debug!(method, seconds = wait.as_secs_f64(), "waiting");
            }
            Event::Looking { method } => debug!(method, "looking"),
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod untraced {
    use crate::Event;

    /// Nothing.
    pub(crate) struct Span;

    impl Span {
        pub(crate) fn of(_: u64, _: &'static str) -> Span {
            Span
        }

        pub(crate) fn enter(&self, told: impl FnOnce()) {
            told();
        }

        pub(crate) fn replied(&self, _: u16, _: Option<&str>) {}

        pub(crate) fn around<F: Future>(&self, within: F) -> F {
            within
        }
    }

    pub(crate) fn told(_: &Event) {}
}

#[cfg(feature = "tracing")]
pub(crate) use traced::{Span, told};
#[cfg(not(feature = "tracing"))]
pub(crate) use untraced::{Span, told};
