//! A file of known length, read in stretches by several threads.

use std::io::{self, Read};

use super::file_slice::FileSliceReader;

/// A plain file as it was when it was opened.
#[derive(Debug, Clone)]
pub struct SharedFile {
    bytes: FileSliceReader,
    first: u64,
}

/// How much is read at a time behind the end of a stretch, where only the last record's rest is
/// wanted.
const BEYOND: usize = 64 << 10;

impl SharedFile {
    /// The file's text starts at byte `first`.
    pub(super) fn new(bytes: FileSliceReader, first: u64) -> Self {
        Self { bytes, first }
    }

    /// Bytes when it was opened.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.bytes.len()
    }

    /// The whole file as memory; see [`super::map::Map`] for what that risks.
    ///
    /// # Errors
    /// The operating system's; read instead.
    #[cfg(feature = "mmap")]
    pub fn map(&self) -> io::Result<super::mmap::MappedFile> {
        super::mmap::MappedFile::new(self.bytes.file().ok_or(io::ErrorKind::Unsupported)?)
    }

    /// The first byte to look at for the stretch that starts at `from`: one byte early, so that the
    /// line break before a record start at `from` is seen.
    #[must_use]
    pub fn start(&self, from: u64) -> u64 {
        if from == 0 { self.first } else { from - 1 }
    }

    /// A reader for the stretch from `from` to `to` and the rest of its last record; its first byte
    /// is that of [`RangeFile::start`].
    #[must_use]
    pub fn reader(&self, from: u64, to: Option<u64>) -> SharedFileReader<'_> {
        SharedFileReader { file: self, at: self.start(from), to }
    }
}

/// See [`RangeFile::reader`].
#[derive(Debug)]
pub struct SharedFileReader<'f> {
    file: &'f SharedFile,
    at: u64,
    to: Option<u64>,
}

impl Read for SharedFileReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = match self.to {
            Some(to) if self.at < to => usize::try_from(to - self.at).unwrap_or(usize::MAX),
            Some(_) => BEYOND,
            None => usize::MAX,
        };
        let most = most.min(into.len());
        let n = self.file.bytes.read_at(&mut into[..most], self.at)?;
        if n == 0 && self.at < self.file.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at += n as u64;
        Ok(n)
    }
}
