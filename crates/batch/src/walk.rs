//! From the arguments on the command line to photos in order: folders are walked, and no photo is opened.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::choices;
use crate::escape;
use crate::failure::Failure;
use crate::files::write;
use crate::working_folder::{self, FOLDER};

/// One input, in the order of the command line and, within folders, of the names.
#[derive(Debug)]
pub struct Input {
    /// As it is opened and shown.
    pub path: PathBuf,
    /// Where its avatar goes, relative to the output folder and without the extension.
    pub stem: PathBuf,
    /// Whether it is a photo, as far as is known.
    pub kind: Kind,
    /// The real path of the folder that was named and led here; `None` if it was named itself.
    pub root: Option<Arc<Path>>,
    /// Its name in [`choices`](crate::choices): its path in that folder, or its own name.
    pub name: String,
    /// How many more times it was named, by itself or with its folder.
    pub repeats: usize,
}

impl Input {
    /// Where it is, as in the journal.
    pub fn absolute(&self) -> PathBuf {
        std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone())
    }

    /// Whether it should get an avatar, as far as is known.
    pub fn is_photo(&self) -> bool {
        matches!(self.kind, Kind::Named | Kind::Walked)
    }
}

/// How it came to be here.
#[derive(Debug, PartialEq)]
pub enum Kind {
    /// Somebody named it: it is a photo, or an error.
    Named,
    /// It was in a folder: it may not be a photo at all.
    Walked,
    /// It is left alone, for this reason.
    Skipped(&'static str),
    /// It could not even be looked at.
    Failed(Failure),
}

/// Which parts of a folder are walked.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// Hidden files and folders, too.
    pub hidden: bool,
    /// The targets of symbolic links, too.
    pub follow_links: bool,
    /// The files in a folder that belong to pages of the caller, with their sizes. They are not photos.
    pub pages: fn(&Path) -> HashMap<OsString, u64>,
}

impl Default for Scope {
    fn default() -> Scope {
        Scope {
            hidden: false,
            follow_links: false,
            pages: |_| HashMap::new(),
        }
    }
}

/// Everything that `named` includes, once. Folders contribute their content; `out` is never walked.
///
/// # Errors
/// If a folder is to be read and written at once.
pub fn inputs(named: &[PathBuf], out: &Path, scope: Scope) -> Result<Vec<Input>, Failure> {
    let mut walk = Walk {
        out: fs::canonicalize(out).ok(),
        scope,
        above: Vec::new(),
        root: None,
        outputs: Vec::new(),
        is_in_out: false,
        inputs: Vec::new(),
    };
    for path in named {
        if !path.is_dir() {
            let stem = path.file_stem().unwrap_or_default().into();
            let name = choices::name(path.file_name().unwrap_or_default().as_ref());
            walk.add(path.clone(), stem, Kind::Named, name);
            continue;
        }
        if walk.is_out(path) {
            return Err(Failure::usage(format!(
                "-o {}: this folder is also the one that is read",
                escape::name(out)
            ))
            .with_hint("name another; it may be inside this one"));
        }
        walk.root = fs::canonicalize(path).ok().map(Arc::from);
        walk.folder(path, Path::new(""));
        walk.root = None;
    }
    Ok(if named.len() > 1 {
        once(walk.inputs)
    } else {
        walk.inputs
    })
}

/// Each photo once for each name that its avatar would have, however often and by whatever path it was named.
fn once(inputs: Vec<Input>) -> Vec<Input> {
    let mut folders: HashMap<PathBuf, PathBuf> = HashMap::new();
    let mut places: HashMap<(PathBuf, PathBuf), usize> = HashMap::new();
    let mut distinct: Vec<Input> = Vec::with_capacity(inputs.len());
    for input in inputs {
        let folder = write::folder_of(&input.path);
        let real = folders.entry(folder.to_owned());
        let real = real.or_insert_with(|| write::real(folder));
        let place = real.join(input.path.file_name().unwrap_or_default());
        let index = *places
            .entry((place, input.stem.clone()))
            .or_insert(distinct.len());
        let Some(first) = distinct.get_mut(index) else {
            distinct.push(input);
            continue;
        };
        first.repeats += 1;
        if input.kind == Kind::Named {
            // It is no longer left alone if it is not a photo.
            first.kind = Kind::Named;
        }
    }
    distinct
}

struct Walk {
    /// The output folder, if it is there.
    out: Option<PathBuf>,
    scope: Scope,
    /// The real paths of the folders that lead here, if links are followed.
    above: Vec<PathBuf>,
    root: Option<Arc<Path>>,
    /// The output folders of other batches that lead here, by their paths in the tree, and their avatars with their sizes.
    outputs: Vec<(PathBuf, HashMap<PathBuf, u64>)>,
    is_in_out: bool,
    inputs: Vec<Input>,
}

impl Walk {
    fn add(&mut self, path: PathBuf, stem: PathBuf, kind: Kind, name: String) {
        let root = self.root.clone();
        self.inputs.push(Input {
            path,
            stem,
            kind,
            root,
            name,
            repeats: 0,
        });
    }

    fn is_out(&self, folder: &Path) -> bool {
        self.out.is_some() && fs::canonicalize(folder).ok() == self.out
    }

    /// `inside` is this folder's path in the tree that is mirrored.
    fn folder(&mut self, folder: &Path, inside: &Path) {
        // The output folder is not walked, but files there that are not avatars are counted.
        let is_out = self.is_out(folder);
        self.is_in_out |= is_out;
        let mut entries = Vec::new();
        let listed = fs::read_dir(folder).and_then(|listing| {
            for entry in listing {
                entries.push(entry?);
            }
            Ok(())
        });
        if let Err(error) = listed {
            let failure = Failure::io("unreadable", "this folder cannot be listed", &error);
            let name = choices::name(inside);
            self.add(
                folder.to_owned(),
                inside.to_owned(),
                Kind::Failed(failure),
                name,
            );
        }
        if self.scope.follow_links {
            self.above.extend(fs::canonicalize(folder).ok());
        }
        entries.sort_by_cached_key(DirEntry::file_name);
        let pictures = (self.scope.pages)(folder);
        // If you name an output folder, you want its content.
        let is_output = inside != Path::new("") && working_folder::journal_file(folder).exists();
        if is_output {
            self.outputs
                .push((inside.to_owned(), working_folder::avatars(folder)));
        }
        for entry in entries {
            self.entry(&entry, inside, &pictures);
        }
        if is_output {
            self.outputs.pop();
        }
        self.is_in_out &= !is_out;
        if self.scope.follow_links {
            self.above.pop();
        }
    }

    /// `pictures` are files of pages in this folder, with their sizes.
    fn entry(&mut self, entry: &DirEntry, inside: &Path, pictures: &HashMap<OsString, u64>) {
        let name = entry.file_name();
        let is_hidden = name.as_encoded_bytes().starts_with(b".");
        let path = entry.path();
        if name == FOLDER {
            if !working_folder::is_journals(&path) {
                let why = "a folder called .headshot, which is for journals alone";
                let inside = inside.join(&name);
                let name = choices::name(&inside);
                self.add(path, inside, Kind::Skipped(why), name);
            }
            return;
        }
        let stem = || inside.join(Path::new(&name).file_stem().unwrap_or_default());
        let mut kind = entry.file_type();
        if self.scope.follow_links && kind.as_ref().is_ok_and(fs::FileType::is_symlink) {
            kind = fs::metadata(&path).map(|metadata| metadata.file_type());
        }
        let has = |bytes: u64| {
            let found = entry.metadata();
            found.is_ok_and(|found| found.is_file() && found.len() == bytes)
        };
        let is_picture = pictures.get(&name).is_some_and(|&bytes| has(bytes));
        let is_avatar = self.outputs.iter().any(|(output, avatars)| {
            let inside = inside.strip_prefix(output).map(|inside| inside.join(&name));
            inside.is_ok_and(|inside| avatars.get(&inside).is_some_and(|&bytes| has(bytes)))
        });
        let kind = match kind {
            _ if is_picture => Kind::Skipped("a part of a page that --sheet has made"),
            _ if is_avatar && self.is_in_out => return,
            _ if is_avatar => Kind::Skipped("an avatar that another batch has made"),
            Ok(kind) if self.is_in_out && !kind.is_dir() => Kind::Skipped("in the output folder"),
            _ if is_hidden && !self.scope.hidden => Kind::Skipped("hidden, which --hidden walks"),
            // A broken link, or anything else: opening it will report why.
            Err(_) => Kind::Walked,
            Ok(kind) if kind.is_file() => Kind::Walked,
            Ok(kind) if kind.is_symlink() => {
                Kind::Skipped("a symbolic link, which --follow-links follows")
            }
            Ok(kind) if kind.is_dir() => {
                let real = || fs::canonicalize(&path).ok();
                if self.scope.follow_links && real().is_some_and(|real| self.above.contains(&real))
                {
                    Kind::Skipped("a symbolic link to a folder that it is in")
                } else {
                    return self.folder(&path, &inside.join(&name));
                }
            }
            Ok(_) => Kind::Skipped("a pipe, a socket or a device"),
        };
        let stem = stem();
        let name = choices::name(&inside.join(&name));
        self.add(path, stem, kind, name);
    }
}
