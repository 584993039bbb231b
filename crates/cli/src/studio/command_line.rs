//! The command that makes the same avatar, to be copied into a shell.

use std::path::Path;

use headshot_batch::choices::Choice;
use headshot_core::Format;

use crate::terminal::quoted::quoted;

/// `headshot normalize PHOTO ... -o OUT`, as bash, zsh and the shells on a Mac read it. Without `out`, the avatar gets its own name
/// in the current folder.
pub(super) fn normalize(
    photo: &Path,
    choice: &Choice,
    out: Option<&Path>,
    format: Format,
) -> String {
    let mut words = vec!["headshot".to_owned(), "normalize".to_owned(), file(photo)];
    // A name for another format than JPEG contradicts a quality.
    let takes = |flag: &str| flag != "quality" || format == Format::Jpeg;
    for (flag, value) in choice.flags().into_iter().filter(|(flag, _)| takes(flag)) {
        words.push(format!("--{flag}"));
        words.push(quoted(&value));
    }
    words.push("-o".to_owned());
    words.push(match out {
        Some(out) => file(out),
        None => {
            let mut name = photo.file_stem().unwrap_or_default().to_owned();
            name.push(match format {
                Format::Jpeg => "-avatar.jpg",
                Format::Gif => "-avatar.gif",
                _ => "-avatar.png",
            });
            file(Path::new(&name))
        }
    });
    words.join(" ")
}

/// A file name that cannot be taken for a flag.
fn file(path: &Path) -> String {
    if path.as_os_str().as_encoded_bytes().starts_with(b"-") {
        quoted(Path::new(".").join(path))
    } else {
        quoted(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(photo: &str, choice: &str, out: Option<&str>) -> String {
        let choice = serde_json::from_str(choice).unwrap();
        normalize(Path::new(photo), &choice, out.map(Path::new), Format::Png)
    }

    #[test]
    fn a_quality_is_only_for_a_jpeg() {
        let photo = Path::new("me.jpg");
        let choice = serde_json::from_str(r#"{"fit":"cover","quality":70}"#).unwrap();
        for (format, expected) in [
            (
                Format::Jpeg,
                "headshot normalize me.jpg --fit cover --quality 70 -o me-avatar.jpg",
            ),
            (
                Format::Png,
                "headshot normalize me.jpg --fit cover -o me-avatar.png",
            ),
        ] {
            assert_eq!(normalize(photo, &choice, None, format), expected);
        }
    }

    #[test]
    fn the_line_says_what_was_chosen() {
        let crop =
            r#"{"fit":"crop","crop":{"x":11,"y":22,"side":333},"rotate":90,"background":"blur"}"#;
        assert_eq!(
            line("people/ann.jpg", crop, Some("out.png")),
            "headshot normalize people/ann.jpg --crop 11,22,333 --background blur --rotate 90 -o out.png"
        );
        assert_eq!(
            line(
                "-ann's cat.jpg",
                r##"{"fit":"face","background":"#123456"}"##,
                None
            ),
            r"headshot normalize './-ann'\''s cat.jpg' --fit face --background '#123456' -o './-ann'\''s cat-avatar.png'"
        );
        assert_eq!(
            line("a\n$(b).jpg", r#"{"fit":"cover"}"#, None),
            r"headshot normalize $'a\x0a$(b).jpg' --fit cover -o $'a\x0a$(b)-avatar.png'"
        );
    }
}
