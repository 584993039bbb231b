//! What an avatar may contain: an allow-list of segments and chunks, and a second opinion on its pixels.

use headshot_core::Avatar;

/// Checks that two independent decoders read the avatar, and that it holds nothing but its picture.
///
/// # Errors
///
/// What is wrong with it, for the author of the code that made it.
pub fn check(avatar: &Avatar) -> Result<(), String> {
    let bytes = &avatar.bytes()[..];
    parts(bytes)?;
    let side = avatar.side();
    if !(512..=1024).contains(&side) {
        return Err(format!("a side of {side}"));
    }
    let first = image::load_from_memory(bytes).map_err(|error| format!("image: {error}"))?;
    let first = (first.width(), first.height());
    let (name, second) = match bytes[0] {
        0xFF => ("jpeg-decoder", jpeg(bytes)),
        0x89 => ("png", png(bytes)),
        _ => ("gif", gif(bytes, avatar.frames())),
    };
    let second = second.map_err(|error| format!("{name}: {error}"))?;
    if first != (side, side) || second != (side, side) {
        return Err(format!(
            "sides of {first:?} in image, {second:?} in {name}, {side} as told"
        ));
    }
    Ok(())
}

fn jpeg(bytes: &[u8]) -> Result<(u32, u32), String> {
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    decoder.decode().map_err(|error| error.to_string())?;
    let info = decoder.info().ok_or("no header")?;
    Ok((info.width.into(), info.height.into()))
}

fn png(bytes: &[u8]) -> Result<(u32, u32), String> {
    let text = |error: png::DecodingError| error.to_string();
    let decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    let mut reader = decoder.read_info().map_err(text)?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or("too large")?];
    let frame = reader.next_frame(&mut pixels).map_err(text)?;
    reader.finish().map_err(text)?;
    Ok((frame.width, frame.height))
}

fn gif(bytes: &[u8], frames: u32) -> Result<(u32, u32), String> {
    let text = |error: gif::DecodingError| error.to_string();
    let mut options = gif::DecodeOptions::new();
    options.check_frame_consistency(true);
    let mut decoder = options.read_info(bytes).map_err(text)?;
    let mut found = 0;
    while decoder.read_next_frame().map_err(text)?.is_some() {
        found += 1;
    }
    if found != frames {
        return Err(format!("{found} frames, {frames} as told"));
    }
    Ok((decoder.width().into(), decoder.height().into()))
}

/// Checks that a file has only what a picture needs, and ends where the picture ends.
///
/// # Errors
///
/// The part that does not belong in an avatar.
pub fn parts(bytes: &[u8]) -> Result<(), String> {
    let rest = match bytes {
        [0xFF, 0xD8, rest @ ..] => jpeg_parts(rest),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', rest @ ..] => png_parts(rest),
        [b'G', b'I', b'F', b'8', b'9', b'a', rest @ ..] => gif_parts(rest),
        _ => return Err("neither JPEG, PNG nor GIF89a".to_owned()),
    }?;
    if rest.is_empty() {
        Ok(())
    } else {
        Err(format!("{} bytes after the end", rest.len()))
    }
}

/// Takes off the first bytes.
fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], String> {
    let (part, behind) = rest.split_at_checked(length).ok_or("a part is cut off")?;
    *rest = behind;
    Ok(part)
}

/// ITU-T T.81, annex B: JFIF, tables, one baseline or progressive frame and its scans.
fn jpeg_parts(mut rest: &[u8]) -> Result<&[u8], String> {
    loop {
        let [0xFF, marker] = *take(&mut rest, 2)? else {
            return Err("bytes between segments".to_owned());
        };
        if marker == 0xD9 {
            return Ok(rest);
        }
        let length = take(&mut rest, 2)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let segment = take(&mut rest, length.checked_sub(2).ok_or("a short segment")?)?;
        match marker {
            // Its thumbnail has no pixels.
            0xE0 if segment.starts_with(b"JFIF\0") && segment.len() == 14 => {}
            0xC0..=0xC2 | 0xC4 | 0xDB | 0xDD => {}
            0xDA => {
                let data = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7);
                rest = &rest[rest.windows(2).position(data).unwrap_or(rest.len())..];
            }
            _ => return Err(format!("a segment {marker:02X} of {length} bytes")),
        }
    }
}

/// PNG, third edition, 5.6.
fn png_parts(mut rest: &[u8]) -> Result<&[u8], String> {
    loop {
        let head = take(&mut rest, 8)?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        take(&mut rest, length as usize + 4)?;
        match &head[4..] {
            b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" => {}
            b"IEND" => return Ok(rest),
            other => {
                return Err(format!(
                    "a chunk {:?} of {length} bytes",
                    String::from_utf8_lossy(other)
                ));
            }
        }
    }
}

/// GIF89a, appendix A: palettes, frames, their controls, and one loop count.
fn gif_parts(mut rest: &[u8]) -> Result<&[u8], String> {
    let palette = |flags: u8| {
        if flags & 0x80 == 0 {
            0
        } else {
            6 << (flags & 7)
        }
    };
    let screen = take(&mut rest, 7)?;
    take(&mut rest, palette(screen[4]))?;
    loop {
        match take(&mut rest, 1)?[0] {
            b';' => return Ok(rest),
            b',' => {
                let frame = take(&mut rest, 9)?;
                take(&mut rest, palette(frame[8]) + 1)?;
                while !sub_block(&mut rest)?.is_empty() {}
            }
            b'!' => {
                let label = take(&mut rest, 1)?[0];
                let first = sub_block(&mut rest)?;
                let second = if label == 0xFF {
                    sub_block(&mut rest)?
                } else {
                    &[]
                };
                let known = match label {
                    0xF9 => first.len() == 4,
                    0xFF => first == b"NETSCAPE2.0" && second.len() == 3,
                    _ => false,
                };
                if !known || !sub_block(&mut rest)?.is_empty() {
                    return Err(format!("an extension {label:02X}"));
                }
            }
            other => return Err(format!("a block {other:02X}")),
        }
    }
}

fn sub_block<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], String> {
    let length = take(rest, 1)?[0];
    take(rest, length.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_picture_is_named() {
        let jpeg = |middle: &[u8]| [b"\xFF\xD8", middle, b"\xFF\xD9"].concat();
        let png = |kind: &[u8], behind: &[u8]| {
            let head = b"\x89PNG\r\n\x1A\n";
            [
                &head[..],
                b"\0\0\0\x02",
                kind,
                b"ab1234\0\0\0\0IEND1234",
                behind,
            ]
            .concat()
        };
        let gif = |middle: &[u8]| [b"GIF89a\x07\0\x05\0\0\0\0", middle, b";"].concat();
        let fine = [
            jpeg(b"\xFF\xE0\0\x10JFIF\x00123456789\xFF\xDA\0\x03ab\xFF\0c\xFF\xD0d"),
            png(b"IDAT", b""),
            gif(b"!\xFF\x0BNETSCAPE2.0\x03\x01ab\0!\xF9\x04abcd\0,123456789x\x02ab\x01c\0"),
        ];
        for file in fine {
            assert_eq!(parts(&file), Ok(()));
        }
        let foul = [
            (jpeg(b"\xFF\xE1\0\x04ab"), "segment E1 of 4 bytes"),
            (jpeg(b"\xFF\xFE\0\x07hello"), "segment FE of 7 bytes"),
            (jpeg(b"\xFF\xE0\0\x07JFXX\0"), "segment E0 of 7 bytes"),
            (jpeg(b"ab"), "between"),
            (png(b"tEXt", b""), "\"tEXt\" of 2 bytes"),
            (png(b"IDAT", b"123"), "3 bytes after"),
            (gif(b"!\xFE\x02hi\0"), "extension FE"),
            (gif(b"!\xFF\x0BXMP DataXMP\x03abc\0"), "extension FF"),
            (gif(b"!\xF9\x04abcd\x02hi\0"), "extension F9"),
            (b"BM".to_vec(), "neither"),
        ];
        for (file, words) in foul {
            let found = parts(&file).unwrap_err();
            assert!(found.contains(words), "{found}");
        }
    }
}
