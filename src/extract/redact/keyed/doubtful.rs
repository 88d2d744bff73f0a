//! Words in the place of a secret that only strict redaction removes: standard redaction takes them for prose.

use super::{
    super::{
        keys::{Class, Key},
        login::is_thing,
        masks::is_harmless,
        place::Place,
        prose::is_prose_word,
        secrets::SecretKind,
        stated_words::{is_plain_secret, is_said_of_passwords, is_term},
        values::{is_blank, skip},
    },
    KeyedReader,
    judge::is_path_or_address,
    members::is_no_value,
};
use crate::extract::guid::is_guid;

/// The longest word that is looked at.
const MAX_WORD_BYTES: usize = 128;
/// What is said of tokens, secrets and credentials: kinds, formats and names of them.
const SAID: [&str; 51] = [
    "basic",
    "bearer",
    "negotiate",
    "digest",
    "opaque",
    "oauth",
    "oauth2",
    "saml",
    "hmac",
    "rsa",
    "plain",
    "login",
    "refresh",
    "access",
    "client",
    "session",
    "user",
    "undefined",
    "value",
    "yes",
    "loaded",
    "present",
    "success",
    "error",
    "string",
    "default",
    "custom",
    "rotating",
    "valid",
    "auto",
    "manual",
    "basicauth",
    "issuer",
    "endpoint",
    "vault",
    "no-check",
    "nocheck",
    "backend",
    "guard",
    "audience",
    "vergessen",
    "oublié",
    "exchange",
    "keys",
    "either",
    "sign-in",
    "belongs",
    "meanwhile",
    "fewer",
    "instead",
    "yourself",
];
/// What the name of a kind of secret has in it.
const KINDS: [&[u8]; 7] = [b"token", b"secret", b"passw", b"grant", b"credential", b"cookie", b"assertion"];

impl KeyedReader<'_, '_> {
    /// The value of a key that standard redaction shows. `firm`: nothing but a value can be there.
    pub(super) fn doubt(&mut self, class: Class, firm: bool, start: usize, end: usize) {
        let text = self.text;
        let names_secret = matches!(class, Class::Password | Class::Secret(_) | Class::Weak(SecretKind::Token));
        let end = end - text[start..end].iter().rev().take_while(|byte| b".,:;".contains(byte)).count();
        // `"https://login.contoso.example/oauth2/token": PKIX path building failed`
        let before = text[..start].len()
            - text[..start].iter().rev().take(8).take_while(|byte| b"\"': =".contains(byte)).count();
        let name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-.".contains(*byte);
        let path = before - text[..before].iter().rev().take(48).take_while(name).count();
        if before < start && text[..path].ends_with(b"/") {
            return;
        }
        let closed = firm || text.get(end).is_none_or(|byte| b"\r\n,;)]}\"'`&|<".contains(byte));
        if names_secret && closed && is_unknown_word(&text[start..end]) && !is_no_value(text, start, end) {
            self.found.push(Place::doubtful(start, end));
        }
    }

    /// `password[x]`, `password <x>`, `password/x`, `password,x`, `password  x`, and `password x` at the end of a line.
    pub(super) fn doubt_unjoined(&mut self, key: &Key) {
        let text = self.text;
        let secret = matches!(key.class, Class::Secret(SecretKind::Secret | SecretKind::Password));
        let word = &text[key.word..key.end];
        let named = key.class == Class::Password || secret;
        if !named || key.end <= self.covered {
            return;
        }
        let at = skip(text, key.end, 6, |byte| b" \t([<{/,;|\"'-".contains(&byte));
        let gap = &text[key.end..at];
        let Some(last) = gap.last() else { return };
        // `assertion audience`, `client secret Contoso`
        let spoken = secret
            && gap == b" "
            && (!word.ends_with(b"ecret") && !word.ends_with(b"key")
                || text.get(at).is_some_and(u8::is_ascii_uppercase));
        if spoken {
            return;
        }
        let end =
            skip(text, at, MAX_WORD_BYTES, |byte| byte.is_ascii_alphanumeric() || b"-_.!$%*~^#@+".contains(&byte));
        let end = end - text[at..end].iter().rev().take_while(|byte| b".-".contains(byte)).count();
        let next = text.get(end).copied().unwrap_or(b'\n');
        let ends = is_blank(next) || b",;)\"'.".contains(&next);
        let placed = match last {
            b'[' => next == b']',
            b'(' => next == b')',
            b'<' => next == b'>',
            b'{' => next == b'}',
            // `["password","x"]`, not a sentence that ends in `token"` before the next key.
            b'"' | b'\'' => {
                gap.contains(&b',') && next == *last && key.start == key.word && text[..key.start].last() == Some(last)
            }
            b'/' => gap == b"/" && ends,
            b',' | b';' => gap.len() == 1 && b"\r\n".contains(&next),
            b'\t' | b' ' if gap.iter().filter(|byte| is_blank(**byte)).count() == gap.len() => {
                let verb = [&b" est "[..], b" ist ", b" is "].iter().any(|verb| text[end..].starts_with(verb));
                let stop = next == b'.' && text.get(end + 1).is_none_or(|byte| is_blank(*byte));
                (gap.len() > 1 || gap == b"\t" || key.start == key.word)
                    && (b"\r\n\"',;)".contains(&next) || stop || verb)
            }
            b' ' => gap.ends_with(b" -- "),
            _ => false,
        };
        let shown = &text[at..end];
        let plain = is_plain_secret(shown) || shown.iter().any(u8::is_ascii_digit) && is_unknown_word(shown);
        if placed && plain && is_unknown_word(shown) && !is_no_value(text, at, end) {
            self.found.push(Place::doubtful(at, end));
        }
    }
}

/// One word that is neither said of secrets nor a kind of them, and no name of code.
fn is_unknown_word(word: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| word.iter().filter(|byte| is(byte)).count();
    let ends = |tails: &[&[u8]]| tails.iter().any(|tail| word.ends_with(tail));
    let digits = count(u8::is_ascii_digit);
    if digits == word.len() {
        return (5..=16).contains(&digits);
    }
    let lower = word.to_ascii_lowercase();
    let name = std::str::from_utf8(&lower).unwrap_or_default();
    let constant = word.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_') && word.contains(&b'_');
    // `1.0.0-m12345`
    let version =
        word.windows(3).any(|three| three[1] == b'.' && three[0].is_ascii_digit() && three[2].is_ascii_digit());
    let class = word.contains(&b'.') && word.iter().any(u8::is_ascii_uppercase) && digits == 0;
    (4..=MAX_WORD_BYTES).contains(&word.len())
        && count(u8::is_ascii_alphabetic) + digits >= 3
        && !word.iter().any(|byte| is_blank(*byte) || b"(){}[]<>=\"'".contains(byte))
        && !constant
        && !class
        && !version
        && !ends(&[b"ed", b"ing", b"able", b"ible", b"ation"])
        && !is_prose_word(&lower)
        && !is_said_of_passwords(&lower)
        && !SAID.contains(&name)
        && !KINDS.iter().any(|kind| memchr::memmem::find(&lower, kind).is_some())
        && !is_thing(name)
        && !is_term(word)
        && !is_harmless(word)
        && !is_guid(word)
        && !is_path_or_address(word)
}
