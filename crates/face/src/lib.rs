//! Finds faces in a small picture, and the square of a photo that frames them.
//!
//! [`detect`] is a network, YuNet of March 2023, written out: no runtime, no threads, no `unsafe`. A picture of 320 x 240
//! takes two milliseconds. [`frame`] is the rule that turns faces into a crop.
//!
//! - **Input:** upright pixels of sRGB. A photo reduced to a longer side of 320 pixels is enough for faces that take up at least a tenth of
//!   it; if none is found there, but the best score is at least [`SECOND_LOOK`], 640 pixels find some more.
//! - **Scores:** from [`ACCEPT`] on it counts as a face, from [`PERHAPS`] on it may be one: owls, dogs and dice get up to 0.75. Heads
//!   turned by 15 to 30 degrees are found, by 45 mostly, by 90 rarely.
//! - **Determinism:** the same pixels give the same bits on every CPU. All sums have a fixed order, no product is fused with a
//!   sum, and nothing depends on the platform's mathematical functions.
//!
//! ```
//! use headshot_face::{Choice, Framing, detect, frame};
//!
//! let (width, height) = (320, 240);
//! let gray = vec![128; 3 * 320 * 240];
//! let faces = detect(&gray, width, height, 0.3)?;
//! let framing = frame(&faces, Choice::Heads, [width, height], 100);
//! assert_eq!(framing, Framing::Nobody { best: None });
//! # Ok::<(), headshot_face::Error>(())
//! ```

mod candidates;
mod error;
mod face;
mod framing;
mod kernels;
mod map;
mod network;
mod weights;

pub use error::Error;
pub use face::{ACCEPT, Face, LOOKS, PERHAPS, SECOND_LOOK};
pub use framing::{Choice, Framed, Framing, SideFrom, accepted, frame};

use kernels::Cpu;
use network::Picture;

/// The longest side that [`detect`] takes, in pixels. Photos are reduced to a third of it and less.
pub const MAX_SIDE: u32 = 1024;

/// A picture with a shorter side than this is not searched.
const MIN_SIDE: u32 = 8;

/// The strides of the network's maps, in pixels.
const STRIDES: [u16; 3] = [8, 16, 32];

/// Finds the faces in an upright picture: those with at least the score `threshold`, best first.
///
/// `rgb` has three bytes for each pixel, red, green and blue of sRGB, row after row. A picture too small for a face has none. [`memory`]
/// predicts the memory, and the time is proportional to the area: 2 ms for 320 x 240 pixels on a core with AVX2.
///
/// The network and its thresholds are those of OpenCV's `FaceDetectorYN`, and so are the scores and boxes, up to rounding.
///
/// # Errors
///
/// `Side` and `Length`: the caller must correct the arguments. `OutOfMemory`.
pub fn detect(rgb: &[u8], width: u32, height: u32, threshold: f32) -> Result<Vec<Face>, Error> {
    detect_on(Cpu::new(), rgb, width, height, threshold)
}

fn detect_on(
    cpu: Cpu,
    rgb: &[u8],
    width: u32,
    height: u32,
    threshold: f32,
) -> Result<Vec<Face>, Error> {
    if width.max(height) > MAX_SIDE {
        return Err(Error::Side {
            width,
            height,
            max: MAX_SIDE,
        });
    }
    let expected = width as usize * height as usize * 3;
    if rgb.len() != expected {
        return Err(Error::Length {
            found: rgb.len(),
            expected,
        });
    }
    if width.min(height) < MIN_SIDE {
        return Ok(Vec::new());
    }
    let picture = Picture {
        rgb,
        width: width as usize,
        height: height as usize,
    };
    let maps = network::run(cpu, picture).map_err(|error| match error {
        Error::OutOfMemory { .. } => Error::OutOfMemory {
            bytes: memory(width, height),
        },
        other => other,
    })?;
    Ok(candidates::faces(&maps, &STRIDES, threshold))
}

/// The most bytes that [`detect`] takes in addition to the picture itself, from the sides alone.
///
/// The sides are not checked here: for sides that [`detect`] refuses, the answer is meaningless.
pub fn memory(width: u32, height: u32) -> u64 {
    let [width, height] = [width, height].map(|side| side.min(MAX_SIDE) as usize);
    network::memory(width, height)
}

/// The example of the README, so that it stays true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_cpu_gives_the_same_bits() {
        let cpus = Cpu::all();
        assert!(!cpus.is_empty());
        let mut seed = 7u32;
        // Widths whose maps have tiles and a remainder.
        for (width, height) in [(72, 40), (99, 130)] {
            let rgb: Vec<u8> = (0..3 * width * height)
                .map(|_| {
                    seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
                    (seed >> 24) as u8
                })
                .collect();
            let mut found = cpus.iter().map(|&cpu| {
                let faces = detect_on(cpu, &rgb, width, height, 0.0).unwrap();
                assert!(faces.len() > 9, "{} candidates", faces.len());
                let bits = |face: &Face| {
                    let whole = [face.score, face.x, face.y, face.width, face.height];
                    let landmarks = face.landmarks.as_flattened();
                    whole
                        .iter()
                        .chain(landmarks)
                        .map(|n| n.to_bits())
                        .collect::<Vec<_>>()
                };
                faces.iter().map(bits).collect::<Vec<_>>()
            });
            let first = found.next().unwrap();
            assert!(found.all(|other| other == first), "{width} x {height}");
        }
    }
}
