//! Nothing that is hidden in a GIF comes out.

use crate::gif_file::{BLUE, Gif, KEEP, RED};
use crate::hidden::{MARK, assert_clean, sets};

#[test]
fn a_gif_hides_nothing() {
    let whole = [0, 0, 512, 512];
    let start = || Gif::new(512, 512, Some(7)).frame(whole, RED, KEEP, 5);
    let with = |more: &[u8]| {
        let mut gif = start();
        gif.0.extend(more);
        gif.frame([3, 4, 9, 8], BLUE, KEEP, 5).end()
    };
    let sub_block = [&[MARK.len() as u8], &MARK[..]].concat();
    let extension = |label: u8, first: &[u8]| {
        let first = [&[first.len() as u8], first].concat();
        [&[b'!', label], &first[..], &sub_block, &[0]].concat()
    };
    // After the end code, in a separate sub-block and in that of the code.
    let mut apart = start().0;
    apart.pop();
    apart.extend([&sub_block[..], b"\0"].concat());
    let last = |gif: &[u8]| {
        // After the screen, its palette, the loop count, the control and the descriptor with the code size.
        let mut at = 13 + 12 + 19 + 8 + 10 + 1;
        loop {
            match at + 1 + usize::from(gif[at]) {
                next if gif[next] == 0 => return at,
                next => at = next,
            }
        }
    };
    let mut within = start().0;
    let at = last(&within);
    within[at] += MARK.len() as u8;
    within.pop();
    within.extend([&MARK[..], b"\0"].concat());
    // Codes of eight bits, which are stored as bytes: pixels, and more pixels than there is room for.
    let palette: Vec<[u8; 3]> = (0..128).map(|i| [2 * i, 255 - i, 99]).collect();
    let mut codes: Vec<u32> = (0..512 * 512_u32)
        .flat_map(|i| [128, 1 + i % 3].into_iter())
        .collect();
    codes.push(128);
    codes.extend(MARK.iter().map(|code| u32::from(*code)));
    codes.push(129);
    let beyond = Gif::without_palette(512, 512)
        .control(KEEP, 9, None)
        .codes(whole, 0x86, &palette, 7, codes)
        .end();
    let hiding: Vec<[u8; 3]> = [[9, 8, 7], [200, 100, 50]]
        .into_iter()
        .chain(MARK.as_chunks().0[..6].iter().copied())
        .collect();
    let indices: Vec<u8> = (0..512 * 512).map(|i| (i % 5 % 2) as u8).collect();
    let local = Gif::without_palette(512, 512)
        .image(whole, 0x82, &hiding, 3, &indices)
        .end();
    let mut global = Gif::without_palette(512, 512);
    global.0[10] = 0x82;
    global.0.extend(hiding.as_flattened());
    let unused = Gif(global.0.clone())
        .image(
            whole,
            0x81,
            &[[1, 2, 3], [250, 99, 4], [7; 3], [9; 3]],
            2,
            &indices,
        )
        .end();
    let global = global.image(whole, 0, &[], 3, &indices).end();
    let cases: [(&str, Vec<u8>); 11] = [
        ("a sub-block behind the codes", [&apart[..], b";"].concat()),
        ("bytes behind the codes", [&within[..], b";"].concat()),
        ("codes behind the pixels", beyond),
        ("a palette's colors that are not seen", local),
        ("the file's colors that are not seen", global),
        ("the file's palette that is not used", unused),
        ("a comment", with(&extension(0xFE, b"hi"))),
        ("XMP", with(&extension(0xFF, b"XMP DataXMP"))),
        ("text", with(&extension(0x01, &[0; 12]))),
        ("an unknown extension", with(&extension(0x77, b"?"))),
        ("behind the end", [&with(b"")[..], MARK].concat()),
    ];
    for (what, photo) in cases {
        assert_eq!(assert_clean(&photo, what), sets().len(), "{what}");
    }
}
