//! Wrong numbers are refused with an explanation.

use headshot_resample::{Axis, Error, Grid, Layout, Resampler, Spec};

fn build(horizontal: Axis, vertical: Axis) -> Result<Resampler, Error> {
    Resampler::new(&Spec {
        layout: Layout::Rgb,
        horizontal,
        vertical,
    })
}

#[test]
fn sides_and_windows_are_checked() {
    let good = Axis::whole(11, 22);
    for (available, size) in [(0, 5), (5, 0), (2_000_000, 5), (5, u32::MAX)] {
        let expected = Error::Side { available, size };
        assert_eq!(
            build(Axis::whole(available, size), good).unwrap_err(),
            expected
        );
        assert_eq!(
            build(good, Axis::whole(available, size)).unwrap_err(),
            expected
        );
    }
    for (start, extent) in [
        (-0.5, 5.0),
        (6.5, 5.0),
        (3.0, 0.0),
        (f64::NAN, 5.0),
        (0.0, f64::NAN),
        (0.0, f64::INFINITY),
    ] {
        let bad = Axis {
            start,
            extent,
            available: 11,
            grid: Grid::Plain,
            size: 22,
        };
        assert!(matches!(
            build(bad, good),
            Err(Error::Window { available: 11, .. })
        ));
        assert!(matches!(
            build(good, bad),
            Err(Error::Window { available: 11, .. })
        ));
        // Nothing is promised about the answer except that there is one.
        let (horizontal, vertical) = (bad, Axis::whole(u32::MAX, 0));
        let layout = Layout::Rgba;
        headshot_resample::memory(&Spec {
            layout,
            horizontal,
            vertical,
        });
    }
}

#[test]
fn rows_are_counted_and_measured() {
    let mut resampler = build(Axis::whole(11, 3), Axis::whole(22, 4)).unwrap();
    let expected = Error::RowLength {
        found: 34,
        expected: 33,
    };
    assert_eq!(resampler.push_row(&[0; 34]).unwrap_err(), expected);
    for _ in resampler.rows().skip(1) {
        resampler.push_row(&[0; 33]).unwrap();
    }
    let mut full = build(Axis::whole(11, 3), Axis::whole(22, 4)).unwrap();
    let expected = Error::RowCount {
        found: 21,
        expected: 22,
    };
    assert_eq!(resampler.finish().unwrap_err(), expected);
    for _ in full.rows() {
        full.push_row(&[9; 33]).unwrap();
    }
    let expected = Error::RowCount {
        found: 23,
        expected: 22,
    };
    assert_eq!(full.push_row(&[0; 33]).unwrap_err(), expected);
    assert_eq!(full.finish().unwrap(), [9; 36]);
}

#[test]
fn memory_that_is_not_there_is_an_error() {
    let huge = Axis::whole(1_000_000, 1_000_000);
    let result = build(huge, huge);
    assert!(matches!(result, Err(Error::OutOfMemory { bytes }) if bytes >= 3_000_000_000_000));
}
