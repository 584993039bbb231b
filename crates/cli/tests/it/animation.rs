//! Animated GIFs: what is told of them, what becomes of them, what is posted.

use headshot_emulator::{Emulator, Settings};

use crate::run::{headshot, names, run};
use crate::set::call;

/// 8 frames of 80 x 72, forever.
const OPAQUE: &str = "testdata/animated/opaque.gif";
/// 6 frames of 72 x 72; delays 0, 1, 2, 10, 50 and 200; loop count 3.
const BACKGROUND: &str = "testdata/animated/background.gif";

/// Frames of a GIF, counted by a decoder that is not the one under test.
fn frames(gif: &[u8]) -> usize {
    let decoder = image::codecs::gif::GifDecoder::new(std::io::Cursor::new(gif)).unwrap();
    let frames = image::AnimationDecoder::into_frames(decoder);
    frames.inspect(|frame| assert!(frame.is_ok())).count()
}

#[test]
fn inspect_tells_frames_duration_and_loops() {
    let ran = run(headshot().args(["inspect", OPAQUE, BACKGROUND])).expect(0);
    assert!(ran.text().contains("80 x 72"), "{ran:?}");
    assert!(ran.text().contains("8 frames"), "{ran:?}");
    assert!(ran.text().contains("forever"), "{ran:?}");
    // 0 and 1 count as 10: 10 + 10 + 2 + 10 + 50 + 200.
    assert!(
        ran.text().contains("6 frames, 2.82 s, repeated 3 times"),
        "{ran:?}"
    );
    let ran = run(headshot().args(["inspect", BACKGROUND, "--json"])).expect(0);
    let source = &ran.objects()[0]["source"];
    assert_eq!(
        (&source["frames"], &source["loop_count"]),
        (&6.into(), &3.into())
    );
    assert_eq!(source["duration"], 2.82);
    assert_eq!(ran.objects()[0]["avatar"]["frames"], 6);
}

#[test]
fn an_animation_stays_one_and_has_a_poster() {
    let folder = tempfile::tempdir().unwrap();
    let (out, poster) = (folder.path().join("b.gif"), folder.path().join("b.png"));
    let mut command = headshot();
    command
        .args(["normalize", OPAQUE, "--json", "-o"])
        .arg(&out)
        .arg("--poster")
        .arg(&poster);
    let ran = run(&mut command).expect(0);
    let object = &ran.objects()[0];
    assert_eq!(object["avatar"]["format"], "gif");
    assert_eq!(
        (&object["avatar"]["frames"], &object["avatar"]["side"]),
        (&8.into(), &512.into())
    );
    assert_eq!(frames(&std::fs::read(&out).unwrap()), 8);
    let still = image::open(&poster).unwrap();
    assert_eq!((still.width(), still.height()), (512, 512));
    assert_eq!(names(folder.path()), ["b.gif", "b.png"]);
}

#[test]
fn too_many_frames_are_refused_with_the_ways_out() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("b.gif");
    let normalize = |arguments: &[&str]| {
        run(headshot()
            .args(["normalize", OPAQUE, "-o"])
            .arg(&out)
            .args(arguments))
    };
    let refused = normalize(&["--max-frames", "5"]);
    refused.expect_message(
        1,
        "frames: 8, at most 5: take the first frame, truncate or decimate",
    );
    assert!(names(folder.path()).is_empty());
    for (policy, left) in [("truncate", 5), ("decimate", 5)] {
        normalize(&["--max-frames", "5", "--frames", policy]).expect(0);
        assert_eq!(frames(&std::fs::read(&out).unwrap()), left, "{policy}");
        std::fs::remove_file(&out).unwrap();
    }
    let still = normalize(&["--max-frames", "5", "--frames", "first"]);
    still.expect_message(1, "its avatar is a PNG, but the output is named .gif");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_still_format_takes_the_first_frame_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("b.png");
    let ran = run(headshot().args(["normalize", OPAQUE, "-o"]).arg(&out)).expect(0);
    assert!(
        ran.stderr
            .contains("an animation of 8 frames: only its first is used"),
        "{ran:?}"
    );
    assert_eq!(image::open(&out).unwrap().width(), 512);
}

#[test]
fn an_animation_is_posted_as_one() {
    let emulator = Emulator::start().unwrap();
    let ran = call(&emulator, emulator.token(), &["set", OPAQUE, "--json"]).expect(0);
    assert_eq!(ran.objects()[0]["avatar"]["frames"], 8);
    let requests = emulator.requests();
    let posted = requests
        .iter()
        .find(|request| request.method() == "users.setPhoto")
        .unwrap();
    let image = posted.field("image").unwrap();
    assert_eq!(image.content_type.as_deref(), Some("image/gif"));
    assert_eq!(frames(&image.bytes), 8);
}

#[test]
fn frames_are_halved_until_slack_takes_them() {
    for (max_frames, left, format) in [(3, 2, "gif"), (1, 1, "png")] {
        let emulator = Emulator::with(Settings {
            max_frames,
            ..Settings::default()
        })
        .unwrap();
        let decimate = ["set", OPAQUE, "--frames", "decimate", "--json"];
        let ran = call(&emulator, emulator.token(), &decimate).expect(0);
        let object = &ran.objects()[0];
        assert_eq!(object["avatar"]["frames"], left);
        assert_eq!(object["avatar"]["format"], format);
        let warnings = object["warnings"].to_string();
        assert!(warnings.contains("Slack does not take"), "{warnings}");
        let sent = |request: &&headshot_emulator::Request| request.method() == "users.setPhoto";
        let posted: Vec<usize> = emulator
            .requests()
            .iter()
            .filter(sent)
            .map(|request| &request.field("image").unwrap().bytes)
            .map(|bytes| {
                if bytes.starts_with(b"GIF") {
                    frames(bytes)
                } else {
                    1
                }
            })
            .collect();
        let expected: &[usize] = if left == 2 { &[8, 4, 2] } else { &[8, 4, 2, 1] };
        assert_eq!(posted, expected);

        let emulator = Emulator::with(Settings {
            max_frames,
            ..Settings::default()
        })
        .unwrap();
        let refused = call(&emulator, emulator.token(), &["set", OPAQUE]);
        refused.expect_message(1, "too_many_frames");
    }
}
