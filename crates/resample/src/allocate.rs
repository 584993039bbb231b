//! Allocations whose size comes from the spec: if the system refuses, that is an error and does not end the process.

use crate::error::Error;

/// An empty vector with room for `count` elements.
pub(crate) fn reserve<T>(count: usize) -> Result<Vec<T>, Error> {
    let mut empty = Vec::new();
    let bytes = (count as u64).saturating_mul(size_of::<T>() as u64);
    empty
        .try_reserve_exact(count)
        .map_err(|_| Error::OutOfMemory { bytes })?;
    Ok(empty)
}

/// `count` copies of one value.
pub(crate) fn filled<T: Clone>(value: T, count: usize) -> Result<Vec<T>, Error> {
    let mut filled = reserve(count)?;
    filled.resize(count, value);
    Ok(filled)
}
