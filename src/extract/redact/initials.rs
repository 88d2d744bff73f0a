//! Logins of small letters by themselves, known by an initial before a surname: `hvoss`, `jlorenz`.

use super::{
    login::starts_like_login,
    pii::PiiKind,
    place::Place,
    strict::providers::is_provider,
    values::{is_blank, skip},
};

/// A small consonant.
const CONSONANT: u8 = 1;
/// Within a word, a path, an address or a name of something.
const INSIDE: u8 = 2;

const KINDS: [u8; 256] = {
    let signs = b"_.-/\\@$%&+#";
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let small = byte >= b'a' as usize && byte <= b'z' as usize;
        let vowel = matches!(byte as u8, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
        let mut inside = (byte as u8).is_ascii_alphanumeric() || byte >= 0x80;
        let mut sign = 0;
        while sign < signs.len() {
            inside |= signs[sign] as usize == byte;
            sign += 1;
        }
        table[byte] = if small && !vowel { CONSONANT } else { 0 } | if inside { INSIDE } else { 0 };
        byte += 1;
    }
    table
};

/// Whether letters that only Polish and Czech have are near: their words start with pairs of consonants, too.
/// Kept out of the loop below, which looks at every position.
#[inline(never)]
fn is_slavic(text: &[u8], start: usize, end: usize) -> bool {
    let near = &text[start.saturating_sub(60)..text.len().min(end + 60)];
    let letter = |two: &[u8]| match two[0] {
        0xc4 => matches!(two[1], 0x84..=0x87 | 0x8c..=0x8f | 0x98..=0x9b),
        0xc5 => matches!(two[1], 0x81..=0x84 | 0x98..=0x9b | 0xa0 | 0xa1 | 0xae | 0xaf | 0xb9..=0xbe),
        _ => false,
    };
    near.windows(2).any(letter)
}

/// Every word of small letters that starts as no word does, unless it is a part of a name of something.
pub(super) fn find(text: &[u8], found: &mut Vec<Place>) {
    let mut before = 0;
    for start in 0..text.len().saturating_sub(4) {
        let (first, second) = (KINDS[usize::from(text[start])], KINDS[usize::from(text[start + 1])]);
        // Without a branch for each: nearly all positions are passed over.
        let pair = first & second & CONSONANT & !(before >> 1);
        before = first;
        if pair == 0 {
            continue;
        }
        let inside = |byte: u8| KINDS[usize::from(byte)] & INSIDE != 0;
        let letters = skip(text, start, 21, |byte| byte.is_ascii_lowercase());
        // `hvoss77`
        let end = skip(text, letters, 4, |byte| byte.is_ascii_digit());
        let next = |at: usize| text.get(end + at).copied().unwrap_or(b' ');
        let joined = match next(0) {
            b'.' | b':' => next(1).is_ascii_alphanumeric() || next(1) == b'/',
            // A key of JSON.
            b'"' | b'\'' => next(1) == b':',
            b'-' | b'=' | b'(' | b'{' | b'*' => true,
            byte => inside(byte),
        };
        // A reference to something: `x = y` in code.
        let assigned = is_blank(next(0)) && next(1) == b'=';
        let name = &text[start..letters];
        if !joined && !assigned && starts_like_login(name) && !is_provider(name) && !is_slavic(text, start, end) {
            found.push(Place::person(start, end, PiiKind::User));
        }
    }
}
