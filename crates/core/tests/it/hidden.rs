//! Nothing that is hidden in a photo comes out, wherever it is.

#[path = "../../../../benches/src/allowed.rs"]
#[allow(unreachable_pub)]
mod allowed;

use headshot_core::{Damaged, Error, Fit, Options, Quality, SideRange, StillFormat, normalize};

use crate::file;
use crate::kept::{chunk, insert, segment};

/// Codes for both LZW and Huffman tables; no two bytes are the same.
pub(crate) const MARK: &[u8; 24] = b"\x31\x42\x17\x65\x29\x53\x18\x74\x36\x21\x57\x48\x12\x69\x33\x25\x41\x14\x72\x58\x26\x37\x61\x45";

pub(crate) fn sets() -> [Options; 6] {
    let small = SideRange::new(512, 512).unwrap();
    [
        // A compliant photo keeps its coding.
        Options::default(),
        Options {
            fit: Fit::Cover,
            side: small,
            ..Options::default()
        },
        Options {
            format: StillFormat::Png,
            ..Options::default()
        },
        Options {
            format: StillFormat::Jpeg(None),
            ..Options::default()
        },
        Options {
            format: StillFormat::Auto(Quality::new(77)),
            ..Options::default()
        },
        Options {
            damaged: Damaged::Accept,
            ..Options::default()
        },
    ]
}

/// How many of the option sets made an avatar. None of them contains a part of the mark, or anything but a picture.
pub(crate) fn assert_clean(photo: &[u8], what: &str) -> usize {
    let shows = |bytes: &[u8]| {
        let mut parts = MARK.windows(6);
        parts.any(|part| bytes.windows(6).any(|window| window == part))
    };
    assert!(shows(photo), "{what}: nothing is hidden");
    let mut made = 0;
    for options in sets() {
        match normalize(photo, &options) {
            Ok(avatar) => {
                made += 1;
                assert!(
                    !shows(&avatar.bytes()),
                    "{what}: {:?}",
                    avatar.report().steps
                );
                assert_eq!(allowed::check(&avatar), Ok(()), "{what}");
            }
            Err(Error::Damaged { .. } | Error::Limit { .. }) => {}
            Err(error) => panic!("{what}: {error}"),
        }
    }
    made
}

#[test]
fn a_jpeg_hides_nothing() {
    let bare = normalize(&file("still/astronaut.jpg"), &Options::default())
        .unwrap()
        .bytes();
    let find = |marker: u8| {
        bare.windows(2)
            .position(|pair| pair == [0xFF, marker])
            .unwrap()
    };
    let (tables, scan, end) = (find(0xDB), find(0xDA), bare.len() - 2);
    let quantization = |number: u8| segment(0xDB, &[&[number], &MARK.repeat(3)[..64]].concat());
    let mut counts = [0; 16];
    counts[11] = MARK.len() as u8;
    let huffman = |number: u8| segment(0xC4, &[&[number], &counts[..], MARK].concat());
    let fill = [&[0xFF; 40][..], b"\0", MARK].concat();
    let cases: [(&str, usize, Vec<u8>); 14] = [
        ("behind the last block", end, MARK.to_vec()),
        (
            "behind a stray restart marker",
            end,
            [b"\xFF\xD0", &MARK[..]].concat(),
        ),
        ("behind fill bytes", end, fill),
        ("a table behind the scan", end, quantization(0)),
        ("codes behind the scan", end, huffman(0)),
        ("a table that nothing uses", tables, quantization(3)),
        ("a table that is replaced", tables, quantization(0)),
        ("codes that nothing uses", scan, huffman(0x13)),
        ("codes that are replaced", tables, huffman(0x10)),
        ("between segments", tables, MARK.to_vec()),
        ("a comment", scan, segment(0xFE, MARK)),
        ("a marker of a maker", 2, segment(0xEF, MARK)),
        ("a number of lines", scan, segment(0xDC, MARK)),
        ("behind the end", bare.len(), MARK.to_vec()),
    ];
    for (what, at, hidden) in cases {
        let made = assert_clean(&insert(&bare, at, &hidden), what);
        assert_eq!(made, sets().len(), "{what}");
    }
}

fn adler(data: &[u8]) -> [u8; 4] {
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    (b << 16 | a).to_be_bytes()
}

/// A zlib stream of stored blocks.
pub(crate) fn zlib(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut parts = data.chunks(65_535).peekable();
    while let Some(part) = parts.next() {
        stream.push(u8::from(parts.peek().is_none()));
        stream.extend((part.len() as u16).to_le_bytes());
        stream.extend((!(part.len() as u16)).to_le_bytes());
        stream.extend(part);
    }
    stream.extend(adler(data));
    stream
}

/// A compliant PNG of 512 x 512, with chunks before and after those of the given pixels.
fn png(color: u8, before: &[Vec<u8>], rows: &[u8], behind: &[u8], after: &[Vec<u8>]) -> Vec<u8> {
    let header = [&[0, 0, 2, 0, 0, 0, 2, 0, 8, color][..], &[0; 3]].concat();
    let mut photo = b"\x89PNG\r\n\x1A\n".to_vec();
    photo.extend(chunk(b"IHDR", &header));
    photo.extend(before.concat());
    photo.extend(chunk(b"IDAT", &[&zlib(rows), behind].concat()));
    photo.extend(after.concat());
    photo.extend(chunk(b"IEND", b""));
    photo
}

/// Rows with this many bytes a pixel, each after the byte for no prediction.
fn rows(pixel: impl Fn(usize, usize) -> Vec<u8>) -> Vec<u8> {
    let row = |y: usize| {
        let pixels = (0..512).flat_map(|x| pixel(x, y)).collect::<Vec<u8>>();
        [vec![0], pixels].concat()
    };
    (0..512).flat_map(row).collect()
}

#[test]
fn a_png_hides_nothing() {
    let rgb = rows(|x, y| vec![x as u8, y as u8, (x ^ y) as u8 | 0x80]);
    let more = [&rgb[..], &MARK.repeat(99)].concat();
    let indexed = rows(|x, y| vec![(x / 64 + y / 128) as u8]);
    // Sixteen colors, of which eleven are visible.
    let palette: Vec<u8> = (0..33)
        .map(|i| 200 + i)
        .chain(MARK[..15].iter().copied())
        .collect();
    let alphas: Vec<u8> = [255; 11]
        .into_iter()
        .chain(MARK[..5].iter().copied())
        .collect();
    let long_alphas = [&[255; 16][..], MARK].concat();
    let gray = rows(|x, y| vec![(x / 4 + y / 4) as u8]);
    let text = [b"Comment\0", &MARK[..]].concat();
    let none: &[Vec<u8>] = &[];
    let plte = |palette: &[u8]| chunk(b"PLTE", palette);
    let trns = |alphas: &[u8]| chunk(b"tRNS", alphas);
    let cases: [(&str, usize, Vec<u8>); 16] = [
        ("behind the stream", 6, png(2, none, &rgb, MARK, none)),
        (
            "in another chunk",
            6,
            png(2, none, &rgb, b"", &[chunk(b"IDAT", MARK)]),
        ),
        ("behind the last row", 6, png(2, none, &more, b"", none)),
        (
            "a palette of no use",
            6,
            png(2, &[plte(MARK)], &rgb, b"", none),
        ),
        ("a late palette", 6, png(2, none, &rgb, b"", &[plte(MARK)])),
        (
            "a transparent color of no use",
            6,
            png(2, &[trns(&MARK[..6])], &rgb, b"", none),
        ),
        (
            "a long transparent color",
            6,
            png(0, &[trns(MARK)], &gray, b"", none),
        ),
        (
            "colors that are not seen",
            6,
            png(3, &[plte(&palette)], &indexed, b"", none),
        ),
        (
            "alphas that are not seen",
            6,
            png(3, &[plte(&palette), trns(&alphas)], &indexed, b"", none),
        ),
        (
            "too much alpha",
            6,
            png(
                3,
                &[plte(&palette), trns(&long_alphas)],
                &indexed,
                b"",
                none,
            ),
        ),
        (
            "text",
            6,
            png(
                2,
                &[chunk(b"tEXt", &text)],
                &rgb,
                b"",
                &[chunk(b"iTXt", &text)],
            ),
        ),
        ("EXIF", 6, png(2, &[chunk(b"eXIf", MARK)], &rgb, b"", none)),
        (
            "a profile",
            6,
            png(2, &[chunk(b"iCCP", &text)], &rgb, b"", none),
        ),
        (
            "a chunk of a maker",
            6,
            png(2, &[chunk(b"maRk", MARK)], &rgb, b"", none),
        ),
        (
            "a frame",
            6,
            png(2, none, &rgb, b"", &[chunk(b"fdAT", MARK)]),
        ),
        (
            "behind the end",
            6,
            [&png(2, none, &rgb, b"", none)[..], MARK].concat(),
        ),
    ];
    for (what, wanted, photo) in cases {
        assert_eq!(assert_clean(&photo, what), wanted, "{what}");
    }
}

#[test]
fn transparent_pixels_have_no_color() {
    let photo = |hidden: [u8; 3]| {
        let pixel = |x: usize, y: usize| {
            if (100..132).contains(&x) {
                vec![hidden[0], hidden[1], hidden[2], 0]
            } else {
                vec![x as u8, y as u8, 200, 255]
            }
        };
        png(6, &[], &rows(pixel), b"", &[])
    };
    let kept = normalize(&photo([0; 3]), &Options::default()).unwrap();
    assert!(kept.bytes() == photo([0; 3]));
    let made = normalize(&photo([11, 22, 33]), &Options::default()).unwrap();
    let picture = image::load_from_memory(&made.bytes()).unwrap().to_rgba8();
    let clean = image::load_from_memory(&kept.bytes()).unwrap().to_rgba8();
    assert!(picture == clean);
}

/// The photo with everything planted in it that its format has room for.
fn planted(photo: &[u8]) -> Vec<u8> {
    let named = |name: &[u8]| [name, &MARK[..]].concat();
    match photo[0] {
        0xFF => {
            let segments = [
                segment(0xE1, &named(b"Exif\0\0II*\0\x08\0\0\0")),
                segment(0xE1, &named(b"http://ns.adobe.com/xap/1.0/\0")),
                segment(0xE2, &named(b"ICC_PROFILE\0\x01\x01")),
                segment(0xED, &named(b"Photoshop 3.0\x008BIM")),
                segment(0xFE, MARK),
            ];
            let mut scan = 2;
            while photo[scan + 1] != 0xDA {
                let length = [photo[scan + 2], photo[scan + 3]];
                scan += 2 + usize::from(u16::from_be_bytes(length));
            }
            let photo = insert(photo, scan, &segment(0xFE, MARK));
            [&insert(&photo, 2, &segments.concat())[..], MARK].concat()
        }
        0x89 => {
            let chunks = [
                chunk(b"eXIf", &named(b"II*\0\x08\0\0\0")),
                chunk(b"tEXt", &named(b"GPS\0")),
                chunk(b"zTXt", &named(b"GPS\0\0")),
                chunk(b"iTXt", &named(b"XML:com.adobe.xmp\0\0\0\0\0")),
                chunk(b"maRk", MARK),
            ];
            let photo = insert(
                photo,
                photo.len() - 12,
                &chunk(b"tEXt", &named(b"Author\0")),
            );
            [&insert(&photo, 33, &chunks.concat())[..], MARK].concat()
        }
        b'R' => {
            let length = (MARK.len() as u32).to_le_bytes();
            let chunk = [b"maRk", &length[..], MARK].concat();
            let mut photo = [photo, &chunk].concat();
            let length = (photo.len() as u32 - 8).to_le_bytes();
            photo[4..8].copy_from_slice(&length);
            [&photo[..], MARK].concat()
        }
        _ => {
            let flags = photo[10];
            let blocks = 13
                + if flags & 0x80 == 0 {
                    0
                } else {
                    6 << (flags & 7)
                };
            let comment = [b"!\xFE\x18", &MARK[..], b"\0"].concat();
            let xmp = [b"!\xFF\x0BXMP DataXMP\x18", &MARK[..], b"\0"].concat();
            let photo = insert(photo, photo.len() - 1, &comment);
            [&insert(&photo, blocks, &[comment, xmp].concat())[..], MARK].concat()
        }
    }
}

#[test]
fn no_byte_of_metadata_comes_out_of_any_photo() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
    let (mut photos, mut made) = (0, 0);
    for kind in ["still", "animated"] {
        for entry in std::fs::read_dir(folder.join(kind)).unwrap() {
            let path = entry.unwrap().path();
            let photo = std::fs::read(&path).unwrap();
            made += assert_clean(&planted(&photo), &path.display().to_string());
            photos += 1;
        }
    }
    // One is too long for the limits.
    assert_eq!((photos, made), (124, 123 * sets().len()));
}
