//! Distributes the fingerprints over eight buckets, as lookup tables.

use std::collections::BTreeSet;

use super::{
    corpus::COMMON_TEXT_BYTES,
    fingerprint::{ChosenFingerprint, Fingerprint},
    frequency::{NgramFrequencies, Weight},
    layout::{FINGERPRINT_LEN, PAIRS, SLOTS, Tables, slot_of},
    needle::ByteClass,
};

const BUCKETS: usize = 8;
/// How often each fingerprint is moved to the bucket where it costs least, given the position of the others.
const ROUNDS: usize = 3;
/// The largest share of positions in ordinary logs that may pass, as estimated.
const MAX_PASSING: f64 = 0.01;
/// When more than this passes, no rearrangement brings it below the limit.
const HOPELESS: f64 = 4.0 * MAX_PASSING;

/// How often a fingerprint is moved for one common text.
const MAX_MOVES_PER_TEXT: usize = 3;
const _: () = assert!(COMMON_TEXT_BYTES == FINGERPRINT_LEN);

/// A set of slots, one bit each.
type Slots = u128;
/// The slots of each pair of a fingerprint: more than one where a byte class has several bytes.
type PairSlots = [Slots; PAIRS];

/// One of the neighbouring pairs in the fingerprints of a bucket.
#[derive(Clone)]
struct Pair {
    /// How many fingerprints have each slot here.
    users: [u16; SLOTS],
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

    fn add(&mut self, slots: Slots, frequencies: &NgramFrequencies) {
        ones(slots).for_each(|slot| self.users[slot] += 1);
        self.weight += self.growth(slots, frequencies);
        self.passing |= slots;
    }

    fn remove(&mut self, slots: Slots, frequencies: &NgramFrequencies) {
        ones(slots).for_each(|slot| self.users[slot] -= 1);
        let gone = ones(slots).filter(|slot| self.users[*slot] == 0).fold(0, |gone, slot| gone | 1 << slot);
        self.weight -= weight(gone, frequencies);
        self.passing &= !gone;
    }
}

/// The fingerprints of one bucket.
type Bucket = [Pair; PAIRS];

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

/// Which fingerprint is in which bucket.
struct Placement<'f> {
    tables: Tables,
    buckets: Vec<Bucket>,
    fingerprints: &'f [(f64, PairSlots)],
    placed: Vec<Option<usize>>,
}

/// A text that is common in ordinary logs.
struct CommonText {
    slots: [usize; PAIRS],
    /// The share of positions at which it is.
    share: f64,
}

impl Placement<'_> {
    /// The pairs of a fingerprint are not independent, and neither are those of ordinary text: a common text passes if
    /// each of its pairs is one of some fingerprint in the same bucket. Moves fingerprints so that fewer such texts pass.
    fn keep_out_common_texts(&mut self, frequencies: &NgramFrequencies) {
        let texts: Vec<CommonText> = frequencies
            .common_texts()
            .map(|(text, share)| CommonText { slots: std::array::from_fn(|i| slot_of(text[i], text[i + 1])), share })
            .collect();
        let cost = |placement: &Self| {
            let common: f64 = texts.iter().filter(|text| placement.passes(text) != 0).map(|text| text.share).sum();
            common + all_passing(&placement.buckets, frequencies)
        };
        let mut now = cost(self);
        for text in &texts {
            // A bit of each bucket that it passes; after a move it may still pass another.
            for _ in 0..MAX_MOVES_PER_TEXT {
                let passing = self.passes(text);
                if passing == 0 {
                    break;
                }
                let from = passing.trailing_zeros() as usize;
                let mut best: Option<(f64, usize, usize)> = None;
                for i in self.keys_to(text, from) {
                    for to in (0..BUCKETS).filter(|to| *to != from) {
                        self.move_to(i, to, frequencies);
                        let moved = cost(self);
                        if moved < best.map_or(now, |(cost, ..)| cost) {
                            best = Some((moved, i, to));
                        }
                        self.move_to(i, from, frequencies);
                    }
                }
                // Without a better place the text belongs to a needle, or all places cost more.
                let Some((cost, i, to)) = best else { break };
                self.move_to(i, to, frequencies);
                now = cost;
            }
        }
    }

    /// The buckets in which a text passes, one bit each.
    fn passes(&self, text: &CommonText) -> u8 {
        self.tables.iter().zip(text.slots).fold(u8::MAX, |passing, (table, slot)| passing & table[slot])
    }

    /// The fingerprints of a bucket without which a text would not pass it.
    fn keys_to(&self, text: &CommonText, bucket: usize) -> Vec<usize> {
        let only = |slots: &PairSlots| {
            let pairs = self.buckets[bucket].iter().zip(slots).zip(text.slots);
            pairs.into_iter().any(|((pair, slots), slot)| slots >> slot & 1 != 0 && pair.users[slot] == 1)
        };
        let of_bucket = (0..self.placed.len()).filter(|i| self.placed[*i] == Some(bucket));
        of_bucket.filter(|i| only(&self.fingerprints[*i].1)).collect()
    }

    fn move_to(&mut self, fingerprint: usize, bucket: usize, frequencies: &NgramFrequencies) {
        let slots = &self.fingerprints[fingerprint].1;
        if let Some(before) = self.placed[fingerprint].replace(bucket) {
            self.buckets[before].iter_mut().zip(slots).for_each(|(pair, slots)| pair.remove(*slots, frequencies));
            self.update_tables(before, slots);
        }
        self.buckets[bucket].iter_mut().zip(slots).for_each(|(pair, slots)| pair.add(*slots, frequencies));
        self.update_tables(bucket, slots);
    }

    fn update_tables(&mut self, bucket: usize, slots: &PairSlots) {
        for ((table, pair), slots) in self.tables.iter_mut().zip(&self.buckets[bucket]).zip(slots) {
            ones(*slots).for_each(|slot| {
                table[slot] = table[slot] & !(1 << bucket) | u8::from(pair.users[slot] > 0) << bucket;
            });
        }
    }
}

fn all_passing(buckets: &[Bucket], frequencies: &NgramFrequencies) -> f64 {
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
fn ones(mut bits: Slots) -> impl Iterator<Item = usize> {
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
