//! `inspect`: what photos are and what `normalize` would do with them, from their headers.

use std::path::Path;

use headshot_core::{Options, plan, probe};

use crate::args::InspectArgs;
use crate::files::input;
use crate::terminal::console::Console;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use crate::terminal::plain_text;
use crate::terminal::record::Record;

pub(crate) fn run(args: &InspectArgs, console: &mut Console) -> Result<Exit, Failure> {
    let options = args.image.options(None)?;
    input::refuse_stdin_twice(&args.photos)?;
    if !args.json {
        super::tell_of_looks(&options);
    }
    let exits = args.photos.iter().map(|photo| {
        let mut record = Record::new(photo);
        let end = inspect(photo, &options, &mut record);
        record.ended(end);
        plain_text::print(
            photo,
            &record,
            &record,
            args.json,
            console,
            plain_text::photo_and_avatar,
        )
    });
    Ok(Exit::worst(exits))
}

fn inspect(photo: &Path, options: &Options, record: &mut Record) -> Result<(), Failure> {
    let bytes = input::read(photo, options.limits.bytes)?;
    let info = probe(&bytes, &options.limits)?;
    record.probed(&info);
    record.planned(&plan(&bytes, &info, options)?);
    Ok(())
}
