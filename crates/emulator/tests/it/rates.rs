//! Rate limits.

use headshot_emulator::{Emulator, Settings};

use crate::client::{call, file, post};
use crate::pictures::{RED, plain};

#[test]
fn rates_are_those_of_the_tiers_and_a_workspace_has_its_own() {
    let emulator = Emulator::with(Settings {
        rate: Some(2),
        ..Settings::default()
    })
    .expect("starts");
    let base = emulator.base_url();
    let png = plain(8, 8, RED, image::ImageFormat::Png);
    let set = |token: &str| post(&base, "users.setPhoto", token, &[file("image/png", &png)]);
    let statuses: Vec<u16> = (0..3).map(|_| set("xoxp-emulator").status).collect();
    assert_eq!(statuses, [200, 200, 429]);
    let limited = set("xoxp-emulator-admin"); // another token of the same app shares the limit
    assert_eq!(
        (limited.status, limited.outcome().as_str()),
        (429, "ratelimited")
    );
    let wait: u64 = limited
        .header("retry-after")
        .expect("there")
        .parse()
        .expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(set("xoxp-emulator--elsewhere").status, 200);
    assert_eq!(
        call(&base, "users.deletePhoto", "xoxp-emulator", "").status,
        200,
        "counted by method"
    );
    let count = |method: &str, query: &str| {
        (0..20)
            .take_while(|_| call(&base, method, "xoxp-emulator", query).status == 200)
            .count()
    };
    assert_eq!(count("users.getPresence", ""), 5, "tier 3");
    assert_eq!(count("users.profile.get", ""), 10, "tier 4");
    assert_eq!(count("users.info", "user=U0ADMIN"), 10, "tier 4");
    assert_eq!(
        call(
            &base,
            "users.profile.get",
            "xoxp-emulator--labels",
            "include_labels=true"
        )
        .status,
        200
    );
    assert_eq!(
        call(
            &base,
            "users.profile.get",
            "xoxp-emulator--labels",
            "include_labels=true"
        )
        .status,
        429
    );
}

#[test]
fn the_default_rate_is_tier_2_and_profiles_have_limits_of_their_own() {
    let emulator = Emulator::with(Settings {
        members: 40,
        ..Settings::default()
    })
    .expect("starts");
    let base = emulator.base_url();
    let count = |method: &str, query: &str| {
        (0..60)
            .take_while(|_| call(&base, method, "xoxp-emulator", query).status == 200)
            .count()
    };
    assert_eq!(count("users.deletePhoto", ""), 20);
    assert_eq!(
        count("users.profile.set", "name=title&value=x"),
        10,
        "one user"
    );
    let owner = |n: u32| {
        call(
            &base,
            "users.profile.set",
            "xoxp-emulator-owner",
            &format!("name=title&value=x&user=U0EXTRA{n:05}"),
        )
        .status
    };
    assert_eq!(
        (1..=40).take_while(|n| owner(*n) == 200).count(),
        30,
        "one token"
    );
}
