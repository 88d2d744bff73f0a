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

/// From now on, Ctrl-C and SIGTERM remove the temporary files, then end the program as they do by default.
#[cfg(unix)]
pub(crate) fn on_signals() -> io::Result<()> {
    use signal_hook::{
        consts::{SIGINT, SIGTERM},
        iterator::Signals,
        low_level::emulate_default_handler,
    };

    let mut signals = Signals::new([SIGINT, SIGTERM])?;
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

#[cfg(not(unix))]
pub(crate) fn on_signals() -> io::Result<()> {
    Ok(())
}
