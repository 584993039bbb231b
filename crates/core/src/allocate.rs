//! Allocations whose size comes from a header: if the system refuses, that is an error and does not end the process.

use crate::error::Error;

/// An empty vector with capacity for `count` elements.
pub(crate) fn reserve<T>(count: usize) -> Result<Vec<T>, Error> {
    let mut empty = Vec::new();
    empty
        .try_reserve_exact(count)
        .map_err(|_| Error::out_of_memory(count.saturating_mul(size_of::<T>())))?;
    Ok(empty)
}

/// `count` copies of one value.
pub(crate) fn filled<T: Clone>(value: T, count: usize) -> Result<Vec<T>, Error> {
    let mut filled = reserve(count)?;
    filled.resize(count, value);
    Ok(filled)
}
