//! Many words in much text, looked for at every sixth byte or so.
//!
//! A word of nine bytes or more cannot slip between samples six bytes apart: of six neighbouring runs of
//! four bytes in it, one stands at a sampled place. So the sieve looks at four bytes, passes over two,
//! and asks a table of bits whether such a run belongs to any word. What the table lets through is held
//! against the words themselves. The cost is the same for ten words and for a thousand.
//!
//! Which neighbouring runs of a word are sampled is free: those that ordinary logs hold least.

use super::{
    frequency::NgramFrequencies,
    needle::{ByteClass, Needle},
    ngram_index::{NGRAM_LEN, NgramIndex, expand},
};

/// Samples looked at before anything is decided.
const AT_ONCE: usize = 8;
/// So many last bytes of a text are sampled at every place, for what should follow a word is missing.
const TAIL: usize = 16;

/// Words, ready to be looked for: with a sample every `STEP` bytes, and a table of `CELLS` cells.
#[derive(Debug, Clone)]
pub(crate) struct SamplingSearcher<const STEP: usize, const CELLS: usize> {
    runs: NgramIndex<CELLS>,
}

impl<const STEP: usize, const CELLS: usize> SamplingSearcher<STEP, CELLS> {
    /// Bytes that the samples looked at together span.
    const SPAN: usize = (AT_ONCE - 1) * STEP + NGRAM_LEN;

    /// The shortest word that is found. With the byte before and the one behind, it has enough runs.
    pub(crate) const SHORTEST: usize = STEP + NGRAM_LEN - 1 - 2;

    /// A search for words. One that is too short to have enough runs is not found.
    pub(super) fn new(words: Vec<Needle>, prices: &NgramFrequencies) -> Self {
        let padded: Vec<_> = words.iter().map(|word| word.padded(STEP + NGRAM_LEN - 1)).collect();
        let chosen = padded.iter().enumerate().flat_map(|(number, (before, places))| {
            let before = i32::try_from(*before).unwrap_or(0);
            neighbours(places, STEP, prices)
                .map(move |at| (number, i32::try_from(at).unwrap_or(i32::MAX) - before, &places[at..at + NGRAM_LEN]))
        });
        let runs = NgramIndex::new(words, chosen);
        Self { runs }
    }

    /// Where a word stands whose start is at or behind `from`: of the words of one line one, of the
    /// lines the first. `None` when no word stands in `text[from..]`.
    pub(super) fn first(&self, text: &[u8], from: usize) -> Option<usize> {
        let mut found = None;
        self.samples(text, from, |place| {
            found = self.runs.words_at(text, place).map(|(_, start)| start).find(|start| *start >= from);
            found.is_some()
        });
        found
    }

    /// Hands every occurrence of every word to `each`: its number and its place; near the end of the
    /// text more than once.
    pub(super) fn for_each(&self, text: &[u8], mut each: impl FnMut(usize, usize)) {
        self.samples(text, 0, |place| {
            self.runs.words_at(text, place).for_each(|(word, start)| each(word, start));
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
        let tail = body.max(from)..text.len().saturating_sub(NGRAM_LEN - 1);
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

    /// Whether a sample of a span may belong to a word, as the lowest bit of some.
    #[inline(always)]
    fn mark(&self, span: &[u8], i: usize) -> u64 {
        let at = i * STEP;
        self.runs.mark([span[at], span[at + 1], span[at + 2], span[at + 3]])
    }
}

/// Which neighbouring runs, `count` of them, ordinary text holds least.
fn neighbours(places: &[ByteClass], count: usize, prices: &NgramFrequencies) -> std::ops::Range<usize> {
    let first = match places.len().checked_sub(count + NGRAM_LEN - 1) {
        None => return 0..0,
        Some(0) => 0,
        Some(_) => cheapest(places, count, prices),
    };
    first..first + count
}

fn cheapest(places: &[ByteClass], count: usize, prices: &NgramFrequencies) -> usize {
    let price = |run| expand(run).map(|run| prices.of(run)).sum();
    let price: Vec<f64> = places.windows(NGRAM_LEN).map(price).collect();
    let windows = price.windows(count).map(|window| window.iter().sum::<f64>()).enumerate();
    windows.min_by(|(_, a), (_, b)| a.total_cmp(b)).map_or(0, |(first, _)| first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_may_stand_closer() {
        let words =
            ["AADSTS", "PKIX path building failed", "connect timed out", "Read timed out", "path building", "error"];
        let search =
            SamplingSearcher::<2, 1024>::new(words.map(Needle::of).to_vec(), NgramFrequencies::of_ordinary_logs());
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
}
