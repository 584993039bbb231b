//! Straight alpha: colors weighted by it, and not damaged by it.

use headshot_resample::{Axis, Layout, Spec};

use crate::reference::{Noise, exact, resample};

fn spec(layout: Layout, from: u32, to: u32) -> Spec {
    Spec {
        layout,
        horizontal: Axis::whole(from, to),
        vertical: Axis::whole(from + 2, to + 1),
    }
}

#[test]
fn opaque_rgba_is_the_same_as_rgb() {
    let mut noise = Noise(21);
    for (from, to) in [(70, 22), (22, 70), (33, 33), (64, 63)] {
        let rgb = noise.bytes((from * (from + 2) * 3) as usize);
        let rgba: Vec<u8> = rgb
            .chunks(3)
            .flat_map(|p| [p[0], p[1], p[2], 255])
            .collect();
        let expected = resample(&spec(Layout::Rgb, from, to), &rgb);
        let expected: Vec<u8> = expected
            .chunks(3)
            .flat_map(|p| [p[0], p[1], p[2], 255])
            .collect();
        assert!(
            resample(&spec(Layout::Rgba, from, to), &rgba) == expected,
            "{from} to {to}"
        );
    }
}

#[test]
fn transparent_colors_do_not_bleed() {
    // Opaque red beside transparent green.
    let row: Vec<u8> = (0..64)
        .flat_map(|x| {
            if x < 29 {
                [200, 10, 0, 255]
            } else {
                [0, 255, 0, 0]
            }
        })
        .collect();
    let source = row.repeat(66);
    for to in [20, 96] {
        let output = resample(&spec(Layout::Rgba, 64, to), &source);
        let mut edges = 0;
        for pixel in output.chunks(4) {
            match pixel[3] {
                0 => assert_eq!(pixel, [0; 4]),
                // One step of a nearly transparent color is a large one.
                alpha => {
                    let slack = 255 / alpha + 1;
                    assert!(pixel[0].abs_diff(200) <= slack, "{pixel:?}");
                    assert!(
                        pixel[1].abs_diff(10) <= slack && pixel[2] <= slack,
                        "{pixel:?}"
                    );
                    edges += usize::from(alpha < 255);
                }
            }
        }
        assert!(edges > 20);
    }
}

#[test]
fn colors_are_weighted_with_their_alpha() {
    let mut noise = Noise(22);
    for (from, to) in [(50, 21), (21, 50)] {
        let mut source = noise.bytes((from * (from + 2) * 4) as usize);
        // Not too transparent: then rounding to 8 bits means little.
        source
            .iter_mut()
            .skip(3)
            .step_by(4)
            .for_each(|alpha| *alpha |= 0x40);
        let output = resample(&spec(Layout::Rgba, from, to), &source);
        // Four channels: products of color and alpha, split into high and low bytes.
        let plane = |pick: &dyn Fn(&[u8]) -> u8| -> Vec<f64> {
            let plane: Vec<u8> = source.chunks(4).map(pick).collect();
            exact(&spec(Layout::Gray, from, to), &plane)
        };
        let alpha = plane(&|p| p[3]);
        for channel in 0..3 {
            let product = |p: &[u8]| u16::from(p[channel]) * u16::from(p[3]);
            let high = plane(&|p| product(p).to_be_bytes()[0]);
            let low = plane(&|p| product(p).to_be_bytes()[1]);
            for (i, pixel) in output.chunks(4).enumerate() {
                let expected = ((high[i] * 256.0 + low[i]) / alpha[i]).clamp(0.0, 255.0);
                let found = f64::from(pixel[channel]);
                assert!(
                    (found - expected).abs() < 0.56,
                    "{found} {expected} {pixel:?}"
                );
                assert!((f64::from(pixel[3]) - alpha[i].clamp(0.0, 255.0)).abs() < 0.53);
            }
        }
    }
}

#[test]
fn unchanged_pixels_keep_their_colors_where_alpha_leaves_any() {
    // 16 bits between the passes: a color with alpha 40 or more survives the round trip.
    let mut noise = Noise(23);
    let mut source = noise.bytes(40 * 42 * 4);
    source
        .iter_mut()
        .skip(3)
        .step_by(4)
        .for_each(|alpha| *alpha = (*alpha).max(40));
    let mut spec = spec(Layout::Rgba, 40, 40);
    spec.vertical = Axis::whole(42, 42);
    assert!(resample(&spec, &source) == source);
}
