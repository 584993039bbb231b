//! A JPEG whose samples are held for one avatar after the other.

use std::cell::RefCell;

use super::pixels::{self, Source};
use crate::clock::Clock;
use crate::error::Error;
use crate::held::{Make, Wanted};
use crate::info::Info;
use crate::options::Options;
use crate::plan::Plan;

/// Holds all samples, at the scales that plans ask for. For a single avatar nothing is: following the file once more takes less
/// ([`super::glance`]).
pub(super) fn hold(
    _: &[u8],
    _: &Info,
    _: &Plan,
    options: &Options,
    _: &Clock,
    wanted: Wanted,
) -> Result<Option<Make<'static>>, Error> {
    if wanted == Wanted::Smallest {
        return Ok(None);
    }
    let limits = options.limits;
    let held = RefCell::new(headshot_jpeg::Held::default());
    Ok(Some(Box::new(move |photo, info, plan, options, clock| {
        if options.limits != limits {
            return Ok(None);
        }
        let mut held = held.borrow_mut();
        let source = Source::Held(&mut held);
        // A photo that cannot be held, above all a damaged one, is decoded for each plan, and that says why.
        Ok(pixels::resized_from(source, photo, info, plan, options, clock).ok())
    })))
}
