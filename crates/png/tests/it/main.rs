//! The decoder through its public API, against the `png` crate.

mod animation;
mod damage;
mod make;
mod pictures;
mod write;

use std::io::Cursor;
use std::ops::ControlFlow;

use headshot_png::{
    Channels, Damage, Depth, End, Error, Header, Limits, decode_corner, decode_rows, read_header,
};

/// A decoded image, all rows one after the other.
#[derive(Debug, PartialEq, Eq)]
struct Image {
    header: Header,
    rows: Vec<u8>,
}

fn ours(photo: &[u8]) -> Result<Image, Error> {
    Ok(decoded(photo, Damage::Refuse)?.0)
}

/// All pixels; those of two corners are the same, or the same is wrong.
fn decoded(photo: &[u8], damage: Damage) -> Result<(Image, End), Error> {
    let whole = all_rows(photo, damage);
    if let Ok(Header { width, height, .. }) = read_header(photo, &Limits::default()) {
        for corner in [[width / 3 + 1, height / 2 + 1], [width, height / 3 + 1]] {
            assert_corner(photo, damage, corner, &whole);
        }
    }
    whole
}

fn assert_corner(
    photo: &[u8],
    damage: Damage,
    [width, height]: [u32; 2],
    whole: &Result<(Image, End), Error>,
) {
    let mut rows = Vec::new();
    let end = decode_corner(
        photo,
        &Limits::default(),
        damage,
        [width, height],
        |y, row| {
            assert!(row.is_empty() || y < height);
            rows.extend_from_slice(row);
            ControlFlow::Continue(())
        },
    );
    let (image, expected) = match (whole, end) {
        (Err(error), found) => return assert_eq!(found.as_ref(), Err(error)),
        (Ok((image, expected)), Ok(end)) => {
            // Padding bits on its right are not looked at.
            assert!(expected.has_spare || !end.has_spare);
            let end = End {
                has_spare: expected.has_spare,
                ..end
            };
            assert_eq!(end, *expected);
            (image, expected)
        }
        (Ok(_), Err(error)) => panic!("only the corner: {error}"),
    };
    let row = image.header.row_bytes();
    let part = row / image.header.width as usize * width.min(image.header.width) as usize;
    let expected: Vec<u8> = image
        .rows
        .chunks_exact(row)
        .take(height.min(expected.found) as usize)
        .flat_map(|row| row[..part].iter().copied())
        .collect();
    assert!(rows == expected, "another corner of {width} x {height}");
}

fn all_rows(photo: &[u8], damage: Damage) -> Result<(Image, End), Error> {
    let limits = Limits::default();
    let header = read_header(photo, &limits)?;
    let mut rows = Vec::new();
    let mut count = 0;
    let end = decode_rows(photo, &limits, damage, |y, row| {
        if row.is_empty() {
            // Only a chance to stop.
            return ControlFlow::Continue(());
        }
        assert_eq!((y, row.len()), (count, header.row_bytes()));
        rows.extend_from_slice(row);
        count += 1;
        ControlFlow::Continue(())
    })?;
    assert_eq!(count, end.found);
    assert!(damage == Damage::Accept || (end.intact, end.found) == (header.height, header.height));
    Ok((Image { header, rows }, end))
}

fn theirs(photo: &[u8]) -> Result<Image, png::DecodingError> {
    let mut options = png::DecodeOptions::default();
    options.set_ignore_adler32(false);
    let mut decoder = png::Decoder::new_with_options(Cursor::new(photo), options);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info()?;
    let (color, depth) = reader.output_color_type();
    let header = Header {
        width: reader.info().width,
        height: reader.info().height,
        channels: match color {
            png::ColorType::Grayscale => Channels::Gray,
            png::ColorType::GrayscaleAlpha => Channels::GrayAlpha,
            png::ColorType::Rgb => Channels::Rgb,
            png::ColorType::Rgba => Channels::Rgba,
            png::ColorType::Indexed => unreachable!("palettes are expanded"),
        },
        depth: match depth {
            png::BitDepth::Sixteen => Depth::Sixteen,
            _ => Depth::Eight,
        },
    };
    let mut rows = Vec::new();
    if reader.info().interlaced {
        // It is held as a whole, whatever a damaged header says.
        if u64::from(header.width) * u64::from(header.height) > 1 << 21 {
            return Err(png::DecodingError::LimitsExceeded);
        }
        rows = vec![0; header.row_bytes() * header.height as usize];
        reader.next_frame(&mut rows)?;
    } else {
        let mut row = vec![0; header.row_bytes()];
        while reader.read_row(&mut row)?.is_some() {
            rows.extend_from_slice(&row);
        }
    }
    reader.finish()?;
    Ok(Image { header, rows })
}

/// Both decoders give the same pixels.
fn assert_same(photo: &[u8], what: &str) -> Image {
    let expected = theirs(photo).unwrap_or_else(|error| panic!("{what}: the other: {error}"));
    let image = ours(photo).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(image.header, expected.header, "{what}");
    assert!(image.rows == expected.rows, "{what}: other pixels");
    image
}
