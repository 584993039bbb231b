//! HEVC pictures (ITU-T H.265), of which a HEIC has one or more. The only file that knows the HEVC decoder.
//!
//! The decoder gets slices here, one by one, and not a whole stream. This way each block of a picture is decoded only once, whatever a
//! file says, and parameters come only from the container, where they were checked before.

use std::ops::Range;

use heifer_hevc_dec::nal::{NalHeader, NalUnit, NalUnitType};
use heifer_hevc_dec::params::{ParameterSets, Sps};
use heifer_hevc_dec::recon::Reconstructor;
use heifer_hevc_dec::slice::SliceHeader;
use heifer_hevc_dec::syntax::{Picture, decode_slice_segment};

use super::boxes::{Reader, damaged, unsupported};
use super::properties::CodePoints;
use crate::clock::Clock;
use crate::error::Error;
use crate::format::Format;
use crate::geometry::Size;

/// The most pixels of a single coded picture: the clock cannot stop the decoder within one. It is the maximum of H.265's highest
/// level (table A.8), and a grid may have many pictures.
const MOST_PIXELS: u64 = 36_000_000;

/// The most columns and rows of its own tiles in a coded picture (H.265, table A.8).
const MOST_TILES: [u32; 2] = [20, 22];

/// What a decoder must know before the pixels of a coded picture.
pub(super) struct Parameters {
    sets: ParameterSets,
    /// Bytes in the length of a unit.
    length_bytes: u8,
    pub(super) shape: Shape,
}

/// The shape of a coded picture once it is decoded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shape {
    pub(super) size: Size,
    /// How many pixels a sample of Cb and Cr covers, across and down; `None` if there is no chroma.
    pub(super) ratios: Option<[u32; 2]>,
    /// Bits of luma and of chroma samples, 8 to 12.
    pub(super) bits: [u8; 2],
    /// What the coding itself says about its colors.
    pub(super) code_points: Option<CodePoints>,
    /// Samples left out at the left and at the top, in pixels.
    offset: [u32; 2],
    /// Size in pixels before anything is left out.
    coded: u64,
}

impl Shape {
    /// Bytes of one decoded picture.
    pub(super) fn bytes(&self) -> u64 {
        let chroma = match self.ratios {
            Some([across, down]) => 2 * self.coded.div_ceil(u64::from(across * down)),
            None => 0,
        };
        2 * (self.coded + chroma)
    }

    /// Bytes of a picture that is [packed](Tile::packed).
    pub(super) fn packed_bytes(&self) -> u64 {
        if self.fits_bytes() {
            self.bytes() / 2
        } else {
            self.bytes()
        }
    }

    fn fits_bytes(&self) -> bool {
        self.bits == [8; 2]
    }

    /// Bytes that decoding takes in addition to the picture: notes about each 4 x 4 block, and a plane before it is filtered.
    pub(super) fn work(&self) -> u64 {
        2 * self.coded + 3 * self.coded / 2
    }
}

impl Parameters {
    /// Reads the decoder configuration record (ISO/IEC 14496-15, 8.3.3.1).
    pub(super) fn read(record: &[u8]) -> Result<Parameters, Error> {
        let mut record = Reader(record);
        let length_bytes = record.take(22)?[21] % 4 + 1;
        if length_bytes == 3 {
            return Err(damaged("its units have lengths of 3 bytes"));
        }
        let (mut sets, mut found) = (ParameterSets::default(), None);
        for _ in 0..record.u8()? {
            record.u8()?;
            for _ in 0..record.u16()? {
                let length = record.u16()?;
                let unit = record.take(length.into())?;
                let header = NalHeader::parse(unit).map_err(refusal)?;
                if header.layer_id > 0 {
                    continue;
                }
                let unit = NalUnit::parse(unit).map_err(refusal)?;
                match header.unit_type {
                    // Its size is checked before anything is read that depends on it.
                    NalUnitType::Sps => {
                        let sps = Sps::parse(&unit.rbsp).map_err(refusal)?;
                        if found.replace(shape(&sps)?).is_some() {
                            return Err(unsupported("more than one sequence in a picture"));
                        }
                    }
                    NalUnitType::Pps => {}
                    _ => continue,
                }
                sets.add(&unit).map_err(refusal)?;
            }
        }
        let shape = found.ok_or_else(|| {
            damaged("its container lacks the parameters of its pictures (no SPS in hvcC)")
        })?;
        for pps in sets.pps.iter().flatten() {
            let tiles = pps.tiles.as_ref();
            let [across, down] = tiles.map_or([1; 2], |tiles| [tiles.num_columns, tiles.num_rows]);
            if across > MOST_TILES[0] || down > MOST_TILES[1] {
                return Err(damaged("a coded picture has more than 20 x 22 tiles"));
            }
        }
        Ok(Parameters {
            sets,
            length_bytes,
            shape,
        })
    }

    /// Decodes the single picture in an item's bytes.
    pub(super) fn decode(&self, data: &[u8], clock: &Clock) -> Result<Tile, Error> {
        let mut units = Reader(data);
        let mut state: Option<(Picture, Reconstructor)> = None;
        let (mut previous, mut pps_of_all): (Option<SliceHeader>, _) = (None, None);
        while !units.0.is_empty() {
            let length = match self.length_bytes {
                1 => units.u8()?.into(),
                2 => units.u16()?.into(),
                _ => units.u32()?,
            };
            let unit = units.take(length as usize)?;
            let header = NalHeader::parse(unit).map_err(refusal)?;
            if header.layer_id > 0 || !header.unit_type.is_slice() {
                continue;
            }
            clock.check()?;
            let unit = NalUnit::parse(unit).map_err(refusal)?;
            // A slice's first bit says whether it begins a picture: there is only one.
            if state.is_some() && unit.rbsp.first().is_some_and(|byte| byte >> 7 == 1) {
                break;
            }
            let slice = SliceHeader::parse(&unit.rbsp, &header, &self.sets, previous.as_ref())
                .map_err(refusal)?;
            let id = slice.slice_pic_parameter_set_id;
            if *pps_of_all.get_or_insert(id) != id {
                return Err(unsupported("a picture whose slices differ in parameters"));
            }
            let (pps, sps) = self.sets.get(id.into()).map_err(refusal)?;
            let (picture, pixels) =
                state.get_or_insert_with(|| (Picture::new(sps, pps), Reconstructor::new(sps, pps)));
            // Slices follow each other, so that each block is decoded once.
            let address = slice.slice_segment_address as usize;
            if picture.layout.rs_to_ts.get(address) != Some(&picture.decoded_ctbs) {
                return Err(damaged("the slices of a picture do not follow each other"));
            }
            let quantizer = slice.slice_qp_y(&self.sets).map_err(refusal)?;
            let coded = unit.rbsp.get(slice.header_size..).unwrap_or_default();
            pixels.start_slice(&slice);
            decode_slice_segment(picture, &slice, quantizer, coded, pixels).map_err(refusal)?;
            if let Some(error) = pixels.error.take() {
                return Err(refusal(error));
            }
            if !slice.dependent_slice_segment_flag {
                previous = Some(slice);
            }
        }
        match state {
            Some((picture, pixels)) if picture.is_complete() => {
                let frame = pixels.finish(false);
                Ok(Tile {
                    widths: frame.widths,
                    samples: Samples::Words(frame.planes),
                    shape: self.shape,
                })
            }
            _ => Err(damaged("a picture is not whole")),
        }
    }
}

/// The relevant parts of a sequence parameter set.
fn shape(sps: &Sps) -> Result<Shape, Error> {
    if sps.separate_colour_plane_flag {
        return Err(unsupported("colors coded as pictures of their own"));
    }
    let bits = [sps.bit_depth_luma, sps.bit_depth_chroma];
    if bits.iter().any(|bits| !(8..=12).contains(bits)) {
        return Err(unsupported("more than 12 bits a sample"));
    }
    let coded = u64::from(sps.pic_width_in_luma_samples)
        .saturating_mul(sps.pic_height_in_luma_samples.into());
    if coded > MOST_PIXELS {
        return Err(unsupported(
            "a single coded picture of more than 36 million pixels",
        ));
    }
    let (width, height) = sps.output_size();
    let (across, down) = sps.chroma_subsampling();
    let [left, _, top, _] = sps.conf_win_offsets;
    Ok(Shape {
        size: Size::new(width, height).ok_or_else(|| damaged("a side is zero pixels"))?,
        ratios: (sps.chroma_format_idc > 0).then_some([across, down]),
        bits,
        code_points: sps.vui.as_ref().map(|vui| CodePoints {
            primaries: vui.colour_primaries.into(),
            transfer: vui.transfer_characteristics.into(),
            matrix: vui.matrix_coeffs.into(),
            full_range: vui.video_full_range_flag,
        }),
        // They were checked with the size: less than the sides.
        offset: [left.saturating_mul(across), top.saturating_mul(down)],
        coded,
    })
}

/// A decoded picture.
pub(super) struct Tile {
    samples: Samples,
    widths: [u32; 3],
    shape: Shape,
}

/// Y, Cb and Cr.
enum Samples {
    Words([Vec<u16>; 3]),
    Bytes([Vec<u8>; 3]),
}

impl Tile {
    /// The same in as few bytes as hold it.
    pub(super) fn packed(mut self) -> Tile {
        if let Samples::Words(planes) = &self.samples
            && self.shape.fits_bytes()
        {
            let bytes = |plane: &Vec<u16>| plane.iter().map(|sample| *sample as u8).collect();
            self.samples = Samples::Bytes(planes.each_ref().map(bytes));
        }
        self
    }

    /// Adds samples of a row of Y (0), Cb (1) or Cr (2), from the visible part.
    pub(super) fn add_row(
        &self,
        component: usize,
        y: u32,
        part: Range<usize>,
        samples: &mut Vec<u16>,
    ) -> Result<(), Error> {
        let missing = || Error::internal("a decoded picture lacks rows");
        let [across, down] = match component {
            0 => [1; 2],
            _ => self.shape.ratios.unwrap_or([1; 2]),
        };
        let [left, top] = self.shape.offset;
        let stride = self.widths[component] as usize;
        let from = (y as usize + (top / down) as usize) * stride + (left / across) as usize;
        let width = self.shape.size.width().div_ceil(across) as usize;
        if part.end > width {
            return Err(missing());
        }
        let part = from + part.start..from + part.end;
        match &self.samples {
            Samples::Words(planes) => {
                samples.extend_from_slice(planes[component].get(part).ok_or_else(missing)?);
            }
            Samples::Bytes(planes) => {
                let bytes = planes[component].get(part).ok_or_else(missing)?;
                samples.extend(bytes.iter().map(|sample| u16::from(*sample)));
            }
        }
        Ok(())
    }
}

/// What the decoder refuses.
fn refusal(error: heifer_hevc_dec::Error) -> Error {
    match error {
        heifer_hevc_dec::Error::Unimplemented(what) => unsupported(what),
        error => Error::damaged(Format::Heic, error),
    }
}
