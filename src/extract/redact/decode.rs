//! A text, and the same text with one, two, … levels of escapes undone; each byte knows where it came from.
//!
//! A secret in a form body may be inside JSON inside HTML. It is recognised in the layer where it is plain
//! text, and removed from the original text.

use std::borrow::Cow;

use crate::extract::unescape::{Decoded, decode_escape};

/// Escapes are undone until none is left; deeper nesting than this was never seen.
const MAX_LAYERS: usize = 8;

/// Bytes that an escape, or an invisible character, starts with.
const IS_ESCAPE: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b"\\%&=\xe2\xe3\xc2\xef";
    let mut i = 0;
    while i < bytes.len() {
        table[bytes[i] as usize] = true;
        i += 1;
    }
    table
};

/// A decoded text, and the position of each of its bytes in the original text.
pub(super) struct DecodedLayer<'t> {
    pub(super) text: Cow<'t, [u8]>,
    /// One more than `text` has bytes; `None` for the original text.
    positions: Option<Vec<usize>>,
}

impl DecodedLayer<'_> {
    /// The range of the original text that became `start..end` of this layer.
    pub(super) fn source_range(&self, start: usize, end: usize) -> (usize, usize) {
        (self.position(start), self.position(end))
    }

    fn position(&self, i: usize) -> usize {
        self.positions.as_ref().map_or(i, |positions| positions.get(i).copied().unwrap_or_default())
    }
}

/// The text itself, followed by a layer for each level of escapes.
pub(super) fn decoded_layers(text: &str) -> Vec<DecodedLayer<'_>> {
    let mut layers = vec![DecodedLayer { text: Cow::Borrowed(text.as_bytes()), positions: None }];
    for _ in 0..MAX_LAYERS {
        match layers.last().and_then(undo) {
            Some(layer) => layers.push(layer),
            None => break,
        }
    }
    layers
}

/// Undoes one level; `None` when nothing is escaped.
fn undo<'t>(layer: &DecodedLayer<'_>) -> Option<DecodedLayer<'t>> {
    let text = &layer.text;
    let is_escape = |i: &usize| IS_ESCAPE[usize::from(text[*i])] && escape(&text[*i..]).is_some();
    let first = (0..text.len()).find(is_escape)?;
    let mut out = Vec::with_capacity(text.len());
    let mut positions = Vec::with_capacity(text.len() + 1);
    out.extend_from_slice(&text[..first]);
    positions.extend((0..first).map(|i| layer.position(i)));
    let mut i = first;
    while i < text.len() {
        let escape = if IS_ESCAPE[usize::from(text[i])] { escape(&text[i..]) } else { None };
        let (decoded, len) = escape.unwrap_or((Some(Decoded::Byte(text[i])), 1));
        if let Some(decoded) = decoded {
            decoded.push_to(&mut out);
        }
        positions.resize(out.len(), layer.position(i));
        i += len;
    }
    positions.push(layer.position(text.len()));
    Some(DecodedLayer { text: Cow::Owned(out), positions: Some(positions) })
}

/// The escape at the start of a text, and its length. Besides those that extraction knows: characters that hide a word
/// by being invisible, which stand for nothing, and escapes of escapes at once.
fn escape(text: &[u8]) -> Option<(Option<Decoded>, usize)> {
    match text.first()? {
        b'\\' => match text.get(1)? {
            b'u' if text.get(2) == Some(&b'{') => {
                let end = text.iter().take(12).position(|byte| *byte == b'}')?;
                number(&text[3..end]).map(|_| (None, end + 1))
            }
            b'x' => {
                let byte = u8::try_from(number(text.get(2..4)?)?).ok()?;
                let shown = (0x20..0x7f).contains(&byte) || byte >= 0x80 || b"\t\n\r\x01".contains(&byte);
                Some((shown.then_some(Decoded::Byte(byte)), 4))
            }
            b'u' if text.get(2..6).and_then(number).and_then(char::from_u32).is_some_and(is_invisible) => {
                Some((None, 6))
            }
            b'0'..=b'3' => match text.get(1..4)? {
                octal if octal.iter().all(|digit| (b'0'..=b'7').contains(digit)) => {
                    let byte = octal.iter().fold(0, |sum: u8, digit| sum.wrapping_mul(8) + (digit - b'0'));
                    (0x20..0x7f).contains(&byte).then_some((Some(Decoded::Byte(byte)), 4))
                }
                _ => None,
            },
            _ => decode_escape(text).map(|(decoded, len)| (Some(decoded), len)),
        },
        // `%u003d` of old JavaScript.
        b'%' if text.get(1) == Some(&b'u') => {
            let c = char::from_u32(number(text.get(2..6)?)?)?;
            Some((Some(Decoded::Char(c)), 6))
        }
        b'%' => {
            // `%25253D`: however often it was encoded.
            let mut at = 1;
            while text.get(at..at + 2) == Some(b"25") && text.get(at + 2).is_some_and(u8::is_ascii_hexdigit) {
                at += 2;
            }
            let byte = u8::try_from(number(text.get(at..at + 2)?)?).ok()?;
            Some((Some(Decoded::Byte(byte)), at + 2))
        }
        b'&' => {
            // `&amp;amp;quot;`: however often it was encoded.
            let mut at = 1;
            while text[at..].starts_with(b"amp;")
                && text.get(at + 4).is_some_and(|byte| byte.is_ascii_lowercase() || *byte == b'#')
            {
                at += 4;
            }
            let end = text[at..].iter().take(10).position(|byte| *byte == b';').map(|end| at + end);
            let c = match end.map(|end| &text[at..end]) {
                Some(b"colon") => Some(':'),
                Some(b"commat") => Some('@'),
                _ => None,
            };
            if let (Some(c), Some(end)) = (c, end) {
                return Some((Some(Decoded::Char(c)), end + 1));
            }
            match decode_escape(&text[at - 1..]).filter(|_| at == 1) {
                Some((decoded, len)) => Some((Some(decoded), len)),
                None if at > 1 => Some((Some(Decoded::Char('&')), at)),
                None => None,
            }
        }
        // Spaces of other widths.
        0xc2 if text.get(1) == Some(&0xa0) => Some((Some(Decoded::Byte(b' ')), 2)),
        0xe2 if matches!(text.get(1..3)?, [0x80, 0x80..=0x8a | 0xaf] | [0x81, 0x9f]) => {
            Some((Some(Decoded::Byte(b' ')), 3))
        }
        0xe3 => match text.get(1..3)? {
            [0x80, 0x80] => Some((Some(Decoded::Byte(b' ')), 3)),
            // Quotation marks of Chinese and Japanese.
            [0x80, 0x8c..=0x8f] => Some((Some(Decoded::Byte(b'"')), 3)),
            _ => None,
        },
        // Full-width letters, digits and signs.
        0xef if matches!(text.get(1..3)?, [0xbc, 0x81..=0xbf] | [0xbd, 0x80..=0x9e]) => {
            let code = (u32::from(text[1] & 0x3f) << 6 | u32::from(text[2] & 0x3f)) + 0xf000;
            char::from_u32(code - 0xfee0).map(|c| (Some(Decoded::Char(c)), 3))
        }
        // What tables are drawn with: their lines stand for the signs that others use.
        0xe2 if matches!(text.get(1..3)?, [0x94 | 0x95, _]) => {
            let sign = match text[1..3] {
                [0x94, 0x82 | 0x83] | [0x95, 0x91] => b'|',
                [0x94, 0x80 | 0x81] | [0x95, 0x90] => b'-',
                _ => b'+',
            };
            Some((Some(Decoded::Byte(sign)), 3))
        }
        // Zero-width spaces and joiners, soft hyphens, byte order marks.
        0xe2 if matches!(text.get(1..3)?, [0x80, 0x8b..=0x8f] | [0x81, 0xa0]) => Some((None, 3)),
        0xc2 if text.get(1) == Some(&0xad) => Some((None, 2)),
        0xef if text.get(1..3)? == [0xbb, 0xbf] => Some((None, 3)),
        // A line of quoted-printable text continues in the next.
        b'=' if text.get(1) == Some(&b'\n') && text.get(2).is_some_and(u8::is_ascii_alphanumeric) => Some((None, 2)),
        b'=' if text.get(1..3) == Some(b"\r\n") && text.get(3).is_some_and(u8::is_ascii_alphanumeric) => {
            Some((None, 3))
        }
        // Quoted-printable, as far as it hides a key or an address.
        b'=' => match text.get(1..3)? {
            b"3D" => Some((Some(Decoded::Byte(b'=')), 3)),
            b"40" if text.get(3).is_some_and(u8::is_ascii_alphabetic) => Some((Some(Decoded::Byte(b'@')), 3)),
            b"22" if text.get(3).is_some_and(|byte| !byte.is_ascii_digit()) => Some((Some(Decoded::Byte(b'"')), 3)),
            _ => None,
        },
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(digits).ok().filter(|_| digits.iter().all(u8::is_ascii_hexdigit))?;
    u32::from_str_radix(text, 16).ok()
}

/// Zero-width characters, soft hyphens.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{0}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_knows_where_its_bytes_came_from() {
        for (original, plain) in [
            (r#"x {\"a\":\"b\"}"#, r#""b""#),
            (r#"x {\\\"a\\\":\\\"b\\\"}"#, r#""b""#),
            ("x %7B%22a%22%3A%22b%22%7D", r#""b""#),
            ("x &quot;a&#34;:&#x22;b&quot;", r#""b""#),
            ("x &nbsp;a&equals;&quot;b&quot;", r#""b""#),
            ("x %2522b%2522", r#""b""#),
        ] {
            let layers = decoded_layers(original);
            let last = layers.last().expect("at least one");
            let start = last.text.windows(3).position(|window| window == plain.as_bytes()).expect(original);
            let (from, to) = last.source_range(start + 1, start + 2);
            assert_eq!(&original[from..to], "b", "{original}");
        }
        assert_eq!(decoded_layers("plain").len(), 1);
        assert_eq!(decoded_layers("100 % & \\x %+5").len(), 1);
    }
}
