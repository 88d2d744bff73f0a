//! Whether a word is a value where a value of a secret would be, and not the name of a type, a field or a kind.

use super::super::{
    masks::is_harmless,
    prose::is_prose_word,
    stated_words::{is_chosen, is_plain_secret, is_said_of_passwords, is_term},
    values::is_blank,
    wordlike::looks_random,
};

/// Names of types, and what stands for a value in code and in forms.
const NAMES: [&str; 49] = [
    "string",
    "charsequence",
    "object",
    "char",
    "byte",
    "bytes",
    "char[]",
    "byte[]",
    "integer",
    "boolean",
    "optional",
    "field",
    "value",
    "values",
    "input",
    "label",
    "email",
    "e-mail",
    "username",
    "user",
    "name",
    "login",
    "host",
    "port",
    "type",
    "status",
    "state",
    "tenant",
    "scope",
    "scopes",
    "description",
    "created",
    "owner",
    "show",
    "hide",
    "forgot",
    "remember",
    "change",
    "edit",
    "save",
    "cancel",
    "copy",
    "expires",
    "expiry",
    "issuer",
    "provider",
    "default",
    "unknown",
    "gsmtp",
];
/// What the name of a kind of secret has in it.
const KINDS: [&[u8]; 8] =
    [b"token", b"secret", b"passw", b"credential", b"cookie", b"assertion", b"kennwort", b"client_id"];

/// Whether a word is given as a value.
pub(super) fn is_given(word: &[u8]) -> bool {
    let lower = word.to_ascii_lowercase();
    let name = std::str::from_utf8(&lower).unwrap_or_default();
    let numbered = word.len() >= 5
        && word.iter().any(u8::is_ascii_digit)
        && word.iter().any(u8::is_ascii_alphabetic)
        && !word.iter().any(|byte| is_blank(*byte) || b"/\\:=()[]{}<>|,;\"'`".contains(byte));
    (is_plain_secret(word) || is_chosen(word) || numbered || looks_random(word, 8))
        && !is_harmless(word)
        && !is_prose_word(&lower)
        && !is_said_of_passwords(&lower)
        && !is_term(word)
        && !NAMES.contains(&name)
        && !KINDS.iter().any(|kind| memchr::memmem::find(&lower, kind).is_some())
}

/// The same of a text in quotation marks or in an element, which may have blanks: at most four words, of which the
/// first is none of prose.
pub(super) fn is_given_text(text: &[u8]) -> bool {
    let words = text.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty());
    match words.clone().count() {
        1 => is_given(text.trim_ascii()),
        2..=4 => {
            let prose = |(i, word): (usize, &[u8])| {
                let bare = word.strip_suffix(b".").unwrap_or(word);
                let small = i == 0 || word.first().is_some_and(u8::is_ascii_lowercase);
                small && (is_prose_word(bare) || is_said_of_passwords(bare))
            };
            !words.enumerate().any(prose) && !is_harmless(text)
        }
        _ => false,
    }
}
