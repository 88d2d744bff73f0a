//! The program: runs the command line and exits with its status.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run(std::env::args_os()) {
        Ok(status) => status.into(),
        Err(error) if cli::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // It may quote file names and fields of files.
            eprintln!("oauthsift: error: {}", oauthsift::sanitize(format!("{error:#}").as_bytes()));
            cli::ExitStatus::Failed.into()
        }
    }
}
