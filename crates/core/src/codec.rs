//! What the pipeline needs to know about a format that it reads.

use crate::clock::Clock;
use crate::decoded::Decoded;
use crate::error::Error;
use crate::format::Format;
use crate::header::Header;
use crate::held::{Held, Make, Wanted};
use crate::info::Info;
use crate::options::{Limits, Options};
use crate::plan::Plan;
use crate::strip::Stripped;

/// A row in the table of formats.
pub(crate) struct Codec {
    pub(crate) format: Format,
    /// Whether a file begins like this format.
    pub(crate) recognizes: fn(photo: &[u8]) -> bool,
    /// Which limit applies to its number of pixels.
    pub(crate) pixels: fn(&Limits) -> u64,
    /// Reads the header; allocates nothing that the header could inflate.
    pub(crate) header: fn(photo: &[u8], &Limits, &Clock) -> Result<Header, Error>,
    pub(crate) resize: Resize,
    /// Decodes the whole photo, if there is a faster way for that: to look at, not to keep. Damage may go unnoticed.
    pub(crate) glance: Option<Glance>,
    pub(crate) hold: Hold,
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

/// Decodes all of a still, or of the first frame, and holds what any crop can be made from; errors are those of decoding all of it. `None`
/// if the photo has to be decoded for each picture of it, because it is damaged or resampled in a way of its own.
type Hold = fn(
    photo: &[u8],
    &Info,
    &Plan,
    &Options,
    &Clock,
    Wanted,
) -> Result<Option<Make<'static>>, Error>;

/// Removes the metadata. All of the photo is decoded on the way: damage must not pass just because nothing had to be done.
/// `None` if only encoding it again will do, above all because bytes may be hidden among its pixels.
type Strip = fn(photo: &[u8], &Info, &Options, &Clock) -> Result<Option<Stripped>, Error>;
