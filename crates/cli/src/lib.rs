//! The command line of headshot: the only place that touches files, prints, or decides policy.
//!
//! It is a library for `fuzz/` alone; the interface for others is `headshot-core`.

mod args;
mod backup_args;
mod batch;
mod batch_args;
mod case;
mod claims;
mod commands;
mod console;
mod date;
mod develop;
mod digits;
mod emulator_args;
mod escape;
mod exit;
mod failure;
mod image_args;
mod input;
mod interrupt;
mod isolate;
mod journal;
mod limits;
mod lock;
mod manifest;
mod manifest_args;
mod memory;
mod ours;
mod output;
mod pending;
mod person;
mod post;
mod poster;
mod preview;
mod private;
mod replace;
mod report;
mod reserved;
mod sheet;
mod slack;
mod token;
mod usage;
mod words;
mod write;

#[doc(hidden)]
pub use batch::fuzz;

use std::env;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Runs the command line of this process, and says how it ended.
pub fn run() -> ExitCode {
    let mut arguments: Vec<OsString> = env::args_os().collect();
    let is_worker = arguments.get(1).is_some_and(|name| name == isolate::WORKER);
    if is_worker {
        arguments[1] = "normalize".into();
    }
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage::explain(&error).into(),
    };
    if let Err(failure) = usage::refuse_tokens(&arguments) {
        console::failed(None, &failure);
        return Exit::NotStarted.into();
    }
    let mut console = Console::new();
    let dispatch = || match &cli.command {
        Command::Set(args) => commands::set::run(args, &mut console),
        Command::Normalize(args) if is_worker => isolate::work(args),
        Command::Normalize(args) => commands::normalize::run(args, &mut console),
        Command::Inspect(args) => commands::inspect::run(args, &mut console),
        Command::Profile(args) => commands::profile::run(args, &mut console),
        Command::Delete(args) => commands::delete::run(args, &mut console),
        Command::Backups(args) => commands::backups::run(args, &mut console),
        Command::Audit(args) => commands::audit::run(args, &mut console),
        Command::Emulator(args) => commands::emulator::run(args, &mut console),
        Command::Limits(args) => {
            let limits = args.limit.limits(args.max_frames);
            Ok(limits::print(&limits, args.json, &mut console))
        }
        Command::Completions(args) => Ok(commands::completions::run(args, &mut console)),
        Command::Man(args) => commands::man::run(args, &mut console),
    };
    // Only a bug comes here: what photos do to decoders is caught where they are decoded.
    let done = catch_unwind(AssertUnwindSafe(dispatch));
    let Ok(done) = done else {
        let failure = Failure::new("internal", "this program panicked");
        console::failed(None, &failure.with_hint("please report this as a bug"));
        return Exit::Failed.into();
    };
    let exit = done.unwrap_or_else(|failure| {
        console::failed(None, &failure);
        Exit::NotStarted
    });
    console.finish(exit).into()
}
