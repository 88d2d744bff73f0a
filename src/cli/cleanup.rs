//! Removes temporary files when a signal ends the program.

use std::{
    io,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

static PENDING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// The temporary files that exist now. Held while one is created or renamed, so that none is missed.
pub(super) fn pending() -> MutexGuard<'static, Vec<PathBuf>> {
    PENDING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on, a signal that ends the program (Ctrl-C, SIGTERM, a closed terminal) removes the temporary
/// files before.
#[cfg(unix)]
pub(crate) fn on_signals() -> io::Result<()> {
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
        iterator::Signals,
        low_level::emulate_default_handler,
    };

    ignore_file_size_limit()?;
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT])?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            let pending = pending();
            for path in pending.iter() {
                let _ = std::fs::remove_file(path);
            }
            // Ends the process; the lock is held until then.
            let _ = emulate_default_handler(signal);
        }
    })?;
    Ok(())
}

/// A file that reaches the limit of its size (`ulimit -f`) is an error of writing, not the end of the
/// program.
#[cfg(unix)]
pub(crate) fn ignore_file_size_limit() -> io::Result<()> {
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default()).map(drop)
}

#[cfg(not(unix))]
pub(crate) fn ignore_file_size_limit() -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn on_signals() -> io::Result<()> {
    Ok(())
}
