//! What a file of another format looks like by its first bytes, never by its name.

use crate::error::Error;

/// Names what the bytes look like, and says what to do about it.
pub(crate) fn error(bytes: &[u8]) -> Error {
    named(foreign(bytes))
}

/// For a file that was found to be of another format, with its article.
pub(crate) fn named(found: &'static str) -> Error {
    let advice = advice(found);
    Error::UnknownFormat { found, advice }
}

/// Whether a file begins like HEIC: by its major brand, which files of other codings may have, too (ISO/IEC 23008-12, 10.2).
pub(crate) fn is_heic(bytes: &[u8]) -> bool {
    let Some([b'f', b't', b'y', b'p', brand @ ..]) = bytes.get(4..12) else {
        return false;
    };
    matches!(
        brand,
        b"heic"
            | b"heix"
            | b"hevc"
            | b"hevx"
            | b"heim"
            | b"heis"
            | b"hevm"
            | b"hevs"
            | b"heif"
            | b"mif1"
            | b"msf1"
            | b"miaf"
    )
}

const EMPTY: &str = "an empty file";
const TEXT: &str = "a text file";
const PAGE: &str = "an HTML page";
const ARCHIVE: &str = "a zip archive or office document";
const PACKED: &str = "a packed archive";
const HEIC: &str = "a HEIC photo";
const RAW: &str = "a camera's raw file";
const VIDEO: &str = "a video";
const SOUND: &str = "a sound file";
const AVIF: &str = "an AVIF image";
const JPEG_XL: &str = "a JPEG XL image";
const TIFF: &str = "a TIFF image or a camera's raw file";
const BMP: &str = "a BMP image";
const SVG: &str = "an SVG drawing";
const PDF: &str = "a PDF document";
const UNKNOWN: &str = "a file of no known kind";

/// What to choose from, depending on what this build reads.
#[cfg(feature = "heic")]
mod choice {
    pub(super) const PHOTO: &str = "not a photo: choose a JPEG, PNG, GIF, WebP or HEIC";
    pub(super) const FRAME: &str =
        "not a photo: choose a JPEG, PNG, GIF, WebP or HEIC, or save a frame of it as a JPEG";
    pub(super) const OTHER: &str = "neither JPEG nor PNG nor GIF nor WebP nor HEIC: it may be damaged or encrypted, so choose another";
}
#[cfg(not(feature = "heic"))]
mod choice {
    pub(super) const PHOTO: &str = "not a photo: choose a JPEG, PNG, GIF or WebP";
    pub(super) const FRAME: &str =
        "not a photo: choose a JPEG, PNG, GIF or WebP, or save a frame of it as one";
    pub(super) const OTHER: &str =
        "neither JPEG nor PNG nor GIF nor WebP: it may be damaged or encrypted, so choose another";
}

/// What to do about a file of another format.
fn advice(found: &str) -> &'static str {
    match found {
        EMPTY => "with no photo in it: copy or download it again",
        TEXT | SOUND => choice::PHOTO,
        PAGE => "not a photo: save the picture that it shows, and not the page",
        ARCHIVE | PACKED => "not a photo: take the photo out of it",
        VIDEO => choice::FRAME,
        HEIC => "rebuild with --features heic, or convert it: on a Mac, sips -s format jpeg",
        UNKNOWN => choice::OTHER,
        AVIF => {
            "which is not supported: save it as a JPEG or PNG, as with avifdec photo.avif photo.png"
        }
        JPEG_XL => {
            "which is not supported: save it as a JPEG or PNG, as with djxl photo.jxl photo.png"
        }
        TIFF => "which is not supported: export it as a JPEG or PNG from the program that opens it",
        BMP => "which is not supported: save it as a PNG, as every image editor can",
        SVG => "which has no pixels yet: export it as a PNG of 1024 x 1024 pixels",
        PDF => "not a photo: export the picture in it as a JPEG or PNG",
        RAW => "which is not supported: develop it, and export it as a JPEG",
        _ => "which is not supported: convert it to a JPEG or PNG, or choose another file",
    }
}

/// What a file of another format looks like, with its article.
pub(crate) fn foreign(bytes: &[u8]) -> &'static str {
    match bytes {
        [] => EMPTY,
        _ if is_heic(bytes) => HEIC,
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => match brand.get(..4) {
            Some(b"avif" | b"avis") => AVIF,
            Some(b"crx ") => RAW,
            Some(b"jp2 " | b"jpm " | b"jpx ") => "a JPEG 2000 image",
            Some(b"M4A " | b"M4B ") => SOUND,
            _ => VIDEO,
        },
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => BMP,
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] | [b'I', b'I', 43, 0, ..] => TIFF,
        // Panasonic, Olympus, Fujifilm.
        [b'I', b'I', b'U', 0, ..] | [b'I', b'I', b'R', b'O' | b'S', ..] => RAW,
        [b'F', b'U', b'J', b'I', b'F', b'I', b'L', b'M', ..] => RAW,
        [b'P', b'1'..=b'7', b'\n' | b' ', ..] => "a Netpbm image",
        [0x76, 0x2F, 0x31, 0x01, ..] => "an OpenEXR image",
        [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => JPEG_XL,
        [0, 0, 0, 12, b'j', b'P', ..] | [0xFF, 0x4F, 0xFF, 0x51, ..] => "a JPEG 2000 image",
        [0, 0, 1, 0, ..] => "an icon file",
        [b'8', b'B', b'P', b'S', ..] => "a Photoshop file",
        [b'%', b'P', b'D', b'F', ..] => PDF,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => ARCHIVE,
        [b'R', b'a', b'r', b'!', ..] | [b'7', b'z', 0xBC, 0xAF, ..] | [0x1F, 0x8B, ..] => PACKED,
        _ => foreign_text(bytes),
    }
}

fn foreign_text(bytes: &[u8]) -> &'static str {
    let head = &bytes[..bytes.len().min(1024)];
    if matches!(head, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) && head.len() > 3 {
        // UTF-16 with its byte order mark, as Windows writes it: every other byte of plain letters is zero.
        let zeros = head.iter().filter(|byte| **byte == 0).count();
        return if zeros * 3 > head.len() {
            TEXT
        } else {
            UNKNOWN
        };
    }
    let is_text = std::str::from_utf8(head)
        .map_or_else(|error| error.error_len().is_none(), |_| true)
        && !head.contains(&0);
    if !is_text {
        return UNKNOWN;
    }
    let text = String::from_utf8_lossy(head)
        .trim_start_matches('\u{feff}')
        .trim_start()
        .to_lowercase();
    if text.starts_with("<svg")
        || (text.starts_with("<?xml") || text.starts_with("<!--")) && text.contains("<svg")
    {
        SVG
    } else if ["<!doctype html", "<html", "<head"]
        .iter()
        .any(|start| text.starts_with(start))
        || (text.starts_with("<?xml") || text.starts_with("<!--")) && text.contains("<html")
    {
        PAGE
    } else {
        TEXT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_named() {
        let cases: [(&[u8], &str); 22] = [
            (b"", "an empty file"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "a HEIC photo"),
            (b"\0\0\0\x18ftypavif\0\0\0\0", "an AVIF image"),
            (b"\0\0\0\x18ftypisom\0\0\0\0", "a video"),
            (
                b"<?xml version=\"1.0\"?>\n<!-- x --><svg>",
                "an SVG drawing",
            ),
            (b"\xef\xbb\xbf  <SVG xmlns=", "an SVG drawing"),
            (b"<!DOCTYPE html><html>", "an HTML page"),
            (b"hello\n", "a text file"),
            (b"BM\x10\0\0\0\0\0\0\0", "a BMP image"),
            (b"II*\0\x08\0\0\0", "a TIFF image or a camera's raw file"),
            (b"%PDF-1.7", "a PDF document"),
            (b"\xff\xd8", "a file of no known kind"),
            (b"\0\x01\x02\x03", "a file of no known kind"),
            (b"\0\0\0\x18ftypcrx \0\0\0\0", "a camera's raw file"),
            (b"\0\0\0\x18ftypM4A \0\0\0\0", "a sound file"),
            (b"\0\0\0\x18ftypheif\0\0\0\0", "a HEIC photo"),
            (b"FUJIFILMCCD-RAW 0201", "a camera's raw file"),
            (b"<!-- an error --><html>", "an HTML page"),
            (b"\xff\xfeh\0e\0l\0l\0o\0", "a text file"),
            (b"PK\x05\x06", "a zip archive or office document"),
            (b"7z\xbc\xaf\x27\x1c", "a packed archive"),
            (b"P6\n3 2\n255\n", "a Netpbm image"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(foreign(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn text_cut_inside_a_character_is_still_text() {
        let long = "é".repeat(600);
        assert_eq!(foreign(&long.as_bytes()[..1023]), "a text file");
    }
}
