//! The files that a run writes under names from the user: the journal, the report and the page, claimed before anything
//! is written.

use std::path::{Path, PathBuf};

use crate::args::SetArgs;
use crate::claims::{Claims, Target};
use crate::files::input::is_dash;
use crate::set::manifest::report::Report;
use crate::set::manifest::source::Source;
use crate::set::manifest::tokens::Held;
use crate::sheet::Sheet;
use crate::slack::network::Network;
use crate::terminal::failure::Failure;
use crate::trace;

/// The journal: beside the manifest unless the user names it.
pub(crate) fn journal_file(args: &SetArgs, manifest: &Path) -> PathBuf {
    if let Some(path) = &args.many.journal {
        return path.clone();
    }
    let mut name = manifest.as_os_str().to_owned();
    name.push(".headshot-journal");
    PathBuf::from(name)
}

/// Checks that report, page and trace replace nothing but others of their kind, and begins the trace.
pub(crate) fn claim(
    args: &SetArgs,
    manifest: &Path,
    journal_file: &Path,
    rows: &[Held],
) -> Result<(Option<Report>, Option<Target>, Network), Failure> {
    for (flag, file) in [
        ("--journal", &args.many.journal),
        ("--sheet", &args.many.sheet),
    ] {
        if file.as_deref().is_some_and(is_dash) {
            let message = format!("{flag} -: it is a file, and cannot be standard output");
            return Err(Failure::usage(message).with_hint("give it a name"));
        }
    }
    let mut claims = Claims::default();
    claims.read("the manifest", manifest);
    if let Some(file) = &args.many.directory_token_file {
        claims.read("the token in", file);
    }
    if let Some(file) = &args.slack.token_file {
        claims.read("the token in", file);
    }
    for (row, _) in rows {
        claims.read("the photo", &row.photo);
        if let Source::File(token) = &row.token {
            claims.read("the token in", token);
        }
    }
    claims.write("the journal", journal_file);
    let planned = args.dry_run || args.many.check;
    let report = match &args.many.report {
        Some(file) => Some(Report::new(file, planned, &mut claims)?),
        None => None,
    };
    let sheet = match &args.many.sheet {
        Some(file) => {
            has_pictures(args)?;
            Some(Sheet::claim(file, rows.len(), planned, &mut claims)?)
        }
        None => None,
    };
    if let Some(sheet) = &sheet {
        sheet.prepare()?;
    }
    let network = trace::network(&args.slack, &mut claims)?;
    Ok((report, sheet, network))
}

/// Refuses a page of runs that look at no photo.
fn has_pictures(args: &SetArgs) -> Result<(), Failure> {
    let (flag, why, hint) = match (args.many.check, &args.restore) {
        (true, _) => (
            "--check",
            "looks at no photo",
            "--dry-run draws the page and posts nothing",
        ),
        (false, Some(_)) => (
            "--restore",
            "posts none of the photos in the manifest",
            "--report FILE says what became of each row",
        ),
        (false, None) => return Ok(()),
    };
    let message = format!("--sheet shows photos beside their avatars, but a run with {flag} {why}");
    Err(Failure::usage(message).with_hint(hint))
}
