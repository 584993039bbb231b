//! Collects all that the client and the libraries below it log, however chatty, so that tests can look for secrets.

use std::sync::{Mutex, Once};

static LOGGED: Mutex<String> = Mutex::new(String::new());

struct Collector;

impl log::Log for Collector {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        LOGGED
            .lock()
            .unwrap()
            .push_str(&format!("{}: {}\n", record.target(), record.args()));
    }

    fn flush(&self) {}
}

/// Starts collecting, for the whole test binary.
pub(crate) fn collect() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Collector).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
}

/// What all tests of this binary have logged so far.
pub(crate) fn logged() -> String {
    LOGGED.lock().unwrap().clone()
}
