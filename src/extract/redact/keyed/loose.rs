//! Random tokens that follow a key with signs or a few words between, in no syntax that is known.

use super::{
    super::{
        error_words::starts_like_code,
        keys::{Class, Key},
        secrets::SecretKind,
        stated_words::{is_chosen, is_plain_secret, is_stated},
        strict::allow,
        values::{is_blank, skip},
        wordlike::looks_random,
    },
    KeyedReader,
};
use crate::extract::guid::is_guid;

/// Signs between a key and its value, in bytes.
const MAX_SIGNS: usize = 40;
/// Words between them.
const MAX_WORDS: usize = 3;
/// A token is taken for a value only from this length on, directly after signs and after words.
const MIN_BYTES_AFTER_SIGNS: usize = 8;
const MIN_BYTES_AFTER_WORDS: usize = 12;
/// The same of a key that is often none, such as `code` and `session`.
const MIN_BYTES_OF_WEAK_KEYS: usize = 16;

impl KeyedReader<'_, '_> {
    /// `setPassword("x")`, `"secret", "x"`, `<td>password</td><td>x</td>`, `password set to x`, or `x` on the next line.
    pub(super) fn loose(&mut self, key: &Key) {
        let text = self.text;
        let (kind, known) = match key.class {
            Class::Password => (SecretKind::Secret, true),
            Class::Secret(kind) => (kind, true),
            Class::Weak(SecretKind::Token) => (SecretKind::Secret, false),
            Class::Weak(kind @ (SecretKind::Code | SecretKind::Secret)) => (kind, false),
            Class::Cookie => (SecretKind::Cookie, false),
            _ => return,
        };
        let mut at = key.end;
        for words in 0..=MAX_WORDS {
            let Some(next) = after_signs(text, at, words == 0) else { return };
            let (end, gap) = (token_end(text, next), &text[at..next]);
            let token = &text[next..end];
            // Escaped text is read when its escapes are undone.
            if gap.iter().any(|byte| b"%&\\".contains(byte)) {
                return;
            }
            // Another sentence, or a frame of a stack.
            if token.is_empty() || [&b". "[..], b"! ", b"? ", b"\n\t", b".\n"].iter().any(|lead| gap.starts_with(lead))
            {
                return;
            }
            // `password 7 0822455D0A16` of Cisco, `password\nV 9\nx` of Subversion
            if words == 0
                && known
                && let Some((start, stop)) = numbered(text, next, end, gap)
            {
                return self.secret(kind, start, stop);
            }
            // `Signing key kid=x`, `token client_id=x`: the value of another key, which is public.
            if is_key_id(token) {
                return;
            }
            let slash = gap.ends_with(b"/");
            let min = match words {
                _ if !known => MIN_BYTES_OF_WEAK_KEYS,
                0 if !slash => MIN_BYTES_AFTER_SIGNS,
                _ => MIN_BYTES_AFTER_WORDS,
            };
            if is_value(token, min) && (known || !slash) && !allow::is_shown(text, next, end) {
                return self.secret(kind, next, end);
            }
            // `/token/x/accept`
            let segment = skip(text, next, end - next, |byte| byte != b'/');
            let path = slash && words == 0 && segment < end && key.start == key.word;
            if path
                && is_value(&text[next..segment], MIN_BYTES_AFTER_WORDS)
                && !matches!(key.class, Class::Weak(SecretKind::Code))
            {
                return self.secret(kind, next, segment);
            }
            if key.class == Class::Password
                && !slash
                && !gap.contains(&b'\n')
                && (self.telling(next, words > 0) || words > 0 && self.changed(next))
            {
                return;
            }
            // `password Arneb79`, `user_code HJKL-9QWP`
            let direct = words == 0 && gap == b" ";
            let short = direct && key.class == Class::Password && key.start == key.word && is_stated(token);
            if short || direct && known && is_grouped_code(token) {
                return self.secret(kind, next, end);
            }
            // Words of a sentence, with blanks alone between them.
            let word = token.iter().all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80);
            if !word || token.len() > 16 || gap != b" " && gap != b"() " {
                return;
            }
            at = end;
        }
    }
}

/// A value after the number of its encoding, or after its length on a line of its own.
fn numbered(text: &[u8], next: usize, end: usize, gap: &[u8]) -> Option<(usize, usize)> {
    let counted = gap == b"\n" && text[next..end] == *b"V" && text.get(end) == Some(&b' ');
    let number = if counted { end + 1 } else { next };
    let digits = skip(text, number, 4, |byte| byte.is_ascii_digit());
    let sign = if counted { b'\n' } else { b' ' };
    if digits == number || text.get(digits) != Some(&sign) || !counted && (gap != b" " || digits > number + 1) {
        return None;
    }
    let start = digits + 1;
    let stop =
        skip(text, start, 512, |byte| if counted { byte != b'\n' } else { !is_blank(byte) && !b"\"'".contains(&byte) });
    let value = &text[start..stop];
    let hex = value.len() >= 6 && value.iter().all(u8::is_ascii_hexdigit) && value.iter().any(u8::is_ascii_digit);
    let plain = text.get(stop).is_none_or(|byte| b"\r\n".contains(byte)) && is_plain_secret(value);
    (counted && !value.is_empty() || hex || plain || is_chosen(value) || looks_random(value, 8))
        .then_some((start, stop))
}

/// Where the next token starts, after signs of any kind but no more than one line break.
fn after_signs(text: &[u8], at: usize, lines: bool) -> Option<usize> {
    let rest = &text[at..text.len().min(at + MAX_SIGNS)];
    let sign = |byte: u8| !byte.is_ascii_alphanumeric() && byte < 0x80;
    let mut len = 0;
    while len < rest.len() {
        // The tags between two cells or terms: `</td><td class="x">`.
        let tag = rest[len..].iter().position(|byte| *byte == b'>').map_or(0, |close| close + 1);
        let named = rest[len + 1..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count() <= 16;
        let digit = rest[len..len + tag].iter().take(16).any(u8::is_ascii_digit);
        if rest[len] == b'<' && tag > 2 && named && !digit && !b"- =".contains(&rest[len + 1]) {
            len += tag;
        } else if sign(rest[len]) {
            len += 1;
        } else {
            break;
        }
    }
    let breaks = rest[..len].iter().filter(|byte| **byte == b'\n').count();
    (len > 0 && len < rest.len() && breaks <= usize::from(lines)).then_some(at + len)
}

fn token_end(text: &[u8], at: usize) -> usize {
    let end = skip(text, at, 512, |byte| byte.is_ascii_alphanumeric() || b"_-+/=.~!*$".contains(&byte) || byte >= 0x80);
    end - text[at..end].iter().rev().take_while(|byte| b".!/".contains(byte)).count()
}

/// `HJKL-9QWP`, `VK7JG-NPHTM-C97JM-9MPGT-3V66T`: groups of equal length, of capitals and digits.
fn is_grouped_code(token: &[u8]) -> bool {
    let mut groups = token.split(|byte| *byte == b'-').map(<[u8]>::len);
    let first = groups.next().unwrap_or(0);
    let equal = token.len() > first && groups.all(|len| len == first);
    let code = token.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'-');
    (4..=6).contains(&first) && equal && code && token.iter().any(u8::is_ascii_digit)
}

/// `kid=x`, `x5t=x`: the name of a key.
pub(super) fn is_key_id(token: &[u8]) -> bool {
    is_named_id(token)
        || [&b"kid="[..], b"x5t=", b"keyid=", b"key_id=", b"thumbprint="]
            .iter()
            .any(|name| token.len() > name.len() && token[..name.len()].eq_ignore_ascii_case(name))
}

/// `client_id=x`, `correlationId=x`: an id that is public, after the name that says so.
fn is_named_id(token: &[u8]) -> bool {
    let Some(sign) = memchr::memchr(b'=', token).filter(|sign| is_guid(&token[sign + 1..])) else { return false };
    let name: Vec<u8> = token[..sign].iter().filter(|b| **b != b'_').map(u8::to_ascii_lowercase).collect();
    [&b"clientid"[..], b"appid", b"applicationid", b"tenantid", b"correlationid", b"traceid", b"requestid"]
        .contains(&name.as_slice())
}

/// Random, and neither an id nor a name in code nor a place.
fn is_value(token: &[u8], min: usize) -> bool {
    let has = |is: fn(&u8) -> bool| token.iter().any(is);
    let code = starts_like_code(token) || token.starts_with(b"http");
    let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) || token.len() >= 16;
    mixed && !code && !is_guid(token) && !token.contains(&b'/') && looks_random(token, min)
}
