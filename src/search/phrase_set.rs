//! A set of phrases, each with a meaning.

use std::cmp::Reverse;

use super::{MultiSearcher, Needle};

/// Phrases of at least four bytes, each with a value.
#[derive(Debug)]
pub(crate) struct PhraseSet<T> {
    search: MultiSearcher<3>,
    /// Length and value of each phrase.
    values: Vec<(usize, T)>,
}

impl<T: Copy> PhraseSet<T> {
    pub(crate) fn new<'p>(phrases: impl IntoIterator<Item = (&'p str, T)>) -> Self {
        let (needles, values) =
            phrases.into_iter().map(|(phrase, value)| (Needle::of(phrase), (phrase.len(), value))).unzip();
        Self { search: MultiSearcher::new(needles), values }
    }

    /// Whether a text contains any of the phrases.
    pub(crate) fn is_match(&self, text: &[u8]) -> bool {
        self.search.first(text, 0).at.is_some()
    }

    /// The phrases of a text in its order, as value, start and end. Of phrases that start at the same position
    /// the longest is returned; matches do not overlap.
    pub(crate) fn find(&self, text: &[u8]) -> impl Iterator<Item = (T, usize, usize)> {
        let mut found: Vec<(usize, Reverse<usize>, usize)> = Vec::new();
        self.search.for_each(text, |phrase, start| found.push((start, Reverse(self.values[phrase].0), phrase)));
        found.sort_unstable();
        let mut last_end = 0;
        found.retain(|(start, Reverse(len), _)| {
            let separate = *start >= last_end;
            last_end = if separate { start + len } else { last_end };
            separate
        });
        found.into_iter().map(|(start, Reverse(len), phrase)| (self.values[phrase].1, start, start + len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_returned_in_text_order_without_overlaps() {
        let phrases = PhraseSet::new([("trace", 1), ("trace id", 2), ("e id: x", 3), ("code", 4)]);
        let found: Vec<_> = phrases.find(b"code, trace, trace id: x and code").collect();
        assert_eq!(found, [(4, 0, 4), (1, 6, 11), (2, 13, 21), (4, 29, 33)]);
        assert!(phrases.is_match(b"a code") && !phrases.is_match(b"a cod"));
        assert_eq!(phrases.find(b"").count(), 0);
    }
}
