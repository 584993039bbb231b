//! Faces: any picture is looked at, and any faces are framed inside the photo.
#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use headshot_face::{Choice, Face, Framing, accepted, detect, frame};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut from = Unstructured::new(bytes);
    let _ = look(&mut from).and_then(|faces| place(&mut from, faces));
});

/// The pixels repeat the bytes, so that a small input makes a whole picture.
fn look(from: &mut Unstructured) -> arbitrary::Result<Vec<Face>> {
    let (width, height) = (from.int_in_range(0..=70)?, from.int_in_range(0..=70)?);
    let threshold = f32::arbitrary(from)?;
    let pixels = <[u8; 64]>::arbitrary(from)?;
    let count = width as usize * height as usize * 3;
    let rgb: Vec<u8> = pixels.iter().copied().cycle().take(count).collect();
    let faces = detect(&rgb, width, height, threshold).expect("a small picture");
    assert!(faces.windows(2).all(|pair| pair[0].score >= pair[1].score));
    for face in &faces {
        let numbers = [face.x, face.y, face.width, face.height];
        let landmarks = face.landmarks.as_flattened();
        assert!(numbers.iter().chain(landmarks).all(|number| number.is_finite()));
    }
    Ok(faces)
}

fn place(from: &mut Unstructured, mut faces: Vec<Face>) -> arbitrary::Result<()> {
    for _ in 0..from.int_in_range(0..=6)? {
        // Some are faces, some are anything.
        let landmarks = <[[f32; 2]; 5]>::arbitrary(from)?;
        let any = <[f32; 5]>::arbitrary(from)?;
        let near = <[u16; 4]>::arbitrary(from)?.map(f32::from);
        let [score, x, y, width, height] = if bool::arbitrary(from)? {
            any
        } else {
            [0.9, near[0] - 99.0, near[1] - 99.0, near[2], near[3]]
        };
        faces.push(Face {
            score,
            x,
            y,
            width,
            height,
            landmarks,
        });
    }
    let photo = <[u32; 2]>::arbitrary(from)?;
    let choice = match Option::<u32>::arbitrary(from)? {
        Some(number) => Choice::Number(number),
        None => Choice::Heads,
    };
    let all = accepted(&faces, photo).len();
    match frame(&faces, choice, photo, u32::arbitrary(from)?) {
        Framing::Square(framed) => {
            assert!(framed.side >= 1 && (1..=all).contains(&framed.faces.len()));
            for (start, length) in [framed.x, framed.y].into_iter().zip(photo) {
                assert!(u64::from(start) + u64::from(framed.side) <= u64::from(length));
            }
        }
        Framing::Crowd {
            faces,
            needed,
            available,
        } => assert!(faces.len() > 1 && needed > available),
        Framing::Nobody { .. } => assert_eq!(all, 0),
        Framing::NoSuchFace { number, found } => {
            assert!(found as usize == all && (number == 0 || number > found));
        }
    }
    Ok(())
}
