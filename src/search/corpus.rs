//! Counts pairs, n-grams and longer texts in a corpus of some thousand ordinary log lines.
//!
//! The build script compiles this file and counts, so that the program does not have to at startup.

use std::{cmp::Reverse, collections::BTreeMap};

/// Number of different bytes: only the lower seven bits count.
pub(crate) const BYTES: usize = 128;
/// The n-grams share two to the power of `SLOT_BITS` slots.
const SLOT_BITS: u32 = 16;
/// Bytes of the pair counts, which precede the n-gram counts: two bytes per pair.
const PAIR_BYTES: usize = 2 * BYTES * BYTES;

/// Length of a common text, in bytes.
pub(crate) const COMMON_TEXT_BYTES: usize = 7;
/// How many common texts are listed.
const MAX_COMMON_TEXTS: usize = 4096;

/// The texts of [`COMMON_TEXT_BYTES`] that are most common, the most common first: their bytes, and how often each
/// occurs, two bytes in little-endian order.
#[cfg_attr(not(test), allow(dead_code, reason = "the build script calls it"))]
#[must_use]
pub(crate) fn common_texts(text: &[u8]) -> Vec<u8> {
    let mut counts: BTreeMap<&[u8], u16> = BTreeMap::new();
    for window in text.windows(COMMON_TEXT_BYTES) {
        let count = counts.entry(window).or_default();
        *count = count.saturating_add(1);
    }
    let mut counts: Vec<(&[u8], u16)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    counts.truncate(MAX_COMMON_TEXTS);
    counts.into_iter().flat_map(|(text, count)| text.iter().copied().chain(count.to_le_bytes())).collect()
}

/// Counts a text. First comes the count of each pair of bytes, two bytes in little-endian order, then the
/// count of each n-gram slot, one byte that saturates, because common n-grams need not be distinguished.
#[cfg_attr(not(test), allow(dead_code, reason = "the build script calls it"))]
#[must_use]
pub(crate) fn count_ngrams(text: &[u8]) -> Vec<u8> {
    let mut pairs = vec![0_u16; BYTES * BYTES];
    for pair in text.windows(2) {
        let count = &mut pairs[pair_slot(pair[0], pair[1]) / 2];
        *count = count.saturating_add(1);
    }
    let mut counts: Vec<u8> = pairs.into_iter().flat_map(u16::to_le_bytes).collect();
    counts.resize(PAIR_BYTES + (1 << SLOT_BITS), 0);
    for ngram in text.windows(4) {
        let count = &mut counts[ngram_slot([ngram[0], ngram[1], ngram[2], ngram[3]])];
        *count = count.saturating_add(1);
    }
    counts
}

/// Offset of a pair's count.
#[must_use]
pub(crate) fn pair_slot(first: u8, second: u8) -> usize {
    2 * (usize::from(first & 127) * BYTES + usize::from(second & 127))
}

/// Offset of an n-gram's count, which n-grams with the same hash share.
#[must_use]
pub(crate) fn ngram_slot(ngram: [u8; 4]) -> usize {
    PAIR_BYTES + (u32::from_le_bytes(ngram).wrapping_mul(0x85eb_ca6b) >> (32 - SLOT_BITS)) as usize
}
