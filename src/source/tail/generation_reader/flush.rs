//! When the last records of a generation are passed on although they may continue, and its end.

use std::{ops::ControlFlow, time::Duration};

use memchr::memrchr2;

use super::{Chunker, Completeness, GenerationReader, Listener, PushReader, origin};
use crate::{
    record::start,
    search::count_newlines,
    source::{
        Chunk, ChunkKind,
        tail::{
            batch::{Batch, Continuation},
            checkpoint::OpenRecordMark,
            emitter::{continuation, trimmed_len},
        },
    },
};

/// A line without a line break is waited for this many times longer than a record without its next one.
const TORN_RECORD_FACTOR: u32 = 10;

impl GenerationReader {
    /// Passes on what is taken as complete after a time without growth. A line without a line break is
    /// waited for longer, and forever when the file was truncated (`cut`).
    pub(in crate::source::tail) fn flush_if_quiet(
        &mut self,
        source: &str,
        now: Duration,
        quiet: Duration,
        cut: bool,
        out: &mut dyn Listener,
    ) -> ControlFlow<()> {
        let unchanged_for = now.saturating_sub(self.grown_at);
        if unchanged_for < quiet {
            return ControlFlow::Continue(());
        }
        if cut {
            self.flush_whole_lines(source, out)
        } else if unchanged_for >= quiet * TORN_RECORD_FACTOR {
            self.flush(source, out)
        } else {
            self.flush_decided(source, out)
        }
    }

    /// Passes on the records that may still continue, unless the last one ends within a line.
    pub(in crate::source::tail) fn flush_decided(&mut self, source: &str, out: &mut dyn Listener) -> ControlFlow<()> {
        let pending = self.chunker.pending();
        let line = memrchr2(b'\n', 0, pending).map_or(0, |i| i + 1);
        if line == pending.len() || start::is_start(&pending[line..]) {
            self.flush_whole_lines(source, out)
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Passes on the records that may still continue, as they are now.
    fn flush(&mut self, source: &str, out: &mut dyn Listener) -> ControlFlow<()> {
        self.flush_to(self.chunker.pending().len(), source, out)
    }

    /// The same without a last line that has no line break.
    pub(in crate::source::tail) fn flush_whole_lines(
        &mut self,
        source: &str,
        out: &mut dyn Listener,
    ) -> ControlFlow<()> {
        let end = memrchr2(b'\n', 0, self.chunker.pending()).map_or(0, |i| i + 1);
        self.flush_to(end, source, out)
    }

    fn flush_to(&mut self, end: usize, source: &str, out: &mut dyn Listener) -> ControlFlow<()> {
        let pending = &self.chunker.pending()[..end];
        if pending.len() <= self.emitter.flushed_bytes || self.chunker.is_skipping() {
            return ControlFlow::Continue(());
        }
        let flushed_before = std::mem::take(&mut self.emitter.open_records);
        let (offset, mut at, mut lines) = (self.chunker.offset(), 0, self.emitter.lines);
        while at < pending.len() {
            let end = start::next_start(pending, at);
            let bytes = &pending[at..end];
            let start = offset + at as u64;
            let len = trimmed_len(bytes);
            let before = flushed_before.iter().find(|open| open.offset == start);
            let continuation = before.map(|open| continuation(*open, len));
            self.emitter.open_records.push_back(OpenRecordMark { offset: start, len });
            let batch = Batch {
                source,
                chunk: Chunk { offset: start, bytes, kind: ChunkKind::Records },
                lines,
                origin: origin(&self.head),
                serial: self.emitter.serial,
                completeness: Completeness { open: true, torn: !bytes.ends_with(b"\n"), continuation },
                repeated: start < self.repeated_to,
            };
            // What is the same as before is passed on again only when it is final.
            if continuation != Some(Continuation::Same) {
                out.batch(&batch)?;
            }
            lines += count_newlines(bytes);
            at = end;
        }
        // An earlier run had passed on more.
        let end = offset + pending.len() as u64;
        self.emitter.open_records.extend(flushed_before.into_iter().filter(|open| open.offset >= end));
        self.emitter.flushed_bytes = pending.len();
        ControlFlow::Continue(())
    }

    /// Passes everything on: no more will come. `cut` says that the end of the last line was lost; then what
    /// there is of that line is dropped. Returns how many bytes were dropped.
    pub(in crate::source::tail) fn finish(
        &mut self,
        source: &str,
        cut: bool,
        out: &mut dyn Listener,
    ) -> ControlFlow<(), u64> {
        let pending = self.chunker.pending();
        let torn = self.is_torn();
        let mut dropped = 0;
        if cut && torn && !self.chunker.is_skipping() {
            let whole_lines = memrchr2(b'\n', 0, pending).map_or(0, |i| i + 1);
            dropped = (pending.len() - whole_lines) as u64;
            let (offset, bytes) = (self.chunker.offset(), pending[..whole_lines].to_vec());
            self.chunker = Chunker::new(PushReader { bytes, at: 0 }, offset, self.limits);
            // Fills the buffer; nothing is final that was not final before.
            if self.emit(source, Completeness::FINAL, out).is_break() {
                return ControlFlow::Break(());
            }
        }
        self.chunker.finish();
        match self.emit(source, Completeness { torn, ..Completeness::FINAL }, out) {
            ControlFlow::Continue(()) => ControlFlow::Continue(dropped),
            ControlFlow::Break(()) => ControlFlow::Break(()),
        }
    }
}
