//! The visible picture of a HEIC: one coded picture or a grid of them, with its alpha, and how it is cut and turned
//! (ISO/IEC 23008-12, 6.5 and 6.6).

use std::collections::BTreeSet;

use super::boxes::{Reader, damaged, unsupported};
use super::hevc::{Parameters, Shape};
use super::items::Items;
use super::properties::{CodePoints, Property, Record};
use super::turns;
use crate::error::{Error, Limit, check_limit};
use crate::format::Format;
use crate::geometry::{Rect, Size};
use crate::options::Limits;
use crate::orientation::Orientation;
use crate::unknown;

/// What is shown.
pub(super) struct Photo<'a> {
    pub(super) items: Items<'a>,
    pub(super) color: Picture,
    pub(super) alpha: Option<Alpha>,
    /// The visible part, in stored pixels.
    pub(super) seen: Rect,
    /// How that part is turned upright.
    pub(super) orientation: Orientation,
    pub(super) icc: Option<&'a [u8]>,
    /// Determines the pixels' matrix and range, and their colors if there is no profile.
    pub(super) code_points: CodePoints,
}

/// Coded pictures next to and below each other.
pub(super) struct Picture {
    /// Before it is cut or turned.
    pub(super) size: Size,
    pub(super) columns: u32,
    pub(super) rows: u32,
    /// The items of the coded pictures, row by row.
    pub(super) tiles: Vec<u32>,
    /// The shape that all of them share.
    pub(super) shape: Shape,
}

/// How opaque the pixels are: as luma of a picture of the same size.
pub(super) struct Alpha {
    pub(super) picture: Picture,
    /// Whether colors were multiplied by it.
    pub(super) is_premultiplied: bool,
}

/// The names of auxiliary pictures with alpha (ISO/IEC 23008-12, 6.6.2.1.2, and its predecessors).
const ALPHA: [&[u8]; 2] = [
    b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
    b"urn:mpeg:hevc:2015:auxid:1",
];

/// The largest blocks of HEVC, in pixels.
const BLOCK: u32 = 64;

/// Unspecified colors (ITU-T H.273): then everybody takes the matrix of BT.601.
const UNSAID: CodePoints = CodePoints {
    primaries: 2,
    transfer: 2,
    matrix: 2,
    full_range: false,
};

impl<'a> Photo<'a> {
    /// Reads everything in a file but its pixels.
    pub(super) fn read(file: &'a [u8], limits: &Limits) -> Result<Photo<'a>, Error> {
        let items = Items::read(file)?.ok_or_else(|| unknown::named("a HEIC sequence"))?;
        let primary = items.primary;
        let color = picture(&items, primary, limits)?;
        let (mut seen, mut orientation) = (color.size.whole(), Orientation::Upright);
        let (mut icc, mut code_points) = (None, None);
        for property in items.properties(primary) {
            match *property {
                Property::Icc(profile) => icc = icc.or(Some(profile)),
                Property::CodePoints(said) => code_points = code_points.or(Some(said)),
                Property::Turns(turns) => orientation = turns::turned(orientation, turns),
                Property::Mirrored(axis) => orientation = turns::mirrored(orientation, axis),
                Property::Aperture(clap) => seen = turns::cut(seen, orientation, &clap)?,
                Property::Unknown => {
                    return Err(unsupported("an unknown essential property"));
                }
                Property::Parameters(_)
                | Property::Size(..)
                | Property::Auxiliary(_)
                | Property::Spare => {}
            }
        }
        let first = color.tiles.first().copied().unwrap_or(primary);
        for property in items.properties(first) {
            match *property {
                Property::Icc(profile) => icc = icc.or(Some(profile)),
                Property::CodePoints(said) => code_points = code_points.or(Some(said)),
                _ => {}
            }
        }
        let alpha = alpha(&items, &color, limits)?;
        let photo = Photo {
            code_points: code_points.or(color.shape.code_points).unwrap_or(UNSAID),
            items,
            color,
            alpha,
            seen,
            orientation,
            icc,
        };
        photo.check_bytes(file.len() as u64)?;
        Ok(photo)
    }

    /// Refuses a file whose tiles decode the same bytes over and over.
    fn check_bytes(&self, most: u64) -> Result<(), Error> {
        let alpha = self.alpha.iter().map(|alpha| &alpha.picture);
        let mut total = 0u64;
        for item in alpha.chain([&self.color]).flat_map(|of| &of.tiles) {
            total = total.saturating_add(self.items.length(*item)?);
            if total > most {
                return Err(damaged("its pictures have more bytes than the file"));
            }
        }
        Ok(())
    }

    /// Bytes of all tiles when they are held.
    pub(super) fn held(&self) -> u64 {
        let alpha = self.alpha.iter().map(|alpha| &alpha.picture);
        let pictures = alpha.chain([&self.color]).map(|picture| {
            let count = picture.tiles.len() as u64;
            picture.shape.packed_bytes().saturating_mul(count)
        });
        pictures.fold(0, u64::saturating_add)
    }

    /// Bytes that decoding takes: two rows of tiles, what a decoder needs for one, and its bytes if they are copied.
    pub(super) fn memory(&self) -> Result<u64, Error> {
        let mut memory = 0u64;
        for picture in self
            .alpha
            .iter()
            .map(|alpha| &alpha.picture)
            .chain([&self.color])
        {
            let mut longest = 0;
            for item in &picture.tiles {
                longest = self.items.length(*item)?.max(longest);
            }
            let tiles = u64::from(picture.columns) * u64::from(picture.rows.min(2));
            memory = memory
                .saturating_add(picture.shape.bytes().saturating_mul(tiles))
                .saturating_add(picture.shape.work())
                .saturating_add(2 * longest)
                // Rows of samples, and of pixels.
                .saturating_add(64 * u64::from(picture.size.width()));
        }
        Ok(memory)
    }
}

/// The picture of an item.
fn picture(items: &Items, item: u32, limits: &Limits) -> Result<Picture, Error> {
    match &items.kind(item)? {
        b"hvc1" | b"hev1" => {
            let shape = coded(items, item)?;
            Ok(Picture {
                size: shape.size,
                columns: 1,
                rows: 1,
                tiles: vec![item],
                shape,
            })
        }
        b"grid" => grid(items, item, limits),
        b"av01" => Err(unknown::named("an AVIF image")),
        b"iovl" => Err(unsupported("a picture that is laid over others")),
        b"iden" => Err(unsupported("a picture derived from another")),
        _ => Err(unsupported("a coding other than HEVC")),
    }
}

/// A grid of coded pictures (ISO/IEC 23008-12, 6.6.2.3).
fn grid(items: &Items, item: u32, limits: &Limits) -> Result<Picture, Error> {
    let data = items.data(item)?;
    let mut data = Reader(&data);
    data.u8()?;
    let is_wide = data.u8()? & 1 == 1;
    let [rows, columns] = [data.u8()?, data.u8()?].map(|count| u32::from(count) + 1);
    let [width, height] = [data.wide(is_wide)?, data.wide(is_wide)?];
    let size = Size::new(width, height).ok_or_else(|| damaged("a side is zero pixels"))?;
    check_size(items, item, size)?;
    check_limit(Limit::Side, size.longer().into(), limits.side.into())?;
    let tiles = items.references(b"dimg", item);
    if tiles.len() as u64 != u64::from(rows) * u64::from(columns) {
        return Err(damaged(
            "its grid has a different number of tiles than it says",
        ));
    }
    let mut shape: Option<Shape> = None;
    let mut seen = BTreeSet::new();
    for tile in &tiles {
        match &items.kind(*tile)? {
            b"hvc1" | b"hev1" => {}
            b"av01" => return Err(unknown::named("an AVIF image")),
            _ => return Err(unsupported("a grid of other pictures than coded ones")),
        }
        // Tiles of one photo share their parameters, which are read once.
        if !seen.insert(parameters(items, *tile)?.index) {
            continue;
        }
        let found = coded(items, *tile)?;
        if shape.is_some_and(|shape| shape != found) {
            return Err(unsupported("a grid whose tiles differ in size or coding"));
        }
        shape = Some(found);
    }
    let shape = shape.ok_or_else(|| damaged("its grid has no tiles"))?;
    let fits = |count: u32, tile: u32, side: u32, ratio: u32| {
        let [before, with] = [count - 1, count].map(|count| u64::from(count) * u64::from(tile));
        // A chroma sample must not span two tiles.
        (before < u64::from(side) && u64::from(side) <= with)
            && (count == 1 || tile.is_multiple_of(ratio))
    };
    let [across, down] = shape.ratios.unwrap_or([1; 2]);
    if !fits(columns, shape.size.width(), width, across)
        || !fits(rows, shape.size.height(), height, down)
    {
        return Err(damaged(
            "the tiles of its grid do not cover it, or go beyond it",
        ));
    }
    Ok(Picture {
        size,
        columns,
        rows,
        tiles,
        shape,
    })
}

/// The shape of a coded picture, by its parameters. If the declared size is slightly smaller, the rest is padding of its blocks and is
/// left out; if it differs in any other way, the coding is right, as in libheif.
fn coded(items: &Items, item: u32) -> Result<Shape, Error> {
    let mut shape = Parameters::read(parameters(items, item)?.bytes)?.shape;
    let whole = shape.size;
    let fills_up = |said: u32, coded: u32| said <= coded && coded - said < BLOCK;
    for property in items.properties(item) {
        if let Property::Size(width, height) = *property
            && fills_up(width, whole.width())
            && fills_up(height, whole.height())
            && let Some(size) = Size::new(width, height)
        {
            shape.size = size;
        }
    }
    Ok(shape)
}

/// The parameters of a coded picture.
pub(super) fn parameters<'a>(items: &Items<'a>, item: u32) -> Result<Record<'a>, Error> {
    let found = items
        .properties(item)
        .iter()
        .find_map(|property| match property {
            Property::Parameters(parameters) => Some(*parameters),
            _ => None,
        });
    found.ok_or_else(|| damaged("a coded picture has no parameters (hvcC)"))
}

/// The declared size of a grid must be its actual size.
fn check_size(items: &Items, item: u32, size: Size) -> Result<(), Error> {
    for property in items.properties(item) {
        if let Property::Size(width, height) = *property
            && [width, height] != [size.width(), size.height()]
        {
            let found = format!(
                "a grid is said to have {width} x {height} pixels and says itself that it has {size}"
            );
            return Err(Error::damaged(Format::Heic, found));
        }
    }
    Ok(())
}

/// The alpha of a picture, if it has any.
fn alpha(items: &Items, color: &Picture, limits: &Limits) -> Result<Option<Alpha>, Error> {
    let is_alpha = |item: &u32| {
        let mut properties = items.properties(*item).iter();
        properties.any(|property| match property {
            Property::Auxiliary(kind) => ALPHA.contains(kind),
            _ => false,
        })
    };
    let Some(item) = items.referring(b"auxl", items.primary).find(is_alpha) else {
        return Ok(None);
    };
    let picture = picture(items, item, limits)?;
    if picture.size != color.size {
        return Err(unsupported("alpha of a different size than its picture"));
    }
    let is_premultiplied = items.references(b"prem", items.primary).contains(&item);
    Ok(Some(Alpha {
        picture,
        is_premultiplied,
    }))
}

impl Picture {
    /// How many pixels a sample of a component covers, across and down.
    pub(super) fn ratios(&self, component: usize) -> [u32; 2] {
        match component {
            0 => [1; 2],
            _ => self.shape.ratios.unwrap_or([1; 2]),
        }
    }
}
