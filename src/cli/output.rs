//! Where results go: standard output, or a file that appears only when it is complete.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, IsTerminal, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use tempfile::NamedTempFile;

use super::cleanup;

/// Bytes that are written at once.
const BUFFER_BYTES: usize = 1 << 16;

/// A file that replaces another one, or appears, when it is complete. Dropped before that, it leaves
/// nothing. It is written next to its final path, so that it can be renamed. A device or a FIFO is
/// written to directly. Every error names the path.
#[derive(Debug)]
pub(crate) struct AtomicFile {
    file: Destination,
    path: PathBuf,
}

#[derive(Debug)]
enum Destination {
    /// A temporary file, and the path that it is moved to: that of the file itself, not of a link to it.
    Replaced(NamedTempFile, PathBuf),
    Direct(File),
}

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// As the umask says, or as the file that is replaced.
    Usual,
    /// The owner alone.
    Private,
}

impl AtomicFile {
    /// A file with the usual permissions.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        Self::open(path, Access::Usual).map_err(|error| named(path, &error))
    }

    /// A file that only its owner may read.
    pub(crate) fn create_private(path: &Path) -> io::Result<Self> {
        Self::open(path, Access::Private).map_err(|error| named(path, &error))
    }

    fn open(path: &Path, access: Access) -> io::Result<Self> {
        if path.file_name().is_none() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file name"));
        }
        let existing = fs::metadata(path).ok();
        if existing.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory"));
        }
        if existing.as_ref().is_some_and(|metadata| !metadata.is_file()) || is_descriptor(path) {
            let file = OpenOptions::new().append(true).open(path)?;
            return Ok(Self { file: Destination::Direct(file), path: path.to_path_buf() });
        }
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let mut builder = tempfile::Builder::new();
        builder.prefix(".oauthsift-").suffix(".part");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(match access {
            Access::Usual => 0o666,
            Access::Private => 0o600,
        }));
        let mut pending = cleanup::pending();
        let file = builder.tempfile_in(folder_of(&target))?;
        pending.push(file.path().to_path_buf());
        drop(pending);
        if let (Some(existing), Access::Usual) = (existing, access) {
            file.as_file().set_permissions(existing.permissions())?;
        }
        Ok(Self { file: Destination::Replaced(file, target), path: path.to_path_buf() })
    }

    /// A temporary file without a name, for data on its way into this file; in the same folder, if this file
    /// is not written directly.
    pub(crate) fn unnamed_sibling(&self) -> io::Result<File> {
        let file = match &self.file {
            Destination::Replaced(_, target) => tempfile::tempfile_in(folder_of(target)),
            Destination::Direct(_) => tempfile::tempfile(),
        };
        file.map_err(|error| named(&self.path, &error))
    }

    /// Moves the file to its path.
    pub(crate) fn persist(self) -> io::Result<()> {
        match self.file {
            Destination::Direct(mut file) => file.flush().map_err(|error| named(&self.path, &error)),
            Destination::Replaced(file, target) => {
                let mut pending = cleanup::pending();
                pending.retain(|path| path != file.path());
                file.persist(target).map(drop).map_err(|error| named(&self.path, &error.error))
            }
        }
    }

    fn file(&mut self) -> &mut File {
        match &mut self.file {
            Destination::Replaced(file, _) => file.as_file_mut(),
            Destination::Direct(file) => file,
        }
    }
}

/// True for `/dev/stdout`, `/dev/fd/3` and the like: never renamed over, whatever they lead to.
fn is_descriptor(path: &Path) -> bool {
    path.starts_with("/dev/fd")
        || path.starts_with("/proc")
        || path == Path::new("/dev/stdout")
        || path == Path::new("/dev/stderr")
}

/// The error with the path in it.
fn named(path: &Path, error: &io::Error) -> io::Error {
    let path = path.display();
    io::Error::new(error.kind(), format!("cannot write {path}: {error}"))
}

/// Extensions of results: a file in an input folder with one of them is a result of an earlier run, and may
/// be replaced.
const RESULT_EXTENSIONS: [&str; 8] = ["json", "jsonl", "csv", "html", "md", "txt", "prom", "zip"];

/// Refuses an output that is one of the inputs under any name, and one that is, or would be, a log in an
/// input folder. `files` are what the inputs lead to.
pub(crate) fn refuse_input(output: &Path, inputs: &[PathBuf], files: &[PathBuf]) -> anyhow::Result<()> {
    let stdin = inputs.iter().any(|input| input.as_os_str() == "-").then_some(Path::new("/dev/stdin"));
    let mut all = inputs.iter().chain(files).map(PathBuf::as_path).filter(|path| path.as_os_str() != "-").chain(stdin);
    if all.any(|input| !input.is_dir() && is_same_file(output, input)) {
        anyhow::bail!("{} is one of the inputs: choose another file to write to", output.display());
    }
    let Some(place) = resolved(output) else { return Ok(()) };
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    for folder in inputs.iter().filter_map(|input| fs::canonicalize(input).ok()).filter(|input| input.is_dir()) {
        if !place.starts_with(&folder) {
            continue;
        }
        if oauthsift::is_log_name(&name) {
            anyhow::bail!(
                "{} would be one of the inputs: it has the name of a log, in a folder that is read; choose another name or folder",
                output.display()
            );
        }
        let is_result = Path::new(&*name)
            .extension()
            .is_some_and(|extension| RESULT_EXTENSIONS.iter().any(|result| extension.eq_ignore_ascii_case(result)));
        if place.is_file() && !is_result {
            anyhow::bail!("{} is a file in one of the inputs: choose another file to write to", output.display());
        }
    }
    Ok(())
}

/// Refuses a FIFO or a socket: writing to it would wait for a reader.
pub(crate) fn refuse_stream(output: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = fs::metadata(output).map(|metadata| metadata.file_type());
        if kind.is_ok_and(|kind| kind.is_fifo() || kind.is_socket() || kind.is_dir()) {
            anyhow::bail!("{} is not a regular file: choose another file to write to", output.display());
        }
    }
    // Other systems have neither as a file.
    #[cfg(not(unix))]
    let _ = output;
    Ok(())
}

/// True for two names of one file, whether it exists or not.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    let is_same = |one: Option<PathBuf>, other: Option<PathBuf>| one.is_some() && one == other;
    let (id, other_id) = (identity(one), identity(other));
    id.is_some() && id == other_id || id.is_none() && other_id.is_none() && is_same(resolved(one), resolved(other))
}

/// The path without links, whether it exists or not; `None` when its folder does not exist, and for what
/// is neither a file nor nothing.
fn resolved(path: &Path) -> Option<PathBuf> {
    match fs::canonicalize(path) {
        Ok(path) => path.is_file().then_some(path),
        Err(_) => Some(fs::canonicalize(folder_of(path)).ok()?.join(path.file_name()?)),
    }
}

/// Identifies a regular file: device and inode.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|metadata| (metadata.dev(), metadata.ino()))
}

/// Identifies a regular file: volume and index.
#[cfg(windows)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    let file = File::open(path).ok().filter(|file| file.metadata().is_ok_and(|metadata| metadata.is_file()))?;
    let information = winapi_util::file::information(file).ok()?;
    Some((information.volume_serial_number(), information.file_index()))
}

#[cfg(not(any(unix, windows)))]
fn identity(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok().filter(|path| path.is_file())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes).map_err(|error| named(&self.path, &error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush().map_err(|error| named(&self.path, &error))
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.file().seek(position).map_err(|error| named(&self.path, &error))
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
                cleanup::on_signals()?;
                let file = AtomicFile::create(path)?;
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
                let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
                Ok(file.persist()?)
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
