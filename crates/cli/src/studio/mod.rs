//! `studio`: a page on this machine to choose avatars by eye, until Ctrl-C or *Done*.

pub(crate) mod args;
mod browser;
mod command_line;
mod folder;
mod hints;
mod manifest;
mod one;

use headshot_batch::choices::{Choice, ChosenFit};
use headshot_studio::Server;

use crate::terminal::console::{self, Console};
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt::Interrupt;

use args::StudioArgs;
use hints::without_flags;

pub(crate) fn run(args: &StudioArgs, console: &mut Console) -> Result<Exit, Failure> {
    serve(args, console).map_err(without_flags)
}

fn serve(args: &StudioArgs, console: &mut Console) -> Result<Exit, Failure> {
    let settings = match (&args.manifest, &args.photo) {
        (Some(manifest), _) => manifest::settings(manifest)?,
        (None, Some(folder)) if folder.is_dir() => folder::settings(folder, args)?,
        (None, Some(photo)) => one::settings(photo, args)?,
        (None, None) => return Err(Failure::usage("there is no photo")),
    };
    let interrupt = Interrupt::watch()?;
    let server = Server::new(args.port, settings)?;
    let address = server.address();
    console.labeled("page", &address);
    console.labeled("stop", "Ctrl-C, or Done on the page");
    // Kept until the end: a browser may be slow to read it.
    let _door = if args.no_open {
        None
    } else {
        browser::open(&address)
    };
    let stopped = server.run(interrupt.flag())?;
    if let Some(message) = &stopped {
        console::remark(message);
    }
    Ok(match stopped {
        Some(_) if interrupt.is_raised() => Exit::Interrupted,
        _ => Exit::Done,
    })
}

/// The default for photos without a choice: frame the face.
fn default_choice() -> Choice {
    Choice {
        fit: Some(ChosenFit::Face),
        ..Choice::default()
    }
}
