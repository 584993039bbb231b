//! The calls for rows and pixels of a file that is decoded more than once.

use std::ops::ControlFlow;

use crate::decode::rows;
use crate::end::End;
use crate::error::Error;
use crate::marks::Marks;
use crate::pixels;
use crate::plane::Plane;
use crate::request::{Damage, Limits, Request};

impl<'a> Marks<'a> {
    /// Like [`decode_rows`](crate::decode_rows()).
    ///
    /// # Errors
    ///
    /// As for [`decode`](crate::decode()).
    pub fn decode_rows(
        &mut self,
        bytes: &'a [u8],
        request: &Request,
        emit: impl FnMut(&[Plane]) -> ControlFlow<()>,
    ) -> Result<End, Error> {
        rows(bytes, request, Some(self), emit)
    }

    /// Like [`decode_pixels`](crate::decode_pixels()).
    ///
    /// # Errors
    ///
    /// As for [`decode`](crate::decode()).
    pub fn decode_pixels(
        &mut self,
        bytes: &'a [u8],
        request: &Request,
        emit: impl FnMut(&[&[u8]]) -> ControlFlow<()>,
    ) -> Result<End, Error> {
        pixels::decode(bytes, request, emit, |request, emit| {
            rows(bytes, request, Some(self), emit)
        })
    }

    /// Like [`decode_eighth`](crate::decode_eighth()).
    ///
    /// # Errors
    ///
    /// As for [`decode`](crate::decode()).
    pub fn decode_eighth(
        &mut self,
        bytes: &'a [u8],
        damage: Damage,
        limits: &Limits,
        emit: impl FnMut(&[&[u8]]) -> ControlFlow<()>,
    ) -> Result<End, Error> {
        pixels::eighth(bytes, damage, limits, Some(self), emit)
    }
}
