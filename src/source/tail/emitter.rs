//! Handing records on: what is final, what may still go on, and what was handed on before.

use std::{collections::VecDeque, ops::ControlFlow};

use memchr::{memchr, memrchr2};

use super::{
    Batch, Completeness, Continuation, Listener,
    checkpoint::OpenRecordMark,
    fingerprint::{hash, keep_last},
};
use crate::{
    record::start,
    search::count_newlines,
    source::{Chunk, ChunkKind},
};

/// What was handed on.
#[derive(Debug, Default)]
pub(super) struct Emitter {
    /// Which stream's.
    pub(super) serial: u64,
    /// Line breaks before the cutter's offset.
    pub(super) lines: u64,
    /// The last bytes before the cutter's offset.
    pub(super) trail: Vec<u8>,
    /// Records at the cutter's offset that were handed on by quiet.
    pub(super) open: VecDeque<OpenRecordMark>,
    /// Bytes at the cutter's offset that were handed on by quiet.
    pub(super) flushed: usize,
}

impl Emitter {
    /// Hands a final piece on; records that were handed on by quiet come by themselves.
    pub(super) fn emit(
        &mut self,
        source: &str,
        origin: u64,
        repeated_to: u64,
        piece: Chunk<'_>,
        last: Completeness,
        out: &mut dyn Listener,
    ) -> ControlFlow<()> {
        let Chunk { mut offset, mut bytes, kind } = piece;
        let end = offset + bytes.len() as u64;
        self.flushed = 0;
        while !bytes.is_empty() {
            let open = self.open.front().filter(|open| open.offset == offset && kind != ChunkKind::Skipped).copied();
            let len = match open {
                Some(_) => start::next_start(bytes, 0),
                None if last.torn => last_record(bytes),
                None => bytes.len(),
            };
            let (part, rest) = bytes.split_at(len);
            if open.is_some() {
                self.open.pop_front();
            }
            let torn = last.torn && rest.is_empty() && kind != ChunkKind::Skipped;
            let kind = if rest.is_empty() || kind == ChunkKind::Skipped { kind } else { ChunkKind::Records };
            let batch = Batch {
                source,
                piece: Chunk { offset, bytes: part, kind },
                lines: self.lines,
                origin,
                serial: self.serial,
                standing: Completeness { open: false, torn, again: open.map(|open| continuation(open, trimmed(part))) },
                repeated: offset < repeated_to,
            };
            out.batch(&batch)?;
            self.lines += count_newlines(part);
            keep_last(&mut self.trail, part);
            offset += len as u64;
            bytes = rest;
        }
        self.open.retain(|open| open.offset >= end);
        ControlFlow::Continue(())
    }
}

/// Where the last record of `bytes` starts, or the whole length when it is the only one.
fn last_record(bytes: &[u8]) -> usize {
    let line = memrchr2(b'\n', 0, bytes).map_or(0, |i| i + 1);
    let start =
        if start::is_start(&bytes[line..]) { line } else { start::last_start(bytes, 0, bytes.len()).unwrap_or(0) };
    if start == 0 { bytes.len() } else { start }
}

pub(super) fn continuation(open: OpenRecordMark, len: u64) -> Continuation {
    if len <= open.len { Continuation::Same } else { Continuation::More }
}

/// What tells one file from another in the ids of findings: its first line.
pub(super) fn origin(head: &[u8]) -> u64 {
    let line = &head[..memchr(b'\n', head).unwrap_or(head.len())];
    hash(line.strip_suffix(b"\r").unwrap_or(line))
}

pub(super) fn trimmed(bytes: &[u8]) -> u64 {
    bytes.trim_ascii_end().len() as u64
}
