//! Valid pictures of every kind.

use crate::assert_same;
use crate::make::{Deflate, Recipe, zlib};

const KINDS: [(u8, u8); 15] = [
    (0, 1),
    (0, 2),
    (0, 4),
    (0, 8),
    (0, 16),
    (2, 8),
    (2, 16),
    (3, 1),
    (3, 2),
    (3, 4),
    (3, 8),
    (4, 8),
    (4, 16),
    (6, 8),
    (6, 16),
];

const DEFLATE: [Deflate; 5] = [
    Deflate::Stored,
    Deflate::Fixed,
    Deflate::Level(1),
    Deflate::Level(6),
    Deflate::Level(9),
];

#[test]
fn all_kinds_sizes_and_filters() {
    let mut random = fastrand::Rng::with_seed(11);
    let filters: [&[u8]; 8] = [
        &[0],
        &[1],
        &[2],
        &[3],
        &[4],
        &[0, 2],
        &[4, 1],
        &[0, 1, 2, 3, 4, 2, 3],
    ];
    let mut count = 0;
    for (color, depth) in KINDS {
        for (i, filters) in filters.iter().enumerate() {
            for width in [1, 2, 3, 5, 7, 8, 9, 17, 33, 100] {
                let height = 1 + (count % 11);
                let recipe = Recipe::new(width, height, color, depth);
                let rows = recipe.rows(filters, &mut random);
                let how = DEFLATE[count as usize % DEFLATE.len()];
                let file = recipe.file(&zlib(&rows, how));
                assert_same(&file, &format!("{recipe:?} {i} {how:?}"));
                count += 1;
            }
        }
    }
    assert_eq!(count, 1200);
}

#[test]
fn interlaced_ones_of_all_kinds_and_sizes() {
    let mut random = fastrand::Rng::with_seed(111);
    let mut count = 0;
    for (color, depth) in KINDS {
        for width in [1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 33, 100] {
            for height in [1, 2, 3, 4, 5, 9, 23] {
                let mut recipe = Recipe::new(width, height, color, depth);
                recipe.interlaced = true;
                recipe.transparent = (count % 3 == 0).then(|| vec![0, 1, 0, 1, 0, 1]);
                let rows = recipe.rows(&[0, 1, 2, 3, 4, 2, 3], &mut random);
                let how = DEFLATE[count % DEFLATE.len()];
                let file = recipe.file(&zlib(&rows, how));
                assert_same(&file, &format!("{recipe:?} {how:?}"));
                count += 1;
            }
        }
    }
    for (color, depth) in [(3, 1), (6, 16)] {
        let mut recipe = Recipe::new(1500, 700, color, depth);
        (recipe.interlaced, recipe.chunk) = (true, 3333);
        let rows = recipe.rows(&[4, 4, 1, 2, 3, 0], &mut random);
        assert_same(&recipe.file(&zlib(&rows, Deflate::Level(6))), "large");
        count += 1;
    }
    assert_eq!(count, 15 * 12 * 7 + 2);
}

#[test]
fn larger_ones_through_every_split() {
    let mut random = fastrand::Rng::with_seed(22);
    let mut count = 0;
    for (color, depth) in [
        (2, 8),
        (6, 8),
        (0, 8),
        (2, 16),
        (6, 16),
        (4, 8),
        (3, 8),
        (0, 1),
    ] {
        for how in DEFLATE {
            let mut recipe = Recipe::new(333, 222, color, depth);
            let rows = recipe.rows(&[4, 4, 4, 4, 1, 2, 3, 4, 0], &mut random);
            let stream = zlib(&rows, how);
            for chunk in [1, 7, 31, 333, 8192, usize::MAX] {
                recipe.chunk = chunk;
                assert_same(&recipe.file(&stream), &format!("{recipe:?} {how:?}"));
                count += 1;
            }
        }
    }
    assert_eq!(count, 8 * 5 * 6);
}

#[test]
fn wide_rows() {
    let mut random = fastrand::Rng::with_seed(33);
    for (color, depth) in [(6, 16), (2, 8), (0, 1)] {
        let recipe = Recipe::new(32_767, 13, color, depth);
        let rows = recipe.rows(&[4, 3, 1], &mut random);
        let file = recipe.file(&zlib(&rows, Deflate::Level(6)));
        assert_same(&file, &format!("{recipe:?}"));
    }
}

#[test]
fn transparent_colors() {
    let mut random = fastrand::Rng::with_seed(44);
    let mut transparent_pixels = 0;
    let mut count = 0;
    for (color, depth) in KINDS {
        // Right and wrong lengths, the latter ignored or without effect.
        for length in [0, 1, 2, 3, 6, 8, 16, 257] {
            let mut recipe = Recipe::new(57, 23, color, depth);
            // The high bytes mean nothing below 16 bits.
            recipe.transparent = Some((0..length).map(|i| [0, 1, 0, 1, 0, 1][i % 6]).collect());
            let mut rows = recipe.rows(&[0], &mut random);
            for pixel in rows.chunks_mut(8) {
                if random.bool() {
                    pixel.copy_from_slice(&[0, 1, 0, 1, 0, 1, 0, 1][..pixel.len()]);
                }
            }
            for row in rows.chunks_mut(recipe.row_bytes() + 1) {
                row[0] = 0;
            }
            let file = recipe.file(&zlib(&rows, Deflate::Level(6)));
            let image = assert_same(&file, &format!("{recipe:?}"));
            if image.header.channels == headshot_png::Channels::Rgba && color != 6 {
                let alphas = image.rows.iter().skip(3).step_by(4);
                transparent_pixels += alphas.filter(|&&alpha| alpha == 0).count();
            }
            count += 1;
        }
    }
    assert_eq!(count, 15 * 8);
    assert!(transparent_pixels > 100, "{transparent_pixels}");
}

#[test]
fn palettes_too_short() {
    let mut random = fastrand::Rng::with_seed(55);
    for colors in [1, 5, 256] {
        for alphas in [None, Some(3), Some(6)] {
            for extra in [0, 1] {
                let mut recipe = Recipe::new(64, 44, 3, 8);
                let length = (3 * colors + extra).min(768);
                recipe.palette = Some((0..length).map(|i| i as u8 ^ 99).collect());
                recipe.transparent = alphas.map(|count| vec![77; count]);
                let rows = recipe.rows(&[0, 1], &mut random);
                let file = recipe.file(&zlib(&rows, Deflate::Level(9)));
                let what = format!("{colors} colors and {extra}, alphas {alphas:?}");
                if extra == 0 {
                    assert_same(&file, &what);
                }
            }
        }
    }
}
