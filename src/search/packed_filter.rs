//! Samples a text at every fourth byte, sixteen samples at a time.
//!
//! A needle of seven bytes or more contains, for each remainder of a division by four, an n-gram of four bytes whose
//! position has that remainder. So one of four n-grams of a needle is at a position that is divisible by four, wherever the
//! needle starts, and such n-grams of a text fill the lanes of a register. A hash of each lane selects a word of a table, and
//! another hash one bit in each byte of that word; an n-gram passes if the word has all four bits. Only the words are loaded
//! one by one. Which n-gram of each remainder is looked for is free: the one that is rarest in ordinary logs.
//!
//! The instructions are those of any processor with 128-bit or 256-bit registers that moves bytes within them. The cost is
//! the same for ten needles and for a thousand.

use fearless_simd::{Level, Simd, dispatch, prelude::*, u8x32, u32x8};

use super::{
    block_searcher::BlockFilter,
    frequency::NgramFrequencies,
    instructions::Instructions,
    layout::{BLOCK, Block},
    needle::Needle,
    ngram_index::{NGRAM_LEN, NgramIndex},
    sampling::SampledNgrams,
};

/// Bytes from one sample to the next: the bytes of an n-gram, so that samples do not overlap.
const STEP: usize = NGRAM_LEN;
/// Length of the shortest needle that is found, in bytes.
pub(super) const MIN_NEEDLE_BYTES: usize = STEP + NGRAM_LEN - 1;
/// Words of the table, which takes half of a small L1 cache.
const WORDS: usize = 4096;
/// With more n-grams, too much ordinary text passes.
const MAX_NGRAMS: usize = 2 * WORDS;

/// Bytes of a register.
const REGISTER: usize = 32;
/// Samples in a register.
const SAMPLES: usize = REGISTER / STEP;

/// Odd factors of two hashes.
const FACTORS: [u32; 2] = [0x9e37_79b1, 0x85eb_ca6b];
/// The upper bits of the first product are the number of a word.
const WORD_SHIFT: u32 = u32::BITS - WORDS.trailing_zeros();
/// The lower bits of the second product depend on few bytes of the n-gram, the upper ones on all of them.
const FOLD_SHIFT: u32 = 15;
/// A byte with each of its bits, for each number of a bit.
const BITS: [u8; REGISTER] = {
    let mut bits = [0; REGISTER];
    let mut i = 0;
    while i < REGISTER {
        bits[i] = 1 << (i % 8);
        i += 1;
    }
    bits
};

/// The table for several needles, and what their n-grams belong to.
#[derive(Debug, Clone)]
pub(crate) struct PackedFilter {
    level: Level,
    words: Box<[u32; WORDS]>,
    index: NgramIndex<2048>,
}

impl PackedFilter {
    /// A filter for needles of at least [`MIN_NEEDLE_BYTES`] bytes. `None` when one is shorter, when there are too many, or
    /// when this processor does not have the instructions.
    pub(super) fn new(needles: &[Needle], frequencies: &NgramFrequencies, instructions: Instructions) -> Option<Self> {
        let level = instructions.level()?;
        if needles.iter().any(|needle| needle.classes().len() < MIN_NEEDLE_BYTES) {
            return None;
        }
        let sampled = SampledNgrams::new(needles, STEP, frequencies);
        if sampled.count() > MAX_NGRAMS {
            return None;
        }
        let mut words = Box::new([0; WORDS]);
        for ngram in sampled.bytes() {
            words[word_of(ngram)] |= bits_of(ngram);
        }
        Some(Self { level, words, index: NgramIndex::new(needles.to_vec(), sampled.each()) })
    }
}

impl BlockFilter for PackedFilter {
    const LOOKAHEAD: usize = 0;

    fn next(&self, text: &[u8], newlines: &mut u64) -> Block {
        let words = &self.words;
        dispatch!(self.level, simd => next(simd, words, text, newlines))
    }

    fn each_at(&self, text: &[u8], at: usize, each: impl FnMut(usize, usize)) {
        self.index.each_at(text, at, each);
    }
}

/// The number of an n-gram's word.
fn word_of(ngram: [u8; NGRAM_LEN]) -> usize {
    (u32::from_le_bytes(ngram).wrapping_mul(FACTORS[0]) >> WORD_SHIFT) as usize
}

/// The bits of an n-gram in its word.
fn bits_of(ngram: [u8; NGRAM_LEN]) -> u32 {
    let product = u32::from_le_bytes(ngram).wrapping_mul(FACTORS[1]);
    u32::from_le_bytes((product ^ product >> FOLD_SHIFT).to_le_bytes().map(|byte| BITS[usize::from(byte & 7)]))
}

/// See [`BlockFilter::next`].
#[inline(always)]
fn next<S: Simd>(simd: S, words: &[u32; WORDS], text: &[u8], newlines: &mut u64) -> Block {
    let [select, scatter] = FACTORS.map(|factor| u32x8::splat(simd, factor));
    let bits = u8x32::from_slice(simd, &BITS);
    let newline = u8x32::splat(simd, b'\n');
    // The bits of each sample that its word does not have.
    let missing = |bytes: u8x32<S>| {
        let ngrams: u32x8<S> = bytes.bitcast();
        let numbers: [u32; SAMPLES] = ((ngrams * select) >> WORD_SHIFT).into();
        let words: u32x8<S> = numbers.map(|number| words[number as usize % WORDS]).simd_into(simd);
        let product = ngrams * scatter;
        let folded: u8x32<S> = (product ^ (product >> FOLD_SHIFT)).bitcast();
        let wanted: u32x8<S> = bits.swizzle_dyn_within_blocks(folded & u8x32::splat(simd, 7)).bitcast();
        wanted & !words
    };
    let mut at = 0;
    let mut counted = 0;
    while let Some(block) = text.get(at..at + BLOCK) {
        let (first, second) = block.split_at(REGISTER);
        let halves = [first, second].map(|bytes| u8x32::from_slice(simd, bytes));
        let passing = halves.map(|bytes| missing(bytes).simd_eq(u32x8::splat(simd, 0)));
        let breaks = halves.map(|bytes| bytes.simd_eq(newline).to_bitmask());
        let breaks = breaks[0] | breaks[1] << REGISTER;
        if (passing[0] | passing[1]).any_true() {
            *newlines += counted;
            let samples = passing[0].to_bitmask() | passing[1].to_bitmask() << SAMPLES;
            return Block { at, candidates: spread(samples), newlines: breaks };
        }
        counted += u64::from(breaks.count_ones());
        at += BLOCK;
    }
    *newlines += counted;
    Block { at, candidates: 0, newlines: 0 }
}

/// One bit per position, from one bit per sample.
fn spread(mut samples: u64) -> u64 {
    let mut positions = 0;
    while samples != 0 {
        positions |= 1 << (samples.trailing_zeros() as usize * STEP);
        samples &= samples - 1;
    }
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sample_is_a_position_in_its_block() {
        assert_eq!(spread(0b1), 1);
        assert_eq!(spread(0b1000_0000_0000_0010), 1 << 60 | 1 << 4);
    }

    #[test]
    fn an_ngram_has_one_bit_in_each_byte_of_its_word() {
        for ngram in [*b"AADS", [0, 0, 0, 0], [255; 4], *b"inte"] {
            assert!(bits_of(ngram).to_le_bytes().iter().all(|byte| byte.count_ones() == 1), "{ngram:?}");
            assert!(word_of(ngram) < WORDS);
        }
    }
}
