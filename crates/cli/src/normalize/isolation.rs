//! `--isolate`: avatars are made in separate processes, which run this executable with the same arguments.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::args::NormalizeArgs;
use crate::claims::output::Destination;
use crate::normalize::recipe;
use crate::normalize::repeated::once;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use headshot_batch::Isolation;
use headshot_batch::Recipe;
use headshot_batch::choices::ChosenFit;

/// The word that starts a worker, in place of `normalize`. It is not a command, so both read the other
/// arguments the same way.
pub(crate) const WORKER: &str = "normalize-worker";

/// How workers are started, if there are to be any.
pub(crate) fn new(args: &NormalizeArgs, recipe: &Recipe) -> Result<Option<Isolation>, Failure> {
    let Some(memory) = args.batch.isolate else {
        return Ok(None);
    };
    if !cfg!(unix) {
        return Err(
            Failure::usage("--isolate: this system has no limits for processes")
                .with_hint("leave it out, or run this on Linux"),
        );
    }
    // This name stays the same executable even if an update replaces the file.
    let program = if cfg!(target_os = "linux") {
        Ok(PathBuf::from("/proc/self/exe"))
    } else {
        env::current_exe()
    };
    let program = program.map_err(|error| {
        Failure::io("worker", "no worker process can be started for it", &error)
    })?;
    let mut command = Command::new(program);
    command.arg(WORKER).args(env::args_os().skip(2));
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, "headshot");
    Ok(Some(Isolation::new(command, memory, recipe)))
}

/// What a worker does.
///
/// # Errors
/// If the limits cannot be set, or if the other end is not this program.
pub(crate) fn work(args: &NormalizeArgs) -> Result<Exit, Failure> {
    let photos = once(&args.photos, &args.output);
    let named = match (&args.batch.from_file, photos.len()) {
        (None, 1) => Destination::new(&args.output, photos)?.named_format()?,
        _ => None,
    };
    // The parent process has checked that the flags fit the photos.
    let own = [ChosenFit::Face, ChosenFit::Cover];
    let recipe = recipe::new(args, named, &own)?;
    let memory = args.batch.isolate;
    let memory = memory.ok_or_else(|| Failure::usage("a worker is for --isolate only"))?;
    headshot_batch::worker(&recipe, memory)?;
    Ok(Exit::Done)
}
