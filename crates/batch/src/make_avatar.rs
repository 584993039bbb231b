//! From the bytes of a photo to its avatar: all the code that reads strangers' files, so that it can run in another
//! process.

use bytes::Bytes;
use headshot_core::{Faces, Fit, Limits, Options, normalize, plan, probe};
use serde::{Deserialize, Serialize};

use crate::choices::Choice;
use crate::failure::Failure;
use crate::record::Record;
use crate::thumbnail::{Thumbnail, Thumbnails};

/// What is wanted of every photo of a run.
#[derive(Debug, Default)]
pub struct Recipe {
    /// For the avatar.
    pub options: Options,
    /// For the still beside an animation.
    pub still: Option<Options>,
    /// Whether there is a page that shows every photo.
    pub thumbnails: bool,
    /// If the photo is to be shown with the face that decided: the length of that picture, in pixels.
    pub explained: Option<u32>,
}

/// What is wanted of one photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// To know what would be made.
    Plan,
    /// The avatar, and whatever else the recipe asks for.
    Avatar,
    /// Only the small picture of a photo that has its avatar already.
    Look,
    /// The small picture of an avatar, which may exceed the limits for photos.
    LookAtAvatar,
}

/// What was made, as far as it was wanted.
#[derive(Debug, Default)]
pub struct MadeAvatar {
    /// Empty if only a plan or small pictures were wanted.
    pub avatar: Bytes,
    /// The still of an animation.
    pub still: Option<Bytes>,
}

impl Recipe {
    /// Does it, here and now, with this photo's choice in place of everybody's options. Fills in `record` and `thumbnails` as far as it gets, even if it fails.
    ///
    /// # Errors
    /// Those of [`probe`] and [`normalize`], for the still as for the avatar.
    pub fn make_avatar(
        &self,
        photo: &[u8],
        choice: Option<&Choice>,
        wanted: Wanted,
        record: &mut Record,
        thumbnails: &mut Thumbnails,
    ) -> Result<MadeAvatar, Failure> {
        if let Some(choice) = choice {
            let chosen = self.chosen(choice);
            return chosen.make_avatar(photo, None, wanted, record, thumbnails);
        }
        let limits = &self.options.limits;
        match wanted {
            Wanted::Look => {
                thumbnails.before = Thumbnail::of(photo, limits);
                if let Fit::Face(_) = self.options.fit {
                    let info = probe(photo, limits)?;
                    let plan = plan(photo, &info, &self.options)?;
                    thumbnails.face = self.explained(photo, plan.faces.as_ref());
                }
                return Ok(MadeAvatar::default());
            }
            Wanted::LookAtAvatar => {
                thumbnails.after = Thumbnail::of(photo, &Limits::default());
                return Ok(MadeAvatar::default());
            }
            Wanted::Avatar if self.thumbnails => thumbnails.before = Thumbnail::of(photo, limits),
            Wanted::Avatar | Wanted::Plan => {}
        }
        let info = probe(photo, limits)?;
        record.probed(&info);
        if wanted == Wanted::Plan {
            record.planned(&plan(photo, &info, &self.options)?);
            if let Some(still) = &self.still {
                plan(photo, &info, still)?;
            }
            return Ok(MadeAvatar::default());
        }
        let avatar = normalize(photo, &self.options).map_err(|error| {
            let failure = Failure::from(error);
            let side = self.explained;
            thumbnails.face =
                side.and_then(|side| Thumbnail::of_refused(photo, &self.options, side, &failure));
            failure
        })?;
        record.made(&avatar);
        let faces = avatar.report().faces.as_ref();
        thumbnails.face = self.explained(photo, faces);
        let crop = faces.and_then(|faces| faces.crop);
        let avatar = avatar.bytes();
        if self.thumbnails {
            thumbnails.after = Thumbnail::of(&avatar, &Limits::default());
        }
        let still = self.still.as_ref();
        let still = still.map(|still| {
            // The still of an animation shows the same area, whichever frame had the face.
            let fit = crop.map_or(still.fit, Fit::Crop);
            let still = Options {
                fit,
                ..still.clone()
            };
            normalize(photo, &still).map(|still| still.bytes())
        });
        Ok(MadeAvatar {
            avatar,
            still: still.transpose()?,
        })
    }

    /// The recipe for a photo with this choice. A still keeps its format, which is part of its file's name.
    pub(crate) fn chosen(&self, choice: &Choice) -> Recipe {
        let still = |still: &Options| Options {
            format: still.format,
            ..choice.applied(still)
        };
        Recipe {
            options: choice.applied(&self.options),
            still: self.still.as_ref().map(still),
            ..*self
        }
    }

    fn explained(&self, photo: &[u8], faces: Option<&Faces>) -> Option<Thumbnail> {
        Thumbnail::explained(photo, faces?, self.explained?, &self.options)
    }
}
