//! `audit`: the members of a workspace who have not uploaded a photo, from `users.list`, page by page.

use std::collections::HashSet;

use headshot_upload::{User, UsersQuery};
use serde::Serialize;

use crate::args::AuditArgs;
use crate::slack::Slack;
use crate::terminal::console::{self, Console};
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use crate::terminal::record::Status;
use crate::trace;

/// One member; the object of `--json`.
#[derive(Debug, Serialize)]
struct Member {
    id: String,
    name: String,
    real_name: String,
    /// `null` if Slack does not tell: that needs another scope.
    email: Option<String>,
    /// `null` if the profile does not tell.
    has_photo: Option<bool>,
}

/// The only object of `--json` if the list is incomplete.
#[derive(Debug, Serialize)]
struct Failed<'a> {
    status: Status,
    error: &'a Failure,
}

/// Everybody in the workspace.
#[derive(Debug, Default)]
struct Found {
    members: Vec<Member>,
    bots: usize,
    deleted: usize,
    warnings: Vec<String>,
}

pub(crate) fn run(args: &AuditArgs, console: &mut Console) -> Result<Exit, Failure> {
    let slack = Slack::new(&args.slack, &trace::network_alone(&args.slack)?)?;
    let found = match everybody(&slack, args.team.as_deref()) {
        Ok(found) => found,
        Err(failure) => {
            if args.json {
                let status = Status::Failed;
                console.json(&Failed {
                    status,
                    error: &failure,
                });
            }
            console::failed(None, &failure);
            return Ok(Exit::Failed);
        }
    };
    let summary = found.summary();
    let listed: Vec<_> = found
        .members
        .iter()
        .filter(|member| args.all || member.has_photo != Some(true))
        .collect();
    if args.json {
        listed.iter().for_each(|member| console.json(member));
    } else if args.csv {
        csv(&listed, console);
    } else {
        table(&listed, console);
    }
    for warning in &found.warnings {
        console::warning(None, warning);
    }
    console::remark(&summary);
    Ok(Exit::Done)
}

fn everybody(slack: &Slack, team: Option<&str>) -> Result<Found, Failure> {
    let mut found = Found::default();
    let mut seen = HashSet::new();
    let mut query = UsersQuery {
        team_id: team.map(str::to_owned),
        ..UsersQuery::default()
    };
    loop {
        let page = slack.wait(slack.client.users(&query))?;
        for warning in page.warnings {
            if !found.warnings.contains(&warning) {
                found.warnings.push(warning);
            }
        }
        page.value
            .items
            .into_iter()
            .for_each(|user| found.add(user));
        let Some(next) = page.value.next_cursor else {
            return Ok(found);
        };
        if !seen.insert(next.clone()) {
            let failure = Failure::new(
                "other",
                "users.list goes in a circle: Slack sent a page twice",
            );
            return Err(failure.with_hint("try again in a while; see slack-status.com"));
        }
        query.cursor = Some(next);
    }
}

impl Found {
    fn add(&mut self, user: User) {
        // Slack says that Slackbot is not a bot.
        let is_bot = user.is_bot == Some(true) || user.id.as_deref() == Some("USLACKBOT");
        if user.deleted == Some(true) {
            self.deleted += 1;
        } else if is_bot {
            self.bots += 1;
        } else {
            let profile = user.profile.unwrap_or_default();
            self.members.push(Member {
                has_photo: profile.has_photo(),
                id: user.id.unwrap_or_default(),
                name: user.name.unwrap_or_default(),
                real_name: user.real_name.or(profile.real_name).unwrap_or_default(),
                email: profile.email,
            });
        }
    }

    fn summary(&self) -> String {
        let count = |has_photo| {
            let members = self.members.iter();
            members
                .filter(|member| member.has_photo == has_photo)
                .count()
        };
        let unknown = match count(None) {
            0 => String::new(),
            unknown => format!(", {unknown} of whom Slack does not say"),
        };
        format!(
            "looked at {}: {} without an uploaded photo{unknown}; skipped {} and {}",
            counted(self.members.len(), "member"),
            count(Some(false)),
            counted(self.bots, "bot"),
            counted(self.deleted, "deactivated account")
        )
    }
}

impl Member {
    /// In the order of the headings.
    fn texts(&self) -> [&str; 5] {
        let photo = match self.has_photo {
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        };
        let email = self.email.as_deref().unwrap_or_default();
        [&self.id, &self.name, &self.real_name, email, photo]
    }
}

const HEADINGS: [&str; 5] = ["id", "name", "real_name", "email", "photo"];

fn table(members: &[&Member], console: &mut Console) {
    if members.is_empty() {
        return;
    }
    let lines = members.iter().map(|member| member.texts());
    let lines: Vec<_> = [HEADINGS].into_iter().chain(lines).collect();
    let lines: Vec<_> = lines.iter().map(|line| line.map(escape::text)).collect();
    let width = |column: usize| {
        let widths = lines.iter().map(|line| line[column].chars().count());
        widths.max().unwrap_or(0)
    };
    let widths: [usize; 5] = std::array::from_fn(width);
    for line in &lines {
        let cells = line.iter().zip(widths);
        let cells: Vec<_> = cells
            .map(|(text, width)| format!("{text:<width$}"))
            .collect();
        console.line(cells.join("  ").trim_end());
    }
}

/// RFC 4180, with one line per member: control characters are escaped, so that no field holds a line end.
fn csv(members: &[&Member], console: &mut Console) {
    console.line(HEADINGS.join(","));
    for member in members {
        console.line(member.texts().map(cell).join(","));
    }
}

fn cell(text: &str) -> String {
    let mut text = escape::text(text);
    // Anybody can choose any name, and a spreadsheet would run it.
    if text.starts_with(['=', '+', '-', '@']) {
        text.insert(0, '\'');
    }
    if text.contains([',', '"']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn counted(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_escaped_and_harmless() {
        for (text, expected) in [
            ("Maya Moreau", "Maya Moreau"),
            ("Moreau, Maya", "\"Moreau, Maya\""),
            ("the \"boss\"", "\"the \"\"boss\"\"\""),
            ("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\""),
            ("-1", "'-1"),
            ("@sum", "'@sum"),
            ("a\nb\x1b[31m", "a\\nb\\u{1b}[31m"),
            ("", ""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }

    #[test]
    fn bots_and_the_gone_are_counted_and_left_out() {
        let users = r#"[
            {"id":"U1","name":"ann","profile":{"real_name":"Ann","avatar_hash":"g1","email":"ann@example.com"}},
            {"id":"U2","name":"bob","real_name":"Bob","profile":{"avatar_hash":"0123456789ab"}},
            {"id":"U3","name":"cy","profile":{}},
            {"id":"U4","is_bot":true,"profile":{"avatar_hash":"g2"}},
            {"id":"USLACKBOT","is_bot":false,"profile":{"avatar_hash":"g3"}},
            {"id":"U5","deleted":true,"is_bot":true,"profile":{"avatar_hash":"g4"}}]"#;
        let mut found = Found::default();
        for user in serde_json::from_str::<Vec<User>>(users).unwrap() {
            found.add(user);
        }
        let texts: Vec<_> = found.members.iter().map(Member::texts).collect();
        assert_eq!(
            texts,
            [
                ["U1", "ann", "Ann", "ann@example.com", "no"],
                ["U2", "bob", "Bob", "", "yes"],
                ["U3", "cy", "", "", "unknown"],
            ]
        );
        assert_eq!(
            found.summary(),
            "looked at 3 members: 1 without an uploaded photo, 1 of whom Slack does not say; \
            skipped 2 bots and 1 deactivated account"
        );
    }
}
