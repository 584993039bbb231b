//! The finished avatar: bytes that keep every promise, and what was done to make them.

use bytes::Bytes;

use crate::format::Format;
use crate::report::Report;
use crate::step::Step;
use crate::warning::Warning;

/// A finished avatar: square, upright, sRGB, without metadata. Only [`normalize`](crate::normalize) makes one.
#[derive(Debug, Clone)]
pub struct Avatar {
    pub(crate) bytes: Bytes,
    pub(crate) format: Format,
    pub(crate) side: u32,
    pub(crate) frames: u32,
    pub(crate) report: Report,
}

/// What each way to an avatar yields.
pub(crate) struct Made {
    pub(crate) bytes: Vec<u8>,
    pub(crate) frames: u32,
    /// Everything that was done, including the plan's steps.
    pub(crate) steps: Vec<Step>,
    /// Only what the plan and the header could not know.
    pub(crate) warnings: Vec<Warning>,
}

impl Avatar {
    /// The encoded file. Cloning it copies nothing.
    pub fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// The format of the bytes.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Width and height in pixels.
    pub fn side(&self) -> u32 {
        self.side
    }

    /// How many frames it has: 1 for a still.
    pub fn frames(&self) -> u32 {
        self.frames
    }

    /// What the photo was, what was done to it, and what is worth knowing.
    pub fn report(&self) -> &Report {
        &self.report
    }
}
