//! Paths, bytes and Python file objects as inputs.

use std::{
    collections::VecDeque,
    io::{self, Read, Seek, SeekFrom},
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use oauthsift::{Input, ReadAt};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyBytes};

/// Bytes of a file object that are read at a time.
const BLOCK_BYTES: u64 = 1 << 20;
/// Blocks of a file object that are kept.
const MAX_BLOCKS: usize = 4;

/// A file object without `seek` is held in memory up to this size, where it is read more than once.
const MAX_HELD_BYTES: u64 = 64 << 20;

/// The inputs of a scan, from pairs of a name and a path, bytes or a file object. The name of a path is the path.
pub(crate) fn inputs(sources: Vec<(String, Bound<'_, PyAny>)>) -> PyResult<Vec<Input>> {
    sources.into_iter().map(|(name, source)| input(&name, &source)).collect()
}

fn input(name: &str, source: &Bound<'_, PyAny>) -> PyResult<Input> {
    if source.cast::<PyBytes>().is_err() && source.hasattr("read")? && !is_seekable(source)? {
        return Ok(Input::reader(name, FileReader(source.clone().unbind())));
    }
    Ok(self::source(name, source)?.into_input(name))
}

fn is_seekable(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(object.hasattr("seekable")? && object.call_method0("seekable")?.is_truthy()?)
}

/// An input that can be read at any offset, more than once.
pub(crate) enum Source {
    Path(PathBuf),
    Bytes(Vec<u8>),
    Seekable(SeekableFile),
}

impl Source {
    pub(crate) fn into_input(self, name: &str) -> Input {
        match self {
            Self::Path(path) => Input::path(path),
            Self::Bytes(bytes) => Input::bytes(name, bytes),
            Self::Seekable(file) => Input::random_access(name, file),
        }
    }
}

/// A path, bytes or a file object. One without `seek` is held in memory.
///
/// # Errors
/// Something else, or a file object without `seek` that has more than [`MAX_HELD_BYTES`].
pub(crate) fn source(name: &str, source: &Bound<'_, PyAny>) -> PyResult<Source> {
    if let Ok(bytes) = source.cast::<PyBytes>() {
        return Ok(Source::Bytes(bytes.as_bytes().to_vec()));
    }
    if !source.hasattr("read")? {
        return Ok(Source::Path(source.extract::<PathBuf>()?));
    }
    let object = source.clone().unbind();
    if is_seekable(source)? {
        let block_bytes = source.getattr("block_bytes").and_then(|bytes| bytes.extract()).unwrap_or(BLOCK_BYTES);
        return Ok(Source::Seekable(SeekableFile {
            object,
            block_bytes: block_bytes.max(1),
            blocks: Mutex::default(),
        }));
    }
    let mut bytes = Vec::new();
    FileReader(object).take(MAX_HELD_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_HELD_BYTES {
        let text = format!("{name}: a file object without seek() with more than 64 MiB: give its path");
        return Err(PyValueError::new_err(text));
    }
    Ok(Source::Bytes(bytes))
}

/// Runs a call into Python; an error when the interpreter is going down.
fn with_python<T>(call: impl FnOnce(Python<'_>) -> PyResult<T>) -> io::Result<T> {
    match Python::try_attach(call) {
        Some(result) => result.map_err(io::Error::from),
        None => Err(io::Error::other("the Python interpreter is shutting down")),
    }
}

/// A file object that can be read once, from front to back.
struct FileReader(Py<PyAny>);

impl Read for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        with_python(|py| {
            let bytes = self.0.call_method1(py, "read", (buffer.len(),))?;
            let bytes: &[u8] = bytes.extract(py)?;
            let Some(part) = buffer.get_mut(..bytes.len()) else {
                return Err(PyValueError::new_err(
                    "read() of the file object returned more bytes than it was asked for",
                ));
            };
            part.copy_from_slice(bytes);
            Ok(bytes.len())
        })
    }
}

/// A file object with `seek`. Blocks of it are kept, because each call into Python, or to an object store, is slow.
pub(crate) struct SeekableFile {
    object: Py<PyAny>,
    block_bytes: u64,
    /// Offsets and bytes; the one that was used last is at the end. Locked before Python is entered, never within it.
    blocks: Mutex<VecDeque<(u64, Vec<u8>)>>,
}

impl SeekableFile {
    fn block(&self, start: u64) -> io::Result<Vec<u8>> {
        with_python(|py| {
            let object = self.object.bind(py);
            object.call_method1("seek", (start,))?;
            let mut block = Vec::new();
            while (block.len() as u64) < self.block_bytes {
                let read = object.call_method1("read", (self.block_bytes - block.len() as u64,))?;
                match read.extract::<&[u8]>()? {
                    [] => break,
                    bytes => block.extend_from_slice(bytes),
                }
            }
            Ok(block)
        })
    }
}

impl ReadAt for SeekableFile {
    fn size(&self) -> io::Result<u64> {
        with_python(|py| {
            let object = self.object.bind(py);
            object.call_method1("seek", (0, 2))?;
            object.call_method0("tell")?.extract()
        })
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = offset - offset % self.block_bytes;
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let block = match blocks.iter().position(|(at, _)| *at == start) {
            Some(i) => blocks.remove(i),
            None => None,
        };
        let block = match block {
            Some(block) => block,
            None => (start, self.block(start)?),
        };
        let from = usize::try_from(offset - start).unwrap_or(usize::MAX).min(block.1.len());
        let len = buffer.len().min(block.1.len() - from);
        buffer[..len].copy_from_slice(&block.1[from..from + len]);
        if blocks.len() >= MAX_BLOCKS {
            blocks.pop_front();
        }
        blocks.push_back(block);
        Ok(len)
    }
}

/// A position in a file object.
pub(crate) struct Cursor<'f> {
    file: &'f SeekableFile,
    at: u64,
}

impl<'f> Cursor<'f> {
    pub(crate) fn new(file: &'f SeekableFile) -> Self {
        Self { file, at: 0 }
    }
}

impl Read for Cursor<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.file.read_at(self.at, buffer)?;
        self.at += len as u64;
        Ok(len)
    }
}

impl Seek for Cursor<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.file.size()?.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
