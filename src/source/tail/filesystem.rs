//! What following asks of the file system. Reads are positional and nothing is ever mapped: a file may be
//! truncated at any moment.

use std::{
    fs::{self, File},
    io,
    path::Path,
    time::UNIX_EPOCH,
};

use super::step::{FileId, PathState, Stat};
use crate::source::positional;

/// What a path refers to, links followed. Only reads metadata; except on Windows, nothing is opened.
pub(super) fn probe(path: &Path) -> (PathState, Option<io::Error>) {
    match injected_fault::for_call("stat").map_or_else(|| fs::metadata(path), Err) {
        Ok(metadata) if metadata.is_file() => match stat(&metadata, || File::open(path)) {
            Ok(stat) => (PathState::There(stat), None),
            // It was removed in between.
            Err(error) if error.kind() == io::ErrorKind::NotFound => (PathState::Absent, None),
            Err(error) => (PathState::Refused, Some(error)),
        },
        Ok(_) => (PathState::Refused, Some(io::Error::other("not a regular file; to follow a pipe, use `-`"))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            (PathState::Absent, None)
        }
        Err(error) => (PathState::Refused, Some(error)),
    }
}

/// Opens a regular file.
pub(super) fn open(path: &Path) -> io::Result<(File, Stat)> {
    if let Some(error) = injected_fault::for_call("open") {
        return Err(error);
    }
    let file = File::open(path)?;
    let stat = stat_of(&file)?;
    if stat.regular { Ok((file, stat)) } else { Err(io::Error::other("not a regular file")) }
}

/// The metadata of an open file.
pub(super) fn stat_of(file: &File) -> io::Result<Stat> {
    stat(&file.metadata()?, || file.try_clone())
}

/// When a file was created, or else last written, in nanoseconds since 1970.
pub(super) fn created_or_modified(path: &Path) -> Option<i64> {
    let metadata = fs::metadata(path).ok()?;
    nanoseconds(metadata.created().or_else(|_| metadata.modified()).ok()?)
}

/// When names in a file's folder last changed, in nanoseconds since 1970.
pub(super) fn folder_modified(path: &Path) -> Option<i64> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    nanoseconds(fs::metadata(folder).ok()?.modified().ok()?)
}

/// The metadata and identity of a file; `open` is called only where the identity is known from an open file alone.
#[cfg(unix)]
fn stat(metadata: &fs::Metadata, _: impl FnOnce() -> io::Result<File>) -> io::Result<Stat> {
    use std::os::unix::fs::MetadataExt;
    let time = |seconds: i64, nanoseconds: i64| seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds);
    Ok(Stat {
        id: FileId { device: metadata.dev(), inode: metadata.ino() },
        len: metadata.len(),
        modified: time(metadata.mtime(), metadata.mtime_nsec()),
        changed: time(metadata.ctime(), metadata.ctime_nsec()),
        regular: metadata.is_file(),
    })
}

/// On Windows the serial number of the volume and the index of the file identify it.
#[cfg(windows)]
fn stat(metadata: &fs::Metadata, open: impl FnOnce() -> io::Result<File>) -> io::Result<Stat> {
    let information = winapi_util::file::information(open()?)?;
    let modified = metadata.modified().ok().and_then(nanoseconds).unwrap_or(0);
    Ok(Stat {
        id: FileId { device: information.volume_serial_number(), inode: information.file_index() },
        len: metadata.len(),
        modified,
        changed: modified,
        regular: metadata.is_file(),
    })
}

/// Elsewhere the time of creation tells files apart, and the fingerprints do the rest.
#[cfg(not(any(unix, windows)))]
fn stat(metadata: &fs::Metadata, _: impl FnOnce() -> io::Result<File>) -> io::Result<Stat> {
    let created = metadata.created().ok().and_then(nanoseconds).unwrap_or(0);
    let modified = metadata.modified().ok().and_then(nanoseconds).unwrap_or(0);
    Ok(Stat {
        id: FileId { device: 0, inode: created.unsigned_abs() },
        len: metadata.len(),
        modified,
        changed: modified,
        regular: metadata.is_file(),
    })
}

fn nanoseconds(time: std::time::SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
}

/// Reads bytes at `offset`; 0 at the end of the file.
pub(super) fn read_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    match injected_fault::for_call("read") {
        Some(error) => Err(error),
        None => positional::read_at(file, offset, buffer),
    }
}

/// Up to `max` bytes at `offset`: fewer only at the end of the file.
pub(super) fn read_up_to(file: &File, offset: u64, max: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; max];
    let mut len = 0;
    while len < max {
        match read_at(file, offset + len as u64, &mut bytes[len..])? {
            0 => break,
            read => len += read,
        }
    }
    bytes.truncate(len);
    Ok(bytes)
}

/// True for the error that a network file system gives for a file that was replaced on the server.
pub(super) fn is_stale(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::StaleNetworkFileHandle
}

/// Faults for tests of the program: `OAUTHSIFT_TEST_TROUBLE` names a file that says which calls fail with
/// which error number (`stat 5`). Not in release builds.
#[cfg(debug_assertions)]
mod injected_fault {
    use std::{fs, io, path::PathBuf, sync::LazyLock};

    static ORDERS: LazyLock<Option<PathBuf>> =
        LazyLock::new(|| std::env::var_os("OAUTHSIFT_TEST_TROUBLE").map(PathBuf::from));

    pub(super) fn for_call(call: &str) -> Option<io::Error> {
        let orders = fs::read_to_string(ORDERS.as_ref()?).ok()?;
        let number = orders.lines().find_map(|line| line.strip_prefix(call)?.trim().parse().ok())?;
        Some(io::Error::from_raw_os_error(number))
    }
}

#[cfg(not(debug_assertions))]
mod injected_fault {
    pub(super) fn for_call(_: &str) -> Option<std::io::Error> {
        None
    }
}
