//! Many words in much text, looked for at every byte, sixty-four at a time.
//!
//! Of each word one window of six places is chosen, and the windows are put into eight buckets. A byte
//! table for each place says which buckets have this byte there: what all six tables name a bucket for
//! may be a window of it. Looked up for sixty-four bytes by one instruction of a processor that has it;
//! line breaks are counted on the way, while the bytes are at hand.
//!
//! Eight buckets are few. The cost grows with the number of windows that share no bytes, so for a
//! catalogue with too many of them there is no glance.

use super::{
    FirstMatch,
    avx512::Token,
    buckets, fingerprint,
    frequency::NgramFrequencies,
    needle::Needle,
    newlines,
    ngram_index::{FingerprintIndex, NGRAM_LEN, NgramIndex},
};

/// Places of a window.
pub(super) const WINDOW: usize = 6;
/// Bytes that are looked at together.
pub(super) const BLOCK: usize = 64;
/// A text must have so many bytes more than a block.
const BEHIND: usize = WINDOW - 1;

/// For each place of a window the buckets, one bit each, that may have a byte there; by the byte's lower
/// seven bits.
pub(super) type Tables = [[u8; 128]; WINDOW];

/// A block of which something passes the tables, or the end of all blocks.
pub(super) struct Block {
    /// Where it starts.
    pub(super) at: usize,
    /// Where in it windows may start, a bit for each place.
    pub(super) places: u64,
    /// Where line breaks are.
    pub(super) breaks: u64,
}

/// Words, ready to be looked for.
#[derive(Debug, Clone)]
pub(crate) struct SimdSearcher {
    token: Token,
    tables: Box<Tables>,
    /// The first run of each window.
    runs: FingerprintIndex,
}

impl SimdSearcher {
    /// A search for words of at least four places. `None` when this processor has no instruction
    /// for it, or when there are too many words.
    pub(super) fn new(words: &[Needle], prices: &NgramFrequencies) -> Option<Self> {
        let token = Token::new()?;
        let chosen = fingerprint::choose(words, prices)?;
        let tables = Box::new(buckets::tables(&chosen, prices)?);
        let chosen = chosen.iter().enumerate();
        let runs =
            NgramIndex::new(words.to_vec(), chosen.map(|(i, chosen)| (i, chosen.at, &chosen.window[..NGRAM_LEN])));
        Some(Self { token, tables, runs })
    }

    /// See [`super::Search::first`].
    pub(super) fn first(&self, text: &[u8], from: usize) -> FirstMatch {
        let mut found = None;
        let mut within = 0;
        let newlines = self.places(text, from, |place| {
            found = self.runs.words_at(text, place).map(|(_, start)| start).find(|start| *start >= from);
            within = found.map_or(0, |start| newlines(&text[start..place]));
            found.is_some()
        });
        FirstMatch { at: found, newlines: newlines - within }
    }

    /// Hands every occurrence of every word to `each`: its number and its place.
    pub(super) fn for_each(&self, text: &[u8], mut each: impl FnMut(usize, usize)) {
        self.places(text, 0, |place| {
            self.runs.words_at(text, place).for_each(|(word, start)| each(word, start));
            false
        });
    }

    /// Hands on the places at or behind `from` where a window of a word may start, until `done`; and
    /// counts the line breaks from there to the last such place, or to the end.
    fn places(&self, text: &[u8], from: usize, mut done: impl FnMut(usize) -> bool) -> u64 {
        let mut newlines = 0;
        let mut at = from;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let mut last = [0; BLOCK + 2 * BEHIND];
            let blocks = match rest.len() < BLOCK + BEHIND {
                true => {
                    last[..rest.len()].copy_from_slice(rest);
                    &last[..]
                }
                false => rest,
            };
            let block = self.token.next(&self.tables, &self.runs, blocks, &mut newlines);
            at += block.at;
            let mut places = block.places;
            while places != 0 {
                let before = places.trailing_zeros();
                if done(at + before as usize) {
                    return newlines + u64::from((block.breaks & !(u64::MAX << before)).count_ones());
                }
                places &= places - 1;
            }
            if block.places != 0 {
                newlines += u64::from(block.breaks.count_ones());
                at += BLOCK;
            }
        }
        newlines
    }
}
