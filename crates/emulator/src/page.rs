//! The page at `/`: the profile photo as Slack shows it, light and dark, and the log beneath.

use std::fmt::Write;

use crate::fault::{FAULT_OPTIONS, FAULTS, RETRY_AFTER};
use crate::http::Reply;
use crate::state::Shared;
use crate::token::{DEFAULT, MEMBER, TOKENS};
use crate::world::{Role, User};

/// Lines of the log on the page, newest first.
const LOG_LINES: usize = 200;

pub(crate) fn css() -> Reply {
    harmless(Reply::new(
        200,
        "text/css; charset=utf-8",
        include_str!("page.css"),
    ))
}

pub(crate) fn html(shared: &Shared) -> Reply {
    let mut state = shared.state();
    let log = state.log.all();
    let users = &state.world("").users;
    let user = users
        .iter()
        .find(|user| user.id == MEMBER)
        .expect("the default token's user");
    let others: Vec<&User> = users
        .iter()
        .filter(|other| matches!(other.role, Role::PrimaryOwner | Role::Admin))
        .collect();
    let name = escape(user.text("real_name"));
    let hash = user.avatar_hash();
    let base = format!("{}/api/", shared.origin);

    let mut html = format!(
        r##"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{name} – headshot emulator</title>
<link rel="icon" href="/avatars/{hash}_32.png">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<a class="skip" href="#log">Skip to the log</a>
<header>
<h1>headshot emulator</h1>
<dl><div><dt>Base URL</dt><dd><code>{base}</code></dd></div><div><dt>Token</dt><dd><code>{DEFAULT}</code></dd></div></dl>
<a class="button" href="/">Reload</a>
</header>
<main>
"##
    );
    html += &state_of(user);
    html += "<section aria-labelledby=\"shown\">\n<h2 id=\"shown\">As Slack shows it</h2>\n<div class=\"panels\">\n";
    for theme in ["light", "dark"] {
        html += &window(theme, user, &others);
    }
    html += "</div>\n</section>\n<section aria-labelledby=\"sizes\">\n<h2 id=\"sizes\">Sizes</h2>\n<div class=\"panels\">\n";
    for theme in ["light", "dark"] {
        html += &sizes(theme, user);
    }
    html += "</div>\n";
    html += &stored(shared, user);
    html += "</section>\n<section aria-labelledby=\"log\">\n<h2 id=\"log\" tabindex=\"-1\">API log</h2>\n";
    html += "<div class=\"log\" role=\"region\" aria-labelledby=\"log\" tabindex=\"0\">\n";
    if log.is_empty() {
        html += "<p class=\"empty\">No calls yet. The newest will be at the top.</p>\n";
    } else {
        html += "<table>\n<thead><tr><th scope=\"col\">UTC</th><th scope=\"col\">What happened</th></tr></thead>\n<tbody>\n";
        for entry in log.iter().rev().take(LOG_LINES) {
            let _ = write!(
                html,
                "<tr class=\"{}\"><td><time>{}</time></td><td>",
                class(&entry.text),
                entry.clock()
            );
            match &entry.event {
                Some(event) => {
                    let _ = write!(
                        html,
                        "<details><summary>event {}</summary><pre>{}</pre></details>",
                        escape(&entry.text),
                        escape(&pretty(event))
                    );
                }
                None => html += &escape(&entry.text),
            }
            html += "</td></tr>\n";
        }
        html += "</tbody>\n</table>\n";
    }
    html += "</div>\n</section>\n<section aria-labelledby=\"tokens\">\n<h2 id=\"tokens\">Tokens and faults</h2>\n";
    html += "<p>The token decides who calls and what fails. <code>--LABEL</code> after any token gives it a workspace and rate limits \
             of its own. A fault spares <code>users.profile.get</code> unless <code>-everywhere</code> is added.</p>\n";
    html += &table("Tokens", "", TOKENS);
    html += &table("Faults", "xoxp-fault-", FAULTS);
    html += &table("After the name of a fault", "", FAULT_OPTIONS);
    html += &table("FORM of Retry-After", "", RETRY_AFTER);
    html += "</section>\n</main>\n</body>\n</html>\n";
    harmless(Reply::new(200, "text/html; charset=utf-8", html).with("cache-control", "no-store"))
}

/// No script, nothing from elsewhere, no framing: what the page shows comes from outside.
pub(crate) fn harmless(reply: Reply) -> Reply {
    reply
        .with("content-security-policy", "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'")
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "no-referrer")
}

/// One sentence on what the profile holds.
fn state_of(user: &User) -> String {
    let hash = user.avatar_hash();
    match &user.photo {
        Some((_, photo)) => {
            let seen = photo.seen;
            let frames = if seen.frames > 1 {
                format!(", {} frames", seen.frames)
            } else {
                String::new()
            };
            let (width, height, kind, bytes) = (
                seen.width,
                seen.height,
                seen.format.content_type(),
                photo.bytes.len(),
            );
            format!(
                "<p class=\"state\">Photo <code>{hash}</code>: {width} × {height}, {kind}{frames}, {bytes} bytes.</p>\n"
            )
        }
        None => format!(
            "<p class=\"state\">No photo yet, so the default avatar <code>{hash}</code>. \
             Set one with <code>users.setPhoto</code> and reload.</p>\n"
        ),
    }
}

/// A small window of Slack: sidebar, a message of the user's, its thread bar, and somebody else's message.
fn window(theme: &str, user: &User, others: &[&User]) -> String {
    let mut html = format!(
        "<article class=\"slack {theme}\" aria-label=\"Slack, {theme}\">\n<nav aria-label=\"Sidebar, {theme}\"><p>Direct messages</p><ul>\n"
    );
    for (at, person) in std::iter::once(user)
        .chain(others.iter().copied())
        .enumerate()
    {
        let presence = if person.is_away { "away" } else { "active" };
        let _ = writeln!(
            html,
            "<li{}><span class=\"avatar notched {presence}\">{}</span><span>{}</span></li>",
            if at == 0 { " class=\"current\"" } else { "" },
            picture(
                person,
                20,
                &format!("{}, {presence}", person.text("real_name"))
            ),
            escape(person.text("display_name")),
        );
    }
    html += "</ul></nav>\n<div class=\"channel\">\n<h3># general</h3>\n";
    if let Some(other) = others.first() {
        html += &message(other, "9:41 AM", "New photo? It suits you.", "");
    }
    let faces: String = std::iter::once(user)
        .chain(others.iter().copied())
        .map(|u| picture(u, 24, u.text("real_name")))
        .collect();
    let thread = format!(
        "<p class=\"thread\">{faces}<span>3 replies</span> <small>Last reply today at 9:46 AM</small></p>"
    );
    html += &message(user, "9:42 AM", "Thank you!", &thread);
    html + "</div>\n</article>\n"
}

fn message(user: &User, time: &str, text: &str, thread: &str) -> String {
    let face = picture(user, 36, user.text("real_name"));
    let name = escape(user.text("real_name"));
    format!(
        "<div class=\"message\">{face}<div><p><b>{name}</b> <small>{time}</small></p><p>{text}</p>{thread}</div></div>\n"
    )
}

/// The photo on its own, at each size at which it is shown.
fn sizes(theme: &str, user: &User) -> String {
    let mut html = format!(
        "<div class=\"slack sizes {theme}\" aria-label=\"Sizes, {theme}\" role=\"group\">\n"
    );
    for (side, caption) in [
        (20, "sidebar"),
        (24, "thread"),
        (36, "message"),
        (48, "48"),
        (72, "72"),
        (192, "192"),
    ] {
        let alt = format!("{} at {side} pixels", user.text("real_name"));
        let caption = if side < 48 {
            format!("{side}<br>{caption}")
        } else {
            caption.to_owned()
        };
        let _ = writeln!(
            html,
            "<figure>{}<figcaption>{caption}</figcaption></figure>",
            picture(user, side, &alt)
        );
    }
    html + "</div>\n"
}

/// Links to the files themselves.
fn stored(shared: &Shared, user: &User) -> String {
    let mut images: Vec<(String, String)> = user
        .images(&shared.origin)
        .into_iter()
        .filter_map(|(name, url)| Some((name, url.as_str()?.to_owned())))
        .collect();
    images.retain(|(name, _)| name.starts_with("image_"));
    images.sort_by_key(|(name, _)| name["image_".len()..].parse::<u32>().unwrap_or(u32::MAX));
    let links: Vec<String> = images
        .iter()
        .map(|(name, url)| format!("<a href=\"{}\">{name}</a>", escape(url)))
        .collect();
    format!("<p class=\"links\">Files: {}</p>\n", links.join(" "))
}

/// The picture at this side on the page, from the stored sizes that Slack's clients take for it: one for plain screens, one for
/// dense ones. Somebody who prefers less motion gets the still.
fn picture(user: &User, side: u32, alt: &str) -> String {
    let (plain, dense) = match side {
        20 | 24 => (24, 48),
        36 => (48, 72),
        48 => (48, 192),
        72 => (72, 192),
        _ => (192, 512),
    };
    let hash = user.avatar_hash();
    let url = |stored: u32, extension: &str| format!("/avatars/{hash}_{stored}.{extension}");
    let extension = |stored: u32| {
        user.photo
            .as_ref()
            .map_or("png", |(_, photo)| photo.extension(stored))
    };
    let still = match extension(plain) {
        "gif" => {
            let (one, two) = (url(plain, "png"), url(dense, "png"));
            format!(
                "<source media=\"(prefers-reduced-motion: reduce)\" srcset=\"{one} 1x, {two} 2x\">"
            )
        }
        _ => String::new(),
    };
    let (one, two, alt) = (
        url(plain, extension(plain)),
        url(dense, extension(dense)),
        escape(alt),
    );
    format!(
        "<picture>{still}<img class=\"s{side}\" src=\"{one}\" srcset=\"{one} 1x, {two} 2x\" width=\"{side}\" height=\"{side}\" alt=\"{alt}\"></picture>"
    )
}

fn table(title: &str, prefix: &str, rows: &[(&str, &str)]) -> String {
    let mut html = format!("<details><summary>{title}</summary><table>\n");
    for (name, meaning) in rows {
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\"><code>{prefix}{}</code></th><td>{}</td></tr>",
            escape(name),
            escape(meaning)
        );
    }
    html + "</table></details>\n"
}

/// How a line of the log is colored; the words say it too.
fn class(text: &str) -> &'static str {
    let third = text.split(' ').nth(2).unwrap_or_default();
    match third {
        _ if text.starts_with("user_change") => "event",
        "ok" | "ok," => "ok",
        "fault" => "fault",
        _ => "error",
    }
}

/// JSON over several lines.
fn pretty(json: &str) -> String {
    let value = serde_json::from_str::<serde_json::Value>(json).unwrap_or_default();
    format!("{value:#}")
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
