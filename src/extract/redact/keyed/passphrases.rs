//! Passwords of several words.

use super::super::{
    error_words::starts_like_code,
    prose::is_prose,
    values::{is_blank, skip},
    wordlike::looks_random,
};

/// `abcd efgh ijkl mnop`: an app password of Google.
pub(super) fn app_password_end(text: &[u8], start: usize) -> Option<usize> {
    let end = start + 19;
    let groups = text.get(start..end)?;
    let shape = |i: usize, byte: &u8| if i % 5 == 4 { *byte == b' ' } else { byte.is_ascii_lowercase() };
    let alone = text.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let words = groups.split(|byte| *byte == b' ').any(is_prose);
    (alone && groups.iter().enumerate().all(|(i, byte)| shape(i, byte)) && !words).then_some(end)
}

/// `password: correct horse 8Zq…`: the words up to the last that looks random.
pub(super) fn passphrase_end(text: &[u8], end: usize) -> usize {
    let (mut at, mut stop) = (end, end);
    for _ in 0..4 {
        if text.get(at) != Some(&b' ') {
            break;
        }
        let next = skip(text, at + 1, 64, |byte| !is_blank(byte) && !b"\"',;&<".contains(&byte));
        let word = &text[at + 1..next];
        if word.contains(&b'=') || word.contains(&b'@') {
            break;
        }
        if looks_random(word, 6)
            || word.len() >= 8
                && word.iter().any(u8::is_ascii_digit)
                && word.iter().any(u8::is_ascii_uppercase)
                && word.iter().all(u8::is_ascii_alphanumeric)
                && !starts_like_code(word)
        {
            stop = next;
        }
        at = next;
    }
    stop
}
