//! WebP: what becomes of it, what its chunks say, and what is refused.

use std::time::Duration;

use headshot_core::{
    Avatar, Damaged, Error, Format, Limit, Limits, Options, Orientation, Plan, SideRange, Size,
    StillFormat, Warning, normalize, probe,
};

use crate::file;

/// Flags of VP8X (RFC 9649, 2.7.1).
const ALPHA: u8 = 0x10;
const ICC: u8 = 0x20;

fn options() -> Options {
    Options {
        side: SideRange::new(33, 33).unwrap(),
        ..Options::default()
    }
}

/// The warnings that are not about the side of these options.
fn told(avatar: &Avatar) -> Vec<Warning> {
    let mut warnings = avatar.report().warnings.clone();
    warnings.retain(|warning| !matches!(warning, Warning::SideOutsideAdvice(_)));
    warnings
}

/// A chunk with the padding byte that makes its length even.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u32).to_le_bytes();
    let padding = vec![0; data.len() % 2];
    [&kind[..], &length, data, &padding].concat()
}

fn container(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = [&b"WEBP"[..], &chunks.concat()].concat();
    [&b"RIFF"[..], &(body.len() as u32).to_le_bytes(), &body].concat()
}

/// The first chunk of an extended file.
fn extended(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let side = |side: u32| (side - 1).to_le_bytes();
    let (w, h) = (side(width), side(height));
    chunk(b"VP8X", &[&[flags, 0, 0, 0], &w[..3], &h[..3]].concat())
}

/// The data of the first chunk of this kind.
fn data(photo: &[u8], kind: &[u8; 4]) -> Vec<u8> {
    let mut rest = &photo[12..];
    loop {
        let length = u32::from_le_bytes(rest[4..8].try_into().unwrap()) as usize;
        if rest.starts_with(kind) {
            return rest[8..][..length].to_vec();
        }
        rest = &rest[8 + length.next_multiple_of(2)..];
    }
}

#[test]
fn what_is_opaque_becomes_a_jpeg_and_the_rest_a_png() {
    for (name, expected, size) in [
        ("still/lossy.webp", Format::Jpeg, (95, 63)),
        ("still/lossless.webp", Format::Jpeg, (95, 63)),
        ("still/lossless-palette.webp", Format::Jpeg, (47, 31)),
        ("still/lossy-alpha.webp", Format::Png, (95, 63)),
        ("still/lossless-alpha.webp", Format::Png, (95, 63)),
        ("still/orient-6.webp", Format::Jpeg, (45, 30)),
    ] {
        let avatar = normalize(&file(name), &options()).unwrap();
        let source = &avatar.report().source;
        assert_eq!(avatar.format(), expected, "{name}");
        assert_eq!(source.format, Format::Webp, "{name}");
        assert_eq!(source.size, Size::new(size.0, size.1).unwrap(), "{name}");
        assert_eq!(source.alpha, expected == Format::Png, "{name}");
        assert_eq!(told(&avatar), [], "{name}");
    }
    let asked = Options {
        format: StillFormat::Png,
        ..options()
    };
    let avatar = normalize(&file("still/lossy.webp"), &asked).unwrap();
    assert_eq!(avatar.format(), Format::Png);
}

#[test]
fn a_header_tells_orientation_profile_and_frames() {
    let limits = Limits::default();
    let turned = probe(&file("still/orient-8.webp"), &limits).unwrap();
    assert_eq!(turned.orientation, Orientation::Rotate270);
    let p3 = probe(&file("still/p3.webp"), &limits).unwrap();
    assert!(p3.profile.is_some_and(|profile| !profile.is_srgb()));
    let animated = file("still/animated.webp");
    assert_eq!(probe(&animated, &limits).unwrap().frames, 3);
    let first = Options {
        format: StillFormat::Png,
        ..options()
    };
    let first = normalize(&animated, &first).unwrap();
    assert_eq!(told(&first), [Warning::FirstFrameOnly(3)]);
    assert_eq!(normalize(&animated, &options()).unwrap().frames(), 3);
}

#[test]
fn nothing_of_the_metadata_is_left() {
    let photo = file("still/metadata.webp");
    let has_secrets = |bytes: &[u8]| bytes.windows(6).any(|part| part == b"CANARY");
    assert!(has_secrets(&photo));
    let avatar = normalize(&photo, &options()).unwrap();
    assert!(!has_secrets(&avatar.bytes()));
}

#[test]
fn chunks_count_as_libwebp_takes_them() {
    let (width, height) = (95, 63);
    let vp8 = data(&file("still/lossy.webp"), b"VP8 ");
    let alpha = data(&file("still/lossy-alpha.webp"), b"ALPH");
    let icc = chunk(b"ICCP", &data(&file("still/p3.webp"), b"ICCP"));
    let picture = || chunk(b"VP8 ", &vp8);
    let look = |chunks: &[Vec<u8>]| {
        let info = probe(&container(chunks), &Limits::default()).unwrap();
        (info.alpha, info.profile.is_some())
    };
    let plain = extended(0, width, height);
    assert_eq!(look(&[plain.clone(), picture()]), (false, false));
    // A flag without its chunk, a chunk without its flag, and an unknown one.
    let flagged = extended(ALPHA | ICC, width, height);
    assert_eq!(look(&[flagged.clone(), picture()]), (false, false));
    let unknown = chunk(b"WHAT", b"ever");
    assert_eq!(
        look(&[plain.clone(), icc.clone(), unknown.clone(), picture()]),
        (false, false)
    );
    assert_eq!(look(&[flagged, unknown, icc, picture()]), (false, true));
    // Alpha needs no flag, but must come before its picture.
    let alpha = chunk(b"ALPH", &alpha);
    assert_eq!(
        look(&[plain.clone(), alpha.clone(), picture()]),
        (true, false)
    );
    let late = [plain.clone(), picture(), alpha, picture()];
    assert_eq!(look(&late), (false, false));
    let avatar = |photo: &[u8]| normalize(photo, &options()).unwrap().bytes();
    let bare = file("still/lossy.webp");
    assert_eq!(avatar(&container(&late)), avatar(&bare));
    // Data after the container is ignored.
    let longer = [&bare[..], b"and more"].concat();
    assert_eq!(avatar(&longer), avatar(&bare));
}

#[test]
fn what_contradicts_itself_is_damaged() {
    let vp8 = chunk(b"VP8 ", &data(&file("still/lossy.webp"), b"VP8 "));
    let vp8l = data(&file("still/lossless.webp"), b"VP8L");
    let mut newer = vp8l.clone();
    newer[4] |= 0x20;
    for (chunks, reason) in [
        (vec![], "ends before its first chunk"),
        (vec![chunk(b"EXIF", b"")], "not VP8, VP8L or VP8X"),
        (vec![chunk(b"VP8X", &[0; 9])], "inside its header"),
        (vec![extended(0, 95, 63)], "ends before its picture"),
        (vec![extended(2, 95, 63), vp8.clone()], "before its picture"),
        (
            vec![extended(0, 96, 63), vp8],
            "95 x 63 pixels, and its header says 96 x 63",
        ),
        (vec![chunk(b"VP8 ", &[0; 99])], "does not begin as one"),
        (vec![chunk(b"VP8L", &vp8l[1..])], "does not begin as one"),
        (vec![chunk(b"VP8L", &newer)], "another version"),
        (
            vec![extended(2, 95, 63), chunk(b"ANMF", &[0; 15])],
            "header of a frame",
        ),
        (
            vec![extended(2, 95, 63), chunk(b"ANMF", &[0; 16])],
            "has no picture",
        ),
    ] {
        match probe(&container(&chunks), &Limits::default()) {
            Err(Error::Damaged {
                format: Format::Webp,
                source,
                ..
            }) => assert!(source.to_string().contains(reason), "{source}"),
            other => panic!("{reason}: {other:?}"),
        }
    }
}

#[test]
fn what_is_cut_off_is_refused_and_what_follows_its_picture_is_not_missed() {
    let photo = file("still/metadata.webp");
    let picture = 12 + 18 + 8 + data(&photo, b"VP8L").len();
    let whole = normalize(&photo, &options()).unwrap();
    for end in [picture, picture + 4, photo.len() - 1] {
        let cut = normalize(&photo[..end], &options()).unwrap();
        let missing = Warning::MissingEnd(Format::Webp);
        assert_eq!(told(&cut), [missing], "{end}");
        assert_eq!(cut.bytes(), whole.bytes(), "{end}");
        assert!(!cut.report().damaged());
    }
    for damaged in [Damaged::Refuse, Damaged::Accept] {
        let options = Options {
            damaged,
            ..options()
        };
        let cut = &photo[..picture - 5];
        // A caller with only its first bytes can ask what it is; with all of it, what would become of it.
        let info = probe(cut, &options.limits).unwrap();
        let planned = headshot_core::plan(cut, &info, &options).unwrap_err();
        assert_eq!(planned.kind(), "damaged");
        let Err(Error::Damaged {
            in_pixels, source, ..
        }) = normalize(cut, &options)
        else {
            panic!("{damaged:?}");
        };
        // Accepting it would not help.
        assert!(!in_pixels);
        let source = source.to_string();
        assert!(source.contains("5 bytes of its picture"), "{source}");
    }
}

#[test]
fn a_webp_may_have_so_many_pixels() {
    let photo = file("still/lossless.webp");
    let of_photo = 95 * 63;
    let most = |webp_pixels| {
        let limits = Limits {
            webp_pixels,
            ..Limits::default()
        };
        probe(&photo, &limits)
    };
    assert!(most(of_photo).is_ok());
    match most(of_photo - 1) {
        Err(Error::Limit { which, found, max }) => assert_eq!(
            (which, found, max),
            (Limit::WebpPixels, of_photo, of_photo - 1)
        ),
        other => panic!("{other:?}"),
    }
    let huge = normalize(&file("bad/gigapixel.webp"), &options()).unwrap_err();
    assert_eq!(
        huge.to_string(),
        "pixels of a WebP: 268.5 MP, at most 32 MP: use a smaller photo or raise the limit"
    );
}

/// Bits, from the lowest of each byte up.
fn bits(numbers: &[(u32, u32)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let bits = numbers
        .iter()
        .flat_map(|(number, count)| (0..*count).map(move |bit| number >> bit & 1));
    for (bit, place) in bits.zip(0..) {
        if place % 8 == 0 {
            bytes.push(0);
        }
        *bytes.last_mut().unwrap() |= (bit as u8) << (place % 8);
    }
    bytes
}

/// The tables of 65,536 groups of codes take a gigabyte, and the file that asks for them has 34 bytes.
#[test]
fn a_few_pixels_with_many_codes_are_refused_before_any_table_is_made() {
    let sides = [(0x2F, 8), (7, 14), (7, 14), (0, 1), (0, 3)];
    // No transform, no cache, several groups, one number for each 4 x 4 pixels; of those no cache.
    let start = [(0, 1), (0, 1), (1, 1), (0, 3), (0, 1)];
    // A code with one symbol, of 8 bits.
    let one = |symbol| [(1, 1), (0, 1), (1, 1), (symbol, 8)];
    let file_of = |red, green| {
        let codes = [one(green), one(red), one(0), one(0), one(0)].concat();
        container(&[chunk(
            b"VP8L",
            &bits(&[&sides[..], &start, &codes].concat()),
        )])
    };
    let memory = |photo: &[u8]| {
        let info = probe(photo, &Limits::default()).unwrap();
        Plan::new(&info, &options()).map(|plan| plan.memory)
    };
    let few = memory(&file_of(0, 6)).unwrap();
    let more = memory(&file_of(0, 106)).unwrap();
    assert_eq!(more - few, 100 * (24 << 10));
    assert_eq!(file_of(255, 255).len(), 34);
    match memory(&file_of(255, 255)) {
        Err(Error::Limit { which, found, .. }) => {
            assert_eq!(which, Limit::Memory);
            assert!(found > 65_536 * (24 << 10), "{found}");
        }
        other => panic!("{other:?}"),
    }
}

/// Counting its codes is work that is bounded only by the file's bytes: frames of 32 megapixels take some 50 bytes each.
#[test]
fn pictures_of_codes_without_bits_cost_nothing_and_the_clock_is_looked_at() {
    // A code with one symbol, 0, of one bit; and one of two symbols.
    let one = [(1, 1), (0, 1), (0, 1), (0, 1)];
    let two = [(1, 1), (1, 1), (0, 1), (0, 1), (1, 8)];
    let group = [one; 5].concat();
    let picture = |width: u32, height: u32, numbers: &[&[(u32, u32)]]| {
        let sides = [(0x2F, 8), (width - 1, 14), (height - 1, 14), (0, 4)];
        bits(&[&sides[..], &numbers.concat()].concat())
    };
    // Predictors and a color transform for blocks of 4 x 4 pixels, and a group for each of those.
    let transform = |kind| [(1, 1), (kind, 2), (0, 3), (0, 1)];
    let [predictor, color] = [transform(0), transform(1)];
    let whole = [&predictor[..], &group, &color, &group];
    let end = [(0, 1), (0, 1), (1, 1), (0, 3), (0, 1)];
    let whole = [&whole[..], &[&end, &group, &group, &[(0, 16)]]].concat();
    let animation = |frames: usize, numbers: &[&[(u32, u32)]]| {
        let sides = [[0; 6], [0x3F, 0x1F, 0, 0x9F, 0x0F, 0]].concat();
        let coded = chunk(b"VP8L", &picture(8000, 4000, numbers));
        let frame = chunk(b"ANMF", &[&sides[..], &[100, 0, 0, 2], &coded].concat());
        let start = [extended(2, 8000, 4000), chunk(b"ANIM", &[0; 6])];
        container(&[&start[..], &vec![frame; frames]].concat())
    };
    let look = |photo: &[u8], time| {
        let limits = Limits {
            time: Duration::from_millis(time),
            ..Limits::default()
        };
        probe(photo, &limits)
    };

    // Pixel by pixel these are a billion and a half, which take more than ten times as long.
    let photo = animation(200, &whole);
    assert!(photo.len() < 12_000);
    assert_eq!(look(&photo, 500).unwrap().frames, 200);

    // For each frame, and inside a picture that takes bits: both end early, which is found only after a look at the clock.
    let early = animation(1, &whole[..1]);
    let pixels = [(0, 32); 3000];
    let codes = [&predictor[..], &two, &group[4..], &pixels];
    let long = container(&[chunk(b"VP8L", &picture(2048, 2048, &codes))]);
    for photo in [early, long] {
        let which = |time| match look(&photo, time) {
            Err(Error::Limit { which, .. }) => Some(which),
            Err(Error::Damaged { .. }) => None,
            other => panic!("{other:?}"),
        };
        assert_eq!(which(60_000), None);
        assert_eq!(which(0), Some(Limit::Time));
    }
}

#[test]
fn cuts_and_flips_never_panic() {
    let mut random = 7_u64;
    let mut next = move |below: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (random >> 33) as usize % below
    };
    for name in [
        "lossy",
        "lossy-alpha",
        "lossless",
        "lossless-alpha",
        "lossless-palette",
        "p3",
        "metadata",
        "animated",
    ] {
        let photo = file(&format!("still/{name}.webp"));
        let (mut refused, mut made) = (0, 0);
        for turn in 0..400 {
            let mut bytes = photo.clone();
            if turn % 2 == 0 {
                bytes.truncate(next(photo.len()));
            } else {
                for _ in 0..1 + turn % 3 {
                    bytes[next(photo.len())] ^= 1 << next(8);
                }
            }
            match normalize(&bytes, &options()) {
                Ok(_) => made += 1,
                Err(Error::Internal { what }) => panic!("{name}, {turn}: {what}"),
                Err(_) => refused += 1,
            }
        }
        assert!(refused > 50 && made > 5, "{name}: {refused} and {made}");
    }
}
