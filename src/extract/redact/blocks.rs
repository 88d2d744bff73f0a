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
        // `-----BEGIN OpenVPN Static key V1-----`
        if !PRIVATE_KEY.is_in(&text[at..line]) && !text[at..line].ends_with(b"Static key V1-----") {
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

/// `63 6c 69 65 6e 74 …`, `00000010: 636c 6965 …`: text as hexadecimal digits, with the text beside it; and single
/// characters after an offset, `0000020   c   l   i`.
fn hex_dump(text: &[u8], found: &mut Vec<Place>) {
    let (mut at, mut row) = (0, None);
    while let Some(blank) = memchr::memchr(b' ', &text[at..]) {
        let from = at + blank + 1;
        at = from;
        // Hardly any word starts like one of these.
        let digits = text.get(at..at + 2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        if !digits && !text[at..].starts_with(b"  ") {
            continue;
        }
        let width = group(text, at);
        if width == 0 {
            if text[at..].starts_with(b"  ") && is_offset(&text[..at - 1], 7) && single_characters(text, at) >= 4 {
                let line = skip(text, at, 120, |byte| byte != b'\n');
                found.push(Place::secret(from, line, SecretKind::Secret));
                at = line;
            }
            continue;
        }
        let offset = is_offset(&text[..at], 4);
        if width > 2 && !offset {
            continue;
        }
        let (mut len, mut printable) = (0, 0);
        while group(text, at) == width || text.get(at..at + 2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
        {
            for digits in text[at..at + group(text, at).max(2)].chunks(2) {
                let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default();
                let byte = digits.iter().fold(0, |sum, byte| sum * 16 + digit(*byte));
                len += 1;
                printable += usize::from((0x20..0x7f).contains(&byte) || [0, 1, 9, 10, 13].contains(&byte));
            }
            at += group(text, at).max(2);
            at = skip(text, at, 2, |byte| byte == b' ');
            if text.get(at).is_none_or(|byte| *byte == b'\n') {
                break;
            }
        }
        // The last row of a dump may be short.
        let goes_on = row.is_some_and(|row| from - row < 32 && text[row..from].starts_with(b"\n"));
        if len >= 6 && printable * 5 >= len * 4 || offset && (len >= 4 || goes_on) && printable * 3 >= len {
            let line = skip(text, at, 80, |byte| byte != b'\n');
            found.push(Place::secret(from, line, SecretKind::Secret));
            (at, row) = (line, Some(line));
        }
        at = at.min(text.len());
    }
}

/// The length of a group of two, four or eight hexadecimal digits; 0 when there is none.
fn group(text: &[u8], at: usize) -> usize {
    let len = skip(text, at, 9, |byte| byte.is_ascii_hexdigit()) - at.min(text.len());
    let ends = text.get(at + len).is_none_or(|byte| b" \r\n".contains(byte));
    if ends && matches!(len, 2 | 4 | 8) && (len > 2 || at + len < text.len()) { len } else { 0 }
}

/// Between an offset and its bytes.
const MAX_BLANKS: usize = 8;

/// An offset of at least so many digits ends here: `00000010: `, `00000010  `, `0x0010:  `.
fn is_offset(before: &[u8], min: usize) -> bool {
    let blanks = before.iter().rev().take(MAX_BLANKS).take_while(|byte| byte.is_ascii_whitespace()).count();
    let shown = &before[..before.len() - blanks];
    let bare = shown.strip_suffix(b":").unwrap_or(shown);
    // Without a colon only a long one.
    let min = if shown.len() > bare.len() { min } else { 7 };
    let len = bare.iter().rev().take(17).take_while(|byte| byte.is_ascii_hexdigit()).count();
    let lead = &bare[..bare.len() - len];
    (min..=16).contains(&len) && lead.last().is_none_or(|byte| !byte.is_ascii_alphanumeric() || lead.ends_with(b"0x"))
}

/// Single characters in columns of four.
fn single_characters(text: &[u8], at: usize) -> usize {
    let cell = |four: &&[u8]| four[..2] == *b"  " && four[3] != b' ' && !four.contains(&b'\n');
    text[at - 1..]
        .chunks(4)
        .take(16)
        .take_while(|four| four.len() == 4)
        .take_while(cell)
        .filter(|four| four[2] == b' ')
        .count()
}
