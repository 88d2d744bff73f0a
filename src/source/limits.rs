//! Sizes of reads, records and ranges.

/// Sizes of reads, records and ranges, all in bytes.
///
/// Built from the defaults: `Limits::default().with_max_record_bytes(64 << 10)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes that one read asks for. Default: 256 KiB.
    pub read_bytes: usize,
    /// Maximum length of a record; a longer one is truncated there and reported as a fault. At least 64
    /// bytes: a lower value counts as that. Default: 1 MiB.
    pub max_record_bytes: usize,
    /// Bytes of a file that a thread scans before it takes the next range. Default: `None`, a size
    /// that fits the length of the file and the number of threads.
    pub range_bytes: Option<u64>,
}

/// The lowest maximum length of a record.
const MIN_RECORD_BYTES: usize = 64;

impl Default for Limits {
    fn default() -> Self {
        // One read and the rest of the read before it stay in a core's own cache.
        Self { read_bytes: 256 << 10, max_record_bytes: 1 << 20, range_bytes: None }
    }
}

impl Limits {
    /// Sets the bytes that one read asks for.
    #[must_use]
    pub fn with_read_bytes(self, bytes: usize) -> Self {
        Self { read_bytes: bytes, ..self }
    }

    /// Sets the maximum length of a record in bytes.
    #[must_use]
    pub fn with_max_record_bytes(self, bytes: usize) -> Self {
        Self { max_record_bytes: bytes, ..self }
    }

    /// The maximum length of a record that applies.
    pub(crate) fn record_bytes(self) -> usize {
        self.max_record_bytes.max(MIN_RECORD_BYTES)
    }

    /// Sets the bytes of a file that a thread scans at a time; `None` for a size that fits the work.
    #[must_use]
    pub fn with_range_bytes(self, bytes: impl Into<Option<u64>>) -> Self {
        Self { range_bytes: bytes.into(), ..self }
    }
}
