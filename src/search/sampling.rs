//! Samples a text at every `STEP`th byte.
//!
//! A needle of nine bytes or more cannot fall between samples six bytes apart: of six n-grams of four bytes in it
//! whose positions differ in their remainders of a division by six, one is at a sampled position. So the search looks
//! at four bytes, skips two, and asks a bit table whether such an n-gram belongs to any needle. What passes the table
//! is compared with the needles themselves. The cost is the same for ten needles and for a thousand.
//!
//! Which n-gram of each remainder is looked for is free: the one that is rarest in ordinary logs.

use super::{
    frequency::NgramFrequencies,
    needle::{ByteClass, Needle},
    ngram_index::{NGRAM_LEN, NgramIndex, expand},
};

/// Slots of a table of 2 KiB, and of one that fits into the L1 cache.
const SMALL: usize = 256;
const LARGE: usize = 4096;
/// With more n-grams, each of which sets two of the 64 bits of a slot, too much ordinary text passes.
const MAX_NGRAMS_PER_SLOT: usize = 8;
/// Samples that are tested together.
const SAMPLES_AT_ONCE: usize = 8;
/// How many bytes at the end of a text are sampled at every position, because the bytes after a needle may be
/// missing there.
const TAIL_BYTES: usize = 16;

/// A search with a table of one of two sizes. Small ones, for a few phrases, stay in the caches beside each other.
#[derive(Debug, Clone)]
pub(crate) enum SizedSearcher<const STEP: usize> {
    Small(SamplingSearcher<STEP, SMALL>),
    Large(SamplingSearcher<STEP, LARGE>),
}

impl<const STEP: usize> SizedSearcher<STEP> {
    /// See [`SamplingSearcher::new`].
    pub(super) fn new(needles: Vec<Needle>, frequencies: &NgramFrequencies) -> Self {
        let sampled = SampledNgrams::new(&needles, STEP, frequencies);
        match sampled.count() <= MAX_NGRAMS_PER_SLOT * SMALL {
            true => Self::Small(SamplingSearcher::with(needles, &sampled)),
            false => Self::Large(SamplingSearcher::with(needles, &sampled)),
        }
    }

    /// See [`super::MultiSearcher::first`].
    pub(super) fn first(&self, text: &[u8], from: usize) -> Option<usize> {
        match self {
            Self::Small(searcher) => searcher.first(text, from),
            Self::Large(searcher) => searcher.first(text, from),
        }
    }

    /// See [`super::MultiSearcher::for_each`].
    pub(super) fn for_each(&self, text: &[u8], each: impl FnMut(usize, usize)) {
        match self {
            Self::Small(searcher) => searcher.for_each(text, each),
            Self::Large(searcher) => searcher.for_each(text, each),
        }
    }
}

/// A compiled search for several needles: a sample every `STEP` bytes, and a table of `SLOTS` slots.
#[derive(Debug, Clone)]
pub(crate) struct SamplingSearcher<const STEP: usize, const SLOTS: usize> {
    index: NgramIndex<SLOTS>,
}

impl<const STEP: usize, const SLOTS: usize> SamplingSearcher<STEP, SLOTS> {
    /// Bytes spanned by the samples that are tested together.
    const SPAN: usize = (SAMPLES_AT_ONCE - 1) * STEP + NGRAM_LEN;

    /// Length of the shortest needle that is found, in bytes: with the byte before it and the one after it,
    /// it has enough n-grams.
    pub(crate) const MIN_NEEDLE_BYTES: usize = STEP + NGRAM_LEN - 1 - 2;

    /// A search for needles. A needle that is too short is not found.
    #[cfg(test)]
    pub(super) fn new(needles: Vec<Needle>, frequencies: &NgramFrequencies) -> Self {
        let sampled = SampledNgrams::new(&needles, STEP, frequencies);
        Self::with(needles, &sampled)
    }

    fn with(needles: Vec<Needle>, sampled: &SampledNgrams) -> Self {
        Self { index: NgramIndex::new(needles, sampled.each()) }
    }

    /// See [`super::MultiSearcher::first`].
    pub(super) fn first(&self, text: &[u8], from: usize) -> Option<usize> {
        let mut found = None;
        self.candidates(text, from, |at| {
            self.index.each_at(text, at, |_, start| {
                found = found.or(Some(start).filter(|start| *start >= from));
            });
            found.is_some()
        });
        found
    }

    /// See [`super::MultiSearcher::for_each`]; near the end of the text an occurrence comes more than once.
    pub(super) fn for_each(&self, text: &[u8], mut each: impl FnMut(usize, usize)) {
        self.candidates(text, 0, |at| {
            self.index.each_at(text, at, &mut each);
            false
        });
    }

    /// Calls `done` with the positions of `text[from..]` whose samples may belong to a needle, until it
    /// returns true.
    fn candidates(&self, text: &[u8], from: usize, mut done: impl FnMut(usize) -> bool) {
        let body = text.len().saturating_sub(TAIL_BYTES);
        let mut at = from;
        while at + Self::SPAN <= body {
            let span = &text[at..at + Self::SPAN];
            // Almost always nothing passes, which is decided for all samples together.
            if self.may_match(span) {
                let mut passing = self.passing(span);
                while passing != 0 {
                    if done(at + passing.trailing_zeros() as usize * STEP) {
                        return;
                    }
                    passing &= passing - 1;
                }
            }
            at += SAMPLES_AT_ONCE * STEP;
        }
        let rest = (at..body).step_by(STEP);
        let tail = body.max(from)..text.len().saturating_sub(NGRAM_LEN - 1);
        let _ = rest.chain(tail).any(|at| self.test(&text[at..at + NGRAM_LEN], 0) & 1 != 0 && done(at));
    }

    /// Whether one of the samples in a span may belong to a needle.
    fn may_match(&self, span: &[u8]) -> bool {
        let test = |i: usize| self.test(span, i);
        let any = test(0) | test(1) | test(2) | test(3) | test(4) | test(5) | test(6) | test(7);
        any & 1 != 0
    }

    /// Which of the samples in a span may belong to a needle: one bit per sample.
    fn passing(&self, span: &[u8]) -> u64 {
        let test = |i: usize| (self.test(span, i) & 1) << i;
        test(0) | test(1) | test(2) | test(3) | test(4) | test(5) | test(6) | test(7)
    }

    /// Whether a sample of a span may belong to a needle, in the lowest bit; the other bits mean nothing.
    #[inline(always)]
    fn test(&self, span: &[u8], i: usize) -> u64 {
        let at = i * STEP;
        self.index.may_contain([span[at], span[at + 1], span[at + 2], span[at + 3]])
    }
}

/// The n-grams of needles that are looked for.
pub(super) struct SampledNgrams {
    /// Number, position in the needle, classes.
    ngrams: Vec<(usize, i32, [ByteClass; NGRAM_LEN])>,
}

impl SampledNgrams {
    /// Needles that are too short are padded, as far as that is possible.
    pub(super) fn new(needles: &[Needle], step: usize, frequencies: &NgramFrequencies) -> Self {
        let mut ngrams = Vec::new();
        for (number, needle) in needles.iter().enumerate() {
            let (before, classes) = needle.padded(step + NGRAM_LEN - 1);
            let before = i32::try_from(before).unwrap_or(0);
            let chosen = choose_ngrams(&classes, step, frequencies);
            let ngram = |at: usize| Some((at, *classes.get(at..)?.first_chunk()?));
            ngrams.extend(
                chosen
                    .into_iter()
                    .filter_map(ngram)
                    .map(|(at, classes)| (number, i32::try_from(at).unwrap_or(i32::MAX) - before, classes)),
            );
        }
        Self { ngrams }
    }

    /// How many there are: more than one where a class has several bytes.
    pub(super) fn count(&self) -> usize {
        let count =
            |classes: &[ByteClass; NGRAM_LEN]| classes.map(|class| class.bytes().count()).iter().product::<usize>();
        self.ngrams.iter().map(|(_, _, classes)| count(classes)).sum()
    }

    /// Number of the needle, position in it, classes.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, i32, &[ByteClass])> {
        self.ngrams.iter().map(|(number, at, classes)| (*number, *at, &classes[..]))
    }

    /// The bytes of all n-grams.
    pub(super) fn bytes(&self) -> impl Iterator<Item = [u8; NGRAM_LEN]> {
        self.ngrams.iter().flat_map(|(_, _, classes)| expand(classes))
    }
}

/// The position of an n-gram for each remainder of a division by `step`, so that one of them is sampled wherever the
/// needle starts: of those with the same remainder the one that is rarest in ordinary logs. None when the needle is too
/// short.
fn choose_ngrams(classes: &[ByteClass], step: usize, frequencies: &NgramFrequencies) -> Vec<usize> {
    let ngrams = (classes.len() + 1).saturating_sub(NGRAM_LEN);
    if ngrams < step {
        return Vec::new();
    }
    if ngrams == step {
        return (0..ngrams).collect();
    }
    let frequency = |ngram| expand(ngram).map(|ngram| frequencies.of_ngram(ngram)).sum();
    let each: Vec<f64> = classes.windows(NGRAM_LEN).map(frequency).collect();
    let rarest = |first: usize| (first..ngrams).step_by(step).min_by(|a, b| each[*a].total_cmp(&each[*b]));
    (0..step).filter_map(rarest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needles_are_found_with_a_smaller_step() {
        let needles =
            ["AADSTS", "PKIX path building failed", "connect timed out", "Read timed out", "path building", "error"];
        let search =
            SamplingSearcher::<2, 1024>::new(needles.map(Needle::of).to_vec(), NgramFrequencies::of_ordinary_logs());
        let mut found = Vec::new();
        search.for_each(
            b"PKIX path building failed; Read timed out; connect timed out, and no more errors",
            |needle, at| {
                found.push((needle, at));
            },
        );
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, [(1, 0), (2, 43), (3, 27), (4, 5), (5, 74)]);
    }
}
