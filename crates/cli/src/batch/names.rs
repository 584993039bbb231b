//! Gives every photo its place in the output folder, and finds before anything is written what would land on what.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use headshot_core::Format;

use crate::batch::walk::{Input, Kind};
use crate::console::shown;
use crate::escape;
use crate::failure::Failure;
use crate::output::{FORMATS, extension};
use crate::write::Identity;

/// What becomes of photos whose avatars would have the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Collisions {
    Refuse,
    Suffix,
}

/// The file of an avatar, relative to the output folder: `portrait.heic.jpg` as a PNG is `portrait.heic.png`.
pub(crate) fn file(stem: &Path, format: Format) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(".");
    name.push(extension(format));
    name.into()
}

/// Refuses two photos with one output, or numbers them, and refuses an output that is one of the photos, by whatever
/// name.
///
/// `format` tells the format of a photo's avatar, `None` where it will have none. It is asked only where it matters,
/// since it has to read the photo.
pub(crate) fn settle(
    inputs: &mut [Input],
    out: &Path,
    collisions: Collisions,
    mut format: impl FnMut(&Path) -> Option<Format>,
) -> Result<(), Failure> {
    distinguish(inputs, out, collisions, &mut format)?;
    spare_photos(inputs, out, &mut format)
}

fn is_photo(input: &Input) -> bool {
    matches!(input.kind, Kind::Named | Kind::Walked)
}

fn distinguish(
    inputs: &mut [Input],
    out: &Path,
    collisions: Collisions,
    mut format: impl FnMut(&Path) -> Option<Format>,
) -> Result<(), Failure> {
    let mut order: Vec<usize> = (0..inputs.len())
        .filter(|&i| is_photo(&inputs[i]))
        .collect();
    order.sort_by(|&a, &b| inputs[a].stem.cmp(&inputs[b].stem).then(a.cmp(&b)));
    let mut clashes: Vec<(usize, usize, Format)> = Vec::new();
    for alike in order.chunk_by(|&a, &b| inputs[a].stem == inputs[b].stem) {
        let mut first: HashMap<Format, usize> = HashMap::new();
        for &photo in alike.iter().filter(|_| alike.len() > 1) {
            let Some(format) = format(&inputs[photo].path) else {
                continue;
            };
            match first.get(&format) {
                Some(&other) => clashes.push((other, photo, format)),
                None => drop(first.insert(format, photo)),
            }
        }
    }
    clashes.sort_by_key(|&(_, photo, _)| photo);
    if let (Collisions::Refuse, Some(&(first, second, format))) = (collisions, clashes.first()) {
        let target = out.join(file(&inputs[first].stem, format));
        let more = match clashes.len() {
            1 => String::new(),
            count => format!(", and {} more collide", count - 1),
        };
        return Err(Failure::usage(format!(
            "-o {}: both {} and {} would be written there{more}",
            escape::name(&target),
            shown(&inputs[first].path),
            shown(&inputs[second].path)
        ))
        .with_hint("rename one of them, or let --collisions suffix number them"));
    }
    if clashes.is_empty() {
        return Ok(());
    }
    let mut taken: HashSet<PathBuf> = inputs.iter().map(|input| input.stem.clone()).collect();
    for (_, photo, _) in clashes {
        let stem = &inputs[photo].stem;
        let mut free = (2..).map(|number| {
            let mut stem = stem.as_os_str().to_owned();
            stem.push(format!("-{number}"));
            PathBuf::from(stem)
        });
        let free = free.find(|stem| taken.insert(stem.clone()));
        inputs[photo].stem = free.expect("there is always another number");
    }
    Ok(())
}

fn spare_photos(
    inputs: &[Input],
    out: &Path,
    mut format: impl FnMut(&Path) -> Option<Format>,
) -> Result<(), Failure> {
    if !out.is_dir() {
        return Ok(());
    }
    let sources = inputs.iter().enumerate();
    let sources = sources.filter_map(|(i, input)| Some((Identity::of(&input.path)?, i)));
    let sources: HashMap<Identity, usize> = sources.collect();
    for input in inputs.iter().filter(|input| is_photo(input)) {
        let overwritten = |format| {
            let target = out.join(file(&input.stem, format));
            let source = *sources.get(&Identity::of(&target)?)?;
            Some((target, &inputs[source].path))
        };
        if FORMATS
            .into_iter()
            .all(|format| overwritten(format).is_none())
        {
            continue;
        }
        if let Some((target, photo)) = format(&input.path).and_then(overwritten) {
            return Err(Failure::usage(format!(
                "-o {}: this would overwrite the photo {}",
                escape::name(&target),
                shown(photo)
            ))
            .with_hint("choose another name or folder: photos are never overwritten"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        photos: &[&str],
        collisions: Collisions,
        format: fn(&Path) -> Option<Format>,
    ) -> Result<Vec<String>, String> {
        let input = |photo: &&str| Input {
            path: photo.into(),
            stem: Path::new(photo).file_stem().unwrap().into(),
            kind: Kind::Named,
        };
        let mut inputs: Vec<_> = photos.iter().map(input).collect();
        let settled = settle(&mut inputs, Path::new("no/such/folder"), collisions, format);
        settled.map_err(|failure| failure.message)?;
        Ok(inputs
            .iter()
            .map(|input| input.stem.display().to_string())
            .collect())
    }

    fn by_name(photo: &Path) -> Option<Format> {
        match photo.extension()?.to_str()? {
            "txt" => None,
            "png" => Some(Format::Png),
            _ => Some(Format::Jpeg),
        }
    }

    #[test]
    fn photos_of_one_stem_clash_only_in_one_format() {
        let check = |photos: &[&str], format| check(photos, Collisions::Refuse, format);
        assert!(check(&["a.jpg", "a.png", "b.jpg", "x/a.txt"], by_name).is_ok());
        let clash = check(&["x/a.jpg", "b.jpg", "y/a.jpeg", "b.jpe"], by_name).unwrap_err();
        for word in ["x/a.jpg", "y/a.jpeg", "no/such/folder/a.jpg", "1 more"] {
            assert!(clash.contains(word), "{clash}");
        }
        assert!(check(&["a.jpg", "a.png"], |_| Some(Format::Png)).is_err());
        assert!(check(&["a.jpg", "a.jpg"], by_name).is_err());
        assert!(check(&["x/a.jpg", "y/a.jpg"], |_| None).is_ok());
    }

    #[test]
    fn those_that_clash_are_numbered_in_order_around_what_is_there() {
        let photos = [
            "a.jpg", "y/a.jpg", "a.png", "a-2.jpg", "z/a.jpeg", "x/a.txt",
        ];
        let stems = check(&photos, Collisions::Suffix, by_name).unwrap();
        assert_eq!(stems, ["a", "a-3", "a", "a-2", "a-4", "a"]);
    }

    #[test]
    fn photos_are_read_only_where_it_matters() {
        let read: fn(&Path) -> _ = |photo| panic!("{photo:?} was read");
        check(&["a.jpg", "b.jpg", "c.png"], Collisions::Refuse, read).unwrap();
    }
}
