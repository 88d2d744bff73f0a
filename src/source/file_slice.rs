//! Bytes that can be read at any place, by several threads at once: a file, or a zip that had to be
//! taken into memory, or a part of one of them.
//!
//! Positional reads share no position and need no lock; a file that shrinks gives a short read, not
//! a signal.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::progress::Progress;

/// How many files stay open from the survey on, so that a rotation meanwhile does not matter. The
/// others are opened again when it is their turn.
const MAX_OPEN_FILES: usize = 64;

static OPEN: AtomicUsize = AtomicUsize::new(0);

/// A file that counts among those kept open.
#[derive(Debug)]
struct OpenFileGuard(Arc<File>);

impl Drop for OpenFileGuard {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a window looks at.
#[derive(Debug)]
enum Backing {
    File {
        path: PathBuf,
        len: u64,
        identity: Option<Identity>,
        kept: Option<OpenFileGuard>,
    },
    /// A zip within a stream.
    #[cfg(feature = "archives")]
    Memory(Vec<u8>),
}

/// Which file a path led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// Of a file, where the operating system has such a thing.
    #[cfg(unix)]
    pub(super) fn of(found: &std::fs::Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self { device: found.dev(), inode: found.ino() })
    }

    #[cfg(not(unix))]
    pub(super) fn of(_: &std::fs::Metadata) -> Option<Self> {
        None
    }
}

/// A part of a file, or all of it.
#[derive(Debug, Clone)]
pub struct FileSlice {
    store: Arc<Backing>,
    start: u64,
    len: u64,
    /// A part of a file ends where it ends; a file itself may have grown.
    part: bool,
    /// Counts what is read, for whoever shows progress.
    progress: Arc<Progress>,
}

impl FileSlice {
    /// The whole of an opened file.
    pub(super) fn of_file(file: File, path: &Path, progress: &Arc<Progress>) -> io::Result<Self> {
        let found = file.metadata()?;
        let kept = (OPEN.fetch_add(1, Ordering::Relaxed) < MAX_OPEN_FILES).then(|| OpenFileGuard(Arc::new(file)));
        if kept.is_none() {
            OPEN.fetch_sub(1, Ordering::Relaxed);
        }
        let store = Backing::File { path: path.to_owned(), len: found.len(), identity: Identity::of(&found), kept };
        Ok(Self { store: Arc::new(store), start: 0, len: found.len(), part: false, progress: Arc::clone(progress) })
    }

    /// Bytes in memory.
    #[cfg(feature = "archives")]
    pub(super) fn of_memory(bytes: Vec<u8>, progress: &Arc<Progress>) -> Self {
        let len = bytes.len() as u64;
        Self { store: Arc::new(Backing::Memory(bytes)), start: 0, len, part: false, progress: Arc::clone(progress) }
    }

    /// A part; what lies beyond the end of this window is left out.
    #[cfg(feature = "archives")]
    pub(super) fn part(&self, start: u64, len: u64) -> Self {
        let start = start.min(self.len);
        Self { start: self.start + start, len: len.min(self.len - start), part: true, ..self.clone() }
    }

    /// Bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// The last four bytes.
    #[cfg(feature = "archives")]
    pub(super) fn tail(&self) -> Option<[u8; 4]> {
        let mut reader = self.open().ok()?;
        reader.seek(SeekFrom::Start(self.len.checked_sub(4)?)).ok()?;
        let mut tail = [0; 4];
        reader.read_exact(&mut tail).ok()?;
        Some(tail)
    }

    /// Makes ready to read.
    ///
    /// # Errors
    /// The file cannot be opened again, or its path leads to another file by now.
    pub fn open(&self) -> io::Result<FileSliceReader> {
        let file = match &*self.store {
            Backing::File { kept: Some(kept), .. } => Some(Arc::clone(&kept.0)),
            Backing::File { path, len, identity, kept: None } => {
                let file = File::open(path)?;
                let found = file.metadata()?;
                if Identity::of(&found) != *identity || found.len() < *len {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Some(Arc::new(file))
            }
            #[cfg(feature = "archives")]
            Backing::Memory(_) => None,
        };
        Ok(FileSliceReader { window: self.clone(), file, at: 0 })
    }
}

/// Reads a window; a clone has a place of its own.
#[derive(Debug, Clone)]
pub struct FileSliceReader {
    window: FileSlice,
    /// `None` for bytes in memory.
    file: Option<Arc<File>>,
    at: u64,
}

impl FileSliceReader {
    /// Bytes of the window.
    pub(super) fn len(&self) -> u64 {
        self.window.len
    }

    /// The file behind the window, when the window is all of it.
    #[cfg(feature = "mmap")]
    pub(super) fn file(&self) -> Option<&File> {
        self.file.as_deref().filter(|_| !self.window.part)
    }

    /// Reads at a place of the window; beyond the end, too, when the file has grown.
    pub(super) fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        let most = if self.window.part { self.window.len.saturating_sub(offset) } else { u64::MAX };
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(into.len());
        let into = &mut into[..most];
        let at = self.window.start + offset;
        let n = match (&*self.window.store, &self.file) {
            #[cfg(feature = "archives")]
            (Backing::Memory(bytes), _) => {
                let rest = usize::try_from(at).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
                let n = rest.len().min(into.len());
                into[..n].copy_from_slice(&rest[..n]);
                n
            }
            (_, Some(file)) => positional(file, into, at)?,
            (_, None) => 0,
        };
        self.window.progress.add(n);
        Ok(n)
    }
}

#[cfg(unix)]
fn positional(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, at)
}

#[cfg(windows)]
fn positional(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, at)
}

impl Read for FileSliceReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(self.window.len - self.at).unwrap_or(usize::MAX);
        let most = rest.min(into.len());
        if most == 0 {
            return Ok(0);
        }
        let n = self.read_at(&mut into[..most], self.at)?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for FileSliceReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.window.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        // Behind the end there is nothing; `read` then gives nothing.
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?.min(self.window.len);
        Ok(self.at)
    }
}
