//! The rule at every position in many photos: what holds wherever a face is.

use headshot_face::{Choice, Face, Framed, Framing, SideFrom, frame};

use crate::framing::face;

const PHOTOS: [[u32; 2]; 5] = [[97, 97], [240, 101], [101, 240], [300, 60], [33, 200]];

/// From ear to ear and from crown to chin, as far as it is in the photo.
fn head(face: &Face, photo: [u32; 2]) -> [[u32; 2]; 2] {
    let [x, y, width, height] = [face.x, face.y, face.width, face.height].map(f64::from);
    let size = 1.155 * (width * height).sqrt();
    let edges = [
        [x - 0.1 * size, x + width + 0.1 * size],
        [y - 0.27 * size, y + height],
    ];
    [0, 1].map(|axis| {
        let [start, end] = edges[axis];
        [(start.floor() as u32), (end.ceil() as u32)].map(|at| at.min(photo[axis]))
    })
}

fn has_all(framed: &Framed, [[left, right], [crown, chin]]: [[u32; 2]; 2]) -> bool {
    framed.x <= left
        && right <= framed.x + framed.side
        && framed.y <= crown
        && chin <= framed.y + framed.side
}

fn holds(face: Face, photo: [u32; 2], smallest_side: u32, framed: &Framed) {
    let case = format!("{face:?} in {photo:?}, {smallest_side}: {framed:?}");
    let &Framed { x, y, side, .. } = framed;
    assert!(
        side >= 1 && x + side <= photo[0] && y + side <= photo[1],
        "{case}"
    );
    let shorter = photo[0].min(photo[1]);
    let wanted = (2.25 * 1.155 * (f64::from(face.width) * f64::from(face.height)).sqrt()).ceil();
    assert_eq!(
        side,
        (wanted as u32).max(smallest_side).min(shorter),
        "{case}"
    );
    match framed.side_from {
        SideFrom::Heads => assert_eq!(side, wanted as u32, "{case}"),
        SideFrom::Smallest => assert_eq!(side, smallest_side, "{case}"),
        SideFrom::Photo => assert_eq!(side, shorter, "{case}"),
    }
    let head = head(&face, photo);
    let [[left, right], [crown, chin]] = head;
    let fits = (right - left).max(chin - crown) <= side;
    assert!(!fits || has_all(framed, head), "{case}");
    assert!(chin <= y + side, "{case}");
    // In the middle where the edges allow.
    let center = face.x + face.width / 2.0;
    let off = x as f32 + side as f32 / 2.0 - center;
    let at_edge = x == 0 || x + side == photo[0];
    assert!(off.abs() <= 1.0 || at_edge, "{case}: off by {off}");
    // The eyes at 42 % unless something is in the way.
    let eyes = face.y + 0.4 * face.height;
    let down = (eyes - y as f32) / side as f32;
    let in_the_way = y == 0 || y + side == photo[1] || y == crown || y + side == chin;
    assert!(
        (down - 0.42).abs() * side as f32 <= 1.0 || in_the_way,
        "{case}"
    );
    let percent = framed.eyes_percent as f32;
    let off = (100.0 * down).clamp(0.0, 100.0) - percent;
    assert!(off.abs() <= 0.51, "{case}");
}

#[test]
fn one_face_of_any_size_anywhere() {
    let mut count = 0;
    for photo in PHOTOS {
        for height in [1.0, 4.5, 20.0, 33.3, 61.0, 150.0] {
            for x in (-30..photo[0] as i32 + 10).step_by(7) {
                for y in (-50..photo[1] as i32 + 10).step_by(6) {
                    for smallest_side in [0, 1, 40, 64, 1000] {
                        let face = face(0.9, [x as f32 + 0.25, y as f32, 0.75 * height, height]);
                        match frame(&[face], Choice::Heads, photo, smallest_side) {
                            Framing::Square(framed) => holds(face, photo, smallest_side, &framed),
                            Framing::Nobody { best: Some(0.9) } => {
                                let [[left, right], [crown, chin]] = head(&face, photo);
                                assert!(left >= right || crown >= chin, "{face:?} in {photo:?}");
                                continue;
                            }
                            other => panic!("{other:?}"),
                        }
                        count += 1;
                    }
                }
            }
        }
    }
    assert!(count > 90_000, "{count}");
}

#[test]
fn several_faces_are_all_inside_or_a_crowd() {
    let (mut squares, mut crowds) = (0, 0);
    for photo in PHOTOS {
        for others in 1..5 {
            for across in (0..60).step_by(7) {
                for down in (-40..50).step_by(9) {
                    let faces: Vec<Face> = (0..=others)
                        .map(|i| {
                            let (x, y) = (3 + i * across, 20 + i % 2 * down);
                            let height = 20.0 - i as f32;
                            face(0.9, [x as f32, y as f32, 0.75 * height, height])
                        })
                        .collect();
                    match frame(&faces, Choice::Heads, photo, 40) {
                        Framing::Square(framed) => {
                            assert!(framed.x + framed.side <= photo[0]);
                            assert!(framed.y + framed.side <= photo[1]);
                            for face in &framed.faces {
                                assert!(
                                    has_all(&framed, head(face, photo)),
                                    "{faces:?}: {framed:?}"
                                );
                            }
                            squares += 1;
                        }
                        Framing::Crowd {
                            needed, available, ..
                        } => {
                            assert_eq!(available, photo[0].min(photo[1]));
                            assert!(needed > available);
                            crowds += 1;
                        }
                        other => panic!("{other:?}"),
                    }
                }
            }
        }
    }
    assert!(squares > 300 && crowds > 300, "{squares} and {crowds}");
}
