//! What a run of bytes costs the scan: how often ordinary logs hold it.

use std::sync::LazyLock;

/// Ordinary lines of a log: which runs of bytes are common.
pub(crate) static ORDINARY: &[u8] = include_bytes!("ordinary.txt");

/// How often a pair of bytes counts beside the times that it stands in these lines.
const UNSEEN: f64 = 0.1;

/// Estimates how often a run of four bytes occurs in logs.
pub(super) struct Prices {
    pairs: Vec<u16>,
    singles: [u32; 256],
    /// How often runs of four bytes occur, by a hash of them.
    runs: Vec<u16>,
}

impl Prices {
    /// Worked out when first asked for.
    pub(super) fn of_ordinary_logs() -> &'static Self {
        static PRICES: LazyLock<Prices> = LazyLock::new(Prices::new);
        &PRICES
    }

    fn new() -> Self {
        let mut pairs = vec![0_u16; 1 << 16];
        let mut singles = [0; 256];
        for pair in ORDINARY.windows(2) {
            let count = &mut pairs[usize::from(pair[0]) << 8 | usize::from(pair[1])];
            *count = count.saturating_add(1);
            singles[usize::from(pair[0])] += 1;
        }
        let mut runs = vec![0_u16; 1 << 16];
        for run in ORDINARY.windows(4) {
            let count = &mut runs[slot([run[0], run[1], run[2], run[3]])];
            *count = count.saturating_add(1);
        }
        Self { pairs, singles, runs }
    }

    /// The share of places in ordinary logs at which one byte of the first set stands before one of the
    /// second; a bit for each byte.
    pub(super) fn of_pairs(&self, first: u128, second: u128) -> f64 {
        // Of a large set, what the others lack.
        match (first.count_ones() > 64, second.count_ones() > 64) {
            (true, _) => self.of_bytes(second) - self.of_pairs(!first, second),
            (_, true) => self.of_bytes(first) - self.of_pairs(first, !second),
            (false, false) => {
                let pair = |a: usize, b: usize| f64::from(self.pairs[a << 8 | b]) + UNSEEN;
                let seen = ones(first).flat_map(|a| ones(second).map(move |b| pair(a, b)));
                seen.sum::<f64>() / ORDINARY.len().max(1) as f64
            }
        }
    }

    /// The share of bytes that are in a set.
    fn of_bytes(&self, set: u128) -> f64 {
        let seen = ones(set).map(|byte| f64::from(self.singles[byte]) + 128.0 * UNSEEN);
        seen.sum::<f64>() / ORDINARY.len().max(1) as f64
    }

    /// The estimated share of places in ordinary logs at which the run stands, and a little for having
    /// it in the table at all.
    pub(super) fn of(&self, run: [u8; 4]) -> f64 {
        const EACH: f64 = 4e-6;
        let total = ORDINARY.len().max(1) as f64;
        // A chain of pairs, for what this text happens not to hold.
        let first = f64::from(self.singles[usize::from(run[0])] + 1) / total;
        let chain = run.windows(2).fold(first, |share, pair| {
            let pairs = f64::from(self.pairs[usize::from(pair[0]) << 8 | usize::from(pair[1])]) + 0.05;
            let single = f64::from(self.singles[usize::from(pair[0])]) + 4.0;
            share * pairs / single
        });
        EACH + chain + f64::from(self.runs[slot(run)]) / total
    }
}

/// The numbers of the bits that are set.
fn ones(mut bits: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let one = (bits != 0).then_some(bits.trailing_zeros() as usize);
        bits &= bits.wrapping_sub(1);
        one
    })
}

fn slot(run: [u8; 4]) -> usize {
    (u32::from_le_bytes(run).wrapping_mul(0x85eb_ca6b) >> 16) as usize
}
