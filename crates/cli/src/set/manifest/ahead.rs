//! Work done ahead by several threads and handed over in order, a bounded way ahead.

use std::ops::ControlFlow;
use std::sync::mpsc::sync_channel;
use std::thread;

/// Works on every item on `threads` threads, and gives the results to `each` on this one, in the order of the items.
///
/// Every thread is at most two items ahead. When `each` breaks, what is under way is finished and thrown away.
pub(crate) fn in_order<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
    mut each: impl FnMut(R) -> ControlFlow<()>,
) {
    let work = &work;
    thread::scope(|scope| {
        let lane = |number: usize| {
            let (sender, receiver) = sync_channel(1);
            let ahead = move || {
                let own = items.iter().skip(number).step_by(threads);
                // Nobody listens any more once `each` has broken off.
                own.map(work).try_for_each(|result| sender.send(result))
            };
            let started = thread::Builder::new().spawn_scoped(scope, ahead);
            started.is_ok().then_some(receiver)
        };
        let lanes: Vec<_> = (0..threads).map(lane).collect();
        for (index, item) in items.iter().enumerate() {
            let result = match &lanes[index % threads] {
                Some(lane) => lane.recv(),
                // There is no thread for it: it is done when it is due.
                None => Ok(work(item)),
            };
            let Ok(result) = result else {
                return;
            };
            if each(result).is_break() {
                return;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_come_in_order_from_a_bounded_way_ahead() {
        let items: Vec<usize> = (0..100).collect();
        let (begun, mut seen) = (AtomicUsize::new(0), Vec::new());
        let work = |item: &usize| {
            begun.fetch_add(1, Ordering::SeqCst);
            item * 3
        };
        in_order(&items, 3, work, |result| {
            // Of each thread: one under way, one in the channel, and the one that it waits to put there.
            assert!(begun.load(Ordering::SeqCst) <= seen.len() + 1 + 3 * 3);
            seen.push(result);
            match result {
                150 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        });
        let expected: Vec<usize> = (0..=50).map(|item| item * 3).collect();
        assert_eq!(seen, expected);
        assert!(begun.load(Ordering::SeqCst) < 70);
    }
}
