//! The native part of the Python package `headshot`: it connects `python/headshot/` to headshot-core.
//!
//! Photos are processed with the interpreter's lock released and on one thread, so that the caller decides on threads.

mod avatar;
mod error;
mod options;
mod photo;

use headshot_core::Error;
use headshot_report::{message, texts};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use rayon::ThreadPoolBuilder;

use avatar::Avatar;
use photo::Photo;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Avatar>()?;
    module.add_function(wrap_pyfunction!(check, module)?)?;
    module.add_function(wrap_pyfunction!(normalize, module)?)?;
    module.add_function(wrap_pyfunction!(probe, module)?)?;
    module.add_function(wrap_pyfunction!(record, module)?)?;
    module.add_function(wrap_pyfunction!(row, module)?)
}

/// Raises an exception if the options are invalid.
#[pyfunction]
fn check(options: &Bound<'_, PyDict>) -> PyResult<()> {
    options::options(options).map(drop)
}

#[pyfunction]
fn normalize(photo: &Bound<'_, PyAny>, options: &Bound<'_, PyDict>) -> PyResult<Avatar> {
    let py = photo.py();
    let options = options::options(options)?;
    let photo = Photo::new(photo, &options.limits)?;
    let made = py.detach(|| photo.bytes().and_then(|photo| made(photo, &options)));
    // Ctrl-C that came meanwhile.
    py.check_signals()?;
    Ok(Avatar::new(
        py,
        made.map_err(|error| error::raise(py, &error))?,
    ))
}

/// The `source` of a report, as JSON.
#[pyfunction]
fn probe(photo: &Bound<'_, PyAny>, options: &Bound<'_, PyDict>) -> PyResult<String> {
    let py = photo.py();
    let options = options::options(options)?;
    let photo = Photo::new(photo, &options.limits)?;
    let info = photo
        .bytes()
        .and_then(|photo| headshot_core::probe(photo, &options.limits));
    avatar::source(&info.map_err(|error| error::raise(py, &error))?)
}

/// The avatar, if `normalize` makes one, and the whole report as JSON; a refused photo has a report as well.
#[pyfunction]
fn record(
    photo: &Bound<'_, PyAny>,
    options: &Bound<'_, PyDict>,
) -> PyResult<(Option<Avatar>, String)> {
    let py = photo.py();
    let options = options::options(options)?;
    let photo = Photo::new(photo, &options.limits)?;
    let made = py.detach(|| photo.bytes().and_then(|photo| made(photo, &options)));
    py.check_signals()?;
    match made {
        Ok(made) => {
            let report = avatar::report(&made)?;
            Ok((Some(Avatar::new(py, made)), report))
        }
        Err(error) => {
            let info = photo
                .bytes()
                .and_then(|photo| headshot_core::probe(photo, &options.limits));
            Ok((None, avatar::failed(info.ok().as_ref(), &error)?))
        }
    }
}

/// The row of a photo: avatar, format, side, frames, warnings, kind and message of an error.
type Row = (
    Option<Py<PyBytes>>,
    Option<&'static str>,
    Option<u32>,
    Option<u32>,
    Option<Vec<String>>,
    Option<&'static str>,
    Option<String>,
);

/// The avatar, or why there is none, as a row of `headshot.arrow`.
#[pyfunction]
fn row(photo: &Bound<'_, PyAny>, options: &Bound<'_, PyDict>) -> PyResult<Row> {
    let py = photo.py();
    let options = options::options(options)?;
    let photo = Photo::new(photo, &options.limits)?;
    let made = py.detach(|| photo.bytes().and_then(|photo| made(photo, &options)));
    py.check_signals()?;
    Ok(match made {
        Ok(made) => (
            Some(PyBytes::new(py, &made.bytes()).unbind()),
            Some(made.format().name()),
            Some(made.side()),
            Some(made.frames()),
            Some(texts(&made.report().warnings)),
            None,
            None,
        ),
        Err(error) => {
            let (kind, message) = (Some(error.kind()), Some(message(&error)));
            (None, None, None, None, None, kind, message)
        }
    })
}

/// Makes an avatar on one thread. Only the frames of an animation would use several; its own pool,
/// unlike the global one, is not lost when the process forks.
fn made(photo: &[u8], options: &headshot_core::Options) -> Result<headshot_core::Avatar, Error> {
    if !photo.starts_with(b"GIF") {
        return headshot_core::normalize(photo, options);
    }
    let pool = ThreadPoolBuilder::new().num_threads(1).build();
    let pool = pool.map_err(|error| Error::Internal {
        what: error.to_string(),
    })?;
    pool.install(|| headshot_core::normalize(photo, options))
}
