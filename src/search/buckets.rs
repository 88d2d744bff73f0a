//! Windows of words spread over eight buckets, as tables.

use std::collections::BTreeSet;

use super::{
    glance::{Tables, WINDOW},
    prices::Prices,
    windows::{Chosen, Window},
};

const BUCKETS: usize = 8;
/// The largest share of places in ordinary logs that may pass, as estimated.
const MOST_PASSING: f64 = 0.01;

/// The windows of one bucket: which bytes they have at each place.
#[derive(Clone, Copy, Default)]
struct Bucket([u128; WINDOW]);

impl Bucket {
    fn with(mut self, window: &Window) -> Self {
        for (bytes, place) in self.0.iter_mut().zip(window) {
            *bytes |= place.bytes().fold(0, |bytes, byte| bytes | 1 << (byte & 127));
        }
        self
    }

    /// The share of places in ordinary logs that pass, were neighbouring bytes independent.
    fn passing(&self, prices: &Prices) -> f64 {
        self.0.iter().map(|bytes| prices.share(*bytes)).product()
    }
}

/// The tables for windows, spread so that little passes. `None` when too much would.
pub(super) fn tables(chosen: &[Chosen], prices: &Prices) -> Option<Tables> {
    let windows: BTreeSet<&Window> = chosen.iter().map(|chosen| &chosen.window).collect();
    let mut buckets = [Bucket::default(); BUCKETS];
    let mut passing = [0.0; BUCKETS];
    for window in windows {
        let with = buckets.iter().map(|bucket| bucket.with(window).passing(prices));
        let dearer = with.zip(&passing).map(|(with, without)| with - without).enumerate();
        let (cheapest, _) = dearer.min_by(|(_, a), (_, b)| a.total_cmp(b))?;
        buckets[cheapest] = buckets[cheapest].with(window);
        passing[cheapest] = buckets[cheapest].passing(prices);
    }
    let mut tables = [[0; 128]; WINDOW];
    for (i, bucket) in buckets.iter().enumerate() {
        for (table, bytes) in tables.iter_mut().zip(bucket.0) {
            for (byte, buckets) in table.iter_mut().enumerate() {
                *buckets |= u8::from(bytes >> byte & 1 == 1) << i;
            }
        }
    }
    (passing.iter().sum::<f64>() <= MOST_PASSING).then_some(tables)
}
