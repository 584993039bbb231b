//! How long an avatar takes while somebody drags a square over a photo of 12 megapixels: by itself, and from a photo that is held.
//!
//! `cargo run --release -p headshot-bench --bin drags [-- PHOTO...]`

use std::time::{Duration, Instant};
use std::{env, fs};

use headshot_bench::made::{self, Kind};
use headshot_core::{CropBox, Fit, Options, Prepared, normalize, probe};

/// How often the square is moved.
const MOVES: u32 = 11;

fn main() {
    let named = env::args().skip(1).map(|name| {
        let photo = fs::read(&name).expect("the photo can be read");
        (name, photo)
    });
    let mut photos: Vec<(String, Vec<u8>)> = named.collect();
    if photos.is_empty() {
        let made = Kind::ALL.map(|kind| (kind.name().to_owned(), made::file(kind, 4032, 3024)));
        photos.extend(made);
    }
    println!("| photo | side of the square | normalize | first of a held one | the next |");
    println!("|---|--:|--:|--:|--:|");
    for (name, photo) in photos {
        let size = probe(&photo, &Options::default().limits)
            .expect("a photo")
            .size;
        for side in [1111, 2222, size.shorter()] {
            let side = side.min(size.shorter());
            let at = |step: u32| Options {
                fit: Fit::Crop(CropBox {
                    x: (11 * step).min(size.width() - side),
                    y: (22 * step).min(size.height() - side),
                    side,
                }),
                ..Options::default()
            };
            let plain = (0..MOVES).map(|step| took(|| drop(normalize(&photo, &at(step)))));
            let plain = median(plain.collect());
            let prepared = Prepared::new(photo.clone().into());
            let first = took(|| drop(prepared.normalize(&at(0))));
            let next = (1..=MOVES).map(|step| took(|| drop(prepared.normalize(&at(step)))));
            let next = median(next.collect());
            let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
            println!(
                "| {name} | {side} | {} | {} | {} |",
                ms(plain),
                ms(first),
                ms(next)
            );
        }
    }
}

fn took(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
