//! Holes of sparse files: ranges that hold only zeros and take no space. They are skipped without being
//! read, where the system says where they end.

use std::{
    fs::File,
    io::{self, Read},
};

/// A reader that may know of zeros ahead, so that they need not be read.
pub(crate) trait SparseRead: Read {
    /// How many bytes from `offset` of the source on, the next byte to read, are known to be zeros; 0 when
    /// nothing is known.
    fn zeros_at(&self, _offset: u64) -> u64 {
        0
    }

    /// Skips so many of the next bytes, at most as many as [`SparseRead::zeros_at`] returned.
    fn skip_zeros(&mut self, _bytes: u64) {}
}

impl SparseRead for io::Empty {}
impl SparseRead for &[u8] {}

/// Where data begins at or after `offset`; `None` when only a hole follows.
///
/// # Errors
/// The operating system's, [`io::ErrorKind::Unsupported`] where it has no such call.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "macos"))]
pub(super) fn next_data(file: &File, offset: u64) -> io::Result<Option<u64>> {
    use rustix::{
        fs::{SeekFrom, seek},
        io::Errno,
    };
    match seek(file, SeekFrom::Data(offset)) {
        Ok(data) => Ok(Some(data)),
        Err(Errno::NXIO) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Where data begins: unknown on this system.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "macos")))]
pub(super) fn next_data(_: &File, _: u64) -> io::Result<Option<u64>> {
    Err(io::ErrorKind::Unsupported.into())
}
