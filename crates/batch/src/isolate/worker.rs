//! The worker's side: photos on standard input, avatars on standard output, until there are no more.

use std::io::{self, BufReader, BufWriter};
use std::path::Path;

use rayon::ThreadPoolBuilder;

use crate::failure::Failure;
use crate::files::input::DASH;
use crate::isolate::{bounds, wire};
use crate::make_avatar::Recipe;
use crate::record::Record;
use crate::thumbnail::Thumbnails;

/// Works until standard input ends. `recipe` and `memory` are those of [`Isolation`](super::Isolation). Nothing else may read standard
/// input, or print to standard output, which carries the answers.
///
/// # Errors
/// If the limits cannot be set, or another program is at the other end.
pub fn worker(recipe: &Recipe, memory: Option<u64>) -> Result<(), Failure> {
    let bounds = bounds::Bounds::new(memory, recipe);
    let failed = |error| Failure::io("worker", "this worker cannot go on", &error);
    bounds::enforce(&bounds).map_err(failed)?;
    // As in a batch without workers, each photo has one thread.
    let pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    let _pool = pool.build();
    let mut questions = BufReader::new(io::stdin().lock());
    let mut answers = BufWriter::new(io::stdout().lock());
    while let Some(asked) = wire::asked(&mut questions).map_err(failed)? {
        bounds::allow_time(&bounds).map_err(failed)?;
        let mut record = Record::new(Path::new(DASH));
        let mut thumbnails = Thumbnails::default();
        let (choice, wanted) = (asked.choice.as_ref(), asked.wanted);
        let end = recipe.make_avatar(&asked.photo, choice, wanted, &mut record, &mut thumbnails);
        wire::answer(&mut answers, record, end, &thumbnails).map_err(failed)?;
    }
    Ok(())
}
