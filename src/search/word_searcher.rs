//! A search for many short words in any case.

use std::collections::HashMap;

use foldhash::fast::FixedState;

/// Finds every occurrence of every word, also within and across others. ASCII letters match in either case.
///
/// Each position is tested with three small tables of bits, by its first four, three and two bytes; only where one of
/// them has a bit are words compared. An automaton for hundreds of words does not fit into the caches.
#[derive(Debug)]
pub(crate) struct WordSearcher {
    words: Vec<Vec<u8>>,
    /// The words of two bytes or more, those with the same head next to each other.
    entries: Vec<Entry>,
    /// By the first four bytes, three, or fewer: where in `entries` the words are that start so.
    by_head: HashMap<u32, (u32, u32), FixedState>,
    four: Box<[u64; FOUR_BITS / 64]>,
    three: Box<[u64; THREE_BITS / 64]>,
    two: Box<[u64; TWO_BITS / 64]>,
    /// Words of a single byte start with these.
    one: Option<u8>,
}

/// A word with a certain head. Many words share one; most differ in their last byte.
#[derive(Debug, Clone, Copy)]
struct Entry {
    len: usize,
    /// In small letters.
    last: u8,
    /// The index of the word.
    word: usize,
}

/// An occurrence of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WordMatch {
    pub(crate) end: usize,
    pub(crate) start: usize,
    /// The index of the word.
    pub(crate) word: usize,
}

const FOUR_BITS: usize = 1 << 15;
const THREE_BITS: usize = 1 << 13;
const TWO_BITS: usize = 1 << 11;

/// The bits that distinguish small letters from capitals; other bytes are compared exactly later.
const FOLD: u32 = 0x2020_2020;

fn slot(head: u32, bits: usize) -> usize {
    (head.wrapping_mul(0x9e37_79b1) >> (32 - bits.trailing_zeros())) as usize
}

/// How many bytes of a word select its table.
fn head_len(word: &[u8]) -> usize {
    word.len().min(4)
}

fn head_mask(len: usize) -> u32 {
    u32::MAX >> (32 - 8 * len)
}

/// Heads of different lengths are never equal: a byte of a text is never 0 when it is folded.
fn head(text: &[u8]) -> u32 {
    let mut bytes = [0; 4];
    let len = text.len().min(4);
    bytes[..len].copy_from_slice(&text[..len]);
    u32::from_le_bytes(bytes) | FOLD
}

impl WordSearcher {
    /// A search for these words, none of which is empty and at most one of which has a single byte.
    pub(crate) fn new(words: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        let words: Vec<Vec<u8>> = words.into_iter().map(|word| word.as_ref().to_vec()).collect();
        let mut searcher = Self {
            entries: Vec::new(),
            by_head: HashMap::default(),
            four: Box::new([0; FOUR_BITS / 64]),
            three: Box::new([0; THREE_BITS / 64]),
            two: Box::new([0; TWO_BITS / 64]),
            one: None,
            words: Vec::new(),
        };
        let mut entries: Vec<(u32, Entry)> = Vec::with_capacity(words.len());
        for (i, word) in words.iter().enumerate() {
            let len = head_len(word);
            let head = head(word) & head_mask(len);
            let (bits, slot) = match len {
                4 => (&mut searcher.four[..], slot(head, FOUR_BITS)),
                3 => (&mut searcher.three[..], slot(head, THREE_BITS)),
                2 => (&mut searcher.two[..], slot(head, TWO_BITS)),
                _ => {
                    assert!(searcher.one.is_none_or(|byte| byte == word[0]), "one word of a single byte");
                    searcher.one = Some(word[0]);
                    continue;
                }
            };
            bits[slot / 64] |= 1 << (slot % 64);
            let last = word[word.len() - 1].to_ascii_lowercase();
            entries.push((head, Entry { len: word.len(), last, word: i }));
        }
        entries.sort_unstable_by_key(|(head, entry)| (*head, entry.word));
        searcher.by_head.reserve(entries.len());
        for (i, (head, _)) in (0..).zip(&entries) {
            searcher.by_head.entry(*head).or_insert((i, i)).1 = i + 1;
        }
        searcher.entries = entries.into_iter().map(|(_, entry)| entry).collect();
        searcher.words = words;
        searcher
    }

    /// All occurrences in the order in which they end; of those that end together, the longest first.
    pub(crate) fn find(&self, text: &[u8]) -> Vec<WordMatch> {
        let mut found = Vec::new();
        let bit = |bits: &[u64], slot: usize| bits[slot / 64] >> (slot % 64) & 1;
        let one = self.one.map_or(u32::MAX, u32::from);
        for start in 0..text.len() {
            let head = match text[start..].first_chunk::<4>() {
                Some(bytes) => u32::from_le_bytes(*bytes) | FOLD,
                None => head(&text[start..]),
            };
            let (three, two) = (head & head_mask(3), head & head_mask(2));
            // Without a branch for each: nearly all positions are passed over.
            let in_four = bit(&self.four[..], slot(head, FOUR_BITS));
            let in_three = bit(&self.three[..], slot(three, THREE_BITS));
            let in_two = bit(&self.two[..], slot(two, TWO_BITS));
            let is_one = u64::from(u32::from(text[start]) == one);
            if in_four | in_three | in_two | is_one != 0 {
                for (_, head) in [(in_four, head), (in_three, three), (in_two, two)].iter().filter(|(has, _)| *has != 0)
                {
                    self.compare(text, start, *head, &mut found);
                }
                if is_one != 0 {
                    let words = self.words.iter().enumerate().filter(|(_, word)| word.len() == 1);
                    found.extend(words.map(|(word, _)| WordMatch { end: start + 1, start, word }));
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// Adds the words with a certain head that are at `start`.
    fn compare(&self, text: &[u8], start: usize, head: u32, found: &mut Vec<WordMatch>) {
        let Some((from, to)) = self.by_head.get(&head) else { return };
        for Entry { len, last, word } in &self.entries[*from as usize..*to as usize] {
            let end = start + len;
            if text.get(end - 1).is_some_and(|byte| byte.to_ascii_lowercase() == *last)
                && text[start..end].eq_ignore_ascii_case(&self.words[*word])
            {
                found.push(WordMatch { end, start, word: *word });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_found_in_any_case_and_within_each_other() {
        let searcher = WordSearcher::new(["~", "pw", "pass", "password", "word", "passwörd", "c:"]);
        let found = |text: &str| -> Vec<(usize, usize)> {
            searcher.find(text.as_bytes()).into_iter().map(|found| (found.start, found.word)).collect()
        };
        assert_eq!(found("PassWord=~ C: pW"), [(0, 2), (0, 3), (4, 4), (9, 0), (11, 6), (14, 1)]);
        assert_eq!(found("PASSWÖRD passwörd p"), [(0, 2), (10, 2), (10, 5)]);
        assert_eq!(found(""), []);
    }

    proptest! {
        #[test]
        fn the_result_is_that_of_an_automaton(
            words in prop::collection::btree_set("[a-cA-C@`{ö]{2,6}", 1..12),
            text in "[a-cA-C@`{ö \0]{0,60}",
        ) {
            let mut words: Vec<String> = words.into_iter().collect();
            words.sort_by_key(|word| word.to_ascii_lowercase());
            words.dedup_by_key(|word| word.to_ascii_lowercase());
            let automaton = aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build(&words).unwrap();
            let expected: Vec<_> = automaton
                .find_overlapping_iter(&text)
                .map(|found| WordMatch { end: found.end(), start: found.start(), word: found.pattern().as_usize() })
                .collect();
            prop_assert_eq!(WordSearcher::new(&words).find(text.as_bytes()), expected);
        }
    }
}
