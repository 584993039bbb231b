//! The items of a HEIC: the kind of each, where its bytes are, what it refers to (ISO/IEC 14496-12, 8.11).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::boxes::{Reader, damaged, unsupported};
use super::properties::{self, Property};
use crate::allocate;
use crate::error::Error;
use crate::format::Format;

/// The most items in a file; a phone's photo has a few hundred tiles at most.
const MOST_ITEMS: u32 = 1 << 14;

/// The most pieces of the file for all items together.
const MOST_EXTENTS: usize = 1 << 15;

/// The most pieces for one item: they are walked for each tile of a grid. Cameras and encoders write one, and writers that
/// interleave a few dozen.
const MOST_EXTENTS_OF_ITEM: usize = 1 << 10;

/// What the meta box says about its items.
pub(super) struct Items<'a> {
    file: &'a [u8],
    /// Bytes of items inside the meta box itself.
    idat: &'a [u8],
    pub(super) primary: u32,
    kinds: BTreeMap<u32, [u8; 4]>,
    places: BTreeMap<u32, Place>,
    /// In the order of the file.
    references: Vec<Reference>,
    properties: BTreeMap<u32, Vec<Property<'a>>>,
}

/// How one item relates to others.
struct Reference {
    kind: [u8; 4],
    from: u32,
    to: Vec<u32>,
}

/// Where the bytes of an item are.
struct Place {
    is_in_idat: bool,
    /// Start and length; a length of zero means everything that follows.
    extents: Vec<(u64, u64)>,
}

impl<'a> Items<'a> {
    /// Reads a whole file. `None` if its only pictures are those of a track.
    pub(super) fn read(file: &'a [u8]) -> Result<Option<Items<'a>>, Error> {
        let mut top = Reader(file);
        let mut has_track = false;
        // Data after the meta box may be cut off; that is noticed when an item's bytes are read.
        while let Some((kind, content)) = top.next_box()? {
            match &kind {
                b"meta" => return Items::meta(file, content).map(Some),
                b"moov" => has_track = true,
                _ => {}
            }
        }
        if has_track {
            return Ok(None);
        }
        Err(damaged("it has no meta box, where its pictures are listed"))
    }

    fn meta(file: &'a [u8], mut meta: Reader<'a>) -> Result<Items<'a>, Error> {
        meta.version()?;
        let (mut primary, mut idat) = (None, [].as_slice());
        let (mut iinf, mut iloc, mut iref, mut iprp) = (None, None, None, None);
        while let Some((kind, content)) = meta.next_box()? {
            let place = match &kind {
                b"pitm" => {
                    let mut pitm = content;
                    let (version, _) = pitm.version()?;
                    primary = Some(pitm.wide(version > 0)?);
                    continue;
                }
                b"idat" => {
                    idat = content.0;
                    continue;
                }
                b"iinf" => &mut iinf,
                b"iloc" => &mut iloc,
                b"iref" => &mut iref,
                b"iprp" => &mut iprp,
                _ => continue,
            };
            if place.replace(content).is_some() {
                return Err(damaged("a box is there twice that may be there once"));
            }
        }
        let needed = |found: Option<Reader<'a>>| {
            found.ok_or_else(|| damaged("its items have no list, no locations or no properties"))
        };
        Ok(Items {
            file,
            idat,
            primary: primary.ok_or_else(|| damaged("it does not say which picture is its own"))?,
            kinds: kinds(needed(iinf)?)?,
            places: places(needed(iloc)?)?,
            references: iref.map_or(Ok(Vec::new()), references)?,
            properties: properties::read(needed(iprp)?)?,
        })
    }

    /// The kind of an item.
    pub(super) fn kind(&self, item: u32) -> Result<[u8; 4], Error> {
        let kind = self.kinds.get(&item).copied();
        kind.ok_or_else(|| damaged("it refers to a picture that does not exist"))
    }

    /// The properties of an item, in the order in which they apply.
    pub(super) fn properties(&self, item: u32) -> &[Property<'a>] {
        self.properties.get(&item).map_or(&[], Vec::as_slice)
    }

    /// What an item refers to by references of one kind, in their order.
    pub(super) fn references(&self, kind: &[u8; 4], from: u32) -> Vec<u32> {
        let all = self.references.iter();
        let of_kind = all.filter(|found| found.kind == *kind && found.from == from);
        of_kind.flat_map(|found| found.to.iter().copied()).collect()
    }

    /// Which items refer to this one by references of one kind.
    pub(super) fn referring(&self, kind: &[u8; 4], to: u32) -> impl Iterator<Item = u32> {
        let all = self.references.iter();
        let of_kind = all.filter(move |found| found.kind == *kind && found.to.contains(&to));
        of_kind.map(|found| found.from)
    }

    /// How many bytes an item has; all of them are there.
    pub(super) fn length(&self, item: u32) -> Result<u64, Error> {
        let pieces = self.pieces(item)?;
        pieces.map(|piece| Ok(piece?.len() as u64)).sum()
    }

    /// The bytes of an item: borrowed from the file, unless they are in several pieces.
    pub(super) fn data(&self, item: u32) -> Result<Cow<'a, [u8]>, Error> {
        let pieces = self.pieces(item)?;
        let is_empty = |piece: &Result<&[u8], Error>| piece.as_ref().is_ok_and(|it| it.is_empty());
        let pieces: Vec<&[u8]> = pieces
            .filter(|piece| !is_empty(piece))
            .collect::<Result<_, _>>()?;
        if let [piece] = pieces[..] {
            return Ok(Cow::Borrowed(piece));
        }
        let length = pieces.iter().map(|piece| piece.len()).sum::<usize>();
        if length > self.file.len() {
            return Err(damaged("a picture has more bytes than the file"));
        }
        let mut data = allocate::reserve(length)?;
        for piece in pieces {
            data.extend_from_slice(piece);
        }
        Ok(Cow::Owned(data))
    }

    fn pieces(&self, item: u32) -> Result<impl Iterator<Item = Result<&'a [u8], Error>>, Error> {
        let missing = || damaged("a picture has no location in the file");
        let place = self.places.get(&item).ok_or_else(missing)?;
        let within = if place.is_in_idat {
            self.idat
        } else {
            self.file
        };
        let cut = || damaged("it is cut off: a picture goes beyond the end of the file");
        let piece = move |&(from, length): &(u64, u64)| {
            let from = usize::try_from(from).map_err(|_| cut())?;
            let rest = within.get(from..).ok_or_else(cut)?;
            match usize::try_from(length).map_err(|_| cut())? {
                0 => Ok(rest),
                length => rest.get(..length).ok_or_else(cut),
            }
        };
        Ok(place.extents.iter().map(piece))
    }
}

/// The item information box (8.11.6).
fn kinds(mut iinf: Reader) -> Result<BTreeMap<u32, [u8; 4]>, Error> {
    let (version, _) = iinf.version()?;
    let count = iinf.wide(version > 0)?;
    check_count(count)?;
    let mut kinds = BTreeMap::new();
    while let Some((kind, mut infe)) = iinf.next_box()? {
        let (version, _) = match &kind {
            b"infe" => infe.version()?,
            _ => continue,
        };
        // Older versions have no kind, and are not pictures.
        if version < 2 {
            continue;
        }
        let item = infe.wide(version > 2)?;
        infe.u16()?;
        if kinds.insert(item, infe.kind()?).is_some() {
            return Err(damaged("two of its items have one number"));
        }
        check_count(kinds.len() as u32)?;
    }
    Ok(kinds)
}

fn check_count(count: u32) -> Result<(), Error> {
    if count > MOST_ITEMS {
        return Err(damaged("it has more than 16384 items"));
    }
    Ok(())
}

/// The item location box (8.11.3).
fn places(mut iloc: Reader) -> Result<BTreeMap<u32, Place>, Error> {
    let (version, _) = iloc.version()?;
    if version > 2 {
        return Err(damaged("its iloc box has an unknown version"));
    }
    let [sizes, more] = [iloc.u8()?, iloc.u8()?];
    let (offset_size, length_size) = (sizes >> 4, sizes & 15);
    let (base_size, index_size) = (more >> 4, if version > 0 { more & 15 } else { 0 });
    let count = iloc.wide(version > 1)?;
    check_count(count)?;
    let (mut places, mut extents_of_all) = (BTreeMap::new(), 0);
    for _ in 0..count {
        let item = iloc.wide(version > 1)?;
        let method = match version {
            0 => 0,
            _ => iloc.u16()? & 15,
        };
        let reference = iloc.u16()?;
        let base = iloc.sized(base_size)?;
        let extents = usize::from(iloc.u16()?);
        extents_of_all += extents;
        if extents_of_all > MOST_EXTENTS {
            return Err(damaged("its items are in more than 32768 pieces"));
        }
        if extents > MOST_EXTENTS_OF_ITEM {
            let found =
                format!("item {item} is in {extents} pieces, and may be in {MOST_EXTENTS_OF_ITEM}");
            return Err(Error::damaged(Format::Heic, found));
        }
        let mut place = Place {
            is_in_idat: method == 1,
            extents: Vec::with_capacity(extents.min(64)),
        };
        for _ in 0..extents {
            iloc.sized(index_size)?;
            let offset = iloc.sized(offset_size)?.checked_add(base);
            let offset = offset.ok_or_else(|| damaged("an offset in iloc is too large"))?;
            place.extents.push((offset, iloc.sized(length_size)?));
        }
        // Data in another file or in another item is not found; that matters only if it is needed.
        if reference == 0 && method < 2 && places.insert(item, place).is_some() {
            return Err(damaged("one of its items has two locations"));
        }
    }
    Ok(places)
}

/// The item reference box (8.11.12).
fn references(mut iref: Reader) -> Result<Vec<Reference>, Error> {
    let (version, _) = iref.version()?;
    let (mut references, mut seen) = (Vec::new(), BTreeSet::new());
    let mut total = 0;
    while let Some((kind, mut content)) = iref.next_box()? {
        let from = content.wide(version > 0)?;
        let count = content.u16()?;
        total += usize::from(count);
        if total > MOST_EXTENTS {
            return Err(unsupported("more than 32768 references between pictures"));
        }
        if &kind == b"dimg" && !seen.insert(from) {
            return Err(damaged("one of its pictures is derived twice"));
        }
        let to: Result<_, Error> = (0..count).map(|_| content.wide(version > 0)).collect();
        references.push(Reference {
            kind,
            from,
            to: to?,
        });
    }
    Ok(references)
}
