//! The words that stand for damage in a log: zeros, and text in UTF-16 or UTF-32.

/// Parts of the words of nearly every record; each of their characters is followed by one zero, or by three. Where the
/// zeros before the first one are, and whether they belong to it, need not be known.
const WIDE_WORDS: [&str; 8] = ["ERRO", "WARN", "INFO", "SEVE", "FATA", "rror", "cept", "ADST"];

/// Words that stand for damage.
pub(super) fn words() -> impl Iterator<Item = String> {
    let wide = |zeros: &'static str| {
        WIDE_WORDS.iter().map(move |word| word.chars().map(String::from).collect::<Vec<_>>().join(zeros))
    };
    std::iter::once("\0".repeat(16)).chain(wide("\0")).chain(wide("\0\0\0"))
}

/// True for a text that starts with one of these words; no other word has a zero.
pub(super) fn is_word(text: &[u8]) -> bool {
    text.get(1) == Some(&0)
}
