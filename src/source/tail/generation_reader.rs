//! One generation of a log: its bytes, cut into records, and what was passed on of them.

mod flush;
mod open;

use std::{
    fs::File,
    io::{self, Read},
    ops::ControlFlow,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use super::{
    batch::{Completeness, Listener},
    checkpoint::{Checkpoint, MIN_FINGERPRINT_BYTES},
    emitter::{Emitter, origin},
    filesystem,
    fingerprint::{FINGERPRINT_BYTES, Fingerprint, keep_last},
    step::Stat,
    unsupported::problem_of_content,
};
use crate::{
    search::count_newlines,
    source::{Chunker, Limits, SparseRead, encoding::UTF8_BOM, hole},
};

/// Bytes that were read for the chunker.
#[derive(Debug, Default)]
struct PushReader {
    bytes: Vec<u8>,
    at: usize,
}

impl Read for PushReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.at..];
        if rest.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let len = rest.len().min(buffer.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        self.at += len;
        Ok(len)
    }
}

impl SparseRead for PushReader {}

/// What reading a block gave.
pub(super) enum ReadOutcome {
    /// This number of bytes.
    Bytes(usize),
    /// No more bytes at present.
    End,
    /// What was read before is no longer there, so the bytes of this block cannot be trusted.
    Rewritten { to: u64 },
    /// Only zeros up to `to`.
    Hole { to: u64 },
}

/// One generation.
#[derive(Debug)]
pub(super) struct GenerationReader {
    pub(super) file: Option<File>,
    pub(super) stat: Stat,
    pub(super) changed_at: Duration,
    /// When bytes last came.
    pub(super) grown_at: Duration,
    /// Bytes at the start of the file that may belong to the last record of the generation before.
    pub(super) leading_fragment: Option<Vec<u8>>,
    /// The content is no text: nothing is read.
    unsupported: bool,
    /// It never had a file: its first bytes are taken from what is pushed.
    without_file: bool,
    /// What may be the start of a byte order mark.
    bom_prefix: Vec<u8>,
    /// The end of its last record was pushed from the next generation.
    ends_in_next: bool,
    /// Where its bytes end, when another reader has what is written to its file after them.
    pub(super) own_end: Option<u64>,
    /// Findings before this byte may have been reported by an earlier run.
    pub(super) repeated_to: u64,
    head: Vec<u8>,
    chunker: Chunker<'static, PushReader>,
    limits: Limits,
    emitter: Emitter,
}

/// The next number of a generation of this process.
static NEXT_SERIAL: AtomicU64 = AtomicU64::new(0);

/// Zeros from this length on are a hole.
const MIN_HOLE_BYTES: usize = 4096;

impl GenerationReader {
    /// Text without a file: standard input, a compressed generation.
    pub(super) fn without_file(limits: Limits, now: Duration) -> Self {
        Self::at(None, Stat::default(), 0, limits, now)
    }

    fn at(file: Option<File>, stat: Stat, offset: u64, limits: Limits, now: Duration) -> Self {
        Self {
            without_file: file.is_none(),
            bom_prefix: Vec::new(),
            ends_in_next: false,
            own_end: None,
            file,
            stat,
            changed_at: now,
            grown_at: now,
            leading_fragment: None,
            unsupported: false,
            repeated_to: 0,
            head: Vec::new(),
            chunker: Chunker::new(PushReader::default(), offset, limits),
            limits,
            emitter: Emitter { serial: NEXT_SERIAL.fetch_add(1, Ordering::Relaxed), ..Emitter::default() },
        }
    }

    /// Where reading has arrived.
    pub(super) fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            device: self.stat.id.device,
            inode: self.stat.id.inode,
            len: self.stat.len.max(self.read_to()),
            head: Fingerprint::of(&self.head),
            // What was pushed from the next generation has no offset in this one.
            offset: (!self.ends_in_next || self.has_open_record()).then(|| self.chunker.offset()),
            before_offset: Fingerprint::of(&self.emitter.last_bytes),
            lines: Some(self.emitter.lines),
            open_records: self.emitter.open_records.iter().copied().collect(),
            emitted_to: self.chunker.offset() + self.emitter.flushed_bytes as u64,
            own_end: self.own_end,
        }
    }

    /// Byte offset up to which it was read.
    pub(super) fn read_to(&self) -> u64 {
        self.chunker.read_to() + self.leading_fragment.as_ref().map_or(0, Vec::len) as u64
    }

    /// A record has started and may continue in the next generation.
    pub(super) fn has_open_record(&self) -> bool {
        !self.chunker.pending().is_empty() || self.chunker.is_skipping()
    }

    /// The last line has no line break yet.
    pub(super) fn is_torn(&self) -> bool {
        self.chunker.pending().last().is_some_and(|last| *last != b'\n')
    }

    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Gives up the file: nothing was read of it, and another generation has it now.
    pub(super) fn release_file(&mut self) {
        self.file = None;
        self.stat = Stat::default();
        self.head.clear();
    }

    /// True when the first bytes of a file that was shortened are still those that were read.
    pub(super) fn has_same_start(&self, head: &[u8]) -> bool {
        let common = head.len().min(self.head.len());
        common as u64 >= MIN_FINGERPRINT_BYTES && head[..common] == self.head[..common]
    }

    /// The last bytes before [`GenerationReader::read_to`], as far as they are known.
    fn last_read(&self) -> Vec<u8> {
        let mut last = self.emitter.last_bytes.clone();
        keep_last(&mut last, self.chunker.pending());
        if let Some(fragment) = &self.leading_fragment {
            keep_last(&mut last, fragment);
        }
        last
    }

    /// True when what was read is still in the file.
    pub(super) fn is_unchanged(&mut self) -> io::Result<bool> {
        let Some(file) = &self.file else { return Ok(true) };
        let head = filesystem::read_up_to(file, 0, FINGERPRINT_BYTES)?;
        if !head.starts_with(&self.head) {
            return Ok(false);
        }
        let last = self.last_read();
        let from = self.read_to().saturating_sub(last.len() as u64);
        if filesystem::read_up_to(file, from, last.len())? != last {
            return Ok(false);
        }
        if head.len() > self.head.len() {
            self.head = head;
        }
        Ok(true)
    }

    /// True when a copy with this head has the bytes that were read here. `bytes_before` reads the copy: at
    /// most so many bytes before an offset.
    pub(super) fn is_copied_in(
        &self,
        head: &[u8],
        bytes_before: impl FnOnce(u64, usize) -> io::Result<Vec<u8>>,
    ) -> bool {
        let last = self.last_read();
        head.starts_with(&self.head)
            && self.head.len() as u64 >= MIN_FINGERPRINT_BYTES
            && bytes_before(self.read_to(), last.len()).is_ok_and(|found| found == last)
    }

    /// Reads the next block.
    pub(super) fn read(&mut self, block: &mut [u8]) -> io::Result<ReadOutcome> {
        let Some(file) = self.file.as_ref().filter(|_| !self.unsupported) else { return Ok(ReadOutcome::End) };
        let offset = self.read_to();
        let read = filesystem::read_at(file, offset, block)?;
        if read == 0 {
            return Ok(ReadOutcome::End);
        }
        if offset == 0 && read < UTF8_BOM.len() && UTF8_BOM.starts_with(&block[..read]) {
            // Perhaps the start of a byte order mark.
            return Ok(ReadOutcome::End);
        }
        let end = offset + read as u64;
        let zeros = block[..read].iter().take_while(|b| **b == 0).count();
        let data_start = if zeros == read {
            hole::next_data(file, offset).ok().flatten().unwrap_or(end).max(end)
        } else {
            offset + zeros as u64
        };
        if !self.is_unchanged()? {
            return Ok(ReadOutcome::Rewritten { to: end });
        }
        // The engine reads a few zeros: they end a line.
        Ok(if zeros >= MIN_HOLE_BYTES { ReadOutcome::Hole { to: data_start } } else { ReadOutcome::Bytes(read) })
    }

    /// Remembers the first bytes of text, which cannot be read again when it has no file, or its file was truncated and they
    /// come from a copy.
    pub(super) fn remember_head(&mut self, bytes: &[u8]) {
        if self.read_to() == self.head.len() as u64 {
            let more = bytes.len().min(FINGERPRINT_BYTES - self.head.len());
            self.head.extend_from_slice(&bytes[..more]);
        }
    }

    /// Checks the first bytes of a file. Returns what is wrong with content that cannot be followed.
    pub(super) fn check_format(&mut self, bytes: &[u8]) -> Option<&'static str> {
        if self.read_to() > 0 {
            return None;
        }
        let problem = problem_of_content(bytes)?;
        self.unsupported = true;
        Some(problem)
    }

    /// Takes bytes and passes on the records that they complete.
    pub(super) fn push(&mut self, source: &str, bytes: &[u8], out: &mut dyn Listener) -> ControlFlow<()> {
        let first_bytes;
        let mut bytes = bytes;
        if self.without_file && self.read_to() == 0 {
            self.bom_prefix.extend_from_slice(bytes);
            if self.bom_prefix.len() < UTF8_BOM.len() && UTF8_BOM.starts_with(&self.bom_prefix) {
                return ControlFlow::Continue(());
            }
            first_bytes = std::mem::take(&mut self.bom_prefix);
            bytes = &first_bytes;
        }
        if self.read_to() == 0 && bytes.starts_with(UTF8_BOM) {
            bytes = &bytes[UTF8_BOM.len()..];
            self.chunker = Chunker::new(PushReader::default(), UTF8_BOM.len() as u64, self.limits);
        }
        let reader = self.chunker.reader_mut();
        reader.bytes.clear();
        reader.bytes.extend_from_slice(bytes);
        reader.at = 0;
        self.emit(source, Completeness::FINAL, out)
    }

    /// Its last record continues in the next generation: moves the file to a separate reader, for what is
    /// still written to it.
    pub(super) fn split_late_writes(&mut self, now: Duration) -> Option<Self> {
        if std::mem::replace(&mut self.ends_in_next, true) {
            return None;
        }
        let file = self.file.take()?;
        self.own_end = Some(self.read_to());
        let mut late = Self::at(Some(file), self.stat, self.read_to(), self.limits, now);
        late.head.clone_from(&self.head);
        late.emitter.last_bytes = self.last_read();
        late.emitter.lines = self.emitter.lines + count_newlines(self.chunker.pending());
        Some(late)
    }

    /// Skips its first bytes, which were pushed to the generation before.
    pub(super) fn yield_prefix(&mut self, bytes: &[u8]) {
        self.emitter.lines += count_newlines(bytes);
        keep_last(&mut self.emitter.last_bytes, bytes);
        let offset = self.chunker.offset() + bytes.len() as u64;
        self.chunker = Chunker::new(PushReader::default(), offset, self.limits);
    }

    /// Skips a hole up to `to`.
    pub(super) fn skip_hole(&mut self, source: &str, to: u64, out: &mut dyn Listener) -> ControlFlow<()> {
        self.finish(source, false, out)?;
        self.chunker = Chunker::new(PushReader::default(), to, self.limits);
        self.emitter.last_bytes.clear();
        self.emitter.flushed_bytes = 0;
        ControlFlow::Continue(())
    }

    /// Passes on what the chunker returns.
    fn emit(&mut self, source: &str, last: Completeness, out: &mut dyn Listener) -> ControlFlow<()> {
        let origin = origin(&self.head);
        while let Ok(Some(chunk)) = self.chunker.next() {
            self.emitter.emit(source, origin, self.repeated_to, chunk, last, out)?;
        }
        ControlFlow::Continue(())
    }
}
