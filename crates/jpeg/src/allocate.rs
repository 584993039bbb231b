//! Memory whose size a header says: where the system refuses it, that is an error and not the end of the process.

use crate::error::Error;

/// `count` elements of one value.
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
