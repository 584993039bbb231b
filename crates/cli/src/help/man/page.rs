//! One page of the manual: what clap_mangen makes of a command, and the sections that a manual page should have.

use std::io;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, roman};

use crate::help::{definition, exit_status};
use crate::terminal::failure::Failure;

/// How manifests work: too much for `set --help`.
const MANIFEST: &str = "Many people: --manifest FILE.csv sets a photo for each row. The first line names the columns: \
photo; token, which says where the person's token is (env:NAME, file:PATH, login:USER_ID or, with --allow-commands, \
cmd:PROGRAM ARG...); and, optionally, user_id or email, which must match the token's owner; crop_x, crop_y, crop_w, in pixels of the \
upright photo; and fit, face, face_fallback, gravity, background, format, quality and rotate, which replace the options of these \
names. Paths are relative to the manifest.\n\n\
headshot records each post, before and after, in FILE.csv.headshot-journal, or in the file that --journal names. Run the same \
command again to go on where it stopped: it does not repeat what was set, and posts again if the photo, the options or the \
crop has changed. If a post got no answer, the profile shows what became of it. No part of a token is written down.\n\n\
--dry-run checks every row, reports each problem with its line number, and posts nothing. --sheet FILE.html makes a page with \
each photo beside its avatar, the person and the outcome, problems first.\n\n\
As an administrator: --via scim sets the photos of all rows with one token, from --token-file, that has the scope admin. The \
columns are the same without token, and user_id or email is needed. One photo must show before the others are submitted. This is experimental; an identity \
provider may overwrite the photos, and people may find that they can no longer change theirs.";

/// `headshot-profile-set`
pub(super) fn name(command: &Command) -> String {
    let name = command.get_display_name();
    name.unwrap_or_else(|| command.get_name()).to_owned()
}

/// The page of a command; `whole` is the command above all.
pub(super) fn render(command: &Command, whole: &Command) -> Result<String, Failure> {
    let failed = |error: io::Error| Failure::io("internal", "the page cannot be made", &error);
    let man = Man::new(command.clone())
        .source(concat!("headshot ", env!("CARGO_PKG_VERSION")))
        .manual("headshot manual");
    let mut page = Vec::new();
    man.render_title(&mut page).map_err(failed)?;
    // Each part begins with the same two lines.
    let begin = page.len();
    let title = String::from_utf8_lossy(&page).into_owned();
    let preamble = title.split(".TH").next().unwrap_or_default().to_owned();
    man.render_name_section(&mut page).map_err(failed)?;
    man.render_synopsis_section(&mut page).map_err(failed)?;
    man.render_description_section(&mut page).map_err(failed)?;
    let after = command.get_after_help().map(ToString::to_string);
    let (examples, rest) = definition::parts(after.as_deref().unwrap_or_default());
    let mut more = Roff::new();
    text(&mut more, rest);
    if name(command) == "headshot-set" {
        text(&mut more, MANIFEST);
    }
    more.to_writer(&mut page).map_err(failed)?;
    if command.get_arguments().next().is_some() {
        man.render_options_section(&mut page).map_err(failed)?;
    }
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page).map_err(failed)?;
    }
    sections(command, whole, &examples)
        .to_writer(&mut page)
        .map_err(failed)?;
    let parts = String::from_utf8_lossy(&page[begin..]).replace(&preamble, "");
    Ok(title + &parts)
}

/// Paragraphs, separated by empty lines; indented lines stay as they are.
fn text(roff: &mut Roff, text: &str) {
    for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        roff.control("PP", []);
        let mut is_table = false;
        for line in paragraph.lines() {
            if line.starts_with(' ') != is_table {
                is_table = !is_table;
                roff.control(if is_table { "nf" } else { "fi" }, []);
            }
            roff.text([roman(line)]);
        }
        if is_table {
            roff.control("fi", []);
        }
    }
}

fn sections(command: &Command, whole: &Command, examples: &[&str]) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    for example in examples {
        roff.control("PP", []);
        roff.text([bold(*example)]);
    }
    roff.control("SH", ["EXIT STATUS"]);
    let is_whole = command.get_name() == whole.get_name();
    let full = name(command);
    for (status, what) in exit_status::of(full.strip_prefix("headshot-")) {
        entry(&mut roff, bold(status.to_string()), what);
    }
    let has = |id: &str| command.get_arguments().any(|arg| arg.get_id() == id);
    let is_slack = has("base_url") || is_whole;
    let is_kept = is_slack || name(command).starts_with("headshot-backups");
    roff.control("SH", ["ENVIRONMENT"]);
    if is_slack {
        let what = "The user token (xoxp-...), if you give no --token-file.";
        entry(&mut roff, bold("SLACK_TOKEN"), what);
    }
    if is_kept {
        let what = "The folder for logins, backups and notes about people, instead of $XDG_STATE_HOME/headshot.";
        entry(&mut roff, bold("HEADSHOT_STATE"), what);
    }
    let what =
        "Any value turns colors off; CLICOLOR_FORCE=1 turns them on even without a terminal.";
    entry(&mut roff, bold("NO_COLOR"), what);
    let batch = (
        "OUT/.headshot/",
        "The journal of an output folder: which photo and options each avatar was made from.",
    );
    let journal = (
        "CSV.headshot-journal",
        "What was posted from a manifest. It holds no part of a token.",
    );
    let state = (
        "~/.local/state/headshot/",
        "For each person: backups of replaced photos, what was set last, and the tokens of headshot login.",
    );
    let files = [
        (has("from_file") || is_whole, batch),
        (has("manifest") || is_whole, journal),
        (is_kept, state),
    ];
    if files.iter().any(|(applies, _)| *applies) {
        roff.control("SH", ["FILES"]);
    }
    for (_, (file, what)) in files.iter().filter(|(applies, _)| *applies) {
        entry(&mut roff, bold(*file), what);
    }
    roff.control("SH", ["SEE ALSO"]);
    let mut others = Vec::new();
    let all = std::iter::once(whole).chain(whole.get_subcommands());
    for other in all.chain(command.get_subcommands().filter(|_| !is_whole)) {
        let other = name(other);
        if other == name(command) {
            continue;
        }
        if !others.is_empty() {
            others.push(roman(", "));
        }
        others.extend([bold(other), roman("(1)")]);
    }
    roff.text(others);
    roff
}

/// A word and what it is, indented below it.
fn entry(roff: &mut Roff, word: Inline, what: &str) {
    roff.control("TP", []);
    roff.text([word]);
    roff.text([roman(what)]);
}
