//! Moving over the holes of a sparse file. What follows is as if the zeros had been read.

use super::Chunker;
use crate::{
    record::start,
    source::{chunk::ChunkKind, hole::SparseRead},
};

impl<R: SparseRead> Chunker<'_, R> {
    /// Within a truncated record: skips the rest of a hole. A zero stays pending, and is returned with what
    /// comes after the hole.
    pub(super) fn skip_hole(&mut self) {
        if self.skipping && !self.ended && matches!(self.pending(), [0]) {
            self.advance_in_hole(self.zeros_ahead());
        }
    }

    /// In text without a header: skips the records of a hole that are as long as a record may be.
    pub(super) fn skip_hole_records(&mut self) -> Option<(u64, ChunkKind)> {
        let pending = self.pending();
        if self.skipping || self.ended || start::leading_zeros(pending) < pending.len() {
            return None;
        }
        let record_bytes = self.limits.max_record_bytes as u64;
        // As many zeros as now stay pending, and the byte after a record decides that it is too long.
        let records = self.zeros_ahead().saturating_sub(1) / record_bytes;
        let offset = self.offset;
        self.advance_in_hole(records * record_bytes);
        (records > 0).then_some((offset, ChunkKind::Zeros { records, record_bytes }))
    }

    /// Moves on by so many bytes, which are zeros as all pending bytes are.
    pub(super) fn advance_in_hole(&mut self, bytes: u64) {
        if self.slice.is_some() {
            let in_slice = usize::try_from(bytes).unwrap_or(usize::MAX);
            self.start += in_slice;
            self.filled += in_slice;
        }
        self.reader.skip_zeros(bytes);
        self.offset += bytes;
    }

    /// How many of the next bytes to read are known to be zeros.
    pub(super) fn zeros_ahead(&self) -> u64 {
        let zeros = self.reader.zeros_at(self.read_to());
        // The file may have grown since it was mapped.
        self.slice.map_or(zeros, |slice| zeros.min((slice.len() - self.filled) as u64))
    }
}
