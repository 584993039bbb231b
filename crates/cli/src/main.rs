//! The command line of headshot: the only place that touches files, prints, or decides policy.

mod args;
mod batch;
mod batch_args;
mod clash;
mod commands;
mod console;
mod digits;
mod emulator_args;
mod escape;
mod exit;
mod failure;
mod image_args;
mod input;
mod interrupt;
mod journal;
mod lock;
mod manifest;
mod memory;
mod output;
mod poster;
mod preview;
mod replace;
mod report;
mod sheet;
mod slack;
mod usage;
mod words;
mod write;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::console::Console;
use crate::exit::Exit;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::explain(&error).into(),
    };
    let mut console = Console::new();
    let done = match &cli.command {
        Command::Set(args) => commands::set::run(args, &mut console),
        Command::Normalize(args) => commands::normalize::run(args, &mut console),
        Command::Inspect(args) => commands::inspect::run(args, &mut console),
        Command::Profile(args) => commands::profile::run(args, &mut console),
        Command::Delete(args) => commands::delete::run(args, &mut console),
        Command::Audit(args) => commands::audit::run(args, &mut console),
        Command::Emulator(args) => commands::emulator::run(args, &mut console),
        Command::Completions(args) => Ok(commands::completions::run(args, &mut console)),
        Command::Man(args) => commands::man::run(args, &mut console),
    };
    let exit = done.unwrap_or_else(|failure| {
        console::failed(None, &failure);
        Exit::NotStarted
    });
    console.finish(exit).into()
}
