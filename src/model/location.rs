//! Where a record stands.

/// The number of an input within one run, in the order in which inputs are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SourceId(pub u32);

/// The place of a record in its file or archive entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Location {
    /// Which input.
    pub source: SourceId,
    /// Byte at which the record's first line starts, from 0.
    pub offset: u64,
    /// Line at which the record starts, from 1.
    pub line: u64,
    /// How many lines the record has.
    pub lines: u32,
}
