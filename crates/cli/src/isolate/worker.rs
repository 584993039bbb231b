//! The worker's side: photos on standard input, avatars on standard output, until there are no more.

use std::io::{self, BufReader, BufWriter};
use std::path::Path;

use rayon::ThreadPoolBuilder;

use crate::args::NormalizeArgs;
use crate::develop::Recipe;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::DASH;
use crate::isolate::{Bounds, bounds, wire};
use crate::output::Destination;
use crate::report::Record;
use crate::sheet::Thumbnails;

/// Works until standard input ends.
///
/// # Errors
/// When the limits cannot be set, or somebody else than this program is at the other end.
pub(crate) fn work(args: &NormalizeArgs) -> Result<Exit, Failure> {
    let named = match (&args.batch.from_file, args.photos.len()) {
        (None, 1) => Destination::new(&args.output, &args.photos)?.named_format()?,
        _ => None,
    };
    let recipe = Recipe::new(args, named)?;
    let bounds = Bounds::new(args, &recipe);
    let bounds = bounds.ok_or_else(|| Failure::usage("a worker is for --isolate only"))?;
    let failed = |error| Failure::io("worker", "this worker cannot go on", &error);
    bounds::enforce(&bounds).map_err(failed)?;
    // As in a batch without workers, one photo is one thread's.
    let pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    let _pool = pool.build();
    let mut questions = BufReader::new(io::stdin().lock());
    let mut answers = BufWriter::new(io::stdout().lock());
    while let Some((wanted, photo)) = wire::asked(&mut questions).map_err(failed)? {
        bounds::wind_up(&bounds).map_err(failed)?;
        let mut record = Record::new(Path::new(DASH));
        let mut thumbnails = Thumbnails::default();
        let end = recipe.develop(&photo, wanted, &mut record, &mut thumbnails);
        wire::answer(&mut answers, record, end, &thumbnails).map_err(failed)?;
    }
    Ok(Exit::Done)
}
