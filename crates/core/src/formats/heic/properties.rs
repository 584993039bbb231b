//! The properties of items: sizes, colors, turns, and the parameters of their coding (ISO/IEC 23008-12, 6.5 and 9.3).

use std::collections::BTreeMap;

use super::boxes::{Reader, damaged};
use crate::error::Error;
use crate::format::Format;

/// A property of an item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Property<'a> {
    /// hvcC: what the decoder must know before the pixels (ISO/IEC 14496-15, 8.3.3).
    Parameters(Record<'a>),
    /// ispe: width and height before turns and cuts.
    Size(u32, u32),
    /// irot: quarter turns, counterclockwise.
    Turns(u8),
    /// imir: 0 swaps top and bottom, 1 left and right.
    Mirrored(u8),
    /// clap: width, height, and the offset of its middle from the picture's, each as numerator and denominator.
    Aperture([(i64, i64); 4]),
    /// colr, prof or rICC.
    Icc(&'a [u8]),
    /// colr, nclx.
    CodePoints(CodePoints),
    /// auxC: the kind of an auxiliary picture.
    Auxiliary(&'a [u8]),
    /// One that does not change a picture, or repeats what its coding says.
    Spare,
    /// An unknown one.
    Unknown,
}

/// The bytes of an hvcC, and its number among the file's properties: that tells whether two pictures share it, however long it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Record<'a> {
    pub(super) index: usize,
    pub(super) bytes: &'a [u8],
}

/// How colors are coded, as numbers of ITU-T H.273.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CodePoints {
    pub(super) primaries: u16,
    pub(super) transfer: u16,
    pub(super) matrix: u16,
    pub(super) full_range: bool,
}

/// The most properties, and the most that all items may have together.
const MOST: usize = 1 << 14;
const MOST_OF_ALL: usize = 1 << 17;

/// The most properties of one item: they are searched for each tile of a grid. Photos have about ten.
const MOST_OF_ITEM: usize = 64;

/// The most bytes of an hvcC. Parameters have a few hundred.
const MOST_PARAMETERS: usize = 1 << 16;

/// Reads the item properties box, for each item.
pub(super) fn read(mut iprp: Reader) -> Result<BTreeMap<u32, Vec<Property>>, Error> {
    let (mut known, mut associations) = (None, Vec::new());
    while let Some((kind, content)) = iprp.next_box()? {
        match &kind {
            b"ipco" if known.is_none() => known = Some(container(content)?),
            b"ipma" => associations.push(content),
            _ => {}
        }
    }
    let known = known.ok_or_else(|| damaged("its pictures have no properties"))?;
    let (mut properties, mut total) = (BTreeMap::<u32, Vec<Property>>::new(), 0);
    for mut ipma in associations {
        let (version, flags) = ipma.version()?;
        for _ in 0..ipma.u32()? {
            let item = ipma.wide(version > 0)?;
            let count = ipma.u8()?;
            total += usize::from(count) + 1;
            if total > MOST_OF_ALL {
                return Err(damaged("its items have more than 131072 properties"));
            }
            let of_item = properties.entry(item).or_default();
            let count_of_item = of_item.len() + usize::from(count);
            if count_of_item > MOST_OF_ITEM {
                let found = format!(
                    "item {item} has {count_of_item} properties, and may have {MOST_OF_ITEM}"
                );
                return Err(Error::damaged(Format::Heic, found));
            }
            for _ in 0..count {
                let (is_essential, index) = if flags & 1 == 1 {
                    let bits = ipma.u16()?;
                    (bits >> 15 == 1, usize::from(bits & 0x7FFF))
                } else {
                    let bits = ipma.u8()?;
                    (bits >> 7 == 1, usize::from(bits & 0x7F))
                };
                // 0 means none.
                let Some(index) = index.checked_sub(1) else {
                    continue;
                };
                let missing = || damaged("a picture has a property that does not exist");
                match known.get(index).ok_or_else(missing)? {
                    Property::Spare => {}
                    Property::Unknown if !is_essential => {}
                    property => of_item.push(*property),
                }
            }
        }
    }
    Ok(properties)
}

/// The item property container box.
fn container(mut ipco: Reader) -> Result<Vec<Property>, Error> {
    let mut known = Vec::new();
    while let Some((kind, content)) = ipco.next_box()? {
        if known.len() == MOST {
            return Err(damaged("it has more than 16384 properties"));
        }
        known.push(property(known.len(), &kind, content)?);
    }
    Ok(known)
}

fn property<'a>(
    index: usize,
    kind: &[u8; 4],
    mut content: Reader<'a>,
) -> Result<Property<'a>, Error> {
    Ok(match kind {
        b"hvcC" => {
            let bytes = content.0;
            if bytes.len() > MOST_PARAMETERS {
                let found = format!(
                    "its hvcC has {} bytes, and may have {MOST_PARAMETERS}",
                    bytes.len()
                );
                return Err(Error::damaged(Format::Heic, found));
            }
            Property::Parameters(Record { index, bytes })
        }
        b"ispe" => {
            content.version()?;
            Property::Size(content.u32()?, content.u32()?)
        }
        b"irot" => Property::Turns(content.u8()? & 3),
        b"imir" => Property::Mirrored(content.u8()? & 1),
        b"clap" => {
            let mut fractions = [(0, 1); 4];
            for (i, (numerator, denominator)) in fractions.iter_mut().enumerate() {
                let [above, below] = [content.u32()?, content.u32()?];
                // Offsets have a sign (ISO/IEC 14496-12, 12.1.4).
                *numerator = if i < 2 {
                    i64::from(above)
                } else {
                    i64::from(above.cast_signed())
                };
                *denominator = i64::from(below);
            }
            Property::Aperture(fractions)
        }
        b"colr" => return color(content),
        b"auxC" => {
            content.version()?;
            let end = content.0.iter().position(|byte| *byte == 0);
            Property::Auxiliary(&content.0[..end.unwrap_or(content.0.len())])
        }
        b"pixi" | b"pasp" | b"clli" | b"mdcv" => Property::Spare,
        _ => Property::Unknown,
    })
}

/// The color information box (ISO/IEC 14496-12, 12.1.5).
fn color(mut colr: Reader) -> Result<Property, Error> {
    Ok(match &colr.kind()? {
        b"prof" | b"rICC" => Property::Icc(colr.0),
        b"nclx" => Property::CodePoints(CodePoints {
            primaries: colr.u16()?,
            transfer: colr.u16()?,
            matrix: colr.u16()?,
            full_range: colr.u8()? >> 7 == 1,
        }),
        _ => Property::Spare,
    })
}
