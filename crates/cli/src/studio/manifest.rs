//! A manifest in the studio: choices in a file beside it, which `set --manifest` follows, and a new manifest that has them as columns.

use std::path::Path;

use headshot_batch::Hash;
use headshot_batch::choices::{self, Choices};
use headshot_batch::files::write;
use headshot_core::Options;
use headshot_studio::{Photo, Settings, Work};

use crate::files::input;
use crate::set::manifest::photos::photos;
use crate::studio::command_line;
use crate::studio::hints::without_flags;
use crate::terminal::escape;
use crate::terminal::failure::Failure;

/// Many times the size of a manifest for every person of the largest workspace.
const LONGEST: u64 = 64 << 20;

/// The settings of a studio for a manifest.
pub(super) fn settings(file: &Path) -> Result<Settings, Failure> {
    let photos = photos(file)?.into_iter().map(|photo| Photo {
        name: photo.name,
        path: photo.path,
        real: None,
        person: photo.person,
        options: photo.choice.applied(&Options::default()),
        default: photo.choice,
    });
    let kept = choices::beside(file);
    write::check_writable(write::folder_of(&kept))?;
    let (manifest_file, choices_file) = (file.to_owned(), kept.clone());
    Ok(Settings {
        title: escape::lossless(file.as_os_str()),
        photos: photos.collect(),
        choices: Some(kept),
        work: Work::Manifest {
            export: Box::new(move || export(&manifest_file, &choices_file).map_err(without_flags)),
        },
        command: Box::new(|photo, choice, format| {
            command_line::normalize(&photo.path, choice, None, format)
        }),
    })
}

/// The manifest with the choices that have not lapsed as columns.
fn export(manifest: &Path, choices: &Path) -> Result<Vec<u8>, Failure> {
    let choices = Choices::read(choices)?;
    let folder = manifest.parent().unwrap_or(Path::new(""));
    let text = input::read(manifest, LONGEST)?;
    let most = Options::default().limits.bytes;
    choices::export(&text, &choices, |name, chosen| {
        let photo = input::read(&folder.join(name), most);
        photo.is_ok_and(|photo| Hash::of(&photo) == chosen.photo)
    })
}
