//! What ordinary logs hold, counted over some thousand lines of them.
//!
//! The build script counts, with this very file, so that no start of the program has to.

/// Bytes are known by their lower seven bits.
pub(crate) const BYTES: usize = 128;
/// Bits of a slot's number: so many slots share the runs.
const BITS: u32 = 16;
/// What stands before the runs: two bytes for each pair.
const PAIRS: usize = 2 * BYTES * BYTES;

/// How often each pair of bytes stands in a text, a number of two bytes, the lower first; then how often
/// the runs of four bytes of each slot, a number of one byte, for what is common is not told apart.
#[cfg_attr(not(test), allow(dead_code, reason = "the build script calls it"))]
#[must_use]
pub(crate) fn count_ngrams(text: &[u8]) -> Vec<u8> {
    let mut pairs = vec![0_u16; BYTES * BYTES];
    for pair in text.windows(2) {
        let count = &mut pairs[pair_slot(pair[0], pair[1]) / 2];
        *count = count.saturating_add(1);
    }
    let mut counts: Vec<u8> = pairs.into_iter().flat_map(u16::to_le_bytes).collect();
    counts.resize(PAIRS + (1 << BITS), 0);
    for run in text.windows(4) {
        let count = &mut counts[ngram_slot([run[0], run[1], run[2], run[3]])];
        *count = count.saturating_add(1);
    }
    counts
}

/// Where a pair is counted.
#[must_use]
pub(crate) fn pair_slot(first: u8, second: u8) -> usize {
    2 * (usize::from(first & 127) * BYTES + usize::from(second & 127))
}

/// Where a run is counted, with others by chance.
#[must_use]
pub(crate) fn ngram_slot(run: [u8; 4]) -> usize {
    PAIRS + (u32::from_le_bytes(run).wrapping_mul(0x85eb_ca6b) >> (32 - BITS)) as usize
}
