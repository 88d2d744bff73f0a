//! Distributes the fingerprints over eight buckets, as lookup tables.

use std::collections::BTreeSet;

use super::{
    fingerprint::{ChosenFingerprint, Fingerprint},
    frequency::{NgramFrequencies, Weight},
    layout::{PAIRS, SLOTS, Tables, slot_of},
    needle::ByteClass,
    placement::Placement,
};

pub(super) const BUCKETS: usize = 8;
/// How often each fingerprint is moved to the bucket where it costs least, given the position of the others.
const ROUNDS: usize = 3;
/// The largest share of positions in ordinary logs that may pass, as estimated.
const MAX_PASSING: f64 = 0.01;
/// When more than this passes, no rearrangement brings it below the limit.
const HOPELESS: f64 = 4.0 * MAX_PASSING;

/// A set of slots, one bit each.
type Slots = u128;
/// The slots of each pair of a fingerprint: more than one where a byte class has several bytes.
pub(super) type PairSlots = [Slots; PAIRS];

/// One of the neighbouring pairs in the fingerprints of a bucket.
#[derive(Clone)]
pub(super) struct Pair {
    /// How many fingerprints have each slot here.
    pub(super) users: [u16; SLOTS],
    /// The slots that some fingerprint has here.
    passing: Slots,
    /// Weight of the slots that pass.
    weight: Weight,
}

impl Pair {
    const EMPTY: Self = Self { users: [0; SLOTS], passing: 0, weight: 0 };

    /// How much the weight grows with a fingerprint that has these slots.
    fn growth(&self, slots: Slots, frequencies: &NgramFrequencies) -> Weight {
        weight(slots & !self.passing, frequencies)
    }

    pub(super) fn add(&mut self, slots: Slots, frequencies: &NgramFrequencies) {
        ones(slots).for_each(|slot| self.users[slot] += 1);
        self.weight += self.growth(slots, frequencies);
        self.passing |= slots;
    }

    pub(super) fn remove(&mut self, slots: Slots, frequencies: &NgramFrequencies) {
        ones(slots).for_each(|slot| self.users[slot] -= 1);
        let gone = ones(slots).filter(|slot| self.users[*slot] == 0).fold(0, |gone, slot| gone | 1 << slot);
        self.weight -= weight(gone, frequencies);
        self.passing &= !gone;
    }
}

/// The fingerprints of one bucket.
pub(super) type Bucket = [Pair; PAIRS];

/// The estimated share of positions in ordinary logs that pass, if the pairs were independent.
fn passing(bucket: &Bucket, frequencies: &NgramFrequencies) -> f64 {
    bucket.iter().map(|pair| frequencies.share(pair.weight)).product()
}

/// The same with one more fingerprint.
fn passing_with(bucket: &Bucket, slots: &PairSlots, frequencies: &NgramFrequencies) -> f64 {
    let weight = |(pair, slots): (&Pair, &Slots)| pair.weight + pair.growth(*slots, frequencies);
    bucket.iter().zip(slots).map(|pair| frequencies.share(weight(pair))).product()
}

/// The tables for these fingerprints, distributed so that little passes. `None` when too much would.
pub(super) fn tables(chosen: &[ChosenFingerprint], frequencies: &NgramFrequencies) -> Option<Tables> {
    let fingerprints: BTreeSet<&Fingerprint> = chosen.iter().map(|chosen| &chosen.fingerprint).collect();
    let mut buckets = vec![[Pair::EMPTY; PAIRS]; BUCKETS];
    let alone = |slots: PairSlots| (passing_with(&buckets[0], &slots, frequencies), slots);
    let mut fingerprints: Vec<(f64, PairSlots)> =
        fingerprints.into_iter().map(|fingerprint| alone(pair_slots(fingerprint))).collect();
    // The most common first, because they need a bucket of their own.
    fingerprints.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut placed: Vec<Option<usize>> = vec![None; fingerprints.len()];
    for i in (0..=ROUNDS).flat_map(|_| 0..fingerprints.len()) {
        let (_, slots) = &fingerprints[i];
        if let Some(before) = placed[i].take() {
            buckets[before].iter_mut().zip(slots).for_each(|(pair, slots)| pair.remove(*slots, frequencies));
        }
        let cost = |bucket: &Bucket| passing_with(bucket, slots, frequencies) - passing(bucket, frequencies);
        let (cheapest, _) = buckets.iter().map(cost).enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b))?;
        buckets[cheapest].iter_mut().zip(slots).for_each(|(pair, slots)| pair.add(*slots, frequencies));
        placed[i] = Some(cheapest);
        if all_passing(&buckets, frequencies) > HOPELESS {
            return None;
        }
    }
    (all_passing(&buckets, frequencies) <= MAX_PASSING).then(|| {
        let mut placement = Placement { tables: as_tables(&buckets), buckets, fingerprints: &fingerprints, placed };
        placement.keep_out_common_texts(frequencies);
        placement.tables
    })
}

pub(super) fn all_passing(buckets: &[Bucket], frequencies: &NgramFrequencies) -> f64 {
    buckets.iter().map(|bucket| passing(bucket, frequencies)).sum()
}

fn as_tables(buckets: &[Bucket]) -> Tables {
    let mut tables = [[0; SLOTS]; PAIRS];
    for (i, bucket) in buckets.iter().enumerate() {
        for (table, pair) in tables.iter_mut().zip(bucket) {
            ones(pair.passing).for_each(|slot| table[slot] |= 1 << i);
        }
    }
    tables
}

fn pair_slots(fingerprint: &Fingerprint) -> PairSlots {
    std::array::from_fn(|i| {
        let [first, second] = [fingerprint[i], fingerprint[i + 1]];
        if first == ByteClass::Any {
            return Slots::MAX;
        }
        let slots = first.bytes().flat_map(|first| second.bytes().map(move |second| slot_of(first, second)));
        slots.fold(0, |set, slot| set | 1 << slot)
    })
}

fn weight(slots: Slots, frequencies: &NgramFrequencies) -> Weight {
    ones(slots).map(|slot| frequencies.slots[slot]).sum()
}

/// The numbers of the bits that are set.
pub(super) fn ones(mut bits: Slots) -> impl Iterator<Item = usize> {
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

    proptest! {
        #[test]
        fn the_weight_does_not_depend_on_what_was_added_and_removed(
            all in prop::collection::vec((any::<u128>(), any::<bool>()), 0..12),
        ) {
            let frequencies = NgramFrequencies::of_ordinary_logs();
            let mut pair = Pair::EMPTY;
            all.iter().for_each(|(slots, _)| pair.add(*slots, frequencies));
            all.iter().filter(|(_, kept)| !kept).for_each(|(slots, _)| pair.remove(*slots, frequencies));
            let union = all.iter().filter(|(_, kept)| *kept).fold(0, |union, (slots, _)| union | slots);
            prop_assert_eq!(pair.passing, union);
            prop_assert_eq!(pair.weight, weight(union, frequencies));
        }
    }
}
