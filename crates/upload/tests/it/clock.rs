//! A clock that runs fast while real sockets are used.
//!
//! A paused tokio clock jumps to the next timer as soon as nothing is left to do, and does not know of bytes that are
//! still inside the kernel: a time-out could overtake a reply. So here the clock only moves in small steps, and before
//! each step the sockets get a real millisecond. Waits of seconds take milliseconds, and no timer overtakes a reply
//! unless the kernel holds it back for the time-out's whole length in steps.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, advance, pause, resume};

/// For servers inside the test's own runtime, which get their turn between two steps.
const STEP: Duration = Duration::from_millis(250);

/// For servers that run beside it, and may be a little late.
const SMALL_STEP: Duration = Duration::from_millis(50);

/// Runs something to its end and says how long it took by the fast clock, give or take a step for each wait in it.
pub(crate) async fn hurried<T>(work: impl Future<Output = T>) -> (T, Duration) {
    run(work, STEP).await
}

/// The same, five times slower.
pub(crate) async fn less_hurried<T>(work: impl Future<Output = T>) -> (T, Duration) {
    run(work, SMALL_STEP).await
}

async fn run<T>(work: impl Future<Output = T>, step: Duration) -> (T, Duration) {
    pause();
    let start = Instant::now();
    let tick = async {
        loop {
            // While a blocking task runs, tokio does not move the clock by itself.
            tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(1)))
                .await
                .unwrap();
            advance(step).await;
        }
    };
    let done = tokio::select! {
        biased;
        done = work => done,
        () = tick => unreachable!("the clock never stops"),
    };
    let took = start.elapsed();
    resume();
    (done, took)
}
