//! One generation of a log: its bytes, cut into records, and what was handed on of them.

use std::{
    fs::File,
    io::{self, Read},
    ops::ControlFlow,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use memchr::memrchr2;

use super::{
    Batch, Completeness, Continuation, Listener,
    checkpoint::{Checkpoint, MIN_FINGERPRINT_BYTES, OpenRecordMark},
    emitter::{Emitter, continuation, origin, trimmed},
    filesystem,
    fingerprint::{FINGERPRINT_BYTES, Fingerprint, keep_last},
    step::Stat,
};
use crate::{
    record::start,
    search::count_newlines,
    source::{Chunk, ChunkKind, Chunker, Limits},
};

/// Bytes that were read for the cutter.
#[derive(Debug, Default)]
struct PushReader {
    bytes: Vec<u8>,
    at: usize,
}

impl Read for PushReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.at..];
        if rest.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let n = rest.len().min(into.len());
        into[..n].copy_from_slice(&rest[..n]);
        self.at += n;
        Ok(n)
    }
}

/// A block of a file.
pub(super) enum ReadOutcome {
    /// So many bytes.
    Bytes(usize),
    /// No byte more at present.
    End,
    /// What was read before is not there any more, so the bytes of this block cannot be trusted.
    Rewritten { to: u64 },
    /// Nothing but zeros up to `to`.
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
    /// Bytes at the front of the file of which it is not yet known whether they belong to the record
    /// that the generation before ended in.
    pub(super) leading_fragment: Option<Vec<u8>>,
    /// Content that is no text: nothing is read.
    pub(super) unsupported: bool,
    /// It never had a file: its first bytes are taken from what it is fed.
    without_file: bool,
    /// What may be the front of a byte order mark.
    front: Vec<u8>,
    /// It was fed the end of its last record from the next generation.
    pub(super) borrowed: bool,
    /// Findings before this byte may have been handed on by an earlier run.
    pub(super) repeated_to: u64,
    head: Vec<u8>,
    cutter: Chunker<'static, PushReader>,
    limits: Limits,
    told: Emitter,
}

/// Tells the streams of a process apart.
static SERIAL: AtomicU64 = AtomicU64::new(0);

impl GenerationReader {
    /// A stream of text without a file: standard input, a compressed generation.
    pub(super) fn detached(limits: Limits, now: Duration) -> Self {
        Self::at(None, Stat::default(), 0, limits, now)
    }

    /// A file from its first byte on.
    pub(super) fn new(file: File, stat: Stat, limits: Limits, now: Duration) -> Self {
        Self::at(Some(file), stat, 0, limits, now)
    }

    fn at(file: Option<File>, stat: Stat, offset: u64, limits: Limits, now: Duration) -> Self {
        Self {
            without_file: file.is_none(),
            front: Vec::new(),
            borrowed: false,
            file,
            stat,
            changed_at: now,
            grown_at: now,
            leading_fragment: None,
            unsupported: false,
            repeated_to: 0,
            head: Vec::new(),
            cutter: Chunker::new(PushReader::default(), offset, limits),
            limits,
            told: Emitter { serial: SERIAL.fetch_add(1, Ordering::Relaxed), ..Emitter::default() },
        }
    }

    /// A file from `offset` on: the first record that starts there or behind is the first one wanted.
    pub(super) fn from(file: File, stat: Stat, offset: u64, limits: Limits, now: Duration) -> io::Result<Self> {
        if offset == 0 {
            return Ok(Self::new(file, stat, limits, now));
        }
        // One byte early, so that the line break before a record start is seen.
        let offset = offset - 1;
        let head = filesystem::read_some(&file, 0, FINGERPRINT_BYTES)?;
        let lines = count_lines(&file, offset)?;
        let trail = filesystem::read_some(
            &file,
            offset.saturating_sub(FINGERPRINT_BYTES as u64),
            FINGERPRINT_BYTES.min(to_usize(offset)),
        )?;
        let mut stream = Self::at(Some(file), stat, offset, limits, now);
        // Nothing is there yet: this only says what to do with what comes.
        let _ = stream.cutter.skip_to_start();
        stream.head = head;
        (stream.told.lines, stream.told.trail) = (lines, trail);
        Ok(stream)
    }

    /// A file in which an earlier run, or an earlier name of it, stood at `mark`.
    pub(super) fn resume(file: File, stat: Stat, mark: &Checkpoint, limits: Limits, now: Duration) -> io::Result<Self> {
        let offset = mark.at.unwrap_or(stat.len);
        let lines = match mark.lines {
            Some(lines) => lines,
            None => count_lines(&file, offset)?,
        };
        let head = filesystem::read_some(&file, 0, to_usize(mark.head.len))?;
        let trail = filesystem::read_some(&file, offset - mark.trail.len.min(offset), to_usize(mark.trail.len))?;
        let mut stream = Self::at(Some(file), stat, offset, limits, now);
        stream.head = head;
        (stream.told.lines, stream.told.trail) = (lines, trail);
        stream.told.open.extend(&mark.open);
        Ok(stream)
    }

    /// The same for text that comes without a file.
    pub(super) fn resume_loose(
        mark: &Checkpoint,
        head: Vec<u8>,
        trail: Vec<u8>,
        limits: Limits,
        now: Duration,
    ) -> Self {
        let mut stream = Self::at(None, Stat::default(), mark.at.unwrap_or(0), limits, now);
        stream.head = head;
        (stream.told.lines, stream.told.trail) = (mark.lines.unwrap_or(0), trail);
        stream.told.open.extend(&mark.open);
        stream
    }

    /// Where it stands.
    pub(super) fn mark(&self) -> Checkpoint {
        Checkpoint {
            device: self.stat.id.device,
            inode: self.stat.id.inode,
            len: self.stat.len.max(self.read_to()),
            head: Fingerprint::of(&self.head),
            // What was fed from the next generation is no place in this one.
            at: (!self.borrowed || self.is_open()).then(|| self.cutter.offset()),
            trail: Fingerprint::of(&self.told.trail),
            lines: Some(self.told.lines),
            open: self.told.open.iter().copied().collect(),
            handed: self.cutter.offset() + self.told.flushed as u64,
        }
    }

    /// Bytes read so far.
    pub(super) fn read_to(&self) -> u64 {
        self.cutter.read_to() + self.leading_fragment.as_ref().map_or(0, Vec::len) as u64
    }

    /// A record has begun and may go on in the next generation.
    pub(super) fn is_open(&self) -> bool {
        !self.cutter.pending().is_empty() || self.cutter.is_skipping()
    }

    /// The last line has no end yet.
    pub(super) fn is_torn(&self) -> bool {
        self.cutter.pending().last().is_some_and(|last| *last != b'\n')
    }

    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Nothing was read of the file, and it is another generation's now.
    pub(super) fn forget(&mut self) {
        self.file = None;
        self.stat = Stat::default();
        self.head.clear();
    }

    /// True when the file's first bytes, as many of them as `head` has, are the ones known.
    pub(super) fn is_cut_back_to(&self, head: &[u8]) -> bool {
        let common = head.len().min(self.head.len());
        common as u64 >= MIN_FINGERPRINT_BYTES && head[..common] == self.head[..common]
    }

    /// The last bytes before [`Stream::read_to`], as far as they are known.
    fn last_read(&self) -> Vec<u8> {
        let mut last = self.told.trail.clone();
        keep_last(&mut last, self.cutter.pending());
        if let Some(lead) = &self.leading_fragment {
            keep_last(&mut last, lead);
        }
        last
    }

    /// True when what was read is still in the file.
    pub(super) fn unchanged(&mut self) -> io::Result<bool> {
        let Some(file) = &self.file else { return Ok(true) };
        let head = filesystem::read_some(file, 0, FINGERPRINT_BYTES)?;
        if !head.starts_with(&self.head) {
            return Ok(false);
        }
        let last = self.last_read();
        let from = self.read_to().saturating_sub(last.len() as u64);
        if filesystem::read_some(file, from, last.len())? != last {
            return Ok(false);
        }
        if head.len() > self.head.len() {
            self.head = head;
        }
        Ok(true)
    }

    /// The bytes of `copy` before [`Stream::read_to`], as it gives them, are the ones read here.
    pub(super) fn is_in_copy(&self, head: &[u8], before: impl FnOnce(u64, usize) -> io::Result<Vec<u8>>) -> bool {
        let last = self.last_read();
        head.starts_with(&self.head)
            && self.head.len() as u64 >= MIN_FINGERPRINT_BYTES
            && before(self.read_to(), last.len()).is_ok_and(|found| found == last)
    }

    /// Reads the next block.
    pub(super) fn read(&mut self, block: &mut [u8]) -> io::Result<ReadOutcome> {
        let Some(file) = self.file.as_ref().filter(|_| !self.unsupported) else { return Ok(ReadOutcome::End) };
        let at = self.read_to();
        let n = filesystem::read_at(file, block, at)?;
        if n == 0 {
            return Ok(ReadOutcome::End);
        }
        if at == 0 && n < MARK.len() && MARK.starts_with(&block[..n]) {
            // Perhaps the front of a byte order mark.
            return Ok(ReadOutcome::End);
        }
        let end = at + n as u64;
        let zeros = block[..n].iter().take_while(|b| **b == 0).count();
        let data = if zeros == n { filesystem::data_from(file, at).unwrap_or(end).max(end) } else { at + zeros as u64 };
        if !self.unchanged()? {
            return Ok(ReadOutcome::Rewritten { to: end });
        }
        // A few zeros are the engine's business: they end a line.
        Ok(if zeros >= MIN_HOLE_BYTES { ReadOutcome::Hole { to: data } } else { ReadOutcome::Bytes(n) })
    }

    /// Remembers the first bytes of text that has no file to look them up in.
    pub(super) fn see(&mut self, bytes: &[u8]) {
        if self.without_file && self.read_to() == self.head.len() as u64 {
            let more = bytes.len().min(FINGERPRINT_BYTES - self.head.len());
            self.head.extend_from_slice(&bytes[..more]);
        }
    }

    /// Takes the file's first bytes, and tells what they are when they are no text that can be followed.
    pub(super) fn sniff(&mut self, bytes: &[u8]) -> Option<&'static str> {
        if self.read_to() > 0 {
            return None;
        }
        let what = match bytes {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16 text cannot be followed: use `oauthsift scan`",
            [0x1f, 0x8b, ..] | [b'P', b'K', 3, 4, ..] => "compressed files cannot be followed: use `oauthsift scan`",
            _ => return None,
        };
        self.unsupported = true;
        Some(what)
    }

    /// Passes over everything up to `to`: a hole.
    pub(super) fn skip_hole(&mut self, source: &str, to: u64, out: &mut dyn Listener) -> ControlFlow<()> {
        self.finish(source, false, out)?;
        self.cutter = Chunker::new(PushReader::default(), to, self.limits);
        self.told.trail.clear();
        self.told.flushed = 0;
        ControlFlow::Continue(())
    }

    /// Takes bytes and hands the records on that they end.
    pub(super) fn feed(&mut self, source: &str, bytes: &[u8], out: &mut dyn Listener) -> ControlFlow<()> {
        let front;
        let mut bytes = bytes;
        if self.without_file && self.read_to() == 0 {
            self.front.extend_from_slice(bytes);
            if self.front.len() < MARK.len() && MARK.starts_with(&self.front) {
                return ControlFlow::Continue(());
            }
            front = std::mem::take(&mut self.front);
            bytes = &front;
        }
        if self.read_to() == 0 && bytes.starts_with(MARK) {
            bytes = &bytes[MARK.len()..];
            self.cutter = Chunker::new(PushReader::default(), MARK.len() as u64, self.limits);
        }
        let inlet = self.cutter.reader_mut();
        inlet.bytes.clear();
        inlet.bytes.extend_from_slice(bytes);
        inlet.at = 0;
        self.emit(source, Completeness::FINAL, out)
    }

    /// Its last record goes on in the next generation: takes the file away, for a stream of its own
    /// that reads what is still written to it.
    pub(super) fn split_late_writes(&mut self, now: Duration) -> Option<Self> {
        if std::mem::replace(&mut self.borrowed, true) {
            return None;
        }
        let file = self.file.take()?;
        let mut rest = Self::at(Some(file), self.stat, self.read_to(), self.limits, now);
        rest.head.clone_from(&self.head);
        rest.told.trail = self.last_read();
        rest.told.lines = self.told.lines + count_newlines(self.cutter.pending());
        Some(rest)
    }

    /// Takes bytes of its own that were handed on as the end of the generation before.
    pub(super) fn yield_prefix(&mut self, bytes: &[u8]) {
        self.told.lines += count_newlines(bytes);
        keep_last(&mut self.told.trail, bytes);
        let offset = self.cutter.offset() + bytes.len() as u64;
        self.cutter = Chunker::new(PushReader::default(), offset, self.limits);
    }

    /// Hands on what is taken as complete after a time without growth. A line without its end is
    /// waited for longer, and for ever when it was `cut`.
    pub(super) fn quiet(
        &mut self,
        source: &str,
        now: Duration,
        quiet: Duration,
        cut: bool,
        out: &mut dyn Listener,
    ) -> ControlFlow<()> {
        let still = now.saturating_sub(self.grown_at);
        if still < quiet {
            return ControlFlow::Continue(());
        }
        if cut {
            self.flush_whole_lines(source, out)
        } else if still >= quiet * TORN_RECORD_GRACE {
            self.flush(source, out)
        } else {
            self.flush_decided(source, out)
        }
    }

    /// Hands on the records that may still go on, but for one that ends within a line.
    pub(super) fn flush_decided(&mut self, source: &str, out: &mut dyn Listener) -> ControlFlow<()> {
        let pending = self.cutter.pending();
        let line = memrchr2(b'\n', 0, pending).map_or(0, |i| i + 1);
        if line == pending.len() || start::is_start(&pending[line..]) {
            self.flush_whole_lines(source, out)
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Hands on the records that may still go on, as they are now.
    pub(super) fn flush(&mut self, source: &str, out: &mut dyn Listener) -> ControlFlow<()> {
        self.flush_to(self.cutter.pending().len(), source, out)
    }

    /// The same without a last line that has no end.
    pub(super) fn flush_whole_lines(&mut self, source: &str, out: &mut dyn Listener) -> ControlFlow<()> {
        let end = memrchr2(b'\n', 0, self.cutter.pending()).map_or(0, |i| i + 1);
        self.flush_to(end, source, out)
    }

    fn flush_to(&mut self, end: usize, source: &str, out: &mut dyn Listener) -> ControlFlow<()> {
        let pending = &self.cutter.pending()[..end];
        if pending.len() <= self.told.flushed || self.cutter.is_skipping() {
            return ControlFlow::Continue(());
        }
        let before = std::mem::take(&mut self.told.open);
        let (offset, mut at, mut lines) = (self.cutter.offset(), 0, self.told.lines);
        while at < pending.len() {
            let end = start::next_start(pending, at);
            let bytes = &pending[at..end];
            let start = offset + at as u64;
            let len = trimmed(bytes);
            let again = before.iter().find(|open| open.offset == start).map(|open| continuation(*open, len));
            self.told.open.push_back(OpenRecordMark { offset: start, len });
            let standing = Completeness { open: true, torn: !bytes.ends_with(b"\n"), again };
            let piece = Chunk { offset: start, bytes, kind: ChunkKind::Records };
            let batch = Batch {
                source,
                piece,
                lines,
                origin: origin(&self.head),
                serial: self.told.serial,
                standing,
                repeated: start < self.repeated_to,
            };
            // What is the same as before need not be told before it is final.
            if again != Some(Continuation::Same) {
                out.batch(&batch)?;
            }
            lines += count_newlines(bytes);
            at = end;
        }
        self.told.flushed = pending.len();
        ControlFlow::Continue(())
    }

    /// Hands everything on: no more will come. `cut` says that the end of the last line was lost; what
    /// there is of it is dropped then. Returns how many bytes were.
    pub(super) fn finish(&mut self, source: &str, cut: bool, out: &mut dyn Listener) -> ControlFlow<(), u64> {
        let pending = self.cutter.pending();
        let torn = self.is_torn();
        let mut dropped = 0;
        if cut && torn && !self.cutter.is_skipping() {
            let whole = memrchr2(b'\n', 0, pending).map_or(0, |i| i + 1);
            dropped = (pending.len() - whole) as u64;
            let (offset, whole) = (self.cutter.offset(), pending[..whole].to_vec());
            self.cutter = Chunker::new(PushReader { bytes: whole, at: 0 }, offset, self.limits);
            // Fills the buffer; nothing can be final yet but what was before.
            if self.emit(source, Completeness::FINAL, out).is_break() {
                return ControlFlow::Break(());
            }
        }
        self.cutter.finish();
        let standing = Completeness { torn, ..Completeness::FINAL };
        match self.emit(source, standing, out) {
            ControlFlow::Continue(()) => ControlFlow::Continue(dropped),
            ControlFlow::Break(()) => ControlFlow::Break(()),
        }
    }

    fn emit(&mut self, source: &str, last: Completeness, out: &mut dyn Listener) -> ControlFlow<()> {
        let origin = origin(&self.head);
        while let Ok(Some(piece)) = self.cutter.next() {
            self.told.emit(source, origin, self.repeated_to, piece, last, out)?;
        }
        ControlFlow::Continue(())
    }
}

/// A run of zeros from this length on is a hole.
const MIN_HOLE_BYTES: usize = 4096;
/// UTF-8's byte order mark.
const MARK: &[u8] = &[0xef, 0xbb, 0xbf];
/// A line without its end is waited for so many times longer than a record without its next one.
const TORN_RECORD_GRACE: u32 = 10;

fn to_usize(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// Line breaks before `to`.
fn count_lines(file: &File, to: u64) -> io::Result<u64> {
    let mut block = vec![0; 256 << 10];
    let (mut at, mut lines) = (0, 0);
    while at < to {
        let most = block.len().min(to_usize(to - at));
        let n = filesystem::read_at(file, &mut block[..most], at)?;
        if n == 0 {
            break;
        }
        lines += count_newlines(&block[..n]);
        at += n as u64;
    }
    Ok(lines)
}
