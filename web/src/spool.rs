//! Stores of the worker as writers and readers.

use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use oauthsift::ReadAt;

use crate::host::{self, Store};

/// How much of a zip is moved to its store at a time.
const BLOCK_BYTES: usize = 256 << 10;

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

/// A zip within a compressed archive, in a store.
#[derive(Debug)]
struct Held {
    store: Store,
    len: u64,
}

/// Moves a zip within a compressed archive to a store of its own.
///
/// # Errors
/// What cannot be decoded.
pub(crate) fn hold(zip: &mut dyn Read) -> io::Result<Arc<dyn ReadAt>> {
    static HELD: AtomicU32 = AtomicU32::new(0);
    let mut held = Held { store: Store::Held(HELD.fetch_add(1, Ordering::Relaxed)), len: 0 };
    let mut block = vec![0; BLOCK_BYTES];
    loop {
        match zip.read(&mut block)? {
            0 => return Ok(Arc::new(held)),
            read => {
                host::append(held.store, &block[..read]);
                held.len += read as u64;
            }
        }
    }
}

impl ReadAt for Held {
    fn size(&self) -> io::Result<u64> {
        Ok(self.len)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        host::read_store(self.store, offset, buffer)
    }
}
