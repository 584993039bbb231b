//! The header of a JPEG: markers up to the first scan (ITU-T T.81, annex B).

use super::pixels;
use crate::allocate;
use crate::color::{ColorModel, Primaries, Profile, Transfer};
use crate::error::Error;
use crate::format::Format;
use crate::geometry::Size;
use crate::header::{Colors, Header};
use crate::metadata::elsewhere::{self, Seen};
use crate::metadata::exif;
use crate::options::Limits;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;

struct Frame {
    size: Size,
    color: ColorModel,
    progressive: bool,
}

/// Reads the markers of `photo` up to its first scan, and counts the scans of a progressive one.
pub(crate) fn header(photo: &[u8], limits: &Limits) -> Result<Header, Error> {
    let mut frame = None;
    let (mut exif, mut seen) = (None, Seen::default());
    let mut icc_chunks = Vec::new();
    let mut rest = photo;
    loop {
        let (marker, segment) =
            next_segment(&mut rest)?.ok_or_else(|| damaged("it ends before its first scan"))?;
        match marker {
            EOI => return Err(damaged("it has no scan")),
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                let read = read_frame(marker, segment)?;
                if frame.replace(read).is_some() {
                    return Err(damaged("it has two frame headers"));
                }
            }
            APP1 => match segment.strip_prefix(b"Exif\0\0") {
                Some(tiff) if exif.is_none() => exif = Some(tiff),
                _ if seen.goes_on() => look_elsewhere(segment, &mut seen),
                _ => {}
            },
            // One more than the maximum is enough to see that there are too many.
            APP2 if icc_chunks.len() <= 255 => {
                icc_chunks.extend(segment.strip_prefix(b"ICC_PROFILE\0"));
            }
            SOS => break,
            _ => {}
        }
    }
    let frame = frame.ok_or_else(|| damaged("it has a scan before its frame header"))?;
    let (plain, decoder) = pixels::coding(photo, limits)?;
    let orientation = exif.map_or(Ok(None), exif::orientation);
    let colors = match assemble_icc(&icc_chunks, limits.profile) {
        Colors::Unsaid
            if frame.color == ColorModel::Rgb && exif.is_some_and(exif::is_adobe_rgb) =>
        {
            adobe_rgb()
        }
        colors => colors,
    };
    Ok(Header {
        size: frame.size,
        color: frame.color,
        alpha: false,
        frames: 1,
        animation: None,
        scans: if frame.progressive {
            1 + count_scans(rest)
        } else {
            1
        },
        warnings: Vec::from_iter(seen.warning(&orientation)),
        orientation,
        colors,
        decoder,
        held: 0,
        plain,
    })
}

/// Looks at a segment that is not proper EXIF data.
fn look_elsewhere(segment: &[u8], seen: &mut Seen) {
    if let Some(packet) = segment.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
        seen.note("XMP data", elsewhere::in_xmp(packet));
    } else if let Some(tiff) = segment.strip_prefix(b"Exif\0\0") {
        let found = exif::orientation(tiff).ok().flatten();
        seen.note("a second block of EXIF data", found);
    } else if let Some(found) = elsewhere::behind_prefix(segment) {
        seen.note("EXIF data with an odd prefix", Some(found));
    }
}

/// Adobe RGB (1998), 4.3: its gamma is 563/256.
fn adobe_rgb() -> Colors {
    let transfer = Transfer::Gamma(563.0 / 256.0);
    let profile = Profile::described(
        "Adobe RGB (EXIF)".to_owned(),
        &Primaries::ADOBE_RGB,
        transfer,
        8,
    );
    profile.map_or(Colors::Unsaid, Colors::Described)
}

/// The next marker that does not stand alone, with its segment; the end marker with an empty one.
#[inline(always)]
pub(crate) fn next_segment<'a>(rest: &mut &'a [u8]) -> Result<Option<(u8, &'a [u8])>, Error> {
    loop {
        match next_marker(rest) {
            None => return Ok(None),
            Some(SOI | 0x01 | 0xD0..=0xD7) => {}
            Some(EOI) => return Ok(Some((EOI, &[]))),
            Some(marker) => return Ok(Some((marker, take_segment(marker, rest)?))),
        }
    }
}

fn damaged(what: &'static str) -> Error {
    Error::damaged(Format::Jpeg, what)
}

/// The next marker, after any fill bytes and any garbage, which libjpeg skips, too.
#[inline(always)]
fn next_marker(rest: &mut &[u8]) -> Option<u8> {
    // In an intact file it comes at once.
    if let [0xFF, marker @ 1..=0xFE, behind @ ..] = *rest {
        *rest = behind;
        return Some(*marker);
    }
    loop {
        let at = rest.iter().position(|byte| *byte == 0xFF)?;
        *rest = &rest[at..];
        let at = rest.iter().position(|byte| *byte != 0xFF)?;
        let marker = rest[at];
        *rest = &rest[at + 1..];
        if marker != 0 {
            return Some(marker);
        }
    }
}

#[inline(always)]
fn take_segment<'a>(marker: u8, rest: &mut &'a [u8]) -> Result<&'a [u8], Error> {
    let cut = || damaged("a segment goes beyond the end of the file");
    let (length, _) = rest.split_first_chunk().ok_or_else(cut)?;
    let length = match u16::from_be_bytes(*length) {
        // As in libjpeg: application data and a comment may declare themselves empty.
        0 | 1 if matches!(marker, 0xE0..=0xEF | 0xFE) => 2,
        length => usize::from(length),
    };
    let (segment, behind) = rest.split_at_checked(length).ok_or_else(cut)?;
    *rest = behind;
    segment
        .get(2..)
        .ok_or_else(|| damaged("a segment is shorter than its own length field"))
}

/// T.81, B.2.2.
fn read_frame(marker: u8, segment: &[u8]) -> Result<Frame, Error> {
    let unsupported = |what| {
        Err(Error::Unsupported {
            format: Format::Jpeg,
            what,
        })
    };
    match marker {
        0xC0..=0xC2 => {}
        0xC3 => return unsupported("lossless coding"),
        0xC9..=0xCB => return unsupported("arithmetic coding"),
        _ => return unsupported("hierarchical coding"),
    }
    let [precision, h0, h1, w0, w1, components, ..] = *segment else {
        return Err(damaged("its frame header is too short"));
    };
    if precision != 8 {
        return unsupported("more than 8 bits a sample");
    }
    let (width, height) = (u16::from_be_bytes([w0, w1]), u16::from_be_bytes([h0, h1]));
    if height == 0 && width > 0 {
        return unsupported("a height that is given after the pixels");
    }
    Ok(Frame {
        size: Size::new(width.into(), height.into())
            .ok_or_else(|| damaged("a side is zero pixels"))?,
        color: match components {
            1 => ColorModel::Gray,
            3 => ColorModel::Rgb,
            4 => ColorModel::Cmyk,
            _ => return unsupported("a number of color components other than 1, 3 or 4"),
        },
        progressive: marker == 0xC2,
    })
}

/// How many further scans follow the first one, whose entropy-coded data starts at `rest`.
fn count_scans(mut rest: &[u8]) -> u32 {
    let mut scans = 0;
    while let Some(marker) = next_marker(&mut rest) {
        match marker {
            EOI => break,
            SOS => scans += 1,
            _ => {}
        }
    }
    scans
}

/// ICC.1:2022, B.4: each chunk begins with its number, from 1, and the number of chunks. Together at most `most` bytes.
fn assemble_icc(chunks: &[&[u8]], most: u64) -> Colors {
    if chunks.is_empty() {
        return Colors::Unsaid;
    }
    let total: usize = chunks.iter().map(|chunk| chunk.len()).sum();
    if total as u64 > most + 2 * chunks.len() as u64 {
        return Colors::Broken;
    }
    let mut ordered = vec![None; chunks.len()];
    for chunk in chunks {
        let [number, count, data @ ..] = chunk else {
            return Colors::Broken;
        };
        let place = usize::from(*number)
            .checked_sub(1)
            .and_then(|i| ordered.get_mut(i));
        match place {
            Some(place @ None) if usize::from(*count) == chunks.len() => *place = Some(data),
            _ => return Colors::Broken,
        }
    }
    let Ok(mut icc) = allocate::reserve(total) else {
        return Colors::Broken;
    };
    for part in ordered.into_iter().flatten() {
        icc.extend_from_slice(part);
    }
    Colors::Icc {
        icc,
        otherwise: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profile_chunks_are_put_in_order() {
        let Colors::Icc { icc, .. } = assemble_icc(&[&[2, 2, 30, 40], &[1, 2, 10, 20]], 4) else {
            panic!()
        };
        assert_eq!(icc, [10, 20, 30, 40]);
        let faults: [&[&[u8]]; 5] = [
            &[&[1]],
            &[&[0, 1, 9]],
            &[&[1, 2, 9]],
            &[&[1, 2, 9], &[1, 2, 8]],
            &[&[3, 2, 9], &[1, 2, 8]],
        ];
        assert!(matches!(
            assemble_icc(&[&[2, 2, 30, 40], &[1, 2, 10, 20]], 3),
            Colors::Broken
        ));
        for fault in faults {
            assert!(
                matches!(assemble_icc(fault, 99), Colors::Broken),
                "{fault:?}"
            );
        }
    }

    #[test]
    fn any_cut_of_a_header_is_damage() {
        let mut photo = vec![
            0xFF, SOI, 0xFF, 0xFF, 0xC2, 0, 11, 8, 0, 33, 0, 22, 1, 1, 0x11, 0,
        ];
        photo.extend([0xFF, SOS, 0, 8, 1, 1, 0, 0, 0, 0]);
        let header_length = photo.len();
        photo.extend([
            7, 0xFF, 0, 0xFF, 0xD0, 8, 0xFF, SOS, 0, 8, 1, 1, 0, 1, 63, 0, 9, 0xFF, EOI, 0xFF, SOS,
        ]);
        let whole = header(&photo, &Limits::default()).unwrap();
        assert_eq!(
            (whole.size.width(), whole.size.height(), whole.scans),
            (22, 33, 2)
        );
        for end in 0..header_length {
            assert!(
                matches!(
                    header(&photo[..end], &Limits::default()),
                    Err(Error::Damaged { .. })
                ),
                "cut at {end}"
            );
        }
    }
}
