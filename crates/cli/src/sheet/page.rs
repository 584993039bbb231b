//! The HTML of a sheet, part by part. All outside text goes through [`text`].

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use headshot_batch::Thumbnail;

use crate::claims::ours::{PAGE, PLANNED_PAGE};
use crate::sheet::row::{Outcome, Row};
use crate::terminal::escape;
use crate::terminal::plain_text;
use crate::terminal::record::Source;

/// The longer side of a picture on the page, in CSS pixels.
const SIDE: u32 = 96;

/// A flat photo is still something to see.
const NARROWEST: u32 = 4;

impl Outcome {
    /// Its word in the page's own names.
    fn class(self) -> &'static str {
        match self {
            Outcome::Failed => "failed",
            Outcome::NotTried => "not-tried",
            Outcome::Warned => "warned",
            Outcome::Fine => "fine",
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Outcome::Failed => "Failed",
            Outcome::NotTried => "Not tried",
            Outcome::Warned => "With warnings",
            Outcome::Fine => "Fine",
        }
    }
}

/// Everything before the first row. `counts` are in the order of [`Outcome::ALL`].
pub(crate) fn head(
    page: &mut impl Write,
    title: &str,
    planned: bool,
    counts: [usize; 4],
) -> io::Result<()> {
    let title = text(title);
    let mark = if planned { PLANNED_PAGE } else { "" };
    let all: usize = counts.iter().sum();
    // The policy is a second lock: everything is escaped already.
    write!(
        page,
        "{PAGE}{mark}\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src * data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>\n{}</style>\n</head>\n<body>\n\
         <h1>{title}</h1>\n<input type=\"radio\" name=\"show\" id=\"all\" checked><label for=\"all\">All {all}</label>\n",
        include_str!("sheet.css")
    )?;
    for (outcome, count) in Outcome::ALL.into_iter().zip(counts) {
        if (outcome, count) == (Outcome::NotTried, 0) {
            continue;
        }
        let (class, heading) = (outcome.class(), outcome.heading());
        let off = if count == 0 { " disabled" } else { "" };
        writeln!(
            page,
            "<input type=\"radio\" name=\"show\" id=\"{class}\"{off}><label for=\"{class}\">{heading} {count}</label>"
        )?;
    }
    writeln!(page, "<main>")
}

/// The rows of one outcome under a heading.
pub(crate) fn part(
    page: &mut dyn Write,
    outcome: Outcome,
    count: usize,
    rows: &mut File,
) -> io::Result<()> {
    if count == 0 {
        return Ok(());
    }
    let (class, heading) = (outcome.class(), outcome.heading());
    writeln!(
        page,
        "<section class=\"{class}\">\n<h2>{heading} <span>{count}</span></h2>"
    )?;
    io::copy(rows, page)?;
    writeln!(page, "</section>")
}

pub(crate) fn foot(page: &mut dyn Write) -> io::Result<()> {
    writeln!(page, "</main>\n</body>\n</html>")
}

/// One photo. `before`, `face` and `after` are addresses of pictures.
pub(crate) fn row(
    page: &mut impl Write,
    row: &Row,
    [before, face, after]: [Option<String>; 3],
) -> io::Result<()> {
    let record = row.record;
    let (width, height) = record.source.as_ref().map_or((SIDE, SIDE), shown_at);
    let class = if face.is_some() {
        " class=\"faced\""
    } else {
        ""
    };
    write!(page, "<article{class}>\n<figure>")?;
    picture(page, before, ("before", "photo"), width, height)?;
    if face.is_some() {
        write!(page, "</figure>\n<figure>")?;
        picture(page, face, ("face", "face"), width, height)?;
    }
    write!(page, "</figure>\n<figure>")?;
    picture(page, after, ("after", "avatar"), SIDE, SIDE)?;
    writeln!(page, "</figure>\n<div>\n<h3>{}</h3>", text(&record.photo))?;
    if let Some(about) = &row.about {
        writeln!(page, "<p class=\"about\">{}</p>", text(about))?;
    }
    let source = record.source.as_ref().map(plain_text::source);
    let avatar = record.avatar.as_ref().map(plain_text::made);
    let whole: Vec<_> = source.into_iter().chain(avatar).collect();
    if !whole.is_empty() {
        writeln!(page, "<p>{}</p>", text(&whole.join(" → ")))?;
    }
    for failure in row.failures {
        let hint = failure.hint.as_ref().map(|hint| format!(" ({hint})"));
        let failure = format!("{}{}", failure.message, hint.unwrap_or_default());
        writeln!(page, "<p class=\"error\">{}</p>", text(&failure))?;
    }
    for warning in &record.warnings {
        writeln!(page, "<p class=\"warning\">{}</p>", text(warning))?;
    }
    if !record.steps.is_empty() {
        let steps = text(&record.steps.join(" · "));
        writeln!(page, "<p class=\"steps\">{steps}</p>")?;
    }
    if let Some(output) = &record.output {
        writeln!(page, "<p class=\"steps\">{}</p>", text(output))?;
    }
    writeln!(page, "</div>\n</article>")
}

/// A picture is a background, because browsers load these with the rows that come into view. They take the lazy loading
/// of an `<img>` for pages from the network only, and of a page in a file would load all pictures at once.
fn picture(
    page: &mut impl Write,
    address: Option<String>,
    (when, caption): (&str, &str),
    width: u32,
    height: u32,
) -> io::Result<()> {
    match address {
        // Rows with a face have one picture more, so no line of headings would fit them all.
        Some(address) => write!(
            page,
            "<div role=\"img\" aria-label=\"{when}\" class=\"{when}\" \
             style=\"width:{width}px;height:{height}px;background-image:url({address}),var(--checks)\"></div>\
             <figcaption>{caption}</figcaption>"
        ),
        None => write!(page, "<span>nothing {when}</span>"),
    }
}

/// The size of a photo on the page. Its picture is a square with bars, which the page cuts off by showing the middle.
fn shown_at(photo: &Source) -> (u32, u32) {
    let longer = u64::from(photo.width.max(photo.height).max(1));
    let shown = |side: u32| {
        let side = u64::from(side) * u64::from(SIDE) + longer / 2;
        (side / longer).max(u64::from(NARROWEST)) as u32
    };
    (shown(photo.width), shown(photo.height))
}

/// Text as HTML, in an element or between quotes.
fn text(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in escape::text(text).chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

/// The name of a file as part of an address (RFC 3986), byte for byte.
pub(crate) fn percent(name: &OsStr) -> String {
    let mut address = String::new();
    for &byte in name.as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                address.push(byte.into());
            }
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address
}

/// A small picture itself as an address (RFC 2397).
pub(crate) fn data_url(picture: &Thumbnail) -> String {
    let kind = match picture.extension() {
        "jpg" => "jpeg",
        other => other,
    };
    format!("data:image/{kind};base64,{}", base64(&picture.bytes()))
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        // RFC 4648, section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }
}
