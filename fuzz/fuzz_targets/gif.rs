//! GIF: the codec alone, and every frame composited, onto an avatar so small that the rest costs little. Half of the inputs may be
//! damaged.
#![no_main]

use std::ops::ControlFlow;

use headshot_core::{Damaged, Error, FramePolicy, Limits, Options, SideRange, normalize};
use headshot_gif::{Blocks, Canvas, Damage, scan, strip, unpack};
use libfuzzer_sys::fuzz_target;

/// The pictures of a GIF whose canvas is small, as far as they can be decoded.
fn pictures(data: &[u8], damage: Damage) -> Vec<Vec<[u8; 4]>> {
    let mut pictures = Vec::new();
    let Ok(structure) = scan(data) else {
        return pictures;
    };
    let (width, height) = (structure.width, structure.height);
    if u32::from(width) * u32::from(height) > 1 << 12 || structure.frames > 64 {
        return pictures;
    }
    let mut blocks = Blocks::new(data).expect("it was walked over");
    let mut canvas = Canvas::new(width, height).expect("it is small");
    while let Some(block) = blocks.next_image().expect("it was walked over") {
        let patch = unpack(&block, width, height, damage, || ControlFlow::Continue(()));
        let Ok(patch) = patch else { break };
        canvas.show(&patch).expect("it is small");
        pictures.push(canvas.pixels().to_vec());
    }
    pictures
}

fuzz_target!(init: headshot_fuzz::one_thread(), |data: &[u8]| {
    let options = Options {
        side: SideRange::new(1, 8).expect("a range"),
        frames: FramePolicy::Decimate,
        limits: Limits {
            pixels: 1 << 12,
            canvases: 1 << 16,
            ..Limits::default()
        },
        damaged: match data.len() % 2 {
            0 => Damaged::Refuse,
            _ => Damaged::Accept,
        },
        ..Options::default()
    };
    if data.starts_with(b"GIF8") {
        let shown = pictures(data, Damage::Refuse);
        let rescued = pictures(data, Damage::Accept);
        assert_eq!(rescued.get(..shown.len()), Some(&shown[..]));
        // What is kept as it is coded shows the same.
        if !shown.is_empty()
            && let Ok(Some((stripped, _))) = strip(data, || ControlFlow::Continue(()))
        {
            assert_eq!(pictures(&stripped, Damage::Refuse), shown);
        }
        let made = normalize(data, &options);
        assert!(!matches!(
            made,
            Err(Error::Internal { .. } | Error::Encode { .. })
        ));
    }
});
