//! Many words, looked for at once.
//!
//! A packed vector search finds some fifty short strings in one pass; a catalogue has many more
//! words than that, and may have ten times as many tomorrow. So each word is looked for by a piece
//! of five bytes of it, and one piece serves as many words as hold it. A piece that is found is held
//! against the whole words: what is reported is a word, never a mere piece.
//!
//! Leftmost-first matching matters: with that kind the search runs on packed vector compares, with
//! the default kind it walks an automaton byte by byte, many times slower.

use std::collections::{BTreeSet, HashMap};

use aho_corasick::{AhoCorasick, MatchKind, Span, packed};

/// The length of a piece, and of the shortest word.
pub(super) const PIECE: usize = 5;

/// Ordinary lines of a log: which runs of bytes are common.
pub(super) static ORDINARY: &[u8] = include_bytes!("ordinary.txt");

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
    /// A search over long texts in which the words are rare: pieces that ordinary logs are full of
    /// are avoided.
    pub(super) fn for_logs(words: Vec<String>) -> Self {
        let prices = Prices::new();
        Self::new(words, |piece| prices.of(piece))
    }

    /// A search over single records: as few pieces as possible.
    pub(super) fn for_records(words: Vec<String>) -> Self {
        Self::new(words, |_| 1.0)
    }

    fn new(words: Vec<String>, price: impl Fn(&[u8]) -> f64) -> Self {
        let chosen = choose(&words, price);
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

    /// Where the first word at or behind `from` starts. A word that starts before `from` is not
    /// reported.
    pub(super) fn first(&self, text: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            let (piece, start) = self.piece(text, at)?;
            if let Some((_, first)) = self.words_at(text, piece, start).find(|(_, first)| *first >= from) {
                return Some(first);
            }
            at = start + 1;
        }
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

/// Pieces such that every word holds one: few, and rare in ordinary logs. Greedy: the piece that
/// serves most words for its price comes first.
fn choose<'w>(words: &'w [String], price: impl Fn(&[u8]) -> f64) -> Vec<Chosen<'w>> {
    let mut holders: HashMap<&[u8], Vec<(usize, usize)>> = HashMap::new();
    for (i, word) in words.iter().enumerate() {
        for (at, piece) in word.as_bytes().windows(PIECE).enumerate() {
            holders.entry(piece).or_default().push((i, at));
        }
    }
    let mut candidates: Vec<Candidate<'_>> = holders
        .iter()
        .map(|(piece, served)| Candidate { piece, price: price(piece), serves: distinct(served) })
        .collect();
    // The order of a hash map is not the same from run to run.
    candidates.sort_by(|a, b| a.piece.cmp(b.piece));
    let place: HashMap<&[u8], usize> = candidates.iter().enumerate().map(|(i, one)| (one.piece, i)).collect();
    let mut open = vec![true; words.len()];
    let mut chosen = Vec::new();
    while let Some(best) = candidates.iter().filter(|one| one.serves > 0).max_by(|a, b| a.value().total_cmp(&b.value()))
    {
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
    price: f64,
    /// Words that hold it and are not served yet.
    serves: usize,
}

impl Candidate<'_> {
    fn value(&self) -> f64 {
        self.serves as f64 / self.price
    }
}

/// How many words hold a piece, however often each does.
fn distinct(holders: &[(usize, usize)]) -> usize {
    holders.chunk_by(|a, b| a.0 == b.0).count()
}

/// What a piece costs: looking for it at all, and every time ordinary text holds it.
struct Prices {
    pairs: Vec<u32>,
    singles: [u32; 256],
    /// How often runs of four bytes occur, by a hash of them.
    runs: Vec<u32>,
}

impl Prices {
    fn new() -> Self {
        let mut pairs = vec![0; 1 << 16];
        let mut singles = [0; 256];
        for pair in ORDINARY.windows(2) {
            pairs[usize::from(pair[0]) << 8 | usize::from(pair[1])] += 1;
            singles[usize::from(pair[0])] += 1;
        }
        let mut runs = vec![0; 1 << 16];
        for run in ORDINARY.windows(4) {
            runs[Self::slot(run)] += 1;
        }
        Self { pairs, singles, runs }
    }

    fn slot(run: &[u8]) -> usize {
        let hash = run.iter().fold(0u32, |hash, b| (hash ^ u32::from(*b)).wrapping_mul(0x0100_0193));
        usize::try_from(hash >> 16 ^ hash & 0xffff).unwrap_or(0)
    }

    /// The estimated share of ordinary places at which the piece starts, and the fixed price of one
    /// more piece in the same unit: as much as a piece that stands at every ten thousandth byte.
    fn of(&self, piece: &[u8]) -> f64 {
        const EACH: f64 = 1e-4;
        let total = ORDINARY.len().max(1) as f64;
        // A chain of pairs, for what this text happens not to hold.
        let first = f64::from(self.singles[usize::from(piece[0])] + 1) / total;
        let chain = piece.windows(2).fold(first, |share, pair| {
            let pairs = f64::from(self.pairs[usize::from(pair[0]) << 8 | usize::from(pair[1])]) + 0.05;
            let single = f64::from(self.singles[usize::from(pair[0])]) + 4.0;
            share * pairs / single
        });
        let run = |run: &[u8]| f64::from(self.runs[Self::slot(run)]);
        let runs = run(&piece[..4]).min(run(&piece[1..])) / total;
        EACH + chain * 4.0 + runs
    }
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
    fn words_are_found_where_they_start_and_pieces_alone_are_not() {
        let found = WordSearch::for_logs(words());
        assert_eq!(found.first(b"xx AADSTS50011", 0), Some(3));
        assert_eq!(found.first(b"xx AADSTS50011", 4), None);
        assert_eq!(found.first(b"xx AADSTx AADSTS1", 0), Some(10));
        assert_eq!(found.first(b"AADST", 0), None);
        assert_eq!(found.first(b"", 0), None);
    }

    #[test]
    fn every_occurrence_of_every_word_is_told_also_within_another() {
        let mut found = Vec::new();
        let search = WordSearch::for_records(words());
        search.for_each(b"PKIX path building failed; Read timed out; connect timed out", |word, at| {
            found.push((word, at));
        });
        found.sort_unstable();
        assert_eq!(found, [(1, 0), (2, 43), (3, 27), (4, 5)]);
        assert!(search.pieces() < words().len());
    }
}
