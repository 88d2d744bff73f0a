//! The buckets of the fingerprints of the built-in catalogue.
//!
//! Where each fingerprint is best takes seconds to find out, so it is computed by a test and stored. Needles of a user's
//! catalogue that are not in the list are placed at startup, all of them.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::FixedState;

use super::{
    bucket::{ones, pair_slots},
    fingerprint::{Fingerprint, key},
    layout::{PAIRS, SLOTS, Tables},
};

/// Each line: a bucket, the number of a fingerprint in hexadecimal digits, its text.
/// `UPDATE_SNAPSHOTS=1 cargo test --lib fingerprints_of_the_builtin_catalogue` writes it.
static PLACES: &str = include_str!("places.tsv");

/// The tables for these fingerprints. `None` when one of them is not in the list.
pub(super) fn tables(fingerprints: &BTreeSet<&Fingerprint>) -> Option<Tables> {
    let places: HashMap<u64, u8, FixedState> = PLACES.lines().filter_map(place).collect();
    let mut tables = [[0; SLOTS]; PAIRS];
    for fingerprint in fingerprints {
        let bucket = *places.get(&key(*fingerprint))?;
        for (table, slots) in tables.iter_mut().zip(pair_slots(fingerprint)) {
            ones(slots).for_each(|slot| table[slot] |= 1 << bucket);
        }
    }
    Some(tables)
}

fn place(line: &str) -> Option<(u64, u8)> {
    let mut fields = line.split('\t');
    let bucket = fields.next()?.parse().ok().filter(|bucket| *bucket < 8)?;
    Some((u64::from_str_radix(fields.next()?, 16).ok()?, bucket))
}

/// How many fingerprints are in the list.
#[cfg(test)]
pub(super) fn count() -> usize {
    PLACES.lines().filter_map(place).count()
}
