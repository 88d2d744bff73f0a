//! What a person types and sees. Knows the library only from outside.

mod args;
mod commands;
mod diff;
mod follow;
mod hook;
mod metrics;
mod progress;
mod render;
mod ticket;
mod time_arg;

use std::{ffi::OsString, io, process::ExitCode};

use clap::{CommandFactory, Parser};

/// What became of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Every input was read to its end.
    Done,
    /// `--fail-on` was given and a finding reached it.
    Found,
    /// Nothing could be done, or some input was not read whole.
    Failed,
    /// Ended by this signal.
    Interrupted(u8),
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Done => Self::SUCCESS,
            ExitStatus::Found => Self::from(1),
            ExitStatus::Failed => Self::from(2),
            ExitStatus::Interrupted(signal) => Self::from(128u8.saturating_add(signal)),
        }
    }
}

/// Runs the command that the arguments name.
///
/// # Errors
/// What kept the command from doing anything, or from writing its output.
pub fn run(arguments: impl Iterator<Item = OsString>) -> anyhow::Result<ExitStatus> {
    let names: Vec<String> = args::Args::command()
        .get_subcommands()
        .flat_map(|c| [c.get_name().to_owned()])
        .chain(["help".to_owned()])
        .collect();
    let arguments = args::with_default_command(arguments.collect(), &names);
    commands::run(args::Args::parse_from(arguments))
}

/// True when writing failed because the reader of our output has gone: nobody's error.
#[must_use]
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
}
