//! The keyword arguments of `headshot.normalize` as options of the core.

use std::num::NonZeroU32;
use std::time::Duration;

use headshot_core::{
    Background, CropBox, Damaged, FaceFallback, FaceFit, Fit, FramePolicy, Gravity, Limits,
    Options, Quality, Rotation, SideRange, Small, StillFormat,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The options of the core. Missing ones have their defaults.
///
/// # Errors
/// `TypeError` for a name or a type, `ValueError` for a value that does not exist.
pub(crate) fn options(given: &Bound<'_, PyDict>) -> PyResult<Options> {
    let mut options = Options::default();
    let (mut min, mut max) = (SideRange::SLACK.min(), SideRange::SLACK.max());
    let (mut format, mut quality) = (StillFormat::Auto as fn(_) -> _, None);
    let (mut png, mut crop) = (false, None);
    let mut face = FaceFit::default();
    for (name, value) in given {
        let name: String = name.extract()?;
        match name.as_str() {
            "fit" => {
                let choices = [
                    ("contain", Fit::Contain),
                    ("cover", Fit::Cover),
                    ("face", Fit::Face(FaceFit::default())),
                ];
                options.fit = one_of(&name, &value, &choices)?;
            }
            "face_fallback" => {
                let choices = [
                    ("auto", FaceFallback::Auto),
                    ("cover", FaceFallback::Cover),
                    ("contain", FaceFallback::Contain),
                    ("refuse", FaceFallback::Refuse),
                ];
                face.fallback = one_of(&name, &value, &choices)?;
            }
            "face" if value.is_none() => {}
            "face" => {
                let number = NonZeroU32::new(whole(&name, &value)?);
                face.number = Some(number.ok_or_else(|| wrong(&name, 0, "at least 1"))?);
            }
            "gravity" => {
                let text: String = value.extract().unwrap_or_default();
                let gravity = Gravity::parse(&text);
                options.gravity = gravity.ok_or_else(|| wrong(&name, &value, Gravity::WANTED))?;
            }
            "rotate" => {
                let rotation = Rotation::from_degrees(whole(&name, &value)?);
                options.rotate = rotation.ok_or_else(|| wrong(&name, &value, Rotation::WANTED))?;
            }
            "crop" => crop = self::crop(&value)?,
            "background" => options.background = background(&value)?,
            "min_side" => min = whole(&name, &value)?,
            "max_side" => max = whole(&name, &value)?,
            "small" => {
                let choices = [("enlarge", Small::Enlarge), ("refuse", Small::Refuse)];
                options.small = one_of(&name, &value, &choices)?;
            }
            "format" => match one_of(&name, &value, &[("auto", 'a'), ("jpeg", 'j'), ("png", 'p')])?
            {
                'j' => format = StillFormat::Jpeg,
                'p' => png = true,
                _ => {}
            },
            "quality" if value.is_none() => {}
            "quality" => {
                let number = whole(&name, &value)?;
                let valid = u8::try_from(number).ok().and_then(Quality::new);
                quality = Some(
                    valid.ok_or_else(|| wrong(&name, number, "a whole number from 1 to 100"))?,
                );
            }
            "frames" => {
                let choices = [
                    ("reject", FramePolicy::Reject),
                    ("first", FramePolicy::First),
                    ("truncate", FramePolicy::Truncate),
                    ("decimate", FramePolicy::Decimate),
                ];
                options.frames = one_of(&name, &value, &choices)?;
            }
            "max_frames" => match whole(&name, &value)? {
                0 => return Err(wrong(&name, 0, "at least 1")),
                frames => options.limits.frames = frames,
            },
            "damaged" => {
                let choices = [("refuse", Damaged::Refuse), ("accept", Damaged::Accept)];
                options.damaged = one_of(&name, &value, &choices)?;
            }
            "limits" if value.is_none() => {}
            "limits" => limits(&value, &mut options.limits)?,
            _ => {
                return Err(PyTypeError::new_err(format!(
                    "{name}: no such option of normalize"
                )));
            }
        }
    }
    let is_face = matches!(options.fit, Fit::Face(_));
    if is_face {
        options.fit = Fit::Face(face);
    } else if face != FaceFit::default() {
        return Err(PyValueError::new_err(
            "face, face_fallback: they are for fit=\"face\": ask for that, or leave them out",
        ));
    }
    if options.gravity != Gravity::Center && options.fit != Fit::Cover && !is_face {
        return Err(PyValueError::new_err(
            "gravity: it says what fit=\"cover\" keeps of a photo: ask for that, or leave gravity out",
        ));
    }
    if let Some(crop) = crop {
        if options.fit != Fit::Contain {
            let fit = if is_face { "face" } else { "cover" };
            return Err(PyValueError::new_err(format!(
                "crop: it contradicts fit=\"{fit}\": leave one of them out"
            )));
        }
        options.fit = Fit::Crop(crop);
    }
    options.side = SideRange::new(min, max).ok_or_else(|| {
        PyValueError::new_err(format!(
            "min_side, max_side: {min} to {max} pixels, but 1 <= min_side <= max_side <= {} must hold",
            SideRange::LARGEST
        ))
    })?;
    options.format = if !png {
        format(quality)
    } else if quality.is_some() {
        return Err(PyValueError::new_err(
            "quality: a PNG has none: leave it out, or make a JPEG",
        ));
    } else {
        StillFormat::Png
    };
    match (options.format, options.background) {
        (StillFormat::Jpeg(_), Background::Transparent) => Err(PyValueError::new_err(
            headshot_core::Error::TransparentJpeg.to_string(),
        )),
        _ => Ok(options),
    }
}

/// The limits by the names of the fields of [`Limits`], with one for pixels of any format; `max_frames` has a
/// name of its own.
fn limits(given: &Bound<'_, PyAny>, limits: &mut Limits) -> PyResult<()> {
    let given = given.cast::<PyDict>().map_err(|_| {
        PyTypeError::new_err("limits: it must be a dict, as in {\"pixels\": 10_000_000}")
    })?;
    for (name, value) in given {
        let name: String = name.extract()?;
        let full = format!("limits: {name}");
        match name.as_str() {
            "bytes" => limits.bytes = number(&full, &value)?,
            "pixels" => {
                limits.pixels = number(&full, &value)?;
                limits.non_jpeg_pixels = limits.pixels;
                limits.webp_pixels = limits.pixels;
            }
            "side" => limits.side = whole(&full, &value)?,
            "memory" => limits.memory = number(&full, &value)?,
            "scans" => limits.scans = whole(&full, &value)?,
            "blocks" => limits.blocks = number(&full, &value)?,
            "canvases" => limits.canvases = number(&full, &value)?,
            "drawn" => limits.drawn = number(&full, &value)?,
            "profile" => limits.profile = number(&full, &value)?,
            "time" => limits.time = seconds(&full, &value)?,
            "frames" => return Err(PyTypeError::new_err("limits: frames: say max_frames=")),
            _ => {
                return Err(PyTypeError::new_err(format!(
                    "{full}: no such limit: choose among bytes, pixels, side, memory, scans, blocks, canvases, drawn, profile and time"
                )));
            }
        }
    }
    Ok(())
}

fn crop(value: &Bound<'_, PyAny>) -> PyResult<Option<CropBox>> {
    if value.is_none() {
        return Ok(None);
    }
    match value.extract::<(u32, u32, u32)>() {
        Ok((x, y, side)) if side > 0 => Ok(Some(CropBox { x, y, side })),
        _ => Err(PyValueError::new_err(
            "crop: it must be three whole numbers of upright pixels: left, top, width, as in (11, 22, 333)",
        )),
    }
}

fn background(value: &Bound<'_, PyAny>) -> PyResult<Background> {
    let text: String = value.extract().unwrap_or_default();
    Background::parse(&text).ok_or_else(|| wrong("background", value, Background::WANTED))
}

/// The value of a word.
fn one_of<T: Copy>(name: &str, value: &Bound<'_, PyAny>, choices: &[(&str, T)]) -> PyResult<T> {
    let text: String = value.extract().unwrap_or_default();
    let found = choices.iter().find(|(choice, _)| *choice == text);
    found.map(|(_, meant)| *meant).ok_or_else(|| {
        let known: Vec<_> = choices
            .iter()
            .map(|(choice, _)| format!("\"{choice}\""))
            .collect();
        wrong(name, value, &known.join(" or "))
    })
}

fn whole(name: &str, value: &Bound<'_, PyAny>) -> PyResult<u32> {
    let number = number(name, value)?;
    u32::try_from(number).map_err(|_| wrong(name, number, "at most 4294967295"))
}

fn number(name: &str, value: &Bound<'_, PyAny>) -> PyResult<u64> {
    value
        .extract()
        .map_err(|_| wrong(name, value, "a whole number, not negative"))
}

fn seconds(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    let seconds = value.extract().unwrap_or(f64::NAN);
    Duration::try_from_secs_f64(seconds).map_err(|_| wrong(name, value, "a number of seconds"))
}

fn wrong(name: &str, found: impl std::fmt::Display, wanted: &str) -> PyErr {
    PyValueError::new_err(format!("{name}: {found}, but it must be {wanted}"))
}
