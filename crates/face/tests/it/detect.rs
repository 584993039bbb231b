//! The faces found, compared with OpenCV's FaceDetectorYN: faces.py says how faces.txt was made.

use std::ops::ControlFlow;

use headshot_face::{ACCEPT, Error, Face, MAX_SIDE, detect, memory};
use headshot_jpeg::{Request, decode_pixels};

/// Pixels of red, green and blue.
struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<[u8; 3]>,
}

impl Picture {
    /// A picture whose pixels are taken from elsewhere.
    fn of(width: usize, height: usize, pixel: impl Fn(usize, usize) -> [u8; 3]) -> Picture {
        let at = |i: usize| pixel(i % width, i / width);
        Picture {
            width,
            height,
            rgb: (0..width * height).map(at).collect(),
        }
    }

    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        self.rgb[y * self.width + x]
    }

    fn every(&self, step: usize) -> Picture {
        let (width, height) = (self.width.div_ceil(step), self.height.div_ceil(step));
        Picture::of(width, height, |x, y| self.at(step * x, step * y))
    }

    fn mirrored(&self) -> Picture {
        Picture::of(self.width, self.height, |x, y| {
            self.at(self.width - 1 - x, y)
        })
    }

    fn detect(&self, threshold: f32) -> Vec<Face> {
        let rgb = self.rgb.as_flattened();
        detect(rgb, self.width as u32, self.height as u32, threshold).unwrap()
    }
}

/// The portrait of testdata, turned upright.
fn portrait() -> Picture {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../testdata/still/astronaut.jpg"
    );
    let file = std::fs::read(path).unwrap();
    let mut stored = Vec::new();
    decode_pixels(&file, &Request::default(), |parts| {
        let [red, green, blue] = parts else {
            panic!("{} components", parts.len());
        };
        let pixels = red.iter().zip(*green).zip(*blue);
        stored.extend(pixels.map(|((&r, &g), &b)| [r, g, b]));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(stored.len(), 512 * 410);
    // Stored on its side: orientation 6 turns it by 90 degrees.
    Picture::of(410, 512, |x, y| stored[(409 - x) * 512 + y])
}

/// Three copies of one person on gray: halved, halved and mirrored, a third.
fn group(portrait: &Picture) -> Picture {
    let mut canvas = Picture::of(650, 330, |_, _| [128; 3]);
    let half = portrait.every(2);
    let mirrored = half.mirrored();
    let third = portrait.every(3);
    for (small, x, y) in [(half, 20, 10), (mirrored, 250, 60), (third, 500, 120)] {
        for (row, pixels) in small.rgb.chunks_exact(small.width).enumerate() {
            let start = (y + row) * canvas.width + x;
            canvas.rgb[start..start + small.width].copy_from_slice(pixels);
        }
    }
    canvas
}

fn numbers(face: &Face) -> [f32; 14] {
    let mut numbers = [0.0; 14];
    numbers[..4].copy_from_slice(&[face.x, face.y, face.width, face.height]);
    numbers[4..].copy_from_slice(face.landmarks.as_flattened());
    numbers
}

#[test]
fn faces_are_those_that_opencv_finds() {
    let portrait = portrait();
    let pictures = [
        ("half", portrait.every(2), 1),
        (
            "part",
            Picture::of(333, 267, |x, y| portrait.at(57 + x, 33 + y)),
            1,
        ),
        ("group", group(&portrait), 3),
        (
            "turned",
            Picture::of(410, 512, |x, y| portrait.at(409 - x, 511 - y)),
            1,
        ),
        ("whole", portrait, 1),
    ];
    for (name, picture, count) in pictures {
        let expected: Vec<Vec<f32>> = include_str!("faces.txt")
            .lines()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
            .map(|line| line.split(' ').map(|n| n.parse().unwrap()).collect())
            .collect();
        assert_eq!(expected.len(), count, "{name}");
        let found = picture.detect(0.6);
        assert_eq!(found.len(), count, "{name}: {found:?}");
        for (face, expected) in found.iter().zip(&expected) {
            let off = (face.score - expected[0]).abs();
            assert!(off < 0.001, "{name}: {face:?} for {expected:?}");
            for (number, expected) in numbers(face).iter().zip(&expected[1..]) {
                assert!(
                    (number - expected).abs() < 0.1,
                    "{name}: {face:?} for {expected:?}"
                );
            }
        }
    }
}

#[test]
fn faces_come_best_first_from_the_threshold_on() {
    let picture = group(&portrait());
    let all = picture.detect(0.1);
    assert!(all.len() >= 3, "{} faces", all.len());
    assert!(all.windows(2).all(|pair| pair[0].score >= pair[1].score));
    let third = all[2].score;
    assert!(third > ACCEPT);
    assert_eq!(picture.detect(third), all[..3]);
    assert_eq!(picture.detect(third.next_up()), all[..2]);
    assert_eq!(picture.detect(1.1), []);
    assert_eq!(picture.detect(f32::NAN), []);
}

#[test]
fn pictures_of_any_size_are_looked_at() {
    let portrait = portrait();
    for (width, height) in [(1, 1), (1, 410), (7, 300), (8, 8), (33, 31), (410, 7)] {
        let part = Picture::of(width, height, |x, y| portrait.at(x, y));
        assert_eq!(part.detect(0.6), [], "{width} x {height}");
    }
    assert_eq!(detect(&[], 0, 0, 0.0), Ok(Vec::new()));
    assert_eq!(detect(&[], 0, 11, 0.0), Ok(Vec::new()));
}

#[test]
fn what_the_caller_got_wrong_is_said() {
    assert_eq!(
        detect(&[9; 3 * 11 * 22 + 1], 11, 22, 0.5),
        Err(Error::Length {
            found: 727,
            expected: 726
        })
    );
    for (width, height) in [(MAX_SIDE + 1, 22), (11, MAX_SIDE + 1), (u32::MAX, u32::MAX)] {
        let error = detect(&[], width, height, 0.5).unwrap_err();
        let max = MAX_SIDE;
        assert_eq!(error, Error::Side { width, height, max });
    }
    let error = detect(&[], 1025, 22, 0.5).unwrap_err().to_string();
    assert!(error.starts_with("a picture of 1025 x 22 pixels, at most 1024 x 1024: "));
}

#[test]
fn memory_is_never_more_for_a_smaller_picture() {
    assert!(memory(320, 240) < memory(640, 480));
    assert_eq!(memory(1000, 1024), memory(u32::MAX, u32::MAX));
}

#[test]
fn a_face_is_scaled_with_its_picture() {
    let face = Face {
        score: 0.9,
        x: 1.0,
        y: 2.0,
        width: 3.0,
        height: 4.0,
        landmarks: [[5.0, 6.0]; 5],
    };
    let scaled = face.scaled(10.0, 100.0);
    assert_eq!(scaled.score, 0.9);
    assert_eq!(
        numbers(&scaled)[..6],
        [10.0, 200.0, 30.0, 400.0, 50.0, 600.0]
    );
}
