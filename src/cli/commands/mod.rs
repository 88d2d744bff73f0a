//! The commands: arguments to library calls to output to exit status.

mod diff;
mod doctor;
mod explain;
mod follow;
mod man;
mod patterns;
mod scan;
mod settings;
mod ticket;

use std::io::{self, Write};

use super::{
    ExitStatus,
    args::{Command, CommandLine},
    completion,
};

/// Runs a command.
pub(crate) fn run(args: CommandLine) -> anyhow::Result<ExitStatus> {
    match args.command {
        Command::Scan(args) => scan::scan(&args),
        Command::Follow(args) => follow::follow(&args),
        Command::Ticket(args) => ticket::ticket(&args),
        Command::Diff(args) => diff::diff(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Doctor(args) => doctor::doctor(&args),
        Command::Settings(args) => settings::settings(&args),
        Command::Patterns { command } => patterns::patterns(&command),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            completion::write_script(shell, &mut script)?;
            io::stdout().write_all(&script)?;
            Ok(ExitStatus::Done)
        }
        Command::Schema => {
            // Generated from the types beforehand, which takes 0.2 MB of code.
            let schema = include_bytes!(concat!(env!("OUT_DIR"), "/report.schema.json.packed"));
            io::stdout().write_all(oauthsift::unpacked_text(schema).as_bytes())?;
            Ok(ExitStatus::Done)
        }
        Command::Man { command, output } => man::man(&command, output.as_deref()),
    }
}
