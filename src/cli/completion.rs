//! Completion: the shell asks this program for candidates, which know the catalogue.

use std::{
    env,
    ffi::OsString,
    io::{self, Write},
};

use anyhow::Context;
use clap::{Arg, ArgAction, Command};
use clap_complete::{CompleteEnv, Shell, env::Shells};

use super::{args, candidates};

/// Set by the scripts to the name of the shell.
const VARIABLE: &str = "OAUTHSIFT_COMPLETE";
const PROGRAM: &str = "oauthsift";

/// Writes the script that a shell runs to complete the program's command lines.
///
/// # Errors
/// A shell that cannot ask a program, or a write.
pub(super) fn write_script(shell: Shell, out: &mut dyn Write) -> anyhow::Result<()> {
    let shells = Shells::builtins();
    let completer = shells.completer(&shell.to_string()).context("there is no completion for this shell")?;
    completer.write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, out)?;
    Ok(())
}

/// Writes candidates if a shell asks for them, and returns whether one did.
///
/// # Errors
/// An unknown shell, or a write.
pub(super) fn answer(arguments: &[OsString]) -> io::Result<bool> {
    let folder = env::current_dir().ok();
    CompleteEnv::with_factory(command)
        .var(VARIABLE)
        .bin(PROGRAM)
        .completer(PROGRAM)
        .try_complete(arguments, folder.as_deref())
        .map_err(io::Error::other)
}

/// The commands, and what the first word can be besides: an option of `scan`, a path, or something to explain.
fn command() -> Command {
    let command = args::command();
    let scan = command.find_subcommand("scan").into_iter().flat_map(Command::get_arguments);
    let options: Vec<Arg> = scan.filter(|arg| !arg.is_positional()).cloned().collect();
    let word = Arg::new("WORD").action(ArgAction::Append).add(candidates::first_word());
    command.args(options).arg(word)
}
