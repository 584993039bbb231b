//! The photos that are raced on: from two Debian packages, and made from those if a kind is rare.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::peer::{Peer, absolute};
use crate::python::run;

/// Packages with photos under free licenses.
const PACKAGES: [&str; 2] = ["ukui-wallpapers", "plasma-workspace-wallpapers"];

/// A file to race on.
pub struct Photo {
    /// Its name in the tables.
    pub name: String,
    /// Its path.
    pub path: PathBuf,
    /// How it is stored: process and sampling, or color type.
    pub kind: String,
    /// Whether it is a JPEG; otherwise it is a PNG.
    pub jpeg: bool,
    /// Pixels, in millions.
    pub megapixels: f64,
}

/// Name and path below `usr/share` in a package.
const AS_THEY_ARE: [(&str, &str); 30] = [
    (
        "fallen-leaf",
        "wallpapers/FallenLeaf/contents/images/2560x1600.jpg",
    ),
    (
        "evening-glow",
        "wallpapers/EveningGlow/contents/images/2560x1600.jpg",
    ),
    (
        "by-the-water",
        "wallpapers/BytheWater/contents/images/2560x1600.jpg",
    ),
    (
        "safe-landing-tall",
        "wallpapers/SafeLanding/contents/images/1622x2880.jpg",
    ),
    (
        "safe-landing",
        "wallpapers/SafeLanding/contents/images/5120x2880.jpg",
    ),
    (
        "flow-dark",
        "wallpapers/Flow/contents/images_dark/5120x2880.jpg",
    ),
    (
        "honeywave",
        "wallpapers/Honeywave/contents/images/5120x2880.jpg",
    ),
    ("shell", "wallpapers/Shell/contents/images/5120x2880.jpg"),
    ("path", "wallpapers/Path/contents/images/2560x1600.jpg"),
    ("kite", "wallpapers/Kite/contents/images/2560x1600.jpg"),
    (
        "cold-ripple",
        "wallpapers/ColdRipple/contents/images/2560x1600.jpg",
    ),
    (
        "one-stands-out",
        "wallpapers/OneStandsOut/contents/images/2560x1600.jpg",
    ),
    (
        "pastel-hills",
        "wallpapers/PastelHills/contents/images/3200x2000.jpg",
    ),
    ("first-generation", "backgrounds/firstgeneration.jpg"),
    ("string", "backgrounds/string.jpg"),
    ("mouse", "backgrounds/the-mouse.jpg"),
    ("grey", "wallpapers/Grey/contents/images/2560x1600.jpg"),
    ("autumn", "wallpapers/Autumn/contents/images/2560x1600.jpg"),
    (
        "summer",
        "wallpapers/summer_1am/contents/images/2560x1600.jpg",
    ),
    (
        "colorful-cups",
        "wallpapers/ColorfulCups/contents/images/2560x1600.jpg",
    ),
    ("rhythm", "backgrounds/rhythm.jpg"),
    ("flow", "wallpapers/Flow/contents/images/5120x2880.jpg"),
    ("volna", "wallpapers/Volna/contents/images/5120x2880.jpg"),
    ("altai", "wallpapers/Altai/contents/images/5120x2880.png"),
    (
        "milky-way-tall",
        "wallpapers/MilkyWay/contents/images/1080x1920.png",
    ),
    (
        "canopee",
        "wallpapers/Canopee/contents/images/3840x2160.png",
    ),
    (
        "cluster",
        "wallpapers/Cluster/contents/images/3840x2160.png",
    ),
    ("calla", "backgrounds/calla.png"),
    ("patak", "wallpapers/Patak/contents/images/5120x2880.png"),
    (
        "flying-konqui",
        "wallpapers/FlyingKonqui/contents/images/2560x1600.png",
    ),
];

/// Twelve photos that the large one is composed of: it has as much detail in each pixel as they have.
const TILES: [&str; 12] = [
    "fallen-leaf",
    "path",
    "by-the-water",
    "autumn",
    "summer",
    "pastel-hills",
    "evening-glow",
    "kite",
    "colorful-cups",
    "one-stands-out",
    "cold-ripple",
    "safe-landing",
];

/// Name, file type, what it is made from, and how.
fn made() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let jpeg = |quality: u8, sampling: &str, progressive: bool| json!({ "save": { "quality": quality, "subsampling": sampling, "progressive": progressive, "optimize": progressive } });
    let with = |mut order: Value, key: &str, value: Value| {
        order[key] = value;
        order
    };
    let png = || json!({ "save": {} });
    vec![
        ("camera-24", "jpg", "mosaic", jpeg(92, "4:2:0", false)),
        (
            "camera-24-progressive",
            "jpg",
            "mosaic",
            jpeg(92, "4:2:0", true),
        ),
        (
            "camera-12-turned",
            "jpg",
            "mosaic",
            with(
                with(jpeg(90, "4:2:2", false), "size", json!([4000, 3000])),
                "orientation",
                json!(6),
            ),
        ),
        (
            "camera-12-444",
            "jpg",
            "mosaic",
            with(jpeg(95, "4:4:4", false), "size", json!([4000, 3000])),
        ),
        (
            "safe-landing-progressive",
            "jpg",
            "safe-landing",
            jpeg(85, "4:2:0", true),
        ),
        (
            "evening-glow-422",
            "jpg",
            "evening-glow",
            jpeg(90, "4:2:2", true),
        ),
        (
            "photo-12-rgb",
            "png",
            "mosaic",
            with(png(), "size", json!([4000, 3000])),
        ),
        (
            "photo-8-alpha",
            "png",
            "mosaic",
            with(
                with(png(), "size", json!([3264, 2448])),
                "alpha",
                json!(true),
            ),
        ),
        (
            "photo-8-palette",
            "png",
            "mosaic",
            with(
                with(png(), "size", json!([3264, 2448])),
                "palette",
                json!(true),
            ),
        ),
        (
            "fallen-leaf-palette",
            "png",
            "fallen-leaf",
            with(png(), "palette", json!(true)),
        ),
    ]
}

/// Where the packages' files are, once [`photos`] has fetched them into a folder.
pub fn share(folder: &Path) -> PathBuf {
    folder.join("packages/unpacked/usr/share")
}

/// Fetches and makes all photos in `folder`, unless they exist.
pub fn photos(folder: &Path, workshop: &mut Peer) -> Vec<Photo> {
    let packages = folder.join("packages");
    let share = share(folder);
    if !AS_THEY_ARE
        .iter()
        .all(|(_, path)| share.join(path).exists())
    {
        fetch(&packages).unwrap_or_else(|error| {
            panic!(
                "the photos cannot be had: {error}; put the .deb files of {PACKAGES:?} into {}",
                packages.display()
            )
        });
    }
    let made_folder = folder.join("photos");
    fs::create_dir_all(&made_folder).expect("target can be written");
    let find = |name: &str| match AS_THEY_ARE.iter().find(|(known, _)| *known == name) {
        Some((_, path)) => share.join(path),
        None => made_folder.join(format!("{name}.png")),
    };
    let mosaic = made_folder.join("mosaic.png");
    if !mosaic.exists() {
        let tiles: Vec<String> = TILES.iter().map(|name| absolute(&find(name))).collect();
        make(
            workshop,
            json!({ "make": "mosaic", "from": tiles, "size": [6000, 4000], "grid": [4, 3] }),
            &mosaic,
        );
    }
    let mut files: Vec<(String, PathBuf)> = AS_THEY_ARE
        .iter()
        .map(|(name, path)| ((*name).to_owned(), share.join(path)))
        .collect();
    for (name, end, from, mut order) in made() {
        let path = made_folder.join(format!("{name}.{end}"));
        if !path.exists() {
            order["make"] = json!("variant");
            order["from"] = json!(absolute(&find(from)));
            make(workshop, order, &path);
        }
        files.push((name.to_owned(), path));
    }
    described(files, workshop)
}

/// Files by name and path, as photos to race on.
pub(crate) fn described(files: Vec<(String, PathBuf)>, workshop: &mut Peer) -> Vec<Photo> {
    let photos = files.into_iter().map(|(name, path)| {
        photo(&name, path, workshop).unwrap_or_else(|error| panic!("{name}: {error}"))
    });
    photos.collect()
}

/// A file as a photo to race on.
///
/// # Errors
///
/// The workshop cannot open it.
pub fn photo(name: &str, path: PathBuf, workshop: &mut Peer) -> Result<Photo, String> {
    let described = workshop.ask(&json!({ "make": "describe", "from": absolute(&path) }))?;
    Ok(Photo {
        kind: described["kind"].as_str().unwrap_or("unknown").to_owned(),
        jpeg: described["jpeg"].as_bool().unwrap_or(false),
        megapixels: described["pixels"].as_f64().unwrap_or(0.0) / 1e6,
        name: name.to_owned(),
        path,
    })
}

/// Gives the workshop an order whose file appears only once it is whole.
fn make(workshop: &mut Peer, mut order: Value, to: &Path) {
    let end = to.extension().and_then(|end| end.to_str()).unwrap_or("png");
    let part = to.with_extension(format!("part.{end}"));
    order["to"] = json!(absolute(&part));
    workshop
        .ask(&order)
        .unwrap_or_else(|error| panic!("{}: {error}", to.display()));
    fs::rename(part, to).expect("target can be written");
}

fn fetch(packages: &Path) -> Result<(), String> {
    fs::create_dir_all(packages).map_err(|error| error.to_string())?;
    let there = |name: &str| -> Option<PathBuf> {
        let files = fs::read_dir(packages).ok()?;
        files
            .filter_map(|file| Some(file.ok()?.path()))
            .find(|path| {
                path.extension().is_some_and(|end| end == "deb")
                    && path.to_string_lossy().contains(name)
            })
    };
    for name in PACKAGES {
        if there(name).is_none() {
            run(Command::new("apt-get")
                .args(["download", name])
                .current_dir(packages))?;
        }
        let file = there(name).ok_or(format!("no package {name}"))?;
        run(Command::new("dpkg")
            .arg("-x")
            .arg(file)
            .arg(packages.join("unpacked")))?;
    }
    Ok(())
}
