//! Makes folders of photos, and runs batches on them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use tempfile::TempDir;

use crate::run::{Ran, headshot, picture, run};

/// Runs `headshot normalize` with these arguments in this folder.
pub(crate) fn normalize(folder: &Path, arguments: &str) -> Ran {
    let mut command = headshot();
    command.current_dir(folder).arg("normalize");
    run(command.args(arguments.split_whitespace()))
}

/// A JPEG that is small, and different for each `shade`.
pub(crate) fn jpeg(shade: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut photo = picture(96 + shade % 7, 80);
    for (x, y, pixel) in photo.enumerate_pixels_mut() {
        pixel.0[2] = (shade * 13 + x + y) as u8;
    }
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 80);
    encoder.encode_image(&photo).expect("a JPEG can be made");
    bytes
}

/// Writes a file, and the folders above it.
pub(crate) fn write(path: impl AsRef<Path>, bytes: &[u8]) -> PathBuf {
    let path = path.as_ref();
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("folders can be made");
    fs::write(path, bytes).expect("a file can be written");
    path.to_owned()
}

/// A folder with `people/`, in which there are `count` photos, some of them in folders.
pub(crate) fn people(count: u32) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for number in 0..count {
        let name = match number % 3 {
            0 => format!("people/{number:03}.jpg"),
            1 => format!("people/north/{number:03}.jpg"),
            _ => format!("people/south/far/{number:03}.JPG"),
        };
        write(folder.path().join(name), &jpeg(number));
    }
    folder
}

/// All files below a folder, by their relative names, with their bytes; the journal aside.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("it can be listed") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("it is below");
            let name = name.to_string_lossy().into_owned();
            if name != ".headshot/journal.jsonl" {
                files.insert(name, fs::read(path).expect("it can be read"));
            }
        }
    }
    files
}

/// The names of all files below a folder, the journal aside.
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    tree(folder).into_keys().collect()
}

/// The values of one key of some objects.
pub(crate) fn each(objects: &[serde_json::Value], key: &str) -> Vec<String> {
    let value = |object: &serde_json::Value| match &object[key] {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    objects.iter().map(value).collect()
}

/// The objects in a report.
pub(crate) fn report(file: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(file).expect("there is a report");
    let read = |line| serde_json::from_str(line).expect("each line is an object");
    text.lines().map(read).collect()
}
