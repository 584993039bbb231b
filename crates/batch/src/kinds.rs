//! What a file in a folder is: a photo, or why it is left alone.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use crate::files::input;

/// Extensions of pictures that would be missed if they were skipped.
const MEANT: [&str; 15] = [
    "jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "heic", "heif", "avif", "bmp", "tif",
    "tiff", "jxl", "jp2",
];

/// Extensions of other pictures, and what to say about them.
const NOT_READ: [(&str, &[&str]); 4] = [
    (
        RAW,
        &[
            "dng", "cr2", "cr3", "crw", "nef", "nrw", "arw", "srf", "sr2", "raf", "orf", "rw2",
            "pef", "srw", "raw", "3fr", "iiq", "x3f", "erf", "kdc", "mrw", "dcr", "mef", "mos",
            "rwl", "gpr",
        ],
    ),
    (HEIC, &["heics", "heifs", "avifs", "hif"]),
    (
        "a drawing or an editor's own file, which is not supported",
        &[
            "svg", "svgz", "psd", "psb", "ai", "eps", "xcf", "kra", "afphoto",
        ],
    ),
    (
        "a picture of an unsupported kind",
        &[
            "ico", "icns", "j2k", "jpf", "jpx", "tga", "dds", "exr", "hdr", "qoi", "pbm", "pgm",
            "ppm", "pnm",
        ],
    ),
];

const RAW: &str = "a raw photo of a camera, which is not supported";
const HEIC: &str = "a HEIC or AVIF, which is not supported";

/// Whether a file in a folder is a photo, by its name or its first bytes. One that cannot be opened counts as one: reading it
/// will report why.
pub fn is_photo(path: &Path) -> bool {
    let looked = input::open(path).map(|mut file| skipped(path, &mut file));
    !matches!(looked, Ok(Ok(Some(_))))
}

/// Why a file is left alone, by its first bytes and its name; `None` if it is a photo, or would be missed if it were
/// skipped.
pub(crate) fn skipped(path: &Path, file: &mut File) -> io::Result<Option<&'static str>> {
    let extension = path.extension().unwrap_or_default();
    let is_one_of = |known: &[&str]| {
        known
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    };
    if is_one_of(&MEANT) {
        return Ok(None);
    }
    let mut start = Vec::new();
    file.take(12).read_to_end(&mut start)?;
    file.rewind()?;
    let by_bytes = match headshot_core::recognize(&start) {
        Ok(_) => return Ok(None),
        Err("a HEIC photo" | "an AVIF image") => Some(HEIC),
        Err("a camera's raw file") => Some(RAW),
        Err(_) => None,
    };
    let by_name = NOT_READ.iter().find(|(_, known)| is_one_of(known));
    let by_name = by_name.map(|(why, _)| *why);
    let why = by_name.or(by_bytes);
    Ok(Some(why.unwrap_or(
        "not a photo, by its name and by its first bytes",
    )))
}
