//! The chunks of a PNG (third edition, section 5).

/// The chunks of a PNG: kind and data; the last one may be cut off by the end of the file. Holds the bytes still to be read.
#[derive(Clone)]
pub(crate) struct Chunks<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = (&'a [u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (length, rest) = self.0.split_first_chunk()?;
        let (kind, rest) = rest.split_first_chunk()?;
        let (data, rest) = rest
            .split_at_checked(u32::from_be_bytes(*length) as usize)
            .unwrap_or((rest, &[]));
        self.0 = rest.get(4..).unwrap_or_default();
        Some((kind, data))
    }
}
