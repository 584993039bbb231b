//! Orientations stored where only some programs look: they cause a warning, and nothing is turned.

use super::exif;
use crate::orientation::Orientation;
use crate::warning::Warning;

/// The places that were searched, and the first orientation that was found.
#[derive(Default)]
pub(crate) struct Seen {
    places: u32,
    found: Option<(&'static str, Orientation)>,
}

/// How many places are searched: a file may repeat slow ones.
const PLACES: u32 = 4;

impl Seen {
    /// Whether searching on makes sense.
    pub(crate) fn goes_on(&self) -> bool {
        self.places < PLACES && self.found.is_none()
    }

    /// Records what is at a place, if anything.
    pub(crate) fn note(&mut self, place: &'static str, orientation: Option<Orientation>) {
        self.places += 1;
        self.found = self.found.or(orientation.map(|found| (place, found)));
    }

    /// The warning if EXIF data has no orientation; upright is shown anyway.
    pub(crate) fn warning(
        &self,
        exif: &Result<Option<Orientation>, exif::Damaged>,
    ) -> Option<Warning> {
        let (place, orientation) = self.found?;
        let is_told = !matches!(exif, Ok(Some(_))) && orientation != Orientation::Upright;
        is_told.then_some(Warning::OrientationElsewhere { place, orientation })
    }
}

/// `tiff:Orientation` in a packet of XMP, as an attribute or an element.
pub(crate) fn in_xmp(packet: &[u8]) -> Option<Orientation> {
    const NAME: &[u8] = b"tiff:Orientation";
    let at = packet.windows(NAME.len()).position(|part| part == NAME)?;
    let rest = packet[at + NAME.len()..].trim_ascii_start();
    let value = match rest {
        [b'>', value @ ..] => value,
        [b'=', value @ ..] => match value.trim_ascii_start() {
            [b'"' | b'\'', value @ ..] => value,
            _ => return None,
        },
        _ => return None,
    };
    let (digit, [b'"' | b'\'' | b'<' | b' ', ..]) = value.split_first()? else {
        return None;
    };
    Orientation::from_exif(u16::from(digit.checked_sub(b'0')?))
}

/// In EXIF data after a prefix that is not quite right.
pub(crate) fn behind_prefix(block: &[u8]) -> Option<Orientation> {
    let (name, rest) = block.split_at_checked(4)?;
    if !name.eq_ignore_ascii_case(b"exif") {
        return None;
    }
    // A zero and another byte should follow.
    let mut tiffs = (0..=4).filter_map(|more| rest.get(more..));
    tiffs.find_map(|tiff| exif::orientation(tiff).ok()?)
}

/// In the text `Raw profile type exif`, as ImageMagick writes it: a name, a length, and the block in hexadecimal digits. The text
/// may be cut off.
pub(crate) fn in_raw_profile(text: &[u8]) -> Option<Orientation> {
    let mut lines = text.trim_ascii_start().splitn(3, |byte| *byte == b'\n');
    let (_name, _length, digits) = (lines.next()?, lines.next()?, lines.next()?);
    let digits = digits.iter().filter(|byte| !byte.is_ascii_whitespace());
    let halves: Vec<u8> = digits
        .map_while(|digit| char::from(*digit).to_digit(16))
        .map(|half| half as u8)
        .collect();
    let pairs = halves.as_chunks().0.iter();
    let block: Vec<u8> = pairs.map(|[high, low]| high << 4 | low).collect();
    match block.strip_prefix(b"Exif\0\0") {
        Some(tiff) => exif::orientation(tiff).ok()?,
        None => exif::orientation(&block).ok()?,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xmp_has_it_as_an_attribute_or_an_element() {
        let seen: [(&str, Option<u16>); 9] = [
            ("<a tiff:Orientation=\"6\"/>", Some(6)),
            ("<a tiff:Orientation = '3' />", Some(3)),
            ("<tiff:Orientation>8</tiff:Orientation>", Some(8)),
            ("<a tiff:Orientation=\"0\"/>", None),
            ("<a tiff:Orientation=\"9\"/>", None),
            ("<a tiff:Orientation=\"66\"/>", None),
            ("<a tiff:Orientation=6/>", None),
            ("<a exif:Orientation=\"6\"/>", None),
            ("<a tiff:Orientation=\"6", None),
        ];
        for (packet, expected) in seen {
            let expected = expected.and_then(Orientation::from_exif);
            assert_eq!(in_xmp(packet.as_bytes()), expected, "{packet}");
        }
    }

    #[test]
    fn raw_profiles_and_odd_prefixes_are_read() {
        let tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let turned = Orientation::from_exif(6);
        for prefix in ["", "Exif\0\0"] {
            let block = [prefix.as_bytes(), tiff].concat();
            let digits: String = block.iter().map(|byte| format!("{byte:02x}")).collect();
            let (first, second) = digits.split_at(20);
            let text = format!("\nexif\n      {}\n{first}\n{second}", block.len());
            assert_eq!(in_raw_profile(text.as_bytes()), turned);
            assert_eq!(in_raw_profile(&text.as_bytes()[..40]), None);
        }
        let prefixes: [&[u8]; 5] = [
            b"Exif",
            b"Exif\0",
            b"EXIF\0\0",
            b"Exif\0\xFF",
            b"exif\0\0\0",
        ];
        for prefix in prefixes {
            assert_eq!(behind_prefix(&[prefix, tiff].concat()), turned);
        }
        assert_eq!(behind_prefix(b"Exif\0\0"), None);
        assert_eq!(behind_prefix(b"Exi"), None);
    }
}
