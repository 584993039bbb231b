//! Compared with an independent resampler.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use headshot_resample::{Axis, Layout, Spec};

use crate::reference::{Noise, resample};

/// What fast_image_resize makes of it with the same filter, leaving alpha alone. It is built for pixels of four bytes, as the emulator
/// needs.
fn theirs(spec: &Spec, source: &[u8]) -> Vec<u8> {
    let (from, to) = (
        [spec.horizontal.available, spec.vertical.available],
        [spec.horizontal.size, spec.vertical.size],
    );
    let (channels, pixels) = (spec.layout.channels(), PixelType::U8x4);
    let source: Vec<u8> = source
        .chunks_exact(channels)
        .flat_map(|pixel| (0..4).map(|channel| pixel[channel % channels]))
        .collect();
    let filter = if to[0] < from[0] {
        FilterType::Lanczos3
    } else {
        FilterType::CatmullRom
    };
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter))
        .use_alpha(false);
    let source = ImageRef::new(from[0], from[1], &source, pixels).unwrap();
    let mut made = Image::new(to[0], to[1], pixels);
    Resizer::new().resize(&source, &mut made, &options).unwrap();
    let made = made.into_vec();
    made.chunks_exact(4)
        .flat_map(|pixel| pixel[..channels].to_vec())
        .collect()
}

#[test]
fn another_resampler_makes_the_same_but_for_its_rounding() {
    let mut noise = Noise(9);
    let (mut most, mut sum, mut count) = (0, 0, 0);
    for ([width, height], [to_width, to_height]) in [
        ([300, 200], [111, 74]),
        ([801, 33], [97, 4]),
        ([64, 64], [63, 63]),
        ([40, 30], [160, 120]),
        ([37, 53], [91, 130]),
    ] {
        for layout in [Layout::Gray, Layout::Rgb, Layout::Four] {
            let spec = Spec {
                layout,
                horizontal: Axis::whole(width, to_width),
                vertical: Axis::whole(height, to_height),
            };
            // Away from black and white: it clips between its two passes.
            let source = noise.bytes((width * height) as usize * layout.channels());
            let source: Vec<u8> = source.iter().map(|s| 90 + s % 76).collect();
            let (ours, theirs) = (resample(&spec, &source), theirs(&spec, &source));
            assert_eq!(ours.len(), theirs.len());
            for (ours, theirs) in ours.iter().zip(&theirs) {
                let apart = ours.abs_diff(*theirs);
                most = most.max(apart);
                sum += u64::from(apart);
                count += 1;
            }
        }
    }
    // It rounds to 8 bits between its two passes, and so is off by a level where ours is not.
    let mean = sum as f64 / f64::from(count);
    assert!(most <= 2 && mean < 0.3, "{most} {mean}");
}
