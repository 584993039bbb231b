//! What each command's exit status means, for `--help` and the manual.

use crate::terminal::exit::Exit;

/// The columns of a help, and those before the meaning of a status.
const WIDTH: usize = 80;
const BEGIN: usize = 6;

/// The statuses of a command, as `profile-set`, and what they mean; without a name, those of the whole program.
pub(super) fn of(name: Option<&str>) -> Vec<(u8, &'static str)> {
    let failed = match name {
        Some("audit") => "the list is incomplete, and none of it was printed",
        Some("profile" | "profile-set" | "delete" | "login" | "logout") => "the call failed",
        Some("normalize") => "something failed, or a file of yours was in the way; each is named",
        Some("inspect") => "a photo failed; each is named",
        None | Some("set") => "a photo or a call failed; each is named",
        Some(_) => "failed; the message says why",
    };
    let mut statuses = vec![
        (Exit::Done, "done"),
        (Exit::Failed, failed),
        (
            Exit::NotStarted,
            "nothing was started: an argument, a token or an output location is wrong",
        ),
    ];
    if name == Some("set") || name.is_none() {
        let what = "photos sent through SCIM do not show yet; the same command looks again";
        statuses.push((Exit::Unsettled, what));
    }
    match name {
        None | Some("set") => {
            let what = "stopped by a problem that every other photo would meet, such as Slack out of reach, a full disk, \
                or a first photo sent through SCIM that does not show; the same command goes on from there";
            statuses.push((Exit::Stopped, what));
        }
        Some("normalize") => {
            let what = "stopped by a problem that every other photo would meet, such as a full disk; \
                the same command goes on from there";
            statuses.push((Exit::Stopped, what));
        }
        Some(_) => {}
    }
    if matches!(name, None | Some("set" | "normalize")) {
        let what = "stopped by Ctrl-C; the same command goes on from there";
        statuses.push((Exit::Interrupted, what));
    }
    if name == Some("studio") {
        let what = "stopped by Ctrl-C during Make all, which goes on from there next time";
        statuses.push((Exit::Interrupted, what));
    }
    statuses
        .into_iter()
        .map(|(exit, what)| (exit.status(), what))
        .collect()
}

/// The same as a table, for the end of a help.
pub(super) fn sentence(name: Option<&str>) -> String {
    let mut text = "Exit status:".to_owned();
    for (status, what) in of(name) {
        text.push_str(&format!("\n  {status:<4}"));
        let mut column = BEGIN;
        for word in what.split(' ') {
            if column + 1 + word.len() > WIDTH {
                text.push('\n');
                text.push_str(&" ".repeat(BEGIN));
                column = BEGIN;
            }
            text.push(' ');
            text.push_str(word);
            column += 1 + word.len();
        }
    }
    text
}
