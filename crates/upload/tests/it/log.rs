//! Collects all that the client and the libraries below it log, by `log` and by `tracing`, however chatty, so that tests can look
//! for secrets.

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata};

static LOGGED: Mutex<String> = Mutex::new(String::new());
static SPANS: AtomicU64 = AtomicU64::new(0);

struct Collector;

impl log::Log for Collector {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        add(&format!("{}: {}\n", record.target(), record.args()));
    }

    fn flush(&self) {}
}

/// Writes down every field as its `Debug` has it.
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl tracing::Subscriber for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields(format!("span {}", span.metadata().name()));
        span.record(&mut fields);
        add(&(fields.0 + "\n"));
        Id::from_u64(SPANS.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut fields = Fields("span has".to_owned());
        values.record(&mut fields);
        add(&(fields.0 + "\n"));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(format!("event {}:", event.metadata().target()));
        event.record(&mut fields);
        add(&(fields.0 + "\n"));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn add(line: &str) {
    LOGGED.lock().unwrap().push_str(line);
}

/// Starts collecting, for the whole test binary.
pub(crate) fn collect() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Collector).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        tracing::dispatcher::set_global_default(tracing::Dispatch::new(Collector)).unwrap();
    });
}

/// What all tests of this binary have logged so far.
pub(crate) fn logged() -> String {
    LOGGED.lock().unwrap().clone()
}
