//! What the worker provides: files, places to write to, replies. `worker.js` implements it.

use std::io;

use serde::Serialize;

/// Functions of `worker.js`. Offsets and sizes are `f64`, which JavaScript counts with: exact up to 2^53.
mod imports {
    #[link(wasm_import_module = "host")]
    unsafe extern "C" {
        /// Reads at most `len` bytes of a file at `offset` into `buffer`. Returns how many; 0 at its end; below 0 if it
        /// cannot be read, and `failure_len` then is the length of the reason.
        pub(super) fn read(file: u32, offset: f64, buffer: *mut u8, len: usize) -> i32;
        /// Length in bytes of the reason why the last reading failed.
        pub(super) fn failure_len() -> usize;
        /// Copies that reason to `buffer`.
        pub(super) fn failure(buffer: *mut u8);
        /// Appends bytes to a store.
        pub(super) fn append(store: u32, bytes: *const u8, len: usize);
        /// Reads bytes of a store, as `read` does those of a file.
        pub(super) fn read_store(store: u32, offset: f64, buffer: *mut u8, len: usize) -> i32;
        /// Takes how many bytes are read, of how many, and what is being read.
        pub(super) fn progress(read: f64, total: f64, name: *const u8, len: usize);
        /// Takes the reply to the request, as JSON.
        pub(super) fn reply(json: *const u8, len: usize);
        /// Takes the message of a panic, after which the module is not used again.
        pub(super) fn panicked(message: *const u8, len: usize);
    }
}

/// A place to write to, empty at the start of each request. What is written is kept outside of the module's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    /// The file to save.
    Output,
    /// Findings on their way into a ticket.
    Spool,
    /// A zip within a compressed archive, by its number.
    Held(u32),
}

impl Store {
    /// The number by which the host knows it.
    fn number(self) -> u32 {
        match self {
            Self::Output => 0,
            Self::Spool => 1,
            Self::Held(number) => 2 + number,
        }
    }
}

/// Reads bytes of a file at `offset`; 0 at its end.
///
/// # Errors
/// The browser's, as it words it, with the kind if it is known.
pub(crate) fn read(file: u32, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the host writes at most `len` bytes at `buffer`.
    let read = unsafe { imports::read(file, offset as f64, buffer.as_mut_ptr(), buffer.len()) };
    usize::try_from(read).map_err(|_| failure(read))
}

/// Reads bytes of a store at `offset`; 0 at its end.
///
/// # Errors
/// The browser's: it may keep a store on disk.
pub(crate) fn read_store(store: Store, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the host writes at most `len` bytes at `buffer`.
    let read = unsafe { imports::read_store(store.number(), offset as f64, buffer.as_mut_ptr(), buffer.len()) };
    usize::try_from(read).map_err(|_| failure(read))
}

/// The error for a number below 0.
fn failure(code: i32) -> io::Error {
    // SAFETY: no arguments, and the host only returns a number.
    let mut message = vec![0; unsafe { imports::failure_len() }];
    // SAFETY: the host writes as many bytes as it has said.
    unsafe { imports::failure(message.as_mut_ptr()) };
    let message = String::from_utf8_lossy(&message).into_owned();
    match code {
        -2 => io::Error::new(io::ErrorKind::NotFound, message),
        _ => io::Error::other(message),
    }
}

/// Appends bytes to a store.
pub(crate) fn append(store: Store, bytes: &[u8]) {
    // SAFETY: the host only reads these bytes, before it returns.
    unsafe { imports::append(store.number(), bytes.as_ptr(), bytes.len()) };
}

/// Tells how far the scan has come.
pub(crate) fn progress(read: u64, total: u64, name: &str) {
    // SAFETY: the host only reads the name, before it returns.
    unsafe { imports::progress(read as f64, total as f64, name.as_ptr(), name.len()) };
}

/// Gives the reply to the request.
pub(crate) fn reply(reply: &impl Serialize) {
    let json = serde_json::to_vec(reply).unwrap_or_else(|error| format!("{{\"error\":\"{error:?}\"}}").into_bytes());
    // SAFETY: the host only reads these bytes, before it returns.
    unsafe { imports::reply(json.as_ptr(), json.len()) };
}

/// Tells the message of a panic.
pub(crate) fn panicked(message: &str) {
    // SAFETY: the host only reads the message, before it returns.
    unsafe { imports::panicked(message.as_ptr(), message.len()) };
}
