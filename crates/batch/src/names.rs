//! Gives every photo its place in the output folder, and finds collisions before anything is written.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use headshot_core::Format;

use crate::escape;
use crate::failure::Failure;
use crate::files::case;
use crate::files::write::{self, Identity, is_there};
use crate::format::file;
use crate::hash::Hash;
use crate::journal::{Known, Mark};
use crate::walk::Input;

/// What happens to photos whose avatars would have the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Collisions {
    /// None of them is made.
    #[default]
    Refuse,
    /// They are numbered: `ann`, `ann-2`.
    Suffix,
}

/// Refuses two photos with one output, or numbers them, and refuses an output that is one of the photos, under any
/// name.
///
/// A photo that was numbered before keeps its number. `format` returns the format of a photo's avatar, `None` if it will
/// have none. It is called only when it matters, because it has to read the photo.
pub(crate) fn settle(
    inputs: &mut [Input],
    out: &Path,
    collisions: Collisions,
    known: &Known,
    mut format: impl FnMut(&Input) -> Option<Format>,
) -> Result<(), Failure> {
    let mut locations = Locations::new(out);
    match collisions {
        Collisions::Refuse => distinguish(inputs, out, &mut locations, &mut format)?,
        Collisions::Suffix => number(inputs, out, &mut locations, known, &mut format),
    }
    spare_photos(inputs, out, &mut format)
}

/// Tells which stems are the same to the file system: through links, or because it ignores case.
struct Locations<'a> {
    out: &'a Path,
    is_folded: bool,
    /// Where folders in the output folder really are.
    folders: HashMap<PathBuf, PathBuf>,
}

impl Locations<'_> {
    fn new(out: &Path) -> Locations<'_> {
        Locations {
            out,
            is_folded: case::is_case_insensitive(out),
            folders: HashMap::new(),
        }
    }

    fn of(&mut self, stem: &Path) -> PathBuf {
        let folder = stem.parent().unwrap_or(Path::new(""));
        if !self.folders.contains_key(folder) {
            let real = write::real(&self.out.join(folder));
            self.folders.insert(folder.to_owned(), real);
        }
        // With any extension: a stem may be `..` by itself.
        let named = file(stem, Format::Png);
        let location = self.folders[folder].join(named.file_name().unwrap_or_default());
        if self.is_folded {
            case::fold_all(&location).into()
        } else {
            location
        }
    }
}

fn distinguish(
    inputs: &[Input],
    out: &Path,
    locations: &mut Locations,
    mut format: impl FnMut(&Input) -> Option<Format>,
) -> Result<(), Failure> {
    let photos = (0..inputs.len()).filter(|&i| inputs[i].is_photo());
    let mut order: Vec<(PathBuf, usize)> =
        photos.map(|i| (locations.of(&inputs[i].stem), i)).collect();
    order.sort();
    let mut collisions: Vec<(usize, usize, Format)> = Vec::new();
    for alike in order.chunk_by(|(a, _), (b, _)| a == b) {
        let mut first: HashMap<Format, usize> = HashMap::new();
        for &(_, photo) in alike.iter().filter(|_| alike.len() > 1) {
            let Some(format) = format(&inputs[photo]) else {
                continue;
            };
            match first.get(&format) {
                Some(&other) => collisions.push((other, photo, format)),
                None => drop(first.insert(format, photo)),
            }
        }
    }
    collisions.sort_by_key(|&(_, photo, _)| photo);
    let Some(&(first, second, format)) = collisions.first() else {
        return Ok(());
    };
    let target = out.join(file(&inputs[first].stem, format));
    let more = match collisions.len() {
        1 => String::new(),
        count => format!(", and {} more collide", count - 1),
    };
    Err(Failure::usage(format!(
        "-o {}: both {} and {} would be written there{more}",
        escape::name(&target),
        escape::shown(&inputs[first].path),
        escape::shown(&inputs[second].path)
    ))
    .with_hint("rename one of them, or let --collisions suffix number them"))
}

/// Numbers photos around each other, around those with noted avatars, and around other files.
fn number(
    inputs: &mut [Input],
    out: &Path,
    locations: &mut Locations,
    known: &Known,
    mut format: impl FnMut(&Input) -> Option<Format>,
) {
    let photos: Vec<usize> = (0..inputs.len())
        .filter(|&i| inputs[i].is_photo())
        .collect();
    let own: HashSet<PathBuf> = photos
        .iter()
        .map(|&i| locations.of(&inputs[i].stem))
        .collect();
    let noted = Numbered::new(known, inputs);
    // Which photos of this run have a stem.
    let mut taken: HashMap<PathBuf, Vec<usize>> = HashMap::new();
    let mut rest = photos;
    for by in [Same::PhotoAndBytes, Same::Bytes, Same::Photo] {
        rest.retain(|&photo| {
            let before = noted.stem(&inputs[photo], by);
            let before = before.map(|before| (locations.of(&before), before));
            let Some((location, before)) =
                before.filter(|(location, _)| !taken.contains_key(location))
            else {
                return true;
            };
            inputs[photo].stem = before;
            taken.insert(location, vec![photo]);
            false
        });
    }
    for photo in rest {
        let input = &inputs[photo];
        let mut own_format = None;
        let mut format_of = |photo: usize| format(&inputs[photo]);
        let mut is_free = |number: u64, stem: &Path| {
            let name = file(stem, Format::Png);
            if name.file_name().is_some_and(|name| name.len() > 255) {
                // No file system accepts it, whatever its number is.
                return true;
            }
            let location = locations.of(stem);
            let others = taken.get(&location).map_or(&[][..], Vec::as_slice);
            let marks: Vec<&Mark> = known.of(stem).map(|noted| &noted.mark).collect();
            let is_first = number == 1;
            if !is_first
                && (own.contains(&location)
                    || others.len() + marks.len() == 0 && is_used(out, stem))
            {
                return false;
            }
            if others.is_empty() && marks.is_empty() {
                return true;
            }
            let Some(mine) = *own_format.get_or_insert_with(|| format_of(photo)) else {
                // It will fail, whatever its name is.
                return is_first;
            };
            let output = file(stem, mine);
            let is_noted =
                |mark: &&Mark| mark.output.path() == output && !is_same_photo(mark, input);
            !marks.iter().any(is_noted)
                && !others.iter().any(|&other| format_of(other) == Some(mine))
        };
        let stems = (1..).map(|number: u64| (number, numbered(&input.stem, number)));
        let mut stems = stems.filter(|(number, stem)| is_free(*number, stem));
        let (_, stem) = stems.next().expect("there is always another number");
        taken.entry(locations.of(&stem)).or_default().push(photo);
        inputs[photo].stem = stem;
    }
}

/// How a photo is matched to one that has a number.
#[derive(Clone, Copy, PartialEq)]
enum Same {
    PhotoAndBytes,
    /// It was elsewhere then.
    Bytes,
    /// It has changed since.
    Photo,
}

/// The earlier stems of photos.
struct Numbered<'a> {
    /// By the stem without the number.
    marks: HashMap<PathBuf, Vec<&'a Mark>>,
    /// How many photos of this run want a stem.
    wanted: HashMap<PathBuf, usize>,
}

impl Numbered<'_> {
    fn new<'a>(known: &'a Known, inputs: &[Input]) -> Numbered<'a> {
        let mut marks: HashMap<PathBuf, Vec<&Mark>> = HashMap::new();
        for mark in known.marks() {
            let photo = mark.photo.path();
            let plain = photo.file_stem().unwrap_or_default();
            let plain = mark.output.path().with_file_name(plain);
            marks.entry(plain).or_default().push(mark);
        }
        let mut wanted: HashMap<PathBuf, usize> = HashMap::new();
        for input in inputs.iter().filter(|input| input.is_photo()) {
            *wanted.entry(input.stem.clone()).or_default() += 1;
        }
        Numbered { marks, wanted }
    }

    fn stem(&self, input: &Input, by: Same) -> Option<PathBuf> {
        let marks = self.marks.get(&input.stem)?;
        let is_contested = marks.len() > 1 || self.wanted.get(&input.stem) > Some(&1);
        if by == Same::PhotoAndBytes && !is_contested {
            return None;
        }
        let photo = input.absolute();
        let has_bytes = |mark: &Mark| {
            Hash::of_file(&input.path, mark.size).is_ok_and(|hash| hash == Some(mark.hash))
        };
        let is_same = |mark: &&&Mark| {
            let noted = mark.photo.path();
            match by {
                Same::PhotoAndBytes => noted == photo && has_bytes(mark),
                Same::Bytes => (is_contested || !is_there(&noted)) && has_bytes(mark),
                Same::Photo => noted == photo,
            }
        };
        let mark = marks.iter().find(is_same)?;
        let stem = mark.output.path().with_extension("");
        is_numbered(&stem, &input.stem).then_some(stem)
    }
}

/// `ann`, `ann-2`, `ann-3`
fn numbered(stem: &Path, number: u64) -> PathBuf {
    let mut numbered = stem.as_os_str().to_owned();
    if number > 1 {
        numbered.push(format!("-{number}"));
    }
    numbered.into()
}

/// Whether this is the stem itself, or the stem with a number.
fn is_numbered(name: &Path, stem: &Path) -> bool {
    let (name, stem) = (
        name.as_os_str().as_encoded_bytes(),
        stem.as_os_str().as_encoded_bytes(),
    );
    match name.strip_prefix(stem) {
        Some([]) => true,
        Some([b'-', digits @ ..]) => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn is_used(out: &Path, stem: &Path) -> bool {
    Format::WRITTEN
        .iter()
        .any(|format| is_there(&out.join(file(stem, *format))))
}

/// Whether a noted avatar belongs to this photo, which may have moved.
fn is_same_photo(mark: &Mark, input: &Input) -> bool {
    let noted = mark.photo.path();
    noted == input.absolute()
        || !is_there(&noted)
            && Hash::of_file(&input.path, mark.size).is_ok_and(|hash| hash == Some(mark.hash))
}

fn spare_photos(
    inputs: &[Input],
    out: &Path,
    mut format: impl FnMut(&Input) -> Option<Format>,
) -> Result<(), Failure> {
    if !out.is_dir() {
        return Ok(());
    }
    let sources = inputs.iter().enumerate();
    let sources = sources.filter(|(_, input)| input.is_photo());
    let sources = sources.filter_map(|(i, input)| Some((Identity::of(&input.path)?, i)));
    let sources: HashMap<Identity, usize> = sources.collect();
    for input in inputs.iter().filter(|input| input.is_photo()) {
        let overwritten = |format| {
            let target = out.join(file(&input.stem, format));
            let source = *sources.get(&Identity::of(&target)?)?;
            Some((target, &inputs[source].path))
        };
        if Format::WRITTEN
            .iter()
            .all(|format| overwritten(*format).is_none())
        {
            continue;
        }
        if let Some((target, photo)) = format(input).and_then(overwritten) {
            return Err(Failure::usage(format!(
                "-o {}: this would overwrite the photo {}",
                escape::name(&target),
                escape::shown(photo)
            ))
            .with_hint("choose another name or folder: photos are never overwritten"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::walk::Kind;

    fn check(
        photos: &[&str],
        collisions: Collisions,
        format: fn(&Path) -> Option<Format>,
    ) -> Result<Vec<String>, String> {
        let input = |photo: &&str| Input {
            path: photo.into(),
            stem: Path::new(photo).file_stem().unwrap().into(),
            kind: Kind::Named,
            root: None,
            name: (*photo).to_owned(),
            repeats: 0,
        };
        let mut inputs: Vec<_> = photos.iter().map(input).collect();
        let settled = settle(
            &mut inputs,
            Path::new("no/such/folder"),
            collisions,
            &Known::default(),
            |input| format(&input.path),
        );
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
    fn photos_of_one_stem_collide_only_in_one_format() {
        let check = |photos: &[&str], format| check(photos, Collisions::Refuse, format);
        assert!(check(&["a.jpg", "a.png", "b.jpg", "x/a.txt"], by_name).is_ok());
        let collision = check(&["x/a.jpg", "b.jpg", "y/a.jpeg", "b.jpe"], by_name).unwrap_err();
        for word in ["x/a.jpg", "y/a.jpeg", "no/such/folder/a.jpg", "1 more"] {
            assert!(collision.contains(word), "{collision}");
        }
        assert!(check(&["a.jpg", "a.png"], |_| Some(Format::Png)).is_err());
        assert!(check(&["a.jpg", "a.jpg"], by_name).is_err());
        assert!(check(&["x/a.jpg", "y/a.jpg"], |_| None).is_ok());
    }

    #[test]
    fn those_that_collide_are_numbered_in_order_around_what_is_there() {
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
