//! The rule, case by case, with numbers worked out by hand.

use headshot_face::{Choice, Face, Framed, Framing, SideFrom, accepted, frame};

/// A face with this box, the eyes at 40 % of its height.
pub(crate) fn face(score: f32, [x, y, width, height]: [f32; 4]) -> Face {
    let at = |across: f32, down: f32| [x + across * width, y + down * height];
    Face {
        score,
        x,
        y,
        width,
        height,
        landmarks: [
            at(0.3, 0.39),
            at(0.7, 0.41),
            at(0.5, 0.6),
            at(0.35, 0.8),
            at(0.65, 0.8),
        ],
    }
}

fn square(faces: &[Face], choice: Choice, photo: [u32; 2], smallest_side: u32) -> Framed {
    match frame(faces, choice, photo, smallest_side) {
        Framing::Square(framed) => framed,
        other => panic!("{other:?}"),
    }
}

fn place(framed: &Framed) -> [u32; 3] {
    [framed.x, framed.y, framed.side]
}

/// F is 1.155 times 240: 277.2. Its square has a side of 624, its crown is 75 above the box.
const HEAD: [f32; 4] = [900.0, 800.0, 180.0, 320.0];

#[test]
fn one_head_has_its_eyes_at_42_percent() {
    let framed = square(&[face(0.9, HEAD)], Choice::Heads, [2000, 3000], 512);
    // Centered on 990; the eyes are at 928.
    assert_eq!(place(&framed), [678, 666, 624]);
    assert_eq!(framed.side_from, SideFrom::Heads);
    assert_eq!(framed.eyes_percent, 42);
    assert_eq!(framed.faces, [face(0.9, HEAD)]);
}

#[test]
fn a_tiny_face_gets_the_smallest_side() {
    let framed = square(&[face(0.9, HEAD)], Choice::Heads, [2000, 3000], 777);
    assert_eq!(place(&framed), [602, 602, 777]);
    assert_eq!(framed.side_from, SideFrom::Smallest);
    // A photo that is smaller than that gives what it has.
    let framed = square(&[face(0.9, HEAD)], Choice::Heads, [2000, 1150], 1500);
    assert_eq!(place(&framed), [415, 0, 1150]);
    assert_eq!(framed.side_from, SideFrom::Photo);
    assert_eq!(framed.eyes_percent, 81);
}

#[test]
fn the_square_never_leaves_the_photo() {
    for (at, expected) in [
        ([10.0, 20.0], [0, 0]),
        ([1810.0, 20.0], [1376, 0]),
        ([10.0, 2670.0], [0, 2376]),
        ([1815.0, 2690.0], [1376, 2376]),
        // Half outside, as the network may guess.
        ([-90.0, -100.0], [0, 0]),
        ([1900.0, 2900.0], [1376, 2376]),
    ] {
        let face = face(0.9, [at[0], at[1], 180.0, 320.0]);
        let framed = square(&[face], Choice::Heads, [2000, 3000], 512);
        assert_eq!(place(&framed), [expected[0], expected[1], 624], "{at:?}");
    }
}

#[test]
fn hair_is_cut_before_the_chin() {
    // Eyes far down: the crown is at 800 - 0.27 * 277.2 = 725.1, the eyes at 42 % would begin at 762.
    let mut low = face(0.9, HEAD);
    low.landmarks[0][1] = 1020.0;
    low.landmarks[1][1] = 1028.0;
    let framed = square(&[low], Choice::Heads, [2000, 3000], 512);
    assert_eq!(place(&framed), [678, 725, 624]);
    assert_eq!(framed.eyes_percent, 48);
    // A photo of 350 pixels has no room for crown and chin, which are 395 apart: it ends at the chin.
    let wide = face(0.9, [900.0, 90.0, 180.0, 320.0]);
    let framed = square(&[wide], Choice::Heads, [2000, 350], 512);
    assert_eq!(place(&framed), [815, 0, 350]);
    let narrow = face(0.9, [90.0, 800.0, 180.0, 320.0]);
    let framed = square(&[narrow], Choice::Heads, [350, 2000], 512);
    assert_eq!(place(&framed), [0, 770, 350]);
    assert_eq!(framed.side_from, SideFrom::Photo);
}

#[test]
fn a_head_wider_than_the_photo_is_high_stays_in_the_middle() {
    // From 448 to 952 with its ears.
    let face = face(0.95, [500.0, -100.0, 400.0, 500.0]);
    let framed = square(&[face], Choice::Heads, [3000, 300], 512);
    assert_eq!(place(&framed), [550, 0, 300]);
}

#[test]
fn two_heads_are_both_inside_with_room_around() {
    let pair = [
        face(0.85, [1000.0, 500.0, 180.0, 320.0]),
        face(0.95, [600.0, 560.0, 135.0, 240.0]),
    ];
    let framed = square(&pair, Choice::Heads, [3000, 2000], 512);
    // From 579 to 1208 with ears, 629 pixels, and F of the larger is 277.2: 906.2. The eyes are at 628 and 656.
    assert_eq!(framed.side, 907);
    assert_eq!(framed.x, 440);
    assert_eq!(framed.y, 642 - 381);
    // From the left, though the right one is better.
    assert_eq!(framed.faces, [pair[1], pair[0]]);
    assert_eq!(framed.side_from, SideFrom::Heads);
}

#[test]
fn five_heads_fit_where_the_photo_has_room() {
    let row: Vec<Face> = (0..5)
        .map(|i| face(0.9, [300.0 + 250.0 * i as f32, 700.0, 90.0, 160.0]))
        .collect();
    let framed = square(&row, Choice::Heads, [1800, 1300], 512);
    // 1000 apart, 90 and twice 13.86 for the ears: from 286 to 1404.
    assert_eq!(place(&framed), [217, 43, 1257]);
    assert_eq!(framed.faces.len(), 5);
    // As much room as there is.
    let framed = square(&row, Choice::Heads, [1800, 1118], 512);
    assert_eq!(place(&framed), [286, 0, 1118]);
    assert_eq!(framed.side_from, SideFrom::Photo);
}

#[test]
fn a_crowd_that_fits_no_square_is_none() {
    let row: Vec<Face> = (0..5)
        .map(|i| face(0.9, [300.0 + 250.0 * i as f32, 700.0, 90.0, 160.0]))
        .collect();
    let framing = frame(&row, Choice::Heads, [1800, 1117], 512);
    let Framing::Crowd {
        faces,
        needed,
        available,
    } = framing
    else {
        panic!("{framing:?}");
    };
    assert_eq!((needed, available), (1118, 1117));
    assert_eq!(faces, row);
    // One of them fits alone.
    let framed = square(&row, Choice::Number(4), [1800, 1117], 222);
    assert_eq!(framed.faces, [row[3]]);
    assert_eq!(place(&framed), [939, 633, 312]);
}

#[test]
fn small_faces_behind_do_not_count_but_can_be_chosen() {
    let front = face(0.9, HEAD);
    // 0.59 and 0.61 as large.
    let behind = face(0.95, [300.0, 850.0, 0.59 * 180.0, 0.59 * 320.0]);
    let beside = face(0.95, [300.0, 850.0, 0.61 * 180.0, 0.61 * 320.0]);
    let framed = square(&[behind, front], Choice::Heads, [2000, 3000], 512);
    assert_eq!(framed.faces, [front]);
    let framed = square(&[beside, front], Choice::Heads, [2000, 3000], 512);
    assert_eq!(framed.faces, [beside, front]);
    let framed = square(&[front, behind], Choice::Number(1), [2000, 3000], 222);
    assert_eq!(framed.faces, [behind]);
    let framed = square(&[front, behind], Choice::Number(2), [2000, 3000], 222);
    assert_eq!(framed.faces, [front]);
    assert_eq!(accepted(&[front, behind], [2000, 3000]), [behind, front]);
}

#[test]
fn a_number_that_no_face_has_is_said() {
    let faces = [face(0.9, HEAD), face(0.7, [100.0, 100.0, 180.0, 320.0])];
    for number in [0, 2, u32::MAX] {
        let framing = frame(&faces, Choice::Number(number), [2000, 3000], 512);
        assert_eq!(framing, Framing::NoSuchFace { number, found: 1 });
    }
}

#[test]
fn faces_of_one_column_are_numbered_from_above() {
    let upper = face(0.9, [500.0, 300.0, 90.0, 160.0]);
    let lower = face(0.95, [500.0, 700.0, 90.0, 160.0]);
    assert_eq!(accepted(&[lower, upper], [1000, 1000]), [upper, lower]);
    // A few pixels further left or right change nothing, half a width does.
    let [left, right] = [456.0, 544.0].map(|x| face(0.9, [x, 700.0, 90.0, 160.0]));
    assert_eq!(accepted(&[left, upper], [1000, 1000]), [upper, left]);
    assert_eq!(accepted(&[right, upper], [1000, 1000]), [upper, right]);
    let far = face(0.9, [454.0, 700.0, 90.0, 160.0]);
    assert_eq!(accepted(&[upper, far], [1000, 1000]), [far, upper]);
    // Two columns.
    let beside = face(0.9, [600.0, 11.0, 90.0, 160.0]);
    assert_eq!(
        accepted(&[beside, right, upper], [1000, 1000]),
        [upper, right, beside]
    );
}

#[test]
fn below_the_threshold_nobody_is_framed() {
    let faces = [
        face(0.31, [100.0, 100.0, 180.0, 320.0]),
        face(0.799, HEAD),
        face(f32::NAN, HEAD),
    ];
    for choice in [Choice::Heads, Choice::Number(1)] {
        let framing = frame(&faces, choice, [2000, 3000], 512);
        assert_eq!(framing, Framing::Nobody { best: Some(0.799) });
    }
    let framing = frame(&[], Choice::Heads, [2000, 3000], 512);
    assert_eq!(framing, Framing::Nobody { best: None });
    let framing = frame(&[face(0.8, HEAD)], Choice::Heads, [2000, 3000], 512);
    assert!(matches!(framing, Framing::Square(_)));
}

#[test]
fn a_photo_without_pixels_has_nobody() {
    let corner = face(0.9, [-90.0, -160.0, 180.0, 320.0]);
    for photo in [[0, 3000], [2000, 0], [0, 0]] {
        let framing = frame(&[corner], Choice::Heads, photo, 512);
        assert_eq!(framing, Framing::Nobody { best: Some(0.9) });
    }
    let framed = square(&[corner], Choice::Heads, [1, 1], 512);
    assert_eq!(place(&framed), [0, 0, 1]);
}

#[test]
fn numbers_that_are_no_box_are_no_face() {
    let nonsense = [
        [f32::NAN, 800.0, 180.0, 320.0],
        [900.0, f32::INFINITY, 180.0, 320.0],
        [900.0, 800.0, f32::INFINITY, 320.0],
        [900.0, 800.0, -180.0, 320.0],
        [900.0, 800.0, 0.0, 320.0],
        // Not in the photo, with ears and crown.
        [-208.0, 800.0, 180.0, 320.0],
        [2028.0, 800.0, 180.0, 320.0],
        [900.0, 3075.0, 180.0, 320.0],
        [900.0, -321.0, 180.0, 320.0],
    ];
    for values in nonsense {
        let framing = frame(&[face(0.9, values)], Choice::Heads, [2000, 3000], 512);
        assert_eq!(framing, Framing::Nobody { best: Some(0.9) }, "{values:?}");
    }
    let mut blind = face(0.9, HEAD);
    blind.landmarks[0][1] = f32::NAN;
    assert_eq!(accepted(&[blind], [2000, 3000]), []);
    // Eyes that are elsewhere are assumed to be in the box.
    blind.landmarks[0][1] = 1e30;
    let framed = square(&[blind], Choice::Heads, [2000, 3000], 512);
    assert_eq!(framed.y, 725);
}
