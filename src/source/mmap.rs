//! A file as a slice of memory, for files that nobody writes to.
//!
//! The only unsafe code of the crate.

use std::{fs::File, io, ops::Deref};

/// A file mapped into memory.
#[derive(Debug)]
pub(crate) struct MappedFile(memmap2::Mmap);

impl MappedFile {
    /// Maps a file.
    ///
    /// Only at the user's request (`--mmap always`): when another process truncates the file while the
    /// map is read, the operating system ends this process with a signal; when another process writes
    /// to it, the bytes change under the reader.
    ///
    /// # Errors
    /// The operating system's. The caller then reads instead.
    #[allow(unsafe_code)]
    pub(super) fn new(file: &File) -> io::Result<Self> {
        // SAFETY: the map is read-only and private to this value. Bytes that change under it are
        // harmless: they are only searched, as untrusted text, and no invariant of this crate or of the
        // standard library's types depends on them. Truncation is the user's risk, as documented above.
        let map = unsafe { memmap2::Mmap::map(file)? };
        Ok(Self(map))
    }
}

impl Deref for MappedFile {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
