//! A label in one cell, element or line, and its value in the next.

use super::{
    super::{
        keys::{Class, Key},
        masks::is_harmless,
        prose::is_prose_word,
        secrets::SecretKind,
        stated_words::is_chosen,
        values::{is_blank, skip},
    },
    KeyedReader,
    given::{is_given, is_given_text},
};

/// The longest value that is looked at.
const MAX_VALUE_BYTES: usize = 128;
/// Words before a key in its cell: `New client secret`.
const MAX_LEAD_BYTES: usize = 24;

impl KeyedReader<'_, '_> {
    /// `<th>Password</th><td>x</td>`, `<b>Client secret:</b> x`, `password<TAB>x`, `- password - x`, and `password` over
    /// `x`. Whether there was a value.
    pub(super) fn cell(&mut self, key: &Key) -> bool {
        if !matches!(key.class, Class::Password | Class::Secret(SecretKind::Secret | SecretKind::Password)) {
            return false;
        }
        let place = match self.text.get(key.end) {
            Some(b'<' | b':') => self.next_element(key),
            Some(b'\t') => self.next_column(key),
            Some(b' ') if self.text[key.end..].starts_with(b" value<") => self.next_element(key),
            Some(b' ') => self.after_dash(key).or_else(|| self.after_remark(key)),
            Some(b'"' | b',') => self.next_field(key),
            Some(b'\n' | b'\r') => self.next_line(key, key.end),
            // `Password?` over `x`
            Some(b'?') if matches!(self.text.get(key.end + 1), Some(b'\n' | b'\r')) => self.next_line(key, key.end + 1),
            _ => None,
        };
        let Some((start, end)) = place else { return false };
        self.secret(SecretKind::Secret, start, end);
        true
    }

    /// The content of the element after the one that holds nothing but the key.
    fn next_element(&self, key: &Key) -> Option<(usize, usize)> {
        let text = self.text;
        let end = key.end + if text[key.end..].starts_with(b" value") { 6 } else { 0 };
        let at = skip(text, end, 3, |byte| b": ".contains(&byte));
        let colon = at > end;
        let tag = text[at..].starts_with(b"</").then(|| at + 2)?;
        let name = &text[tag..skip(text, tag, 12, |byte| byte.is_ascii_alphanumeric())];
        let lead = &text[key.start.saturating_sub(MAX_LEAD_BYTES)..key.start];
        let lead = &lead[memchr::memrchr(b'>', lead)? + 1..];
        if !lead.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b' ' || *byte >= 0x80) {
            return None;
        }
        let mut at = tag_end(text, tag)?;
        let mut opened = false;
        for _ in 0..3 {
            let next = skip(text, at, 16, is_blank);
            if text.get(next) != Some(&b'<') || text.get(next + 1) == Some(&b'/') {
                break;
            }
            // The names of the next column.
            if name == b"th" && text[next + 1..].starts_with(b"th") {
                return None;
            }
            at = tag_end(text, next + 1)?;
            opened = true;
        }
        if !opened && !colon {
            return None;
        }
        let start = skip(text, at, 16, is_blank);
        let end = skip(text, start, MAX_VALUE_BYTES, |byte| byte != b'<' && byte != b'\n');
        self.given(start, end)
    }

    /// The next field of a line whose first is the key.
    fn next_column(&self, key: &Key) -> Option<(usize, usize)> {
        let text = self.text;
        let first = text[..key.start].last().is_none_or(|byte| b" \n]".contains(byte));
        let start = key.end + 1;
        let end = skip(text, start, MAX_VALUE_BYTES, |byte| !b"\t\r\n".contains(&byte));
        first.then(|| self.given(start, end)).flatten()
    }

    /// `- password - x`, `Client secret – x` up to the end of the line.
    fn after_dash(&self, key: &Key) -> Option<(usize, usize)> {
        let text = self.text;
        let dashes = ["- ", "\u{2013} ", "\u{2014} "];
        if key.start.checked_sub(1).is_some_and(|i| !is_blank(text[i])) {
            return None;
        }
        let dash = dashes.iter().find(|dash| text[key.end + 1..].starts_with(dash.as_bytes()))?;
        let start = key.end + 1 + dash.len();
        let end = skip(text, start, 64, |byte| !is_blank(byte));
        let alone = text.get(end).is_none_or(|byte| b"\r\n".contains(byte));
        (alone && is_given(&text[start..end])).then_some((start, end))
    }

    /// `New client secret value (copy now): x`, `secret (old): x`, `The client secret in use:` over `x`.
    fn after_remark(&self, key: &Key) -> Option<(usize, usize)> {
        let text = self.text;
        let words = |byte: u8| byte.is_ascii_alphabetic() || b" -".contains(&byte) || byte >= 0x80;
        let near = skip(text, key.end, 8, |byte| byte.is_ascii_lowercase() || byte == b' ');
        let value = text[key.end..].starts_with(b" value (");
        let open = if value { key.end + 7 } else { key.end + 1 };
        if let Some(close @ (b'(' | b'[')) = text.get(open) {
            let close = if *close == b'(' { b')' } else { b']' };
            let end = skip(text, open + 1, 24, words);
            if text.get(end) != Some(&close) || !text[end + 1..].starts_with(b": ") || end == open + 1 {
                return None;
            }
            // A note of removal is there already.
            if text[end + 3..].starts_with(b"[removed") {
                return Some((end + 3, end + 3));
            }
            return self.word_at_end(end + 3);
        }
        let said = [&b" in use:\n"[..], b" is:\n", b" used:\n", b" now:\n", b" value:\n", b" below:\n"];
        let lead = said.iter().find(|lead| text[key.end..].starts_with(lead)).filter(|_| near > key.end)?;
        let (start, end) = self.word_at_end(key.end + lead.len())?;
        let telling = text[start..end].iter().any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        telling.then_some((start, end))
    }

    /// A word that ends its line, or before a comma.
    fn word_at_end(&self, start: usize) -> Option<(usize, usize)> {
        let text = self.text;
        let end = skip(text, start, 64, |byte| !is_blank(byte) && !b",;\"'".contains(&byte));
        let ends = text.get(end).is_none_or(|byte| b"\r\n,;\"'".contains(byte));
        (ends && is_given(&text[start..end])).then_some((start, end))
    }

    /// `s:8:"password";s:10:"x"` of PHP, `{client_secret,<<"x">>}` of Erlang.
    fn next_field(&self, key: &Key) -> Option<(usize, usize)> {
        let text = self.text;
        let rest = &text[key.end..];
        let start = if rest.starts_with(b",<<\"") {
            key.end + 4
        } else {
            let digits = skip(text, key.end + 4, 5, |byte| byte.is_ascii_digit());
            (rest.starts_with(b"\";s:") && text[digits..].starts_with(b":\"")).then_some(digits + 2)?
        };
        let end = skip(text, start, MAX_VALUE_BYTES, |byte| byte != b'"' && byte != b'\n');
        let given = text.get(end) == Some(&b'"') && end > start && !is_harmless(&text[start..end]);
        given.then_some((start, end))
    }

    /// `password` on a line of its own over one word with a number.
    fn next_line(&self, key: &Key, key_end: usize) -> Option<(usize, usize)> {
        let text = self.text;
        // `Enter password`
        let lead = text[..key.start].strip_suffix(b"nter ").map_or(key.start, |lead| lead.len().saturating_sub(1));
        let alone = lead == 0 || text[lead - 1] == b'\n';
        let start = skip(text, key_end, 2, |byte| byte == b'\r' || byte == b'\n');
        // A line of dashes between, as programs of databases draw it.
        let rule = skip(text, start, 128, |byte| byte == b'-');
        let ruled = rule > start + 2;
        let start = if ruled { skip(text, rule, 2, |byte| byte == b'\r' || byte == b'\n') } else { start };
        let end = skip(text, start, 64, |byte| !is_blank(byte));
        let line = text.get(end).is_none_or(|byte| b"\r\n".contains(byte));
        let given = is_chosen(&text[start..end]) || ruled && is_given(&text[start..end]);
        (alone && line && given).then_some((start, end))
    }

    /// A place without the blanks at its end, when a value is there.
    fn given(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let end = start + self.text[start..end.max(start)].trim_ascii_end().len();
        is_given_text(&self.text[start..end]).then_some((start, end))
    }
}

/// Where the tag ends that was begun before `at`.
fn tag_end(text: &[u8], at: usize) -> Option<usize> {
    let end = skip(text, at, 96, |byte| byte != b'>' && byte != b'\n');
    (text.get(end) == Some(&b'>')).then_some(end + 1)
}

/// Whether the cell that a value ends is the second and last of its row, and no line of dashes follows, as it does
/// after the names of columns.
pub(super) fn ends_row(text: &[u8], end: usize) -> bool {
    let bar = skip(text, end, 16, |byte| byte == b' ');
    let after = skip(text, bar, 2, |byte| byte == b'|');
    let line = skip(text, after, 4, |byte| byte == b' ' || byte == b'\r');
    let next = skip(text, line + 1, 4, |byte| b"| :".contains(&byte));
    after > bar && text.get(line).is_none_or(|byte| *byte == b'\n') && text.get(next) != Some(&b'-')
}

/// Whether the key before a value is all there is in the first cell of its row: `|Client secret|`.
pub(super) fn is_first_cell(text: &[u8], start: usize) -> bool {
    let from = start.saturating_sub(64);
    let bar = start - text[from..start].iter().rev().take_while(|byte| b" |".contains(byte)).count();
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-. ".contains(*byte) || **byte >= 0x80;
    let lead = bar - text[from..bar].iter().rev().take_while(part).count();
    let bars = lead - text[from..lead].iter().rev().take_while(|byte| **byte == b'|').count();
    let first = text[lead..bar].trim_ascii_start().split(|byte| *byte == b' ').next().unwrap_or_default();
    bars < lead
        && !is_prose_word(first)
        && text[..bars].iter().rev().find(|byte| **byte != b' ').is_none_or(|byte| *byte != b'|')
}
