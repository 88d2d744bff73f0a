//! Handing records on: what is final, what may still go on, and what was handed on before.

use std::{collections::VecDeque, ops::ControlFlow};

use memchr::{memchr, memrchr2};

use super::{
    Again, Batch, Listener, Standing,
    fingerprint::{hash, keep_last},
    mark::Open,
};
use crate::{
    record::boundary,
    search::newlines,
    source::{Piece, PieceKind},
};

/// What was handed on.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Which stream's.
    pub(super) serial: u64,
    /// Line breaks before the cutter's offset.
    pub(super) lines: u64,
    /// The last bytes before the cutter's offset.
    pub(super) trail: Vec<u8>,
    /// Records at the cutter's offset that were handed on by quiet.
    pub(super) open: VecDeque<Open>,
    /// Bytes at the cutter's offset that were handed on by quiet.
    pub(super) flushed: usize,
}

impl Told {
    /// Hands a final piece on; records that were handed on by quiet come by themselves.
    pub(super) fn tell(
        &mut self,
        source: &str,
        origin: u64,
        repeated_to: u64,
        piece: Piece<'_>,
        last: Standing,
        out: &mut dyn Listener,
    ) -> ControlFlow<()> {
        let Piece { mut offset, mut bytes, kind } = piece;
        let end = offset + bytes.len() as u64;
        self.flushed = 0;
        while !bytes.is_empty() {
            let open = self.open.front().filter(|open| open.offset == offset && kind != PieceKind::Skipped).copied();
            let len = match open {
                Some(_) => boundary::next(bytes, 0),
                None if last.torn => last_record(bytes),
                None => bytes.len(),
            };
            let (part, rest) = bytes.split_at(len);
            if open.is_some() {
                self.open.pop_front();
            }
            let torn = last.torn && rest.is_empty() && kind != PieceKind::Skipped;
            let kind = if rest.is_empty() || kind == PieceKind::Skipped { kind } else { PieceKind::Records };
            let batch = Batch {
                source,
                piece: Piece { offset, bytes: part, kind },
                lines: self.lines,
                origin,
                serial: self.serial,
                standing: Standing { open: false, torn, again: open.map(|open| again(open, trimmed(part))) },
                repeated: offset < repeated_to,
            };
            out.batch(&batch)?;
            self.lines += newlines(part);
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
        if boundary::is_start(&bytes[line..]) { line } else { boundary::last(bytes, 0, bytes.len()).unwrap_or(0) };
    if start == 0 { bytes.len() } else { start }
}

pub(super) fn again(open: Open, len: u64) -> Again {
    if len <= open.len { Again::Same } else { Again::More }
}

/// What tells one file from another in the ids of findings: its first line.
pub(super) fn origin(head: &[u8]) -> u64 {
    let line = &head[..memchr(b'\n', head).unwrap_or(head.len())];
    hash(line.strip_suffix(b"\r").unwrap_or(line))
}

pub(super) fn trimmed(bytes: &[u8]) -> u64 {
    bytes.trim_ascii_end().len() as u64
}
