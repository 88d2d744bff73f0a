//! Secrets over many lines: private keys, and dumps in hexadecimal digits.

use super::{keys::Needs, place::Place, secrets::SecretKind, values::skip, wordlike::looks_random};
use crate::search::Literal;

static BEGIN: Literal = Literal::new("-----BEGIN ");
static DASHES: Literal = Literal::new("-----");
static END: Literal = Literal::new("-----END ");
static PRIVATE_KEY: Literal = Literal::new("PRIVATE KEY");

pub(super) fn find(text: &[u8], needs: Needs, found: &mut Vec<Place>) {
    if needs.has(Needs::BLOCK) {
        private_keys(text, found);
    }
    bare_keys(text, found);
    hex_dump(text, found);
}

/// Private keys, from their first line to their last.
fn private_keys(text: &[u8], found: &mut Vec<Place>) {
    let mut from = 0;
    while let Some(at) = BEGIN.find(&text[from..]) {
        let at = from + at;
        let line = skip(text, at, 80, |byte| byte != b'\n');
        if !PRIVATE_KEY.is_in(&text[at..line]) {
            from = at + 11;
            continue;
        }
        let end = END.find(&text[at..]).map_or(text.len(), |end| {
            let end = at + end + 9;
            DASHES.find(&text[end..text.len().min(end + 64)]).map_or(end, |dashes| end + dashes + 5)
        });
        found.push(Place::secret(at, end, SecretKind::PrivateKey));
        from = end;
    }
}

/// A key whose first line is elsewhere: two lines or more of base64, as long as each other.
fn bare_keys(text: &[u8], found: &mut Vec<Place>) {
    if memchr::memchr(b'\n', text).is_none() {
        return;
    }
    let (mut block, mut last, mut at) = (None, 0, 0);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let body = line.trim_ascii();
        let is_body = (40..=76).contains(&body.len())
            && body.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
            && looks_random(body, 40);
        match block {
            Some((_, lines)) if is_body && body.len() <= last => block = block.map(|(start, _)| (start, lines + 1)),
            _ => {
                if let Some((start, lines)) = block.take()
                    && lines >= 2
                {
                    // The last line of a key is shorter.
                    let tail = body.len() < last
                        && body.len() >= 4
                        && body.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte));
                    found.push(Place::secret(
                        start,
                        if tail { at + body.len() } else { at - 1 },
                        SecretKind::PrivateKey,
                    ));
                }
                block = is_body.then_some((at, 1));
            }
        }
        last = body.len();
        at += line.len();
    }
    if let Some((start, lines)) = block
        && lines >= 2
    {
        found.push(Place::secret(start, text.len(), SecretKind::PrivateKey));
    }
}

/// `63 6c 69 65 6e 74 …`: text as pairs of hexadecimal digits, with the text beside it.
fn hex_dump(text: &[u8], found: &mut Vec<Place>) {
    let pair = |at: usize| {
        text.get(at..at + 3).is_some_and(|three| {
            three[0].is_ascii_hexdigit() && three[1].is_ascii_hexdigit() && (three[2] == b' ' || three[2] == b'\n')
        })
    };
    let mut at = 0;
    while let Some(blank) = memchr::memchr(b' ', &text[at..]) {
        let mut from = at + blank;
        at = from + 1;
        if !pair(at) {
            continue;
        }
        from += 1;
        let mut bytes = Vec::new();
        while pair(at) || text.get(at..at + 2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit)) {
            let digits = std::str::from_utf8(&text[at..at + 2]).unwrap_or_default();
            bytes.push(u8::from_str_radix(digits, 16).unwrap_or_default());
            at += 2;
            at = skip(text, at, 2, |byte| byte == b' ');
            if text.get(at).is_none_or(|byte| *byte == b'\n') {
                break;
            }
        }
        let printable =
            bytes.iter().filter(|byte| (0x20..0x7f).contains(*byte) || b"\r\n\t\0\x01".contains(byte)).count();
        if bytes.len() >= 6 && printable * 5 >= bytes.len() * 4 {
            let line = skip(text, at, 80, |byte| byte != b'\n');
            found.push(Place::secret(from, line, SecretKind::Secret));
            at = line;
        }
        at = at.min(text.len());
    }
}
