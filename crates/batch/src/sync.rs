//! Makes many finished avatars durable at once.

use std::fs::OpenOptions;
use std::io;
use std::thread;

use crate::make::{End, Ended};

/// A file system makes many files durable in little more time than one, if it is asked for all at once.
const SYNCING: usize = 16;

/// Makes the avatars among these durable.
pub(crate) fn sync(pending: &[Ended]) -> Vec<io::Result<()>> {
    let one = |ended: &Ended| match &ended.end {
        // Not every system syncs a file that is open only for reading.
        End::Made { avatar, .. } => OpenOptions::new().write(true).open(avatar)?.sync_all(),
        _ => Ok(()),
    };
    let share = pending.len().div_ceil(SYNCING).max(1);
    thread::scope(|scope| {
        let mut started = Vec::with_capacity(SYNCING);
        for share in pending.chunks(share) {
            let thread = thread::Builder::new().name("sync".to_owned());
            let sync = move || share.iter().map(one).collect::<Vec<_>>();
            // If no thread can be started, it is done here.
            started.push(thread.spawn_scoped(scope, sync).map_err(|_| sync()));
        }
        let synced = started.into_iter().flat_map(|started| match started {
            Ok(thread) => thread.join().unwrap_or_default(),
            Err(synced) => synced,
        });
        synced.collect()
    })
}
