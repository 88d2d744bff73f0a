//! Windows of words spread over eight buckets, as tables.

use std::collections::BTreeSet;

use super::{
    corpus::BYTES,
    fingerprint::{ChosenFingerprint, Fingerprint},
    frequency::{NgramFrequencies, Weight},
    needle::ByteClass,
    simd::{Tables, WINDOW},
};

const BUCKETS: usize = 8;
const PAIRS: usize = WINDOW / 2;
/// How often each window is put where it costs least, now that the others have their places.
const ROUNDS: usize = 3;
/// The largest share of places in ordinary logs that may pass, as estimated.
const MOST_PASSING: f64 = 0.01;
/// Where more passes, no other order of the windows brings it down to that.
const HOPELESS: f64 = 4.0 * MOST_PASSING;

/// Bytes, by their lower seven bits: a bit for each.
type Bytes = u128;

/// One of two neighbouring places of the windows of a bucket.
#[derive(Clone)]
struct Half {
    /// How many windows have each byte here.
    windows: [u16; BYTES],
    /// Those that some window has.
    passing: Bytes,
    /// How often ordinary logs have each byte beside one that passes at the other place.
    beside: [Weight; BYTES],
}

impl Half {
    const EMPTY: Self = Self { windows: [0; BYTES], passing: 0, beside: [0; BYTES] };

    /// One window more that has these bytes here. Hands back those that are new.
    fn put(&mut self, bytes: Bytes) -> Bytes {
        ones(bytes).for_each(|byte| self.windows[byte] += 1);
        let new = bytes & !self.passing;
        self.passing |= new;
        new
    }

    /// One window less. Hands back those that no other has.
    fn take(&mut self, bytes: Bytes) -> Bytes {
        ones(bytes).for_each(|byte| self.windows[byte] -= 1);
        let gone = ones(bytes).filter(|byte| self.windows[*byte] == 0).fold(0, |gone, byte| gone | 1 << byte);
        self.passing &= !gone;
        gone
    }

    fn sum(&self, bytes: Bytes) -> Weight {
        ones(bytes).map(|byte| self.beside[byte]).sum()
    }

    /// The other place has these bytes now, or has them no more.
    fn other(&mut self, bytes: Bytes, rows: &[[Weight; BYTES]], change: fn(&mut Weight, Weight)) {
        for byte in ones(bytes) {
            self.beside.iter_mut().zip(rows[byte]).for_each(|(sum, seen)| change(sum, seen));
        }
    }
}

/// Two neighbouring places.
#[derive(Clone)]
struct Pair {
    first: Half,
    second: Half,
    /// How often ordinary logs have what passes at both.
    seen: Weight,
}

impl Pair {
    const EMPTY: Self = Self { first: Half::EMPTY, second: Half::EMPTY, seen: 0 };

    /// How often more something passes with a window that has these bytes.
    fn more(&self, bytes: [Bytes; 2], prices: &NgramFrequencies) -> Weight {
        if bytes == [Bytes::MAX; 2] {
            return prices.pairs - self.seen;
        }
        let [first, second] = [bytes[0] & !self.first.passing, bytes[1] & !self.second.passing];
        let new = ones(first).flat_map(|first| ones(second).map(move |second| prices.behind[first][second]));
        self.first.sum(first) + self.second.sum(second) + new.sum::<Weight>()
    }

    fn put(&mut self, bytes: [Bytes; 2], prices: &NgramFrequencies) {
        self.seen += self.more(bytes, prices);
        let new = [self.first.put(bytes[0]), self.second.put(bytes[1])];
        self.second.other(new[0], &prices.behind, |sum, seen| *sum += seen);
        self.first.other(new[1], &prices.before, |sum, seen| *sum += seen);
    }

    fn take(&mut self, bytes: [Bytes; 2], prices: &NgramFrequencies) {
        let gone = [self.first.take(bytes[0]), self.second.take(bytes[1])];
        self.second.other(gone[0], &prices.behind, |sum, seen| *sum -= seen);
        self.first.other(gone[1], &prices.before, |sum, seen| *sum -= seen);
        self.seen = self.first.sum(self.first.passing);
    }
}

/// The windows of one bucket, pair by pair of their places.
type Bucket = [Pair; PAIRS];
/// What one window has there.
type Sets = [[Bytes; 2]; PAIRS];

/// The share of places in ordinary logs that pass, were one pair independent of the next.
fn passing(bucket: &Bucket, prices: &NgramFrequencies) -> f64 {
    bucket.iter().map(|pair| prices.frequency(pair.seen)).product()
}

/// The same with a window more.
fn passing_with(bucket: &Bucket, sets: &Sets, prices: &NgramFrequencies) -> f64 {
    bucket.iter().zip(sets).map(|(pair, bytes)| prices.frequency(pair.seen + pair.more(*bytes, prices))).product()
}

/// The tables for windows, spread so that little passes. `None` when too much would.
pub(super) fn tables(chosen: &[ChosenFingerprint], prices: &NgramFrequencies) -> Option<Tables> {
    let windows: BTreeSet<&Fingerprint> = chosen.iter().map(|chosen| &chosen.window).collect();
    let mut buckets = vec![[Pair::EMPTY; PAIRS]; BUCKETS];
    let alone = |sets: Sets| (passing_with(&buckets[0], &sets, prices), sets);
    let mut windows: Vec<(f64, Sets)> = windows.into_iter().map(|window| alone(sets(window))).collect();
    // The commonest first: they want a bucket of their own.
    windows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut placed: Vec<Option<usize>> = vec![None; windows.len()];
    for i in (0..=ROUNDS).flat_map(|_| 0..windows.len()) {
        let (_, sets) = &windows[i];
        if let Some(before) = placed[i].take() {
            buckets[before].iter_mut().zip(sets).for_each(|(pair, bytes)| pair.take(*bytes, prices));
        }
        let dearer = |bucket: &Bucket| passing_with(bucket, sets, prices) - passing(bucket, prices);
        let (cheapest, _) = buckets.iter().map(dearer).enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b))?;
        buckets[cheapest].iter_mut().zip(sets).for_each(|(pair, bytes)| pair.put(*bytes, prices));
        placed[i] = Some(cheapest);
        if all_passing(&buckets, prices) > HOPELESS {
            return None;
        }
    }
    (all_passing(&buckets, prices) <= MOST_PASSING).then(|| as_tables(&buckets))
}

fn all_passing(buckets: &[Bucket], prices: &NgramFrequencies) -> f64 {
    buckets.iter().map(|bucket| passing(bucket, prices)).sum()
}

fn as_tables(buckets: &[Bucket]) -> Tables {
    let mut tables = [[0; BYTES]; WINDOW];
    for (i, bucket) in buckets.iter().enumerate() {
        let places = bucket.iter().flat_map(|pair| [&pair.first, &pair.second]);
        for (table, place) in tables.iter_mut().zip(places) {
            ones(place.passing).for_each(|byte| table[byte] |= 1 << i);
        }
    }
    tables
}

fn sets(window: &Fingerprint) -> Sets {
    let set = |at: usize| match window[at] {
        ByteClass::Any => Bytes::MAX,
        place => place.bytes().fold(0, |set, byte| set | 1 << (byte & 127)),
    };
    std::array::from_fn(|pair| [set(2 * pair), set(2 * pair + 1)])
}

/// The numbers of the bits that are set.
fn ones(mut bits: Bytes) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let one = (bits != 0).then_some(bits.trailing_zeros() as usize);
        bits &= bits.wrapping_sub(1);
        one
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes() -> impl Strategy<Value = Bytes> {
        prop_oneof![
            8 => prop::sample::select(b"aetoinS.1 :".to_vec()).prop_map(|byte| 1 << byte),
            1 => Just((b'0'..=b'9').fold(0, |set, byte| set | 1 << byte)),
            1 => Just(Bytes::MAX),
        ]
    }

    proptest! {
        #[test]
        fn what_passes_is_counted_the_same_whatever_was_put_and_taken(
            windows in prop::collection::vec(([bytes(), bytes()], any::<bool>()), 0..12),
        ) {
            let prices = NgramFrequencies::of_ordinary_logs();
            let mut pair = Pair::EMPTY;
            windows.iter().for_each(|(bytes, _)| pair.put(*bytes, prices));
            windows.iter().filter(|(_, stays)| !stays).for_each(|(bytes, _)| pair.take(*bytes, prices));
            let all = |at: usize| windows.iter().filter(|(_, stays)| *stays).fold(0, |set, (bytes, _)| set | bytes[at]);
            prop_assert_eq!((pair.first.passing, pair.second.passing), (all(0), all(1)));
            let seen = ones(all(0)).flat_map(|a| ones(all(1)).map(move |b| prices.behind[a][b]));
            prop_assert_eq!(pair.seen, seen.sum::<Weight>());
        }
    }
}
