//! Cutting a stream of bytes into chunks of whole records.
//!
//! The chunker fills a buffer, returns everything up to the last record start in it, and keeps the
//! unfinished rest. Where it cuts depends on the bytes alone: the size of the reads does not change the
//! records.

use std::io;

use memchr::memrchr2;

use super::{
    chunk::{Chunk, ChunkKind},
    hole::SparseRead,
    limits::Limits,
};
use crate::record::start;

mod holes;

/// Maximum distance from the size limit to the space at which a record is truncated, so that no word is
/// cut in two.
const MAX_SPACE_DISTANCE_BYTES: usize = 4096;

/// Cuts the bytes of a reader into chunks.
#[derive(Debug)]
pub(crate) struct Chunker<'b, R> {
    reader: R,
    limits: Limits,
    buffer: Vec<u8>,
    /// The bytes of the source from the first one on, in place of the buffer.
    slice: Option<&'b [u8]>,
    /// The pending bytes are `start..filled` of the buffer or the slice.
    start: usize,
    filled: usize,
    offset: u64,
    /// Records that start here or later belong to the next range.
    limit: Option<u64>,
    /// The next byte starts a record.
    at_start: bool,
    ended: bool,
    skipping: bool,
    /// The chunk before was a truncated record without a header: a hole gives one after the other.
    truncated_text: bool,
    /// The last record is not returned: the next file of a rotated log may continue it.
    retain_last: bool,
}

/// See [`Chunker::find_leading_fragment`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LeadingFragment {
    len: usize,
    /// No record starts after it: the source holds nothing else.
    pub is_all: bool,
}

/// What can be done with the pending bytes.
enum Cut {
    /// The first bytes are a chunk.
    Chunk(usize, ChunkKind),
    /// More bytes are needed.
    More,
    /// The range has ended.
    End,
}

#[cfg(feature = "mmap")]
impl<'b, R: SparseRead> Chunker<'b, R> {
    /// A chunker for a mapped file: nothing is copied. `offset` is that of the first byte in its source,
    /// `holes` says where the file has holes.
    pub(crate) fn from_slice(bytes: &'b [u8], holes: R, offset: u64, limit: Option<u64>, limits: Limits) -> Self {
        Self { slice: Some(bytes), ..Self::with_limit(holes, offset, limit, limits) }
    }
}

impl<R: SparseRead> Chunker<'_, R> {
    /// A chunker for `reader`; `offset` is that of its first byte in its source.
    pub(crate) fn new(reader: R, offset: u64, limits: Limits) -> Self {
        Self::with_limit(reader, offset, None, limits)
    }

    /// The same for a range of a source: records that start at `limit` or later are not returned. The
    /// reader must not end at the limit, because the last record may end after it.
    pub(crate) fn with_limit(reader: R, offset: u64, limit: Option<u64>, limits: Limits) -> Self {
        let limits = Limits { read_bytes: limits.read_bytes.max(1), max_record_bytes: limits.record_bytes(), ..limits };
        Self {
            reader,
            limits,
            buffer: Vec::new(),
            slice: None,
            start: 0,
            filled: 0,
            offset,
            limit,
            at_start: false,
            ended: false,
            skipping: false,
            truncated_text: false,
            retain_last: false,
        }
    }

    /// Sets a buffer that was used before: a new one for each range costs more than the scan.
    #[must_use]
    pub(crate) fn with_buffer(self, buffer: Vec<u8>) -> Self {
        Self { buffer, ..self }
    }

    /// Returns the buffer.
    #[must_use]
    pub(crate) fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    /// Sets whether the last record of the source is kept back: see [`Chunker::trailing_fragment`].
    #[must_use]
    pub(crate) fn retain_last(self, yes: bool) -> Self {
        Self { retain_last: yes, ..self }
    }

    /// Finds everything before the first record start: what continues a record of another source. `None`
    /// when that is longer than a record may be; such text is a separate record, and
    /// [`Chunker::next`] returns it.
    ///
    /// # Errors
    /// The reader's own. The bytes before the error stay pending.
    pub(crate) fn find_leading_fragment(&mut self) -> io::Result<Option<LeadingFragment>> {
        let mut searched = 0;
        let max = self.limits.max_record_bytes;
        loop {
            let data = self.pending();
            let ended = self.ended && !self.retain_last;
            let decided = if ended { data.len() } else { start::decided_len(data) };
            let starts = || start::is_start(data) && !start::may_continue_header(data);
            if searched == 0 && (ended || start::is_decidable(data)) && starts() {
                self.at_start = true;
                return Ok(Some(LeadingFragment { len: 0, is_all: false }));
            }
            if decided > searched {
                let next = start::next_start(&data[..decided], searched);
                // Whatever the size of the reads, a start beyond the limit is not found here.
                if decided > max && next > max {
                    return Ok(None);
                }
                if next < decided {
                    self.at_start = true;
                    return Ok(Some(LeadingFragment { len: next, is_all: false }));
                }
                // The line break before an undecided line stays with it.
                searched = decided - 1;
            }
            if self.ended {
                return Ok(Some(LeadingFragment { len: data.len(), is_all: true }));
            }
            self.fill()?;
        }
    }

    /// Takes what [`Chunker::find_leading_fragment`] has found.
    pub(crate) fn take_leading_fragment(&mut self, fragment: LeadingFragment) -> &[u8] {
        let start = self.start;
        self.consume(fragment.len);
        &bytes(self.slice, &self.buffer)[start..start + fragment.len]
    }

    /// After the last chunk: the last record of the source, when it was to be kept back and starts in
    /// this range.
    #[must_use]
    pub(crate) fn trailing_fragment(&self) -> Option<&[u8]> {
        let in_next_range = self.at_start && self.limit.is_some_and(|limit| self.offset >= limit);
        (self.retain_last && self.ended && !in_next_range).then(|| self.pending())
    }

    /// Skips everything before the first record start. These bytes belong to the range before.
    ///
    /// # Errors
    /// The reader's own. The chunker is still skipping then.
    pub(crate) fn skip_to_start(&mut self) -> io::Result<()> {
        self.skipping = true;
        if self.pending().is_empty() {
            // The last zero ends the line before a record that starts after it.
            self.advance_in_hole(self.zeros_ahead().saturating_sub(1));
        }
        while self.skipping {
            match self.cut() {
                Cut::Chunk(len, _) => {
                    self.consume(len);
                }
                Cut::End => return Ok(()),
                Cut::More if self.ended => return Ok(()),
                Cut::More => {
                    self.skip_hole();
                    self.fill()?;
                }
            }
            // No record starts within the range.
            if self.skipping && self.limit.is_some_and(|limit| self.offset >= limit) {
                self.finish();
                self.start = self.filled;
                return Ok(());
            }
        }
        Ok(())
    }

    /// The next chunk; `None` at the end of the source or range.
    ///
    /// # Errors
    /// The reader's own. After [`Chunker::abort`] the bytes before the error are still returned.
    pub(crate) fn next(&mut self) -> io::Result<Option<Chunk<'_>>> {
        if std::mem::take(&mut self.truncated_text)
            && let Some((offset, kind)) = self.skip_hole_records()
        {
            return Ok(Some(Chunk { offset, bytes: &[], kind }));
        }
        loop {
            match self.cut() {
                Cut::Chunk(len, kind) => {
                    let (start, offset) = (self.start, self.offset);
                    self.consume(len);
                    let bytes = &bytes(self.slice, &self.buffer)[start..start + len];
                    return Ok(Some(Chunk { offset, bytes, kind }));
                }
                Cut::End => return Ok(None),
                Cut::More if self.ended => return Ok(None),
                Cut::More => {
                    self.skip_hole();
                    self.fill()?;
                }
            }
        }
    }

    /// Takes the pending bytes as the last ones.
    pub(crate) fn finish(&mut self) {
        self.ended = true;
    }

    /// Takes the pending bytes as the last ones after an error: no other source continues them.
    pub(crate) fn abort(&mut self) {
        self.retain_last = false;
        self.finish();
    }

    /// The bytes that were read and not yet returned: the last record, as far as it was read.
    #[must_use]
    pub(crate) fn pending(&self) -> &[u8] {
        &bytes(self.slice, &self.buffer)[self.start..self.filled]
    }

    /// True when everything was returned and the source has no more: nothing follows.
    #[must_use]
    pub(crate) fn is_at_end(&self) -> bool {
        self.ended && self.pending().is_empty()
    }

    /// The offset of the first pending byte.
    #[must_use]
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// True within the rest of a record that was truncated at the size limit.
    #[must_use]
    pub(crate) fn is_skipping(&self) -> bool {
        self.skipping
    }

    /// True when the next byte starts a record.
    #[must_use]
    pub(crate) fn is_at_start(&self) -> bool {
        self.at_start && !self.skipping
    }

    /// The reader. After [`io::ErrorKind::WouldBlock`] it may be given more bytes.
    pub(crate) fn reader_mut(&mut self) -> &mut R {
        &mut self.reader
    }

    /// The offset up to which bytes were read.
    #[must_use]
    pub(crate) fn read_to(&self) -> u64 {
        self.offset + (self.filled - self.start) as u64
    }

    fn consume(&mut self, len: usize) {
        self.start += len;
        self.offset += len as u64;
    }

    fn fill(&mut self) -> io::Result<()> {
        if let Some(slice) = self.slice {
            self.ended = self.filled == slice.len();
            self.filled = slice.len().min(self.filled + self.limits.read_bytes);
            return Ok(());
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.start = 0;
        }
        if self.buffer.len() < self.filled + self.limits.read_bytes {
            self.buffer.resize(self.filled + self.limits.read_bytes, 0);
        }
        loop {
            let free = self.filled..self.filled + self.limits.read_bytes;
            match self.reader.read(&mut self.buffer[free]) {
                Ok(0) => self.ended = true,
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }

    /// Length and kind of the chunk at the start of the pending bytes.
    fn cut(&mut self) -> Cut {
        let data = &bytes(self.slice, &self.buffer)[self.start..self.filled];
        if self.at_start && self.limit.is_some_and(|limit| self.offset >= limit) {
            return Cut::End;
        }
        if data.is_empty() {
            return Cut::More;
        }
        if self.skipping {
            return self.cut_skipped();
        }
        // Lines of which it is undecided whether they start a record wait for more bytes.
        let ended = self.ended && !self.retain_last;
        let decided = if ended { data.len() } else { start::decided_len(data) };
        let mut whole = if ended { data.len() } else { start::last_start(data, 0, data.len()).unwrap_or(0) };
        if let Some(next_range) = self.first_after_limit(data, decided) {
            whole = whole.min(next_range);
        }
        if let Some(record) = self.too_long_record(data, whole, decided) {
            if record > 0 {
                // It is the first in its chunk: whether its line starts a record could not be seen from what
                // is left of it.
                self.at_start = true;
                return Cut::Chunk(record, ChunkKind::Records);
            }
            let len = self.truncated_len(data);
            // Text without a header continues as the next record; nothing of it is skipped.
            self.skipping = start::is_start(data);
            self.truncated_text = !self.skipping;
            self.at_start = false;
            return Cut::Chunk(len, ChunkKind::Truncated);
        }
        if whole == 0 {
            return Cut::More;
        }
        self.at_start = true;
        Cut::Chunk(whole, ChunkKind::Records)
    }

    /// The first record start of `data[..decided]` that belongs to the next range.
    fn first_after_limit(&self, data: &[u8], decided: usize) -> Option<usize> {
        let limit = usize::try_from(self.limit?.saturating_sub(self.offset)).ok().filter(|limit| *limit <= decided)?;
        let next = start::next_start(&data[..decided], limit.saturating_sub(1));
        (next < decided).then_some(next)
    }

    /// The first record of `data[..whole]`, or the unfinished one after it, that is too long.
    fn too_long_record(&self, data: &[u8], whole: usize, decided: usize) -> Option<usize> {
        let max = self.limits.max_record_bytes;
        let last_start = if self.ended && !self.retain_last { start::last_start_of_all } else { start::last_start };
        let mut at = 0;
        while at < whole && whole - at > max {
            match last_start(data, at, (at + max + 1).min(data.len())) {
                Some(next) => at = next,
                None => return Some(at),
            }
        }
        (whole == 0 && decided > max).then_some(0)
    }

    /// Where the first record, which is too long, is truncated: at the limit, or at a space shortly before it.
    fn truncated_len(&self, data: &[u8]) -> usize {
        let max = self.limits.max_record_bytes;
        let from = max.saturating_sub(MAX_SPACE_DISTANCE_BYTES).max(max / 2);
        memrchr2(b'\n', b' ', &data[from..max]).map_or(max, |i| from + i + 1)
    }

    fn cut_skipped(&mut self) -> Cut {
        let data = &bytes(self.slice, &self.buffer)[self.start..self.filled];
        let ended = self.ended && !self.retain_last;
        let decided = if ended { data.len() } else { start::decided_len(data) };
        let next = start::next_start(&data[..decided], 0);
        if next < decided {
            self.skipping = false;
            self.at_start = true;
            return Cut::Chunk(next, ChunkKind::Skipped);
        }
        if ended {
            return Cut::Chunk(data.len(), ChunkKind::Skipped);
        }
        // The line break before an undecided line stays with it: record starts are searched after one.
        match decided.saturating_sub(1) {
            0 => Cut::More,
            skipped => Cut::Chunk(skipped, ChunkKind::Skipped),
        }
    }
}

/// The bytes in which `start..filled` counts.
fn bytes<'x>(slice: Option<&'x [u8]>, buffer: &'x [u8]) -> &'x [u8] {
    slice.unwrap_or(buffer)
}

#[cfg(test)]
mod tests;
