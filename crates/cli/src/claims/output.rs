//! Where avatars go: standard output, one file, or a folder; decided and checked before the first photo is read.

use std::path::{Path, PathBuf};

use headshot_core::Format;

use crate::files::input::is_dash;
use crate::photo::image_args::FormatArg;
use crate::terminal::console;
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use crate::terminal::quoted::quoted;

/// The extensions of these formats, in lower case.
const EXTENSIONS: [&str; 6] = ["jpg", "jpeg", "jpe", "jfif", "png", "gif"];

/// What `-o` means for these photos.
#[derive(Debug, PartialEq)]
pub(crate) enum Destination {
    Stdout,
    File(PathBuf),
    /// Avatars are named after their photos, with the extension of their own format.
    Folder(PathBuf),
}

impl Destination {
    /// Decides what `out` is for these photos and folders. Touches nothing.
    pub(crate) fn new(out: &Path, photos: &[PathBuf]) -> Result<Destination, Failure> {
        if photos.len() != 1 || photos[0].is_dir() {
            let folder = Destination::folder(out)?;
            return if photos.iter().any(|photo| is_dash(photo)) {
                Err(nameless(out))
            } else {
                Ok(folder)
            };
        }
        if is_dash(out) {
            return if console::is_terminal() {
                Err(
                    Failure::usage("-o -: a terminal cannot show the bytes of an avatar")
                        .with_hint("redirect standard output to a file or a pipe, or name a file"),
                )
            } else {
                Ok(Destination::Stdout)
            };
        }
        refuse_file_as_folder(out)?;
        match out.is_dir() || ends_in_separator(out) {
            false => Ok(Destination::File(out.to_owned())),
            true if is_dash(&photos[0]) => Err(nameless(out)),
            true => Ok(Destination::Folder(out.to_owned())),
        }
    }

    /// A folder for as many photos as there will be.
    pub(crate) fn folder(out: &Path) -> Result<Destination, Failure> {
        if is_dash(out) {
            return Err(Failure::usage(
                "-o -: standard output takes one photo, not several",
            ));
        }
        refuse_file_as_folder(out)?;
        if out.exists() && !out.is_dir() {
            return Err(Failure::usage(format!(
                "-o {}: several photos need a folder, but this is a file",
                escape::name(out)
            )));
        }
        if has_extension(out) && !out.is_dir() && !ends_in_separator(out) {
            return Err(Failure::usage(format!(
                "-o {}: several photos need a folder, but this is the name of a file",
                escape::name(out)
            ))
            .with_hint("end it with / if you mean a folder"));
        }
        Ok(Destination::Folder(out.to_owned()))
    }

    /// The format that the name of a single file asks for.
    pub(crate) fn named_format(&self) -> Result<Option<FormatArg>, Failure> {
        let Destination::File(file) = self else {
            return Ok(None);
        };
        let extension = file.extension().unwrap_or_default().to_ascii_lowercase();
        match extension.to_str().unwrap_or_default() {
            "jpg" | "jpeg" | "jpe" | "jfif" => Ok(Some(FormatArg::Jpeg)),
            "png" => Ok(Some(FormatArg::Png)),
            other @ ("webp" | "avif" | "heic" | "bmp" | "tif" | "tiff" | "svg") => {
                Err(Failure::usage(format!(
                    "-o {}: an avatar is a JPEG, a PNG or a GIF, never .{other}",
                    escape::name(file)
                ))
                .with_hint("name it .jpg, .png or .gif"))
            }
            _ => Ok(None),
        }
    }

    /// Refuses to call a still a GIF: only an animation becomes one.
    pub(crate) fn check_name(&self, format: Format) -> Result<(), Failure> {
        let extension = match self {
            Destination::File(file) => file.extension().unwrap_or_default(),
            Destination::Stdout | Destination::Folder(_) => return Ok(()),
        };
        if format == Format::Gif || !extension.eq_ignore_ascii_case("gif") {
            return Ok(());
        }
        let message = format!("its avatar is a {format}, but the output is named .gif");
        Err(Failure::new("output", message)
            .with_hint("name it .jpg or .png; animations become GIFs"))
    }
}

/// Refuses `out/` where `out` is a file.
fn refuse_file_as_folder(out: &Path) -> Result<(), Failure> {
    // Without the separator at its end, because the system finds nothing with it.
    let bare: PathBuf = out.components().collect();
    if !ends_in_separator(out) || !bare.exists() || bare.is_dir() {
        return Ok(());
    }
    let (out, bare) = (escape::name(out), escape::name(&bare));
    let message = format!("-o {out}: {bare} is a file, but a / at the end means a folder");
    let hint = format!("name another folder, or leave out the / to replace {bare}");
    Err(Failure::usage(message).with_hint(hint))
}

/// Refuses a new file whose name is not that of an image: it is more likely meant as a folder, and each photo would
/// overwrite the one before.
pub(crate) fn check_extension(flag: &str, file: &Path) -> Result<(), Failure> {
    if has_extension(file) {
        return Ok(());
    }
    let name = escape::name(file);
    let failure = Failure::usage(format!(
        "{flag} {name}: it does not exist yet, and this is not the name of a JPEG, a PNG or a GIF"
    ));
    Err(failure.with_hint(match flag {
        "-o" => format!("-o {name}/ makes a folder, -o {name}.jpg a file"),
        _ => format!("{flag} {name}.png makes a file"),
    }))
}

/// Extensions of files that are neither pictures of ours nor anything else's by chance.
const OTHERS: [&str; 18] = [
    "csv", "tsv", "xls", "xlsx", "ods", "pdf", "txt", "json", "jsonl", "html", "htm", "svg",
    "webp", "heic", "avif", "bmp", "tif", "tiff",
];

/// What a file holds that is not a picture, and the extensions that say so, the best first.
pub(crate) const JSON_LINES: (&str, &[&str]) = ("JSON Lines", &["jsonl", "json", "txt"]);
pub(crate) const HTML: (&str, &[&str]) = ("HTML", &["html", "htm"]);

/// Refuses a name that says another kind of file than is written: people and programs go by it.
pub(crate) fn check_kind(
    flag: &str,
    file: &Path,
    (kind, own): (&str, &[&str]),
) -> Result<(), Failure> {
    let extension = file.extension().unwrap_or_default().to_ascii_lowercase();
    let is_other = has_extension(file) || OTHERS.iter().any(|other| extension == *other);
    if !is_other || own.iter().any(|own| extension == *own) {
        return Ok(());
    }
    let (name, extension) = (escape::name(file), extension.to_string_lossy());
    let message = format!("{flag} {name}: it is written as {kind}, not as .{extension}");
    let meant = file.with_extension(own.first().unwrap_or(&""));
    Err(Failure::usage(message).with_hint(format!("{flag} {}", quoted(meant))))
}

/// Whether a file is, by its name, a JPEG, a PNG or a GIF.
pub(crate) fn has_extension(file: &Path) -> bool {
    let extension = file.extension().unwrap_or_default().to_ascii_lowercase();
    EXTENSIONS.iter().any(|known| extension == *known)
}

fn nameless(out: &Path) -> Failure {
    Failure::usage(format!(
        "-o {}: standard input has no name for an avatar in a folder",
        escape::name(out)
    ))
    .with_hint("name a file, as in -o avatar.jpg")
}

pub(crate) fn ends_in_separator(path: &Path) -> bool {
    path.as_os_str()
        .as_encoded_bytes()
        .last()
        .is_some_and(|&last| std::path::is_separator(last.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photos(names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn one_photo_goes_to_a_file_and_several_to_a_folder() {
        let new = |out: &str, names: &[&str]| Destination::new(Path::new(out), &photos(names));
        assert_eq!(
            new("no/such.jpg", &["a.jpg"]),
            Ok(Destination::File("no/such.jpg".into()))
        );
        assert_eq!(
            new("no/such/", &["a.jpg"]),
            Ok(Destination::Folder("no/such/".into()))
        );
        assert_eq!(
            new("src", &["a.jpg"]),
            Ok(Destination::Folder("src".into()))
        );
        assert_eq!(
            new("no/such", &["a.jpg", "b.jpg"]),
            Ok(Destination::Folder("no/such".into()))
        );
        assert!(new("Cargo.toml", &["a.jpg", "b.jpg"]).is_err());
        assert!(new("src", &["-"]).is_err());
        assert!(new("-", &["a.jpg", "b.jpg"]).is_err());
    }

    #[test]
    fn a_name_decides_the_format_or_is_refused() {
        let named = |name: &str| Destination::File(name.into()).named_format();
        assert_eq!(named("a.JPG"), Ok(Some(FormatArg::Jpeg)));
        assert_eq!(named("a.jpeg"), Ok(Some(FormatArg::Jpeg)));
        assert_eq!(named("a.jfif"), Ok(Some(FormatArg::Jpeg)));
        assert_eq!(named("a.b.png"), Ok(Some(FormatArg::Png)));
        assert_eq!(named("png"), Ok(None));
        assert_eq!(named("a.avatar"), Ok(None));
        assert!(named("a.webp").is_err());
        assert_eq!(Destination::Folder("x.png".into()).named_format(), Ok(None));
    }
}
