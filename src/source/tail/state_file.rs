//! The state file: replaced in one step, and between two saves extended by a line for each finding that was
//! reported, so that a run that was killed repeats nothing.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The state file of a run.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    /// The file as it was written last, open at its end; `None` for a device, and as long as it cannot be
    /// written.
    file: Option<File>,
}

impl StateFile {
    /// A state file that exists already is extended until it is replaced.
    #[must_use]
    pub(crate) fn new(path: &Path) -> Self {
        let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0);
        let file = is_file.then(|| OpenOptions::new().append(true).open(path).ok()).flatten();
        Self { path: path.to_path_buf(), file }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// True when there is something to resume from.
    pub(crate) fn exists(&self) -> bool {
        self.file.is_some()
    }

    /// Replaces the state file by `text` so that it is complete at any time: as a temporary file in the same
    /// folder, synchronised to disk, then renamed.
    ///
    /// # Errors
    /// The temporary file cannot be created, written or renamed. The previous state file stays as it is.
    pub(crate) fn write(&mut self, text: &str) -> io::Result<()> {
        self.file = write_atomically(&self.path, text.as_bytes())?;
        Ok(())
    }

    /// Remembers a finding that was reported, with the length of its record in bytes, without white space
    /// at the end. If that fails, it is repeated should the run be killed.
    pub(crate) fn add_reported(&mut self, id: &str, len: u64) {
        if let Some(file) = &mut self.file {
            let _ = file.write_all(reported_line(id, len).as_bytes());
        }
    }
}

/// The line for a finding that was reported.
pub(super) fn reported_line(id: &str, len: u64) -> String {
    format!("{id} {len}\n")
}

/// The text of the state file; empty when there is none yet, and for a device, which is only written to.
///
/// # Errors
/// It cannot be read, or is neither a file nor a device.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => fs::read(path),
        Ok(metadata) if is_character_device(&metadata) => Ok(Vec::new()),
        Ok(_) => Err(io::Error::other("it is not a regular file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn is_character_device(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_char_device(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_character_device(_: &fs::Metadata) -> bool {
    false
}

/// Replaces a file by `text` in one step, and returns it; `None` for a device, which is written to.
#[cfg(not(target_family = "wasm"))]
fn write_atomically(path: &Path, text: &[u8]) -> io::Result<Option<File>> {
    if is_device(path)? {
        return OpenOptions::new().write(true).open(path)?.write_all(text).map(|()| None);
    }
    let folder = folder_of(path);
    let mut file = new_file(path, folder)?;
    // Through the file itself: the errors of a named file show its temporary name.
    file.as_file_mut().write_all(text)?;
    file.as_file().sync_all()?;
    let file = file.persist(path).map_err(|error| error.error)?;
    // The rename itself is on disk only when the folder is.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(Some(file))
}

/// Checks that a file can be replaced, without changing it.
///
/// # Errors
/// No file can be created in its folder, or it is neither a file nor a device.
#[cfg(not(target_family = "wasm"))]
pub(super) fn check_writable(path: &Path) -> io::Result<()> {
    if is_device(path)? {
        return OpenOptions::new().write(true).open(path).map(drop);
    }
    // The error of a named file shows its temporary name.
    new_file(path, folder_of(path)).map(drop).map_err(|error| io::Error::from(error.kind()))
}

/// True for a device, which is written to, never replaced.
#[cfg(not(target_family = "wasm"))]
fn is_device(path: &Path) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(metadata) if is_character_device(&metadata) => Ok(true),
        Ok(metadata) if !metadata.is_file() => Err(io::Error::other("it is not a regular file")),
        _ => Ok(false),
    }
}

#[cfg(not(target_family = "wasm"))]
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The file that is to replace another one.
#[cfg(not(target_family = "wasm"))]
fn new_file(path: &Path, folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let name = path.file_name().ok_or_else(|| io::Error::other("not a file name"))?;
    let prefix = format!("{}.", name.to_string_lossy());
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".part");
    #[cfg(unix)]
    {
        // The state names paths and positions: for the owner alone.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o600));
    }
    builder.tempfile_in(folder)
}

#[cfg(target_family = "wasm")]
pub(super) fn check_writable(_: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(target_family = "wasm")]
fn write_atomically(_: &Path, _: &[u8]) -> io::Result<Option<File>> {
    Err(io::ErrorKind::Unsupported.into())
}
