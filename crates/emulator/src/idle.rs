//! Connections between two requests: where there are too many, the one that has been idle for longest makes room.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The idle connections, oldest first.
#[derive(Default)]
pub(crate) struct Idle(Mutex<Seats>);

#[derive(Default)]
struct Seats {
    next: u64,
    taken: BTreeMap<u64, Arc<Notify>>,
}

/// One idle connection, until it is dropped.
pub(crate) struct Seat<'a> {
    idle: &'a Idle,
    number: u64,
    away: Arc<Notify>,
}

impl Idle {
    /// Counts a connection as idle.
    pub(crate) fn sit_down(&self) -> Seat<'_> {
        let mut seats = self.seats();
        let number = seats.next;
        seats.next += 1;
        let away = Arc::new(Notify::new());
        seats.taken.insert(number, Arc::clone(&away));
        Seat {
            idle: self,
            number,
            away,
        }
    }

    /// Has the oldest one closed, if there is any.
    pub(crate) fn send_away_oldest(&self) {
        if let Some((_, away)) = self.seats().taken.pop_first() {
            away.notify_one();
        }
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat<'_> {
    /// Waits until the connection has to make room.
    pub(crate) async fn sent_away(&self) {
        self.away.notified().await;
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.idle.seats().taken.remove(&self.number);
    }
}
