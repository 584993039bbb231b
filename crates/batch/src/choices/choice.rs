//! The choice for one photo, in the words of the flags.

use std::num::NonZeroU32;

use headshot_core::{
    Background, CropBox, Error, FaceFallback, FaceFit, Fit, Gravity, Options, Quality, Rotation,
    StillFormat,
};
use serde::{Deserialize, Serialize};

/// The choice for one photo. A field that is `None` was not chosen.
///
/// As JSON it has a member for each flag, of which only `fit` is required: `{"fit":"crop","crop":{"x":11,"y":22,"side":333},"rotate":90}`.
/// Colors and gravities are texts as [`Background::parse`] and [`Gravity::parse`] read them. An unknown member is an
/// error, so that no choice is silently ignored. Without `rotate` the photo is turned as its file says, so that the avatar matches
/// what was seen.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Members", into = "Members")]
pub struct Choice {
    /// How the photo becomes square. [`ChosenFit::Crop`] needs `crop`.
    pub fit: Option<ChosenFit>,
    /// The square of [`ChosenFit::Crop`], in pixels of the upright photo after `rotate`; other fits ignore it.
    pub crop: Option<CropBox>,
    /// Which single face [`ChosenFit::Face`] frames, where 1 is the first from the left.
    pub face: Option<NonZeroU32>,
    /// What [`ChosenFit::Face`] does if there is no face.
    pub face_fallback: Option<FaceFallback>,
    /// What [`ChosenFit::Cover`] keeps, and [`ChosenFit::Face`] if there is no face.
    pub gravity: Option<Gravity>,
    /// What lies behind the photo.
    pub background: Option<Background>,
    /// The format of a still.
    pub format: Option<ChosenFormat>,
    /// The quality of a JPEG; a PNG ignores it.
    pub quality: Option<Quality>,
    /// Quarter turns clockwise of the upright photo.
    pub rotate: Option<Rotation>,
}

/// The word for a [`Fit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChosenFit {
    /// [`Fit::Face`]
    Face,
    /// [`Fit::Cover`]
    Cover,
    /// [`Fit::Contain`]
    Contain,
    /// [`Fit::Crop`]
    Crop,
}

/// The word for a [`StillFormat`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChosenFormat {
    /// [`StillFormat::Auto`]
    Auto,
    /// [`StillFormat::Jpeg`]
    Jpeg,
    /// [`StillFormat::Png`]
    Png,
}

const FITS: [(&str, ChosenFit); 4] = [
    ("face", ChosenFit::Face),
    ("cover", ChosenFit::Cover),
    ("contain", ChosenFit::Contain),
    ("crop", ChosenFit::Crop),
];
const FORMATS: [(&str, ChosenFormat); 3] = [
    ("auto", ChosenFormat::Auto),
    ("jpeg", ChosenFormat::Jpeg),
    ("png", ChosenFormat::Png),
];
const FALLBACKS: [(&str, FaceFallback); 4] = [
    ("auto", FaceFallback::Auto),
    ("cover", FaceFallback::Cover),
    ("contain", FaceFallback::Contain),
    ("refuse", FaceFallback::Refuse),
];

impl Choice {
    /// This choice, completed by `other` where nothing is chosen.
    pub fn over(&self, other: &Choice) -> Choice {
        Choice {
            fit: self.fit.or(other.fit),
            crop: self.crop.or(other.crop),
            face: self.face.or(other.face),
            face_fallback: self.face_fallback.or(other.face_fallback),
            gravity: self.gravity.or(other.gravity),
            background: self.background.or(other.background),
            format: self.format.or(other.format),
            quality: self.quality.or(other.quality),
            rotate: self.rotate.or(other.rotate),
        }
    }

    /// Whether this asks for a different rotation than the one that a square or a point of `other` refers to.
    pub fn turns_away_from(&self, other: &Choice) -> bool {
        let is_placed = match self.fit.or(other.fit) {
            Some(ChosenFit::Crop) => self.crop.is_none() && other.crop.is_some(),
            Some(ChosenFit::Face) => self.face.is_none() && other.face.is_some(),
            Some(ChosenFit::Cover) => {
                let gravity = other.gravity.filter(|_| self.gravity.is_none());
                gravity.is_some_and(|gravity| gravity != Gravity::Center)
            }
            Some(ChosenFit::Contain) | None => false,
        };
        let rotate = self.rotate.filter(|_| is_placed);
        rotate.is_some_and(|rotate| rotate != other.rotate.unwrap_or_default())
    }

    /// The options with the chosen values in place of theirs.
    pub fn applied(&self, options: &Options) -> Options {
        let faces = match options.fit {
            Fit::Face(faces) => faces,
            _ => FaceFit::default(),
        };
        let faces = Fit::Face(FaceFit {
            fallback: self.face_fallback.unwrap_or(faces.fallback),
            number: self.face.or(faces.number),
        });
        let (format, quality) = match options.format {
            StillFormat::Jpeg(quality) => (ChosenFormat::Jpeg, quality),
            StillFormat::Png => (ChosenFormat::Png, None),
            StillFormat::Auto(quality) => (ChosenFormat::Auto, quality),
            other => unreachable!("a still format without a word: {other:?}"),
        };
        let quality = self.quality.or(quality);
        Options {
            fit: match (self.fit, self.crop) {
                (Some(ChosenFit::Crop), Some(crop)) => Fit::Crop(crop),
                (Some(ChosenFit::Face), _) => faces,
                (Some(ChosenFit::Cover), _) => Fit::Cover,
                (Some(ChosenFit::Contain), _) => Fit::Contain,
                (Some(ChosenFit::Crop) | None, _) => match options.fit {
                    Fit::Face(_) => faces,
                    fit => fit,
                },
            },
            gravity: self.gravity.unwrap_or(options.gravity),
            background: self.background.unwrap_or(options.background),
            format: match self.format.unwrap_or(format) {
                ChosenFormat::Auto => StillFormat::Auto(quality),
                ChosenFormat::Jpeg => StillFormat::Jpeg(quality),
                ChosenFormat::Png => StillFormat::Png,
            },
            rotate: self.rotate.unwrap_or(options.rotate),
            ..options.clone()
        }
    }

    /// Sets a member other than `crop` from a text, by its name in JSON and in manifests: `rotate`, `90`.
    ///
    /// # Errors
    /// What is wrong with the text and what is expected, for its author.
    pub fn read(&mut self, member: &str, text: &str) -> Result<(), String> {
        let wrong = |wanted: &str| format!("{member} is \"{text}\": give {wanted}");
        match member {
            "fit" => self.fit = Some(meant(&FITS, text).map_err(|words| wrong(&words))?),
            "face" => {
                let number = text
                    .parse()
                    .map_err(|_| wrong("a whole number from 1 on"))?;
                self.face = Some(number);
            }
            "face_fallback" => {
                let fallback = meant(&FALLBACKS, text).map_err(|words| wrong(&words))?;
                self.face_fallback = Some(fallback);
            }
            "gravity" => {
                let gravity = Gravity::parse(text);
                self.gravity = Some(gravity.ok_or_else(|| wrong(Gravity::WANTED))?);
            }
            "background" => {
                let background = Background::parse(text);
                self.background = Some(background.ok_or_else(|| wrong(Background::WANTED))?);
            }
            "format" => {
                let format = meant(&FORMATS, text).map_err(|words| wrong(&words))?;
                self.format = Some(format);
            }
            "quality" => {
                let quality = text.parse().ok().and_then(Quality::new);
                self.quality = Some(quality.ok_or_else(|| wrong("a whole number from 1 to 100"))?);
            }
            "rotate" => {
                let rotation = text.parse().ok().and_then(Rotation::from_degrees);
                self.rotate = Some(rotation.ok_or_else(|| wrong(Rotation::WANTED))?);
            }
            _ => return Err(format!("there is no {member} to choose")),
        }
        Ok(())
    }

    /// Refuses contradictions.
    ///
    /// # Errors
    /// As for [`read`](Choice::read).
    pub fn check(&self) -> Result<(), String> {
        let is_jpeg = self.format == Some(ChosenFormat::Jpeg);
        if is_jpeg && self.background == Some(Background::Transparent) {
            return Err(Error::TransparentJpeg.to_string());
        }
        Ok(())
    }

    /// The choice as flags of the command, without the dashes, and their values; values without an effect are left
    /// out. The order is always the same; `crop` implies the fit of that name.
    pub fn flags(&self) -> Vec<(&'static str, String)> {
        let mut flags = Vec::new();
        let mut add = |flag, value: Option<String>| flags.extend(value.map(|value| (flag, value)));
        let crop = self
            .crop
            .filter(|_| matches!(self.fit, Some(ChosenFit::Crop)));
        let fit = self.fit.filter(|fit| *fit != ChosenFit::Crop);
        let is_face = fit == Some(ChosenFit::Face);
        let is_cut = is_face || fit == Some(ChosenFit::Cover);
        let is_png = self.format == Some(ChosenFormat::Png);
        add(
            "crop",
            crop.map(|CropBox { x, y, side }| format!("{x},{y},{side}")),
        );
        add("fit", fit.map(|fit| word(&FITS, fit)));
        let fallback = self.face_fallback.filter(|_| is_face);
        add(
            "face-fallback",
            fallback.map(|fallback| word(&FALLBACKS, fallback)),
        );
        let face = self.face.filter(|_| is_face);
        add("face", face.map(|face| face.to_string()));
        let gravity = self.gravity.filter(|_| is_cut);
        add("gravity", gravity.map(|gravity| gravity.to_string()));
        add(
            "background",
            self.background.map(|background| background.to_string()),
        );
        add("format", self.format.map(|format| word(&FORMATS, format)));
        let quality = self.quality.filter(|_| !is_png);
        add("quality", quality.map(|quality| quality.get().to_string()));
        let rotate = self.rotate.filter(|rotate| *rotate != Rotation::None);
        add("rotate", rotate.map(|rotate| rotate.to_string()));
        flags
    }
}

/// A choice in JSON.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    fit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    crop: Option<Square>,
    #[serde(skip_serializing_if = "Option::is_none")]
    face: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    face_fallback: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gravity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotate: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Square {
    x: u32,
    y: u32,
    side: u32,
}

impl TryFrom<Members> for Choice {
    type Error = String;

    fn try_from(members: Members) -> Result<Choice, String> {
        let number = |number: Option<u32>| number.map(|number| number.to_string());
        let fit = members
            .fit
            .ok_or("a choice has no fit: give face, cover, contain or crop")?;
        let mut choice = Choice {
            rotate: Some(Rotation::None),
            ..Choice::default()
        };
        for (member, text) in [
            ("fit", Some(fit)),
            ("face", number(members.face)),
            ("face_fallback", members.face_fallback),
            ("gravity", members.gravity),
            ("background", members.background),
            ("format", members.format),
            ("quality", number(members.quality)),
            ("rotate", number(members.rotate)),
        ] {
            text.map_or(Ok(()), |text| choice.read(member, &text))?;
        }
        choice.crop = match members.crop {
            None if choice.fit == Some(ChosenFit::Crop) => {
                return Err("fit is crop, and there is none".into());
            }
            Some(Square { side: 0, .. }) => {
                return Err("the side of the crop is 0 pixels, and must be at least 1".into());
            }
            crop => crop.map(|Square { x, y, side }| CropBox { x, y, side }),
        };
        choice.check()?;
        Ok(choice)
    }
}

impl From<Choice> for Members {
    fn from(choice: Choice) -> Members {
        Members {
            fit: choice.fit.map(|fit| word(&FITS, fit)),
            crop: choice
                .crop
                .map(|CropBox { x, y, side }| Square { x, y, side }),
            face: choice.face.map(NonZeroU32::get),
            face_fallback: choice
                .face_fallback
                .map(|fallback| word(&FALLBACKS, fallback)),
            gravity: choice.gravity.map(|gravity| gravity.to_string()),
            background: choice.background.map(|background| background.to_string()),
            format: choice.format.map(|format| word(&FORMATS, format)),
            quality: choice.quality.map(|quality| quality.get().into()),
            rotate: choice
                .rotate
                .filter(|rotate| *rotate != Rotation::None)
                .map(Rotation::degrees),
        }
    }
}

/// The word for a value of a table.
fn word<T: PartialEq>(table: &[(&str, T)], value: T) -> String {
    let found = table.iter().find(|(_, each)| *each == value);
    found.map_or_else(String::new, |(word, _)| (*word).to_owned())
}

/// The value of a word in a table, or all words.
fn meant<T: Copy>(table: &[(&str, T)], word: &str) -> Result<T, String> {
    let found = table
        .iter()
        .find(|(each, _)| each.eq_ignore_ascii_case(word));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
        words.join(", ")
    })
}

#[cfg(test)]
mod tests;
