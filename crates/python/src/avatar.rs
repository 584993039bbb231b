//! The avatar as Python sees it, and the reports with the keys of docs/report.md.

use headshot_core::{Error, Info};
use headshot_report::{FramedFace, Made, SCHEMA, Source, Status, message, texts};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyType};
use serde::Serialize;

/// A finished avatar.
#[pyclass(frozen, module = "headshot")]
pub(crate) struct Avatar {
    #[pyo3(get)]
    bytes: Py<PyBytes>,
    #[pyo3(get)]
    format: String,
    #[pyo3(get)]
    side: u32,
    #[pyo3(get)]
    frames: u32,
    /// `None` in one that comes out of a pickle, where `json` is set instead.
    made: Option<headshot_core::Avatar>,
    json: PyOnceLock<String>,
    report: PyOnceLock<Py<PyAny>>,
}

#[pymethods]
impl Avatar {
    #[getter]
    fn report(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let report = self.report.get_or_try_init(py, || {
            let json = py
                .import("json")?
                .call_method1("loads", (self.json(py)?,))?;
            PyResult::Ok(json.unbind())
        })?;
        Ok(report.clone_ref(py))
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!(
            "<headshot.Avatar: {}, {side} x {side}, frames {}, bytes {}>",
            self.format,
            self.frames,
            self.bytes.as_bytes(py).len(),
            side = self.side
        )
    }

    /// Called by pickle to rebuild it, for engines that send avatars from one process to another.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Pickled)> {
        let (py, avatar) = (slf.py(), slf.get());
        let pickled = (
            avatar.bytes.clone_ref(py),
            avatar.format.clone(),
            avatar.side,
            avatar.frames,
            avatar.json(py)?.to_owned(),
        );
        Ok((slf.get_type().getattr("_unpickled")?, pickled))
    }

    #[classmethod]
    fn _unpickled(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        bytes: Py<PyBytes>,
        format: String,
        side: u32,
        frames: u32,
        json: String,
    ) -> PyResult<Avatar> {
        let filled = PyOnceLock::new();
        filled.set(py, json).ok();
        Ok(Avatar {
            bytes,
            format,
            side,
            frames,
            made: None,
            json: filled,
            report: PyOnceLock::new(),
        })
    }
}

type Pickled = (Py<PyBytes>, String, u32, u32, String);

impl Avatar {
    pub(crate) fn new(py: Python<'_>, made: headshot_core::Avatar) -> Avatar {
        Avatar {
            bytes: PyBytes::new(py, &made.bytes()).unbind(),
            format: made.format().name().to_owned(),
            side: made.side(),
            frames: made.frames(),
            made: Some(made),
            json: PyOnceLock::new(),
            report: PyOnceLock::new(),
        }
    }

    /// The report is made when it is requested: hashing the avatar would make every call one percent slower.
    fn json(&self, py: Python<'_>) -> PyResult<&str> {
        let json = self.json.get_or_try_init(py, || match &self.made {
            Some(made) => report(made),
            None => Err(PyValueError::new_err(
                "report: lost on the way through pickle",
            )),
        })?;
        Ok(json)
    }
}

/// A photo's object as in docs/report.md. Photos have no name here, and nothing is written.
#[derive(Serialize)]
struct Record<'a> {
    schema: u32,
    photo: Option<&'a str>,
    status: Status,
    source: Option<Source>,
    avatar: Option<Made>,
    face: Option<FramedFace>,
    output: Option<&'a str>,
    steps: Vec<String>,
    warnings: Vec<String>,
    error: Option<Failure>,
}

#[derive(Serialize)]
struct Failure {
    kind: &'static str,
    message: String,
    hint: Option<String>,
    code: Option<String>,
}

/// The report of an avatar, as JSON.
pub(crate) fn report(made: &headshot_core::Avatar) -> PyResult<String> {
    let report = made.report();
    json(&Record {
        schema: SCHEMA,
        photo: None,
        status: Status::Ok,
        source: Some((&report.source).into()),
        avatar: Some(made.into()),
        face: report.faces.as_ref().map(Into::into),
        output: None,
        steps: texts(&report.steps),
        warnings: texts(&report.warnings),
        error: None,
    })
}

/// The report of a photo that was refused, as JSON. `info` is its header, if it could be read.
pub(crate) fn failed(info: Option<&Info>, error: &Error) -> PyResult<String> {
    json(&Record {
        schema: SCHEMA,
        photo: None,
        status: Status::Failed,
        source: info.map(Into::into),
        avatar: None,
        face: None,
        output: None,
        steps: Vec::new(),
        warnings: info.map(|info| texts(&info.warnings)).unwrap_or_default(),
        error: Some(Failure {
            kind: error.kind(),
            message: message(error),
            hint: None,
            code: None,
        }),
    })
}

/// The `source` of a report, as JSON.
pub(crate) fn source(info: &Info) -> PyResult<String> {
    json(&Source::from(info))
}

fn json(value: &impl Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| PyValueError::new_err(error.to_string()))
}
