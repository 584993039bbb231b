//! Reads from a block of EXIF data the orientation, whether it says Adobe RGB, and nothing else.

use crate::orientation::Orientation;

/// EXIF data that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

/// Reads tag 0x0112 of IFD0 from a TIFF block (EXIF 2.32, section 4.5.2). No pointer is followed.
///
/// `Ok(None)` if there is no such tag, or a 0, which editors write for an unset one.
pub(crate) fn orientation(tiff: &[u8]) -> Result<Option<Orientation>, Damaged> {
    let tiff = Tiff::new(tiff)?;
    let Some(entry) = tiff.find(tiff.first_directory()?, 0x0112)? else {
        return Ok(None);
    };
    match entry.integer().ok_or(Damaged)? {
        0 => Ok(None),
        value => {
            let value = u16::try_from(value).ok();
            let orientation = value.and_then(Orientation::from_exif);
            orientation.map(Some).ok_or(Damaged)
        }
    }
}

/// Whether a camera declares in a TIFF block that its colors are Adobe RGB: an uncalibrated color space, and R03 as the
/// interoperability index (DCF 2.0, 3.2.1 and 3.4).
///
/// Only the pointers to the EXIF directory and from there to the interoperability directory are followed. Damaged data says
/// nothing.
pub(crate) fn is_adobe_rgb(tiff: &[u8]) -> bool {
    let read = || -> Result<bool, Damaged> {
        let tiff = Tiff::new(tiff)?;
        let follow = |directory, tag| -> Result<Option<usize>, Damaged> {
            let entry = tiff.find(directory, tag)?;
            Ok(entry.and_then(Entry::pointer))
        };
        let Some(exif) = follow(tiff.first_directory()?, 0x8769)? else {
            return Ok(false);
        };
        let space = tiff.find(exif, 0xA001)?.and_then(Entry::integer);
        if space != Some(0xFFFF) {
            return Ok(false);
        }
        let Some(interoperability) = follow(exif, 0xA005)? else {
            return Ok(false);
        };
        let index = tiff.find(interoperability, 0x0001)?;
        Ok(index.is_some_and(|index| index.kind == 2 && index.value.starts_with(b"R03")))
    };
    read().unwrap_or(false)
}

/// A TIFF block (TIFF 6.0, section 2).
struct Tiff<'a> {
    bytes: &'a [u8],
    is_big_endian: bool,
}

/// An entry of a directory.
#[derive(Clone, Copy)]
struct Entry {
    /// 1 BYTE, 2 ASCII, 3 SHORT, 4 LONG; 6, 8 and 9 are their signed variants.
    kind: u16,
    count: u32,
    /// Value or offset, as stored.
    value: [u8; 4],
    is_big_endian: bool,
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Result<Tiff<'a>, Damaged> {
        let is_big_endian = match bytes.get(..4) {
            Some([b'M', b'M', 0, 42]) => true,
            Some([b'I', b'I', 42, 0]) => false,
            _ => return Err(Damaged),
        };
        Ok(Tiff {
            bytes,
            is_big_endian,
        })
    }

    fn first_directory(&self) -> Result<usize, Damaged> {
        let at = self.bytes.get(4..8).and_then(|at| at.first_chunk());
        let at = long(*at.ok_or(Damaged)?, self.is_big_endian);
        usize::try_from(at).map_err(|_| Damaged)
    }

    /// The first entry with a tag in the directory at an offset.
    fn find(&self, directory: usize, tag: u16) -> Result<Option<Entry>, Damaged> {
        let rest = self.bytes.get(directory..).ok_or(Damaged)?;
        let (count, entries) = rest.split_first_chunk().ok_or(Damaged)?;
        let count = short(*count, self.is_big_endian).into();
        let entries = entries.as_chunks::<12>().0;
        let found = entries.iter().take(count).find(|[t0, t1, ..]| {
            let found = short([*t0, *t1], self.is_big_endian);
            found == tag
        });
        let Some(&[_, _, k0, k1, c0, c1, c2, c3, value @ ..]) = found else {
            // It may be in the part that is cut off.
            return if entries.len() < count {
                Err(Damaged)
            } else {
                Ok(None)
            };
        };
        Ok(Some(Entry {
            kind: short([k0, k1], self.is_big_endian),
            count: long([c0, c1, c2, c3], self.is_big_endian),
            value,
            is_big_endian: self.is_big_endian,
        }))
    }
}

impl Entry {
    /// Its single integer. SHORT is usual, but every other type occurs.
    fn integer(self) -> Option<u32> {
        let [first, second, ..] = self.value;
        match (self.kind, self.count) {
            (1 | 6, 1) => Some(first.into()),
            (3 | 8, 1) => Some(short([first, second], self.is_big_endian).into()),
            (4 | 9, 1) => Some(long(self.value, self.is_big_endian)),
            _ => None,
        }
    }

    /// Where another directory begins.
    fn pointer(self) -> Option<usize> {
        let at = (self.kind == 4).then(|| self.integer())??;
        usize::try_from(at).ok()
    }
}

fn short(bytes: [u8; 2], is_big_endian: bool) -> u16 {
    if is_big_endian {
        u16::from_be_bytes(bytes)
    } else {
        u16::from_le_bytes(bytes)
    }
}

fn long(bytes: [u8; 4], is_big_endian: bool) -> u32 {
    if is_big_endian {
        u32::from_be_bytes(bytes)
    } else {
        u32::from_le_bytes(bytes)
    }
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
            (true, 6, [6, 0, 0, 0]),
            (true, 8, [0, 6, 0, 0]),
            (false, 8, [6, 0, 0, 0]),
            (true, 9, [0, 0, 0, 6]),
            (false, 9, [6, 0, 0, 0]),
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
        assert_eq!(orientation(&block(true, 3, 1, [0; 4])), Ok(None));
        assert_eq!(orientation(&block(false, 9, 1, [0; 4])), Ok(None));
        assert_eq!(orientation(&block(false, 9, 1, [0xFF; 4])), Err(Damaged));
        assert_eq!(orientation(&block(true, 3, 1, [0, 9, 0, 0])), Err(Damaged));
        assert_eq!(orientation(&block(true, 3, 2, [0, 6, 0, 0])), Err(Damaged));
        assert_eq!(orientation(&block(true, 5, 1, [0, 6, 0, 0])), Err(Damaged));
        assert_eq!(orientation(b"II*\0\x08\0\0\0\0\0"), Ok(None));
        assert_eq!(orientation(b"II*\0\xff\xff\xff\xff"), Err(Damaged));
    }

    #[test]
    fn no_pointer_leads_to_an_orientation() {
        // The last entry of the first directory points to the EXIF directory, followed by the link to the next one: both hold an
        // orientation.
        let mut tiff = block(false, 3, 1, [8, 0, 0, 0]);
        let other = tiff.split_off(8);
        tiff.extend([1, 0, 0x69, 0x87, 4, 0, 1, 0, 0, 0, 26, 0, 0, 0, 26, 0, 0, 0]);
        assert_eq!(tiff.len(), 26);
        tiff.extend(other);
        assert_eq!(orientation(&tiff), Ok(None));
        tiff[4] = 26;
        assert_eq!(orientation(&tiff), Ok(Some(Orientation::Rotate270)));
    }

    /// One directory for each list, one after the other from offset 8.
    fn directories(lists: &[&[(u16, u16, [u8; 4])]]) -> Vec<u8> {
        let mut tiff = b"II*\0\x08\0\0\0".to_vec();
        for entries in lists {
            tiff.extend((entries.len() as u16).to_le_bytes());
            for (tag, kind, value) in *entries {
                let count = if *kind == 2 { 4_u32 } else { 1 };
                tiff.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
                tiff.extend([count.to_le_bytes(), *value].concat());
            }
            tiff.extend([0; 4]);
        }
        tiff
    }

    #[test]
    fn two_pointers_lead_to_adobe_rgb() {
        let at = |offset: u32| offset.to_le_bytes();
        // The directories have 18, 30 and 18 bytes.
        let first = [(0x8769, 4, at(26))];
        let exif = [(0xA001, 3, [255, 255, 0, 0]), (0xA005, 4, at(56))];
        let index = [(0x0001, 2, *b"R03\0")];
        let whole = directories(&[&first, &exif, &index]);
        assert!(is_adobe_rgb(&whole));
        for end in 0..whole.len() - 4 {
            assert!(!is_adobe_rgb(&whole[..end]), "cut at {end}");
        }
        // sRGB, another index, another type, nothing uncalibrated, pointers to themselves and out of the block.
        let others = [
            directories(&[&first, &exif, &[(0x0001, 2, *b"R98\0")]]),
            directories(&[&first, &exif, &[(0x0001, 4, *b"R03\0")]]),
            directories(&[&first, &[(0xA001, 3, [1, 0, 0, 0]), exif[1]], &index]),
            directories(&[&first, &[(0xA002, 3, [255, 255, 0, 0]), exif[1]], &index]),
            directories(&[&first, &[exif[0], (0xA005, 4, at(26))], &index]),
            directories(&[&[(0x8769, 4, at(8))], &exif, &index]),
            directories(&[&[(0x8769, 4, [255; 4])], &exif, &index]),
            directories(&[&[(0x8769, 3, at(26))], &exif, &index]),
        ];
        for (other, i) in others.iter().zip(0..) {
            assert!(!is_adobe_rgb(other), "{i}");
        }
        // No pointer but those two: the one to GPS data, and the link to the next directory.
        let mut other = directories(&[&[(0x8825, 4, at(26))], &exif, &index]);
        assert!(!is_adobe_rgb(&other));
        other[22] = 26;
        assert!(!is_adobe_rgb(&other));
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
