//! Where results go: standard output, or a file that appears only when it is complete.

use std::{
    fs::File,
    io::{self, BufWriter, IsTerminal, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use tempfile::NamedTempFile;

/// Bytes that are written at once.
const BUFFER_BYTES: usize = 1 << 16;

/// A file that replaces another one, or appears, when it is complete. Dropped before that, it leaves
/// nothing behind. It is written next to its final path, so that it can be renamed.
#[derive(Debug)]
pub(crate) struct AtomicFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl AtomicFile {
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        if path.file_name().is_none() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file name"));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".oauthsift-").suffix(".part");
        // As for any new file: the umask decides, not the narrow permissions of a temporary file.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        Ok(Self { file: builder.tempfile_in(folder_of(path))?, path: path.to_path_buf() })
    }

    /// A temporary file without a name in the same folder, for data on its way into this file.
    pub(crate) fn unnamed_sibling(&self) -> io::Result<File> {
        tempfile::tempfile_in(folder_of(&self.path))
    }

    /// Moves the file to its path.
    pub(crate) fn persist(self) -> io::Result<()> {
        self.file.persist(&self.path).map(drop).map_err(|error| error.error)
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.file.seek(position)
    }
}

/// The result of a command: standard output or a file.
#[derive(Debug)]
pub(crate) struct Output {
    target: Target,
}

#[derive(Debug)]
enum Target {
    Stdout(BufWriter<io::Stdout>),
    File(BufWriter<AtomicFile>),
}

impl Output {
    pub(crate) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let target = match path {
            None => Target::Stdout(BufWriter::with_capacity(BUFFER_BYTES, io::stdout())),
            Some(path) => {
                let file = AtomicFile::create(path).with_context(|| format!("cannot write {}", path.display()))?;
                Target::File(BufWriter::with_capacity(BUFFER_BYTES, file))
            }
        };
        Ok(Self { target })
    }

    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self.target, Target::Stdout(_)) && io::stdout().is_terminal()
    }

    /// Writes what is buffered; a file appears.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        match self.target {
            Target::Stdout(mut out) => out.flush().context("cannot write the result"),
            Target::File(out) => {
                let file =
                    out.into_inner().map_err(io::IntoInnerError::into_error).context("cannot write the result")?;
                let path = file.path.display().to_string();
                file.persist().with_context(|| format!("cannot write {path}"))
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.target {
            Target::Stdout(out) => out.write(bytes),
            Target::File(out) => out.write(bytes),
        }
    }

    // Passed on as it is: JSON is written in very small parts.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.target {
            Target::Stdout(out) => out.write_all(bytes),
            Target::File(out) => out.write_all(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::Stdout(out) => out.flush(),
            Target::File(out) => out.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_appears_when_it_is_complete_and_leaves_nothing_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.json");
        fs::write(&path, "old").unwrap();
        let mut output = Output::open(Some(&path)).unwrap();
        output.write_all(b"dropped").unwrap();
        drop(output);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        let mut output = Output::open(Some(&path)).unwrap();
        output.write_all(b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        output.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_a_file_as_far_as_the_umask_allows() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (plain, atomic) = (folder.path().join("plain"), folder.path().join("atomic"));
        fs::write(&plain, "").unwrap();
        AtomicFile::create(&atomic).unwrap().persist().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&atomic), mode(&plain));
    }

    #[test]
    fn a_path_without_a_file_name_is_an_error() {
        assert!(AtomicFile::create(Path::new("/")).is_err());
        assert!(Output::open(Some(Path::new("no/such/folder/result.json"))).is_err());
    }
}
