//! A file of the page: a `File` or `Blob` that the worker holds.

use std::io::{self, Read, Seek, SeekFrom};

use oauthsift::ReadAt;

use crate::host;

/// A file that the worker knows by its number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageFile {
    pub(crate) number: u32,
    pub(crate) size: u64,
}

impl ReadAt for PageFile {
    fn size(&self) -> io::Result<u64> {
        Ok(self.size)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        host::read(self.number, offset, buffer)
    }
}

/// Reads a file from its start.
#[derive(Debug)]
pub(crate) struct PageFileReader {
    file: PageFile,
    position: u64,
}

impl From<PageFile> for PageFileReader {
    fn from(file: PageFile) -> Self {
        Self { file, position: 0 }
    }
}

impl Read for PageFileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(self.position, buffer)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for PageFileReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.file.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
