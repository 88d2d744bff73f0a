//! Sets of words, built once.

use std::collections::HashSet;

/// Longer than any of the words.
const MAX_WORD_BYTES: usize = 32;

/// Words in small letters.
#[derive(Debug)]
pub(super) struct WordSet(HashSet<&'static [u8], foldhash::fast::FixedState>);

impl WordSet {
    pub(super) fn new(words: impl IntoIterator<Item = &'static str>) -> Self {
        let words: HashSet<_, _> = words.into_iter().map(str::as_bytes).collect();
        debug_assert!(
            words.iter().all(|word| word.len() <= MAX_WORD_BYTES && !word.iter().any(u8::is_ascii_uppercase))
        );
        Self(words)
    }

    /// Whether a word is one of them, in any case.
    pub(super) fn contains(&self, word: &[u8]) -> bool {
        let mut small = [0; MAX_WORD_BYTES];
        let Some(small) = small.get_mut(..word.len()) else { return false };
        small.copy_from_slice(word);
        small.make_ascii_lowercase();
        self.0.contains(&*small)
    }

    /// Whether a word is one of them as it is.
    pub(super) fn contains_exactly(&self, word: &[u8]) -> bool {
        self.0.contains(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_case() {
        let set = WordSet::new(["com", "localdomain"]);
        assert!(set.contains(b"Com") && set.contains(b"localdomain") && !set.contains(b"co"));
        assert!(set.contains_exactly(b"com") && !set.contains_exactly(b"Com"));
        assert!(!set.contains(&[b'x'; 100]) && !set.contains(b""));
    }
}
