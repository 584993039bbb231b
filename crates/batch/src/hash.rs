//! Hashes that tell whether a file or a recipe is still the same: XXH3 with 128 bits, as fast as memory.
//!
//! They guard against change, not against somebody who forges a file to be taken for another: reports have SHA-256.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use headshot_core::{Background, Damaged, Fit, FramePolicy, Options, StillFormat};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use twox_hash::xxhash3_128;

/// What the pipeline makes of a photo is counted here: a higher number has everything made again.
///
/// Raise it with every change by which the same photo and options give other bytes; a test finds out.
pub(crate) const PIPELINE: u32 = 5;

/// The options that decide what an avatar is, spelled out: the same text means the same avatar of the same photo, whatever
/// version wrote it.
///
/// A value of an option that was added later stands in it only where it is not what was done before there was that option.
/// What only refuses a photo decides nothing: limits, and how small it may be, which stands in it as if nothing were refused,
/// so that what was made before stays as it is. The limit of frames does, unless what exceeds it is refused.
pub(crate) fn decisive(options: &Options) -> String {
    let fit = match options.fit {
        Fit::Contain => "contain".to_owned(),
        Fit::Cover => "cover".to_owned(),
        Fit::Crop(crop) => format!("{},{},{}", crop.x, crop.y, crop.side),
    };
    let background = match options.background {
        Background::Auto => "auto".to_owned(),
        Background::Transparent => "transparent".to_owned(),
        Background::Color([red, green, blue]) => format!("#{red:02x}{green:02x}{blue:02x}"),
    };
    let (min, max) = (options.side.min(), options.side.max());
    let (format, quality) = match options.format {
        StillFormat::Auto(quality) => ("auto", quality),
        StillFormat::Jpeg(quality) => ("jpeg", quality),
        StillFormat::Png => ("png", None),
    };
    let quality = quality.map_or_else(|| "none".to_owned(), |quality| quality.get().to_string());
    let most = options.limits.frames;
    let frames = match options.frames {
        FramePolicy::Reject => "all".to_owned(),
        FramePolicy::First => format!("first>{most}"),
        FramePolicy::Truncate => format!("truncate>{most}"),
        FramePolicy::Decimate => format!("decimate>{most}"),
    };
    let damaged = match options.damaged {
        Damaged::Refuse => "refuse",
        Damaged::Accept => "accept",
    };
    let profile = options.limits.profile;
    format!(
        "1 fit={fit} background={background} side={min}-{max} small=enlarge format={format} quality={quality} \
         frames={frames} damaged={damaged} profile={profile}"
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, std::hash::Hash)]
pub(crate) struct Hash(u128);

impl Hash {
    pub(crate) fn of(bytes: &[u8]) -> Hash {
        Hash(xxhash3_128::Hasher::oneshot(bytes))
    }

    /// Of what is in a file, if that is `size` bytes; a file of another size is not read, nor is a pipe waited for.
    pub(crate) fn of_file(path: &Path, size: u64) -> io::Result<Option<Hash>> {
        match fs::metadata(path)?.is_file() {
            true => Hash::of_regular(path, size),
            false => Ok(None),
        }
    }

    /// As [`Hash::of_file`], of what is known to be neither a folder nor a pipe.
    pub(crate) fn of_regular(path: &Path, size: u64) -> io::Result<Option<Hash>> {
        let mut file = File::open(path)?;
        if file.metadata()?.len() != size {
            return Ok(None);
        }
        let mut hasher = xxhash3_128::Hasher::new();
        // One more than there should be shows the end at once, and most photos of a second run are small.
        let mut buffer = vec![0; size.saturating_add(1).min(1 << 17) as usize];
        let mut found = 0;
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                length => {
                    hasher.write(&buffer[..length]);
                    found += length as u64;
                }
            }
        }
        Ok((found == size).then(|| Hash(hasher.finish_128())))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        let digits = String::deserialize(deserializer)?;
        u128::from_str_radix(&digits, 16)
            .map(Hash)
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use headshot_core::{CropBox, Limits, Quality, SideRange, Small};

    use super::*;

    #[test]
    fn a_file_has_the_hash_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let bytes: Vec<u8> = (0..300_001_u32)
            .map(|i| (i.wrapping_mul(i) >> 7) as u8)
            .collect();
        std::fs::write(&path, &bytes).unwrap();
        let hash = Hash::of(&bytes);
        assert_eq!(Hash::of_file(&path, 300_001).unwrap(), Some(hash));
        assert_eq!(Hash::of_file(&path, 300_000).unwrap(), None);
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json.len(), 34);
        assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), hash);
        // What the reference implementation says of nothing.
        assert_eq!(
            Hash::of(b"").to_string(),
            "99aa06d3014798d86001c324468d497f"
        );
    }

    #[test]
    fn what_decides_is_spelled_out_and_what_refuses_is_not() {
        let plain = Options::default();
        // Whoever changes this text has every avatar of everybody made again.
        assert_eq!(
            decisive(&plain),
            "1 fit=contain background=auto side=512-1024 small=enlarge format=auto quality=none frames=all \
             damaged=refuse profile=4194304"
        );
        let crop = CropBox {
            x: 11,
            y: 22,
            side: 333,
        };
        let other = Options {
            fit: Fit::Crop(crop),
            background: Background::Color([1, 0x22, 0xff]),
            side: SideRange::new(7, 99).unwrap(),
            small: Small::Refuse,
            format: StillFormat::Jpeg(Quality::new(44)),
            frames: FramePolicy::Decimate,
            damaged: Damaged::Accept,
            limits: Limits {
                frames: 55,
                profile: 66,
                ..Limits::default()
            },
        };
        assert_eq!(
            decisive(&other),
            "1 fit=11,22,333 background=#0122ff side=7-99 small=enlarge format=jpeg quality=44 frames=decimate>55 \
             damaged=accept profile=66"
        );
        let limits = Limits {
            bytes: 1,
            pixels: 2,
            side: 3,
            memory: 4,
            scans: 5,
            blocks: 6,
            frames: 7,
            canvases: 8,
            time: Duration::from_secs(9),
            ..plain.limits
        };
        let refusing = Options {
            limits,
            small: Small::Refuse,
            ..plain.clone()
        };
        assert_eq!(decisive(&refusing), decisive(&plain));
    }
}
