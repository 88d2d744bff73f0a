//! Undoing escapes: JSON (also twice), URL encoding, HTML entities.
//!
//! A provider's sentence reaches a log plain, as a JSON string, as a query parameter or as HTML,
//! and at times wrapped twice. Extraction wants one shape, so escapes are undone up to [`ROUNDS`]
//! times. Text without escapes is handed on as it is.

use std::borrow::Cow;

use memchr::{memchr, memchr3};

/// The bound on unwrapping; more nesting than this was never seen.
const MAX_ROUNDS: usize = 3;

/// The text with its escapes undone; borrowed when there are none.
#[must_use]
pub fn undo_escapes(text: &[u8]) -> Cow<'_, [u8]> {
    let mut current = Cow::Borrowed(text);
    for _ in 0..MAX_ROUNDS {
        let Some(next) = one_round(&current) else { break };
        current = Cow::Owned(next);
    }
    current
}

fn one_round(text: &[u8]) -> Option<Vec<u8>> {
    if memchr3(b'\\', b'%', b'&', text).is_none() && !has_half_decoded(text) {
        return None;
    }
    let mut changed = None;
    // HTML before URLs: the `&` of an entity parts no parameters.
    for step in [json, html, percent] {
        let now: &[u8] = changed.as_deref().unwrap_or(text);
        if let Some(next) = step(now) {
            changed = Some(next);
        }
    }
    changed
}

/// `\r\n`, `\t`, `\"`, `\/`, `\\`, `\u0027`. Other backslashes (Windows paths, regular expressions)
/// stay.
fn json(text: &[u8]) -> Option<Vec<u8>> {
    let first = memchr(b'\\', text)?;
    let mut out = Vec::with_capacity(text.len());
    out.extend_from_slice(&text[..first]);
    let mut rest = &text[first..];
    let mut changed = false;
    while let Some(i) = memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..i]);
        let (plain, len): (&[u8], usize) = match rest.get(i + 1) {
            Some(b'n') => (b"\n", 2),
            Some(b'r') => (b"\r", 2),
            Some(b't') => (b"\t", 2),
            Some(b'"') => (b"\"", 2),
            Some(b'/') => (b"/", 2),
            Some(b'\'') => (b"'", 2),
            Some(b'\\') => (b"\\", 2),
            Some(b'u') => {
                if let Some(c) = unicode(&rest[i + 2..]) {
                    let mut utf8 = [0; 4];
                    out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
                    (b"", 6)
                } else {
                    (b"\\", 1)
                }
            }
            _ => (b"\\", 1),
        };
        changed |= len > 1;
        out.extend_from_slice(plain);
        rest = &rest[i + len..];
    }
    out.extend_from_slice(rest);
    changed.then_some(out)
}

fn unicode(digits: &[u8]) -> Option<char> {
    let digits = std::str::from_utf8(digits.get(..4)?).ok()?;
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

/// Words that are URL-encoded: `%3a`, `+` for a blank, `&` between parameters (which becomes a line
/// break, so that no value runs into the next parameter).
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

/// An encoded byte that a sentence of a provider always has: blank, line break, colon, quote, slash.
fn has_percent(text: &[u8]) -> bool {
    memchr::memchr_iter(b'%', text).any(|i| {
        matches!(hex_pair(&text[i + 1..]), Some(b' ' | b'\r' | b'\n' | b':' | b'\'' | b'"' | b'/' | b'{' | b'%'))
    })
}

/// `AADSTS50058:+A+silent+sign+in`: the colon is decoded, the blanks are not.
fn has_half_decoded(text: &[u8]) -> bool {
    memchr::memmem::find_iter(text, b"AADSTS").any(|i| {
        let behind = &text[i + 6..];
        let digits = behind.iter().take_while(|b| b.is_ascii_digit()).count();
        digits > 0 && behind[digits..].starts_with(b":+")
    })
}

fn hex_pair(digits: &[u8]) -> Option<u8> {
    let value = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    Some(value(*digits.first()?)? * 16 + value(*digits.get(1)?)?)
}

/// The entities that error pages use, and their line breaks.
fn html(text: &[u8]) -> Option<Vec<u8>> {
    const ENTITIES: [(&[u8], &[u8]); 6] =
        [(b"&quot;", b"\""), (b"&apos;", b"'"), (b"&lt;", b"<"), (b"&gt;", b">"), (b"&nbsp;", b" "), (b"&amp;", b"&")];
    memchr(b'&', text)?;
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(i) = memchr(b'&', rest) {
        out.extend_from_slice(&rest[..i]);
        rest = &rest[i..];
        match ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity)) {
            Some((entity, plain)) => {
                out.extend_from_slice(plain);
                rest = &rest[entity.len()..];
                changed = true;
            }
            None => {
                if let Some((c, len)) = numeric(rest) {
                    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    rest = &rest[len..];
                    changed = true;
                } else {
                    out.push(b'&');
                    rest = &rest[1..];
                }
            }
        }
    }
    out.extend_from_slice(rest);
    changed.then_some(out)
}

/// `&#39;`, `&#x27;`: the character and the length of the entity.
fn numeric(entity: &[u8]) -> Option<(char, usize)> {
    let digits = entity.strip_prefix(b"&#")?;
    let end = memchr(b';', &digits[..digits.len().min(8)])?;
    let digits = std::str::from_utf8(&digits[..end]).ok()?;
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    Some((char::from_u32(number.ok()?)?, end + 3))
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
            ("&quot;error&quot;:&quot;AADSTS1 &#39;a&#39;", "\"error\":\"AADSTS1 'a'"),
            (
                "d=AADSTS1%3a&#43;The&#43;owner%0d%0aTrace&#43;ID%3a&#43;a&amp;state=1",
                "d=AADSTS1: The owner\r\nTrace ID: a\nstate=1",
            ),
            (r"C:\Jira\data at 100% a+b", r"C:\Jira\data at 100% a+b"),
        ] {
            assert_eq!(String::from_utf8_lossy(&undo_escapes(escaped.as_bytes())), plain, "{escaped}");
        }
    }

    #[test]
    fn text_without_escapes_is_not_copied() {
        assert!(matches!(undo_escapes(b"2026-01-05 10:00:00,000+0000 plain"), Cow::Borrowed(_)));
    }
}
