//! What is posted: the avatar that is made here, or with `--as-is` the file itself.

use bytes::Bytes;
use headshot_core::{
    CropBox, Faces, Fit, Format, Info, Options, Plan, SideRange, normalize, probe,
};
use headshot_upload::Photo;

use crate::args::SetArgs;
use crate::slack::error::failure;
use crate::state::Fingerprint;
use crate::terminal::failure::Failure;
use crate::terminal::record::{Made, Record, sha256};

/// What is posted.
pub(crate) struct Upload {
    pub(crate) photo: Photo,
    /// The crop that Slack is asked to make; nothing if it was made here.
    pub(crate) crop: Option<CropBox>,
    /// The photo that the avatar was made from, to make another with fewer frames.
    pub(crate) source: Option<Vec<u8>>,
    /// The faces that decided what it shows.
    pub(crate) faces: Option<Faces>,
    /// Whether headshot made it, so that it can be made again.
    pub(crate) made: bool,
}

impl Upload {
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint {
            sha256: sha256(self.photo.bytes()),
            crop: self.crop.map(|CropBox { x, y, side }| [x, y, side]),
        }
    }
}

/// What to post for a photo with these bytes.
pub(crate) fn prepare(
    photo: Vec<u8>,
    args: &SetArgs,
    options: &Options,
    record: &mut Record,
) -> Result<Upload, Failure> {
    if args.as_is {
        unchanged(photo.into(), options, record)
    } else {
        normalized(photo, options, record)
    }
}

/// The avatar made here.
fn normalized(bytes: Vec<u8>, options: &Options, record: &mut Record) -> Result<Upload, Failure> {
    record.probed(&probe(&bytes, &options.limits)?);
    let avatar = normalize(&bytes, options)?;
    record.made(&avatar);
    Ok(Upload {
        photo: Photo::new(avatar.bytes()).map_err(failure)?,
        crop: None,
        source: Some(bytes),
        faces: avatar.report().faces.clone(),
        made: true,
    })
}

/// The file as it is, after checking that Slack can read it.
fn unchanged(bytes: Bytes, options: &Options, record: &mut Record) -> Result<Upload, Failure> {
    let info = probe(&bytes, &options.limits)?;
    record.probed(&info);
    if !Format::WRITTEN.contains(&info.format) {
        let message = format!(
            "Slack takes JPEG, PNG and GIF, but this is a {}",
            info.format
        );
        return Err(Failure::new("unsupported", message)
            .with_hint("leave out --as-is, and headshot makes an avatar that Slack takes"));
    }
    let crop = match options.fit {
        Fit::Crop(crop) => Some(crop),
        _ => None,
    };
    // Only to refuse a crop outside the photo; nothing else can be requested here.
    Plan::new(&info, options)?;
    let square = (info.size.width() == info.size.height()).then(|| info.size.width());
    record.avatar = Some(Made {
        format: info.format.name(),
        side: crop.map(|crop| crop.side).or(square),
        frames: info.frames,
        bytes: Some(info.bytes),
        sha256: Some(sha256(&bytes)),
        damaged: None,
    });
    record
        .steps
        .push("left as it is, metadata included".to_owned());
    record.warnings.extend(left_to_slack(&info, crop));
    Ok(Upload {
        photo: Photo::new(bytes).map_err(failure)?,
        crop,
        source: None,
        faces: None,
        made: false,
    })
}

/// Warnings about what Slack's documents advise against or leave open, and what `normalize` would have fixed.
fn left_to_slack(info: &Info, crop: Option<CropBox>) -> Vec<String> {
    let mut warnings = Vec::new();
    let orientation = info.orientation.exif();
    if orientation != 1 {
        let crop = crop.map_or("", |_| " and whether it crops before that");
        warnings.push(format!(
            "whether Slack turns a photo of EXIF orientation {orientation}{crop} is not documented: leave out --as-is"
        ));
    }
    let advised = SideRange::SLACK.min()..=SideRange::SLACK.max();
    let (width, height) = (info.size.width(), info.size.height());
    // Slack pads the shorter side, so the longer one is that of the square, unless a box is cut out.
    let side = crop.map_or(info.size.longer(), |crop| crop.side);
    if !advised.contains(&side) || width.max(height) > *advised.end() {
        warnings.push(format!(
            "the square is {side} pixels wide, in a photo of {width} x {height}: Slack recommends {} to {}",
            advised.start(),
            advised.end()
        ));
    }
    warnings
}
