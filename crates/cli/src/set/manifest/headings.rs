//! The first line of a manifest: the names of its columns, and what is wrong with them.

use csv::StringRecord;

use crate::slack::token;
use crate::terminal::escape;
use crate::terminal::failure::Failure;

/// Columns of options of a photo that have the names of their flags.
pub(super) const OPTIONS: [&str; 7] = [
    "face",
    "face_fallback",
    "gravity",
    "background",
    "format",
    "quality",
    "rotate",
];

pub(super) const COLUMNS: [&str; 17] = [
    "photo",
    "token",
    "token_env",
    "token_file",
    "user_id",
    "email",
    "crop_x",
    "crop_y",
    "crop_w",
    "fit",
    "face",
    "face_fallback",
    "gravity",
    "background",
    "format",
    "quality",
    "rotate",
];

const NAMES: &str = "its columns are photo, token (or token_env or token_file), and optionally user_id or email, crop_x, crop_y, crop_w, fit, face, face_fallback, gravity, background, format, quality and rotate";
const NAMES_FOR_ADMIN: &str = "with --via scim its columns are photo, user_id or email, and optionally crop_x, crop_y, crop_w, fit, face, face_fallback, gravity, background, format, quality and rotate";

/// Whose token posts a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// That of the person, which the row names.
    Theirs,
    /// That of an administrator, the same for all.
    Admins,
}

/// What is wrong with the names of the columns.
pub(super) fn judge(headers: &StringRecord, whose: Whose) -> Vec<Failure> {
    let names = match whose {
        Whose::Theirs => NAMES,
        Whose::Admins => NAMES_FOR_ADMIN,
    };
    let has = |name: &str| headers.iter().any(|header| plain(header) == plain(name));
    let mut failures = Vec::new();
    if headers.is_empty() {
        failures.push(wrong("it is empty").with_hint(names));
        return failures;
    }
    let secret = headers.iter().position(token::is_like);
    if let Some(index) = secret {
        let column = index + 1;
        let message = format!("the name of column {column} looks like a token");
        let hint = format!("{names}; never put a token in a manifest");
        failures.push(wrong(message).with_hint(hint));
        return failures;
    }
    if headers.len() == 1 && headers[0].contains([';', '\t']) {
        failures.push(wrong("its columns are not separated by commas").with_hint(names));
        return failures;
    }
    // If it were ignored, so would be what it asks for, such as a check of who a row is for.
    for header in headers {
        let meant = |name: &&&str| plain(name) == plain(header) && **name != header;
        if let Some(name) = COLUMNS.iter().find(meant) {
            let message = format!("the column \"{}\" is not {name}", escape::text(header));
            failures.push(wrong(message).with_hint(format!("write it as {name}")));
        }
    }
    if !has("photo") {
        failures.push(wrong("there is no column photo").with_hint(names));
    }
    if whose == Whose::Admins && !has("user_id") && !has("email") {
        let failure = wrong("there is no column user_id or email");
        failures.push(failure.with_hint(names));
    }
    let is_named = has("token_env") || has("token_file") || has("token");
    if whose == Whose::Theirs && !is_named {
        let failure = wrong("there is no column token, token_env or token_file");
        failures.push(failure.with_hint(names));
    }
    let crops = ["crop_x", "crop_y", "crop_w"];
    if crops.iter().any(|name| has(name)) {
        for missing in crops.iter().filter(|name| !has(name)) {
            let message =
                format!("there is no column {missing}: a crop needs crop_x, crop_y and crop_w");
            failures.push(wrong(message));
        }
    }
    for name in COLUMNS {
        if headers.iter().filter(|header| *header == name).count() > 1 {
            failures.push(wrong(format!("there are two columns {name}")));
        }
    }
    failures
}

/// Says which columns are left alone.
pub(super) fn unused(headers: &StringRecord, whose: Whose) -> Vec<String> {
    let is_used = |name: &&str| {
        let is_token = ["token", "token_env", "token_file"].contains(name);
        COLUMNS.contains(name) && !(is_token && whose == Whose::Admins)
    };
    let unused = headers.iter().filter(|name| !is_used(name));
    unused
        .map(|name| format!("the column \"{}\" is not used", escape::text(name)))
        .collect()
}

/// What is wrong with a manifest.
pub(super) fn wrong(message: impl Into<String>) -> Failure {
    Failure::new("manifest", message)
}

/// The name without the parts that people vary: case, spaces, dashes, underscores, and invisible characters of zero
/// width.
fn plain(name: &str) -> String {
    let is_kept = |c: &char| {
        let is_dash = matches!(c, '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}');
        !c.is_whitespace() && !is_dash && !escape::is_unsafe(*c)
    };
    name.chars()
        .filter(is_kept)
        .collect::<String>()
        .to_lowercase()
}
