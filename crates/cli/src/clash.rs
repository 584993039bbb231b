//! Finds, before anything is written, avatars that would land on each other or on a photo.

use std::path::{Path, PathBuf};

use headshot_core::Format;

use crate::console::shown;
use crate::escape;
use crate::failure::Failure;
use crate::input::is_dash;
use crate::output::Destination;
use crate::write::Identity;

/// Refuses two photos with one output, and an output that is one of the photos, by whatever name.
///
/// `format` tells the format of a photo's avatar, `None` where it will have none. It is asked only where it matters,
/// since it has to read the photo.
pub(crate) fn refuse(
    destination: &Destination,
    photos: &[PathBuf],
    format: impl Fn(&Path) -> Option<Format>,
) -> Result<(), Failure> {
    let sources: Vec<_> = photos.iter().map(|photo| identity(photo)).collect();
    let overwritten = |target: &Path| {
        let target = Identity::of(target)?;
        let found = sources
            .iter()
            .position(|source| source.as_ref() == Some(&target));
        found.map(|index| &photos[index])
    };
    let onto = |target: &Path, photo: &Path| {
        let (target, photo) = (escape::name(target), shown(photo));
        Failure::usage(format!(
            "-o {target}: this would overwrite the photo {photo}"
        ))
        .with_hint("choose another name or folder: photos are never overwritten")
    };
    let folder = match destination {
        // A shell has opened it already; writing would append to the photo or find it empty.
        Destination::Stdout => {
            return match overwritten(Path::new("/dev/stdout")) {
                Some(photo) => Err(onto(Path::new("-"), photo)),
                None => Ok(()),
            };
        }
        Destination::File(file) => {
            return match overwritten(file) {
                Some(photo) => Err(onto(file, photo)),
                None => Ok(()),
            };
        }
        Destination::Folder(_) => destination,
    };

    let mut stems: Vec<_> = photos.iter().map(|photo| photo.file_stem()).collect();
    stems.sort_unstable();
    let shares_its_stem = |photo: &Path| {
        let stem = photo.file_stem();
        let first = stems.partition_point(|other| *other < stem);
        stems.get(first + 1) == Some(&stem)
    };
    let mut taken: Vec<(PathBuf, &Path)> = Vec::new();
    for photo in photos {
        let possible = [Format::Jpeg, Format::Png, Format::Gif];
        let mut possible = possible
            .map(|format| folder.target(photo, format))
            .into_iter();
        let lands_on_a_photo =
            possible.any(|target| target.is_some_and(|target| overwritten(&target).is_some()));
        if !lands_on_a_photo && !shares_its_stem(photo) {
            continue;
        }
        let Some(target) = format(photo).and_then(|format| folder.target(photo, format)) else {
            continue;
        };
        if let Some(overwritten) = overwritten(&target) {
            return Err(onto(&target, overwritten));
        }
        if let Some((_, other)) = taken.iter().find(|(other, _)| *other == target) {
            return Err(Failure::usage(format!(
                "-o {}: both {} and {} would be written there",
                escape::name(&target),
                shown(other),
                shown(photo)
            ))
            .with_hint("rename one of them, or write them to different folders"));
        }
        taken.push((target, photo));
    }
    Ok(())
}

/// Standard input counts as the file that the shell has connected it to, if it has.
fn identity(photo: &Path) -> Option<Identity> {
    Identity::of(if is_dash(photo) {
        Path::new("/dev/stdin")
    } else {
        photo
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(photos: &[&str], format: fn(&Path) -> Option<Format>) -> Result<(), String> {
        let photos: Vec<_> = photos.iter().map(PathBuf::from).collect();
        let folder = Destination::Folder("no/such/folder".into());
        refuse(&folder, &photos, format).map_err(|failure| failure.message)
    }

    #[test]
    fn photos_of_one_stem_clash_only_in_one_format() {
        let by_name = |photo: &Path| {
            Some(match photo.extension()?.to_str()? {
                "png" => Format::Png,
                _ => Format::Jpeg,
            })
        };
        assert_eq!(check(&["a.jpg", "a.png", "b.jpg"], by_name), Ok(()));
        let clash = check(&["x/a.jpg", "b.jpg", "y/a.jpeg"], by_name).unwrap_err();
        assert!(
            clash.contains("x/a.jpg") && clash.contains("y/a.jpeg"),
            "{clash}"
        );
        assert!(check(&["a.jpg", "a.png"], |_| Some(Format::Png)).is_err());
        assert!(check(&["a.jpg", "a.jpg"], by_name).is_err());
    }

    #[test]
    fn a_photo_without_an_avatar_clashes_with_nothing() {
        assert_eq!(check(&["x/a.jpg", "y/a.jpg"], |_| None), Ok(()));
    }

    #[test]
    fn photos_are_read_only_where_it_matters() {
        let photos: Vec<_> = ["a.jpg", "b.jpg", "c.png"].map(PathBuf::from).into();
        let folder = Destination::Folder("no/such/folder".into());
        refuse(&folder, &photos, |photo| panic!("{photo:?} was read")).unwrap();
    }
}
