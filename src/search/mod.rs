//! Searches for many needles in a large text.

mod avx512;
mod block_searcher;
mod bucket;
mod buckets;
mod byte_set;
mod corpus;
mod fingerprint;
mod fingerprint_filter;
mod frequency;
mod instructions;
mod layout;
mod literal;
mod needle;
mod ngram_index;
mod packed_filter;
mod phrase_set;
mod placement;
mod places;
mod sampling;
#[cfg(test)]
mod tests;
mod word_searcher;

pub(crate) use byte_set::ByteSet;
pub use instructions::use_instructions;
pub(crate) use literal::Literal;
pub(crate) use needle::Needle;
pub(crate) use phrase_set::PhraseSet;
pub(crate) use word_searcher::WordSearcher;

/// Ordinary log lines.
#[cfg(test)]
pub(crate) static ORDINARY: &[u8] = include_bytes!("corpus.txt");

use self::{
    block_searcher::BlockSearcher,
    fingerprint_filter::FingerprintFilter,
    frequency::NgramFrequencies,
    instructions::Instructions,
    packed_filter::PackedFilter,
    sampling::{SamplingSearcher, SizedSearcher},
};

/// A compiled search for several needles. Where it samples without vector instructions, it looks at every `STEP`th byte.
#[derive(Debug, Clone)]
pub(crate) enum MultiSearcher<const STEP: usize> {
    Fingerprints(BlockSearcher<FingerprintFilter>),
    Packed(BlockSearcher<PackedFilter>),
    Sampling(SizedSearcher<STEP>),
}

/// The first match of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FirstMatch {
    /// Where the needle starts; `None` when there is no match.
    pub(crate) at: Option<usize>,
    /// Newlines from the start of the search to the match, or to the end of the text.
    pub(crate) newlines: u64,
}

impl<const STEP: usize> MultiSearcher<STEP> {
    /// Length of the shortest needle that is found, in bytes.
    pub(crate) const MIN_NEEDLE_BYTES: usize = SamplingSearcher::<STEP, 4096>::MIN_NEEDLE_BYTES;

    /// Whole logs are searched for long needles, single records for short ones.
    const IS_OF_LOGS: bool = Self::MIN_NEEDLE_BYTES >= packed_filter::MIN_NEEDLE_BYTES;

    /// A search for needles of at least [`Self::MIN_NEEDLE_BYTES`] bytes.
    pub(crate) fn new(needles: Vec<Needle>) -> Self {
        let with = |instructions| Self::with(&needles, instructions);
        Instructions::allowed().find_map(with).unwrap_or_else(|| Self::sampling(needles))
    }

    /// The search with these instructions. `None` when it does not suit these needles.
    fn with(needles: &[Needle], instructions: Instructions) -> Option<Self> {
        let frequencies = NgramFrequencies::of_ordinary_logs();
        match instructions {
            // In single records, common texts are not worth the time that keeping them out takes at startup.
            Instructions::Avx512 => FingerprintFilter::new(needles, frequencies, Self::IS_OF_LOGS)
                .map(|filter| Self::Fingerprints(BlockSearcher::new(filter))),
            Instructions::Scalar => Some(Self::sampling(needles.to_vec())),
            // For a few short phrases its table would push too much out of the L1 cache.
            _ if !Self::IS_OF_LOGS => None,
            _ => PackedFilter::new(needles, frequencies, instructions)
                .map(|filter| Self::Packed(BlockSearcher::new(filter))),
        }
    }

    fn sampling(needles: Vec<Needle>) -> Self {
        Self::Sampling(SizedSearcher::new(needles, NgramFrequencies::of_ordinary_logs()))
    }

    /// A needle that starts at or after `from`, on the first line that contains one. When that line
    /// contains several needles, any of them may be returned.
    pub(crate) fn first(&self, text: &[u8], from: usize) -> FirstMatch {
        match self {
            Self::Fingerprints(searcher) => searcher.first(text, from),
            Self::Packed(searcher) => searcher.first(text, from),
            Self::Sampling(searcher) => {
                let at = searcher.first(text, from);
                FirstMatch { at, newlines: count_newlines(&text[from..at.unwrap_or(text.len())]) }
            }
        }
    }

    /// Calls `each` with the number and position of every occurrence of every needle, some more than once.
    pub(crate) fn for_each(&self, text: &[u8], each: impl FnMut(usize, usize)) {
        match self {
            Self::Fingerprints(searcher) => searcher.for_each(text, each),
            Self::Packed(searcher) => searcher.for_each(text, each),
            Self::Sampling(searcher) => searcher.for_each(text, each),
        }
    }
}

/// The share of the blocks of a text in which something passes the tables of fingerprints, on any processor. `None` when
/// there are too many needles for that search.
#[cfg(test)]
pub(crate) fn passing_share(needles: &[Needle], text: &[u8]) -> Option<f64> {
    use layout::{BLOCK, FINGERPRINT_LEN, slot_of};
    let frequencies = NgramFrequencies::of_ordinary_logs();
    let tables = buckets::tables(&fingerprint::choose(needles, frequencies)?, frequencies, true)?;
    let passes = |place: &[u8]| {
        let pairs = place.windows(2).zip(&tables);
        pairs.fold(u8::MAX, |passing, (pair, table)| passing & table[slot_of(pair[0], pair[1])]) != 0
    };
    let blocks = (0..text.len().checked_sub(BLOCK + FINGERPRINT_LEN)?).step_by(BLOCK);
    let passing = blocks.clone().filter(|at| (*at..at + BLOCK).any(|at| passes(&text[at..at + FINGERPRINT_LEN])));
    Some(passing.count() as f64 / blocks.count() as f64)
}

/// The list of [`places`] for needles, as good as can be found in some seconds. `None` when there are too many needles.
#[cfg(test)]
pub(crate) fn best_places(needles: &[Needle]) -> Option<String> {
    let frequencies = NgramFrequencies::of_ordinary_logs();
    buckets::best_places(&fingerprint::choose(needles, frequencies)?, frequencies)
}

/// Whether the places of the fingerprints of these needles are in the list, and no others.
#[cfg(test)]
pub(crate) fn places_are_listed(needles: &[Needle]) -> bool {
    let chosen = fingerprint::choose(needles, NgramFrequencies::of_ordinary_logs()).unwrap_or_default();
    let fingerprints = chosen.iter().map(|chosen| &chosen.fingerprint).collect();
    places::tables(&fingerprints).is_some() && places::count() == fingerprints.len()
}

/// Counts newlines.
pub(crate) fn count_newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// How many bytes two texts have in common at their start.
#[inline]
pub(crate) fn common_prefix_len(a: &[u8], b: &[u8]) -> usize {
    const BLOCK: usize = 32;
    const WORD: usize = 8;
    let (blocks_of_a, blocks_of_b) = (a.as_chunks::<BLOCK>().0, b.as_chunks::<BLOCK>().0);
    let mut equal = BLOCK * blocks_of_a.iter().zip(blocks_of_b).take_while(|(a, b)| a == b).count();
    let words = a[equal..].as_chunks::<WORD>().0.iter().zip(b[equal..].as_chunks::<WORD>().0);
    for (a, b) in words {
        let differing = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if differing != 0 {
            return equal + differing.trailing_zeros() as usize / 8;
        }
        equal += WORD;
    }
    equal + a[equal..].iter().zip(&b[equal..]).take_while(|(a, b)| a == b).count()
}

/// How many digits a text starts with.
#[inline]
pub(crate) fn leading_digits(text: &[u8]) -> usize {
    const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);
    const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
    // Of a byte below 0x80, the sum has its highest bit from ten on.
    const TO_HIGH: u64 = u64::from_le_bytes([0x80 - 10; 8]);
    // Without a branch for each digit: numbers differ in their lengths.
    if let Some(first) = text.first_chunk() {
        let values = u64::from_le_bytes(*first) ^ ZEROS;
        let others = (((values & LOW) + TO_HIGH) | values) & !LOW;
        if others != 0 {
            return others.trailing_zeros() as usize / 8;
        }
    }
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}
