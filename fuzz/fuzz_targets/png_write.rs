//! The PNG encoder: whatever is written, the `png` crate reads back.
#![no_main]

use headshot_png::{Effort, Kind, Picture, encode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u16, bool, &[u8])| {
    let (kind, width, is_repeated, samples) = input;
    let colors = [99; 768];
    let (kind, bits) = match kind % 8 {
        0 => (Kind::Rgb, 24),
        1 => (Kind::Rgba, 32),
        2 => (Kind::GrayAlpha, 16),
        3 => {
            let palette = Kind::Palette {
                bits: 8,
                colors: &colors,
                alphas: &colors[..11],
            };
            (palette, 8)
        }
        other => (Kind::Gray(1 << (other - 4)), 1 << (other - 4)),
    };
    // Large enough for more than one block.
    let samples = samples.repeat(if is_repeated { 99 } else { 1 });
    let row_bytes = (usize::from(width) * bits).div_ceil(8);
    let Some(height) = samples.len().checked_div(row_bytes) else {
        return;
    };
    let picture = Picture {
        width: width.into(),
        height: height as u32,
        kind,
        samples: &samples[..height * row_bytes],
    };
    for effort in [
        Effort::Runs,
        Effort::Strings,
        Effort::Filtered,
        Effort::ShortStrings,
    ] {
        let Some(file) = encode(&picture, effort) else {
            assert_eq!(height, 0);
            continue;
        };
        let mut options = png::DecodeOptions::default();
        options.set_ignore_checksums(false);
        let decoder = png::Decoder::new_with_options(std::io::Cursor::new(&file), options);
        let mut reader = decoder.read_info().expect("a header");
        let mut found = vec![0; picture.samples.len()];
        reader.next_frame(&mut found).expect("pixels");
        reader.finish().expect("an end");
        assert!(found == picture.samples);
    }
});
