//! Each error reached by doing the wrong thing.

use headshot_emulator::{Emulator, Settings};
use image::ImageFormat;

use crate::client::{
    BOUNDARY, Part, call, exchange, file, multipart, parse, post, request, send, text,
};
use crate::pictures::{RED, plain};

const SET: &str = "users.setPhoto";

fn png() -> Vec<u8> {
    plain(40, 30, RED, ImageFormat::Png)
}

#[test]
fn the_token_belongs_into_the_authorization_header_alone() {
    let emulator = Emulator::start().expect("starts");
    let base = emulator.base_url();
    let token = emulator.token();
    let png = png();
    let body = multipart(&[file("image/png", &png)]);
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let attempt = |query: &str, authorization: &[&str], body: &[u8]| {
        let mut headers = vec![("Content-Type", content_type.as_str())];
        headers.extend(authorization.iter().map(|value| ("Authorization", *value)));
        send("POST", &format!("{base}{SET}{query}"), &headers, body).outcome()
    };
    let bearer = format!("Bearer {token}");
    assert_eq!(attempt("", &[&bearer], &body), "ok");
    assert_eq!(attempt("", &[], &body), "not_authed");
    assert_eq!(
        attempt("", &["Bearer xoxp-never-issued"], &body),
        "invalid_auth"
    );
    assert_eq!(attempt("", &[token], &body), "invalid_auth");
    assert_eq!(attempt("", &[&bearer, &bearer], &body), "invalid_auth");
    assert_eq!(
        attempt(&format!("?token={token}"), &[&bearer], &body),
        "invalid_auth"
    );
    assert_eq!(
        attempt(
            "",
            &[],
            &multipart(&[file("image/png", &png), text("token", token)])
        ),
        "not_authed"
    );

    let requests = emulator.requests();
    let placed: Vec<(bool, bool)> = requests
        .iter()
        .map(|r| (r.bears(token), r.leaks(token)))
        .collect();
    let expected = [
        (true, false),
        (false, false),
        (false, false),
        (false, false),
        (false, false),
        (true, true),
        (false, true),
    ];
    assert_eq!(placed, expected);
    let printed = format!("{requests:?} {:?}", emulator.log());
    assert!(
        !printed.contains(token) && !printed.contains("never-issued"),
        "a token was printed"
    );
    assert!(printed.contains("users.setPhoto") && printed.contains("image/png"));
}

#[test]
fn tokens_of_the_wrong_kind_or_scope_are_refused() {
    let emulator = Emulator::start().expect("starts");
    let png = png();
    let set = |token: &str| post(&emulator.base_url(), SET, token, &[file("image/png", &png)]);
    assert_eq!(set("xoxb-emulator").outcome(), "not_allowed_token_type");
    assert_eq!(set("xoxp-emulator-bot").outcome(), "is_bot");
    let reply = set("xoxp-emulator-readonly").json();
    assert_eq!(reply["error"], "missing_scope");
    assert_eq!(reply["needed"], "users.profile:write");
    assert_eq!(
        reply["provided"],
        "users.profile:read,users:read,users:read.email,channels:read"
    );
    assert_eq!(
        call(
            &emulator.base_url(),
            "users.profile.get",
            "xoxp-emulator-writeonly",
            ""
        )
        .outcome(),
        "missing_scope"
    );
    for (token, code) in [
        ("xoxb-emulator-inactive", "account_inactive"),
        ("xoxp-emulator-inactive", "account_inactive"),
        ("xoxp-emulator-revoked", "token_revoked"),
        ("xoxp-emulator-expired", "token_expired"),
        ("xoxp-emulator-twofactor", "two_factor_setup_required"),
        ("xoxp-emulator-nopermission", "no_permission"),
        ("xoxp-emulator-denied", "access_denied"),
        ("xoxp-emulator-network", "accesslimited"),
        ("xoxp-emulator-ekm", "ekm_access_denied"),
        ("xoxp-emulator-enterprise", "enterprise_is_restricted"),
        ("xoxp-emulator-orglogin", "org_login_required"),
        ("xoxp-emulator-migrating", "team_added_to_org"),
    ] {
        assert_eq!(set(token).outcome(), code);
    }
}

#[test]
fn the_body_must_be_a_form_with_a_file_part_named_image() {
    let emulator = Emulator::with(Settings {
        rate: None,
        ..Settings::default()
    })
    .expect("starts");
    let base = emulator.base_url();
    let bearer = format!("Bearer {}", emulator.token());
    let send = |verb: &str, content_type: Option<&str>, body: &[u8]| {
        let mut headers = vec![("Authorization", bearer.as_str())];
        headers.extend(content_type.map(|value| ("Content-Type", value)));
        send(verb, &format!("{base}{SET}"), &headers, body).outcome()
    };
    let png = png();
    let form = multipart(&[file("image/png", &png)]);
    let multipart_type = format!("multipart/form-data; boundary={BOUNDARY}");
    assert_eq!(send("GET", None, b""), "no_file");
    assert_eq!(
        send("PUT", Some(&multipart_type), &form),
        "invalid_post_type"
    );
    assert_eq!(send("POST", None, b""), "no_file");
    assert_eq!(send("POST", None, &form), "missing_post_type");
    assert_eq!(send("POST", Some("image/png"), &png), "invalid_post_type");
    assert_eq!(
        send("POST", Some("multipart/form-data"), &form),
        "invalid_form_data"
    );
    assert_eq!(
        send("POST", Some(&multipart_type), b""),
        "invalid_form_data"
    );
    assert_eq!(
        send("POST", Some(&multipart_type), &form[..form.len() - 8]),
        "invalid_form_data"
    );
    assert_eq!(
        send(
            "POST",
            Some(&format!("{multipart_type}; charset=utf-7")),
            &form
        ),
        "invalid_charset"
    );
    assert_eq!(
        send(
            "POST",
            Some("application/x-www-form-urlencoded"),
            b"image=abc"
        ),
        "no_file"
    );
    assert_eq!(
        send(
            "POST",
            Some("application/x-www-form-urlencoded"),
            b"image=%zz"
        ),
        "invalid_form_data"
    );
    assert_eq!(
        send("POST", Some("application/json; charset=utf-8"), b"{"),
        "invalid_json"
    );
    assert_eq!(
        send("POST", Some("application/json; charset=utf-8"), b"[]"),
        "json_not_object"
    );
    assert_eq!(
        send("POST", Some("application/json; charset=utf-8"), b"{}"),
        "invalid_post_type"
    );
    assert_eq!(
        send("POST", Some("text/plain; charset=utf-8"), b"hello"),
        "no_file"
    );

    let post = |parts: &[Part<'_>]| post(&base, SET, emulator.token(), parts).outcome();
    assert_eq!(post(&[text("crop_x", "1")]), "no_file");
    let nameless = Part {
        filename: None,
        ..file("image/png", &png)
    };
    assert_eq!(post(&[nameless]), "no_image");
    assert_eq!(
        post(&[Part {
            filename: Some(""),
            ..file("image/png", &png)
        }]),
        "no_image"
    );
    assert_eq!(post(&[file("image/png", b"")]), "no_image");
    assert_eq!(
        post(&[Part {
            name: "photo",
            ..file("image/png", &png)
        }]),
        "invalid_arguments"
    );
    assert_eq!(
        post(&[file("image/png", &png), text("crop-x", "1")]),
        "invalid_arg_name"
    );
    assert_eq!(
        post(&[file("image/png", &png), text("crop[x]", "1")]),
        "invalid_array_arg"
    );
    assert_eq!(
        post(&[file("image/png", &png), file("image/png", &png)]),
        "invalid_arguments"
    );
}

#[test]
fn the_image_must_be_what_it_says() {
    let emulator = Emulator::start().expect("starts");
    let base = emulator.base_url();
    let set = |content_type: Option<&str>, bytes: &[u8]| {
        post(
            &base,
            SET,
            emulator.token(),
            &[Part {
                content_type,
                ..file("", bytes)
            }],
        )
        .outcome()
    };
    let png = png();
    assert_eq!(set(Some("image/png"), &png), "ok");
    assert_eq!(set(Some("application/octet-stream"), &png), "ok");
    assert_eq!(set(Some("image/jpeg"), &png), "bad_image");
    assert_eq!(set(None, &png), "bad_image");
    assert_eq!(
        set(Some("image/webp"), b"RIFF\x1a\0\0\0WEBPVP8L"),
        "bad_image"
    );
    assert_eq!(set(Some("image/png"), &png[..png.len() / 2]), "bad_image");
    assert_eq!(set(Some("image/png"), b"\x89PNG\r\n\x1a\n"), "bad_image");
    let jpeg = plain(40, 30, RED, ImageFormat::Jpeg);
    assert_eq!(set(Some("image/jpeg"), &jpeg), "ok");
    assert_eq!(
        set(Some("image/jpeg"), &jpeg[..jpeg.len() - 2]),
        "bad_image"
    );
    let huge = plain(1025, 1, RED, ImageFormat::Png);
    assert_eq!(set(Some("image/png"), &huge), "too_large");
}

#[test]
fn a_crop_is_whole_plain_and_inside() {
    let emulator = Emulator::with(Settings {
        rate: None,
        ..Settings::default()
    })
    .expect("starts");
    let base = emulator.base_url();
    let png = png(); // 40 x 30
    let set = |crop: [Option<&str>; 3]| {
        let mut parts = vec![file("image/png", &png)];
        for (name, value) in ["crop_x", "crop_y", "crop_w"].into_iter().zip(crop) {
            parts.extend(value.map(|value| text(name, value)));
        }
        post(&base, SET, emulator.token(), &parts).outcome()
    };
    let three = |x, y, w| set([Some(x), Some(y), Some(w)]);
    assert_eq!(three("11", "7", "23"), "ok");
    assert_eq!(three("17", "7", "23"), "ok");
    for (x, y, w) in [
        ("18", "7", "23"),
        ("17", "8", "23"),
        ("0", "0", "31"),
        ("0", "0", "0"),
        ("-1", "0", "5"),
        ("1.0", "0", "5"),
        ("+1", "0", "5"),
        (" 1", "0", "5"),
        ("", "0", "5"),
        ("x", "0", "5"),
        ("4294967295", "0", "5"),
        ("99999999999", "0", "5"),
    ] {
        assert_eq!(three(x, y, w), "invalid_arguments", "{x:?} {y:?} {w:?}");
    }
    for missing in 0..3 {
        let mut crop = [Some("1"), Some("2"), Some("3")];
        crop[missing] = None;
        assert_eq!(set(crop), "invalid_arguments", "without number {missing}");
    }
}

#[test]
fn a_charset_on_a_form_is_superfluous() {
    let emulator = Emulator::start().expect("starts");
    let url = format!("{}{SET}", emulator.base_url());
    let bearer = format!("Bearer {}", emulator.token());
    let content_type = format!("multipart/form-data; charset=utf-8; boundary={BOUNDARY}");
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", content_type.as_str()),
    ];
    let reply = send(
        "POST",
        &url,
        &headers,
        &multipart(&[file("image/png", &png())]),
    )
    .json();
    assert_eq!(reply["ok"], true);
    assert_eq!(reply["warning"], "superfluous_charset");
    assert_eq!(
        reply["response_metadata"]["warnings"][0],
        "superfluous_charset"
    );
}

#[test]
fn a_body_that_stops_early_is_a_request_timeout() {
    let emulator = Emulator::start().expect("starts");
    let url = format!("{}{SET}", emulator.base_url());
    let whole = request(
        "POST",
        &url,
        &[("Content-Type", "text/plain")],
        b"0123456789",
    );
    let reply = parse(&exchange(&url, &whole[..whole.len() - 1]).expect("an exchange"));
    assert_eq!(reply.outcome(), "request_timeout");
}

#[test]
fn unknown_methods_and_users_are_named() {
    let emulator = Emulator::start().expect("starts");
    let base = emulator.base_url();
    let reply = call(&base, "users.setPhotos", emulator.token(), "").json();
    assert_eq!(
        (&reply["error"], &reply["req_method"]),
        (&"unknown_method".into(), &"users.setPhotos".into())
    );
    assert_eq!(
        call(
            &base,
            "users.profile.get",
            emulator.token(),
            "user=U0NOBODY"
        )
        .outcome(),
        "user_not_found"
    );
    let other = call(&base, "users.profile.get", emulator.token(), "user=U0ADMIN").json();
    assert_eq!(other["profile"]["real_name"], "Adam Adeyemi");
}
