//! The bytes of a photo, in any Python object.

use headshot_core::{Error, Limit, Limits};
use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyMemoryView};

/// The bytes of a photo, safe to read while other threads run.
///
/// Only `bytes` cannot change, so only they, and views of them, are read in place; everything else is copied.
pub(crate) enum Photo {
    /// All of these bytes, or a part.
    Lent(PyBackedBytes, std::ops::Range<usize>),
    /// Not copied, because it would be refused.
    TooLarge(u64, u64),
}

impl Photo {
    /// # Errors
    /// `TypeError` if this is not a contiguous buffer of bytes.
    pub(crate) fn new(object: &Bound<'_, PyAny>, limits: &Limits) -> PyResult<Photo> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            return Ok(Photo::all(bytes));
        }
        let buffer = PyUntypedBuffer::get(object).map_err(|_| no_buffer(object))?;
        if let Some(lent) = lent(object, &buffer) {
            return Ok(lent);
        }
        let found = buffer.len_bytes() as u64;
        if found > limits.bytes {
            return Ok(Photo::TooLarge(found, limits.bytes));
        }
        if buffer.item_size() != 1 || buffer.dimensions() > 1 {
            return Err(PyValueError::new_err(format!(
                "photo: {} dimensions of items of {} bytes, but it must be one of single bytes: pass the bytes of the file, not its pixels",
                buffer.dimensions(),
                buffer.item_size()
            )));
        }
        // Whatever the type of the items is (a numpy array of int8, say), they are bytes.
        let bytes = PyMemoryView::from(object)?.call_method0("tobytes")?;
        Ok(Photo::all(bytes.cast::<PyBytes>()?))
    }

    fn all(bytes: &Bound<'_, PyBytes>) -> Photo {
        let all = 0..bytes.as_bytes().len();
        Photo::Lent(bytes.clone().into(), all)
    }

    pub(crate) fn bytes(&self) -> Result<&[u8], Error> {
        match self {
            Photo::Lent(bytes, part) => Ok(&bytes[part.clone()]),
            Photo::TooLarge(found, max) => Err(Error::Limit {
                which: Limit::Bytes,
                found: *found,
                max: *max,
            }),
        }
    }
}

/// A contiguous view of `bytes`, by its offset in them.
fn lent(object: &Bound<'_, PyAny>, buffer: &PyUntypedBuffer) -> Option<Photo> {
    let view = object.cast::<PyMemoryView>().ok()?;
    let whole = view.getattr("obj").ok()?.cast_into::<PyBytes>().ok()?;
    if !buffer.is_c_contiguous() {
        return None;
    }
    let start = (buffer.buf_ptr() as usize).checked_sub(whole.as_bytes().as_ptr() as usize)?;
    let end = start.checked_add(buffer.len_bytes())?;
    (end <= whole.as_bytes().len()).then(|| Photo::Lent(whole.into(), start..end))
}

fn no_buffer(object: &Bound<'_, PyAny>) -> PyErr {
    let class = object.get_type().name().map(|name| name.to_string());
    PyTypeError::new_err(format!(
        "photo: it must be the bytes of a file, not {}: read the file first",
        class.as_deref().unwrap_or("this")
    ))
}
