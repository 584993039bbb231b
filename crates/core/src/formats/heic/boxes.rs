//! Boxes of a HEIC and the numbers in them (ISO/IEC 14496-12, clause 4).

use crate::error::Error;
use crate::format::Format;

/// For something in a HEIC that its container must not have.
pub(super) fn damaged(what: &'static str) -> Error {
    Error::damaged(Format::Heic, what)
}

/// For something valid that is not decoded here.
pub(super) fn unsupported(what: &'static str) -> Error {
    Error::Unsupported {
        format: Format::Heic,
        what,
    }
}

/// Bytes read from the front. Reading past their end is damage.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let cut = || damaged("a box is shorter than what it should hold");
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(cut)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], Error> {
        let mut array = [0; COUNT];
        array.copy_from_slice(self.take(COUNT)?);
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Error> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Error> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Error> {
        self.array().map(u32::from_be_bytes)
    }

    /// Four characters.
    pub(super) fn kind(&mut self) -> Result<[u8; 4], Error> {
        self.array()
    }

    /// A number of 32 bits or of 16.
    pub(super) fn wide(&mut self, is_wide: bool) -> Result<u32, Error> {
        if is_wide {
            self.u32()
        } else {
            self.u16().map(u32::from)
        }
    }

    /// A number of 0, 4 or 8 bytes, as in iloc.
    pub(super) fn sized(&mut self, bytes: u8) -> Result<u64, Error> {
        match bytes {
            0 => Ok(0),
            4 => self.u32().map(u64::from),
            8 => self.array().map(u64::from_be_bytes),
            _ => Err(damaged("a number in iloc has not 0, 4 or 8 bytes")),
        }
    }

    /// Version and flags of a full box.
    pub(super) fn version(&mut self) -> Result<(u8, u32), Error> {
        let [version, a, b, c] = self.array()?;
        Ok((version, u32::from_be_bytes([0, a, b, c])))
    }

    /// The next box, or `None` after the last.
    pub(super) fn next_box(&mut self) -> Result<Option<([u8; 4], Reader<'a>)>, Error> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let beyond = || damaged("a box goes beyond the end of what it lies in");
        let whole = self.0.len();
        let size = self.u32()?;
        let kind = self.kind()?;
        let length = match size {
            // It extends to the end.
            0 => whole as u64,
            1 => self.sized(8)?,
            size => size.into(),
        };
        let header = (whole - self.0.len()) as u64;
        let content = length.checked_sub(header).ok_or_else(beyond)?;
        let content = usize::try_from(content).map_err(|_| beyond())?;
        let (content, rest) = self.0.split_at_checked(content).ok_or_else(beyond)?;
        self.0 = rest;
        Ok(Some((kind, Reader(content))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_have_three_kinds_of_lengths() {
        let file = [
            b"\0\0\0\x0Bfree123".as_slice(),
            b"\0\0\0\x01wide\0\0\0\0\0\0\0\x1245",
            b"\0\0\0\0rest6789",
        ]
        .concat();
        let mut reader = Reader(&file);
        let mut found = Vec::new();
        while let Some((kind, content)) = reader.next_box().unwrap() {
            found.push((kind, content.0));
        }
        let expected: [([u8; 4], &[u8]); 3] =
            [(*b"free", b"123"), (*b"wide", b"45"), (*b"rest", b"6789")];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_box_lies_within_its_parent() {
        let too_long: [&[u8]; 5] = [
            b"\0\0\0\x0Cfree123",
            b"\0\0\0\x07free123",
            b"\0\0\0\x01wide\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
            b"\0\0\0\x01wide\0\0\0\0\0\0\0\x0F",
            b"\0\0\0",
        ];
        for file in too_long {
            assert!(Reader(file).next_box().is_err(), "{file:?}");
        }
    }
}
