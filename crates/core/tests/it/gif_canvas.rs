//! The canvas of a GIF: how large it is, and what is visible where no frame covers it.

use std::io::Cursor;

use headshot_core::{Avatar, Format, Options, Size, Step, StillFormat, Warning, normalize, probe};

use crate::gif_file::{
    BACKGROUND, BLUE, GREEN, Gif, HOLE, KEEP, RED, assert_near, at, screens, side,
};

fn is_kept(avatar: &Avatar) -> bool {
    matches!(avatar.report().steps[..], [Step::Keep(Format::Gif)])
}

/// Which index each frame declares transparent, and its disposal, according to the `gif` crate.
fn marks(gif: &[u8]) -> Vec<(Option<u8>, gif::DisposalMethod)> {
    let mut decoder = gif::DecodeOptions::new().read_info(gif).unwrap();
    let mut marks = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        marks.push((frame.transparent, frame.dispose));
    }
    marks
}

#[test]
fn a_canvas_grows_for_its_first_frame_and_for_no_other() {
    let size = |width, height| Size::new(width, height).unwrap();
    for (first, to) in [
        ([0, 0, 60, 60], size(60, 60)),
        ([40, 30, 20, 30], size(60, 60)),
        ([0, 0, 10, 60], size(32, 60)),
    ] {
        let gif = Gif::new(32, 24, None)
            .frame(first, RED, KEEP, 5)
            .frame([0, 0, 10, 10], BLUE, KEEP, 5)
            .frame([50, 50, 400, 400], GREEN, KEEP, 5)
            .end();
        let told = Warning::GrownCanvas {
            from: size(32, 24),
            to,
        };
        let info = probe(&gif, &Options::default().limits).unwrap();
        assert_eq!((info.size, &info.warnings[..]), (to, &[told.clone()][..]));
        // Even if nothing else must be done: other programs see a different canvas.
        let avatar = normalize(&gif, &side(60)).unwrap();
        assert!(!is_kept(&avatar) && avatar.report().warnings.contains(&told));
        let (screens, _) = screens(&avatar.bytes());
        let left = (60 - to.width()) / 2;
        let [x, y] = [0, 1].map(|i| u32::from(first[i] + first[i + 2]) - 1);
        assert_near(at(&screens, 0, left + x, y), RED);
        assert_near(at(&screens, 5, left, 0), BLUE);
        if to.width() == 60 {
            assert_near(at(&screens, 10, 59, 59), GREEN);
        }
        // The same as for a still.
        let still = Options {
            format: StillFormat::Png,
            ..side(60)
        };
        let still = normalize(&gif, &still).unwrap();
        assert!(still.report().warnings.contains(&told));
        let still = image::load_from_memory(&still.bytes()).unwrap().to_rgba8();
        assert_near(still.get_pixel(left + x, y).0, RED);
    }
    assert_eq!(
        Warning::GrownCanvas {
            from: size(320, 240),
            to: size(600, 600)
        }
        .to_string(),
        "its first frame does not fit on its canvas of 320 x 240 pixels: the canvas was enlarged to 600 x 600"
    );
}

#[test]
fn what_no_frame_covers_stays_transparent_in_a_kept_gif() {
    use gif::DisposalMethod::{Background, Keep};
    // No pixel has the transparent color.
    let bare = Gif::new(64, 64, Some(0))
        .frame([10, 11, 20, 22], RED, KEEP, 5)
        .frame([10, 11, 5, 5], BLUE, KEEP, 5)
        .end();
    let cleared = Gif::new(64, 64, Some(0))
        .frame([0, 0, 64, 64], RED, KEEP, 5)
        .frame([10, 11, 20, 22], BLUE, BACKGROUND, 5)
        .frame([0, 0, 2, 2], GREEN, KEEP, 5)
        .end();
    let kept = |gif: &[u8]| {
        let avatar = normalize(gif, &side(64)).unwrap();
        assert!(is_kept(&avatar), "{:?}", avatar.report().steps);
        (marks(&avatar.bytes()), screens(&avatar.bytes()))
    };
    // Any unused index will do, so the first one is taken.
    let (found, shown) = kept(&bare);
    assert_eq!(found, [(Some(1), Keep), (None, Keep)]);
    assert_eq!(shown, screens(&bare));
    assert_eq!(at(&shown.0, 5, 40, 40), [0; 4]);
    let (found, shown) = kept(&cleared);
    // The first frame declares transparency, for decoders that check only that one.
    assert_eq!(
        found,
        [(Some(1), Keep), (Some(0), Background), (None, Keep)]
    );
    assert_eq!(shown, screens(&cleared));
    assert_eq!(at(&shown.0, 10, 20, 20), [0; 4]);
    // If every pixel is drawn over, it declares nothing.
    let covered = Gif::new(64, 64, Some(0))
        .frame([0, 0, 64, 64], RED, KEEP, 5)
        .frame([10, 11, 5, 5], BLUE, KEEP, 5)
        .end();
    assert_eq!(kept(&covered).0, [(None, Keep), (None, Keep)]);
}

#[test]
fn an_old_slip_for_taking_a_frame_back_is_read_as_it_was_meant() {
    // Disposal 4 means 3, as in browsers, libvips and Pillow; meaningless values mean keep.
    for (disposal, shown) in [(4, RED), (5, BLUE), (7, BLUE)] {
        for side_of_canvas in [64, 40] {
            let gif = Gif::new(side_of_canvas, side_of_canvas, Some(0))
                .frame([0, 0, side_of_canvas, side_of_canvas], RED, KEEP, 5)
                .frame([10, 11, 20, 22], BLUE, disposal, 5)
                .frame([0, 0, 2, 2], GREEN, KEEP, 5)
                .end();
            let avatar = normalize(&gif, &side(64)).unwrap();
            assert_eq!(is_kept(&avatar), side_of_canvas == 64);
            let (screens, _) = screens(&avatar.bytes());
            assert_near(at(&screens, 11, 20, 20), shown);
        }
    }
}

#[test]
fn where_decoders_would_disagree_it_is_encoded_anew() {
    let pixels = |color: u8, count: usize| vec![color; count];
    // No color is transparent: one decoder shows what is behind, others the first color or the background.
    let bare = Gif::new(64, 64, None)
        .control(KEEP, 5, None)
        .image([10, 11, 20, 22], 0, &[], 2, &pixels(RED, 440))
        .control(KEEP, 5, None)
        .image([10, 11, 5, 5], 0, &[], 2, &pixels(BLUE, 25))
        .end();
    let cleared = Gif::new(64, 64, None)
        .control(KEEP, 5, None)
        .image([0, 0, 64, 64], 0, &[], 2, &pixels(RED, 4096))
        .control(BACKGROUND, 5, None)
        .image([10, 11, 20, 22], 0, &[], 2, &pixels(BLUE, 440))
        .control(KEEP, 5, None)
        .image([0, 0, 2, 2], 0, &[], 2, &pixels(GREEN, 4))
        .end();
    // There is no invisible color.
    let full: Vec<u8> = (0..440).map(|i| (i % 4) as u8).collect();
    let crowded = Gif::new(64, 64, None)
        .control(KEEP, 5, Some(9))
        .image([10, 11, 20, 22], 0, &[], 2, &full)
        .control(KEEP, 5, None)
        .image([10, 11, 5, 5], 0, &[], 2, &pixels(BLUE, 25))
        .end();
    for (gif, time, x) in [(&bare, 5, 40), (&cleared, 10, 20), (&crowded, 5, 40)] {
        let avatar = normalize(gif, &side(64)).unwrap();
        assert!(!is_kept(&avatar));
        let bytes = avatar.bytes();
        let (before, _) = screens(gif);
        let (after, _) = screens(&bytes);
        for time in [0, time] {
            assert_eq!(at(&before, time, x, x)[3], at(&after, time, x, x)[3]);
        }
        assert_eq!(at(&after, time, x, x), [0; 4]);
        // If anything is left bare or cleared, a color is declared transparent.
        let marks = marks(&bytes);
        let is_marked = |(index, disposal): &(Option<u8>, _)| {
            index.is_some() || *disposal != gif::DisposalMethod::Background
        };
        assert!(marks.iter().all(is_marked), "{marks:?}");
        // So does the first frame, for decoders that check only that one.
        assert!(marks[0].0.is_some(), "{marks:?}");
        // So it is kept the next time.
        let again = normalize(&bytes, &side(64)).unwrap();
        assert!(is_kept(&again) && again.bytes() == bytes);
    }
}

#[test]
fn codes_that_others_read_are_read() {
    let whole = [0, 0, 8, 8];
    let indices: Vec<u8> = (0..64).map(|i| (i * 7 % 13 % 3) as u8).collect();
    let (clear, end) = (4, 5);
    let twice = indices
        .iter()
        .flat_map(|index| [clear, clear, u32::from(*index)]);
    let doubled = Gif::new(8, 8, None)
        .codes(whole, 0, &[], 2, twice.chain([end]))
        .end();
    // Of nine bits and more; not every decoder reads them.
    let wide = |bits: u8| {
        let clear = 1_u32 << bits;
        let codes = indices.iter().flat_map(|index| [clear, u32::from(*index)]);
        Gif::new(8, 8, None)
            .codes(whole, 0, &[], bits, codes.chain([clear + 1]))
            .end()
    };
    let png = |gif: &[u8]| {
        let avatar = normalize(gif, &side(8)).unwrap();
        assert!(
            avatar
                .report()
                .warnings
                .iter()
                .all(|warning| !matches!(warning, Warning::MissingPixels { .. }))
        );
        image::load(Cursor::new(avatar.bytes()), image::ImageFormat::Png)
            .unwrap()
            .to_rgba8()
    };
    for gif in [doubled, wide(9), wide(10), wide(11)] {
        let shown = png(&gif);
        for (pixel, index) in shown.pixels().zip(&indices) {
            assert_near(pixel.0, *index);
        }
    }
    // In an animation, which is not kept then.
    let animated = Gif(wide(9)[..wide(9).len() - 1].to_vec()).frame([0, 0, 4, 8], HOLE, KEEP, 5);
    let avatar = normalize(&animated.frame([0, 0, 4, 8], BLUE, KEEP, 5).end(), &side(8)).unwrap();
    assert!(!is_kept(&avatar));
    assert_near(at(&screens(&avatar.bytes()).0, 0, 1, 0), indices[1]);
}
