//! The page at `/`.

use headshot_emulator::{Emulator, FAULTS, TOKENS};
use image::ImageFormat;
use serde_json::json;

use crate::client::{Reply, call, file, get, post, post_json};
use crate::pictures::{RED, animation, decode, plain};

fn page(emulator: &Emulator) -> String {
    String::from_utf8(get(&emulator.page_url()).body).expect("text")
}

/// The addresses of all pictures on the page.
fn pictures(emulator: &Emulator, html: &str) -> Vec<String> {
    let origin = emulator.page_url();
    let mut urls: Vec<String> = html
        .split('"')
        .flat_map(|text| text.split([' ', ',']))
        .filter(|url| url.starts_with("/avatars/"))
        .map(|url| format!("{origin}{}", &url[1..]))
        .collect();
    urls.sort();
    urls.dedup();
    urls
}

#[test]
fn it_shows_the_photo_at_every_size_in_both_themes() {
    let emulator = Emulator::start().expect("starts");
    assert!(page(&emulator).contains("No photo yet"));
    let png = plain(600, 600, RED, ImageFormat::Png);
    let hash = post(
        &emulator.base_url(),
        "users.setPhoto",
        emulator.token(),
        &[file("image/png", &png)],
    )
    .json()["profile"]["avatar_hash"]
        .clone();
    let hash = hash.as_str().expect("a hash");
    let html = page(&emulator);
    for side in [20, 24, 36, 48, 72, 192] {
        let shown = html
            .matches(&format!("class=\"s{side}\" src=\"/avatars/{hash}_"))
            .count();
        assert!(shown >= 2, "{side} is shown {shown} times");
    }
    for expected in [
        "slack light",
        "slack dark",
        "600 × 600, image/png",
        "users.setPhoto ok",
        "user_change U0MEMBER",
    ] {
        assert!(html.contains(expected), "{expected}");
    }
    let urls = pictures(&emulator, &html);
    assert!(
        urls.iter().filter(|url| url.contains(hash)).count() >= 5,
        "{urls:?}"
    );
    for url in &urls {
        let side: u32 = url
            .split(['_', '.'])
            .rev()
            .nth(1)
            .expect("a side")
            .parse()
            .expect("a number");
        assert_eq!(decode(&get(url).body).dimensions(), (side, side), "{url}");
    }
}

#[test]
fn an_animation_moves_unless_the_reader_prefers_a_still() {
    let emulator = Emulator::start().expect("starts");
    post(
        &emulator.base_url(),
        "users.setPhoto",
        emulator.token(),
        &[file("image/gif", &animation(64, 3))],
    );
    let html = page(&emulator);
    assert!(html.contains(", 3 frames") && html.contains("prefers-reduced-motion"));
    let kinds: Vec<Reply> = pictures(&emulator, &html)
        .iter()
        .map(|url| get(url))
        .collect();
    let count = |kind| {
        kinds
            .iter()
            .filter(|reply| reply.header("content-type") == Some(kind))
            .count()
    };
    assert!(kinds.iter().all(|reply| reply.status == 200));
    assert!(
        count("image/gif") >= 5 && count("image/png") >= 5,
        "{} and {}",
        count("image/gif"),
        count("image/png")
    );
}

#[test]
fn what_comes_from_outside_is_text_and_no_token_is_shown() {
    let emulator = Emulator::start().expect("starts");
    let base = emulator.base_url();
    let profile = json!({ "profile": { "real_name": "<script>alert(1)</script>\" onload=x" } });
    assert_eq!(
        post_json(&base, "users.profile.set", emulator.token(), &profile).outcome(),
        "ok"
    );
    call(&base, "<i>", emulator.token(), "");
    call(
        &base,
        "users.list/xoxp-canary-1",
        "xoxp-canary-2",
        "token=xoxp-canary-3",
    );
    call(
        &base,
        "users.profile.get",
        emulator.token(),
        "user=xoxp-canary-4&xoxp-canary-5=1",
    );
    call(&base, "users.list", "xoxp-fault-408--canary-6", "");
    let html = page(&emulator);
    assert!(
        !html.contains("<script")
            && !html.contains("<i>")
            && html.contains("&lt;i&gt;")
            && html.contains("&lt;script&gt;")
    );
    assert!(!html.contains("canary"), "{:?}", emulator.log());
    assert!(
        !format!(
            "{:?} {:?} {:?}",
            emulator.log(),
            emulator.requests(),
            emulator.events()
        )
        .contains("canary")
    );
    let reply = get(&emulator.page_url());
    let policy = reply.header("content-security-policy").expect("a policy");
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("script-src"),
        "{policy}"
    );
    let css = get(&format!("{}page.css", emulator.page_url()));
    assert_eq!(
        (css.status, css.header("content-type")),
        (200, Some("text/css; charset=utf-8"))
    );
}

#[test]
fn tokens_and_faults_are_listed() {
    let emulator = Emulator::start().expect("starts");
    let html = page(&emulator);
    for (name, _) in TOKENS.iter().chain(FAULTS) {
        assert!(html.contains(name), "{name}");
    }
    let log = html.find("role=\"region\"").expect("a log that scrolls");
    assert!(
        html[log..log + 80].contains("tabindex=\"0\""),
        "by keyboard too"
    );
}

#[test]
fn another_machines_name_is_refused() {
    let emulator = Emulator::start().expect("starts");
    let status = |host: &str| {
        let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        crate::client::parse(
            &crate::client::exchange(&emulator.page_url(), request.as_bytes())
                .expect("an exchange"),
        )
        .status
    };
    for host in [
        "localhost",
        "localhost:80",
        "127.0.0.1:8080",
        "app.localhost:1",
        "[::1]:80",
        "[::1]",
        "LOCALHOST",
    ] {
        assert_eq!(status(host), 200, "{host}");
    }
    for host in [
        "example.com",
        "example.com:80",
        "127.0.0.1.example.com",
        "192.168.1.2",
        "localhost.example",
    ] {
        assert_eq!(status(host), 403, "{host}");
    }
}
