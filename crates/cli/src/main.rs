//! The `headshot` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    headshot_cli::run()
}
