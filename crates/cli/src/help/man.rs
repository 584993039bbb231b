//! `man`: the manual, a page for each command, generated from the definition of the command line.

mod page;

use std::fs;
use std::path::Path;

use clap::{Command, CommandFactory};

use crate::args::{Cli, ManArgs};
use crate::claims::ours;
use crate::files::write;
use crate::help::command;
use crate::terminal::console::Console;
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;

pub(crate) fn run(args: &ManArgs, console: &mut Console) -> Result<Exit, Failure> {
    let mut whole = Cli::command();
    whole.build();
    let Some(folder) = &args.dir else {
        let wanted = command::find(&whole, "man", &args.command)?;
        console.line(page::render(wanted, &whole)?.trim_end());
        return Ok(Exit::Done);
    };
    let failed = |error| {
        let what = format!("--dir {}: cannot make this folder", escape::name(folder));
        Failure::io("output", what, &error)
    };
    if let Some(why) = ours::kept_for_itself(&write::real(folder)) {
        return Err(refused(folder, &why));
    }
    fs::create_dir_all(folder).map_err(failed)?;
    let pages = all(&whole).into_iter().map(|command| {
        let file = folder.join(format!("{}.1", page::name(command)));
        if is_no_page(&file) {
            let why = "it already exists and is not a page of this manual";
            return Err(refused(&file, why));
        }
        Ok((file, page::render(command, &whole)?))
    });
    for (file, page) in pages.collect::<Result<Vec<_>, _>>()? {
        write::file(&file, page.as_bytes())?;
    }
    Ok(Exit::Done)
}

fn refused(path: &Path, why: &str) -> Failure {
    let failure = Failure::usage(format!("--dir {}: {why}", escape::name(path)));
    failure.with_hint("choose another folder")
}

/// Whether something is there that is not a page of headshot's manual. A link is never followed.
fn is_no_page(file: &Path) -> bool {
    match fs::symlink_metadata(file) {
        Err(_) => false,
        Ok(found) if !found.is_file() => true,
        Ok(_) => !fs::read_to_string(file).is_ok_and(|page| page.contains("\n.TH headshot")),
    }
}

/// A command and all below it.
fn all(command: &Command) -> Vec<&Command> {
    let below = command.get_subcommands().flat_map(all);
    std::iter::once(command).chain(below).collect()
}
