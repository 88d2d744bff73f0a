//! Content that a scan reads, with the faults and the limits that content can have.

use std::{
    io::{self, Read},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, ThreadId},
};

use oauthsift::{Progress, ReadAt};

/// A record that reports a failure.
pub(crate) const FAILURE: &str = "2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR admin 1x1x1 1i8mi5a /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS7000215: Invalid client secret provided.\n";

/// Random-access content that returns few bytes at a time and knows which threads have read it.
#[derive(Clone)]
pub(crate) struct SlowContent {
    pub(crate) bytes: Arc<Vec<u8>>,
    pub(crate) max: usize,
    pub(crate) threads: Arc<Mutex<Vec<ThreadId>>>,
}

impl SlowContent {
    pub(crate) fn new(bytes: Vec<u8>, max: usize) -> Self {
        Self { bytes: Arc::new(bytes), max, threads: Arc::default() }
    }
}

impl ReadAt for SlowContent {
    fn size(&self) -> io::Result<u64> {
        Ok(self.bytes.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.threads.lock().expect("no panic").push(thread::current().id());
        let len = buffer.len().min(self.max);
        self.bytes.read_at(offset, &mut buffer[..len])
    }
}

/// Content that fails, shrinks, or claims more than it was asked for.
pub(crate) struct BadContent {
    pub(crate) size: io::Result<u64>,
    pub(crate) readable: usize,
    pub(crate) end: fn(&mut [u8]) -> io::Result<usize>,
    pub(crate) calls: AtomicUsize,
}

impl ReadAt for BadContent {
    fn size(&self) -> io::Result<u64> {
        match &self.size {
            Ok(size) => Ok(*size),
            Err(error) => Err(error.kind().into()),
        }
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let log = FAILURE.repeat(2);
        let rest = log.as_bytes()[..self.readable].get(usize::try_from(offset).expect("small")..).unwrap_or_default();
        let len = rest.len().min(buffer.len());
        if len == 0 {
            return (self.end)(buffer);
        }
        buffer[..len].copy_from_slice(&rest[..len]);
        Ok(len)
    }
}

/// Cancels the run when its second read begins.
pub(crate) struct CancellingReader {
    pub(crate) reads: Arc<AtomicUsize>,
    pub(crate) progress: Arc<Progress>,
}

impl Read for CancellingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.reads.fetch_add(1, Ordering::Relaxed) == 1 {
            self.progress.cancel();
        }
        let mut line = b"2026-01-05 20:34:03,014+0000 main INFO [c.a.X] ok\n".iter().copied().cycle();
        buffer.fill_with(|| line.next().unwrap_or_default());
        Ok(buffer.len())
    }
}
