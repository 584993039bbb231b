//! Animated PNG: the frames alone, and all of them composited, onto an avatar so small that the rest costs little. CRCs and sequence
//! numbers are made right first, so that inputs come further. Half of the inputs may be damaged.
#![no_main]

use std::ops::ControlFlow;

use headshot_core::{Damaged, Error, FramePolicy, Limits, Options, SideRange, normalize};
use headshot_png::{Damage, Frames};
use libfuzzer_sys::fuzz_target;

/// Puts the right CRC on every chunk, and numbers those of the animation.
fn mend(photo: &mut [u8]) {
    let (mut at, mut number) = (8, 0_u32);
    while let Some(&[l0, l1, l2, l3, k0, k1, k2, k3]) = photo.get(at..).and_then(|rest| rest.first_chunk()) {
        let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
        let Some(chunk) = photo.get_mut(at + 4..).and_then(|rest| rest.get_mut(..length.saturating_add(8))) else {
            return;
        };
        let (covered, crc) = chunk.split_at_mut(length + 4);
        if matches!(&[k0, k1, k2, k3], b"fcTL" | b"fdAT")
            && let Some(place) = covered.get_mut(4..8)
        {
            place.copy_from_slice(&number.to_be_bytes());
            number += 1;
        }
        crc.copy_from_slice(&crc32fast::hash(covered).to_be_bytes());
        at += length + 12;
    }
}

fn look(photo: &[u8]) {
    let limits = headshot_png::Limits {
        pixels: 1 << 16,
        ..headshot_png::Limits::default()
    };
    let Ok(Some(mut frames)) = Frames::read(photo, &limits) else {
        return;
    };
    let header = frames.header();
    let mut count = 0;
    while let Ok(Some(frame)) = frames.next_frame() {
        count += 1;
        assert!(frame.x + frame.width <= header.width && frame.y + frame.height <= header.height);
        assert!(frame.width > 0 && frame.height > 0 && frame.delay.1 > 0);
        assert!(!frame.is_default_image || count == 1);
        if count > 16 {
            continue;
        }
        for damage in [Damage::Refuse, Damage::Accept] {
            let mut rows = 0;
            let decoded = frames.decode(&frame, damage, |y, row| {
                if !row.is_empty() {
                    assert_eq!(y, rows);
                    rows += 1;
                }
                ControlFlow::Continue(())
            });
            if let Ok(end) = decoded {
                assert!(end.intact <= end.found && end.found == rows && rows <= frame.height);
                assert!(damage == Damage::Accept || end.intact == frame.height);
            }
        }
    }
    assert!(count <= frames.announced());
}

fuzz_target!(init: headshot_fuzz::one_thread(), |data: &[u8]| {
    if !data.starts_with(b"\x89PNG\r\n\x1a\n") {
        return;
    }
    let mut mended = data.to_vec();
    mend(&mut mended);
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
    for photo in [data, &mended] {
        look(photo);
        let made = normalize(photo, &options);
        assert!(!matches!(
            made,
            Err(Error::Internal { .. } | Error::Encode { .. })
        ));
    }
});
