//! Plain text of known length, of which several threads read ranges.

use std::io::{self, Read};

use super::{file_slice::FileSliceReader, hole::SparseRead};

/// Plain text of known length: a file, or other content that can be read at any offset.
#[derive(Debug, Clone)]
pub(crate) struct SharedFile {
    bytes: FileSliceReader,
    text_start: u64,
}

/// Bytes that one read asks for after the end of a range, where only the rest of its last record is
/// needed.
const READ_AFTER_RANGE_BYTES: usize = 64 << 10;

impl SharedFile {
    /// The text starts at byte `text_start`, after a byte order mark.
    pub(super) fn new(bytes: FileSliceReader, text_start: u64) -> Self {
        Self { bytes, text_start }
    }

    /// Bytes when it was opened.
    #[must_use]
    pub(crate) fn len(&self) -> u64 {
        self.bytes.len()
    }

    /// The whole file as memory; see [`super::MappedFile`] for the risk.
    ///
    /// # Errors
    /// The operating system's, or [`io::ErrorKind::Unsupported`] for content that is no file. The
    /// caller then reads instead.
    #[cfg(feature = "mmap")]
    pub(crate) fn map(&self) -> io::Result<super::mmap::MappedFile> {
        super::mmap::MappedFile::new(self.bytes.file().ok_or(io::ErrorKind::Unsupported)?)
    }

    /// The first byte to read for the range that starts at `range_start`: one byte early, so that the
    /// line break before a record start at `range_start` is seen.
    #[must_use]
    pub(crate) fn read_start(&self, range_start: u64) -> u64 {
        if range_start == 0 { self.text_start } else { range_start - 1 }
    }

    /// Where the file has holes, for a reader that has its bytes from a map.
    #[cfg(feature = "mmap")]
    #[must_use]
    pub(crate) fn holes(&self) -> Holes<'_> {
        Holes(self)
    }

    /// A reader of the range and of the rest of its last record; its first byte is the one at
    /// [`SharedFile::read_start`].
    #[must_use]
    pub(crate) fn range_reader(&self, range_start: u64, range_end: Option<u64>) -> SharedFileReader<'_> {
        SharedFileReader { file: self, position: self.read_start(range_start), range_end }
    }
}

/// See [`SharedFile::range_reader`].
#[derive(Debug)]
pub(crate) struct SharedFileReader<'f> {
    file: &'f SharedFile,
    position: u64,
    range_end: Option<u64>,
}

impl Read for SharedFileReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let max = match self.range_end {
            Some(end) if self.position < end => usize::try_from(end - self.position).unwrap_or(usize::MAX),
            Some(_) => READ_AFTER_RANGE_BYTES,
            None => usize::MAX,
        };
        let len = max.min(buffer.len());
        let read = self.file.bytes.read_at(self.position, &mut buffer[..len])?;
        if read == 0 && self.position < self.file.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.position += read as u64;
        Ok(read)
    }
}

impl SparseRead for SharedFileReader<'_> {
    fn zeros_at(&self, offset: u64) -> u64 {
        self.file.bytes.zeros_at(offset)
    }

    fn skip_zeros(&mut self, bytes: u64) {
        self.position += bytes;
    }
}

/// See [`SharedFile::holes`]. It has no bytes.
#[cfg(feature = "mmap")]
#[derive(Debug)]
pub(crate) struct Holes<'f>(&'f SharedFile);

#[cfg(feature = "mmap")]
impl Read for Holes<'_> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

#[cfg(feature = "mmap")]
impl SparseRead for Holes<'_> {
    fn zeros_at(&self, offset: u64) -> u64 {
        self.0.bytes.zeros_at(offset)
    }
}
