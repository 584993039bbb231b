//! The command line of headshot: the only place that prints or decides policy.
//!
//! This library is only for its own binary; others use `headshot`, and `headshot-batch` for folders.

mod args;
mod claims;
#[cfg(feature = "emulator")]
mod emulator;
#[cfg(not(feature = "emulator"))]
#[path = "emulator/without.rs"]
mod emulator;
mod files;
mod help;
mod login;
mod normalize;
mod photo;
mod preview;
mod profile;
mod set;
mod sheet;
mod slack;
mod state;
#[cfg(feature = "studio")]
mod studio;
mod terminal;
mod trace;

use std::env;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use crate::args::Command;
use crate::terminal::console::{self, Console};
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;

/// Runs the command line of this process, and says how it ended.
pub fn run() -> ExitCode {
    let mut arguments: Vec<OsString> = env::args_os().collect();
    let is_worker = arguments
        .get(1)
        .is_some_and(|name| name == normalize::isolation::WORKER);
    if is_worker {
        arguments[1] = "normalize".into();
    }
    let cli = match help::usage::parse(&arguments) {
        Ok(cli) => cli,
        Err(exit) => return exit.into(),
    };
    if let Err(failure) = help::usage::refuse_tokens(&arguments) {
        console::failed(None, &failure);
        return Exit::NotStarted.into();
    }
    let mut console = Console::new();
    let dispatch = || match &cli.command {
        Command::Set(args) => set::run(args, &mut console),
        Command::Normalize(args) if is_worker => normalize::isolation::work(args),
        Command::Normalize(args) => normalize::run(args, &mut console),
        Command::Inspect(args) => photo::inspect::run(args, &mut console),
        Command::Profile(args) => profile::run(args, &mut console),
        Command::Delete(args) => profile::delete::run(args, &mut console),
        Command::Backups(args) => profile::backups::run(args, &mut console),
        Command::Audit(args) => profile::audit::run(args, &mut console),
        #[cfg(feature = "studio")]
        Command::Studio(args) => studio::run(args, &mut console),
        Command::Login(args) => login::run(args, &mut console),
        Command::Logout(args) => login::logout::run(args, &mut console),
        Command::AppManifest(args) => Ok(login::app_manifest::run(args, &mut console)),
        #[cfg(feature = "emulator")]
        Command::Emulator(args) => emulator::run(args, &mut console),
        Command::Limits(args) => {
            let limits = args.limit.limits(args.max_frames);
            Ok(photo::limits::print(&limits, args.json, &mut console))
        }
        Command::Completions(args) => Ok(help::completions::run(args, &mut console)),
        Command::Man(args) => help::man::run(args, &mut console),
        Command::Help(args) => help::command::run(args, &mut console),
    };
    // Only a bug gets here: decoders' panics are caught where photos are decoded.
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
