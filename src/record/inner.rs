//! Records that are not separated by line feeds: JSON events one after the other on a line, and lines that end in a
//! carriage return alone or in a line break of Unicode.
//!
//! A chunk, a range and a rotated file end at the starts that [`start`](super::start) knows, so all of such a line is one
//! record for them, and is in memory where a word of the catalogue was found in it. Only then, and within that record, it
//! is looked at here.

use std::ops::Range;

use super::{prefix, start};

/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// The start of the record that contains `at`. `start` is where a record of [`super::start`] starts, or one of these.
#[must_use]
pub(crate) fn start_before(bytes: &[u8], start: usize, at: usize) -> usize {
    let mut last = start;
    let mut breaks = Breaks { bytes: &bytes[..at.min(bytes.len())], at: start };
    while let Some(next) = breaks.next() {
        if next <= at && start::is_start(line(bytes, next)) {
            last = next;
        }
    }
    let mut events = Events::new(bytes, last, bytes.len());
    let first = events.at;
    while let Some(event) = events.next().filter(|event| event.start <= at) {
        let start = event.start;
        if start > first && start::is_json_start(&bytes[event], None) {
            last = start;
        }
    }
    last
}

/// Where the record that starts at `start` and contains `at` ends, at the latest at `end`.
#[must_use]
pub(crate) fn end_after(bytes: &[u8], start: usize, at: usize, end: usize) -> usize {
    let mut events = Events::new(bytes, start, end);
    let first = events.at;
    let mut end = end;
    while let Some(event) = events.next() {
        let next = event.start;
        if next > at.max(first) && start::is_json_start(&bytes[event], None) {
            end = next;
            break;
        }
    }
    let mut breaks = Breaks { bytes: &bytes[..end], at: at.max(start) };
    std::iter::from_fn(|| breaks.next()).find(|next| start::is_start(line(bytes, *next))).unwrap_or(end)
}

/// Where the first record of a record of [`super::start`] ends, and the last one starts.
#[must_use]
pub(crate) fn first_and_last(record: &[u8]) -> (&[u8], &[u8]) {
    let first = start_before(record, 0, 0);
    let end = end_after(record, first, first, record.len());
    (&record[first..end], &record[start_before(record, 0, record.len())..])
}

/// What may be a start: the rest of the line.
fn line(bytes: &[u8], at: usize) -> &[u8] {
    let rest = &bytes[at..bytes.len().min(at + start::START_WINDOW_BYTES)];
    let end = Breaks { bytes: rest, at: 0 }.next();
    &rest[..end.unwrap_or(rest.len())]
}

/// Line breaks other than a line feed and the carriage return before one.
struct Breaks<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Breaks<'_> {
    /// The position after the next one.
    fn next(&mut self) -> Option<usize> {
        while let Some(rest) = self.bytes.get(self.at..).filter(|rest| !rest.is_empty()) {
            // Almost always, all of a block is plain, which is decided for all its bytes together. The last one begins
            // before the rest.
            let block = rest.first_chunk::<BLOCK>().or_else(|| self.bytes.last_chunk());
            let plain = block.map_or_else(|| all_plain(rest), |block| all_plain(block));
            if plain {
                self.at += rest.len().min(BLOCK);
                continue;
            }
            let len = rest.len().min(BLOCK);
            if let Some(end) = (0..len).find_map(|i| Some(i + break_len(&rest[i..])?)) {
                self.at += end;
                return Some(self.at);
            }
            self.at += len;
        }
        None
    }
}

/// True for ASCII text without a line break other than a line feed.
#[inline]
fn all_plain(bytes: &[u8]) -> bool {
    let is_plain = |byte: &u8| (byte.wrapping_sub(b' ') < 0x60) | (*byte == b'\n') | (*byte == b'\t');
    bytes.iter().fold(true, |plain, byte| plain & is_plain(byte))
}

/// The length of the line break at the start of a text: a carriage return alone, a vertical tab, a form feed, a separator
/// of ASCII, NEL, U+2028 or U+2029.
fn break_len(text: &[u8]) -> Option<usize> {
    match text {
        [b'\r', b'\n', ..] | [b'\r'] => None,
        // The last one is NEL where each character is one byte.
        [b'\r' | 0x0b | 0x0c | 0x1c..=0x1e | 0x85, ..] => Some(1),
        [0xc2, 0x85, ..] => Some(2),
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => Some(3),
        _ => None,
    }
}

/// JSON objects one after the other, with nothing between them but separators: of lines, of an array, of a sequence.
struct Events<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Events<'b> {
    /// Those at the start of a record, after its prefix if it has one.
    fn new(bytes: &'b [u8], start: usize, end: usize) -> Self {
        let bytes = &bytes[..end];
        let rest = bytes.get(start..).unwrap_or_default();
        let at = start + prefix::find(rest).filter(|(_, len)| rest[*len..].starts_with(b"{")).map_or(0, |(_, len)| len);
        Self { bytes, at }
    }

    /// The next object.
    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.bytes.get(self.at..)?;
        let separators = rest.iter().position(|b| !is_separator(*b))?;
        if rest[separators] != b'{' {
            return None;
        }
        let start = self.at + separators;
        let end = start + object_len(&self.bytes[start..])?;
        self.at = end;
        Some(start..end)
    }
}

fn is_separator(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']' | 0x1e | 0)
}

/// The length of the JSON object at the start of a text; `None` when it does not end there.
fn object_len(text: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        match text.get(at)? {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'"' => at += string_len(&text[at + 1..])?,
            _ => {}
        }
        at += 1;
    }
}

/// The length of the rest of a JSON string, with its closing quote.
fn string_len(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = r#"{"@timestamp":"2026-01-05T20:34:03Z","level":"ERROR","message":"a } \" { [x]","mdc":{"a":"b"},"x":[{"c":1},{"d":2}]}"#;

    fn records(text: &str) -> Vec<&str> {
        let (mut found, mut at) = (Vec::new(), 0);
        while at < text.len() {
            let start = start_before(text.as_bytes(), at, at);
            let end = end_after(text.as_bytes(), start, start, text.len());
            found.push(&text[start..end]);
            at = end;
        }
        found
    }

    #[test]
    fn events_on_one_line_are_separate_records() {
        for between in ["", ",", ", ", " ", "\t", ",\r", "\u{1e}"] {
            let text = [EVENT; 3].join(between);
            let found = records(&text);
            assert_eq!(found.len(), 3, "{between:?}");
            assert!(found.iter().all(|record| record.starts_with(EVENT)), "{found:?}");
            for (at, _) in text.match_indices("ERROR") {
                assert!(text[start_before(text.as_bytes(), 0, at)..].starts_with(EVENT));
            }
        }
        let docker = r#"{"log":"2026-01-05 10:00:00,000+0000 main ERROR x\n"}{"log":"  more\n"}"#;
        assert_eq!(records(&docker.repeat(2)), [docker; 2]);
        let prefixed = format!("2026-01-05T20:34:03.1Z stdout F {}", [EVENT; 2].join(" "));
        assert_eq!(records(&prefixed).len(), 2);
    }

    #[test]
    fn objects_within_an_event_or_after_other_text_are_no_records() {
        let nested = r#"{"@timestamp":"2026-01-05T20:34:03Z","events":[{"level":"ERROR","message":"x"},{"level":"ERROR","message":"y"}]}"#;
        let text = format!("2026-01-05 20:34:03,014 main ERROR answer {EVENT}{EVENT}");
        let response = r#"{"error":"invalid_client"}{"error":"invalid_client"}"#;
        for text in [EVENT, nested, &text, response] {
            assert_eq!(records(text), [text]);
        }
    }

    #[test]
    fn a_header_after_any_line_break_starts_a_record_and_other_text_does_not() {
        let header = "2026-01-05 20:34:03,014+0000 main ERROR grüße\u{a0}’";
        for end in ["\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{b}", "\u{c}", "\r\r"] {
            let text = format!("{header}{end}\tat x{end}").repeat(3);
            assert_eq!(records(&text).len(), 3, "{end:?}");
            assert_eq!(start_before(text.as_bytes(), 0, text.len()), text.len() / 3 * 2);
        }
        for text in
            ["2026-01-05 20:34:03,014 main INFO 1 %\r 2 %\r 3 %", "2026-01-05 20:34:03,014 main INFO x\r\n\tat y"]
        {
            assert_eq!(records(text), [text]);
        }
    }
}
