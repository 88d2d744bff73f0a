//! Is standard input meant to be read, when no path is given?

use std::io::{self, BufRead, IsTerminal};

use super::terminal;

/// True when something is piped in. A terminal, `/dev/null`, and an empty or closed standard input are nothing: `cron` and
/// `ssh` start a command with them, whatever it reads. With `ssh HOST oauthsift`, standard input is a socket that stays
/// open without data; a shell's pipe may just be slow.
///
/// What was read to find out stays in the buffer of [`io::stdin`].
pub(crate) fn is_piped(quiet: bool) -> bool {
    if io::stdin().is_terminal() {
        return false;
    }
    if is_silent() {
        let is_remote_command = std::env::var_os("SSH_CONNECTION").is_some() && is_socket();
        if !quiet {
            terminal::message(if is_remote_command {
                "nothing on standard input, so it is not read; name `-` to read it"
            } else {
                "waiting for standard input; to read a log, name it: `oauthsift FILE`"
            });
        }
        if is_remote_command {
            return false;
        }
    }
    // An error is reported by the scan.
    io::stdin().lock().fill_buf().map_or(true, |bytes| !bytes.is_empty())
}

/// True when for two seconds there is neither data nor an end.
#[cfg(unix)]
fn is_silent() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdin = io::stdin();
    let patience = Timespec { tv_sec: 2, tv_nsec: 0 };
    poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&patience)).is_ok_and(|ready| ready == 0)
}

#[cfg(unix)]
fn is_socket() -> bool {
    use std::{
        fs::File,
        os::{fd::AsFd, unix::fs::FileTypeExt},
    };
    let descriptor = io::stdin().as_fd().try_clone_to_owned();
    let metadata = descriptor.and_then(|descriptor| File::from(descriptor).metadata());
    metadata.is_ok_and(|metadata| metadata.file_type().is_socket())
}

#[cfg(not(unix))]
fn is_silent() -> bool {
    false
}

#[cfg(not(unix))]
fn is_socket() -> bool {
    false
}
