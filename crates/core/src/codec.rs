//! What is known of a format that is read.

use crate::clock::Clock;
use crate::decoded::Decoded;
use crate::error::Error;
use crate::format::Format;
use crate::header::Header;
use crate::held::{Held, Make};
use crate::info::Info;
use crate::options::{Limits, Options};
use crate::plan::Plan;
use crate::strip::Stripped;
use crate::whole::Whole;

/// A row of the table of formats.
pub(crate) struct Codec {
    pub(crate) format: Format,
    /// Whether a file begins as this format does.
    pub(crate) recognizes: fn(photo: &[u8]) -> bool,
    /// How many pixels there may be.
    pub(crate) pixels: fn(&Limits) -> u64,
    /// Reads the header; allocates nothing that it could inflate.
    pub(crate) header: fn(photo: &[u8], &Limits, &Clock) -> Result<Header, Error>,
    pub(crate) resize: Resize,
    /// The same as quickly as can be, of the whole photo: to look at, not to keep. Damage may go unnoticed.
    pub(crate) glance: Glance,
    /// Decodes all of a still and holds its pixels, where that is quicker than decoding it twice.
    pub(crate) hold: Option<Hold>,
    pub(crate) whole: DecodeWhole,
    pub(crate) strip: Strip,
}

/// Decodes the plan's crop of a still, or of the first frame, and resamples it on the way.
pub(crate) type Resize = fn(photo: &[u8], &Info, &Plan, &Options, &Clock) -> Result<Decoded, Error>;

type Glance = for<'a> fn(
    photo: &'a [u8],
    &Info,
    &Plan,
    &'a Options,
    &Clock,
    &mut Held<'a>,
) -> Result<Decoded, Error>;

/// `None` where the photo has to be decoded for each picture of it.
type Hold =
    for<'a> fn(photo: &'a [u8], &Info, &'a Options, &Clock) -> Result<Option<Make<'a>>, Error>;

/// Decodes the whole of a still, or of the first frame, so that any crop can be made of it; what is held already is given back where it
/// serves this plan. `None` where nothing is to be held, because it is damaged, too large, or resampled in a way of its own: then
/// the photo is resized as any.
type DecodeWhole = fn(photo: &[u8], &Info, &Plan, &Options, &Clock, Option<Whole>) -> Option<Whole>;

/// Takes the metadata off. All of the photo is decoded on the way: what is damaged must not pass because nothing was to be done.
/// `None` where only encoding it anew will do: where bytes may be hidden among those of its pixels, above all.
type Strip = fn(photo: &[u8], &Info, &Options, &Clock) -> Result<Option<Stripped>, Error>;
