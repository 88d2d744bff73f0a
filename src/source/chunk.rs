//! Cutting a stream of bytes into chunks of whole records.
//!
//! The cutter fills a buffer, hands out everything up to the last record start in it, and carries
//! the unfinished rest over. Where it cuts depends on the bytes alone: whatever the size of the
//! reads, the same records come out.

use std::io::{self, Read};

use memchr::memrchr2;

use crate::record::boundary;

/// Sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes asked for in one read.
    pub block: usize,
    /// The longest record; a longer one is closed there.
    pub record: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { block: 1 << 20, record: 1 << 20 }
    }
}

/// Some bytes of a source, in order and without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'b> {
    /// Byte offset in the source.
    pub offset: u64,
    /// The bytes.
    pub bytes: &'b [u8],
    /// What they are.
    pub kind: PieceKind,
}

/// What a piece holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// Whole records.
    Records,
    /// Whole records, but for the last, which starts at `record` and was closed at the size limit.
    Closed {
        /// Byte offset of the record that is too long.
        record: u64,
    },
    /// The tail of a record that was closed; not to be scanned.
    Skipped,
}

/// How far back a record that is closed is cut at a blank, so that no word is cut in two.
const BLANK_WITHIN: usize = 4096;

/// Cuts a reader's bytes.
#[derive(Debug)]
pub struct Cutter<R> {
    reader: R,
    limits: Limits,
    buffer: Vec<u8>,
    /// The bytes not yet handed out are `buffer[start..filled]`.
    start: usize,
    filled: usize,
    offset: u64,
    ended: bool,
    skipping: bool,
}

impl<R: Read> Cutter<R> {
    /// A cutter over `reader`, whose first byte stands at `offset` of its source.
    pub fn new(reader: R, offset: u64, limits: Limits) -> Self {
        let limits = Limits { block: limits.block.max(1), record: limits.record.max(64) };
        Self { reader, limits, buffer: Vec::new(), start: 0, filled: 0, offset, ended: false, skipping: false }
    }

    /// The next piece, `None` at the end of the source.
    ///
    /// # Errors
    /// The reader's own. What was handed out before stays valid; the bytes of the unfinished record
    /// can still be had by [`Cutter::finish`].
    pub fn next(&mut self) -> io::Result<Option<Piece<'_>>> {
        loop {
            if let Some((len, kind)) = self.cut() {
                return Ok(Some(self.hand_out(len, kind)));
            }
            if self.ended {
                return Ok(None);
            }
            self.fill()?;
        }
    }

    /// Treats what is in the buffer as all there is: for a reader that failed.
    pub fn finish(&mut self) {
        self.ended = true;
    }

    /// The offset up to which bytes were read.
    #[must_use]
    pub fn read_to(&self) -> u64 {
        self.offset + (self.filled - self.start) as u64
    }

    fn hand_out(&mut self, len: usize, kind: PieceKind) -> Piece<'_> {
        let (start, offset) = (self.start, self.offset);
        self.start += len;
        self.offset += len as u64;
        Piece { offset, bytes: &self.buffer[start..start + len], kind }
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.start = 0;
        }
        if self.buffer.len() < self.filled + self.limits.block {
            self.buffer.resize(self.filled + self.limits.block, 0);
        }
        loop {
            let room = self.filled..self.filled + self.limits.block;
            match self.reader.read(&mut self.buffer[room]) {
                Ok(0) => self.ended = true,
                Ok(n) => self.filled += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }

    /// Length and kind of the piece at the front of the buffer; `None` when more bytes are needed.
    fn cut(&mut self) -> Option<(usize, PieceKind)> {
        let data = &self.buffer[self.start..self.filled];
        if data.is_empty() {
            return None;
        }
        if self.skipping {
            return self.cut_skipped();
        }
        // Lines whose start cannot be judged yet stay for the next round.
        let known = if self.ended { data.len() } else { judged(data) };
        let whole = if self.ended { data.len() } else { boundary::last(data, 0, data.len()).unwrap_or(0) };
        if let Some(record) = self.too_long(data, whole, known) {
            let len = self.close_at(data, record);
            let kind = PieceKind::Closed { record: self.offset + record as u64 };
            // Text that no header starts goes on as the next record; nothing of it is passed over.
            self.skipping = boundary::is_start(&data[record..]);
            return Some((len, kind));
        }
        (whole > 0).then_some((whole, PieceKind::Records))
    }

    /// The first record of `data[..whole]`, or the unfinished one behind, that is too long.
    fn too_long(&self, data: &[u8], whole: usize, known: usize) -> Option<usize> {
        let most = self.limits.record;
        let mut at = 0;
        while at < whole && whole - at > most {
            match boundary::last(data, at, (at + most + 1).min(data.len())) {
                Some(next) => at = next,
                None => return Some(at),
            }
        }
        (whole == 0 && known > most).then_some(0)
    }

    /// Where a record that is too long is closed: at the limit, or at a blank shortly before it.
    fn close_at(&self, data: &[u8], record: usize) -> usize {
        let limit = record + self.limits.record;
        let from = limit.saturating_sub(BLANK_WITHIN).max(record + self.limits.record / 2);
        memrchr2(b'\n', b' ', &data[from..limit]).map_or(limit, |i| from + i + 1)
    }

    fn cut_skipped(&mut self) -> Option<(usize, PieceKind)> {
        let data = &self.buffer[self.start..self.filled];
        let known = if self.ended { data.len() } else { judged(data) };
        let next = boundary::next(&data[..known], 0);
        if next < known {
            self.skipping = false;
            return Some((next, PieceKind::Skipped));
        }
        if self.ended {
            return Some((data.len(), PieceKind::Skipped));
        }
        // The line break before an unjudged line stays with it, for `next` looks behind line breaks.
        let done = known.saturating_sub(1);
        (done > 0).then_some((done, PieceKind::Skipped))
    }
}

/// How many bytes of `data` hold lines that can be judged now.
fn judged(data: &[u8]) -> usize {
    let line = memrchr2(b'\n', 0, data).map_or(0, |i| i + 1);
    if boundary::decidable(&data[line..]) { data.len() } else { line }
}

#[cfg(test)]
mod tests;
