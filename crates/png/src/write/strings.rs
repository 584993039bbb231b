//! Deflate with a search for repeated strings: by two libraries, each better for other pictures.

use miniz_oxide::deflate::core::{CompressorOxide, create_comp_flags_from_zip_params};
use miniz_oxide::deflate::stream::deflate;
use miniz_oxide::{MZFlush, MZStatus};
use zlib_rs::{Deflate, DeflateFlush, Status};

/// The window of a PNG: 2^15 bytes.
const WINDOW: u8 = 15;
/// Bytes that are compressed before they are appended.
const SOME: usize = 1 << 14;
/// More takes a third longer and saves 2 % of the bytes.
const LONG_EFFORT: i32 = 6;
const SHORT_EFFORT: i32 = 3;
/// What filters leave of a smooth picture repeats at once, or the search takes several times as long as everything else.
const FILTERED_EFFORT: i32 = 3;

/// Compresses bytes as they come.
pub(super) struct Strings {
    to: Vec<u8>,
    by: By,
    space: Vec<u8>,
}

enum By {
    /// Finds strings of at least four bytes.
    ZlibRs(Deflate),
    /// Also finds strings of three bytes: an RGB pixel.
    Miniz(Box<CompressorOxide>),
}

impl Strings {
    /// Appends to these bytes. Strings have at least four bytes.
    pub(super) fn long(to: Vec<u8>) -> Strings {
        Strings::new(to, By::ZlibRs(Deflate::new(LONG_EFFORT, true, WINDOW)))
    }

    /// Appends to these bytes, from filtered rows. Strings have at least four bytes.
    pub(super) fn filtered(to: Vec<u8>) -> Strings {
        Strings::new(to, By::ZlibRs(Deflate::new(FILTERED_EFFORT, true, WINDOW)))
    }

    /// Appends to these bytes. Strings have at least three bytes.
    pub(super) fn short(to: Vec<u8>) -> Strings {
        let flags = create_comp_flags_from_zip_params(SHORT_EFFORT, WINDOW.into(), 0);
        Strings::new(to, By::Miniz(Box::new(CompressorOxide::new(flags))))
    }

    fn new(to: Vec<u8>, by: By) -> Strings {
        let space = vec![0; SOME];
        Strings { to, by, space }
    }

    /// Takes more bytes.
    pub(super) fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (taken, is_over) = self.step(bytes, false);
            if is_over {
                return;
            }
            bytes = &bytes[taken..];
        }
    }

    /// Writes the rest, and returns everything.
    pub(super) fn finish(mut self) -> Vec<u8> {
        while !self.step(&[], true).1 {}
        self.to
    }

    /// How many bytes were taken, and whether everything is written.
    fn step(&mut self, bytes: &[u8], is_end: bool) -> (usize, bool) {
        let (taken, made, is_over) = match &mut self.by {
            By::ZlibRs(by) => {
                let before = (by.total_in(), by.total_out());
                let flush = if is_end {
                    DeflateFlush::Finish
                } else {
                    DeflateFlush::NoFlush
                };
                // It only refuses calls after the end.
                let status = by.compress(bytes, &mut self.space, flush);
                let (taken, made) = (by.total_in() - before.0, by.total_out() - before.1);
                let goes_on = matches!(status, Ok(Status::Ok | Status::BufError));
                (taken as usize, made as usize, !goes_on)
            }
            By::Miniz(by) => {
                let flush = if is_end {
                    MZFlush::Finish
                } else {
                    MZFlush::None
                };
                let step = deflate(by, bytes, &mut self.space, flush);
                let goes_on = step.status == Ok(MZStatus::Ok);
                (step.bytes_consumed, step.bytes_written, !goes_on)
            }
        };
        self.to.extend_from_slice(&self.space[..made]);
        (taken, is_over)
    }
}
