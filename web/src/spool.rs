//! Stores of the worker as writers and readers.

use std::io::{self, Read, Seek, SeekFrom, Write};

use crate::host::{self, Store};

/// The file to save.
#[derive(Debug)]
pub(crate) struct Output;

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        host::append(Store::Output, bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Written from front to back, then read.
#[derive(Debug, Default)]
pub(crate) struct Spool {
    len: u64,
    position: u64,
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.position != self.len {
            return Err(io::ErrorKind::NotSeekable.into());
        }
        host::append(Store::Spool, bytes);
        self.len += bytes.len() as u64;
        self.position = self.len;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Spool {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = host::read_store(Store::Spool, self.position, buffer)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Spool {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.filter(|position| *position <= self.len).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
