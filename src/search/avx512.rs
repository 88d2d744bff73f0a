//! Sixty-four bytes looked up at once: one permutation of a table of 128 bytes for each place of a window.

use super::{
    ngram_index::FingerprintIndex,
    simd::{BLOCK, Block, Tables, WINDOW},
};

/// This processor has the instruction: AVX-512 with VBMI, in servers since 2019.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
#[derive(Debug, Clone, Copy)]
pub(super) struct Token(fearless_simd::Avx512);

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
impl Token {
    pub(super) fn new() -> Option<Self> {
        fearless_simd::Level::new().as_avx512().map(Self)
    }

    /// The first block of a text of which something passes, and what is left when there is none: less
    /// than a block and what must stand behind it. Adds the line breaks of the blocks before.
    pub(super) fn next(self, tables: &Tables, runs: &FingerprintIndex, text: &[u8], newlines: &mut u64) -> Block {
        next(self.0, tables, runs, text, newlines)
    }
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fearless_simd::kernel!(
    fn next(avx512: Avx512, tables: &Tables, runs: &FingerprintIndex, text: &[u8], newlines: &mut u64) -> Block {
        #[cfg(target_arch = "x86")]
        use std::arch::x86 as arch;
        #[cfg(target_arch = "x86_64")]
        use std::arch::x86_64 as arch;

        use arch::*;
        use fearless_simd::{prelude::*, u8x64};

        let load = |bytes: &[u8]| -> __m512i { u8x64::from_slice(avx512, bytes).into() };
        let tables = tables.map(|table| (load(&table[..BLOCK]), load(&table[BLOCK..])));
        let line_break = _mm512_set1_epi8(b'\n'.cast_signed());
        let mut at = 0;
        let mut seen = 0;
        while let Some(block) = text.get(at..at + BLOCK + WINDOW - 1) {
            let bytes = load(&block[..BLOCK]);
            let mut passing = _mm512_permutex2var_epi8(tables[0].0, bytes, tables[0].1);
            for (i, table) in tables.iter().enumerate().skip(1) {
                let ahead = load(&block[i..i + BLOCK]);
                passing = _mm512_and_si512(passing, _mm512_permutex2var_epi8(table.0, ahead, table.1));
            }
            let mut places = _mm512_test_epi8_mask(passing, passing);
            if places != 0 {
                places = runs.marked(block, places);
            }
            let breaks = _mm512_cmpeq_epi8_mask(bytes, line_break);
            if places != 0 {
                *newlines += seen;
                return Block { at, places, breaks };
            }
            seen += u64::from(breaks.count_ones());
            at += BLOCK;
        }
        *newlines += seen;
        Block { at, places: 0, breaks: 0 }
    }
);

/// No processor of this kind has it.
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
