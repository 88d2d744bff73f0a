//! How often pairs and n-grams of bytes occur in ordinary logs: what a fingerprint costs the search.

use std::sync::LazyLock;

use super::{
    corpus::{BYTES, COMMON_TEXT_BYTES, ngram_slot, pair_slot},
    layout::{SLOTS, slot_of},
};

/// Counts of pairs and n-grams in ordinary log lines; see [`super::corpus::count_ngrams`].
static COUNTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/corpus.counts"));

/// The most common texts of ordinary log lines; see [`super::corpus::common_texts`].
static COMMON: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/corpus.common"));

/// A count of occurrences in ordinary lines, in tenths, plus one for what does not occur there.
pub(super) type Weight = i32;

/// Estimates how often bytes occur in logs.
pub(super) struct NgramFrequencies {
    /// Weight of the pairs that share a slot of the lookup tables.
    pub(super) slots: [Weight; SLOTS],
    singles: [u32; BYTES],
    /// Number of bytes.
    total: f64,
    /// The share of positions that a weight of one means.
    share: f64,
}

impl NgramFrequencies {
    /// Computed on first use.
    pub(super) fn of_ordinary_logs() -> &'static Self {
        static FREQUENCIES: LazyLock<NgramFrequencies> = LazyLock::new(NgramFrequencies::new);
        &FREQUENCIES
    }

    fn new() -> Self {
        let mut slots = [0; SLOTS];
        let mut singles = [0; BYTES];
        for first in 0..128 {
            for second in 0..128 {
                let count = pair(first, second);
                slots[slot_of(first, second)] += 10 * Weight::from(count) + 1;
                singles[usize::from(first)] += u32::from(count);
            }
        }
        let total = f64::from(singles.iter().sum::<u32>().max(1));
        Self { slots, singles, total, share: 1.0 / (10.0 * total) }
    }

    /// The share of positions in ordinary logs that a weight means.
    pub(super) fn share(&self, weight: Weight) -> f64 {
        f64::from(weight) * self.share
    }

    /// Texts that are common in ordinary logs, the most common first, and the share of positions at which each is.
    pub(super) fn common_texts(&self) -> impl Iterator<Item = (&'static [u8], f64)> + use<> {
        let total = self.total;
        COMMON.chunks_exact(COMMON_TEXT_BYTES + 2).map(move |entry| {
            let (text, count) = entry.split_at(COMMON_TEXT_BYTES);
            let count = count.first_chunk().copied().map(u16::from_le_bytes);
            (text, f64::from(count.unwrap_or_default()) / total)
        })
    }

    /// The estimated share of positions in ordinary logs with this n-gram, plus a fixed cost for having it in
    /// the table.
    pub(super) fn of_ngram(&self, ngram: [u8; 4]) -> f64 {
        const FIXED_COST: f64 = 4e-6;
        let single = |byte: u8| f64::from(self.singles[usize::from(byte & 127)]);
        // A chain of pairs estimates n-grams that happen not to occur in the corpus.
        let first = (single(ngram[0]) + 1.0) / self.total;
        let chain = ngram
            .windows(2)
            .fold(first, |share, two| share * (f64::from(pair(two[0], two[1])) + 0.05) / (single(two[0]) + 4.0));
        let counted = COUNTS.get(ngram_slot(ngram)).copied().unwrap_or(u8::MAX);
        FIXED_COST + chain + f64::from(counted) / self.total
    }
}

/// How often a pair occurs in the corpus.
fn pair(first: u8, second: u8) -> u16 {
    let count = COUNTS.get(pair_slot(first, second)..).and_then(|counts| counts.first_chunk());
    u16::from_le_bytes(count.copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{
        ORDINARY,
        corpus::{common_texts, count_ngrams},
    };

    #[test]
    fn the_embedded_counts_are_those_of_the_corpus() {
        assert_eq!(COUNTS, count_ngrams(ORDINARY));
        assert_eq!(COMMON, common_texts(ORDINARY));
        assert!(pair(b'c', b'o') > 100);
    }
}
