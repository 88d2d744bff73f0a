//! Tests every byte of a text against many needles, sixty-four positions at a time.
//!
//! Seven neighbouring bytes of each needle, its fingerprint, are chosen, and the fingerprints are put into
//! eight buckets. For each of the six neighbouring pairs of bytes, a table says in which buckets some
//! fingerprint has that pair there; a bucket that all six tables name may have a fingerprint at that place
//! in the text. A pair selects an entry of a table by a hash of seven bits.
//! Processors with the instruction look up sixty-four bytes at once. Newlines are counted in the same pass,
//! while the bytes are in registers.
//!
//! The cost grows with the number of fingerprints that share no bytes, so a catalogue with too many of them
//! gets no SIMD search.

use super::{
    FirstMatch,
    avx512::{LOOKAHEAD, Token},
    buckets, count_newlines, fingerprint,
    frequency::NgramFrequencies,
    layout::{BLOCK, Tables},
    needle::Needle,
    ngram_index::{FingerprintIndex, NGRAM_LEN, NgramIndex},
};

/// What follows the end of a text in its last block: a byte that no text in UTF-8 contains, so no needle either.
const PADDING: u8 = 0xff;

/// A compiled search for several needles.
#[derive(Debug, Clone)]
pub(crate) struct SimdSearcher {
    token: Token,
    tables: Box<Tables>,
    /// The first n-gram of each fingerprint.
    index: FingerprintIndex,
}

impl SimdSearcher {
    /// A search for needles of at least four bytes. `None` when this processor does not have the
    /// instruction, or when there are too many needles.
    pub(super) fn new(needles: &[Needle], frequencies: &NgramFrequencies) -> Option<Self> {
        let token = Token::new()?;
        let chosen = fingerprint::choose(needles, frequencies)?;
        let tables = Box::new(buckets::tables(&chosen, frequencies)?);
        let chosen = chosen.iter().enumerate();
        let index = NgramIndex::new(
            needles.to_vec(),
            chosen.map(|(i, chosen)| (i, chosen.at, &chosen.fingerprint[..NGRAM_LEN])),
        );
        Some(Self { token, tables, index })
    }

    /// See [`super::MultiSearcher::first`].
    pub(super) fn first(&self, text: &[u8], from: usize) -> FirstMatch {
        let mut found = None;
        let mut within = 0;
        let newlines = self.candidates(text, from, |at| {
            self.index.each_at(text, at, |_, start| {
                found = found.or(Some(start).filter(|start| *start >= from));
            });
            within = found.map_or(0, |start| count_newlines(&text[start..at]));
            found.is_some()
        });
        FirstMatch { at: found, newlines: newlines - within }
    }

    /// See [`super::MultiSearcher::for_each`].
    pub(super) fn for_each(&self, text: &[u8], mut each: impl FnMut(usize, usize)) {
        self.candidates(text, 0, |at| {
            self.index.each_at(text, at, &mut each);
            false
        });
    }

    /// Calls `done` with each position at or after `from` where a fingerprint may start, until it returns
    /// true. Returns the number of newlines from there to the last such position, or to the end.
    fn candidates(&self, text: &[u8], from: usize, mut done: impl FnMut(usize) -> bool) -> u64 {
        let mut newlines = 0;
        let mut at = from;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let mut last = [PADDING; BLOCK + LOOKAHEAD];
            let blocks = match rest.len() < BLOCK + LOOKAHEAD {
                true => {
                    last[..rest.len()].copy_from_slice(rest);
                    &last[..]
                }
                false => rest,
            };
            let block = self.token.next(&self.tables, &self.index, blocks, &mut newlines);
            at += block.at;
            let mut candidates = block.candidates;
            while candidates != 0 {
                let offset = candidates.trailing_zeros();
                if done(at + offset as usize) {
                    return newlines + u64::from((block.newlines & !(u64::MAX << offset)).count_ones());
                }
                candidates &= candidates - 1;
            }
            if block.candidates != 0 {
                newlines += u64::from(block.newlines.count_ones());
                at += BLOCK;
            }
        }
        newlines
    }
}
