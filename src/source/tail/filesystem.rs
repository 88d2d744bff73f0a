//! The few questions that following asks of the file system. Reads are positional, nothing is ever
//! mapped: a file may be truncated at any moment.

use std::{
    fs::{self, File},
    io,
    path::Path,
    time::UNIX_EPOCH,
};

use super::step::{FileId, PathState, Stat};

/// What a path shows, links followed. Asks for names only, which never opens anything.
pub fn probe(path: &Path) -> (PathState, Option<io::Error>) {
    match shim::fails("stat").map_or_else(|| fs::metadata(path), Err) {
        Ok(found) if found.is_file() => (PathState::There(stat(&found)), None),
        Ok(_) => (PathState::Refused, Some(io::Error::other("not a regular file; to follow a pipe, read it with `-`"))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            (PathState::Absent, None)
        }
        Err(error) => (PathState::Refused, Some(error)),
    }
}

/// Opens a regular file.
pub fn open(path: &Path) -> io::Result<(File, Stat)> {
    if let Some(error) = shim::fails("open") {
        return Err(error);
    }
    let file = File::open(path)?;
    let found = stat_of(&file)?;
    if found.regular { Ok((file, found)) } else { Err(io::Error::other("not a regular file")) }
}

/// What the system says of an open file.
pub fn stat_of(file: &File) -> io::Result<Stat> {
    file.metadata().map(|found| stat(&found))
}

/// When a file was created, or else last written, nanoseconds since 1970.
pub fn created_or_changed(path: &Path) -> Option<i64> {
    let found = fs::metadata(path).ok()?;
    nanoseconds(found.created().or_else(|_| found.modified()).ok()?)
}

/// When names in a file's folder last changed.
pub fn folder_changed(path: &Path) -> Option<i64> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    nanoseconds(fs::metadata(folder).ok()?.modified().ok()?)
}

#[cfg(unix)]
fn stat(found: &fs::Metadata) -> Stat {
    use std::os::unix::fs::MetadataExt;
    let time = |seconds: i64, part: i64| seconds.saturating_mul(1_000_000_000).saturating_add(part);
    Stat {
        id: FileId { device: found.dev(), inode: found.ino() },
        len: found.len(),
        modified: time(found.mtime(), found.mtime_nsec()),
        changed: time(found.ctime(), found.ctime_nsec()),
        regular: found.is_file(),
    }
}

/// Without inodes the time of creation tells files apart, and the fingerprints do the rest.
#[cfg(not(unix))]
fn stat(found: &fs::Metadata) -> Stat {
    let created = found.created().ok().and_then(nanoseconds).unwrap_or(0);
    let modified = found.modified().ok().and_then(nanoseconds).unwrap_or(0);
    Stat {
        id: FileId { device: 0, inode: created.unsigned_abs() },
        len: found.len(),
        modified,
        changed: modified,
        regular: found.is_file(),
    }
}

fn nanoseconds(time: std::time::SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
}

/// Reads at a place; 0 at the end of the file.
pub fn read_at(file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
    if let Some(error) = shim::fails("read") {
        return Err(error);
    }
    loop {
        #[cfg(unix)]
        let result = std::os::unix::fs::FileExt::read_at(file, into, offset);
        #[cfg(windows)]
        let result = std::os::windows::fs::FileExt::seek_read(file, into, offset);
        match result {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Up to `most` bytes at a place: fewer only at the end of the file.
pub fn read_some(file: &File, offset: u64, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; most];
    let mut len = 0;
    while len < most {
        match read_at(file, &mut bytes[len..], offset + len as u64)? {
            0 => break,
            n => len += n,
        }
    }
    bytes.truncate(len);
    Ok(bytes)
}

/// Where data starts again behind a hole at `offset`; `None` when the system cannot tell.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "macos"))]
pub fn data_from(file: &File, offset: u64) -> Option<u64> {
    rustix::fs::seek(file, rustix::fs::SeekFrom::Data(offset)).ok()
}

/// Where data starts again behind a hole: not to be asked here.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "macos")))]
pub fn data_from(_: &File, _: u64) -> Option<u64> {
    None
}

/// Trouble on order, for the tests of the program itself: `OAUTHSIFT_TEST_TROUBLE` names a file that
/// says which calls fail with which number (`stat 5`). Not in release builds.
#[cfg(debug_assertions)]
mod shim {
    use std::{fs, io, path::PathBuf, sync::LazyLock};

    static ORDER: LazyLock<Option<PathBuf>> =
        LazyLock::new(|| std::env::var_os("OAUTHSIFT_TEST_TROUBLE").map(PathBuf::from));

    pub(super) fn fails(call: &str) -> Option<io::Error> {
        let order = fs::read_to_string(ORDER.as_ref()?).ok()?;
        let number = order.lines().find_map(|line| line.strip_prefix(call)?.trim().parse().ok())?;
        Some(io::Error::from_raw_os_error(number))
    }
}

#[cfg(not(debug_assertions))]
mod shim {
    pub(super) fn fails(_: &str) -> Option<std::io::Error> {
        None
    }
}
