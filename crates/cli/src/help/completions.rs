//! `completions`: what a shell needs to complete the command line, generated from its definition.

use clap::CommandFactory;
use clap_complete::generate;

use crate::args::{Cli, CompletionsArgs};
use crate::terminal::console::Console;
use crate::terminal::exit::Exit;

pub(crate) fn run(args: &CompletionsArgs, console: &mut Console) -> Exit {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "headshot", &mut script);
    console.line(String::from_utf8_lossy(&script).trim_end());
    Exit::Done
}
