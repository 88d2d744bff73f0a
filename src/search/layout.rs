//! What the SIMD search, its instructions and its tables agree on.

/// Bytes of a fingerprint: so many neighbouring bytes of each needle are looked for.
pub(super) const FINGERPRINT_LEN: usize = 7;
/// Bytes of text that are tested together.
pub(super) const BLOCK: usize = 64;

/// Neighbouring pairs of bytes in a fingerprint.
pub(super) const PAIRS: usize = FINGERPRINT_LEN - 1;
/// Different values of [`slot_of`].
pub(super) const SLOTS: usize = 128;

/// For each pair of a fingerprint and each slot, the buckets, one bit each, with a fingerprint whose pair has
/// that slot.
pub(super) type Tables = [[u8; SLOTS]; PAIRS];

/// The slot of a pair of bytes in the tables. Both bytes count: in text, one letter says little, and the next
/// one is likely to follow it.
pub(super) fn slot_of(first: u8, second: u8) -> usize {
    usize::from((first ^ second << SECOND_SHIFT) & 127)
}

/// Moves the five bits in which letters differ away from those of the first byte.
pub(super) const SECOND_SHIFT: u32 = 2;

/// A block in which something passes the tables, or the end of the last block.
pub(crate) struct Block {
    /// Where it starts in the text.
    pub(super) at: usize,
    /// Where a fingerprint may start: one bit per position.
    pub(super) candidates: u64,
    /// Where the newlines are: one bit per position.
    pub(super) newlines: u64,
}
