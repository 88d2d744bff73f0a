//! One bucket: the pairs of its fingerprints, and how much of ordinary text they let pass.

use super::{
    fingerprint::Fingerprint,
    frequency::{NgramFrequencies, Weight},
    layout::{PAIRS, SLOTS, slot_of},
    needle::ByteClass,
};

/// Number of buckets: one bit each in the tables.
pub(super) const BUCKETS: usize = 8;

/// A set of slots, one bit each.
pub(super) type Slots = u128;
/// The slots of each pair of a fingerprint: more than one where a byte class has several bytes.
pub(super) type PairSlots = [Slots; PAIRS];

/// One of the neighbouring pairs in the fingerprints of a bucket.
#[derive(Clone)]
pub(super) struct Pair {
    /// How many fingerprints have each slot here.
    pub(super) users: [u16; SLOTS],
    /// The slots that some fingerprint has here.
    pub(super) passing: Slots,
    /// Weight of the slots that pass.
    weight: Weight,
}

impl Pair {
    pub(super) const EMPTY: Self = Self { users: [0; SLOTS], passing: 0, weight: 0 };

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
pub(super) fn passing(bucket: &Bucket, frequencies: &NgramFrequencies) -> f64 {
    bucket.iter().map(|pair| frequencies.share(pair.weight)).product()
}

/// The same with one more fingerprint.
pub(super) fn passing_with(bucket: &Bucket, slots: &PairSlots, frequencies: &NgramFrequencies) -> f64 {
    let weight = |(pair, slots): (&Pair, &Slots)| pair.weight + pair.growth(*slots, frequencies);
    bucket.iter().zip(slots).map(|pair| frequencies.share(weight(pair))).product()
}

/// The estimated share of positions in ordinary logs that pass any bucket.
pub(super) fn all_passing(buckets: &[Bucket], frequencies: &NgramFrequencies) -> f64 {
    buckets.iter().map(|bucket| passing(bucket, frequencies)).sum()
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

/// The slots of a fingerprint.
pub(super) fn pair_slots(fingerprint: &Fingerprint) -> PairSlots {
    std::array::from_fn(|i| {
        let [first, second] = [fingerprint[i], fingerprint[i + 1]];
        if first == ByteClass::Any {
            return Slots::MAX;
        }
        let slots = first.bytes().flat_map(|first| second.bytes().map(move |second| slot_of(first, second)));
        slots.fold(0, |set, slot| set | 1 << slot)
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
