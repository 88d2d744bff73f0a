//! Many words in much text, looked for at every sixth byte.
//!
//! A word of nine bytes or more cannot slip between samples six bytes apart: of six neighbouring runs of
//! four bytes in it, one stands at a sampled place. So the sieve looks at four bytes, passes over two,
//! and asks a table of bits whether such a run belongs to any word. What the table lets through is held
//! against the words themselves. The cost is the same for ten words and for a thousand; a packed vector
//! search slows down with every one.
//!
//! Which neighbouring runs of a word are sampled is free: those that ordinary logs hold least.

use super::prices::Prices;

/// Bytes of a run.
const RUN: usize = 4;
/// Samples looked at before anything is decided.
const AT_ONCE: usize = 8;
/// So many last bytes of a text are sampled at every place, for what should follow a word is missing.
const TAIL: usize = 16;

/// A sample every six bytes, and a table that fits into the innermost cache.
pub(super) type LogSieve = Sieve<6, 4096>;

/// The shortest word that is found in a whole log. With the byte before and the one behind, it has six
/// runs.
pub(super) const SHORTEST: usize = 6 + RUN - 1 - 2;

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

    /// The word, a short one with the place before it, a very short one also with that behind it, so
    /// that there are `wanted` places. The number of those put before comes with it.
    fn padded(&self, wanted: usize) -> (usize, Vec<Place>) {
        let missing = wanted.saturating_sub(self.0.len());
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

/// Words, ready to be looked for: with a sample every `STEP` bytes, and a table of `CELLS` times 64 bits.
#[derive(Debug, Clone)]
pub(super) struct Sieve<const STEP: usize, const CELLS: usize> {
    /// Two bits for each run of four bytes, in one cell, by its hash: one alone would let through too
    /// much of ordinary text once a catalogue is ten times as large.
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

/// A place in the table.
#[derive(Clone, Copy)]
struct Spot {
    cell: usize,
    bits: [u32; 2],
}

impl<const STEP: usize, const CELLS: usize> Sieve<STEP, CELLS> {
    /// Bytes that the samples looked at together span.
    const SPAN: usize = (AT_ONCE - 1) * STEP + RUN;

    /// A search for words. One that is too short to have enough runs is not found.
    pub(super) fn new(words: Vec<Word>) -> Self {
        let prices = Prices::new();
        let mut runs = Vec::new();
        for (i, word) in words.iter().enumerate() {
            let (before, places) = word.padded(STEP + RUN - 1);
            let number = u32::try_from(i).unwrap_or(u32::MAX);
            Chosen { number, before, places }.runs(STEP, &prices, &mut runs);
        }
        runs.sort_by_key(|run| Self::spot(run.bytes).cell);
        let mut table = Box::new([0; CELLS]);
        let mut cells = vec![0; CELLS + 1];
        for run in &runs {
            let spot = Self::spot(run.bytes);
            table[spot.cell] |= spot.bits.iter().fold(0, |bits, bit| bits | 1 << bit);
            cells[spot.cell + 1] += 1;
        }
        for i in 0..CELLS {
            cells[i + 1] += cells[i];
        }
        Self { table, cells, runs, words }
    }

    /// Where a word stands whose start is at or behind `from`: of the words of one line one, of the
    /// lines the first. `None` when no word stands in `text[from..]`.
    pub(super) fn first(&self, text: &[u8], from: usize) -> Option<usize> {
        let mut found = None;
        self.samples(text, from, |place| {
            found = self.words_at(text, place).map(|(_, start)| start).find(|start| *start >= from);
            found.is_some()
        });
        found
    }

    /// Hands every occurrence of every word to `each`: its number and its place; near the end of the
    /// text more than once.
    pub(super) fn for_each(&self, text: &[u8], mut each: impl FnMut(usize, usize)) {
        self.samples(text, 0, |place| {
            self.words_at(text, place).for_each(|(word, start)| each(word, start));
            false
        });
    }

    /// Hands on the places of `text[from..]` whose samples may belong to a word, until `done`.
    fn samples(&self, text: &[u8], from: usize, mut done: impl FnMut(usize) -> bool) {
        let body = text.len().saturating_sub(TAIL);
        let mut at = from;
        while at + Self::SPAN <= body {
            let span = &text[at..at + Self::SPAN];
            // Nearly always nothing: that is decided for all samples together.
            if self.may_hold(span) {
                let mut marked = self.marked(span);
                while marked != 0 {
                    if done(at + marked.trailing_zeros() as usize * STEP) {
                        return;
                    }
                    marked &= marked - 1;
                }
            }
            at += AT_ONCE * STEP;
        }
        let rest = (at..body).step_by(STEP);
        let tail = body.max(from)..text.len().saturating_sub(RUN - 1);
        let _ = rest.chain(tail).any(done);
    }

    /// Whether one of the samples in a span may belong to a word.
    fn may_hold(&self, span: &[u8]) -> bool {
        let asks = |i: usize| self.mark(span, i);
        let any = asks(0) | asks(1) | asks(2) | asks(3) | asks(4) | asks(5) | asks(6) | asks(7);
        any & 1 != 0
    }

    /// Which of the samples in a span may belong to a word: a bit for each.
    fn marked(&self, span: &[u8]) -> u64 {
        let asks = |i: usize| (self.mark(span, i) & 1) << i;
        asks(0) | asks(1) | asks(2) | asks(3) | asks(4) | asks(5) | asks(6) | asks(7)
    }

    /// Whether both bits of a sample of a span are in the table, as the lowest bit of some.
    #[inline(always)]
    fn mark(&self, span: &[u8], i: usize) -> u64 {
        let at = i * STEP;
        let spot = Self::spot(u32::from_le_bytes([span[at], span[at + 1], span[at + 2], span[at + 3]]));
        let cell = self.table[spot.cell];
        (cell >> spot.bits[0]) & (cell >> spot.bits[1])
    }

    /// The words one of whose runs stands at `place`: number and start.
    fn words_at<'t>(&'t self, text: &'t [u8], place: usize) -> impl Iterator<Item = (usize, usize)> + 't {
        let sample = text.get(place..place + RUN).and_then(|run| <[u8; RUN]>::try_from(run).ok());
        let sample = u32::from_le_bytes(sample.unwrap_or_default());
        let spot = Self::spot(sample);
        let range = self.cells[spot.cell] as usize..self.cells[spot.cell + 1] as usize;
        self.runs[range].iter().filter(move |run| run.bytes == sample).filter_map(move |run| {
            let start = place.checked_add_signed((-run.at).try_into().ok()?)?;
            let word = self.words.get(run.word as usize)?;
            word.matches(text.get(start..)?).then_some((run.word as usize, start))
        })
    }

    fn spot(run: u32) -> Spot {
        // The upper bits of the product depend on all bytes.
        let hash = u64::from(run).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let cell = (hash >> (u64::BITS - CELLS.trailing_zeros())) as usize % CELLS;
        Spot { cell, bits: [46, 40].map(|shift| (hash >> shift) as u32 & 63) }
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
    /// Adds the neighbouring runs, `count` of them, that ordinary text holds least.
    fn runs(&self, count: usize, prices: &Prices, runs: &mut Vec<Run>) {
        let first = match self.places.len().checked_sub(count + RUN - 1) {
            None => return,
            Some(0) => 0,
            Some(_) => self.cheapest(count, prices),
        };
        for at in first..first + count {
            runs.extend(expand(&self.places[at..at + RUN]).map(|bytes| Run {
                bytes: u32::from_le_bytes(bytes),
                word: self.number,
                at: i32::try_from(at).unwrap_or(i32::MAX) - i32::try_from(self.before).unwrap_or(0),
            }));
        }
    }

    fn cheapest(&self, count: usize, prices: &Prices) -> usize {
        let price = |run| expand(run).map(|run| prices.of(run)).sum();
        let price: Vec<f64> = self.places.windows(RUN).map(price).collect();
        let windows = price.windows(count).map(|window| window.iter().sum::<f64>()).enumerate();
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sieve() -> LogSieve {
        let mut words: Vec<Word> =
            ["PKIX path building failed", "connect timed out", "1.1 407", "this.resp"].map(Word::of).to_vec();
        words.push(Word::of("AADSTS").digits(4));
        words.push(Word::of("MSIS9").digits(3));
        LogSieve::new(words)
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

    #[test]
    fn every_occurrence_of_every_word_is_told_also_within_another() {
        let words =
            ["AADSTS", "PKIX path building failed", "connect timed out", "Read timed out", "path building", "error"];
        let search = Sieve::<2, 1024>::new(words.map(Word::of).to_vec());
        let mut found = Vec::new();
        search.for_each(
            b"PKIX path building failed; Read timed out; connect timed out, and no more errors",
            |word, at| {
                found.push((word, at));
            },
        );
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, [(1, 0), (2, 43), (3, 27), (4, 5), (5, 74)]);
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
