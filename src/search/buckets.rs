//! Distributes the fingerprints over eight buckets, as lookup tables.

use std::collections::BTreeSet;

use super::{
    bucket::{BUCKETS, Bucket, Pair, PairSlots, Slots, all_passing, ones, passing, passing_with},
    fingerprint::{ChosenFingerprint, Fingerprint},
    frequency::NgramFrequencies,
    layout::{PAIRS, SLOTS, Tables, slot_of},
    needle::ByteClass,
    placement::Placement,
};

/// How often each fingerprint is moved to the bucket where it costs least, given the position of the others, at most.
const ROUNDS: usize = 3;
/// The largest share of positions in ordinary logs that may pass, as estimated.
const MAX_PASSING: f64 = 0.01;
/// When more than this passes, no rearrangement brings it below the limit.
const HOPELESS: f64 = 4.0 * MAX_PASSING;

/// The tables for these fingerprints, distributed so that little passes; with `keeps_out`, few common texts. `None` when too
/// much would.
pub(super) fn tables(chosen: &[ChosenFingerprint], frequencies: &NgramFrequencies, keeps_out: bool) -> Option<Tables> {
    let fingerprints: BTreeSet<&Fingerprint> = chosen.iter().map(|chosen| &chosen.fingerprint).collect();
    let mut buckets = vec![[Pair::EMPTY; PAIRS]; BUCKETS];
    let mut shares: Vec<f64> = buckets.iter().map(|bucket| passing(bucket, frequencies)).collect();
    let alone = |slots: PairSlots| (passing_with(&buckets[0], &slots, frequencies), slots);
    let mut fingerprints: Vec<(f64, PairSlots)> =
        fingerprints.into_iter().map(|fingerprint| alone(pair_slots(fingerprint))).collect();
    // The most common first, because they need a bucket of their own.
    fingerprints.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut placed: Vec<Option<usize>> = vec![None; fingerprints.len()];
    for _ in 0..=ROUNDS {
        let mut moved = false;
        for i in 0..fingerprints.len() {
            let (_, slots) = &fingerprints[i];
            let before = placed[i];
            if let Some(before) = before {
                buckets[before].iter_mut().zip(slots).for_each(|(pair, slots)| pair.remove(*slots, frequencies));
                shares[before] = passing(&buckets[before], frequencies);
            }
            let cost = |(bucket, share): (&Bucket, &f64)| passing_with(bucket, slots, frequencies) - share;
            let costs = buckets.iter().zip(&shares).map(cost);
            let (cheapest, _) = costs.enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b))?;
            buckets[cheapest].iter_mut().zip(slots).for_each(|(pair, slots)| pair.add(*slots, frequencies));
            shares[cheapest] = passing(&buckets[cheapest], frequencies);
            placed[i] = Some(cheapest);
            moved |= placed[i] != before;
            if shares.iter().sum::<f64>() > HOPELESS {
                return None;
            }
        }
        if !moved {
            break;
        }
    }
    (all_passing(&buckets, frequencies) <= MAX_PASSING).then(|| {
        let mut placement = Placement { tables: as_tables(&buckets), buckets, fingerprints: &fingerprints, placed };
        if keeps_out {
            placement.keep_out_common_texts(frequencies);
        }
        placement.tables
    })
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
