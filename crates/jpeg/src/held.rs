//! A photo whose samples are held, so that the next part of it need not be decoded.

use std::ops::ControlFlow;

use crate::decode::{Image, image};
use crate::end::End;
use crate::error::Error;
use crate::idct;
use crate::pixels;
use crate::plane::{Plane, Window};
use crate::request::{Below, Damage, Request, Scale, memory};

/// The samples of a whole file, for parts of it that are wanted one after the other: each sample that a region touches is the same as
/// from the file.
///
/// The first part of a file decodes all of it at full scale, and the first part at another scale decodes it once more. A file that is
/// damaged anywhere is refused. All samples are held at each scale that was asked for: at full scale as many bytes as the components have
/// samples (1.5 for each pixel of a 4:2:0 photo), at half of it a quarter of that, and so on. A value is for one file.
#[derive(Default)]
pub struct Held {
    /// By how often the scale is halved.
    images: [Option<Image>; 4],
}

impl Held {
    /// Like [`decode_rows`](crate::decode_rows()).
    ///
    /// # Errors
    ///
    /// As for [`decode`](crate::decode()) without a region.
    pub fn decode_rows(
        &mut self,
        bytes: &[u8],
        request: &Request,
        mut emit: impl FnMut(&[Plane]) -> ControlFlow<()>,
    ) -> Result<End, Error> {
        // Blocks that are cut are made from samples at full scale.
        for scale in [Scale::Full, request.luma, request.chroma] {
            let held = &mut self.images[halvings(scale)];
            if held.is_none() {
                let whole = Request {
                    region: None,
                    below: Below::Check,
                    damage: Damage::Refuse,
                    luma: scale,
                    chroma: scale,
                    ..*request
                };
                let image = image(bytes, &whole, || emit(&[]))?;
                if image.end == End::NotReached {
                    return Ok(End::NotReached);
                }
                *held = Some(image);
            }
        }
        let [Some(full), ..] = &self.images else {
            return Ok(End::NotReached);
        };
        let header = &full.header;
        let window = Window::new(header, request)?;
        request.limits.check_memory(memory(header, request))?;
        let mut planes = window.planes(header, 0..1)?;
        for row in window.down.clone() {
            window.move_to(row..row + 1, header, &mut planes);
            for (component, plane) in planes.iter_mut().enumerate() {
                self.fill(plane, component, row, &window);
            }
            if emit(&planes).is_break() {
                return Ok(End::NotReached);
            }
        }
        Ok(full.end)
    }

    /// Like [`decode_pixels`](crate::decode_pixels()).
    ///
    /// # Errors
    ///
    /// As for [`decode`](crate::decode()) without a region.
    pub fn decode_pixels(
        &mut self,
        bytes: &[u8],
        request: &Request,
        emit: impl FnMut(&[&[u8]]) -> ControlFlow<()>,
    ) -> Result<End, Error> {
        pixels::decode(bytes, request, emit, |request, emit| {
            self.decode_rows(bytes, request, emit)
        })
    }

    /// Makes a component's samples of a row of MCUs.
    fn fill(&self, plane: &mut Plane, component: usize, row: usize, window: &Window) {
        let scale = window.scale(component);
        let (Some(full), Some(held)) = (&self.images[0], &self.images[halvings(scale)]) else {
            return;
        };
        let samples = &held.planes[component];
        let (x, width, stride) = (plane.x as usize, plane.width as usize, plane.stride);
        for (y, out) in (plane.y..plane.y + plane.height).zip(plane.data.chunks_mut(stride)) {
            out[..width].copy_from_slice(&samples.row(y)[x..x + width]);
        }
        let sampling = &full.header.components[component];
        let (h, v) = (sampling.h as usize, sampling.v as usize);
        let (first, uncut) = (
            window.across.start * h,
            window.uncut_blocks(component, row * v, v),
        );
        let full = &full.planes[component];
        for x in (first..window.across.end * h).filter(|x| !uncut.contains(x)) {
            for y in row * v..(row + 1) * v {
                if let Some(inside) = window.cut(component, [x, y]) {
                    let whole = &full.data[8 * (y * full.stride + x)..];
                    let at = ((y - row * v) * stride + x - first) * scale.block();
                    let out = &mut plane.data[at..];
                    idct::average_cut((whole, full.stride), scale, inside, out, stride);
                }
            }
        }
    }
}

/// How often full scale is halved.
fn halvings(scale: Scale) -> usize {
    scale.divisor().trailing_zeros() as usize
}
