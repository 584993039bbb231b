//! The limits for photos: a flag for each, and one table that shows them all.

use std::time::Duration;

use clap::Args;
use headshot_core::Limits;
use serde_json::json;

use crate::photo::number;
use crate::photo::size;
use crate::terminal::console::Console;
use crate::terminal::exit::Exit;

/// What is refused. Each limit has a default and can be raised, but none can be removed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits (headshot limits shows them)")]
pub(crate) struct LimitArgs {
    /// Bytes of the file, as in 64M
    #[arg(long, value_name = "SIZE", value_parser = size::parse)]
    max_bytes: Option<u64>,
    /// Pixels of the photo, whatever its format, as in 64M
    #[arg(long, value_name = "N", value_parser = number::count)]
    max_pixels: Option<u64>,
    /// Pixels of its longer side
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1, u64::MAX, "pixels"))]
    max_length: Option<u32>,
    /// Memory for making the avatar, as in 256M
    #[arg(long, value_name = "SIZE", value_parser = size::parse)]
    max_memory: Option<u64>,
    /// Scans of a progressive JPEG
    #[arg(long, value_name = "N", value_parser = number::whole::<u32>(1, u64::MAX, "scans"))]
    max_scans: Option<u32>,
    /// Blocks of 8 x 8 samples in all scans of a JPEG
    #[arg(long, value_name = "N", value_parser = number::count)]
    max_blocks: Option<u64>,
    /// Pixels of all frames of an animation together
    #[arg(long, value_name = "N", value_parser = number::count)]
    max_canvases: Option<u64>,
    /// Pixels of all frames of an animated avatar together
    #[arg(long, value_name = "N", value_parser = number::count)]
    max_drawn: Option<u64>,
    /// Bytes of a color profile, as in 4M
    #[arg(long, value_name = "SIZE", value_parser = size::parse)]
    max_profile: Option<u64>,
    /// Processor time for a photo, as in 5s or 800ms
    #[arg(long, value_name = "TIME", value_parser = time)]
    max_time: Option<Duration>,
}

impl LimitArgs {
    /// The one limit that decides how an avatar looks: a larger profile is ignored.
    pub(crate) fn max_profile(&self) -> Option<u64> {
        self.max_profile
    }

    /// The limits of the core. That on frames is an image option.
    pub(crate) fn limits(&self, max_frames: Option<u32>) -> Limits {
        let limits = Limits::default();
        Limits {
            bytes: self.max_bytes.unwrap_or(limits.bytes),
            pixels: self.max_pixels.unwrap_or(limits.pixels),
            non_jpeg_pixels: self.max_pixels.unwrap_or(limits.non_jpeg_pixels),
            webp_pixels: self.max_pixels.unwrap_or(limits.webp_pixels),
            side: self.max_length.unwrap_or(limits.side),
            memory: self.max_memory.unwrap_or(limits.memory),
            scans: self.max_scans.unwrap_or(limits.scans),
            blocks: self.max_blocks.unwrap_or(limits.blocks),
            frames: max_frames.unwrap_or(limits.frames),
            canvases: self.max_canvases.unwrap_or(limits.canvases),
            drawn: self.max_drawn.unwrap_or(limits.drawn),
            profile: self.max_profile.unwrap_or(limits.profile),
            time: self.max_time.unwrap_or(limits.time),
        }
    }
}

/// One line of the table.
struct Row {
    what: &'static str,
    /// In the form that the flag takes.
    shown: String,
    /// In bytes, pieces or milliseconds.
    value: u64,
    flag: &'static str,
    is_default: bool,
}

/// Prints what is in force, as a table or as JSON.
pub(crate) fn print(limits: &Limits, json: bool, console: &mut Console) -> Exit {
    for row in rows(limits) {
        if json {
            console.json(&json!({
                "limit": row.what,
                "value": row.value,
                "flag": row.flag.split(' ').next(),
                "default": row.is_default,
            }));
            continue;
        }
        let default = if row.is_default {
            ""
        } else {
            "  (not the default)"
        };
        let line = format!("{:<46}{:>13}  {}{default}", row.what, row.shown, row.flag);
        console.line(line);
    }
    Exit::Done
}

fn rows(limits: &Limits) -> Vec<Row> {
    let default = Limits::default();
    // In full, so that a new limit is not forgotten here.
    let Limits {
        bytes,
        pixels,
        non_jpeg_pixels,
        webp_pixels,
        side,
        memory,
        scans,
        blocks,
        frames,
        canvases,
        drawn,
        profile,
        time,
    } = *limits;
    let row = |what, flag, value: u64, default: u64, shown: fn(u64) -> String| Row {
        what,
        shown: shown(value),
        value,
        flag,
        is_default: value == default,
    };
    let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    vec![
        row(
            "bytes of the file",
            "--max-bytes SIZE",
            bytes,
            default.bytes,
            size,
        ),
        row(
            "pixels of a JPEG",
            "--max-pixels N",
            pixels,
            default.pixels,
            plain,
        ),
        row(
            "pixels of a HEIC, PNG or GIF",
            "--max-pixels N",
            non_jpeg_pixels,
            default.non_jpeg_pixels,
            plain,
        ),
        row(
            "pixels of a WebP",
            "--max-pixels N",
            webp_pixels,
            default.webp_pixels,
            plain,
        ),
        row(
            "longer side in pixels",
            "--max-length N",
            side.into(),
            default.side.into(),
            plain,
        ),
        row(
            "memory to make the avatar",
            "--max-memory SIZE",
            memory,
            default.memory,
            size,
        ),
        row(
            "scans of a JPEG",
            "--max-scans N",
            scans.into(),
            default.scans.into(),
            plain,
        ),
        row(
            "blocks in all scans of a JPEG",
            "--max-blocks N",
            blocks,
            default.blocks,
            plain,
        ),
        row(
            "frames of the avatar",
            "--max-frames N",
            frames.into(),
            default.frames.into(),
            plain,
        ),
        row(
            "pixels of all frames together",
            "--max-canvases N",
            canvases,
            default.canvases,
            plain,
        ),
        row(
            "pixels of all frames of the avatar together",
            "--max-drawn N",
            drawn,
            default.drawn,
            plain,
        ),
        row(
            "bytes of a color profile; larger is ignored",
            "--max-profile SIZE",
            profile,
            default.profile,
            size,
        ),
        row(
            "processor time",
            "--max-time TIME",
            milliseconds(time),
            milliseconds(default.time),
            duration,
        ),
    ]
}

/// In millions if that leaves no remainder.
fn plain(count: u64) -> String {
    match count {
        _ if count.is_multiple_of(1_000_000) => format!("{}M", count / 1_000_000),
        _ => count.to_string(),
    }
}

/// In the largest unit that leaves no remainder.
fn size(bytes: u64) -> String {
    match bytes {
        _ if bytes.is_multiple_of(1 << 30) => format!("{}G", bytes >> 30),
        _ if bytes.is_multiple_of(1 << 20) => format!("{}M", bytes >> 20),
        _ if bytes.is_multiple_of(1 << 10) => format!("{}K", bytes >> 10),
        _ => bytes.to_string(),
    }
}

fn duration(milliseconds: u64) -> String {
    if milliseconds.is_multiple_of(1000) {
        format!("{}s", milliseconds / 1000)
    } else {
        format!("{milliseconds}ms")
    }
}

/// From a millisecond to a day: more would not be a limit.
fn time(text: &str) -> Result<Duration, String> {
    let wrong = || "give a time of 1ms to 24h, as in 5s, 800ms or 2m".to_owned();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 1,
        "" | "s" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    let milliseconds: u64 = digits.parse().map_err(|_| wrong())?;
    match milliseconds.checked_mul(unit) {
        Some(milliseconds @ 1..=86_400_000) => Ok(Duration::from_millis(milliseconds)),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units_and_are_never_endless() {
        for (text, milliseconds) in [
            ("800ms", 800),
            ("5", 5000),
            ("7s", 7000),
            ("2m", 120_000),
            ("24h", 86_400_000),
        ] {
            assert_eq!(
                time(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
        for text in [
            "",
            "s",
            "0",
            "0s",
            "-1s",
            "1.5s",
            "25h",
            "5 parsecs",
            "99999999999999999999s",
            "9\u{e9}",
        ] {
            assert!(time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn values_are_shown_as_their_flags_take_them() {
        assert_eq!(
            [20 << 20, 3 << 30, 5 << 10, 77].map(size),
            ["20M", "3G", "5K", "77"]
        );
        for bytes in [20 << 20, 3 << 30, 5 << 10, 77] {
            assert_eq!(size::parse(&size(bytes)), Ok(bytes));
        }
        for count in [300_000_000, 64_000_000, 77] {
            assert_eq!(number::count(&plain(count)), Ok(count));
        }
        for milliseconds in [5000, 1, 800] {
            assert_eq!(
                time(&duration(milliseconds)),
                Ok(Duration::from_millis(milliseconds))
            );
        }
    }
}
