//! A file as a slice of memory, for files at rest.
//!
//! The only unsafe place of the house.

use std::{fs::File, io, ops::Deref};

/// A mapped file.
#[derive(Debug)]
pub struct MappedFile(memmap2::Mmap);

impl MappedFile {
    /// Maps a file.
    ///
    /// The caller must want it: when another process makes the file shorter while the map is read,
    /// the operating system ends this process with a signal; when another process writes into it, the
    /// bytes change under the reader. That is why nothing is mapped unless the user says so
    /// (`--mmap always`).
    ///
    /// # Errors
    /// The file's own; the caller then reads instead.
    #[allow(unsafe_code)]
    pub(super) fn new(file: &File) -> io::Result<Self> {
        // SAFETY: the map is read-only and private to this value. Bytes that change under it are
        // harmless: they are only searched, as untrusted text, and no invariant of ours or of the
        // standard library's types rests on them. Shortening is the user's risk, as told above.
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
