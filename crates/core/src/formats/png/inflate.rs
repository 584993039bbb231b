//! Inflates compressed metadata of a PNG, up to a limit.

use fdeflate::BoundedDecompressionError;

/// The profile in an iCCP chunk (PNG, third edition, 11.3.2.3), inflated, or `None` if it cannot be inflated or exceeds
/// `most` bytes.
pub(crate) fn icc_profile(chunk: &[u8], most: u64) -> Option<Vec<u8>> {
    let end = chunk.iter().take(80).position(|byte| *byte == 0)?;
    let (&0, stream) = chunk[end + 1..].split_first()? else {
        return None;
    };
    fdeflate::decompress_to_vec_bounded(stream, usize::try_from(most).ok()?).ok()
}

/// At most the first `most` bytes of a chunk's compressed data; nothing if it is damaged.
pub(crate) fn inflate_start(stream: &[u8], most: usize) -> Vec<u8> {
    match fdeflate::decompress_to_vec_bounded(stream, most) {
        Ok(all) => all,
        Err(BoundedDecompressionError::OutputTooLarge { partial_output }) => partial_output,
        Err(BoundedDecompressionError::DecompressionError { .. }) => Vec::new(),
    }
}
