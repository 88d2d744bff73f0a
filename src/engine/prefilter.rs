//! The words that every failure has and ordinary lines have not, found at the speed of reading.
//!
//! A packed vector search finds some fifty short strings in one pass; the catalogue has many more
//! words than that, and may have ten times as many tomorrow. So each word is looked for by a piece
//! of five bytes of it, one piece serves as many words as hold it, and pieces that ordinary logs
//! are full of are not chosen. A piece that is found is then held against the whole words: what
//! [`Prefilter::find`] reports is a word, never a mere piece.

use std::collections::{BTreeSet, HashMap};

use aho_corasick::{AhoCorasick, MatchKind, Span, packed};

use crate::catalogue::{Catalogue, MatchRule};

/// Marks of a provider's code, whatever the catalogue says.
const CODE_MARKS: [&str; 8] =
    ["AADSTS", "aadsts", "error?code=", "error%3Fcode%3D", "error%3fcode%3d", "error_codes", "errorNo", ": ACS"];

/// The length of a piece, and of the shortest word.
const PIECE: usize = 5;

/// Ordinary lines of a log: which pairs of bytes are common.
static ORDINARY: &[u8] = include_bytes!("ordinary.txt");

/// Finds the first rare word.
#[derive(Debug, Clone)]
pub(crate) struct Prefilter {
    search: Search,
    /// For each piece, the words that hold it and where in them.
    words: Vec<Vec<(Vec<u8>, usize)>>,
}

/// The search for pieces: packed where the machine has vectors, an automaton elsewhere.
#[derive(Debug, Clone)]
enum Search {
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
    Nothing,
}

impl Prefilter {
    pub(crate) fn new(catalogue: &Catalogue) -> Self {
        let mut words: BTreeSet<String> = CODE_MARKS.iter().map(|mark| (*mark).to_owned()).collect();
        for pattern in catalogue.patterns() {
            words.extend(needed(&pattern.rule));
        }
        let words = without_longer(&words);
        let chosen = choose(&words);
        let pieces: Vec<&[u8]> = chosen.iter().map(|(piece, _)| *piece).collect();
        let packed =
            packed::Config::new().match_kind(packed::MatchKind::LeftmostFirst).builder().extend(&pieces).build();
        let search = match packed {
            Some(searcher) => Search::Packed(searcher),
            None => AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostFirst)
                .build(&pieces)
                .map_or(Search::Nothing, Search::Automaton),
        };
        let words = chosen
            .iter()
            .map(|(_, holders)| holders.iter().map(|(word, at)| (words[*word].as_bytes().to_vec(), *at)).collect())
            .collect();
        Self { search, words }
    }

    /// Where the first word at or behind `from` starts. A word that starts before `from` is not
    /// reported.
    pub(crate) fn find(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            let (piece, start) = match &self.search {
                Search::Packed(searcher) => {
                    let found = searcher.find_in(bytes, Span { start: at, end: bytes.len() })?;
                    (found.pattern().as_usize(), found.start())
                }
                Search::Automaton(automaton) => {
                    let found = automaton.find(aho_corasick::Input::new(bytes).range(at..))?;
                    (found.pattern().as_usize(), found.start())
                }
                Search::Nothing => return None,
            };
            let word = self.words[piece].iter().find_map(|(word, offset)| {
                let first = start.checked_sub(*offset).filter(|first| *first >= from)?;
                bytes[first..].starts_with(word).then_some(first)
            });
            if word.is_some() {
                return word;
            }
            at = start + 1;
        }
    }

    /// How many pieces are looked for.
    #[cfg(test)]
    fn pieces(&self) -> usize {
        self.words.len()
    }
}

/// Words of which at least one stands in every record that the rule can match.
fn needed(rule: &MatchRule) -> Vec<String> {
    if !rule.aadsts.is_empty() || rule.aadsts_other {
        // The marks of codes are always looked for.
        return Vec::new();
    }
    if !rule.codes.is_empty() {
        return rule.codes.iter().map(|code| family_mark(code)).collect();
    }
    if let Some(longest) = rule.all.iter().map(|literal| plain_part(literal)).max_by_key(|part| part.len()) {
        return vec![longest.to_owned()];
    }
    if !rule.any.is_empty() {
        return rule.any.iter().map(|literal| plain_part(literal).to_owned()).collect();
    }
    rule.oauth_error.clone()
}

/// A relative's code is looked for by its family and its first digit: `MSIS9`, `AADB2C9`.
fn family_mark(code: &str) -> String {
    let family = if code.starts_with("AADB2C") { 6 } else { 4 };
    code.chars().take(family + 1).collect()
}

/// The longest part of a literal that looks the same when JSON escapes it.
fn plain_part(literal: &str) -> &str {
    literal
        .split(['"', '\\', '/', '\n', '\r', '\t', '\''])
        .max_by_key(|part| part.len())
        .filter(|part| part.len() >= PIECE)
        .unwrap_or(literal)
}

/// Words of which none holds another: the shorter one finds both.
fn without_longer(words: &BTreeSet<String>) -> Vec<&str> {
    words
        .iter()
        .filter(|word| word.len() >= PIECE)
        .filter(|word| !words.iter().any(|other| other.len() < word.len() && word.contains(other.as_str())))
        .map(String::as_str)
        .collect()
}

/// A piece and the words that hold it, each with its place.
type Chosen<'w> = (&'w [u8], Vec<(usize, usize)>);

/// Pieces such that every word holds one: few, and rare in ordinary logs. Greedy: the piece that
/// serves most words for its price comes first.
fn choose<'w>(words: &[&'w str]) -> Vec<Chosen<'w>> {
    let prices = Prices::new();
    let mut holders: HashMap<&[u8], Vec<(usize, usize)>> = HashMap::new();
    for (i, word) in words.iter().enumerate() {
        for (at, piece) in word.as_bytes().windows(PIECE).enumerate() {
            holders.entry(piece).or_default().push((i, at));
        }
    }
    let mut candidates: Vec<Candidate<'_>> = holders
        .iter()
        .map(|(piece, served)| Candidate { piece, price: prices.of(piece), serves: distinct(served) })
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
}

impl Prices {
    fn new() -> Self {
        let mut pairs = vec![0; 1 << 16];
        let mut singles = [0; 256];
        for pair in ORDINARY.windows(2) {
            pairs[usize::from(pair[0]) << 8 | usize::from(pair[1])] += 1;
            singles[usize::from(pair[0])] += 1;
        }
        Self { pairs, singles }
    }

    /// The estimated share of ordinary places at which the piece stands, by a chain of pairs, plus
    /// the fixed price of one more piece.
    fn of(&self, piece: &[u8]) -> f64 {
        const EACH: f64 = 1e-4;
        let total = ORDINARY.len().max(1) as f64;
        let first = f64::from(self.singles[usize::from(piece[0])] + 1) / total;
        let share = piece.windows(2).fold(first, |share, pair| {
            let pairs = f64::from(self.pairs[usize::from(pair[0]) << 8 | usize::from(pair[1])]) + 0.05;
            let single = f64::from(self.singles[usize::from(pair[0])]) + 4.0;
            share * pairs / single
        });
        // What the chain cannot know: whole runs that ordinary text repeats.
        let runs = memchr::memmem::find_iter(ORDINARY, &piece[..PIECE - 1]).count();
        EACH + share + runs as f64 / total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefilter() -> Prefilter {
        Prefilter::new(&Catalogue::builtin())
    }

    #[test]
    fn the_whole_catalogue_fits_into_one_packed_search() {
        let found = prefilter();
        assert!(found.pieces() <= 64, "{} pieces", found.pieces());
    }

    #[test]
    fn words_are_found_where_they_start_and_pieces_alone_are_not() {
        let found = prefilter();
        assert_eq!(found.find(b"xx AADSTS50011", 0), Some(3));
        assert_eq!(found.find(b"xx AADSTS50011", 4), None);
        assert_eq!(found.find(b"xx AADSTx AADSTS1", 0), Some(10));
        assert_eq!(found.find(b"AADST", 0), None);
        assert_eq!(found.find(b"", 0), None);
    }

    #[test]
    fn every_word_of_the_catalogue_is_found() {
        let (catalogue, found) = (Catalogue::builtin(), prefilter());
        for pattern in catalogue.patterns() {
            for word in needed(&pattern.rule) {
                let text = format!("2026-01-05 x {word} y");
                assert!(found.find(text.as_bytes(), 0).is_some(), "{}: {word}", pattern.id);
            }
        }
    }

    #[test]
    fn ordinary_text_holds_no_word() {
        assert_eq!(prefilter().find(ORDINARY, 0), None);
    }
}
