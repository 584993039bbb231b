//! `studio`: a page on this machine to choose avatars by eye, until Ctrl-C or *Done*.

pub(crate) mod args;
mod browser;
mod command_line;
mod folder;
mod manifest;
mod one;

use headshot_batch::choices::{Choice, ChosenFit};
use headshot_studio::Server;

use crate::terminal::console::Console;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt::Interrupt;

use args::StudioArgs;

pub(crate) fn run(args: &StudioArgs, console: &mut Console) -> Result<Exit, Failure> {
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
    server.run(interrupt.flag())?;
    Ok(Exit::Done)
}

/// The default for photos without a choice: frame the face.
fn default_choice() -> Choice {
    Choice {
        fit: Some(ChosenFit::Face),
        ..Choice::default()
    }
}

/// A failure in a sentence, with what to do about it.
fn reason(failure: &Failure) -> String {
    match &failure.hint {
        Some(hint) => format!("{}: {hint}", failure.message),
        None => failure.message.clone(),
    }
}
