//! Distributes the fingerprints over eight buckets, as lookup tables.

use std::collections::BTreeSet;

use super::{
    bucket::{BUCKETS, Bucket, Pair, all_passing, ones, pair_slots, passing, passing_with},
    fingerprint::{ChosenFingerprint, Fingerprint},
    frequency::NgramFrequencies,
    layout::{PAIRS, SLOTS, Tables},
    placement::{OneFingerprint, Placement},
    places,
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
    if keeps_out && let Some(known) = places::tables(&fingerprints) {
        return Some(known);
    }
    let fingerprints = by_cost(&fingerprints, frequencies);
    let mut placement = placed(&fingerprints, frequencies)?;
    if keeps_out {
        placement.keep_out_common_texts(frequencies);
    }
    Some(placement.tables)
}

/// The list of [`places`] for these fingerprints.
#[cfg(test)]
pub(super) fn best_places(chosen: &[ChosenFingerprint], frequencies: &NgramFrequencies) -> Option<String> {
    let fingerprints: BTreeSet<&Fingerprint> = chosen.iter().map(|chosen| &chosen.fingerprint).collect();
    let by_cost = by_cost(&fingerprints, frequencies);
    let mut placement = placed(&by_cost, frequencies)?;
    placement.improve(frequencies);
    let line = |(one, bucket): (&OneFingerprint<'_>, &Option<usize>)| {
        let text: String = one.fingerprint.iter().map(ToString::to_string).collect();
        format!("{}\t{:016x}\t{text}\n", bucket.unwrap_or_default(), super::fingerprint::key(one.fingerprint))
    };
    let mut lines: Vec<String> = by_cost.iter().zip(&placement.placed).map(line).collect();
    lines.sort_by(|a, b| a[2..].cmp(&b[2..]));
    Some(lines.concat())
}

/// The fingerprints, the most common first, because they need a bucket of their own.
fn by_cost<'f>(fingerprints: &BTreeSet<&'f Fingerprint>, frequencies: &NgramFrequencies) -> Vec<OneFingerprint<'f>> {
    let empty = [Pair::EMPTY; PAIRS];
    let one = |fingerprint: &&'f Fingerprint| {
        let slots = pair_slots(fingerprint);
        OneFingerprint { fingerprint, cost: passing_with(&empty, &slots, frequencies), slots }
    };
    let mut all: Vec<_> = fingerprints.iter().map(one).collect();
    all.sort_by(|a, b| b.cost.total_cmp(&a.cost));
    all
}

/// Each fingerprint in the bucket where it costs least. `None` when too much passes.
fn placed<'f>(fingerprints: &'f [OneFingerprint<'f>], frequencies: &NgramFrequencies) -> Option<Placement<'f>> {
    let mut buckets = vec![[Pair::EMPTY; PAIRS]; BUCKETS];
    let mut shares: Vec<f64> = buckets.iter().map(|bucket| passing(bucket, frequencies)).collect();
    let mut placed: Vec<Option<usize>> = vec![None; fingerprints.len()];
    for _ in 0..=ROUNDS {
        let mut moved = false;
        for (i, OneFingerprint { slots, .. }) in fingerprints.iter().enumerate() {
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
    (all_passing(&buckets, frequencies) <= MAX_PASSING).then(|| Placement {
        tables: as_tables(&buckets),
        buckets,
        fingerprints,
        placed,
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
