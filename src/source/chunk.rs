//! What a source is cut into: slices that hold whole records.

/// Some bytes of a source, in order and without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chunk<'b> {
    /// Byte offset in the source.
    pub offset: u64,
    /// The bytes.
    pub bytes: &'b [u8],
    /// What they are.
    pub kind: ChunkKind,
}

/// What a chunk holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChunkKind {
    /// Whole records.
    Records,
    /// One record, which was truncated at the size limit.
    Truncated,
    /// The rest of a truncated record; not to be scanned.
    Skipped,
    /// Zeros that were not read, in place of `records` successive chunks of the kind `Truncated` that hold
    /// `record_bytes` zeros each.
    Zeros {
        /// Number of records.
        records: u64,
        /// Length of each.
        record_bytes: u64,
    },
}
