//! The file that `follow --output` appends to. It can be renamed while it is written to: on request it is opened again
//! under its name, as log rotation wants it.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// A file of lines. Every error names the path.
#[derive(Debug)]
pub(crate) struct AppendFile {
    path: PathBuf,
    file: File,
    /// Set when the file is to be opened again.
    reopen: Arc<AtomicBool>,
    /// Lines were written since the file was last synchronised to disk.
    dirty: bool,
}

impl AppendFile {
    /// Opens or creates a file.
    ///
    /// # Errors
    /// It cannot be opened, created or written.
    pub(crate) fn open(path: &Path, reopen: Arc<AtomicBool>) -> io::Result<Self> {
        let file = open(path).map_err(|error| named(path, &error))?;
        Ok(Self { path: path.to_path_buf(), file, reopen, dirty: false })
    }

    /// Appends lines.
    pub(crate) fn write(&mut self, lines: &str) -> io::Result<()> {
        self.reopen_if_asked()?;
        self.dirty = true;
        self.file.write_all(lines.as_bytes()).map_err(|error| named(&self.path, &error))
    }

    /// Opens the file again under its name if that was asked for.
    pub(crate) fn reopen_if_asked(&mut self) -> io::Result<()> {
        if self.reopen.swap(false, Ordering::SeqCst) {
            self.sync()?;
            self.file = open(&self.path).map_err(|error| named(&self.path, &error))?;
        }
        Ok(())
    }

    /// Puts what was written on disk.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.dirty) {
            match self.file.sync_data() {
                // A pipe or a device.
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {}
                synced => synced.map_err(|error| named(&self.path, &error))?,
            }
        }
        Ok(())
    }
}

/// Opens a file to append to. A last line without its line break is that of a run that was killed: it is ended.
fn open(path: &Path) -> io::Result<File> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    if let Ok(mut written) = File::open(path)
        && written.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0)
    {
        let mut last = [0];
        written.seek(SeekFrom::End(-1))?;
        written.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    Ok(file)
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot write {}: {error}", path.display()))
}
