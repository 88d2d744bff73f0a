//! Distributes the fingerprints over eight buckets, as lookup tables.

use std::collections::BTreeSet;

use super::{
    corpus::BYTES,
    fingerprint::{ChosenFingerprint, Fingerprint},
    frequency::{NgramFrequencies, Weight},
    layout::{FINGERPRINT_LEN, Tables},
    needle::ByteClass,
};

const BUCKETS: usize = 8;
const PAIRS: usize = FINGERPRINT_LEN / 2;
/// How often each fingerprint is moved to the bucket where it costs least, given the position of the others.
const ROUNDS: usize = 3;
/// The largest share of positions in ordinary logs that may pass, as estimated.
const MAX_PASSING: f64 = 0.01;
/// When more than this passes, no rearrangement brings it below the limit.
const HOPELESS: f64 = 4.0 * MAX_PASSING;

/// A set of bytes, by their lower seven bits: one bit each.
type Bytes = u128;

/// One of two neighbouring positions in the fingerprints of a bucket.
#[derive(Clone)]
struct Half {
    /// How many fingerprints have each byte here.
    users: [u16; BYTES],
    /// The bytes that some fingerprint has here.
    passing: Bytes,
    /// Weight of each byte here together with any byte that passes at the other position.
    joint: [Weight; BYTES],
}

impl Half {
    const EMPTY: Self = Self { users: [0; BYTES], passing: 0, joint: [0; BYTES] };

    /// Adds a fingerprint with these bytes here. Returns the bytes that are new.
    fn add(&mut self, bytes: Bytes) -> Bytes {
        ones(bytes).for_each(|byte| self.users[byte] += 1);
        let new = bytes & !self.passing;
        self.passing |= new;
        new
    }

    /// Removes a fingerprint. Returns the bytes that no other has.
    fn remove(&mut self, bytes: Bytes) -> Bytes {
        ones(bytes).for_each(|byte| self.users[byte] -= 1);
        let gone = ones(bytes).filter(|byte| self.users[*byte] == 0).fold(0, |gone, byte| gone | 1 << byte);
        self.passing &= !gone;
        gone
    }

    fn sum(&self, bytes: Bytes) -> Weight {
        ones(bytes).map(|byte| self.joint[byte]).sum()
    }

    /// Applies that bytes were added to or removed from the other position.
    fn update(&mut self, bytes: Bytes, rows: &[[Weight; BYTES]], change: fn(&mut Weight, Weight)) {
        for byte in ones(bytes) {
            self.joint.iter_mut().zip(rows[byte]).for_each(|(sum, weight)| change(sum, weight));
        }
    }
}

/// Two neighbouring positions in the fingerprints of a bucket.
#[derive(Clone)]
struct Pair {
    first: Half,
    second: Half,
    /// Weight of the pairs that pass at both positions.
    weight: Weight,
}

impl Pair {
    const EMPTY: Self = Self { first: Half::EMPTY, second: Half::EMPTY, weight: 0 };

    /// How much the weight grows with a fingerprint that has these bytes.
    fn growth(&self, bytes: [Bytes; 2], frequencies: &NgramFrequencies) -> Weight {
        if bytes == [Bytes::MAX; 2] {
            return frequencies.all_pairs - self.weight;
        }
        let [first, second] = [bytes[0] & !self.first.passing, bytes[1] & !self.second.passing];
        let new = ones(first).flat_map(|first| ones(second).map(move |second| frequencies.by_first[first][second]));
        self.first.sum(first) + self.second.sum(second) + new.sum::<Weight>()
    }

    fn add(&mut self, bytes: [Bytes; 2], frequencies: &NgramFrequencies) {
        self.weight += self.growth(bytes, frequencies);
        let new = [self.first.add(bytes[0]), self.second.add(bytes[1])];
        self.second.update(new[0], &frequencies.by_first, |sum, weight| *sum += weight);
        self.first.update(new[1], &frequencies.by_second, |sum, weight| *sum += weight);
    }

    fn remove(&mut self, bytes: [Bytes; 2], frequencies: &NgramFrequencies) {
        let gone = [self.first.remove(bytes[0]), self.second.remove(bytes[1])];
        self.second.update(gone[0], &frequencies.by_first, |sum, weight| *sum -= weight);
        self.first.update(gone[1], &frequencies.by_second, |sum, weight| *sum -= weight);
        self.weight = self.first.sum(self.first.passing);
    }
}

/// The fingerprints of one bucket, as pairs of positions.
type Bucket = [Pair; PAIRS];
/// The bytes of one fingerprint, as pairs of positions.
type Sets = [[Bytes; 2]; PAIRS];

/// The estimated share of positions in ordinary logs that pass, if the pairs were independent.
fn passing(bucket: &Bucket, frequencies: &NgramFrequencies) -> f64 {
    bucket.iter().map(|pair| frequencies.share(pair.weight)).product()
}

/// The same with one more fingerprint.
fn passing_with(bucket: &Bucket, sets: &Sets, frequencies: &NgramFrequencies) -> f64 {
    let weight = |(pair, bytes): (&Pair, &[Bytes; 2])| pair.weight + pair.growth(*bytes, frequencies);
    bucket.iter().zip(sets).map(|pair| frequencies.share(weight(pair))).product()
}

/// The tables for these fingerprints, distributed so that little passes. `None` when too much would.
pub(super) fn tables(chosen: &[ChosenFingerprint], frequencies: &NgramFrequencies) -> Option<Tables> {
    let fingerprints: BTreeSet<&Fingerprint> = chosen.iter().map(|chosen| &chosen.fingerprint).collect();
    let mut buckets = vec![[Pair::EMPTY; PAIRS]; BUCKETS];
    let alone = |sets: Sets| (passing_with(&buckets[0], &sets, frequencies), sets);
    let mut fingerprints: Vec<(f64, Sets)> =
        fingerprints.into_iter().map(|fingerprint| alone(sets(fingerprint))).collect();
    // The most common first, because they need a bucket of their own.
    fingerprints.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut placed: Vec<Option<usize>> = vec![None; fingerprints.len()];
    for i in (0..=ROUNDS).flat_map(|_| 0..fingerprints.len()) {
        let (_, sets) = &fingerprints[i];
        if let Some(before) = placed[i].take() {
            buckets[before].iter_mut().zip(sets).for_each(|(pair, bytes)| pair.remove(*bytes, frequencies));
        }
        let cost = |bucket: &Bucket| passing_with(bucket, sets, frequencies) - passing(bucket, frequencies);
        let (cheapest, _) = buckets.iter().map(cost).enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b))?;
        buckets[cheapest].iter_mut().zip(sets).for_each(|(pair, bytes)| pair.add(*bytes, frequencies));
        placed[i] = Some(cheapest);
        if all_passing(&buckets, frequencies) > HOPELESS {
            return None;
        }
    }
    (all_passing(&buckets, frequencies) <= MAX_PASSING).then(|| as_tables(&buckets))
}

fn all_passing(buckets: &[Bucket], frequencies: &NgramFrequencies) -> f64 {
    buckets.iter().map(|bucket| passing(bucket, frequencies)).sum()
}

fn as_tables(buckets: &[Bucket]) -> Tables {
    let mut tables = [[0; BYTES]; FINGERPRINT_LEN];
    for (i, bucket) in buckets.iter().enumerate() {
        let halves = bucket.iter().flat_map(|pair| [&pair.first, &pair.second]);
        for (table, half) in tables.iter_mut().zip(halves) {
            ones(half.passing).for_each(|byte| table[byte] |= 1 << i);
        }
    }
    tables
}

fn sets(fingerprint: &Fingerprint) -> Sets {
    let set = |at: usize| match fingerprint[at] {
        ByteClass::Any => Bytes::MAX,
        class => class.bytes().fold(0, |set, byte| set | 1 << (byte & 127)),
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
        fn the_weight_does_not_depend_on_what_was_added_and_removed(
            all in prop::collection::vec(([bytes(), bytes()], any::<bool>()), 0..12),
        ) {
            let frequencies = NgramFrequencies::of_ordinary_logs();
            let mut pair = Pair::EMPTY;
            all.iter().for_each(|(bytes, _)| pair.add(*bytes, frequencies));
            all.iter().filter(|(_, kept)| !kept).for_each(|(bytes, _)| pair.remove(*bytes, frequencies));
            let union = |at: usize| all.iter().filter(|(_, kept)| *kept).fold(0, |set, (bytes, _)| set | bytes[at]);
            prop_assert_eq!((pair.first.passing, pair.second.passing), (union(0), union(1)));
            let weight = ones(union(0)).flat_map(|a| ones(union(1)).map(move |b| frequencies.by_first[a][b]));
            prop_assert_eq!(pair.weight, weight.sum::<Weight>());
        }
    }
}
