//! Cutting a stream of bytes into chunks of whole records.
//!
//! The cutter fills a buffer, hands out everything up to the last record start in it, and carries
//! the unfinished rest over. Where it cuts depends on the bytes alone: whatever the size of the
//! reads, the same records come out.

use std::io::{self, Read};

use memchr::memrchr2;

use crate::record::start;

/// Sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes asked for in one read.
    pub read_size: usize,
    /// The longest record; a longer one is closed there.
    pub max_record: usize,
    /// Bytes of a file that one thread scans before it takes the next; by default what fits the work.
    pub range_size: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        // A block, and what was left of the one before, stay in a core's own cache.
        Self { read_size: 256 << 10, max_record: 1 << 20, range_size: None }
    }
}

/// Some bytes of a source, in order and without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk<'b> {
    /// Byte offset in the source.
    pub offset: u64,
    /// The bytes.
    pub bytes: &'b [u8],
    /// What they are.
    pub kind: ChunkKind,
}

/// What a piece holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkKind {
    /// Whole records.
    Records,
    /// Whole records, but for the last, which starts at `record` and was closed at the size limit.
    Truncated {
        /// Byte offset of the record that is too long.
        record: u64,
    },
    /// The tail of a record that was closed; not to be scanned.
    Skipped,
}

/// How far back a record that is closed is cut at a blank, so that no word is cut in two.
const MAX_BLANK_BYTES: usize = 4096;

/// Cuts a reader's bytes.
#[derive(Debug)]
pub struct Chunker<'b, R> {
    reader: R,
    limits: Limits,
    buffer: Vec<u8>,
    /// All bytes at once, in place of reader and buffer.
    given: Option<&'b [u8]>,
    /// The bytes not yet handed out are `start..filled` of the buffer, or of the given bytes.
    start: usize,
    filled: usize,
    offset: u64,
    /// Records that start here or behind belong to somebody else.
    limit: Option<u64>,
    /// What comes next starts a record.
    at_start: bool,
    ended: bool,
    skipping: bool,
    /// The last record is not handed out: the next part of a rotated log may go on with it.
    keep_last: bool,
}

/// See [`Cutter::take_head`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    len: usize,
    /// No record starts behind it: it is all that the source holds.
    pub open: bool,
}

/// What the front of the buffer is good for.
enum Cut {
    Piece(usize, ChunkKind),
    More,
    End,
}

#[cfg(feature = "mmap")]
impl<'b> Chunker<'b, io::Empty> {
    /// A cutter over bytes that are all there, such as a map: nothing is copied. The first of them
    /// stands at `offset` of its source.
    pub fn from_slice(bytes: &'b [u8], offset: u64, limit: Option<u64>, limits: Limits) -> Self {
        Self {
            given: Some(bytes),
            filled: bytes.len(),
            ended: true,
            ..Self::with_limit(io::empty(), offset, limit, limits)
        }
    }
}

impl<R: Read> Chunker<'_, R> {
    /// A cutter over `reader`, whose first byte stands at `offset` of its source.
    pub fn new(reader: R, offset: u64, limits: Limits) -> Self {
        Self::with_limit(reader, offset, None, limits)
    }

    /// The same for a stretch of a source: records that start at `limit` or behind are not handed
    /// out. The reader must give bytes beyond the limit, for the last record may end there.
    pub fn with_limit(reader: R, offset: u64, limit: Option<u64>, limits: Limits) -> Self {
        let limits = Limits { read_size: limits.read_size.max(1), max_record: limits.max_record.max(64), ..limits };
        Self {
            reader,
            limits,
            buffer: Vec::new(),
            given: None,
            start: 0,
            filled: 0,
            offset,
            limit,
            at_start: false,
            ended: false,
            skipping: false,
            keep_last: false,
        }
    }

    /// The same with a buffer that served before: a fresh one for each stretch costs more than the scan.
    #[must_use]
    pub fn with_buffer(self, buffer: Vec<u8>) -> Self {
        Self { buffer, ..self }
    }

    /// Gives the buffer back.
    #[must_use]
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    /// The same, but the record that the end of the source breaks off is not handed out: see
    /// [`Cutter::broken_off`].
    #[must_use]
    pub fn retain_last(self, yes: bool) -> Self {
        Self { keep_last: yes, ..self }
    }

    /// Takes everything before the first record start: what goes on with a record of another source.
    /// `None` when that is longer than a record may be; such text stands for itself, and is still
    /// to come.
    ///
    /// # Errors
    /// The reader's own.
    pub fn take_leading_fragment(&mut self) -> io::Result<Option<Head>> {
        let mut looked = 0;
        loop {
            let data = self.pending();
            let ended = self.ended && !self.keep_last;
            let known = if ended { data.len() } else { judged(data) };
            let starts = || start::is_start(data) && !start::may_continue_header(data);
            if looked == 0 && (ended || start::is_decidable(data)) && starts() {
                self.at_start = true;
                return Ok(Some(Head { len: 0, open: false }));
            }
            if known > looked {
                let next = start::next_start(&data[..known], looked);
                if next < known {
                    self.at_start = true;
                    return Ok(Some(Head { len: next, open: false }));
                }
                // The line break before an unjudged line stays with it.
                looked = known - 1;
            }
            if data.len() > self.limits.max_record {
                return Ok(None);
            }
            if self.ended {
                return Ok(Some(Head { len: data.len(), open: true }));
            }
            self.fill()?;
        }
    }

    /// Hands out what [`Cutter::take_head`] has found.
    pub fn head(&mut self, head: Head) -> &[u8] {
        let start = self.start;
        self.consume(head.len);
        &bytes(self.given, &self.buffer)[start..start + head.len]
    }

    /// After the last piece: the record that the end of the source breaks off, when it was to be
    /// kept and starts in this stretch.
    #[must_use]
    pub fn trailing_fragment(&self) -> Option<&[u8]> {
        let another = self.at_start && self.limit.is_some_and(|limit| self.offset >= limit);
        (self.keep_last && self.ended && !another).then(|| self.pending())
    }

    /// Passes over everything before the first record start. The stretch before has these bytes.
    ///
    /// # Errors
    /// The reader's own.
    pub fn skip_to_start(&mut self) -> io::Result<()> {
        self.skipping = true;
        while self.skipping {
            match self.cut() {
                Cut::Piece(len, _) => {
                    self.consume(len);
                }
                Cut::End => return Ok(()),
                Cut::More if self.ended => return Ok(()),
                Cut::More => self.fill()?,
            }
            // No record starts within the stretch.
            if self.skipping && self.limit.is_some_and(|limit| self.offset >= limit) {
                self.finish();
                self.start = self.filled;
                return Ok(());
            }
        }
        Ok(())
    }

    /// The next piece, `None` at the end of the source or stretch.
    ///
    /// # Errors
    /// The reader's own. What was handed out before stays valid; the bytes of the unfinished record
    /// can still be had after [`Cutter::finish`].
    pub fn next(&mut self) -> io::Result<Option<Chunk<'_>>> {
        loop {
            match self.cut() {
                Cut::Piece(len, kind) => {
                    let (start, offset) = (self.start, self.offset);
                    self.consume(len);
                    let bytes = &bytes(self.given, &self.buffer)[start..start + len];
                    return Ok(Some(Chunk { offset, bytes, kind }));
                }
                Cut::End => return Ok(None),
                Cut::More if self.ended => return Ok(None),
                Cut::More => self.fill()?,
            }
        }
    }

    /// Treats what is in the buffer as all there is: for a reader that failed.
    pub fn finish(&mut self) {
        self.ended = true;
    }

    /// The bytes that were read and not yet handed out: the last record, as far as it is known.
    #[must_use]
    pub fn pending(&self) -> &[u8] {
        &bytes(self.given, &self.buffer)[self.start..self.filled]
    }

    /// The offset of the first byte not yet handed out.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// True within the tail of a record that was closed at the size limit.
    #[must_use]
    pub fn is_skipping(&self) -> bool {
        self.skipping
    }

    /// The reader. One that fails with `WouldBlock` may be given more and asked again.
    pub fn reader_mut(&mut self) -> &mut R {
        &mut self.reader
    }

    /// The offset up to which bytes were read.
    #[must_use]
    pub fn read_to(&self) -> u64 {
        self.offset + (self.filled - self.start) as u64
    }

    fn consume(&mut self, len: usize) {
        self.start += len;
        self.offset += len as u64;
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.start = 0;
        }
        if self.buffer.len() < self.filled + self.limits.read_size {
            self.buffer.resize(self.filled + self.limits.read_size, 0);
        }
        loop {
            let room = self.filled..self.filled + self.limits.read_size;
            match self.reader.read(&mut self.buffer[room]) {
                Ok(0) => self.ended = true,
                Ok(n) => self.filled += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }

    /// Length and kind of the piece at the front of the buffer.
    fn cut(&mut self) -> Cut {
        let data = &bytes(self.given, &self.buffer)[self.start..self.filled];
        if self.at_start && self.limit.is_some_and(|limit| self.offset >= limit) {
            return Cut::End;
        }
        if data.is_empty() {
            return Cut::More;
        }
        if self.skipping {
            return self.cut_skipped();
        }
        // Lines whose start cannot be judged yet stay for the next round.
        let ended = self.ended && !self.keep_last;
        let known = if ended { data.len() } else { judged(data) };
        let mut whole = if ended { data.len() } else { start::last_start(data, 0, data.len()).unwrap_or(0) };
        if let Some(behind) = self.first_after_limit(data, known) {
            whole = whole.min(behind);
        }
        if let Some(record) = self.is_too_long(data, whole, known) {
            let len = self.close_at(data, record);
            let kind = ChunkKind::Truncated { record: self.offset + record as u64 };
            // Text that no header starts goes on as the next record; nothing of it is passed over.
            self.skipping = start::is_start(&data[record..]);
            self.at_start = false;
            return Cut::Piece(len, kind);
        }
        if whole == 0 {
            return Cut::More;
        }
        self.at_start = true;
        Cut::Piece(whole, ChunkKind::Records)
    }

    /// The first record start of `data[..known]` that is not ours any more.
    fn first_after_limit(&self, data: &[u8], known: usize) -> Option<usize> {
        let limit = usize::try_from(self.limit?.saturating_sub(self.offset)).ok().filter(|limit| *limit <= known)?;
        let next = start::next_start(&data[..known], limit.saturating_sub(1));
        (next < known).then_some(next)
    }

    /// The first record of `data[..whole]`, or the unfinished one behind, that is too long.
    fn is_too_long(&self, data: &[u8], whole: usize, known: usize) -> Option<usize> {
        let most = self.limits.max_record;
        let mut at = 0;
        while at < whole && whole - at > most {
            match start::last_start(data, at, (at + most + 1).min(data.len())) {
                Some(next) => at = next,
                None => return Some(at),
            }
        }
        (whole == 0 && known > most).then_some(0)
    }

    /// Where a record that is too long is closed: at the limit, or at a blank shortly before it.
    fn close_at(&self, data: &[u8], record: usize) -> usize {
        let limit = record + self.limits.max_record;
        let from = limit.saturating_sub(MAX_BLANK_BYTES).max(record + self.limits.max_record / 2);
        memrchr2(b'\n', b' ', &data[from..limit]).map_or(limit, |i| from + i + 1)
    }

    fn cut_skipped(&mut self) -> Cut {
        let data = &bytes(self.given, &self.buffer)[self.start..self.filled];
        let ended = self.ended && !self.keep_last;
        let known = if ended { data.len() } else { judged(data) };
        let next = start::next_start(&data[..known], 0);
        if next < known {
            self.skipping = false;
            self.at_start = true;
            return Cut::Piece(next, ChunkKind::Skipped);
        }
        if ended {
            return Cut::Piece(data.len(), ChunkKind::Skipped);
        }
        // The line break before an unjudged line stays with it, for `next` looks behind line breaks.
        match known.saturating_sub(1) {
            0 => Cut::More,
            done => Cut::Piece(done, ChunkKind::Skipped),
        }
    }
}

/// Where the bytes are.
fn bytes<'x>(given: Option<&'x [u8]>, buffer: &'x [u8]) -> &'x [u8] {
    given.unwrap_or(buffer)
}

/// How many bytes of `data` hold lines that can be judged now.
fn judged(data: &[u8]) -> usize {
    let line = memrchr2(b'\n', 0, data).map_or(0, |i| i + 1);
    if start::is_decidable(&data[line..]) { data.len() } else { line }
}

#[cfg(test)]
mod tests;
