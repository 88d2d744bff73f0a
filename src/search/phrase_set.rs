//! Phrases by which a text is read, in the text's order.

use std::cmp::Reverse;

use super::{MultiSearcher, Needle};

/// Phrases of at least four bytes, and what each of them means.
#[derive(Debug)]
pub(crate) struct PhraseSet<T> {
    search: MultiSearcher<3>,
    /// The length of each, and its meaning.
    values: Vec<(usize, T)>,
}

impl<T: Copy> PhraseSet<T> {
    pub(crate) fn new<'p>(phrases: impl IntoIterator<Item = (&'p str, T)>) -> Self {
        let (words, meanings) =
            phrases.into_iter().map(|(phrase, meaning)| (Needle::of(phrase), (phrase.len(), meaning))).unzip();
        Self { search: MultiSearcher::new(words), values: meanings }
    }

    /// Whether any of them stands in a text.
    pub(crate) fn is_match(&self, text: &[u8]) -> bool {
        self.search.first(text, 0).at.is_some()
    }

    /// Those of a text: what each means, where it starts and where it ends. Of some that start at one place
    /// the longest; none that starts within another.
    pub(crate) fn find(&self, text: &[u8]) -> impl Iterator<Item = (T, usize, usize)> {
        let mut found: Vec<(usize, Reverse<usize>, usize)> = Vec::new();
        self.search.for_each(text, |phrase, start| found.push((start, Reverse(self.values[phrase].0), phrase)));
        found.sort_unstable();
        let mut behind = 0;
        found.retain(|(start, Reverse(len), _)| {
            let apart = *start >= behind;
            behind = if apart { start + len } else { behind };
            apart
        });
        found.into_iter().map(|(start, Reverse(len), phrase)| (self.values[phrase].1, start, start + len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_come_in_the_order_of_the_text_and_do_not_overlap() {
        let phrases = PhraseSet::new([("trace", 1), ("trace id", 2), ("e id: x", 3), ("code", 4)]);
        let found: Vec<_> = phrases.find(b"code, trace, trace id: x and code").collect();
        assert_eq!(found, [(4, 0, 4), (1, 6, 11), (2, 13, 21), (4, 29, 33)]);
        assert!(phrases.is_match(b"a code") && !phrases.is_match(b"a cod"));
        assert_eq!(phrases.find(b"").count(), 0);
    }
}
