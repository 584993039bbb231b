//! The rows of a manifest: CSV in; one photo and one person per row out, or every problem with its line number.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use csv::{Position, ReaderBuilder, StringRecord, Trim};
use headshot_batch::choices::{Choice, ChosenFit};
use headshot_core::CropBox;

use crate::files::input::is_dash;
use crate::photo::image_args::FitArg;
use crate::set::manifest::headings::{self, COLUMNS, OPTIONS, Whose, wrong};
use crate::set::manifest::source::{Source, source};
use crate::slack::person::is_user_id;
use crate::slack::token;
use crate::terminal::escape;
use crate::terminal::failure::Failure;

/// One photo for one person.
#[derive(Debug, PartialEq)]
pub(crate) struct Row {
    /// Where it begins in the file, from 1.
    pub(crate) line: u64,
    /// As it is written there, and where that is.
    pub(crate) name: String,
    pub(crate) photo: PathBuf,
    pub(crate) token: Source,
    /// Who it is for, as far as the manifest says: an ID like `U012AB3CD`, an e-mail address.
    pub(crate) user_id: Option<String>,
    pub(crate) email: Option<String>,
    /// What its columns ask for.
    pub(crate) columns: Choice,
}

/// A manifest that was understood.
#[derive(Debug, PartialEq)]
pub(crate) struct Rows {
    pub(crate) rows: Vec<Row>,
    pub(crate) warnings: Vec<String>,
}

/// What is wrong, and on which line, if it is about one.
pub(crate) type Problem = (Option<u64>, Failure);

/// Many times the size of a manifest for every person of the largest workspace.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Reads and checks all of it. Paths are relative to the folder that the manifest is in.
pub(crate) fn read(manifest: &Path, whose: Whose) -> Result<Rows, Vec<Problem>> {
    let unreadable = |message: &str| vec![(None, Failure::new("manifest", message))];
    let failed = |error| vec![(None, Failure::io("manifest", "cannot be read", &error))];
    if is_dash(manifest) {
        return Err(unreadable(
            "cannot be the manifest: save it as a file, so that its journal can be next to it",
        ));
    }
    // Asked before opening: a device has no end, and a pipe is waited for.
    match fs::metadata(manifest).map_err(failed)? {
        found if found.is_dir() => return Err(unreadable("is a folder, not a file")),
        found if !found.is_file() => {
            return Err(unreadable("is a pipe or a device, not a file"));
        }
        _ => {}
    }
    let mut bytes = Vec::new();
    File::open(manifest)
        .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() as u64 > LONGEST {
        let most = LONGEST / 1024 / 1024;
        return Err(unreadable(&format!("has more than {most} MiB: split it")));
    }
    let folder = manifest.parent().unwrap_or(Path::new(""));
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(unreadable("is UTF-16: save it as CSV in UTF-8"));
    }
    parse(bytes, folder, whose)
}

fn parse(bytes: &[u8], folder: &Path, whose: Whose) -> Result<Rows, Vec<Problem>> {
    if let Err((line, message)) = quotes(bytes) {
        let failure = wrong(message);
        let failure = failure.with_hint("write a quote in a quoted field twice");
        return Err(vec![(Some(line), failure)]);
    }
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .trim(Trim::Headers)
        .from_reader(bytes);
    let headers = reader
        .headers()
        .map_err(|error| vec![(Some(1), broken(&error))])?
        .clone();
    let mut problems: Vec<_> = headings::judge(&headers, whose)
        .into_iter()
        .map(|failure| (Some(1), failure))
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let warnings = headings::unused(&headers, whose);
    let mut rows = Vec::new();
    let mut lines = Lines::of(bytes);
    for record in reader.records() {
        let record = match record {
            // What spreadsheets leave below the last row.
            Ok(record) if record.iter().all(|field| field.trim().is_empty()) => continue,
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map(|position| lines.at(position));
                problems.push((line, broken(&error)));
                continue;
            }
        };
        let line = record.position().map_or(0, |position| lines.at(position));
        match row(&headers, &record, line, folder, whose) {
            Ok(row) => rows.push(row),
            Err(failure) => problems.push((Some(line), failure)),
        }
    }
    if problems.is_empty() && rows.is_empty() {
        let failure = wrong("there is no row below the first line");
        problems.push((None, failure));
    }
    if problems.is_empty() {
        Ok(Rows { rows, warnings })
    } else {
        Err(problems)
    }
}

fn row(
    headers: &StringRecord,
    record: &StringRecord,
    line: u64,
    folder: &Path,
    whose: Whose,
) -> Result<Row, Failure> {
    if record.len() != headers.len() {
        let (found, expected) = (record.len(), headers.len());
        let failure = wrong(format!(
            "fields: {found}, and the first line has {expected}"
        ));
        return Err(failure.with_hint("put a field with a comma in it in double quotes"));
    }
    let field = |name: &str| {
        let index = headers.iter().position(|header| header == name)?;
        record.get(index).filter(|field| !field.trim().is_empty())
    };
    for name in COLUMNS {
        // A wrong variable name is reported below, and not repeated either.
        if name != "token_env"
            && let Some(value) = field(name)
            && looks_like_a_token(name, value, folder)
        {
            return Err(misplaced(name));
        }
    }
    let photo = field("photo").ok_or_else(|| wrong("there is no photo"))?;
    let token = if whose == Whose::Admins {
        Source::Admin
    } else {
        let [token, env, file] = ["token", "token_env", "token_file"].map(&field);
        source(token, env, file, folder)?
    };
    let number = |name: &str| match field(name) {
        None => Ok(None),
        Some(text) => match text.trim().parse::<u32>() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(wrong(format!(
                "{name} is \"{}\", but must be a whole number of pixels",
                escape::text(text)
            ))),
        },
    };
    let crop = match (number("crop_x")?, number("crop_y")?, number("crop_w")?) {
        (None, None, None) => None,
        (_, _, Some(0)) => return Err(wrong("crop_w is 0 pixels, and must be at least 1")),
        (Some(x), Some(y), Some(side)) => Some(CropBox { x, y, side }),
        _ => return Err(wrong("a crop needs all of crop_x, crop_y and crop_w")),
    };
    let mut columns = Choice {
        fit: crop.map(|_| ChosenFit::Crop),
        crop,
        ..Choice::default()
    };
    columns.fit = match field("fit").map(|text| FitArg::from_str(text.trim(), true)) {
        None => columns.fit,
        Some(Ok(_)) if crop.is_some() => {
            return Err(wrong("there is both a crop and a fit: give one"));
        }
        Some(Ok(fit)) => Some(fit.chosen()),
        Some(Err(_)) => return Err(wrong("fit must be face, cover or contain")),
    };
    for name in OPTIONS {
        if let Some(text) = field(name) {
            let text = escape::text(text.trim());
            columns.read(name, &text).map_err(wrong)?;
        }
    }
    columns.check().map_err(wrong)?;
    let given = |name: &str| field(name).map(|text| text.trim().to_owned());
    let (user_id, email) = (given("user_id"), given("email"));
    let has = |name: &str| headers.iter().any(|header| header == name);
    let is_promised = has("user_id") || has("email");
    if user_id.is_none() && email.is_none() && is_promised {
        let failure =
            wrong("it does not say who it is for, but the first line has a column for that");
        return Err(failure.with_hint("fill in user_id or email, or leave the column out"));
    }
    if let Some(id) = &user_id
        && !is_user_id(id)
    {
        let message = format!("user_id is \"{}\", which is not an ID", escape::text(id));
        return Err(wrong(message).with_hint("an ID looks like U012AB3CD; audit lists them"));
    }
    if email.as_ref().is_some_and(|email| !email.contains('@')) {
        return Err(wrong("email is not an e-mail address"));
    }
    Ok(Row {
        line,
        name: photo.to_owned(),
        photo: folder.join(photo),
        token,
        user_id,
        email,
        columns,
    })
}

/// Whether this column holds a token. A file may have any name.
fn looks_like_a_token(name: &str, value: &str, folder: &Path) -> bool {
    let file = match name {
        "photo" | "token_file" => Some(value),
        "token" => value.trim().strip_prefix("file:"),
        _ => None,
    };
    let is_file = file.is_some_and(|file| folder.join(file).exists());
    token::is_like(value) && !is_file
}

/// The value is not repeated.
fn misplaced(name: &str) -> Failure {
    let belongs = match name {
        "photo" | "token_file" => "the name of a file belongs there",
        "token" => "env:NAME, file:PATH or login:USER_ID belongs there",
        "user_id" => "an ID like U012AB3CD belongs there",
        "email" => "an e-mail address belongs there",
        "fit" => "face, cover or contain belongs there",
        name if OPTIONS.contains(&name) => "what the flag of that name takes belongs there",
        _ => "a whole number of pixels belongs there",
    };
    let message = format!("the value of {name} looks like a token: {belongs}");
    let hint = "a manifest says where tokens are and never holds one: check the order of its columns, and revoke the token if it is a real one";
    wrong(message).with_hint(hint)
}

/// Makes sure that every quoted field is closed, and closed where a field may end: an open one swallows the rows after it.
fn quotes(bytes: &[u8]) -> Result<(), (u64, &'static str)> {
    let mut line = 1;
    let mut opened = None;
    let mut is_start = true;
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        line += u64::from(byte == b'\n');
        match opened {
            Some(_) if byte == b'"' && rest.peek() == Some(&b'"') => {
                rest.next();
            }
            Some(begun) if byte == b'"' => match rest.peek() {
                None | Some(b',' | b'\r' | b'\n') => opened = None,
                Some(_) => {
                    return Err((
                        begun,
                        "the quoted field that begins on this line goes on after its closing quote",
                    ));
                }
            },
            Some(_) => {}
            None if byte == b'"' && is_start => opened = Some(line),
            None => is_start = matches!(byte, b',' | b'\r' | b'\n'),
        }
        if opened.is_some() {
            is_start = false;
        }
    }
    match opened {
        Some(begun) => Err((
            begun,
            "the quoted field that begins on this line has no closing quote",
        )),
        None => Ok(()),
    }
}

/// Counts lines up to positions that only go forward. The reader's own count is late by one after `\r\n`.
struct Lines<'a> {
    /// The part that has not been counted yet, and where it begins.
    rest: &'a [u8],
    start: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn of(bytes: &'a [u8]) -> Lines<'a> {
        Lines {
            rest: bytes,
            start: 0,
            line: 1,
        }
    }

    /// The line, from 1, of the first character at or behind this position that ends none.
    fn at(&mut self, position: &Position) -> u64 {
        let ahead = (position.byte() as usize).saturating_sub(self.start);
        let ahead = ahead.min(self.rest.len());
        let ends = self.rest[ahead..].iter();
        let ends = ends.take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let (before, rest) = self.rest.split_at(ahead + ends.count());
        self.line += before.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.start += before.len();
        self.rest = rest;
        self.line
    }
}

fn broken(error: &csv::Error) -> Failure {
    let failure = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => wrong("this line is not UTF-8"),
        _ => wrong("this is not CSV"),
    };
    failure.with_hint("save it as CSV in UTF-8")
}

#[cfg(test)]
mod tests;
