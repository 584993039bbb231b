//! The picture of an eighth of the size, compared with the means of all pixels.

use std::ops::ControlFlow;

use headshot_jpeg::{
    Damage, End, Error, Limits, Request, Scale, decode_eighth, decode_pixels, read_header,
};

fn photo(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/still");
    std::fs::read(format!("{folder}/{name}.jpg")).unwrap()
}

/// Rows of the components, each by itself.
type Rows = Vec<Vec<Vec<u8>>>;

fn collect(rows: &mut Rows) -> impl FnMut(&[&[u8]]) -> ControlFlow<()> {
    |parts| {
        rows.push(parts.iter().map(|part| part.to_vec()).collect());
        ControlFlow::Continue(())
    }
}

fn eighth(file: &[u8]) -> Rows {
    let mut rows = Vec::new();
    let end = decode_eighth(file, Damage::Refuse, &Limits::default(), collect(&mut rows));
    assert_eq!(end, Ok(End::Marked));
    rows
}

#[test]
fn each_pixel_is_the_mean_of_64() {
    // Halved chroma is interpolated in between, and these small pictures have much of it.
    for (name, most) in [
        ("gray", 0.4),
        ("subsampling-444", 0.7),
        ("rgb", 0.4),
        ("cmyk", 0.4),
        ("ycck-progressive", 0.6),
        ("plain", 9.5),
        ("restart", 9.5),
        ("progressive", 9.5),
        ("subsampling-422", 8.0),
        ("subsampling-440", 7.0),
        ("subsampling-411", 10.5),
        ("large", 5.2),
        ("astronaut", 5.2),
    ] {
        let file = photo(name);
        let mut full = Vec::new();
        decode_pixels(&file, &Request::default(), collect(&mut full)).unwrap();
        let header = read_header(&file, &Limits::default()).unwrap();
        let small = eighth(&file);
        let [width, height] =
            [header.width, header.height].map(|side| Scale::Eighth.scaled(side) as usize);
        assert_eq!(small.len(), height, "{name}");
        let mut squares = 0.0;
        let mut count = 0;
        for (y, row) in small.iter().enumerate() {
            assert_eq!(row.len(), header.components.len(), "{name}");
            for (channel, part) in row.iter().enumerate() {
                assert_eq!(part.len(), width, "{name}");
                // The last ones include the padding of blocks, too.
                let whole = header.width as usize / 8;
                for (x, &sample) in part.iter().enumerate().take(whole) {
                    let rows = full.get(8 * y..8 * y + 8);
                    let Some(rows) = rows else { continue };
                    let pixels = rows.iter().flat_map(|row| &row[channel][8 * x..8 * x + 8]);
                    let mean = pixels.map(|&pixel| f64::from(pixel)).sum::<f64>() / 64.0;
                    let off = (mean - f64::from(sample)).abs();
                    squares += off * off;
                    count += 1;
                }
            }
        }
        let rms = (squares / f64::from(count)).sqrt();
        assert!(rms < most, "{name}: {rms} of {count}");
    }
}

#[test]
fn progressive_and_sequential_files_show_the_same() {
    assert!(eighth(&photo("plain")) == eighth(&photo("progressive")));
}

#[test]
fn the_caller_can_stop() {
    let mut rows = 0;
    let end = decode_eighth(&photo("large"), Damage::Refuse, &Limits::default(), |_| {
        rows += 1;
        match rows {
            20 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    });
    assert_eq!((end, rows), (Ok(End::NotReached), 20));
}

#[test]
fn limits_hold_and_damage_before_the_end_is_found() {
    let file = photo("large");
    let limits = Limits {
        pixels: 239_999,
        ..Limits::default()
    };
    let refused = decode_eighth(
        &file,
        Damage::Refuse,
        &limits,
        |_| ControlFlow::Continue(()),
    );
    assert!(matches!(refused, Err(Error::Limit { found: 240_000, .. })));
    let half = &file[..file.len() / 2];
    for (damage, expected) in [(Damage::Refuse, 0), (Damage::Fill, 50)] {
        let mut rows = 0;
        let end = decode_eighth(half, damage, &Limits::default(), |_| {
            rows += 1;
            ControlFlow::Continue(())
        });
        match end {
            Err(Error::Damaged { .. }) => assert_eq!(expected, 0),
            Ok(End::Damaged { .. }) => assert_eq!(rows, expected),
            other => panic!("{other:?}"),
        }
    }
}
