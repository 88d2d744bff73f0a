//! A text, and the same text with one, two, … levels of escapes undone; each byte knows where it came from.
//!
//! A secret in a form body may be inside JSON inside HTML. It is recognised in the layer where it is plain
//! text, and removed from the original text.

use crate::extract::unescape::{Decoded, MAX_ROUNDS, decode_escape};

/// One level deeper than extraction, so that nothing extraction reads is hidden from redaction.
const MAX_LAYERS: usize = MAX_ROUNDS + 1;

/// A decoded text, and the position of each of its bytes in the original text.
pub(super) struct DecodedLayer {
    pub(super) text: Vec<u8>,
    /// One more than `text` has bytes; `None` for the original text.
    positions: Option<Vec<usize>>,
}

impl DecodedLayer {
    /// The range of the original text that became `start..end` of this layer.
    pub(super) fn source_range(&self, start: usize, end: usize) -> (usize, usize) {
        (self.position(start), self.position(end))
    }

    fn position(&self, i: usize) -> usize {
        self.positions.as_ref().map_or(i, |positions| positions.get(i).copied().unwrap_or_default())
    }
}

/// The text itself, followed by a layer for each level of escapes.
pub(super) fn decoded_layers(text: &str) -> Vec<DecodedLayer> {
    let mut layers = vec![DecodedLayer { text: text.as_bytes().to_vec(), positions: None }];
    for _ in 0..MAX_LAYERS {
        match layers.last().and_then(undo) {
            Some(layer) => layers.push(layer),
            None => break,
        }
    }
    layers
}

/// Undoes one level; `None` when nothing is escaped.
fn undo(layer: &DecodedLayer) -> Option<DecodedLayer> {
    let text = &layer.text;
    let first = memchr::memchr3(b'\\', b'%', b'&', text)?;
    let mut out = Vec::with_capacity(text.len());
    let mut positions = Vec::with_capacity(text.len() + 1);
    let (mut i, mut changed) = (0, false);
    while i < text.len() {
        let escape = if i < first { None } else { decode_escape(&text[i..]) };
        changed |= escape.is_some();
        let (decoded, len) = escape.unwrap_or((Decoded::Byte(text[i]), 1));
        decoded.push_to(&mut out);
        positions.resize(out.len(), layer.position(i));
        i += len;
    }
    positions.push(layer.position(text.len()));
    changed.then_some(DecodedLayer { text: out, positions: Some(positions) })
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
