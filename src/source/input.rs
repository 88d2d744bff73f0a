//! What the caller gives a scan to read: paths, and named bytes, readers and random-access sources.

use std::{
    fmt,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use super::positional;
use crate::model::sanitize_name;

/// One thing to read: a path, or content under a name of the caller's choice.
///
/// A name is used exactly as a path is: it says which log a file is part of
/// (`log/atlassian-jira.log.1`), how old a rotated file is, and on which node of a cluster it was
/// written (`node1/log/atlassian-jira.log`). Archives are recognised by their content and opened. So a
/// folder that is given file by file under its own names gives the report of the same paths.
///
/// A clone shares the content; a reader can be read once, whichever clone comes first.
#[derive(Clone)]
pub struct Input {
    pub(super) name: String,
    pub(super) content: Content,
}

/// Where the bytes of an input are.
#[derive(Clone)]
pub(super) enum Content {
    /// A file, a folder, a glob pattern, or `-` for standard input.
    Path(PathBuf),
    /// Bytes that can be read at any offset.
    RandomAccess(Arc<dyn ReadAt>),
    /// Bytes that can be read once, from front to back; `None` after that.
    Reader(SharedReader),
    /// The files of a folder.
    Folder(Vec<FolderFile>),
}

/// The name and the content of a file in a folder.
pub(super) type FolderFile = (String, Arc<dyn ReadAt>);

pub(super) type SharedReader = Arc<Mutex<Option<Box<dyn Read + Send>>>>;

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.content {
            Content::Path(_) => "path",
            Content::RandomAccess(_) => "random access",
            Content::Reader(_) => "reader",
            Content::Folder(_) => "folder",
        };
        f.debug_struct("Input").field("name", &self.name).field("kind", &kind).finish()
    }
}

impl Input {
    /// A file, a folder with logs, a glob pattern (`node*/atlassian-jira.log*`), or `-` for standard
    /// input. The report names it by its path.
    #[must_use]
    pub fn path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { name: path_name(&path), content: Content::Path(path) }
    }

    /// Bytes in memory.
    #[must_use]
    pub fn bytes(name: impl AsRef<str>, bytes: impl Into<Vec<u8>>) -> Self {
        Self::random_access(name, bytes.into())
    }

    /// A reader, read once from front to back. Prefer [`Input::random_access`] where the content can
    /// be read at any offset: a reader is scanned by one thread, is not compared with other inputs to
    /// find duplicates, and gives no context lines.
    #[must_use]
    pub fn reader(name: impl AsRef<str>, reader: impl Read + Send + 'static) -> Self {
        let reader: Box<dyn Read + Send> = Box::new(reader);
        Self { name: sanitize_name(name.as_ref()), content: Content::Reader(Arc::new(Mutex::new(Some(reader)))) }
    }

    /// Content that can be read at any offset, such as a browser's `File` or an object in a store.
    #[must_use]
    pub fn random_access(name: impl AsRef<str>, content: impl ReadAt + 'static) -> Self {
        Self { name: sanitize_name(name.as_ref()), content: Content::RandomAccess(Arc::new(content)) }
    }

    /// The files of a folder and of the folders in it, for a caller that has no path: the logs among them
    /// are read, the oldest first, and the rest is left out, as with [`Input::path`]. Each file's name
    /// starts with that of the folder and a `/`.
    ///
    /// ```
    /// use oauthsift::Input;
    ///
    /// let names = ["log/notes.txt", "log/atlassian-jira.log", "log/atlassian-jira.log.1"];
    /// let folder = Input::folder("log", names.map(|name| (name, Vec::new())));
    /// let read: Vec<_> = folder.files().iter().map(|file| file.name().to_owned()).collect();
    /// assert_eq!(read, ["log/atlassian-jira.log.1", "log/atlassian-jira.log"]);
    /// ```
    #[must_use]
    pub fn folder<C: ReadAt + 'static>(
        name: impl AsRef<str>,
        files: impl IntoIterator<Item = (impl AsRef<str>, C)>,
    ) -> Self {
        let file =
            |(name, content): (_, C)| (sanitize_name(AsRef::as_ref(&name)), Arc::new(content) as Arc<dyn ReadAt>);
        Self { name: sanitize_name(name.as_ref()), content: Content::Folder(files.into_iter().map(file).collect()) }
    }

    /// The name under which the report lists it; control characters are escaped.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path; `None` for content.
    #[must_use]
    pub fn as_path(&self) -> Option<&Path> {
        match &self.content {
            Content::Path(path) => Some(path),
            Content::RandomAccess(_) | Content::Reader(_) | Content::Folder(_) => None,
        }
    }
}

impl From<PathBuf> for Input {
    fn from(path: PathBuf) -> Self {
        Self::path(path)
    }
}

impl From<&Path> for Input {
    fn from(path: &Path) -> Self {
        Self::path(path)
    }
}

impl From<&PathBuf> for Input {
    fn from(path: &PathBuf) -> Self {
        Self::path(path)
    }
}

/// How reports name a path.
pub(super) fn path_name(path: &Path) -> String {
    sanitize_name(&path.to_string_lossy())
}

/// Content that can be read at any offset, also by several threads at the same time.
///
/// Reads are 256 KiB unless [`crate::Limits::read_bytes`] says otherwise; archives also read small
/// headers. The content should not change while it is read. What is appended to it is not read; content
/// that becomes shorter is reported as a fault.
pub trait ReadAt: Send + Sync {
    /// Length of the content in bytes.
    ///
    /// # Errors
    /// Whatever keeps the content from being opened; the scan reports it as a fault and goes on.
    fn size(&self) -> io::Result<u64>;

    /// Reads bytes at `offset` into `buffer` and returns how many. Fewer than asked for is allowed; 0
    /// means that `offset` is at or after the end.
    ///
    /// # Errors
    /// Whatever keeps the bytes from being read; the scan reports it as a fault at that offset.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

impl ReadAt for [u8] {
    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.get(offset..)).unwrap_or_default();
        let len = rest.len().min(buffer.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        Ok(len)
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> io::Result<u64> {
        self.as_slice().size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buffer)
    }
}

impl ReadAt for File {
    fn size(&self) -> io::Result<u64> {
        self.metadata().map(|metadata| metadata.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        positional::read_at(self, offset, buffer)
    }
}

impl<T: ReadAt + ?Sized> ReadAt for &'static T {
    fn size(&self) -> io::Result<u64> {
        (**self).size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(offset, buffer)
    }
}

impl<T: ReadAt + ?Sized> ReadAt for Arc<T> {
    fn size(&self) -> io::Result<u64> {
        (**self).size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(offset, buffer)
    }
}
