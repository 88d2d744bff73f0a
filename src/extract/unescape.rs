//! Undoes escapes: JSON, URL encoding, HTML entities.
//!
//! A provider's message reaches a log as plain text, as a JSON string, as a query parameter or as HTML, and
//! sometimes wrapped several times. [`undo_escapes`] gives extraction one form to read; `redact` uses
//! [`decode_escape`] itself, because it needs to know where each decoded byte came from.

use std::borrow::Cow;

use memchr::{memchr, memchr3};

use crate::search::Literal;

/// How many levels of wrapping extraction undoes; more has never been seen. Redaction goes one level deeper.
pub(super) const MAX_ROUNDS: usize = 3;

/// What an escape means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decoded {
    Byte(u8),
    Char(char),
}

impl Decoded {
    pub(super) fn push_to(self, out: &mut Vec<u8>) {
        match self {
            Self::Byte(byte) => out.push(byte),
            Self::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// The escape at the start of `text`, of whatever kind: its character, and its length.
pub(super) fn decode_escape(text: &[u8]) -> Option<(Decoded, usize)> {
    match text.first()? {
        b'\\' => json_escape(text),
        b'%' => Some((Decoded::Byte(hex_pair(&text[1..])?), 3)),
        b'&' => html_entity(text),
        _ => None,
    }
}

/// `\r`, `\n`, `\t`, `\"`, `\/`, `\'`, `\\`, `\u0027`. Other backslashes (Windows paths, regular expressions)
/// are not escapes.
fn json_escape(text: &[u8]) -> Option<(Decoded, usize)> {
    match text.get(1)? {
        b'n' => Some((Decoded::Byte(b'\n'), 2)),
        b'r' => Some((Decoded::Byte(b'\r'), 2)),
        b't' => Some((Decoded::Byte(b'\t'), 2)),
        c @ (b'"' | b'/' | b'\'' | b'\\') => Some((Decoded::Byte(*c), 2)),
        b'u' => Some((Decoded::Char(character(text.get(2..6)?, 16)?), 6)),
        _ => None,
    }
}

/// The entities that error pages use: `&quot;`, `&#39;`, `&#x27;`.
fn html_entity(text: &[u8]) -> Option<(Decoded, usize)> {
    let end = memchr(b';', &text[..text.len().min(10)])?;
    let c = match &text[1..end] {
        b"quot" => '"',
        b"apos" => '\'',
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"nbsp" => ' ',
        b"equals" => '=',
        [b'#', b'x' | b'X', digits @ ..] => character(digits, 16)?,
        [b'#', digits @ ..] => character(digits, 10)?,
        _ => return None,
    };
    Some((Decoded::Char(c), end + 1))
}

fn character(digits: &[u8], radix: u32) -> Option<char> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    char::from_u32(u32::from_str_radix(digits, radix).ok()?)
}

/// The byte that two hexadecimal digits at the start stand for.
pub(crate) fn hex_pair(digits: &[u8]) -> Option<u8> {
    let value = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    Some(value(*digits.first()?)? * 16 + value(*digits.get(1)?)?)
}

/// The text with its escapes undone; borrowed when there are none.
#[must_use]
pub(crate) fn undo_escapes(text: &[u8]) -> Cow<'_, [u8]> {
    let mut current = Cow::Borrowed(text);
    for _ in 0..MAX_ROUNDS {
        let Some(next) = undo_one_level(&current) else { break };
        current = Cow::Owned(next);
    }
    current
}

fn undo_one_level(text: &[u8]) -> Option<Vec<u8>> {
    if memchr3(b'\\', b'%', b'&', text).is_none() && !has_half_decoded(text) {
        return None;
    }
    let mut changed = None;
    // HTML before URLs, because the `&` of an entity does not separate parameters.
    for step in [json, html, percent] {
        let now: &[u8] = changed.as_deref().unwrap_or(text);
        if let Some(next) = step(now) {
            changed = Some(next);
        }
    }
    changed
}

fn json(text: &[u8]) -> Option<Vec<u8>> {
    replace_escapes(text, b'\\', json_escape)
}

fn html(text: &[u8]) -> Option<Vec<u8>> {
    replace_escapes(text, b'&', html_entity)
}

/// Replaces the escapes that start with `first`; `None` when there are none.
fn replace_escapes(text: &[u8], first: u8, decode: fn(&[u8]) -> Option<(Decoded, usize)>) -> Option<Vec<u8>> {
    let mut at = memchr(first, text)?;
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    loop {
        out.extend_from_slice(&rest[..at]);
        let (decoded, len) = match decode(&rest[at..]) {
            Some(escape) => {
                changed = true;
                escape
            }
            None => (Decoded::Byte(first), 1),
        };
        decoded.push_to(&mut out);
        rest = &rest[at + len..];
        match memchr(first, rest) {
            Some(next) => at = next,
            None => break,
        }
    }
    out.extend_from_slice(rest);
    changed.then_some(out)
}

/// Decodes URL-encoded words: `%3a`, `+` for a space, `&` between parameters (which becomes a newline, so
/// that no value runs into the next parameter).
fn percent(text: &[u8]) -> Option<Vec<u8>> {
    if !has_percent(text) && !has_half_decoded(text) {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    for word in text.split_inclusive(u8::is_ascii_whitespace) {
        if has_percent(word) || has_half_decoded(word) {
            decode_word(word, &mut out);
        } else {
            out.extend_from_slice(word);
        }
    }
    Some(out)
}

fn decode_word(word: &[u8], out: &mut Vec<u8>) {
    let mut i = 0;
    while i < word.len() {
        match word[i] {
            b'%' => {
                if let Some(byte) = hex_pair(&word[i + 1..]) {
                    out.push(byte);
                    i += 3;
                    continue;
                }
                out.push(b'%');
            }
            b'+' => out.push(b' '),
            b'&' => out.push(b'\n'),
            other => out.push(other),
        }
        i += 1;
    }
}

/// True for an encoded byte that occurs in every message of a provider: space, newline, colon, quote, slash.
fn has_percent(text: &[u8]) -> bool {
    memchr::memchr_iter(b'%', text).any(|i| {
        matches!(hex_pair(&text[i + 1..]), Some(b' ' | b'\r' | b'\n' | b':' | b'\'' | b'"' | b'/' | b'{' | b'%'))
    })
}

/// `AADSTS50058:+A+silent+sign+in`: the colon is decoded, the spaces are not. `error_description=The+client+is+disabled`:
/// of an encoded sentence that has no other encoded byte than its spaces.
fn has_half_decoded(text: &[u8]) -> bool {
    static DESCRIPTION: Literal = Literal::new("error_description=");
    let has_plus =
        |value: &[u8]| value.iter().take_while(|b| **b != b'&' && !b.is_ascii_whitespace()).any(|b| *b == b'+');
    if DESCRIPTION.find_iter(text).any(|i| has_plus(&text[i + DESCRIPTION.len()..])) {
        return true;
    }
    static CODE: Literal = Literal::new("AADSTS");
    CODE.find_iter(text).any(|i| {
        let rest = &text[i + 6..];
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        digits > 0 && rest[digits..].starts_with(b":+")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_escape_is_undone() {
        for (escaped, plain) in [
            (r"AADSTS1:\r\nTrace ID: a", "AADSTS1:\r\nTrace ID: a"),
            (
                r#"{\"error\":\"x\",\"d\":\"AADSTS1: \\r\\nTrace ID: a\"}"#,
                "{\"error\":\"x\",\"d\":\"AADSTS1: \r\nTrace ID: a\"}",
            ),
            (r"granted \u0027code\u0027 https:\/\/x", "granted 'code' https://x"),
            (
                "e=x&d=AADSTS1%3a+The+owner%0d%0aTrace+ID%3a+a&state=1",
                "e=x\nd=AADSTS1: The owner\r\nTrace ID: a\nstate=1",
            ),
            ("d=AADSTS50058:+A+silent+sign", "d=AADSTS50058: A silent sign"),
            (
                "e=x&error_description=The+app+is+off%2c+ask&state=1+",
                "e=x\nerror_description=The app is off, ask\nstate=1 ",
            ),
            (
                "error_description=The app+x error_description=a&b=c+d",
                "error_description=The app+x error_description=a&b=c+d",
            ),
            ("&quot;error&quot;:&quot;AADSTS1 &#39;a&#39;&nbsp;&#x27;", "\"error\":\"AADSTS1 'a' '"),
            ("error&equals;invalid_client &apos;x&apos; &lt;b&gt;", "error=invalid_client 'x' <b>"),
            (
                "d=AADSTS1%3a&#43;The&#43;owner%0d%0aTrace&#43;ID%3a&#43;a&amp;state=1",
                "d=AADSTS1: The owner\r\nTrace ID: a\nstate=1",
            ),
            (r"C:\Jira\data at 100% a+b & c &d; \u+041 &#+65;", r"C:\Jira\data at 100% a+b & c &d; \u+041 &#+65;"),
        ] {
            assert_eq!(String::from_utf8_lossy(&undo_escapes(escaped.as_bytes())), plain, "{escaped}");
        }
    }

    #[test]
    fn text_without_escapes_is_not_copied() {
        assert!(matches!(undo_escapes(b"2026-01-05 10:00:00,000+0000 plain"), Cow::Borrowed(_)));
    }
}
