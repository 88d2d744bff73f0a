//! Looking for many words in much text.

mod avx512;
mod buckets;
mod byte_set;
mod corpus;
mod fingerprint;
mod frequency;
mod needle;
mod ngram_index;
mod phrase_set;
mod sampling;
mod simd;

pub(crate) use byte_set::ByteSet;
pub(crate) use needle::Needle;
pub(crate) use phrase_set::PhraseSet;

/// Ordinary lines of a log.
#[cfg(test)]
pub(crate) static ORDINARY: &[u8] = include_bytes!("corpus.txt");

use self::{frequency::NgramFrequencies, sampling::SamplingSearcher, simd::SimdSearcher};

/// Words, ready to be looked for; where they are sampled, at every `STEP`th byte.
#[derive(Debug, Clone)]
pub(crate) enum MultiSearcher<const STEP: usize> {
    Simd(SimdSearcher),
    /// With a table that fits into the innermost cache.
    Sampling(SamplingSearcher<STEP, 4096>),
}

/// What a search met first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FirstMatch {
    /// Where the word stands; `None` when there is none.
    pub(crate) at: Option<usize>,
    /// Line breaks from where the search began to that place, or to the end.
    pub(crate) newlines: u64,
}

impl<const STEP: usize> MultiSearcher<STEP> {
    /// The shortest word that is found.
    pub(crate) const SHORTEST: usize = SamplingSearcher::<STEP, 4096>::SHORTEST;

    /// A search for words of at least [`Self::SHORTEST`] bytes.
    pub(crate) fn new(words: Vec<Needle>) -> Self {
        match SimdSearcher::new(&words, NgramFrequencies::of_ordinary_logs()) {
            Some(glance) => Self::Simd(glance),
            None => Self::Sampling(SamplingSearcher::new(words, NgramFrequencies::of_ordinary_logs())),
        }
    }

    /// Where a word stands whose start is at or behind `from`: of the words of one line one, of the
    /// lines the first.
    pub(crate) fn first(&self, text: &[u8], from: usize) -> FirstMatch {
        match self {
            Self::Simd(glance) => glance.first(text, from),
            Self::Sampling(sieve) => {
                let at = sieve.first(text, from);
                FirstMatch { at, newlines: newlines(&text[from..at.unwrap_or(text.len())]) }
            }
        }
    }

    /// Hands every occurrence of every word to `each`: its number and its place; some more than once.
    pub(crate) fn for_each(&self, text: &[u8], each: impl FnMut(usize, usize)) {
        match self {
            Self::Simd(glance) => glance.for_each(text, each),
            Self::Sampling(sieve) => sieve.for_each(text, each),
        }
    }
}

/// Counts line breaks.
pub(crate) fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    const WORDS: [&str; 10] = [
        "PKIX path building failed",
        "path building",
        "connect timed out",
        "1.1 407",
        "this.resp",
        "AADSTS",
        "MSIS9",
        "imap",
        "oidc",
        "Schlüssel ungültig",
    ];

    fn words() -> Vec<Needle> {
        let digits = |text: &str| match text {
            "AADSTS" => 4,
            "MSIS9" => 3,
            _ => 0,
        };
        WORDS.map(|text| Needle::of(text).digits(digits(text))).to_vec()
    }

    /// Each kind of search that this processor can do.
    static SEARCHES: LazyLock<Vec<MultiSearcher<3>>> = LazyLock::new(|| {
        let prices = NgramFrequencies::of_ordinary_logs();
        let glance = SimdSearcher::new(&words(), prices).map(MultiSearcher::Simd);
        std::iter::once(MultiSearcher::Sampling(SamplingSearcher::new(words(), prices))).chain(glance).collect()
    });

    /// Number and place of each word, looked for one by one.
    fn standing(words: &[Needle], text: &[u8]) -> Vec<(usize, usize)> {
        let at =
            |place: usize| (0..words.len()).filter(move |i| words[*i].matches(&text[place..])).map(move |i| (i, place));
        (0..text.len()).flat_map(at).collect()
    }

    #[test]
    fn words_are_found_where_they_start() {
        for search in &*SEARCHES {
            let first = |text: &[u8], from| search.first(text, from).at;
            assert_eq!(first(b"xx AADSTS50011", 0), Some(3));
            assert_eq!(first(b"xx AADSTS50011", 4), None);
            assert_eq!(first(b"xx AADSTSx AADSTS1234", 0), Some(11));
            assert_eq!(first(b"AADSTS123", 0), None);
            assert_eq!(first(b"1.1 407", 0), Some(0));
            assert_eq!(first(b"", 0), None);
        }
    }

    #[test]
    fn too_many_words_are_sampled_and_found_none_the_less() {
        let letter = |hash: usize| char::from(b"etaoinsrhlcdupmg"[hash % 16]);
        let text = |i: usize| {
            let hash = i.wrapping_mul(0x9e37_79b9) >> 4;
            (0..7).map(|place| letter(hash >> (4 * place))).collect::<String>()
        };
        let words: Vec<Needle> = (0..3000).map(|i| Needle::of(&text(i))).collect();
        assert!(SimdSearcher::new(&words, NgramFrequencies::of_ordinary_logs()).is_none());
        let line = format!("nothing here, and {} there", text(77));
        assert_eq!(MultiSearcher::<3>::new(words).first(line.as_bytes(), 0).at, Some(18));
    }

    proptest! {
        #[test]
        fn every_search_finds_the_words_that_stand_there(
            parts in prop::collection::vec(
                prop_oneof![
                    3 => prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned),
                    2 => "[0-9]{1,5}",
                    2 => Just("\n".to_owned()),
                    4 => "[ -~]{0,70}",
                    1 => "[A-Zath .19]{0,90}",
                    1 => "[\\x00-\\x7f\u{80}-\u{ff}]{0,9}",
                ],
                0..14,
            ),
            from in 0usize..200,
        ) {
            let text = parts.concat().into_bytes();
            let from = from.min(text.len());
            let line = |at: usize| newlines(&text[..at]);
            let words = words();
            let standing = standing(&words, &text);
            for search in &*SEARCHES {
                let met = search.first(&text, from);
                let behind: Vec<usize> = standing.iter().map(|(_, at)| *at).filter(|at| *at >= from).collect();
                let earliest = behind.iter().map(|at| line(*at)).min();
                prop_assert_eq!(met.at.map(line), earliest, "{:?}", search);
                prop_assert!(met.at.is_none_or(|at| behind.contains(&at)));
                prop_assert_eq!(met.newlines, newlines(&text[from..met.at.unwrap_or(text.len())]));
                let mut found = Vec::new();
                search.for_each(&text, |word, at| found.push((word, at)));
                found.sort_unstable_by_key(|(word, at)| (*at, *word));
                found.dedup();
                prop_assert_eq!(&found, &standing);
            }
        }
    }
}
