//! What a run of bytes costs the scan: how often ordinary logs hold it.

use std::sync::LazyLock;

use super::corpus::{BYTES, ngram_slot, pair_slot};

/// How often pairs and runs stand in ordinary lines of a log; see [`super::ordinary::counted`].
static COUNTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/corpus.counts"));

/// How often something stands in ordinary lines, in tenths: what was not seen there counts for one.
pub(super) type Weight = i32;

/// Estimates how often a run of four bytes occurs in logs.
pub(super) struct NgramFrequencies {
    /// By the first byte of a pair, then by the second; and the other way round.
    pub(super) behind: Vec<[Weight; BYTES]>,
    pub(super) before: Vec<[Weight; BYTES]>,
    singles: [u32; BYTES],
    /// All pairs.
    pub(super) pairs: Weight,
    /// All bytes.
    total: f64,
}

impl NgramFrequencies {
    /// Worked out when first asked for.
    pub(super) fn of_ordinary_logs() -> &'static Self {
        static PRICES: LazyLock<NgramFrequencies> = LazyLock::new(NgramFrequencies::new);
        &PRICES
    }

    fn new() -> Self {
        let mut behind = vec![[0; BYTES]; BYTES];
        let mut before = behind.clone();
        let mut singles = [0; BYTES];
        for (first, row) in (0..).zip(&mut behind) {
            for (second, tenths) in (0..).zip(row) {
                let count = pair(first, second);
                *tenths = 10 * Weight::from(count) + 1;
                before[usize::from(second)][usize::from(first)] = *tenths;
                singles[usize::from(first)] += u32::from(count);
            }
        }
        let total = f64::from(singles.iter().sum::<u32>().max(1));
        let pairs = behind.iter().flatten().sum();
        Self { behind, before, singles, pairs, total }
    }

    /// The share of places in ordinary logs that so many are.
    pub(super) fn frequency(&self, tenths: Weight) -> f64 {
        f64::from(tenths) / (10.0 * self.total)
    }

    /// The estimated share of places in ordinary logs at which the run stands, and a little for having
    /// it in the table at all.
    pub(super) fn of(&self, run: [u8; 4]) -> f64 {
        const EACH: f64 = 4e-6;
        let single = |byte: u8| f64::from(self.singles[usize::from(byte & 127)]);
        // A chain of pairs, for what this text happens not to hold.
        let first = (single(run[0]) + 1.0) / self.total;
        let chain = run
            .windows(2)
            .fold(first, |share, two| share * (f64::from(pair(two[0], two[1])) + 0.05) / (single(two[0]) + 4.0));
        let seen = COUNTS.get(ngram_slot(run)).copied().unwrap_or(u8::MAX);
        EACH + chain + f64::from(seen) / self.total
    }
}

/// How often a pair stands in those lines.
fn pair(first: u8, second: u8) -> u16 {
    let count = COUNTS.get(pair_slot(first, second)..).and_then(|counts| counts.first_chunk());
    u16::from_le_bytes(count.copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{ORDINARY, corpus::count_ngrams};

    #[test]
    fn what_was_counted_when_this_was_built_is_what_the_lines_hold() {
        assert_eq!(COUNTS, count_ngrams(ORDINARY));
        assert!(pair(b'c', b'o') > 100);
    }
}
