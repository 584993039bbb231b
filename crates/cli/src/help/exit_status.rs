//! What each command's exit status means, for `--help` and the manual.

use crate::terminal::exit::Exit;

/// The statuses of a command, as `profile-set`, and what they mean; without a name, those of the whole program.
pub(super) fn of(name: Option<&str>) -> Vec<(u8, &'static str)> {
    let failed = match name {
        Some("audit") => "the list is incomplete, and none of it was printed",
        Some("profile" | "profile-set" | "delete" | "login" | "logout") => "the call failed",
        _ => "a photo or a call failed; each is named",
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
        Some("set") => statuses.push((
            Exit::Stopped,
            "Slack could not be reached; the same command goes on from there",
        )),
        Some("normalize") => statuses.push((
            Exit::Stopped,
            "the disk is full; the same command goes on from there",
        )),
        None => statuses.push((
            Exit::Stopped,
            "a full disk, or Slack out of reach; the same command goes on from there",
        )),
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
    let lines = of(name)
        .into_iter()
        .map(|(status, what)| format!("\n  {status:<4} {what}"));
    format!("Exit status:{}", lines.collect::<String>())
}
