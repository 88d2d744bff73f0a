//! Which six neighbouring places of each word are looked for.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{
    frequency::NgramFrequencies,
    needle::{ByteClass, Needle},
    ngram_index::{NGRAM_LEN, expand},
    simd::WINDOW,
};

pub(super) type Fingerprint = [ByteClass; WINDOW];

/// What a window costs for its bytes in the tables, whatever ordinary logs hold.
const EACH: f64 = 8e-6;

/// The window of one word.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChosenFingerprint {
    pub(super) window: Fingerprint,
    /// Where in the word it stands.
    pub(super) at: i32,
}

/// Where a window stands.
struct FingerprintSite {
    /// A number for each window, quicker to compare.
    key: u64,
    price: f64,
    word: u32,
    at: u32,
}

/// For each word the window that is looked for, with whatever stands behind a word that is shorter: of
/// all windows time and again the one that costs least for each word that has it and none yet. `None`
/// when a word has no run.
pub(super) fn choose(words: &[Needle], prices: &NgramFrequencies) -> Option<Vec<ChosenFingerprint>> {
    let words: Vec<Vec<ByteClass>> = words.iter().map(long_enough).collect();
    let mut standing: Vec<FingerprintSite> =
        (0..).zip(&words).flat_map(|(i, places)| sites_in(i, places, prices)).collect();
    standing.sort_unstable_by_key(|standing| (standing.key, standing.word, standing.at));
    let shared: Vec<&[FingerprintSite]> = standing.chunk_by(|a, b| a.key == b.key).collect();
    let mut chosen: Vec<Option<ChosenFingerprint>> = vec![None; words.len()];
    let mut missing = words.len();
    // What a window costs for each word only grows: one whose cost still holds is the cheapest.
    let cost = |shared: &[FingerprintSite], chosen: &[Option<ChosenFingerprint>]| {
        let open = shared.iter().filter(|standing| chosen[standing.word as usize].is_none()).count();
        (open > 0).then(|| (shared[0].price / open as f64).to_bits())
    };
    let costs = shared.iter().enumerate().filter_map(|(i, shared)| Some(Reverse((cost(shared, &chosen)?, i))));
    let mut queue: BinaryHeap<_> = costs.collect();
    while missing > 0 {
        let Reverse((before, i)) = queue.pop()?;
        match cost(shared[i], &chosen) {
            Some(now) if now == before => {
                for standing in shared[i] {
                    let word = standing.word as usize;
                    missing -= usize::from(chosen[word].is_none());
                    chosen[word] = chosen[word].or(standing.chosen(&words[word]));
                }
            }
            Some(now) => queue.push(Reverse((now, i))),
            None => {}
        }
    }
    chosen.into_iter().collect()
}

impl FingerprintSite {
    fn chosen(&self, places: &[ByteClass]) -> Option<ChosenFingerprint> {
        let window = places.get(self.at as usize..)?.first_chunk()?;
        Some(ChosenFingerprint { window: *window, at: i32::try_from(self.at).ok()? })
    }
}

/// The places of a word, and whatever stands behind one that is shorter than a window; none for one that
/// is shorter than a run.
fn long_enough(word: &Needle) -> Vec<ByteClass> {
    let mut places = word.places();
    places.resize(if places.len() < NGRAM_LEN { 0 } else { places.len().max(WINDOW) }, ByteClass::Any);
    places
}

fn sites_in(word: u32, places: &[ByteClass], prices: &NgramFrequencies) -> Vec<FingerprintSite> {
    let runs: Vec<f64> = places.windows(NGRAM_LEN).map(|run| cost(run, prices)).collect();
    let standing = |(at, window): (u32, &[ByteClass])| {
        let runs = &runs[at as usize..];
        FingerprintSite { key: key(window), price: EACH + runs[0].min(runs[WINDOW - NGRAM_LEN]), word, at }
    };
    (0..).zip(places.windows(WINDOW)).map(standing).collect()
}

fn key(window: &[ByteClass]) -> u64 {
    window.iter().fold(0, |key, place| {
        let place = match place {
            ByteClass::Byte(byte) => u64::from(*byte),
            ByteClass::Digit => 256,
            ByteClass::Any => 257,
        };
        key << 9 | place
    })
}

/// How often ordinary logs hold a run.
fn cost(run: &[ByteClass], prices: &NgramFrequencies) -> f64 {
    match run {
        [ByteClass::Byte(a), ByteClass::Byte(b), ByteClass::Byte(c), ByteClass::Byte(d)] => prices.of([*a, *b, *c, *d]),
        run if run.contains(&ByteClass::Any) => 1.0,
        run => expand(run).map(|run| prices.of(run)).sum::<f64>().min(1.0),
    }
}
