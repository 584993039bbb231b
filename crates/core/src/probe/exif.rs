//! The orientation in a block of EXIF data, and nothing else of it.

use crate::orientation::Orientation;

/// EXIF data that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

/// Reads tag 0x0112 of IFD0 from a TIFF block (EXIF 2.32, section 4.5.2). No other pointer is followed.
///
/// `Ok(None)` when there is no such tag.
pub(crate) fn orientation(tiff: &[u8]) -> Result<Option<Orientation>, Damaged> {
    let big_endian = match tiff.get(..4) {
        Some([b'M', b'M', 0, 42]) => true,
        Some([b'I', b'I', 42, 0]) => false,
        _ => return Err(Damaged),
    };
    let u16_at = |at: usize| -> Result<u16, Damaged> {
        let bytes = tiff
            .get(at..)
            .and_then(|rest| rest.first_chunk())
            .ok_or(Damaged)?;
        Ok(if big_endian {
            u16::from_be_bytes(*bytes)
        } else {
            u16::from_le_bytes(*bytes)
        })
    };
    let u32_at = |at: usize| -> Result<u32, Damaged> {
        let bytes = tiff
            .get(at..)
            .and_then(|rest| rest.first_chunk())
            .ok_or(Damaged)?;
        Ok(if big_endian {
            u32::from_be_bytes(*bytes)
        } else {
            u32::from_le_bytes(*bytes)
        })
    };
    let directory = u32_at(4)? as usize;
    let entries = usize::from(u16_at(directory)?);
    for entry in (0..entries).map(|i| directory + 2 + 12 * i) {
        if u16_at(entry)? != 0x0112 {
            continue;
        }
        // The type should be SHORT (3); LONG (4) and BYTE (1) are seen in the wild.
        let value = match (u16_at(entry + 2)?, u32_at(entry + 4)?) {
            (3, 1) => u16_at(entry + 8)?,
            (4, 1) => u16::try_from(u32_at(entry + 8)?).map_err(|_| Damaged)?,
            (1, 1) => u16::from(*tiff.get(entry + 8).ok_or(Damaged)?),
            _ => return Err(Damaged),
        };
        return Orientation::from_exif(value).map(Some).ok_or(Damaged);
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block with an image width before the orientation, whose value field is `value`.
    fn block(big_endian: bool, kind: u16, count: u32, value: [u8; 4]) -> Vec<u8> {
        let short = |v: u16| {
            if big_endian {
                v.to_be_bytes()
            } else {
                v.to_le_bytes()
            }
        };
        let long = |v: u32| {
            if big_endian {
                v.to_be_bytes()
            } else {
                v.to_le_bytes()
            }
        };
        let mut tiff = if big_endian {
            b"MM\0*".to_vec()
        } else {
            b"II*\0".to_vec()
        };
        tiff.extend(long(8));
        tiff.extend(short(2));
        tiff.extend([short(0x0100), short(3)].concat());
        tiff.extend([long(1), [0, 7, 0, 7]].concat());
        tiff.extend([short(0x0112), short(kind)].concat());
        tiff.extend([long(count), value].concat());
        tiff.extend(long(0));
        tiff
    }

    #[test]
    fn both_byte_orders_and_the_types_seen() {
        let cases = [
            (true, 3, [0, 6, 0, 0]),
            (false, 3, [6, 0, 0, 0]),
            (true, 4, [0, 0, 0, 6]),
            (false, 4, [6, 0, 0, 0]),
            (true, 1, [6, 0, 0, 0]),
        ];
        for (big_endian, kind, value) in cases {
            assert_eq!(
                orientation(&block(big_endian, kind, 1, value)),
                Ok(Some(Orientation::Rotate90))
            );
        }
    }

    #[test]
    fn nonsense_is_damage_and_absence_is_not() {
        assert_eq!(orientation(&block(true, 3, 1, [0, 9, 0, 0])), Err(Damaged));
        assert_eq!(orientation(&block(true, 3, 2, [0, 6, 0, 0])), Err(Damaged));
        assert_eq!(orientation(&block(true, 5, 1, [0, 6, 0, 0])), Err(Damaged));
        assert_eq!(orientation(b"II*\0\x08\0\0\0\0\0"), Ok(None));
        assert_eq!(orientation(b"II*\0\xff\xff\xff\xff"), Err(Damaged));
    }

    #[test]
    fn no_pointer_is_followed() {
        // The last entry of the first directory leads to the EXIF directory, and behind it stands the way to the next
        // one: both hold an orientation.
        let mut tiff = block(false, 3, 1, [8, 0, 0, 0]);
        let other = tiff.split_off(8);
        tiff.extend([1, 0, 0x69, 0x87, 4, 0, 1, 0, 0, 0, 26, 0, 0, 0, 26, 0, 0, 0]);
        assert_eq!(tiff.len(), 26);
        tiff.extend(other);
        assert_eq!(orientation(&tiff), Ok(None));
        tiff[4] = 26;
        assert_eq!(orientation(&tiff), Ok(Some(Orientation::Rotate270)));
    }

    #[test]
    fn any_cut_is_damage() {
        let whole = block(false, 3, 1, [8, 0, 0, 0]);
        assert_eq!(orientation(&whole), Ok(Some(Orientation::Rotate270)));
        let end_of_value = whole.len() - 6;
        for end in 0..end_of_value {
            assert_eq!(orientation(&whole[..end]), Err(Damaged), "cut at {end}");
        }
    }
}
