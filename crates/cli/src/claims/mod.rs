//! Every file that a run writes under a name from the user goes through here: it is claimed before anything is written.
//!
//! A claim is refused if it would lose something: a file that this run reads, another file that it writes, or something
//! that an earlier run left, such as an avatar that a journal lists. Files are compared by identity, not by spelling:
//! links, other paths and, in folders that ignore case, other cases count as the same file.
//!
//! To write one more file: [`Claims::read`] everything that the run opens, [`Claims::claim`] the file under the name of its
//! flag, and write it through the [`Target`] that you get. Avatars of a batch are not targets, because the journal says
//! which of them are ours; [`Claims::spare`] keeps the targets off their names.

pub(crate) mod ours;
pub(crate) mod output;
mod target;

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use crate::files::case;
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use crate::terminal::quoted::quoted;

use crate::files::input::is_dash;
use crate::files::reserved;
use crate::files::write::{self, Identity, Seen};
use ours::Kind;

pub(crate) use target::Target;

/// What a photo that the user names is to a run.
pub(crate) const PHOTO: &str = "the photo";

/// What is read and written, as far as is known.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    reads: Vec<(Location, Holder)>,
    targets: Vec<(Location, Holder)>,
    /// The folder that this run makes, where it really is.
    made: Option<PathBuf>,
    no_clobber: bool,
}

/// A file in use: its role in the run, as in `the photo` or `--report`, and its name.
#[derive(Debug)]
struct Holder {
    role: &'static str,
    path: PathBuf,
}

/// What is written, which decides what it may replace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// A picture, which replaces any file that is not headshot's own, because the user named it.
    Picture,
    /// A report, which replaces a report. That of a dry run never replaces a real one.
    Report { planned: bool },
    /// A page, which replaces a page in the same way.
    Page { planned: bool },
    /// Anything whose own module decides what it replaces.
    Checked,
}

/// Where a file is, or will be.
#[derive(Debug, PartialEq)]
enum Location {
    There(Identity),
    /// Where it will really be, in lower case if the folder ignores case.
    ToCome(PathBuf),
}

impl Claims {
    /// Notes a file that this run reads. `role` is what it is, as in `the photo`; `-` is standard input.
    pub(crate) fn read(&mut self, role: &'static str, path: &Path) {
        let file = if is_dash(path) {
            // The file that the shell connected it to.
            Path::new("/dev/stdin")
        } else {
            path
        };
        if let Some(identity) = Identity::of(file) {
            let holder = holder(role, path);
            self.reads.push((Location::There(identity), holder));
        }
    }

    /// Notes a file that this run writes without a target, so that no target takes its name.
    pub(crate) fn write(&mut self, role: &'static str, path: &Path) {
        self.targets.push((Location::of(path), holder(role, path)));
    }

    /// Names the folder that this run makes if it is missing, so that targets in it are not an error.
    ///
    /// # Errors
    /// If it is unclear which folder that will be, or if headshot keeps it for itself.
    pub(crate) fn make(&mut self, out: &Path) -> Result<(), Failure> {
        let refused = |why: &str| Failure::usage(format!("-o {}: {why}", escape::name(out)));
        let real = write::real(out);
        // Paths that exist have no such part: where it leads is known only once the folder before it is made.
        if real.components().any(|part| part == Component::ParentDir) {
            let why = "a folder before .. does not exist";
            return Err(refused(why)
                .with_hint("name the folder without .., or make the missing folder first"));
        }
        if let Some(why) = ours::kept_for_itself(&real) {
            return Err(refused(&why).with_hint("choose another folder"));
        }
        self.made = Some(real);
        Ok(())
    }

    /// From now on, refuses every target that already exists.
    pub(crate) fn keep_existing(&mut self) {
        self.no_clobber = true;
    }

    /// Claims a file for `flag`, and notes what is there now.
    ///
    /// # Errors
    /// When anything would be lost, or the folder is missing. Nothing is touched.
    pub(crate) fn claim(
        &mut self,
        flag: &'static str,
        path: &Path,
        content: Content,
    ) -> Result<Target, Failure> {
        let refused = |why: &str| Failure::usage(format!("{flag} {}: {why}", escape::name(path)));
        let name = path
            .file_name()
            .filter(|_| !output::ends_in_separator(path));
        let name = name.ok_or_else(|| refused("not the name of a file"))?;
        if reserved::is_reserved(name) {
            let why = "Windows keeps this name for a device";
            return Err(refused(why).with_hint("choose a name that can be copied everywhere"));
        }
        if path.is_dir() {
            return Err(refused("this is a folder").with_hint("name a file in it"));
        }
        if path.is_symlink() && !path.exists() {
            return Err(refused("a symbolic link that leads nowhere")
                .with_hint("remove it, or name the file itself"));
        }
        if write::is_special(path) {
            return match content {
                Content::Report { .. } | Content::Page { .. } => Err(refused("this is not a file")),
                // It holds nothing that could be lost.
                Content::Picture | Content::Checked => Ok(Target::new(flag, path, None)),
            };
        }
        let made = self.made.as_ref();
        if made.is_some_and(|made| made.starts_with(write::real(path))) {
            return Err(refused("this is where -o makes a folder")
                .with_hint("choose another name for one of them"));
        }
        self.check_folder(flag, path, content)?;
        let location = Location::of(path);
        if let Some(holder) = find(&self.reads, &location) {
            return Err(overwrites(flag, path, holder));
        }
        if let Some(other) = find(&self.targets, &location) {
            let other = format!("{} {}", other.role, escape::name(&other.path));
            return Err(refused(&format!("{other} names the same file"))
                .with_hint("give each its own name"));
        }
        let unreadable = |error: io::Error| {
            Failure::io(
                "usage",
                refused("the file there cannot be read").message,
                &error,
            )
        };
        if let Some(why) = ours::kept_in(path).map_err(unreadable)? {
            return Err(refused(&why).with_hint("choose another name"));
        }
        let is_there = path.exists();
        if is_there && self.no_clobber {
            return Err(refused("it already exists, and --no-clobber keeps it")
                .with_hint("choose another name, or leave --no-clobber out"));
        }
        let found = ours::kind(path).map_err(unreadable)?;
        let problem = match (content, found) {
            (Content::Picture, _) if !is_there => {
                output::check_extension(flag, path)?;
                None
            }
            (Content::Picture | Content::Checked, _) | (_, Kind::Nothing) => None,
            (Content::Page { .. }, Kind::Page { planned: true }) => None,
            (Content::Page { planned: false }, Kind::Page { .. }) => None,
            (Content::Page { planned: true }, Kind::Page { planned: false }) => {
                Some("it is the page of a real run, and a dry run does not replace it")
            }
            (Content::Report { .. }, Kind::Report { planned: true }) => None,
            (Content::Report { planned: false }, Kind::Report { .. }) => None,
            (Content::Report { planned: true }, Kind::Report { planned: false }) => {
                Some("it is the report of a real run, and a dry run does not replace it")
            }
            (Content::Report { .. }, _) => {
                Some("it already exists and is not a report: only a report is replaced")
            }
            (Content::Page { .. }, _) => Some(
                "it already exists and is not a page of headshot's: only such a page is replaced",
            ),
        };
        if let Some(problem) = problem {
            return Err(refused(problem).with_hint("choose another name, or move it away"));
        }
        match content {
            Content::Report { .. } => output::check_kind(flag, path, output::JSON_LINES)?,
            Content::Page { .. } => output::check_kind(flag, path, output::HTML)?,
            Content::Picture | Content::Checked => {}
        }
        self.targets.push((location, holder(flag, path)));
        let matters = content != Content::Picture || self.no_clobber;
        Ok(Target::new(flag, path, matters.then(|| Seen::at(path))))
    }

    /// Claims the folder that the pictures of a page go to.
    ///
    /// # Errors
    /// When another file that is written is it or goes there.
    pub(crate) fn claim_folder(
        &self,
        flag: &'static str,
        page: &Path,
        folder: &Path,
    ) -> Result<(), Failure> {
        let real = write::real(folder);
        let goes_there = |path: &Path| write::real(path).starts_with(&real);
        let target = self.targets.iter().map(|(_, target)| target);
        let other = match &self.made {
            Some(made) if goes_there(made) => Some("what -o names".to_owned()),
            _ => target
                .filter(|target| goes_there(&target.path))
                .map(|target| format!("{} {}", target.role, escape::name(&target.path)))
                .next(),
        };
        let Some(other) = other else {
            return Ok(());
        };
        let (page, folder) = (escape::name(page), escape::name(folder));
        let message = format!("{flag} {page}: its pictures go to {folder}, and so does {other}");
        Err(Failure::usage(message).with_hint("choose another name for one of them"))
    }

    fn check_folder(
        &self,
        flag: &'static str,
        path: &Path,
        content: Content,
    ) -> Result<(), Failure> {
        let folder = write::folder_of(path);
        let will_be = || {
            let made = self.made.as_ref();
            made.is_some_and(|made| write::real(folder).starts_with(made))
        };
        let error = match fs::metadata(folder) {
            Ok(found) if found.is_dir() => return Ok(()),
            Err(_) if will_be() => return Ok(()),
            Ok(_) => ErrorKind::NotADirectory.into(),
            Err(error) => error,
        };
        let what = match content {
            Content::Picture | Content::Checked => "file",
            Content::Report { .. } => "report",
            Content::Page { .. } => "page",
        };
        let hint = format!("mkdir -p {} makes it", quoted(folder));
        let is_address = path.to_string_lossy().contains("://");
        let (path, folder) = (escape::name(path), escape::name(folder));
        if is_address {
            let message = format!("{flag} {path}: this is an address, and outputs are files");
            let hint = "write it to a file here, as in -o avatar.jpg, and send that on";
            return Err(Failure::new("output", message).with_hint(hint));
        }
        if error.kind() == ErrorKind::NotFound {
            let message = format!("{flag} {path}: there is no folder {folder}");
            return Err(Failure::new("output", message).with_hint(hint));
        }
        let what = format!("{flag} {path}: no {what} can be made in {folder}");
        Err(Failure::io("output", what, &error))
    }

    /// Refuses standard output that is appended to a file that the run reads.
    ///
    /// # Errors
    /// If it is. A shell that opens a photo for writing in any other way has already emptied it.
    pub(crate) fn claim_stdout(&self) -> Result<(), Failure> {
        let Some(identity) = Identity::of(Path::new("/dev/stdout")) else {
            return Ok(());
        };
        match find(&self.reads, &Location::There(identity)) {
            Some(holder) => Err(overwrites("-o", Path::new("-"), holder)),
            None => Ok(()),
        }
    }

    /// Refuses targets, and lists, that avatars of a batch or their folders go to: `photos` has each photo with its avatar's
    /// name in `out`, without the extension.
    ///
    /// Photos that were found by walking need no check: pictures overwrite only what the user names, and reports and pages
    /// replace only their own kind, by content.
    ///
    /// # Errors
    /// When an avatar goes there.
    pub(crate) fn spare<'a>(
        &self,
        out: &Path,
        mut photos: impl Iterator<Item = (&'a Path, &'a Path)>,
    ) -> Result<(), Failure> {
        let out = write::real(out);
        // Including other files that are read, such as a list: `--overwrite` could replace one with an avatar.
        let reads = self.reads.iter().filter(|(_, read)| read.role != PHOTO);
        let held = self.targets.iter().chain(reads).filter_map(|(_, holder)| {
            let inside = write::real(&holder.path);
            let inside = inside.strip_prefix(&out).ok()?;
            // A still lies beside an animated avatar, which is a GIF, and is never a GIF itself.
            let is_avatar = output::has_extension(inside) && holder.role != "--poster";
            let stem = is_avatar.then(|| case::fold(&inside.with_extension("")));
            Some((stem, case::fold(inside), holder))
        });
        let held: Vec<_> = held.collect();
        if held.is_empty() {
            return Ok(());
        }
        let hit = photos.find_map(|(photo, stem)| {
            let folded = case::fold(stem);
            let folders: Vec<_> = stem.ancestors().skip(1).map(case::fold).collect();
            let (.., target) = held.iter().find(|(other, file, _)| {
                other.as_ref() == Some(&folded) || folders.contains(file)
            })?;
            Some((photo, target))
        });
        let Some((photo, target)) = hit else {
            return Ok(());
        };
        let (role, file) = (target.role, escape::name(&target.path));
        let why = format!(
            "{role} {file}: the avatar of {} goes there",
            escape::shown(photo)
        );
        Err(Failure::usage(why).with_hint("choose another name"))
    }
}

impl Location {
    fn of(path: &Path) -> Location {
        if let Some(identity) = Identity::of(path) {
            return Location::There(identity);
        }
        let real = write::real(path);
        // A file that does not exist yet follows its folder.
        let there = real.ancestors().skip(1).find(|above| above.is_dir());
        if there.is_some_and(case::is_case_insensitive) {
            Location::ToCome(case::fold(&real).into())
        } else {
            Location::ToCome(real)
        }
    }
}

fn holder(role: &'static str, path: &Path) -> Holder {
    let path = path.to_owned();
    Holder { role, path }
}

fn find<'a>(held: &'a [(Location, Holder)], location: &Location) -> Option<&'a Holder> {
    let (_, holder) = held.iter().find(|(other, _)| other == location)?;
    Some(holder)
}

fn overwrites(flag: &str, target: &Path, holder: &Holder) -> Failure {
    let (target, role, path) = (
        escape::name(target),
        holder.role,
        escape::shown(&holder.path),
    );
    Failure::usage(format!(
        "{flag} {target}: this would overwrite {role} {path}"
    ))
    .with_hint("choose another name: headshot never overwrites a file that it reads")
}
