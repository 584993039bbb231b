//! A batch reserves at least as much for a photo as the photo takes. A program of its own, because it counts
//! every byte that is allocated in it.

#[allow(dead_code)]
#[path = "../../src/memory_estimate.rs"]
mod memory_estimate;

use std::fs::File;
use std::path::Path;

use headshot_core::{Limits, Options, SideRange, normalize};
use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, Rgba, RgbaImage};
use peak_alloc::PeakAlloc;

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;

/// Noise, so that files are as large as possible.
fn noise(width: u32, height: u32) -> RgbaImage {
    let mut state = 12345_u32;
    RgbaImage::from_fn(width, height, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Rgba(state.to_be_bytes())
    })
}

/// The bytes that making an avatar of this file takes, and those reserved for it.
fn measure(path: &Path, options: &Options) -> (u64, u64) {
    let mut file = File::open(path).unwrap();
    let need = memory_estimate::estimate(&mut file, options).unwrap();
    let before = PEAK.current_usage();
    PEAK.reset_peak_usage();
    let bytes = std::fs::read(path).unwrap();
    let avatar = normalize(&bytes, options).unwrap();
    drop(avatar);
    ((PEAK.peak_usage() - before) as u64, need)
}

#[test]
fn no_photo_takes_more_than_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let photo = DynamicImage::from(noise(1300, 1000));
    let save = |name: &str, picture: DynamicImage| picture.save(folder.path().join(name)).unwrap();
    save("a.jpg", photo.to_rgb8().into());
    save("gray.jpg", photo.to_luma8().into());
    save("a.png", photo.clone());
    save("deep.png", photo.to_rgba16().into());
    save("gray.png", photo.to_luma_alpha8().into());
    let gif = |name: &str| {
        let file = File::create(folder.path().join(name)).unwrap();
        GifEncoder::new_with_speed(file, 30)
    };
    let still = Frame::new(noise(600, 500));
    gif("still.gif").encode_frame(still).unwrap();
    let mut animation = gif("moving.gif");
    for turn in 0..12 {
        let picture = noise(300 + turn, 200);
        let mut frame = RgbaImage::new(320, 200);
        image::imageops::overlay(&mut frame, &picture, turn.into(), 0);
        animation.encode_frame(Frame::new(frame)).unwrap();
    }
    drop(animation);
    // As in a batch: one photo, one thread.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1);
    let _pool = pool.use_current_thread().build().unwrap();
    let sides = [(512, 1024), (20, 30), (1500, 1500)];
    for (min, max) in sides {
        let options = Options {
            side: SideRange::new(min, max).unwrap(),
            // This test is not about time, and test machines may be slow.
            limits: Limits {
                time: std::time::Duration::from_secs(3600),
                ..Limits::default()
            },
            ..Options::default()
        };
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            let (taken, need) = measure(&path, &options);
            assert!(
                taken <= need,
                "{path:?} at {min} to {max}: {taken} of {need}"
            );
        }
    }
    // Enough of them fit into little memory.
    let plain = measure(&folder.path().join("a.jpg"), &Options::default());
    assert!(plain.1 < 48 << 20, "{plain:?}");
}
