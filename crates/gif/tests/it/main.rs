//! Through the front door, against an independent reader and writer.

use std::ops::ControlFlow;

use gif::{ColorOutput, DecodeOptions, DisposalMethod, Encoder, Frame, Repeat};
use headshot_gif::{
    Blocks, Canvas, Damage, Delta, Error, Place, Writer, scan, shown, strip, unpack,
};

type Pixels = Vec<[u8; 4]>;

/// What a GIF shows, frame by frame, and for how long: read by the `gif` crate, and composited here by the rules of GIF89a.
fn theirs(file: &[u8]) -> Vec<(Pixels, u16)> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    let mut decoder = options.read_info(file).unwrap();
    let width = usize::from(decoder.width());
    let mut canvas = vec![[0; 4]; width * usize::from(decoder.height())];
    let mut screens = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        let before = canvas.clone();
        let [left, top, across] = [frame.left, frame.top, frame.width].map(usize::from);
        let (pixels, _) = frame.buffer.as_chunks::<4>();
        let places = (0..pixels.len()).map(|i| (top + i / across) * width + left + i % across);
        for (place, pixel) in places.clone().zip(pixels) {
            if pixel[3] != 0 {
                canvas[place] = *pixel;
            }
        }
        screens.push((canvas.clone(), frame.delay));
        match frame.dispose {
            DisposalMethod::Background => places.for_each(|place| canvas[place] = [0; 4]),
            DisposalMethod::Previous => canvas = before,
            DisposalMethod::Any | DisposalMethod::Keep => {}
        }
    }
    screens
}

fn ours(file: &[u8]) -> Result<Vec<(Pixels, u16)>, Error> {
    let structure = scan(file)?;
    let mut blocks = Blocks::new(file)?;
    let mut canvas = Canvas::new(structure.width, structure.height)?;
    let mut screens = Vec::new();
    while let Some(block) = blocks.next_image()? {
        let (width, height) = blocks.screen();
        let go_on = || ControlFlow::Continue(());
        let patch = unpack(&block, width, height, Damage::Refuse, go_on)?;
        canvas.show(&patch)?;
        screens.push((canvas.pixels().to_vec(), patch.delay));
    }
    assert_eq!(screens.len() as u32, structure.frames);
    Ok(screens)
}

/// Numbers that are the same in every run.
struct Dice(u32);

impl Dice {
    fn below(&mut self, count: u16) -> u16 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((self.0 >> 16) as u16) % count
    }
}

/// An animation by the `gif` crate: frames anywhere on the canvas, with every disposal, holes, interlaced or not.
fn written_by_others(dice: &mut Dice, frames: u16) -> Vec<u8> {
    let (width, height) = (20 + dice.below(30), 20 + dice.below(30));
    let palette: Vec<u8> = (0..16 * 3).map(|_| dice.below(256) as u8).collect();
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height, &palette).unwrap();
    encoder.set_repeat(Repeat::Finite(3)).unwrap();
    for number in 0..frames {
        let first = number == 0;
        let (left, top) = if first {
            (0, 0)
        } else {
            (dice.below(width), dice.below(height))
        };
        let across = if first {
            width
        } else {
            1 + dice.below(width - left)
        };
        let down = if first {
            height
        } else {
            1 + dice.below(height - top)
        };
        let area = usize::from(across) * usize::from(down);
        let frame = Frame {
            left,
            top,
            width: across,
            height: down,
            delay: dice.below(40),
            transparent: Some(5),
            interlaced: dice.below(2) == 0,
            dispose: match dice.below(if first { 2 } else { 3 }) {
                0 => DisposalMethod::Keep,
                1 => DisposalMethod::Background,
                _ => DisposalMethod::Previous,
            },
            buffer: (0..area).map(|_| dice.below(16) as u8).collect(),
            ..Frame::default()
        };
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    file
}

#[test]
fn what_others_write_is_shown_as_others_show_it() {
    let mut dice = Dice(7);
    for round in 0..40 {
        let file = written_by_others(&mut dice, 1 + round % 9);
        assert_eq!(scan(&file).unwrap().repeats, Some(3));
        assert_eq!(ours(&file).unwrap(), theirs(&file), "{round}");
        // With only its frames it shows the same.
        let stripped = strip(&file, || ControlFlow::Continue(())).unwrap();
        let (stripped, _) = stripped.expect("every frame has a transparent color");
        assert_eq!(theirs(&stripped), theirs(&file), "{round}");
    }
}

#[test]
fn others_show_what_is_written() {
    let mut dice = Dice(8);
    for has_holes in [false, true] {
        for round in 0..20 {
            // Rectangles of few colors come and go on a background.
            let size = [
                30 + usize::from(dice.below(20)),
                30 + usize::from(dice.below(20)),
            ];
            let side = size[0].max(size[1]);
            let place = Place {
                size,
                offset: [(side - size[0]) / 2, (side - size[1]) / 2],
                screen: [side; 2],
                bars: [9, 8, 7, 255],
            };
            let mut pictures: Vec<(Pixels, u64)> = Vec::new();
            for _ in 0..8 {
                let ground = if has_holes { [0; 4] } else { [40, 50, 60, 255] };
                let mut picture = vec![ground; size[0] * size[1]];
                for _ in 0..3 {
                    let [left, top] =
                        [size[0], size[1]].map(|most| usize::from(dice.below(most as u16)));
                    let color = [dice.below(4) * 60, dice.below(4) * 60, dice.below(4) * 60];
                    let [r, g, b] = color.map(|sample| sample as u8);
                    for row in picture.chunks_exact_mut(size[0]).skip(top).take(9) {
                        row[left..]
                            .iter_mut()
                            .take(11)
                            .for_each(|pixel| *pixel = [r, g, b, 255]);
                    }
                }
                pictures.push((picture, 3 + u64::from(dice.below(50))));
            }
            let mut delta = Delta::new(place, !has_holes);
            let drafts = pictures.iter().cloned();
            let mut drafts: Vec<_> = drafts
                .filter_map(|(picture, delay)| delta.push(picture, delay))
                .collect();
            drafts.extend(delta.finish());
            let mut writer = Writer::new(side as u16, 1.0, Vec::new());
            writer.begin(&mut drafts);
            for draft in &drafts {
                let blocks = writer.pack(draft);
                writer.put(draft, blocks);
            }
            let (file, frames) = writer.finish(None).unwrap();
            let screens = theirs(&file);
            assert_eq!(
                (screens.len() as u32, scan(&file).unwrap().frames),
                (frames, frames)
            );
            assert_eq!(screens, ours(&file).unwrap());
            // Each picture is on screen at its time.
            let mut time = 0;
            for (picture, delay) in &pictures {
                let mut end = 0;
                let screen = screens.iter().find(|(_, delay)| {
                    end += shown((*delay).into());
                    end > time
                });
                let (screen, _) = screen.expect("it lasts as long as the pictures");
                for (row, expected) in picture.chunks_exact(size[0]).enumerate() {
                    let start = (place.offset[1] + row) * side + place.offset[0];
                    assert_eq!(
                        &screen[start..start + size[0]],
                        expected,
                        "{round} at {time}"
                    );
                }
                time += shown(*delay);
            }
        }
    }
}

#[test]
fn damage_is_refused_or_accepted_and_the_caller_may_stop() {
    let file = written_by_others(&mut Dice(9), 1);
    let mut blocks = Blocks::new(&file).unwrap();
    let block = blocks.next_image().unwrap().unwrap();
    let (width, height) = blocks.screen();
    let stopped = unpack(&block, width, height, Damage::Refuse, || {
        ControlFlow::Break(())
    });
    assert_eq!(stopped.err(), Some(Error::Stopped));
    assert_eq!(scan(b"GIF89a").err(), Some(Error::CutOff("its header")));
    for end in 0..file.len() {
        // It never panics, and the rest of the first frame may be shown.
        if let Ok(structure) = scan(&file[..end]) {
            assert_eq!(structure.frames, 1);
            assert!(structure.truncated || structure.unmarked, "{end}");
        }
    }
}
