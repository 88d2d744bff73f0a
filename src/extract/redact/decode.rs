//! A text and what is left of it when its escapes are undone, once, twice, …, each byte with the place
//! it came from.
//!
//! A secret in a form body may stand in JSON that stands in HTML; it is recognised in the layer where
//! it is plain, and removed where it stands.

/// More nesting than this was never seen.
const MAX_ROUNDS: usize = 4;

/// A text, and where each of its bytes stands in the text as it was given.
pub(super) struct DecodedLayer {
    pub(super) text: Vec<u8>,
    /// One more than `text` has bytes; `None` when the text stands as it was given.
    at: Option<Vec<usize>>,
}

impl DecodedLayer {
    /// A stretch of this layer as a stretch of the text as it was given.
    pub(super) fn source_range(&self, start: usize, end: usize) -> (usize, usize) {
        let place = |i: usize| self.at.as_ref().map_or(i, |at| at.get(i).copied().unwrap_or_default());
        (place(start), place(end))
    }
}

/// The text itself, and its layers as far as there are escapes.
pub(super) fn decoded_layers(text: &str) -> Vec<DecodedLayer> {
    let mut layers = vec![DecodedLayer { text: text.as_bytes().to_vec(), at: None }];
    for _ in 0..MAX_ROUNDS {
        match layers.last().and_then(undo) {
            Some(layer) => layers.push(layer),
            None => break,
        }
    }
    layers
}

/// One layer less; `None` when nothing is escaped.
fn undo(layer: &DecodedLayer) -> Option<DecodedLayer> {
    let text = &layer.text;
    let first = memchr::memchr3(b'\\', b'%', b'&', text)?;
    let mut out = Vec::with_capacity(text.len());
    let mut at = Vec::with_capacity(text.len() + 1);
    let (mut i, mut changed) = (0, false);
    while i < text.len() {
        let found = if i < first { None } else { escape(&text[i..]) };
        let (c, len) = found.unwrap_or((Unescaped::Byte(text[i]), 1));
        changed |= found.is_some();
        let mut utf8 = [0; 4];
        let bytes: &[u8] = match c {
            Unescaped::Byte(byte) => {
                utf8[0] = byte;
                &utf8[..1]
            }
            Unescaped::Char(c) => c.encode_utf8(&mut utf8).as_bytes(),
        };
        let (start, _) = layer.source_range(i, i);
        for byte in bytes {
            out.push(*byte);
            at.push(start);
        }
        i += len;
    }
    at.push(layer.source_range(text.len(), text.len()).0);
    changed.then_some(DecodedLayer { text: out, at: Some(at) })
}

#[derive(Clone, Copy)]
enum Unescaped {
    Byte(u8),
    Char(char),
}

/// The escape that a text starts with: what it stands for, and its length.
fn escape(text: &[u8]) -> Option<(Unescaped, usize)> {
    match text.first()? {
        b'\\' => match text.get(1)? {
            b'n' => Some((Unescaped::Byte(b'\n'), 2)),
            b'r' => Some((Unescaped::Byte(b'\r'), 2)),
            b't' => Some((Unescaped::Byte(b'\t'), 2)),
            c @ (b'"' | b'/' | b'\'' | b'\\') => Some((Unescaped::Byte(*c), 2)),
            b'u' => number(text.get(2..6)?, 16).map(|c| (Unescaped::Char(c), 6)),
            _ => None,
        },
        b'%' => {
            let digits = std::str::from_utf8(text.get(1..3)?).ok()?;
            u8::from_str_radix(digits, 16).ok().map(|byte| (Unescaped::Byte(byte), 3))
        }
        b'&' => {
            let end = text.iter().take(10).position(|b| *b == b';')?;
            let c = match &text[1..end] {
                b"quot" => '"',
                b"apos" => '\'',
                b"amp" => '&',
                b"lt" => '<',
                b"gt" => '>',
                b"equals" => '=',
                [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
                [b'#', digits @ ..] => number(digits, 10)?,
                _ => return None,
            };
            Some((Unescaped::Char(c), end + 1))
        }
        _ => None,
    }
}

fn number(digits: &[u8], radix: u32) -> Option<char> {
    char::from_u32(u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_knows_where_its_bytes_stand() {
        for (given, plain) in [
            (r#"x {\"a\":\"b\"}"#, r#""b""#),
            (r#"x {\\\"a\\\":\\\"b\\\"}"#, r#""b""#),
            ("x %7B%22a%22%3A%22b%22%7D", r#""b""#),
            ("x &quot;a&#34;:&#x22;b&quot;", r#""b""#),
            ("x %2522b%2522", r#""b""#),
        ] {
            let layers = decoded_layers(given);
            let last = layers.last().expect("at least one");
            let start = last.text.windows(3).position(|window| window == plain.as_bytes()).expect(given);
            let (from, to) = last.source_range(start + 1, start + 2);
            assert_eq!(&given[from..to], "b", "{given}");
        }
        assert_eq!(decoded_layers("plain").len(), 1);
        assert_eq!(decoded_layers("100 % & \\x").len(), 1);
    }
}
