//! Finds, before anything is written, a single output that would land on a photo.

use std::path::{Path, PathBuf};

use crate::console::shown;
use crate::escape;
use crate::failure::Failure;
use crate::input::is_dash;
use crate::output::Destination;
use crate::write::Identity;

/// Refuses an output that is one of the photos, by whatever name. What goes into a folder is looked at by the batch.
pub(crate) fn refuse(destination: &Destination, photos: &[PathBuf]) -> Result<(), Failure> {
    let (name, target) = match destination {
        // A shell has opened it already; writing would append to the photo or find it empty.
        Destination::Stdout => (Path::new("-"), Path::new("/dev/stdout")),
        Destination::File(file) => (file.as_path(), file.as_path()),
        Destination::Folder(_) => return Ok(()),
    };
    let Some(target) = Identity::of(target) else {
        return Ok(());
    };
    match photos
        .iter()
        .find(|photo| identity(photo).as_ref() == Some(&target))
    {
        None => Ok(()),
        Some(photo) => Err(Failure::usage(format!(
            "-o {}: this would overwrite the photo {}",
            escape::name(name),
            shown(photo)
        ))
        .with_hint("choose another name or folder: photos are never overwritten")),
    }
}

/// Standard input counts as the file that the shell has connected it to, if it has.
fn identity(photo: &Path) -> Option<Identity> {
    Identity::of(if is_dash(photo) {
        Path::new("/dev/stdin")
    } else {
        photo
    })
}
