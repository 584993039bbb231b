//! The errors of the core as exceptions: the same cases, with their numbers as attributes.

use headshot_core::{Error, Limit};
use headshot_report::message;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The exception for an error. `python/headshot/_errors.py` has the classes.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    exception(py, error).unwrap_or_else(|failure| failure)
}

fn exception(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let values = PyDict::new(py);
    let class = match error {
        Error::UnknownFormat { found, .. } => {
            values.set_item("found", found)?;
            "UnknownFormat"
        }
        Error::Unsupported { format, what } => {
            values.set_item("format", format.name())?;
            values.set_item("what", what)?;
            "Unsupported"
        }
        Error::Damaged { format, .. } => {
            values.set_item("format", format.name())?;
            "Damaged"
        }
        Error::Limit { which, found, max } => {
            values.set_item("which", limit(*which))?;
            values.set_item("found", found)?;
            values.set_item("max", max)?;
            "LimitExceeded"
        }
        Error::CropOutside { crop, image } => {
            values.set_item("crop", (crop.x, crop.y, crop.side))?;
            values.set_item("width", image.width())?;
            values.set_item("height", image.height())?;
            "CropOutside"
        }
        Error::TooSmall { found, min } => {
            values.set_item("found", found)?;
            values.set_item("min", min)?;
            "TooSmall"
        }
        Error::TooManyFrames { found, max } => {
            values.set_item("found", found)?;
            values.set_item("max", max)?;
            "TooManyFrames"
        }
        Error::NoFace { best } => {
            values.set_item("best", best)?;
            "NoFace"
        }
        Error::Crowd { faces, .. } => {
            values.set_item("faces", faces)?;
            "Crowd"
        }
        Error::NoSuchFace { number, found } => {
            values.set_item("number", number)?;
            values.set_item("found", found)?;
            "NoSuchFace"
        }
        Error::TransparentJpeg => "TransparentJpeg",
        Error::Encode { format, .. } => {
            values.set_item("format", format.name())?;
            "EncodeFailed"
        }
        Error::Internal { .. } => "Internal",
        // A case that is newer than this list.
        _ => "Error",
    };
    values.set_item("kind", error.kind())?;
    let class = py.import("headshot._errors")?.getattr(class)?;
    let exception = class.call((message(error),), Some(&values))?;
    Ok(PyErr::from_value(exception))
}

/// A limit by its name in `limits=`.
fn limit(which: Limit) -> String {
    format!("{which:?}").to_lowercase()
}
