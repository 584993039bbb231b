//! Resampling: any window of any size to any other, and a flat picture stays flat.
#![no_main]

use headshot_resample::{Axis, Grid, Layout, Resampler, Spec};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: ([(f64, f64, u16, u16, bool); 2], u8, u8)| {
    let axis = |(start, extent, available, size, doubled): (f64, f64, u16, u16, bool)| Axis {
        start,
        extent,
        available: u32::from(available % 128),
        grid: if doubled { Grid::Doubled } else { Grid::Plain },
        size: u32::from(size % 128),
    };
    let layout = [Layout::Gray, Layout::Rgb, Layout::Four, Layout::Rgba][usize::from(input.1 % 4)];
    let spec = Spec {
        layout,
        horizontal: axis(input.0[0]),
        vertical: axis(input.0[1]),
    };
    let Ok(mut resampler) = Resampler::new(&spec) else {
        return;
    };
    let mut row = vec![input.2; spec.horizontal.available as usize * layout.channels()];
    if layout == Layout::Rgba {
        row.iter_mut()
            .skip(3)
            .step_by(4)
            .for_each(|alpha| *alpha = 255);
    }
    for _ in resampler.rows() {
        resampler.push_row(&row).expect("rows as asked for");
    }
    let output = resampler.finish().expect("all rows were pushed");
    assert_eq!(
        output.len() as u32,
        spec.horizontal.size * spec.vertical.size * layout.channels() as u32
    );
    assert!(
        output
            .iter()
            .all(|sample| *sample == input.2 || layout == Layout::Rgba && *sample == 255)
    );
});
