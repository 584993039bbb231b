//! How long looking for a face takes, next to sharp's attention.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use headshot_bench::peer::{Peer, absolute};
use headshot_core::{Fit, Limits, Options, normalize, probe};
use headshot_face::{ACCEPT, LOOKS, SECOND_LOOK};
use image::imageops::{self, FilterType};
use image::{DynamicImage, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use serde_json::json;

use crate::heads::options;
use crate::{best, ours, reduced, upright};

/// Larger photos are only tested as they are.
const MOST_PIXELS: u64 = 13_000_000;

/// The table of the photos in a folder, as they are and with the portrait in them: medians of this many rounds, in milliseconds.
pub(crate) fn table(
    folder: &Path,
    portrait: &RgbImage,
    rounds: usize,
    sharp: &mut Peer,
    work: &Path,
) -> String {
    let out = work.join("out.jpg");
    let entries = std::fs::read_dir(folder).expect("a folder of photos");
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    let with_face = |file: &PathBuf| placed(file, portrait, work);
    let faced: Vec<PathBuf> = files.iter().filter_map(with_face).collect();
    let mut text = format!(
        "\nOne thread, medians of {rounds}, milliseconds, avatars of up to 1024 pixels. The photos show nobody; those that begin with `face-` are the same photos \
         with the portrait from testdata in them. A second look is taken where the first leaves a doubt.\n\n\
         | photo | MP | found | looks | cover | face | more | sharp's attention |\n|---|--:|---|--:|--:|--:|--:|--:|\n",
    );
    for file in files.iter().chain(&faced) {
        let photo = std::fs::read(file).expect("a photo");
        let Ok(info) = probe(&photo, &Limits::default()) else {
            continue;
        };
        let face = options(512);
        let cover = Options {
            fit: Fit::Cover,
            ..face.clone()
        };
        let mut times = [const { Vec::new() }; 3];
        let mut found = false;
        for _ in 0..rounds {
            for (times, options) in times.iter_mut().zip([&cover, &face]) {
                let began = Instant::now();
                let made = normalize(&photo, options).expect("an avatar");
                times.push(began.elapsed().as_secs_f64() * 1000.0);
                found |= made.report().faces.is_some();
            }
            let order = json!({
                "from": absolute(file), "to": absolute(&out), "side": 1024, "fit": "cover", "format": "jpeg", "quality": 90,
                "position": "attention",
            });
            times[2].push(sharp.time(&order).map_or(f64::NAN, |took| took.ms));
        }
        let [cover, face, attention] = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[rounds / 2]
        });
        let first = best(&ours(&reduced(&upright(file), LOOKS[0])));
        let _ = writeln!(
            text,
            "| {} | {:.1} | {} | {} | {cover:.1} | {face:.1} | {:.1} | {attention:.1} |",
            file.file_name().unwrap_or_default().display(),
            info.size.area() as f64 / 1e6,
            if found { "a face" } else { "nobody" },
            if (SECOND_LOOK..ACCEPT).contains(&first) {
                2
            } else {
                1
            },
            face - cover,
        );
    }
    text
}

/// A JPEG or PNG with the portrait in it, in the folder for generated files.
fn placed(file: &Path, portrait: &RgbImage, work: &Path) -> Option<PathBuf> {
    let bytes = std::fs::read(file).ok()?;
    let info = probe(&bytes, &Limits::default()).ok()?;
    if info.alpha || info.size.area() > MOST_PIXELS {
        return None;
    }
    let to = work.join(format!("face-{}", file.file_name()?.display()));
    if to.exists() {
        return Some(to);
    }
    let mut photo = upright(file).to_rgb8();
    let height = photo.width().min(photo.height()) * 3 / 5;
    let width = portrait.width() * height / portrait.height();
    let portrait = imageops::resize(portrait, width, height, FilterType::CatmullRom);
    imageops::replace(
        &mut photo,
        &portrait,
        i64::from(width) / 3,
        i64::from(height) / 4,
    );
    if file.extension()? == "png" {
        DynamicImage::from(photo).save(&to).ok()?;
    } else {
        let mut encoder = Encoder::new_file(&to, 90).ok()?;
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        encoder.set_progressive(to.to_string_lossy().contains("progressive"));
        let (width, height) = (photo.width() as u16, photo.height() as u16);
        encoder.encode(&photo, width, height, ColorType::Rgb).ok()?;
    }
    Some(to)
}
