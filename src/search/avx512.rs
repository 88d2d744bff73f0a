//! Looks up sixty-four bytes at once: one permutation of a 128-byte table for each pair of a fingerprint.
//!
//! The slot of a position is the same for every table, so it is computed once for all bytes of a block and moved along by
//! as many bytes as the pair is from the start of the fingerprint. Bytes move within lanes of a register; what moves into a
//! lane comes from the same lane of the slots that are one lane further in the text.

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
use super::layout::{BLOCK, PAIRS, SECOND_SHIFT};
use super::{
    layout::{Block, Tables},
    ngram_index::FingerprintIndex,
};

/// Bytes within which a register moves bytes.
const LANE: usize = 16;

/// Bytes that must follow a block.
pub(super) const LOOKAHEAD: usize = LANE + 1;

/// Proof that this processor has the instruction: AVX-512 with VBMI, in servers since 2019.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
#[derive(Debug, Clone, Copy)]
pub(super) struct Token(fearless_simd::Avx512);

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
impl Token {
    pub(super) fn new() -> Option<Self> {
        fearless_simd::Level::new().as_avx512().map(Self)
    }

    /// The first block of a text in which something passes the tables. When there is none, the block is
    /// empty and starts at the rest of the text, which is shorter than a block and its lookahead.
    /// Adds the newlines of the blocks before it to `newlines`.
    pub(super) fn next(self, tables: &Tables, index: &FingerprintIndex, text: &[u8], newlines: &mut u64) -> Block {
        next(self.0, tables, index, text, newlines)
    }
}

/// The truth table of `first ^ (second & mask)`.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
const XOR_OF_FIRST_AND_MASKED: i32 = 0b0111_1000;

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fearless_simd::kernel!(
    fn next(avx512: Avx512, tables: &Tables, index: &FingerprintIndex, text: &[u8], newlines: &mut u64) -> Block {
        #[cfg(target_arch = "x86")]
        use std::arch::x86 as arch;
        #[cfg(target_arch = "x86_64")]
        use std::arch::x86_64 as arch;

        use arch::*;
        use fearless_simd::{prelude::*, u8x64};

        let load = |bytes: &[u8]| -> __m512i { u8x64::from_slice(avx512, bytes).into() };
        let tables = tables.map(|table| (load(&table[..BLOCK]), load(&table[BLOCK..])));
        let newline = _mm512_set1_epi8(b'\n'.cast_signed());
        let mask = _mm512_set1_epi8((u8::MAX << SECOND_SHIFT).cast_signed());
        let slots = |first: __m512i, second: __m512i| {
            // Bytes are shifted in pairs; the mask removes what comes from the neighbour.
            let second = _mm512_slli_epi16::<SECOND_SHIFT>(second);
            _mm512_ternarylogic_epi64::<XOR_OF_FIRST_AND_MASKED>(first, second, mask)
        };
        let mut at = 0;
        let mut counted = 0;
        while let Some(block) = text.get(at..at + BLOCK + LOOKAHEAD) {
            let bytes = load(&block[..BLOCK]);
            let here = slots(bytes, load(&block[1..=BLOCK]));
            let next = slots(load(&block[LANE..LANE + BLOCK]), load(&block[LANE + 1..]));
            let moved: [__m512i; PAIRS] = [
                here,
                _mm512_alignr_epi8::<1>(next, here),
                _mm512_alignr_epi8::<2>(next, here),
                _mm512_alignr_epi8::<3>(next, here),
                _mm512_alignr_epi8::<4>(next, here),
                _mm512_alignr_epi8::<5>(next, here),
            ];
            let buckets: [__m512i; PAIRS] =
                std::array::from_fn(|i| _mm512_permutex2var_epi8(tables[i].0, moved[i], tables[i].1));
            let passing = buckets.into_iter().reduce(|a, b| _mm512_and_si512(a, b)).unwrap_or(mask);
            let mut candidates = _mm512_test_epi8_mask(passing, passing);
            if candidates != 0 {
                candidates = index.filter(block, candidates);
            }
            let breaks = _mm512_cmpeq_epi8_mask(bytes, newline);
            if candidates != 0 {
                *newlines += counted;
                return Block { at, candidates, newlines: breaks };
            }
            counted += u64::from(breaks.count_ones());
            at += BLOCK;
        }
        *newlines += counted;
        Block { at, candidates: 0, newlines: 0 }
    }
);

/// Other processors do not have the instruction.
#[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
#[derive(Debug, Clone, Copy)]
pub(super) enum Token {}

#[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
impl Token {
    pub(super) fn new() -> Option<Self> {
        None
    }

    pub(super) fn next(self, _: &Tables, _: &FingerprintIndex, _: &[u8], _: &mut u64) -> Block {
        match self {}
    }
}
