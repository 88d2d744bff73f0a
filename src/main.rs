//! The command line: runs a command, turns what became of it into an exit code.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run(std::env::args_os()) {
        Ok(status) => status.into(),
        Err(error) if cli::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("oauthsift: error: {error:#}");
            cli::ExitStatus::Failed.into()
        }
    }
}
