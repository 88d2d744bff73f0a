//! Lists of codes that each can be used once: backup codes, recovery codes, scratch codes.

use super::{
    super::{
        keys::Key,
        secrets::SecretKind,
        values::{is_blank, skip},
    },
    KeyedReader,
};

/// Codes of one list.
const MAX_CODES: usize = 40;
/// Words between the name of a list and its first code.
const VERBS: [&[u8]; 6] = [b"are", b"follow", b"sind", b"lauten", b"sont", b"son"];

impl KeyedReader<'_, '_> {
    /// `Scratch codes: 88301276 44129981`, with blanks, commas, line breaks, bullets or numbers between. Whether there was
    /// one.
    pub(super) fn code_list(&mut self, key: &Key) -> bool {
        let text = self.text;
        let word = text[key.word..key.end].to_ascii_lowercase();
        let plural = [&b"codes"[..], b"digos", b"codici"].iter().any(|one| memchr::memmem::find(&word, one).is_some());
        if !plural {
            return false;
        }
        let mut at = after_signs(text, key.end);
        let verb = skip(text, at, 8, |byte| byte.is_ascii_alphabetic());
        if VERBS.contains(&&text[at..verb]) {
            at = after_signs(text, verb);
        }
        let mut taken = false;
        for _ in 0..MAX_CODES {
            // `1. 88301276`, `2) 4412 9981`
            let number = skip(text, at, 2, |byte| byte.is_ascii_digit());
            let numbered = number > at && text.get(number).is_some_and(|byte| b".):".contains(byte));
            let start = if numbered { skip(text, number + 1, 2, is_blank) } else { at };
            let end = skip(text, start, 40, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if !is_code(&text[start..end]) || text.get(end).is_some_and(|byte| b"_.:=/@".contains(byte)) {
                break;
            }
            self.secret(SecretKind::Code, start, end);
            taken = true;
            at = after_signs(text, end);
        }
        taken
    }
}

/// What is between two codes.
fn after_signs(text: &[u8], at: usize) -> usize {
    skip(text, at, 24, |byte| is_blank(byte) || b",;:|\"'[]*-\\".contains(&byte))
}

/// Digits alone, or letters and digits, perhaps in groups; no date.
fn is_code(token: &[u8]) -> bool {
    let digits = token.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = token.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let date = token.len() == 10 && token[4] == b'-' && token[7] == b'-';
    if letters == 0 {
        return (4..=16).contains(&digits) && !date;
    }
    (6..=32).contains(&token.len()) && digits > 0 && !token.ends_with(b"-")
}
