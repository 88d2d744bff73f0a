//! Finds records that contain a word of the catalogue.

use super::{
    prefilter::Prefilter,
    verdict_cache::{CacheKey, CachedMatch, VerdictCache},
};
use crate::{
    model::Header,
    record::{inner, start},
    search::count_newlines,
};

/// A position in a chunk that moves from match to match.
pub(super) struct CandidateCursor<'c> {
    pub(super) prefilter: &'c Prefilter,
    bytes: &'c [u8],
    /// The last match, or the end.
    counted: usize,
    /// Newlines before it.
    pub(super) newlines: u64,
    /// Where the search for it began.
    searched_from: usize,
}

/// How much later than another word on its line one may be found first: more than the length of a word.
const MAX_INVERSION: usize = 1024;

impl<'c> CandidateCursor<'c> {
    pub(super) fn new(prefilter: &'c Prefilter, bytes: &'c [u8]) -> Self {
        Self { prefilter, bytes, counted: 0, newlines: 0, searched_from: 0 }
    }

    /// Continues at the end of a record, which has so many newlines before it.
    pub(super) fn skip_to(&mut self, end: usize, newlines: u64) {
        (self.counted, self.newlines) = (end, newlines);
    }

    /// The next match at or after `from`.
    pub(super) fn next(&mut self, from: usize) -> Option<usize> {
        self.searched_from = from;
        let first = self.prefilter.first(self.bytes, from);
        self.newlines += self.bytes.get(self.counted..from).map_or(0, count_newlines) + first.newlines;
        self.counted = first.at.unwrap_or(self.bytes.len());
        first.at
    }

    /// Goes back to a match before `end`, if there is one: of several words on a line, any may be found first.
    pub(super) fn earlier(&mut self, end: usize) -> Option<usize> {
        let from = self.searched_from.max(end.saturating_sub(MAX_INVERSION)).min(end);
        let earlier = self.prefilter.first(&self.bytes[..end], from).at?;
        self.newlines -= count_newlines(&self.bytes[earlier..self.counted]);
        self.counted = earlier;
        Some(earlier)
    }
}

/// A record that contains a word of the catalogue; its end is not yet known.
pub(super) struct Candidate<'b> {
    pub(super) bytes: &'b [u8],
    /// Where the record starts.
    pub(super) start: usize,
    /// Where the word is.
    pub(super) found: usize,
    /// Byte offset of the chunk in its source.
    pub(super) offset: u64,
    pub(super) lines_before: u64,
    /// The last record of the chunk was cut off at the size limit.
    pub(super) truncated: bool,
}

impl<'b> Candidate<'b> {
    /// The bytes from the start of the record to the end of the chunk.
    pub(super) fn rest(&self) -> &'b [u8] {
        &self.bytes[self.start..]
    }

    /// The whole record.
    pub(super) fn record(&self) -> (&'b [u8], RecordLocation) {
        let end = start::next_start(self.bytes, self.found);
        let raw = &self.bytes[self.start..inner::end_after(self.bytes, self.start, self.found, end)];
        (raw, self.location(raw.len()))
    }

    pub(super) fn location(&self, len: usize) -> RecordLocation {
        RecordLocation {
            offset: self.offset + self.start as u64,
            lines_before: self.lines_before,
            truncated: self.truncated && self.start + len == self.bytes.len(),
        }
    }

    /// The verdict on an equal message, when the record ends where that message does.
    pub(super) fn lookup<'c>(
        &self,
        key: CacheKey,
        header: &Header<'_>,
        cache: &'c mut VerdictCache,
    ) -> Option<CachedMatch<'c>> {
        let text = &self.rest()[header.message_at..];
        cache.lookup(key, header, text, |len| match &text[len..] {
            [] => !self.truncated,
            next => text[..len].ends_with(b"\n") && start::is_start(next),
        })
    }
}

/// Where a record is.
#[derive(Clone, Copy)]
pub(super) struct RecordLocation {
    /// Byte offset in its source.
    pub(super) offset: u64,
    /// Newlines before it in its chunk.
    pub(super) lines_before: u64,
    /// It was cut off at the size limit.
    pub(super) truncated: bool,
}
