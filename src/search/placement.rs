//! Moves fingerprints to other buckets, so that texts that are common in logs pass none.

use std::sync::LazyLock;

use super::{
    bucket::{BUCKETS, Bucket, PairSlots, all_passing, ones},
    corpus::COMMON_TEXT_BYTES,
    fingerprint::Fingerprint,
    frequency::NgramFrequencies,
    layout::{FINGERPRINT_LEN, PAIRS, SLOTS, Tables, slot_of},
};

/// How often a fingerprint is moved for one common text.
const MAX_MOVES_PER_TEXT: usize = 3;
const _: () = assert!(COMMON_TEXT_BYTES == FINGERPRINT_LEN);

/// A text that is common in ordinary logs.
struct CommonText {
    /// The slot of each of its pairs.
    slots: [u8; PAIRS],
    /// The share of positions at which it is.
    share: f64,
}

/// The texts that are most common in ordinary logs.
struct CommonTexts {
    texts: Vec<CommonText>,
    /// The texts with a slot at a pair: those of `by_slot[offsets[i]..offsets[i + 1]]`, for i = pair * SLOTS + slot.
    by_slot: Vec<u16>,
    offsets: Vec<usize>,
}

/// Which common texts have slots of a fingerprint.
struct Affected {
    common: &'static CommonTexts,
    /// The last question in which a text was part of the answer.
    seen: Vec<u32>,
    questions: u32,
}

impl CommonTexts {
    /// Computed on first use.
    fn of_ordinary_logs() -> &'static Self {
        static TEXTS: LazyLock<CommonTexts> = LazyLock::new(|| CommonTexts::new(NgramFrequencies::of_ordinary_logs()));
        &TEXTS
    }

    fn new(frequencies: &NgramFrequencies) -> Self {
        Self::of(frequencies.common_texts())
    }

    /// All texts that are in the corpus more than once: too many for every start.
    #[cfg(test)]
    fn repeated() -> &'static Self {
        static TEXTS: LazyLock<CommonTexts> = LazyLock::new(|| {
            let mut counts: std::collections::BTreeMap<&[u8], u32> = std::collections::BTreeMap::new();
            super::ORDINARY.windows(COMMON_TEXT_BYTES).for_each(|text| *counts.entry(text).or_default() += 1);
            let total = super::ORDINARY.len() as f64;
            let repeated = counts.into_iter().filter(|(_, count)| *count > 1);
            CommonTexts::of(repeated.map(|(text, count)| (text, f64::from(count) / total)))
        });
        &TEXTS
    }

    fn of<'t>(common: impl Iterator<Item = (&'t [u8], f64)>) -> Self {
        let slot = |pair: &[u8]| u8::try_from(slot_of(pair[0], pair[1])).unwrap_or_default();
        let texts: Vec<CommonText> = common
            .map(|(text, share)| CommonText { slots: std::array::from_fn(|i| slot(&text[i..])), share })
            .collect();
        let places = |text: &CommonText| {
            let slots = text.slots.into_iter().enumerate();
            slots.map(|(pair, slot)| pair * SLOTS + usize::from(slot))
        };
        let mut offsets = vec![0; PAIRS * SLOTS + 1];
        texts.iter().flat_map(places).for_each(|place| offsets[place + 1] += 1);
        (0..PAIRS * SLOTS).for_each(|place| offsets[place + 1] += offsets[place]);
        let mut free = offsets.clone();
        let mut by_slot = vec![0; texts.len() * PAIRS];
        for (number, text) in (0..).zip(&texts) {
            for place in places(text) {
                by_slot[free[place]] = number;
                free[place] += 1;
            }
        }
        Self { texts, by_slot, offsets }
    }
}

impl Affected {
    fn new(common: &'static CommonTexts) -> Self {
        Self { common, seen: vec![0; common.texts.len()], questions: 0 }
    }

    /// The numbers of the texts that have one of the slots of a fingerprint, each once: whether they pass may change when
    /// it is moved.
    fn with_slots_of(&mut self, slots: &PairSlots) -> Vec<usize> {
        self.questions += 1;
        let mut all = Vec::new();
        for (pair, slots) in slots.iter().enumerate() {
            for slot in ones(*slots) {
                let place = pair * SLOTS + slot;
                let CommonTexts { by_slot, offsets, .. } = self.common;
                for number in &by_slot[offsets[place]..offsets[place + 1]] {
                    let number = usize::from(*number);
                    if self.seen[number] != self.questions {
                        self.seen[number] = self.questions;
                        all.push(number);
                    }
                }
            }
        }
        all
    }
}

/// A fingerprint that is to be placed.
pub(super) struct OneFingerprint<'f> {
    #[cfg_attr(not(test), expect(dead_code, reason = "the list of places names it"))]
    pub(super) fingerprint: &'f Fingerprint,
    /// The share of positions in ordinary logs that pass when it is alone.
    pub(super) cost: f64,
    pub(super) slots: PairSlots,
}

/// Which fingerprint is in which bucket.
pub(super) struct Placement<'f> {
    pub(super) tables: Tables,
    pub(super) buckets: Vec<Bucket>,
    pub(super) fingerprints: &'f [OneFingerprint<'f>],
    pub(super) placed: Vec<Option<usize>>,
}

impl Placement<'_> {
    /// The pairs of a fingerprint are not independent, and neither are those of ordinary text: a common text passes if
    /// each of its pairs is one of some fingerprint in the same bucket. Moves fingerprints so that fewer such texts pass.
    pub(super) fn keep_out_common_texts(&mut self, frequencies: &NgramFrequencies) {
        let common = CommonTexts::of_ordinary_logs();
        let mut affected_by = Affected::new(common);
        for number in 0..common.texts.len() {
            // A bit of each bucket that it passes; after a move it may still pass another.
            for _ in 0..MAX_MOVES_PER_TEXT {
                let passing = self.passes(&common.texts[number]);
                if passing == 0 {
                    break;
                }
                let from = passing.trailing_zeros() as usize;
                let mut best: Option<(f64, usize, usize)> = None;
                for i in self.keys_to(&common.texts[number], from) {
                    let affected = affected_by.with_slots_of(&self.fingerprints[i].slots);
                    let cost = |placement: &Self| placement.cost(common, &affected, frequencies);
                    let before = cost(self);
                    for to in (0..BUCKETS).filter(|to| *to != from) {
                        self.move_to(i, to, frequencies);
                        let gain = before - cost(self);
                        if gain > best.map_or(0.0, |(gain, ..)| gain) {
                            best = Some((gain, i, to));
                        }
                    }
                    self.move_to(i, from, frequencies);
                }
                // Without a better place the text belongs to a needle, or all places cost more.
                let Some((_, i, to)) = best else { break };
                self.move_to(i, to, frequencies);
            }
        }
    }

    /// Looks for a better placement for some seconds: moves fingerprints at random, less and less often to where they cost
    /// more (simulated annealing).
    #[cfg(test)]
    pub(super) fn improve(&mut self, frequencies: &NgramFrequencies) {
        const MOVES: u32 = 400_000;
        const WARMEST: f64 = 3e-5;
        const COLDEST: f64 = 1e-7;
        let common = CommonTexts::repeated();
        let mut affected_by = Affected::new(common);
        // The same numbers at each run.
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state >> 11
        };
        for done in 0..MOVES {
            let (i, to) = (next() as usize % self.placed.len(), next() as usize % BUCKETS);
            let Some(from) = self.placed[i].filter(|from| *from != to) else { continue };
            let affected = affected_by.with_slots_of(&self.fingerprints[i].slots);
            let before = self.cost(common, &affected, frequencies);
            self.move_to(i, to, frequencies);
            let worse = self.cost(common, &affected, frequencies) - before;
            let warmth = WARMEST * (COLDEST / WARMEST).powf(f64::from(done) / f64::from(MOVES));
            let chance = next() as f64 / (1_u64 << 53) as f64;
            if worse > 0.0 && chance >= (-worse / warmth).exp() {
                self.move_to(i, from, frequencies);
            }
        }
    }

    /// The share of positions that pass: those of these texts, and what is estimated as if pairs were independent.
    fn cost(&self, common: &CommonTexts, texts: &[usize], frequencies: &NgramFrequencies) -> f64 {
        let texts = texts.iter().map(|number| &common.texts[*number]);
        let shares = texts.filter(|text| self.passes(text) != 0).map(|text| text.share);
        shares.sum::<f64>() + all_passing(&self.buckets, frequencies)
    }

    /// The buckets in which a text passes, one bit each.
    fn passes(&self, text: &CommonText) -> u8 {
        let mut passing = u8::MAX;
        for (table, slot) in self.tables.iter().zip(text.slots) {
            passing &= table[usize::from(slot)];
            // Nearly all texts are out after two or three pairs.
            if passing == 0 {
                break;
            }
        }
        passing
    }

    /// The fingerprints of a bucket without which a text would not pass it.
    fn keys_to(&self, text: &CommonText, bucket: usize) -> Vec<usize> {
        let only = |slots: &PairSlots| {
            let pairs = self.buckets[bucket].iter().zip(slots).zip(text.slots);
            pairs.into_iter().any(|((pair, slots), slot)| slots >> slot & 1 != 0 && pair.users[usize::from(slot)] == 1)
        };
        let of_bucket = (0..self.placed.len()).filter(|i| self.placed[*i] == Some(bucket));
        of_bucket.filter(|i| only(&self.fingerprints[*i].slots)).collect()
    }

    fn move_to(&mut self, fingerprint: usize, bucket: usize, frequencies: &NgramFrequencies) {
        let slots = &self.fingerprints[fingerprint].slots;
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
