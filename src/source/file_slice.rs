//! Bytes that several threads can read at any offset: a file, content that the caller holds, a zip that
//! was loaded into memory, or a part of one of them.
//!
//! Positional reads share no position and need no lock. A file that shrinks gives a short read, not a
//! signal.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{hole, input::ReadAt, positional, progress::Progress};

/// How many files stay open from planning on, so that a rotation in the meantime does not matter. The
/// others are opened again when they are scanned.
const MAX_OPEN_FILES: usize = 64;

static OPEN_FILES: AtomicUsize = AtomicUsize::new(0);

/// A file that counts among those kept open.
#[derive(Debug)]
struct OpenFileGuard(Arc<File>);

impl Drop for OpenFileGuard {
    fn drop(&mut self) {
        OPEN_FILES.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Where the bytes of a slice are.
enum Backing {
    File {
        path: PathBuf,
        len: u64,
        identity: Option<Identity>,
        kept_open: Option<OpenFileGuard>,
    },
    /// Content that the caller holds, or a zip from within a stream.
    RandomAccess(Arc<dyn ReadAt>),
}

impl std::fmt::Debug for Backing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { path, .. } => f.debug_tuple("File").field(path).finish(),
            Self::RandomAccess(_) => f.write_str("RandomAccess"),
        }
    }
}

/// Tells one file, or one content of the caller's, from another whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Identity {
    #[cfg_attr(not(unix), allow(dead_code))]
    File {
        device: u64,
        inode: u64,
    },
    Content {
        address: usize,
    },
}

impl Identity {
    /// Of a file; `None` where the operating system has no inodes.
    #[cfg(unix)]
    pub(super) fn of_file(metadata: &std::fs::Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self::File { device: metadata.dev(), inode: metadata.ino() })
    }

    #[cfg(not(unix))]
    pub(super) fn of_file(_: &std::fs::Metadata) -> Option<Self> {
        None
    }

    /// Of content that the caller holds: clones of one input are one content.
    pub(super) fn of_content(content: &Arc<dyn ReadAt>) -> Self {
        Self::Content { address: Arc::as_ptr(content).cast::<()>() as usize }
    }
}

/// A file or other random-access content, or a part of it.
#[derive(Debug, Clone)]
pub(super) struct FileSlice {
    backing: Arc<Backing>,
    start: u64,
    len: u64,
    /// Nothing is read after its length. Otherwise it is a whole file, which may have grown since and is read
    /// to its new end.
    bounded: bool,
    progress: Arc<Progress>,
}

impl FileSlice {
    /// The whole of an opened file.
    pub(super) fn of_file(file: File, path: &Path, progress: &Arc<Progress>) -> io::Result<Self> {
        let metadata = file.metadata()?;
        let kept_open =
            (OPEN_FILES.fetch_add(1, Ordering::Relaxed) < MAX_OPEN_FILES).then(|| OpenFileGuard(Arc::new(file)));
        if kept_open.is_none() {
            OPEN_FILES.fetch_sub(1, Ordering::Relaxed);
        }
        let (len, identity) = (metadata.len(), Identity::of_file(&metadata));
        let backing = Backing::File { path: path.to_owned(), len, identity, kept_open };
        Ok(Self::whole(backing, len, false, progress))
    }

    /// The whole of some content of `len` bytes.
    pub(super) fn of_content(content: Arc<dyn ReadAt>, len: u64, progress: &Arc<Progress>) -> Self {
        Self::whole(Backing::RandomAccess(content), len, true, progress)
    }

    fn whole(backing: Backing, len: u64, bounded: bool, progress: &Arc<Progress>) -> Self {
        Self { backing: Arc::new(backing), start: 0, len, bounded, progress: Arc::clone(progress) }
    }

    /// A part; what would be after the end of this slice is left out.
    #[cfg(feature = "archives")]
    pub(super) fn part(&self, start: u64, len: u64) -> Self {
        let start = start.min(self.len);
        Self { start: self.start + start, len: len.min(self.len - start), bounded: true, ..self.clone() }
    }

    /// Length in bytes, as it was when the slice was made.
    #[must_use]
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// The last four bytes.
    #[cfg(feature = "archives")]
    pub(super) fn last_four_bytes(&self) -> Option<[u8; 4]> {
        let mut reader = self.open().ok()?;
        reader.seek(SeekFrom::Start(self.len.checked_sub(4)?)).ok()?;
        let mut last = [0; 4];
        reader.read_exact(&mut last).ok()?;
        Some(last)
    }

    /// A reader of this slice.
    ///
    /// # Errors
    /// The file cannot be opened again, or its path leads to another or a shorter file now
    /// ([`io::ErrorKind::UnexpectedEof`]).
    pub(super) fn open(&self) -> io::Result<FileSliceReader> {
        let file = match &*self.backing {
            Backing::File { kept_open: Some(kept_open), .. } => Some(Arc::clone(&kept_open.0)),
            Backing::File { path, len, identity, kept_open: None } => {
                let file = File::open(path)?;
                let metadata = file.metadata()?;
                if Identity::of_file(&metadata) != *identity || metadata.len() < *len {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Some(Arc::new(file))
            }
            Backing::RandomAccess(_) => None,
        };
        Ok(FileSliceReader { slice: self.clone(), file, position: 0 })
    }
}

/// Reads a slice; a clone has its own position.
#[derive(Debug, Clone)]
pub(super) struct FileSliceReader {
    slice: FileSlice,
    /// `None` for content that is no file.
    file: Option<Arc<File>>,
    position: u64,
}

impl FileSliceReader {
    pub(super) fn len(&self) -> u64 {
        self.slice.len
    }

    /// The file, when the slice is the whole of one.
    #[cfg(feature = "mmap")]
    pub(super) fn file(&self) -> Option<&File> {
        self.file.as_deref().filter(|_| !self.slice.bounded)
    }

    /// Reads bytes at `offset` of the slice; after its end, too, when the file has grown.
    pub(super) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.slice.progress.check()?;
        let available = if self.slice.bounded { self.slice.len.saturating_sub(offset) } else { u64::MAX };
        let len = usize::try_from(available).unwrap_or(usize::MAX).min(buffer.len());
        let buffer = &mut buffer[..len];
        let file_offset = self.slice.start + offset;
        let read = match (&*self.slice.backing, &self.file) {
            (_, Some(file)) => positional::read_at(file, file_offset, buffer)?,
            // An implementation that claims more than it was asked for is not believed.
            (Backing::RandomAccess(content), None) => content.read_at(file_offset, buffer)?.min(buffer.len()),
            (Backing::File { .. }, None) => 0,
        };
        self.slice.progress.add(read);
        Ok(read)
    }

    /// How many bytes from `offset` on are in a hole of the file, and so zeros; 0 when that is not known.
    pub(super) fn zeros_at(&self, offset: u64) -> u64 {
        let Some(file) = &self.file else { return 0 };
        let start = self.slice.start + offset;
        let end = match hole::next_data(file, start) {
            Ok(Some(data)) => data,
            Ok(None) => match (file.metadata(), hole::next_data(file, start)) {
                // What was written in the meantime is after this length.
                (Ok(metadata), Ok(None)) => metadata.len(),
                _ => return 0,
            },
            Err(_) => return 0,
        };
        let end = if self.slice.bounded { end.min(self.slice.start + self.slice.len) } else { end };
        end.saturating_sub(start)
    }
}

impl Read for FileSliceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(self.slice.len - self.position).unwrap_or(usize::MAX);
        let len = rest.min(buffer.len());
        if len == 0 {
            return Ok(0);
        }
        let read = self.read_at(self.position, &mut buffer[..len])?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for FileSliceReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.slice.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        // After the end there is nothing; `read` then returns 0.
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?.min(self.slice.len);
        Ok(self.position)
    }
}
