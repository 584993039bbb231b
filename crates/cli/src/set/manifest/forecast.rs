//! What is printed before a run's first photo: how much there is to do, and how long it will take.

use std::path::Path;

use crate::args::SetArgs;
use crate::set::manifest::journal::Past;
use crate::set::manifest::tokens::Held;
use crate::set::manifest::{owners, scim};
use crate::terminal::console;

/// Says how much there is to do and how long it will take.
pub(super) fn say(rows: &[Held], past: &Past, args: &SetArgs, journal_file: &Path) {
    if past.unknown > 0 {
        let text = match past.unknown {
            1 => "1 line is of an unknown kind and is left alone".to_owned(),
            count => format!("{count} lines are of an unknown kind and are left alone"),
        };
        console::warning(Some(journal_file), &text);
    }
    let count = rows.iter().filter(|(_, holder)| holder.is_ok()).count();
    if count == 0 || args.dry_run {
        return;
    }
    let is_by_admin = args.many.via.is_some();
    let a_minute = if is_by_admin {
        scim::warn();
        scim::A_MINUTE
    } else {
        owners::A_MINUTE
    };
    let photos = if count == 1 { "photo" } else { "photos" };
    let is_slack = args.slack.base_url.starts_with("https://");
    let time = if is_slack {
        format!(
            ": about {} at {} a minute, if all have to be posted",
            owners::minutes(owners::turn(count, a_minute)),
            a_minute
        )
    } else {
        String::new()
    };
    let fresh = if past.is_empty() && args.restore.is_none() {
        "; the journal is new: a photo is posted unless the profile already shows it"
    } else {
        ""
    };
    console::remark(&format!("{count} {photos}{time}{fresh}"));
}
