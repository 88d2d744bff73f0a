//! Passing records on: what is final, what may still continue, and what was passed on before.

use std::{collections::VecDeque, ops::ControlFlow};

use memchr::{memchr, memrchr2};

use super::{
    batch::{Batch, Completeness, Continuation, Listener},
    checkpoint::OpenRecordMark,
    fingerprint::{hash, keep_last},
};
use crate::{
    record::start,
    search::count_newlines,
    source::{Chunk, ChunkKind},
};

/// What was passed on of one generation.
#[derive(Debug, Default)]
pub(super) struct Emitter {
    /// The number of the generation.
    pub(super) serial: u64,
    /// Line breaks before the chunker's offset.
    pub(super) lines: u64,
    /// The last bytes before the chunker's offset.
    pub(super) last_bytes: Vec<u8>,
    /// Records from the chunker's offset on that were passed on because the log did not grow.
    pub(super) open_records: VecDeque<OpenRecordMark>,
    /// Bytes of these records.
    pub(super) flushed_bytes: usize,
}

impl Emitter {
    /// Passes a final chunk on. Records that were passed on before are batches of their own.
    pub(super) fn emit(
        &mut self,
        source: &str,
        origin: u64,
        repeated_to: u64,
        chunk: Chunk<'_>,
        last: Completeness,
        out: &mut dyn Listener,
    ) -> ControlFlow<()> {
        let Chunk { mut offset, mut bytes, kind } = chunk;
        let end = offset + bytes.len() as u64;
        self.flushed_bytes = 0;
        while !bytes.is_empty() {
            let is_next = |open: &&OpenRecordMark| open.offset == offset && kind != ChunkKind::Skipped;
            let open = self.open_records.front().filter(is_next).copied();
            let len = match open {
                Some(_) => start::next_start(bytes, 0),
                None if last.torn => last_record_start(bytes),
                None => bytes.len(),
            };
            let (part, rest) = bytes.split_at(len);
            if open.is_some() {
                self.open_records.pop_front();
            }
            let torn = last.torn && rest.is_empty() && kind != ChunkKind::Skipped;
            let kind = if rest.is_empty() || kind == ChunkKind::Skipped { kind } else { ChunkKind::Records };
            let continuation = open.map(|open| continuation(open, trimmed_len(part)));
            let batch = Batch {
                source,
                chunk: Chunk { offset, bytes: part, kind },
                lines: self.lines,
                origin,
                serial: self.serial,
                completeness: Completeness { open: false, torn, continuation },
                repeated: offset < repeated_to,
            };
            out.batch(&batch)?;
            self.lines += count_newlines(part);
            keep_last(&mut self.last_bytes, part);
            offset += len as u64;
            bytes = rest;
        }
        self.open_records.retain(|open| open.offset >= end);
        ControlFlow::Continue(())
    }
}

/// Where the last record of `bytes` starts, or the whole length when it is the only one.
fn last_record_start(bytes: &[u8]) -> usize {
    let line = memrchr2(b'\n', 0, bytes).map_or(0, |i| i + 1);
    let start =
        if start::is_start(&bytes[line..]) { line } else { start::last_start(bytes, 0, bytes.len()).unwrap_or(0) };
    if start == 0 { bytes.len() } else { start }
}

/// How an open record has continued that is `len` bytes long now.
pub(super) fn continuation(open: OpenRecordMark, len: u64) -> Continuation {
    if len <= open.len { Continuation::Same } else { Continuation::More }
}

/// Tells one file from another in the ids of findings: a hash of its first line.
pub(super) fn origin(head: &[u8]) -> u64 {
    let line = &head[..memchr(b'\n', head).unwrap_or(head.len())];
    hash(line.strip_suffix(b"\r").unwrap_or(line))
}

/// Length without white space at the end.
pub(super) fn trimmed_len(bytes: &[u8]) -> u64 {
    bytes.trim_ascii_end().len() as u64
}
