//! Allocations whose size comes from a header: if the system refuses, that is an error and does not end the process.

use crate::error::Error;

/// `count` bytes of one value.
pub(crate) fn filled(value: u8, count: usize) -> Result<Vec<u8>, Error> {
    let mut filled = Vec::new();
    filled
        .try_reserve_exact(count)
        .map_err(|_| Error::OutOfMemory { bytes: count })?;
    filled.resize(count, value);
    Ok(filled)
}
