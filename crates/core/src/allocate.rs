//! Memory whose size a header says: where the system refuses it, that is an error and not the end of the process.

use crate::error::Error;

/// An empty vector with room for so many.
pub(crate) fn reserve<T>(count: usize) -> Result<Vec<T>, Error> {
    let mut room = Vec::new();
    room.try_reserve_exact(count)
        .map_err(|_| Error::out_of_memory(count.saturating_mul(size_of::<T>())))?;
    Ok(room)
}

/// So many of one value.
pub(crate) fn filled<T: Clone>(value: T, count: usize) -> Result<Vec<T>, Error> {
    let mut room = reserve(count)?;
    room.resize(count, value);
    Ok(room)
}
