//! The command line: arguments, commands, and what a terminal shows. Uses the library from outside.

mod append_file;
mod args;
mod candidates;
mod cleanup;
mod command_line;
mod commands;
mod common;
mod completion;
mod config;
mod duration_arg;
mod hook;
mod live;
mod manual;
mod metrics;
mod output;
mod pager;
mod progress;
mod stdin;
mod terminal;

use std::{
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

use clap::{ArgMatches, FromArgMatches};
use oauthsift::sanitize;

/// The result of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// Every input was read completely.
    Done,
    /// A finding reached `--fail-on`, or `ticket --check` found something.
    Found,
    /// Nothing could be done, or some input was not read completely.
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
/// The reason why the command could do nothing, or could not write its output.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> anyhow::Result<ExitStatus> {
    // For measurements: what the search costs on another processor.
    if let Some(name) = std::env::var_os("OAUTHSIFT_SEARCH").filter(|name| !name.is_empty())
        && let Err(names) = oauthsift::use_instructions(&name.to_string_lossy())
    {
        let (name, names) = (name.display(), names.join(", "));
        terminal::message(format_args!("error: OAUTHSIFT_SEARCH={name}: this processor can search with {names}"));
        return Ok(ExitStatus::Failed);
    }
    let arguments: Vec<OsString> = arguments.collect();
    if completion::answer(&arguments)? {
        return Ok(ExitStatus::Done);
    }
    let names: Vec<String> = args::command()
        .get_subcommands()
        .flat_map(|command| [command.get_name().to_owned()])
        .chain(["help".to_owned()])
        .collect();
    let arguments = match command_line::with_command(arguments, &names) {
        Ok(arguments) => arguments,
        Err(problem) => {
            terminal::message(format_args!("error: {problem}"));
            return Ok(ExitStatus::Failed);
        }
    };
    let command = config::with_variables(args::command());
    let matches = match command.clone().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) => return show(&error),
    };
    let Some(file) = config::ConfigFile::find()? else { return run_matches(matches) };
    let options = file.arguments(&command, &matches)?;
    let mut arguments = arguments;
    arguments.splice(2..2, options);
    match command.try_get_matches_from(arguments) {
        Ok(matches) => run_matches(matches),
        Err(error) => {
            terminal::message(format_args!("error: an option in {} does not fit:", file.path().display()));
            show(&error)
        }
    }
}

fn run_matches(mut matches: ArgMatches) -> anyhow::Result<ExitStatus> {
    match args::CommandLine::from_arg_matches_mut(&mut matches) {
        Ok(args) => commands::run(args),
        Err(error) => show(&error),
    }
}

/// Prints what clap has to say: help, a version, or what is wrong with the arguments. That quotes them, so it
/// is shown without colour: an escape sequence could not be distinguished from clap's own.
fn show(error: &clap::Error) -> anyhow::Result<ExitStatus> {
    if !error.use_stderr() {
        error.exit();
    }
    let text = error.render().to_string();
    io::stderr().write_all(sanitize(text.as_bytes()).as_bytes())?;
    Ok(ExitStatus::Failed)
}

/// True when writing failed because the reader of the output has closed it: not an error.
#[must_use]
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
}
