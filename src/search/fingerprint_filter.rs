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
//! gets no such filter.

use super::{
    avx512::{self, Token},
    block_searcher::BlockFilter,
    buckets, fingerprint,
    frequency::NgramFrequencies,
    layout::{Block, Tables},
    needle::Needle,
    ngram_index::{FingerprintIndex, NGRAM_LEN, NgramIndex},
};

/// The tables for several needles, and what their fingerprints belong to.
#[derive(Debug, Clone)]
pub(crate) struct FingerprintFilter {
    token: Token,
    tables: Box<Tables>,
    /// The first n-gram of each fingerprint.
    index: FingerprintIndex,
}

impl FingerprintFilter {
    /// A filter for needles of at least four bytes. `None` when this processor does not have the
    /// instruction, or when there are too many needles. `keeps_out`: texts that are common in ordinary logs are kept out.
    pub(super) fn new(needles: &[Needle], frequencies: &NgramFrequencies, keeps_out: bool) -> Option<Self> {
        let token = Token::new()?;
        let chosen = fingerprint::choose(needles, frequencies)?;
        let tables = Box::new(buckets::tables(&chosen, frequencies, keeps_out)?);
        let chosen = chosen.iter().enumerate();
        let index = NgramIndex::new(
            needles.to_vec(),
            chosen.map(|(i, chosen)| (i, chosen.at, &chosen.fingerprint[..NGRAM_LEN])),
        );
        Some(Self { token, tables, index })
    }
}

impl BlockFilter for FingerprintFilter {
    const LOOKAHEAD: usize = avx512::LOOKAHEAD;

    fn next(&self, text: &[u8], newlines: &mut u64) -> Block {
        self.token.next(&self.tables, &self.index, text, newlines)
    }

    fn each_at(&self, text: &[u8], at: usize, each: impl FnMut(usize, usize)) {
        self.index.each_at(text, at, each);
    }
}
