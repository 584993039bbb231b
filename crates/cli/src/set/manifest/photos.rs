//! The photos of a manifest, for the studio.

#![cfg(feature = "studio")]

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use headshot_batch::choices::{Choice, ChosenFit};

use crate::set::manifest::headings::Whose;
use crate::set::manifest::progress::Progress;
use crate::set::manifest::rows::{self, Row};
use crate::terminal::failure::Failure;

/// A photo of a manifest.
pub(crate) struct ManifestPhoto {
    /// Its name as in the manifest, which choices use.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// Who it is for, as far as the manifest says.
    pub(crate) person: Option<String>,
    /// The options in its columns.
    pub(crate) choice: Choice,
}

/// The photos in the order of the rows, each once. Tokens are not looked for.
///
/// # Errors
/// If it is not a manifest, neither of people with tokens nor for an administrator. The failure lists the problems by line.
pub(crate) fn photos(manifest: &Path) -> Result<Vec<ManifestPhoto>, Failure> {
    let read = rows::read(manifest, Whose::Theirs).or_else(|problems| {
        // A manifest for `--via scim` has no tokens.
        rows::read(manifest, Whose::Admins).map_err(|_| problems)
    });
    let rows = read.map_err(|problems| {
        let count = Progress::problems(manifest, &problems);
        Failure::new("manifest", count).with_hint("mend it, and open the studio again")
    })?;
    let mut names = HashSet::new();
    let rows = rows.rows.into_iter();
    let rows = rows.filter(|row| names.insert(row.name.clone()));
    Ok(rows.map(photo).collect())
}

fn photo(row: Row) -> ManifestPhoto {
    ManifestPhoto {
        name: row.name,
        path: row.photo,
        person: row.email.or(row.user_id),
        choice: Choice {
            fit: row.columns.fit.or(Some(ChosenFit::Contain)),
            ..row.columns
        },
    }
}
