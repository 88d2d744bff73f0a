//! Shows a long text in the user's pager, as git does.

use std::{
    env,
    io::{self, Write},
    process::{Child, Command, Stdio},
};

use super::{args::PagingChoice, terminal};

/// Lines of the terminal that the prompt takes.
const PROMPT_LINES: usize = 1;
/// What a shell answers when a program cannot be run.
const CANNOT_RUN: [i32; 2] = [126, 127];

/// Prints a text to standard output, or shows it in the pager: always, or when standard output is a terminal on which it
/// does not fit.
///
/// # Errors
/// Errors of standard output. A pager that cannot be run is no error: the text is printed.
pub(crate) fn print(text: &str, paging: PagingChoice, is_terminal: bool) -> io::Result<()> {
    let fits = || terminal::height().is_none_or(|height| text.lines().count() + PROMPT_LINES <= height);
    let wanted = match paging {
        PagingChoice::Always => true,
        PagingChoice::Never => false,
        PagingChoice::Auto => is_terminal && !fits(),
    };
    if wanted
        && let Some(command) = command()
        && show(text, &command)
    {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// The pager: `OAUTHSIFT_PAGER`, `PAGER` or `less`. `None` when it is empty or `cat`.
fn command() -> Option<String> {
    let chosen = ["OAUTHSIFT_PAGER", "PAGER"].iter().find_map(|name| env::var(name).ok());
    let command = chosen.unwrap_or_else(|| "less".to_owned());
    let command = command.trim();
    (!command.is_empty() && command != "cat").then(|| command.to_owned())
}

/// Runs the pager. False when it could not be run, so that nothing was shown.
fn show(text: &str, command: &str) -> bool {
    // Ctrl-C is for the pager.
    let guard = InterruptGuard::new();
    let Ok(mut child) = spawn(command) else { return false };
    if let Some(mut input) = child.stdin.take() {
        // A pager that is closed early has enough.
        let _ = input.write_all(text.as_bytes());
    }
    let status = child.wait();
    drop(guard);
    status.is_ok_and(|status| !status.code().is_some_and(|code| CANNOT_RUN.contains(&code)))
}

fn spawn(command: &str) -> io::Result<Child> {
    let mut pager = if cfg!(windows) {
        let mut words = command.split_whitespace();
        let mut pager = Command::new(words.next().unwrap_or(command));
        pager.args(words);
        pager
    } else {
        // It may have arguments, as `less -S`.
        let mut shell = Command::new("sh");
        shell.args(["-c", command]);
        shell
    };
    // Quit if it fits on a screen, show colours, leave the text on the screen.
    for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
        if env::var_os(name).is_none() {
            pager.env(name, value);
        }
    }
    pager.stdin(Stdio::piped()).spawn()
}

/// While it exists, Ctrl-C does not end this program.
struct InterruptGuard {
    #[cfg(unix)]
    id: Option<signal_hook::SigId>,
}

impl InterruptGuard {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            id: signal_hook::flag::register(signal_hook::consts::SIGINT, std::sync::Arc::default()).ok(),
        }
    }
}

#[cfg(unix)]
impl Drop for InterruptGuard {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            signal_hook::low_level::unregister(id);
        }
    }
}
