//! All occurrences of many words in one record.
//!
//! A packed vector search finds some fifty short strings in one pass; a catalogue has many more
//! words than that. So each word is looked for by a piece of five bytes of it, and one piece serves as
//! many words as hold it. A piece that is found is held against the whole words.
//!
//! Leftmost-first matching matters: with that kind the search runs on packed vector compares, with
//! the default kind it walks an automaton byte by byte, many times slower.

use std::collections::{BTreeSet, HashMap};

use aho_corasick::{AhoCorasick, MatchKind, Span, packed};

/// The length of a piece, and of the shortest word.
pub(super) const PIECE: usize = 5;

/// A set of words to look for. Words shorter than [`PIECE`] bytes are not found.
#[derive(Debug, Clone)]
pub(super) struct WordSearch {
    search: Search,
    words: Vec<String>,
    /// For each piece, the words that hold it and where in them.
    holders: Vec<Vec<(usize, usize)>>,
}

/// The search for pieces: packed where the machine has vectors, an automaton elsewhere.
#[derive(Debug, Clone)]
enum Search {
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
    Nothing,
}

impl WordSearch {
    /// A search with as few pieces as possible.
    pub(super) fn new(words: Vec<String>) -> Self {
        let chosen = choose(&words);
        let pieces: Vec<&[u8]> = chosen.iter().map(|(piece, _)| *piece).collect();
        let packed =
            packed::Config::new().match_kind(packed::MatchKind::LeftmostFirst).builder().extend(&pieces).build();
        let search = match packed {
            _ if pieces.is_empty() => Search::Nothing,
            Some(searcher) => Search::Packed(searcher),
            None => AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostFirst)
                .build(&pieces)
                .map_or(Search::Nothing, Search::Automaton),
        };
        let holders = chosen.into_iter().map(|(_, holders)| holders).collect();
        Self { search, words, holders }
    }

    /// Hands every occurrence of every word to `each`: its number and its place.
    pub(super) fn for_each(&self, text: &[u8], mut each: impl FnMut(usize, usize)) {
        let mut at = 0;
        while let Some((piece, start)) = self.piece(text, at) {
            self.words_at(text, piece, start).for_each(|(word, first)| each(word, first));
            at = start + 1;
        }
    }

    /// The first piece at or behind `from`.
    fn piece(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        match &self.search {
            Search::Packed(searcher) => {
                let found = searcher.find_in(text, Span { start: from, end: text.len() })?;
                Some((found.pattern().as_usize(), found.start()))
            }
            Search::Automaton(automaton) => {
                let found = automaton.find(aho_corasick::Input::new(text).range(from..))?;
                Some((found.pattern().as_usize(), found.start()))
            }
            Search::Nothing => None,
        }
    }

    /// The words that stand around a piece: number and place.
    fn words_at<'t>(&'t self, text: &'t [u8], piece: usize, start: usize) -> impl Iterator<Item = (usize, usize)> + 't {
        self.holders[piece].iter().filter_map(move |(word, offset)| {
            let first = start.checked_sub(*offset)?;
            text[first..].starts_with(self.words[*word].as_bytes()).then_some((*word, first))
        })
    }

    /// How many pieces are looked for.
    #[cfg(test)]
    pub(super) fn pieces(&self) -> usize {
        self.holders.len()
    }
}

/// A piece and the words that hold it, each with its place.
type Chosen<'w> = (&'w [u8], Vec<(usize, usize)>);

/// Pieces such that every word holds one. Greedy: the piece that serves most words comes first.
fn choose(words: &[String]) -> Vec<Chosen<'_>> {
    let mut holders: HashMap<&[u8], Vec<(usize, usize)>> = HashMap::new();
    for (i, word) in words.iter().enumerate() {
        for (at, piece) in word.as_bytes().windows(PIECE).enumerate() {
            holders.entry(piece).or_default().push((i, at));
        }
    }
    let mut candidates: Vec<Candidate<'_>> =
        holders.iter().map(|(piece, served)| Candidate { piece, serves: distinct(served) }).collect();
    // The order of a hash map is not the same from run to run.
    candidates.sort_by(|a, b| a.piece.cmp(b.piece));
    let place: HashMap<&[u8], usize> = candidates.iter().enumerate().map(|(i, one)| (one.piece, i)).collect();
    let mut open = vec![true; words.len()];
    let mut chosen = Vec::new();
    while let Some(best) = candidates.iter().filter(|one| one.serves > 0).max_by_key(|one| one.serves) {
        let piece = best.piece;
        for (word, _) in &holders[piece] {
            if !std::mem::take(&mut open[*word]) {
                continue;
            }
            let mut seen = BTreeSet::new();
            for other in words[*word].as_bytes().windows(PIECE).filter(|other| seen.insert(*other)) {
                candidates[place[other]].serves -= 1;
            }
        }
        chosen.push((piece, holders[piece].clone()));
    }
    chosen
}

/// A piece that may be chosen.
struct Candidate<'w> {
    piece: &'w [u8],
    /// Words that hold it and are not served yet.
    serves: usize,
}

/// How many words hold a piece, however often each does.
fn distinct(holders: &[(usize, usize)]) -> usize {
    holders.chunk_by(|a, b| a.0 == b.0).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Vec<String> {
        ["AADSTS", "PKIX path building failed", "connect timed out", "Read timed out", "path building"]
            .map(str::to_owned)
            .to_vec()
    }

    #[test]
    fn every_occurrence_of_every_word_is_told_also_within_another() {
        let mut found = Vec::new();
        let search = WordSearch::new(words());
        search.for_each(b"PKIX path building failed; Read timed out; connect timed out", |word, at| {
            found.push((word, at));
        });
        found.sort_unstable();
        assert_eq!(found, [(1, 0), (2, 43), (3, 27), (4, 5)]);
        assert!(search.pieces() < words().len());
    }
}
