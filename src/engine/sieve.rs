//! Rare words in much text, looked for at every sixth byte.
//!
//! A word of nine bytes or more cannot slip between samples: of six neighbouring runs of four bytes in
//! it, one stands at a sampled place. So the sieve looks at four bytes, passes over two, and asks a
//! table of bits whether such a run belongs to any word. What the table lets through is held against
//! the words themselves. The cost is the same for ten words and for a thousand; a packed vector search
//! slows down with every one.
//!
//! Which six runs of a word are sampled is free: those that ordinary logs hold least.

use super::prices::Prices;

/// How far apart the samples stand.
const STEP: usize = 6;
/// Bytes of a run.
const RUN: usize = 4;
/// Samples looked at before anything is decided.
const ROW: usize = 8 * STEP;
/// So many last bytes of a text are sampled at every place, for what should follow a word is missing.
const TAIL: usize = 16;
/// The table has two to the power of so many bits: small enough for the innermost cache.
const BITS: u32 = 18;
const CELLS: usize = 1 << (BITS - 6);

/// The shortest word that is found. With the byte before and the one behind, it has six runs.
pub(super) const SHORTEST: usize = STEP + RUN - 1 - 2;

/// What may stand at one place of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Byte(u8),
    Digit,
    /// Before the word or behind it: whatever the text has there.
    Any,
}

/// A word to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word(Vec<Place>);

impl Word {
    /// These very bytes.
    pub(super) fn of(text: &str) -> Self {
        Self(text.bytes().map(Place::Byte).collect())
    }

    /// Followed by `count` digits: any ten may stand there.
    pub(super) fn digits(mut self, count: usize) -> Self {
        self.0.resize(self.0.len() + count, Place::Digit);
        self
    }

    fn matches(&self, text: &[u8]) -> bool {
        text.len() >= self.0.len() && self.0.iter().zip(text).all(|(place, byte)| place.fits(*byte))
    }

    /// The word, a short one with the place before it, a very short one also with that behind it: as
    /// many as make six runs. The number of places put before comes with it.
    fn padded(&self) -> (usize, Vec<Place>) {
        let missing = (STEP + RUN - 1).saturating_sub(self.0.len());
        let (before, behind) = (missing.min(1), missing.saturating_sub(1).min(1));
        let any = |count| std::iter::repeat_n(Place::Any, count);
        (before, any(before).chain(self.0.iter().copied()).chain(any(behind)).collect())
    }
}

impl Place {
    fn fits(self, byte: u8) -> bool {
        match self {
            Self::Byte(wanted) => wanted == byte,
            Self::Digit => byte.is_ascii_digit(),
            Self::Any => true,
        }
    }

    fn bytes(self) -> std::ops::RangeInclusive<u8> {
        match self {
            Self::Byte(byte) => byte..=byte,
            Self::Digit => b'0'..=b'9',
            Self::Any => 0..=255,
        }
    }
}

/// Words, ready to be looked for.
#[derive(Debug, Clone)]
pub(super) struct Sieve {
    /// A bit for each run of four bytes, by its hash.
    table: Box<[u64; CELLS]>,
    /// The runs of one cell of the table are `runs[cells[cell]..cells[cell + 1]]`.
    cells: Vec<u32>,
    runs: Vec<Run>,
    words: Vec<Word>,
}

/// A sampled run of a word.
#[derive(Debug, Clone, Copy)]
struct Run {
    bytes: u32,
    word: u32,
    /// Where it stands in the word; -1 when its first byte is the one before the word.
    at: i32,
}

impl Sieve {
    /// A search for words of at least [`SHORTEST`] places. Shorter ones are not found.
    pub(super) fn new(words: Vec<Word>) -> Self {
        let prices = Prices::new();
        let mut runs = Vec::new();
        for (i, word) in words.iter().enumerate() {
            let (before, places) = word.padded();
            let number = u32::try_from(i).unwrap_or(u32::MAX);
            Chosen { number, before, places }.runs(&prices, &mut runs);
        }
        runs.sort_by_key(|run| hash(run.bytes));
        let mut table = Box::new([0; CELLS]);
        let mut cells = vec![0; CELLS + 1];
        for run in &runs {
            let hash = hash(run.bytes);
            table[cell(hash)] |= bit(hash);
            cells[cell(hash) + 1] += 1;
        }
        for i in 0..CELLS {
            cells[i + 1] += cells[i];
        }
        Self { table, cells, runs, words }
    }

    /// Where a word stands whose start is at or behind `from`: of the words of one line one, of the
    /// lines the first. `None` when no word stands in `text[from..]`.
    pub(super) fn first(&self, text: &[u8], from: usize) -> Option<usize> {
        let body = text.len().saturating_sub(TAIL);
        let mut at = from;
        for row in text.get(from..body).unwrap_or_default().chunks_exact(ROW) {
            if self.row(row) {
                let found = (at..at + ROW).step_by(STEP).find_map(|place| self.word_at(text, place, from));
                if found.is_some() {
                    return found;
                }
            }
            at += ROW;
        }
        let rest = (at..body).step_by(STEP);
        let tail = body.max(from)..text.len().saturating_sub(RUN - 1);
        rest.chain(tail).find_map(|place| self.word_at(text, place, from))
    }

    /// True when one of a row's samples may belong to a word.
    fn row(&self, row: &[u8]) -> bool {
        let Ok(row) = <&[u8; ROW]>::try_from(row) else { return false };
        let asks = |at: usize| {
            let hash = hash(u32::from_le_bytes([row[at], row[at + 1], row[at + 2], row[at + 3]]));
            self.table[cell(hash)] >> (hash & 63)
        };
        let any = asks(0) | asks(6) | asks(12) | asks(18) | asks(24) | asks(30) | asks(36) | asks(42);
        any & 1 != 0
    }

    /// The start of a word one of whose runs stands at `place`.
    fn word_at(&self, text: &[u8], place: usize, from: usize) -> Option<usize> {
        let sample: [u8; RUN] = text.get(place..place + RUN)?.try_into().ok()?;
        let sample = u32::from_le_bytes(sample);
        let hash = hash(sample);
        if self.table[cell(hash)] & bit(hash) == 0 {
            return None;
        }
        let cell = cell(hash);
        let runs = self.runs.get(self.cells[cell] as usize..self.cells[cell + 1] as usize)?;
        runs.iter().filter(|run| run.bytes == sample).find_map(|run| {
            let start = place.checked_add_signed((-run.at).try_into().ok()?)?;
            let word = self.words.get(run.word as usize)?;
            (start >= from && word.matches(text.get(start..)?)).then_some(start)
        })
    }
}

/// A word whose runs are being chosen.
struct Chosen {
    number: u32,
    /// How many of the places stand before the word.
    before: usize,
    places: Vec<Place>,
}

impl Chosen {
    /// Adds the six neighbouring runs that ordinary text holds least.
    fn runs(&self, prices: &Prices, runs: &mut Vec<Run>) {
        let Some(windows) = (self.places.len() + 1).checked_sub(STEP + RUN - 1) else { return };
        let first = if windows == 1 { 0 } else { self.cheapest(prices) };
        for at in first..first + STEP {
            runs.extend(expand(&self.places[at..at + RUN]).map(|bytes| Run {
                bytes: u32::from_le_bytes(bytes),
                word: self.number,
                at: i32::try_from(at).unwrap_or(i32::MAX) - i32::try_from(self.before).unwrap_or(0),
            }));
        }
    }

    fn cheapest(&self, prices: &Prices) -> usize {
        let price = |run| expand(run).map(|run| prices.of(run)).sum();
        let price: Vec<f64> = self.places.windows(RUN).map(price).collect();
        let windows = price.windows(STEP).map(|window| window.iter().sum::<f64>()).enumerate();
        windows.min_by(|(_, a), (_, b)| a.total_cmp(b)).map_or(0, |(first, _)| first)
    }
}

/// All runs of bytes that fit.
fn expand(places: &[Place]) -> impl Iterator<Item = [u8; RUN]> + use<> {
    let [a, b, c, d] = [0, 1, 2, 3].map(|i| places[i].bytes());
    a.flat_map(move |a| {
        let (c, d) = (c.clone(), d.clone());
        b.clone().flat_map(move |b| {
            let d = d.clone();
            c.clone().flat_map(move |c| d.clone().map(move |d| [a, b, c, d]))
        })
    })
}

fn hash(run: u32) -> u32 {
    run.wrapping_mul(0x9e37_79b1) >> (32 - BITS)
}

fn cell(hash: u32) -> usize {
    (hash >> 6) as usize
}

fn bit(hash: u32) -> u64 {
    1 << (hash & 63)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sieve() -> Sieve {
        let mut words: Vec<Word> =
            ["PKIX path building failed", "connect timed out", "1.1 407", "this.resp"].map(Word::of).to_vec();
        words.push(Word::of("AADSTS").digits(4));
        words.push(Word::of("MSIS9").digits(3));
        Sieve::new(words)
    }

    #[test]
    fn words_are_found_where_they_start() {
        let sieve = sieve();
        assert_eq!(sieve.first(b"xx AADSTS50011", 0), Some(3));
        assert_eq!(sieve.first(b"xx AADSTS50011", 4), None);
        assert_eq!(sieve.first(b"xx AADSTSx AADSTS1234", 0), Some(11));
        assert_eq!(sieve.first(b"AADSTS123", 0), None);
        assert_eq!(sieve.first(b"1.1 407", 0), Some(0));
        assert_eq!(sieve.first(b"", 0), None);
    }

    proptest! {
        #[test]
        fn a_word_is_found_wherever_it_stands(
            before in "[ -~]{0,120}",
            word in prop::sample::select(vec!["AADSTS50011", "MSIS9605", "this.resp", "1.1 407", "connect timed out", "PKIX path building failed"]),
            behind in "[ -~]{0,120}",
            from in 0usize..40,
        ) {
            let sieve = sieve();
            let text = format!("{before}{word}{behind}");
            let from = from.min(before.len());
            let found = sieve.first(text.as_bytes(), from);
            prop_assert!(found.is_some_and(|at| at >= from && at <= text.len()), "{text:?} {found:?}");
            if !["AADSTS", "MSIS9", "this.resp", "1.1 407", "connect timed out", "PKIX path"].iter().any(|word| format!("{before}{}", &behind).contains(word)) {
                prop_assert_eq!(sieve.first(&text.as_bytes()[..before.len()], 0), None);
            }
        }
    }
}
