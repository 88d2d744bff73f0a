//! Chooses the fingerprint of each needle: the seven neighbouring bytes that are looked for.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{
    frequency::NgramFrequencies,
    layout::FINGERPRINT_LEN,
    needle::{ByteClass, Needle},
    ngram_index::{NGRAM_LEN, expand},
};

pub(super) type Fingerprint = [ByteClass; FINGERPRINT_LEN];

/// What a fingerprint costs for its bytes in the tables, however rare it is in ordinary logs.
const FIXED_COST: f64 = 4e-6;

/// The fingerprint of one needle.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChosenFingerprint {
    pub(super) fingerprint: Fingerprint,
    /// Its position in the needle.
    pub(super) at: i32,
}

/// One possible fingerprint of one needle.
struct FingerprintSite {
    /// A number for each fingerprint, faster to compare.
    key: u64,
    cost: f64,
    needle: u32,
    /// Its position in the needle.
    at: u32,
}

/// Chooses a fingerprint for each needle; one that is shorter than a fingerprint is followed by any bytes.
/// Fingerprints are shared: repeatedly takes the one that costs least per needle that has it and no other yet.
/// `None` when a needle is shorter than an n-gram.
pub(super) fn choose(needles: &[Needle], frequencies: &NgramFrequencies) -> Option<Vec<ChosenFingerprint>> {
    let needles: Vec<Vec<ByteClass>> = needles.iter().map(padded_classes).collect();
    let mut sites: Vec<FingerprintSite> =
        (0..).zip(&needles).flat_map(|(i, classes)| sites_in(i, classes, frequencies)).collect();
    sites.sort_unstable_by_key(|site| (site.key, site.needle, site.at));
    let shared: Vec<&[FingerprintSite]> = sites.chunk_by(|a, b| a.key == b.key).collect();
    let mut chosen: Vec<Option<ChosenFingerprint>> = vec![None; needles.len()];
    let mut missing = needles.len();
    // The cost per needle only grows, so a fingerprint whose queued cost is still correct is the cheapest.
    let cost = |shared: &[FingerprintSite], chosen: &[Option<ChosenFingerprint>]| {
        let open = shared.iter().filter(|site| chosen[site.needle as usize].is_none()).count();
        (open > 0).then(|| (shared[0].cost / open as f64).to_bits())
    };
    // Of those that only one needle has, the cheapest is enough.
    let mut own: Vec<Option<(u64, usize)>> = vec![None; needles.len()];
    let mut queued = Vec::new();
    for (i, shared) in shared.iter().enumerate() {
        let Some(cost) = cost(shared, &chosen) else { continue };
        let needle = shared[0].needle;
        if shared.iter().any(|site| site.needle != needle) {
            queued.push(Reverse((cost, i)));
        } else {
            let own = &mut own[needle as usize];
            *own = Some(own.map_or((cost, i), |own| own.min((cost, i))));
        }
    }
    queued.extend(own.into_iter().flatten().map(Reverse));
    let mut queue = BinaryHeap::from(queued);
    while missing > 0 {
        let Reverse((before, i)) = queue.pop()?;
        match cost(shared[i], &chosen) {
            Some(now) if now == before => {
                for site in shared[i] {
                    let needle = site.needle as usize;
                    missing -= usize::from(chosen[needle].is_none());
                    chosen[needle] = chosen[needle].or(site.chosen(&needles[needle]));
                }
            }
            Some(now) => queue.push(Reverse((now, i))),
            None => {}
        }
    }
    chosen.into_iter().collect()
}

impl FingerprintSite {
    fn chosen(&self, classes: &[ByteClass]) -> Option<ChosenFingerprint> {
        let fingerprint = classes.get(self.at as usize..)?.first_chunk()?;
        Some(ChosenFingerprint { fingerprint: *fingerprint, at: i32::try_from(self.at).ok()? })
    }
}

/// The classes of a needle, padded to the length of a fingerprint; none for a needle shorter than an n-gram.
fn padded_classes(needle: &Needle) -> Vec<ByteClass> {
    let mut classes = needle.classes();
    classes.resize(if classes.len() < NGRAM_LEN { 0 } else { classes.len().max(FINGERPRINT_LEN) }, ByteClass::Any);
    classes
}

fn sites_in(needle: u32, classes: &[ByteClass], frequencies: &NgramFrequencies) -> Vec<FingerprintSite> {
    let ngrams: Vec<f64> = classes.windows(NGRAM_LEN).map(|ngram| frequency(ngram, frequencies)).collect();
    let site = |(at, fingerprint): (u32, &[ByteClass])| {
        let ngrams = &ngrams[at as usize..];
        let cost = FIXED_COST + ngrams[0].min(ngrams[FINGERPRINT_LEN - NGRAM_LEN]);
        FingerprintSite { key: key(fingerprint), cost, needle, at }
    };
    (0..).zip(classes.windows(FINGERPRINT_LEN)).map(site).collect()
}

/// A number for a fingerprint, another one for each.
pub(super) fn key(fingerprint: &[ByteClass]) -> u64 {
    fingerprint.iter().fold(0, |key, class| {
        let class = match class {
            ByteClass::Byte(byte) => u64::from(*byte),
            ByteClass::Digit => 256,
            ByteClass::Any => 257,
        };
        key << 9 | class
    })
}

/// How often an n-gram occurs in ordinary logs.
fn frequency(ngram: &[ByteClass], frequencies: &NgramFrequencies) -> f64 {
    match ngram {
        [ByteClass::Byte(a), ByteClass::Byte(b), ByteClass::Byte(c), ByteClass::Byte(d)] => {
            frequencies.of_ngram([*a, *b, *c, *d])
        }
        ngram if ngram.contains(&ByteClass::Any) => 1.0,
        ngram => expand(ngram).map(|ngram| frequencies.of_ngram(ngram)).sum::<f64>().min(1.0),
    }
}
