//! Hashes that tell whether a file or a recipe is still the same: XXH3 with 128 bits, as fast as memory.
//!
//! They guard against changes, not against forged files: reports have SHA-256.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use twox_hash::xxhash3_128;

/// The hash of a photo, an avatar or a text. As a text it has 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, std::hash::Hash)]
pub struct Hash(u128);

impl Hash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Hash {
        Hash(xxhash3_128::Hasher::oneshot(bytes))
    }

    /// The hash of a file, if it has `size` bytes; a file of another size is not read, and a pipe never blocks.
    ///
    /// # Errors
    /// If the system refuses to read it.
    pub fn of_file(path: &Path, size: u64) -> io::Result<Option<Hash>> {
        if fs::metadata(path)?.is_file() {
            Hash::of_regular(path, size)
        } else {
            Ok(None)
        }
    }

    /// Like [`Hash::of_file`], for a path that is known to be neither a folder nor a pipe.
    pub(crate) fn of_regular(path: &Path, size: u64) -> io::Result<Option<Hash>> {
        let mut file = File::open(path)?;
        if file.metadata()?.len() != size {
            return Ok(None);
        }
        let mut hasher = xxhash3_128::Hasher::new();
        // One byte more than expected shows the end at once, and most photos of a second run are small.
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
        // The reference implementation's hash of nothing.
        assert_eq!(
            Hash::of(b"").to_string(),
            "99aa06d3014798d86001c324468d497f"
        );
    }
}
