//! What reading an archive may cost.

/// What reading an archive may cost. Beyond that it is a fault.
///
/// Built from the defaults: `ArchiveLimits::default().with_max_depth(2)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchiveLimits {
    /// Maximum depth of archives and compressions within each other. Default: 4.
    pub max_depth: usize,
    /// Maximum number of decoded bytes for each encoded byte. Default: 1000.
    pub max_ratio: u64,
    /// Decoded bytes up to which the ratio is not checked: a log of one repeated line compresses well.
    /// Default: 64 MiB.
    pub ratio_exempt_bytes: u64,
    /// Maximum decoded bytes of one log, over all layers, and of all entries of one zip according to its
    /// directory. Default: 64 GiB.
    pub max_decoded_bytes: u64,
    /// Maximum bytes of all zips within compressed archives, which are held until they were read. Default: 256 MiB.
    pub max_held_bytes: u64,
    /// Maximum number of entries of one archive. Default: 1,000,000.
    pub max_entries: usize,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            max_depth: 4,
            max_ratio: 1000,
            ratio_exempt_bytes: 64 << 20,
            max_decoded_bytes: 64 << 30,
            max_held_bytes: 256 << 20,
            max_entries: 1_000_000,
        }
    }
}

impl ArchiveLimits {
    /// Sets the maximum depth of archives and compressions within each other.
    #[must_use]
    pub fn with_max_depth(self, depth: usize) -> Self {
        Self { max_depth: depth, ..self }
    }

    /// Sets the maximum number of decoded bytes for each encoded byte.
    #[must_use]
    pub fn with_max_ratio(self, ratio: u64) -> Self {
        Self { max_ratio: ratio, ..self }
    }

    /// Sets the decoded bytes up to which the ratio is not checked.
    #[must_use]
    pub fn with_ratio_exempt_bytes(self, bytes: u64) -> Self {
        Self { ratio_exempt_bytes: bytes, ..self }
    }

    /// Sets the maximum decoded bytes of one log.
    #[must_use]
    pub fn with_max_decoded_bytes(self, bytes: u64) -> Self {
        Self { max_decoded_bytes: bytes, ..self }
    }

    /// Sets the maximum bytes of zips within compressed archives, which are held until they were read.
    #[must_use]
    pub fn with_max_held_bytes(self, bytes: u64) -> Self {
        Self { max_held_bytes: bytes, ..self }
    }

    /// Sets the maximum number of entries of one archive.
    #[must_use]
    pub fn with_max_entries(self, entries: usize) -> Self {
        Self { max_entries: entries, ..self }
    }
}
