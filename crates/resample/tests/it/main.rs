//! Through the public API, compared with a floating-point reference that is written here.

mod alpha;
mod errors;
mod others;
mod reference;

use headshot_resample::{Axis, Grid, Layout, Resampler, Spec, memory};
use reference::{Noise, exact, layouts, resample};

fn axis(start: f64, extent: f64, available: u32, size: u32) -> Axis {
    Axis {
        start,
        extent,
        available,
        grid: Grid::Plain,
        size,
    }
}

/// The greatest and the mean distance of the output from the exact values.
fn distances(spec: &Spec, source: &[u8]) -> (f64, f64) {
    let (output, exact) = (resample(spec, source), exact(spec, source));
    assert_eq!(output.len(), exact.len());
    let distances = output.iter().zip(&exact).map(|(&o, &e)| {
        let distance = (f64::from(o) - e.clamp(0.0, 255.0)).abs();
        let beyond_rounding = (i32::from(o) - e.round().clamp(0.0, 255.0) as i32).abs();
        assert!(beyond_rounding <= 1, "{o} for {e}, {spec:?}");
        distance
    });
    let (max, sum) = distances.fold((0.0, 0.0), |(max, sum): (f64, f64), d| {
        (max.max(d), sum + d)
    });
    (max, sum / exact.len() as f64)
}

#[test]
fn every_small_size_is_the_exact_result_rounded() {
    let mut noise = Noise(7);
    let mut count = 0;
    for from in 1..=40 {
        for (to, other) in [
            (1, 40),
            (2, 17),
            (5, 33),
            (8, 9),
            (13, 3),
            (40, 1),
            (61, 22),
        ] {
            let layout = layouts()[count % 3];
            let spec = Spec {
                layout,
                horizontal: Axis::whole(from, to),
                vertical: Axis::whole(41 - from, other),
            };
            let source = noise.bytes((from * (41 - from)) as usize * layout.channels());
            let (max, _) = distances(&spec, &source);
            assert!(max < 0.53, "{max} {spec:?}");
            count += 1;
        }
    }
    assert_eq!(count, 280);
}

#[test]
fn errors_are_those_of_rounding_alone() {
    let mut noise = Noise(8);
    for (from, to) in [(300, 111), (111, 300), (257, 256), (900, 20), (333, 222)] {
        let spec = Spec {
            layout: Layout::Rgb,
            horizontal: Axis::whole(from, to),
            vertical: Axis::whole(from + 11, to + 5),
        };
        // Away from black and white, where clamping would hide errors.
        let source: Vec<u8> = noise.bytes((from * (from + 11) * 3) as usize);
        let source: Vec<u8> = source.iter().map(|s| 90 + s % 76).collect();
        let (max, mean) = distances(&spec, &source);
        // Rounding alone: 0.5 and 0.25.
        assert!(max < 0.53, "{from} to {to}: {max}");
        assert!((mean - 0.25).abs() < 0.004, "{from} to {to}: {mean}");
    }
}

#[test]
fn windows_may_begin_and_end_inside_samples() {
    let mut noise = Noise(9);
    let windows = [
        (0.5, 22.5),
        (3.0, 17.5),
        (2.25, 9.5),
        (10.5, 0.5),
        (0.0, 23.0),
        (22.75, 0.25),
    ];
    for &(left, width) in &windows {
        for &(top, height) in &windows {
            for size in [1, 4, 11, 30] {
                let spec = Spec {
                    layout: Layout::Gray,
                    horizontal: axis(left, width, 23, size),
                    vertical: axis(top, height, 23, 31 - size),
                };
                let (max, _) = distances(&spec, &noise.bytes(23 * 23));
                assert!(max < 0.53, "{max} {spec:?}");
            }
        }
    }
}

#[test]
fn windows_may_begin_and_end_half_an_output_sample_outside() {
    let mut noise = Noise(10);
    for size in [2, 3, 11, 23, 30, 61] {
        for (before, behind) in [(0.5, 0.0), (0.0, 0.5), (0.5, 0.5)] {
            for grid in [Grid::Plain, Grid::Doubled] {
                let all = if grid == Grid::Plain { 23.0 } else { 46.0 };
                let ratio = all / (f64::from(size) - before - behind).max(0.5);
                let outside = Axis {
                    grid,
                    ..axis(-before * ratio, f64::from(size) * ratio, 23, size)
                };
                if outside.start + outside.extent > all + 0.51 * ratio {
                    continue;
                }
                let spec = Spec {
                    layout: Layout::Gray,
                    horizontal: outside,
                    vertical: outside,
                };
                let (max, _) = distances(&spec, &noise.bytes(23 * 23));
                assert!(max < 0.53, "{max} {spec:?}");
                let bytes = noise.bytes(23 * 23);
                let mirrored = bytes.iter().rev().copied().collect::<Vec<_>>();
                if before == behind {
                    let mut turned = resample(&spec, &mirrored);
                    turned.reverse();
                    assert_eq!(turned, resample(&spec, &bytes), "{spec:?}");
                }
            }
        }
    }
}

#[test]
fn doubled_samples_are_blended_with_their_neighbors() {
    let mut noise = Noise(12);
    for (start, extent, available) in [
        (0.0, 46.0, 23),
        (3.0, 40.0, 23),
        (0.0, 1.0, 1),
        (5.0, 4.0, 5),
    ] {
        for size in [1, 4, 11, 23, 46, 61] {
            let doubled = Axis {
                grid: Grid::Doubled,
                ..axis(start, extent, available, size)
            };
            for (horizontal, vertical) in [
                (doubled, doubled),
                (doubled, Axis::whole(19, 12)),
                (Axis::whole(19, 12), doubled),
            ] {
                let spec = Spec {
                    layout: Layout::Gray,
                    horizontal,
                    vertical,
                };
                let source = noise.bytes((horizontal.available * vertical.available) as usize);
                let (max, _) = distances(&spec, &source);
                assert!(max < 0.53, "{max} {spec:?}");
            }
        }
    }
    // Only the doubling: 3/4 and 1/4, and the ends alone.
    let all = Axis {
        grid: Grid::Doubled,
        ..axis(0.0, 6.0, 3, 6)
    };
    let spec = Spec {
        layout: Layout::Gray,
        horizontal: all,
        vertical: Axis::whole(1, 1),
    };
    assert_eq!(resample(&spec, &[20, 60, 200]), [20, 30, 50, 95, 165, 200]);
}

#[test]
fn nothing_outside_the_window_is_seen() {
    let mut noise = Noise(10);
    let inside = |x: u32, y: u32| (4..16).contains(&x) && (7..21).contains(&y);
    for size in [3, 9, 40] {
        let spec = Spec {
            layout: Layout::Gray,
            horizontal: axis(4.5, 11.0, 30, size),
            vertical: axis(7.0, 13.5, 30, size + 2),
        };
        let one = noise.bytes(900);
        let mut other = noise.bytes(900);
        for (x, y) in (0..30).flat_map(|y| (0..30).map(move |x| (x, y))) {
            let at = (y * 30 + x) as usize;
            if inside(x, y) {
                other[at] = one[at];
            }
        }
        assert_ne!(one, other);
        assert_eq!(resample(&spec, &one), resample(&spec, &other));
        assert_eq!(Resampler::new(&spec).unwrap().rows(), 7..21);
    }
}

#[test]
fn an_axis_of_the_same_size_and_phase_is_copied() {
    let mut noise = Noise(11);
    for layout in [Layout::Gray, Layout::Rgb, Layout::Four] {
        let channels = layout.channels();
        let source = noise.bytes(50 * 40 * channels);
        let spec = Spec {
            layout,
            horizontal: axis(11.0, 33.0, 50, 33),
            vertical: axis(2.0, 22.0, 40, 22),
        };
        let cut: Vec<u8> = source
            .chunks(50 * channels)
            .skip(2)
            .take(22)
            .flat_map(|row| row[11 * channels..44 * channels].to_vec())
            .collect();
        assert_eq!(resample(&spec, &source), cut);
    }
}

#[test]
fn a_constant_picture_stays_constant() {
    for value in 0..=255u8 {
        for (from, to) in [(97, 31), (31, 97), (40, 39), (500, 3)] {
            let spec = Spec {
                layout: layouts()[value as usize % 3],
                horizontal: axis(0.5, f64::from(from) - 0.5, from, to),
                vertical: axis(0.0, 11.5, 12, to),
            };
            let source = vec![value; (from * 12) as usize * spec.layout.channels()];
            assert!(resample(&spec, &source).iter().all(|&v| v == value));
        }
    }
}

#[test]
fn a_mirrored_picture_gives_the_mirrored_output() {
    let mut noise = Noise(12);
    for (available, start, extent) in [(97, 0.0, 97.0), (64, 0.5, 63.5), (40, 3.25, 22.5)] {
        for size in [1, 2, 3, 16, 31, 32, 150] {
            let mirrored = f64::from(available) - start - extent;
            let forth = axis(start, extent, available, size);
            let back = axis(mirrored, extent, available, size);
            let source = noise.bytes(available as usize * available as usize);
            let turned: Vec<u8> = source.iter().rev().copied().collect();
            let spec = |axis| Spec {
                layout: Layout::Gray,
                horizontal: axis,
                vertical: axis,
            };
            let mut output = resample(&spec(back), &turned);
            output.reverse();
            assert!(output == resample(&spec(forth), &source), "{forth:?}");
        }
    }
}

#[test]
fn large_ratios_are_the_exact_result_rounded() {
    let mut noise = Noise(13);
    for (horizontal, vertical) in [
        (Axis::whole(9000, 2), Axis::whole(3, 500)),
        (Axis::whole(3, 700), Axis::whole(6000, 1)),
        (Axis::whole(1, 5), Axis::whole(5000, 11)),
    ] {
        let spec = Spec {
            layout: Layout::Gray,
            horizontal,
            vertical,
        };
        let source = noise.bytes((horizontal.available * vertical.available) as usize);
        let (max, _) = distances(&spec, &source);
        // Thousands of weights of 15 bits each add something to the rounding.
        assert!(max < 0.65, "{max} {spec:?}");
    }
}

#[test]
fn memory_is_some_rows_and_the_output() {
    let beside_output = |width: u32, height: u32| {
        let spec = Spec {
            layout: Layout::Rgb,
            horizontal: Axis::whole(width, 1000),
            vertical: Axis::whole(height, 1000),
        };
        memory(&spec) - 1000 * 1000 * 3
    };
    // 4000 by 4000 are 48 MB.
    assert!(beside_output(4000, 4000) < 2_000_000);
    assert!(beside_output(8000, 4000) < 2 * beside_output(4000, 4000));
    // The filter reaches over more rows of a taller picture, but there are no more columns.
    assert!(beside_output(4000, 8000) < 3_000_000);
}
