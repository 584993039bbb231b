//! The pictures that lie beside a page: `people.html` has them in `people-files`.
//!
//! A page and its pictures are not replaced in one step. So each run puts its pictures into a folder of its own in there,
//! which only its page uses, and removes those of earlier runs only once the page has its name. A list in that folder, with
//! the hash of each picture, says what may be removed and what a walk leaves out. Everything else there is the
//! user's. [`MARKER`] says that the outer folder is for this.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files::lock;
use crate::files::write;
use crate::terminal::escape;
use crate::terminal::failure::{self, Failure};
use crate::terminal::record::sha256;

/// In the folder beside a page.
const MARKER: &str = ".headshot-pictures";

/// In the folder of one run: who it is for, then a line for each picture. It is locked while the run lives.
const LIST: &str = "list.jsonl";

/// What both say of themselves.
const FORMAT: &str = "headshot-pictures-1";

/// The first line of a list, and the only one of a marker.
#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    /// The file name of the page.
    #[serde(default)]
    page: String,
}

/// Any other line.
#[derive(Serialize, Deserialize)]
struct Picture {
    name: String,
    bytes: u64,
    sha256: String,
}

/// The pictures of a run.
#[derive(Debug)]
pub(super) struct Pictures {
    page: PathBuf,
    folder: PathBuf,
    list: File,
}

impl Pictures {
    /// Makes a folder for the pictures of a page.
    ///
    /// # Errors
    /// If the folder beside the page is somebody else's, or cannot be made.
    pub(super) fn begin(page: &Path) -> Result<Pictures, Failure> {
        check(page)?;
        let beside = beside(page);
        let failed = |error: io::Error| {
            let (page, beside) = (escape::name(page), escape::name(&beside));
            let what = format!("--sheet {page}: no pictures can be put into {beside}");
            Failure::io("output", what, &error)
        };
        fs::create_dir_all(&beside).map_err(failed)?;
        let marker = beside.join(MARKER);
        if !is_marked(&beside) {
            write::file(&marker, &head("").map_err(failed)?)?;
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix("run-").rand_bytes(8);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Like the page: as the umask allows.
            builder.permissions(fs::Permissions::from_mode(0o777));
        }
        let folder = builder.tempdir_in(&beside).map_err(failed)?.keep();
        let mut list = lock::exclusive(&folder.join(LIST), "another run is writing pictures")?;
        let name = escape::lossless(page.file_name().unwrap_or_default());
        list.write_all(&head(&name).map_err(failed)?)
            .map_err(failed)?;
        Ok(Pictures {
            page: page.to_owned(),
            folder,
            list,
        })
    }

    /// Adds a picture, and returns its name relative to the page.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        // It is listed first, so that the next run knows everything that a killed run left.
        let picture = Picture {
            name: name.to_owned(),
            bytes: bytes.len() as u64,
            sha256: sha256(bytes),
        };
        let mut line = serde_json::to_vec(&picture)?;
        line.push(b'\n');
        self.list.write_all(&line)?;
        // Not synced: after a power failure, the page can be remade.
        let mut file = write::beside(&self.folder)?;
        file.write_all(bytes)?;
        file.persist_noclobber(self.folder.join(name))
            .map_err(|error| error.error)?;
        let folders = [self.folder.parent(), Some(&self.folder)];
        let folders = folders.into_iter().flatten();
        let folders: PathBuf = folders.filter_map(Path::file_name).collect();
        Ok(folders.join(name))
    }

    #[cfg(test)]
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes the pictures of earlier runs, now that the page refers to these.
    pub(super) fn keep(self) {
        sweep(&self.page, Some(&self.folder));
    }

    /// Removes these pictures, because no page refers to them.
    pub(super) fn discard(self) {
        drop(self.list);
        remove(&self.folder);
        tidy(&beside(&self.page));
    }
}

/// Refuses the folder beside a page if it is somebody else's. Touches nothing.
pub(super) fn check(page: &Path) -> Result<(), Failure> {
    let beside = beside(page);
    let refused = |what: &str| {
        let (page, beside) = (escape::name(page), escape::name(&beside));
        let message =
            format!("--sheet {page}: {beside} is {what}, and the page's pictures go there");
        Failure::usage(message).with_hint("move it away, or name another page")
    };
    if beside.is_symlink() {
        return Err(refused("a symbolic link"));
    }
    if !beside.exists() || is_marked(&beside) {
        return Ok(());
    }
    let entries = fs::read_dir(&beside).map_err(|error| {
        let error = failure::reason(&error);
        refused(&format!("no folder that can be listed ({error})"))
    });
    if entries?.next().is_none() {
        Ok(())
    } else {
        Err(refused("a folder with files that no page has put there"))
    }
}

/// Removes the pictures that earlier runs have put beside a page, except those in `but`, and nothing else. Leftovers
/// do no harm.
pub(super) fn sweep(page: &Path, but: Option<&Path>) {
    let beside = beside(page);
    if beside.is_symlink() || !is_marked(&beside) {
        return;
    }
    let name = escape::lossless(page.file_name().unwrap_or_default());
    for entry in fs::read_dir(&beside).into_iter().flatten().flatten() {
        let folder = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_folder || Some(&*folder) == but || read(&folder).is_none_or(|(page, _)| page != name)
        {
            continue;
        }
        // While it is locked its run lives.
        if lock::exclusive(&folder.join(LIST), "busy").is_ok() {
            remove(&folder);
        }
    }
    tidy(&beside);
}

/// The files in a folder that are pictures of a page, or notes about them, with their sizes.
pub(crate) fn listed(folder: &Path) -> HashMap<OsString, u64> {
    let mut files = HashMap::new();
    let mut note = |name: &str| {
        let found = fs::metadata(folder.join(name));
        found.map(|found| files.insert(name.into(), found.len()))
    };
    if is_marked(folder) {
        let _ = note(MARKER);
    } else if let Some((_, pictures)) = read(folder) {
        let _ = note(LIST);
        let pictures = pictures.into_iter();
        files.extend(pictures.map(|picture| (picture.name.into(), picture.bytes)));
    }
    files
}

/// `people.html` has its pictures in `people-files`.
pub(super) fn beside(page: &Path) -> PathBuf {
    let mut name = OsString::from(page.file_stem().unwrap_or_default());
    name.push("-files");
    page.with_file_name(name)
}

fn head(page: &str) -> io::Result<Vec<u8>> {
    let mut head = serde_json::to_vec(&Head {
        format: FORMAT.to_owned(),
        page: page.to_owned(),
    })?;
    head.push(b'\n');
    Ok(head)
}

fn is_marked(folder: &Path) -> bool {
    lines(&folder.join(MARKER)).is_some_and(|(head, _)| head.format == FORMAT)
}

/// The page that the pictures in a folder are for, and the pictures; `None` if it is no folder of pictures.
fn read(folder: &Path) -> Option<(String, Vec<Picture>)> {
    if !is_marked(folder.parent()?) {
        return None;
    }
    let (head, lines) = lines(&folder.join(LIST))?;
    // A name that leads elsewhere is not ours.
    let is_name =
        |picture: &Picture| Path::new(&picture.name).file_name() == Some(picture.name.as_ref());
    let pictures = lines.map_while(Result::ok);
    let pictures = pictures.filter_map(|line| serde_json::from_str(&line).ok());
    let pictures = pictures.filter(is_name).collect();
    (head.format == FORMAT).then_some((head.page, pictures))
}

/// The lines of a marker or a list, after the first.
fn lines(file: &Path) -> Option<(Head, impl Iterator<Item = io::Result<String>> + use<>)> {
    let is_file = fs::symlink_metadata(file).is_ok_and(|found| found.is_file());
    let mut lines = BufReader::new(File::open(file).ok().filter(|_| is_file)?).lines();
    let head = serde_json::from_str(&lines.next()?.ok()?).ok()?;
    Some((head, lines))
}

/// Removes the pictures in a folder that still match the list, leftovers of a killed run, the list, and the folder.
fn remove(folder: &Path) {
    let Some((_, pictures)) = read(folder) else {
        return;
    };
    for picture in pictures {
        let file = folder.join(&picture.name);
        let is_file = fs::symlink_metadata(&file)
            .is_ok_and(|found| found.is_file() && found.len() == picture.bytes);
        let is_ours = || fs::read(&file).is_ok_and(|bytes| sha256(&bytes) == picture.sha256);
        if is_file && is_ours() {
            let _ = fs::remove_file(&file);
        }
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if write::is_temporary(&entry.file_name()) {
            let _ = fs::remove_file(entry.path());
        }
    }
    let _ = fs::remove_file(folder.join(LIST));
    let _ = fs::remove_dir(folder);
}

/// Removes the folder beside a page if only the marker is left in it.
fn tidy(beside: &Path) {
    let entries = fs::read_dir(beside).map(|entries| entries.take(2).count());
    if entries.is_ok_and(|count| count == 1) && is_marked(beside) {
        let _ = fs::remove_file(beside.join(MARKER));
        let _ = fs::remove_dir(beside);
    }
}
