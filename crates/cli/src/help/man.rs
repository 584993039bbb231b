//! `man`: the manual, a page for each command, generated from the definition of the command line.

mod page;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{self, Stdio};

use clap::{Command, CommandFactory};

use crate::args::{Cli, ManArgs};
use crate::claims::ours;
use crate::files::write;
use crate::help::command;
use crate::terminal::console::{self, Console, is_terminal};
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;

pub(crate) fn run(args: &ManArgs, console: &mut Console) -> Result<Exit, Failure> {
    let mut whole = Cli::command();
    whole.build();
    let Some(folder) = &args.dir else {
        let wanted = command::find(&whole, "man", &args.command)?;
        let page = page::render(wanted, &whole)?;
        if !is_terminal() {
            console.line(page.trim_end());
        } else if !is_shown(&page) {
            command::print(&args.command, "man", console)?;
            console::remark(
                "this is the help, because there is no man here to show the page; headshot man --dir FOLDER writes all pages",
            );
        }
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

/// Whether the system's man could show a page, with its pager.
fn is_shown(page: &str) -> bool {
    let mut man = process::Command::new("man");
    // Not every man knows -l: what it says of that is for nobody.
    man.args(["-l", "-"]).stderr(Stdio::null());
    let shown = man.env_remove("SLACK_TOKEN").stdin(Stdio::piped()).spawn();
    let Ok(mut shown) = shown else {
        return false;
    };
    // Somebody may leave the pager before the end.
    let _ = shown
        .stdin
        .take()
        .map(|mut to| to.write_all(page.as_bytes()));
    shown.wait().is_ok_and(|status| status.success())
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
