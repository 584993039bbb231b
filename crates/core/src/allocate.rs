//! Memory whose size a header says: where the system refuses it, that is an error and not the end of the process.

use crate::error::Error;

/// An empty vector with capacity for `count` elements.
pub(crate) fn reserve<T>(count: usize) -> Result<Vec<T>, Error> {
    let mut empty = Vec::new();
    empty
        .try_reserve_exact(count)
        .map_err(|_| Error::out_of_memory(count.saturating_mul(size_of::<T>())))?;
    Ok(empty)
}

/// `count` elements of one value.
pub(crate) fn filled<T: Clone>(value: T, count: usize) -> Result<Vec<T>, Error> {
    let mut filled = reserve(count)?;
    filled.resize(count, value);
    Ok(filled)
}
