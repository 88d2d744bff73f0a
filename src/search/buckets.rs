//! Windows of words spread over eight buckets, as tables.

use std::collections::BTreeSet;

use super::{
    glance::{Tables, WINDOW},
    prices::Prices,
    windows::{Chosen, Window},
};

const BUCKETS: usize = 8;
const PAIRS: usize = WINDOW / 2;
/// How often each window is put where it costs least, now that the others have their places.
const ROUNDS: usize = 2;
/// The largest share of places in ordinary logs that may pass, as estimated.
const MOST_PASSING: f64 = 0.01;
/// Where more passes, no other order of the windows brings it down to that.
const HOPELESS: f64 = 4.0 * MOST_PASSING;

/// The windows of one bucket: which bytes they have at each place, and the share of places in ordinary logs
/// where each pair of neighbouring bytes passes.
#[derive(Clone, Copy, Default)]
struct Bucket {
    bytes: [u128; WINDOW],
    pairs: [f64; PAIRS],
}

impl Bucket {
    fn with(mut self, window: &Window, prices: &Prices) -> Self {
        let set = |at: usize| window[at].bytes().fold(0, |set, byte| set | 1_u128 << (byte & 127));
        for (i, share) in self.pairs.iter_mut().enumerate() {
            let (first, second) = (self.bytes[2 * i], self.bytes[2 * i + 1]);
            let new = (set(2 * i) & !first, set(2 * i + 1) & !second);
            // Those that the new first bytes make, and those that only the new second bytes make.
            *share += prices.of_pairs(new.0, second | new.1) + prices.of_pairs(first, new.1);
            (self.bytes[2 * i], self.bytes[2 * i + 1]) = (first | new.0, second | new.1);
        }
        self
    }

    /// The share of places in ordinary logs that pass, were one pair independent of the next.
    fn passing(&self) -> f64 {
        self.pairs.iter().product()
    }
}

/// The tables for windows, spread so that little passes. `None` when too much would.
pub(super) fn tables(chosen: &[Chosen], prices: &Prices) -> Option<Tables> {
    let windows: BTreeSet<&Window> = chosen.iter().map(|chosen| &chosen.window).collect();
    let alone = |window: &&Window| Bucket::default().with(window, prices).passing();
    let mut windows: Vec<(f64, &Window)> = windows.into_iter().map(|window| (alone(&window), window)).collect();
    // The commonest first: they want a bucket of their own.
    windows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut buckets = [Bucket::default(); BUCKETS];
    let mut placed: Vec<Option<usize>> = vec![None; windows.len()];
    for i in (0..=ROUNDS).flat_map(|_| 0..windows.len()) {
        if let Some(before) = placed[i].take() {
            let others = (0..windows.len()).filter(|other| placed[*other] == Some(before));
            buckets[before] = others.fold(Bucket::default(), |bucket, other| bucket.with(windows[other].1, prices));
        }
        let with = |bucket: &Bucket| bucket.with(windows[i].1, prices);
        let dearer = buckets.iter().map(|bucket| with(bucket).passing() - bucket.passing()).enumerate();
        let (cheapest, _) = dearer.min_by(|(_, a), (_, b)| a.total_cmp(b))?;
        buckets[cheapest] = with(&buckets[cheapest]);
        placed[i] = Some(cheapest);
        if passing(&buckets) > HOPELESS {
            return None;
        }
    }
    let mut tables = [[0; 128]; WINDOW];
    for (i, bucket) in buckets.iter().enumerate() {
        for (table, bytes) in tables.iter_mut().zip(bucket.bytes) {
            for (byte, buckets) in table.iter_mut().enumerate() {
                *buckets |= u8::from(bytes >> byte & 1 == 1) << i;
            }
        }
    }
    (passing(&buckets) <= MOST_PASSING).then_some(tables)
}

fn passing(buckets: &[Bucket]) -> f64 {
    buckets.iter().map(Bucket::passing).sum()
}
