//! Allocations whose size comes from a header: if the system refuses, that is an error and does not end the process.

use crate::error::Error;

/// `count` copies of one value.
pub(crate) fn filled<T: Clone>(value: T, count: usize) -> Result<Vec<T>, Error> {
    let mut filled = Vec::new();
    filled
        .try_reserve_exact(count)
        .map_err(|_| Error::OutOfMemory {
            bytes: count.saturating_mul(size_of::<T>()),
        })?;
    filled.resize(count, value);
    Ok(filled)
}
