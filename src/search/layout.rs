//! What the SIMD search, its instructions and its tables agree on.

/// Bytes of a fingerprint: so many neighbouring bytes of each needle are looked for.
pub(super) const FINGERPRINT_LEN: usize = 6;
/// Bytes of text that are tested together.
pub(super) const BLOCK: usize = 64;

/// For each position of a fingerprint and each byte, the buckets, one bit each, with a fingerprint that has
/// that byte there. Indexed by the lower seven bits of the byte.
pub(super) type Tables = [[u8; 128]; FINGERPRINT_LEN];

/// A block in which something passes the tables, or the end of the last block.
pub(super) struct Block {
    /// Where it starts in the text.
    pub(super) at: usize,
    /// Where a fingerprint may start: one bit per position.
    pub(super) candidates: u64,
    /// Where the newlines are: one bit per position.
    pub(super) newlines: u64,
}
