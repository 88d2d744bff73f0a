//! Where a record starts. The only place that knows.
//!
//! A record starts at a line that begins with a timestamp of the log (or, in layouts without one, with
//! another sign of a header). Everything up to the next such line belongs to it: indented message lines,
//! stack traces, blank lines, lines that end in CR LF. Text before the first start is a record without a
//! header.
//!
//! A NUL byte also ends a line: a log that was truncated while it was written contains a hole of NUL bytes,
//! and the next record starts right after the hole.
//!
//! Whether a line is a start depends on at most its first [`START_WINDOW_BYTES`] bytes, never on the lines
//! around it, so every reader of the same bytes finds the same starts, wherever its buffers end.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memmem, memrchr2};

use super::{
    foreign,
    json_keys::{EVENT_KEYS, FIRST_KEYS, LEVEL_KEYS, RESPONSE_KEYS, TEXT_KEYS, string_value},
    prefix::{self, Prefix},
    timestamp,
};
use crate::model::Level;

/// How many bytes of a line decide whether it is a start.
pub(crate) const START_WINDOW_BYTES: usize = 16 * 1024;

/// How many bytes after a timestamp without a fraction the level must be.
const MAX_LEVEL_OFFSET: usize = 160;

/// True when a record starts with `line`, which may continue past the end of the line.
#[must_use]
pub(crate) fn is_start(line: &[u8]) -> bool {
    let Some(&first) = line.first() else { return false };
    if !(first.is_ascii_alphanumeric() || b" {[<>/.\xef\x0c\x1e".contains(&first)) {
        return false;
    }
    let text = &line[..line.len().min(START_WINDOW_BYTES)];
    if timestamp::looks_like_timestamp(text) {
        return is_timestamped_start(text);
    }
    if first == b'{' {
        return is_json_start(text, None);
    }
    let line = first_line(text);
    if first == b'[' && mail_debug(line).is_some() || is_foreign_start(line) {
        return true;
    }
    prefix::find(line).is_some_and(|(kind, len)| is_start_after(kind, &text[len..]))
}

/// A text up to the end of its first line.
fn first_line(text: &[u8]) -> &[u8] {
    &text[..memchr2(b'\n', 0, text).unwrap_or(text.len())]
}

/// True for the first line of a record of another program.
fn is_foreign_start(line: &[u8]) -> bool {
    foreign::parse(line).is_some_and(|start| {
        let rest = &line[start.after.min(line.len())..];
        start.level.is_some() || if start.needs_level { has_level(rest) } else { !is_continuation(rest) }
    })
}

/// True when a text that starts with `{` is a log record and not a provider's JSON response. Only its first
/// line is judged or, if that is a brace alone, the next one too.
/// `prefix` is what the text follows, and then each of its lines.
pub(super) fn is_json_start(text: &[u8], prefix: Option<Prefix>) -> bool {
    let line = first_line(text);
    let next = || {
        let next = first_line(text.get(line.len() + 1..).unwrap_or_default());
        &next[prefix.map_or(0, |kind| prefix::len_of(kind, next))..]
    };
    let body = line[1..].trim_ascii();
    if body.is_empty() {
        return is_first_key(next());
    }
    if body.first() != Some(&b'"') {
        return false;
    }
    let Some(end) = memchr(b'"', &body[1..]) else { return false };
    if RESPONSE_KEYS.contains(&&body[1..=end]) {
        return false;
    }
    if LEVEL_KEYS.iter().any(|key| string_value(line, key).is_some())
        || EVENT_KEYS.iter().any(|key| memmem::find(line, key).is_some())
    {
        return true;
    }
    TEXT_KEYS.iter().filter_map(|key| string_value(line, key)).any(|value| {
        // An event within an event. Unescaped once, each layer is shorter than the one around it.
        let value = first_unescaped_line(value);
        if value.trim_ascii() == b"{" {
            logged_line(next()).is_some_and(|line| is_first_key(&line))
        } else if value.first() == Some(&b'{') {
            value[1..].trim_ascii_start().first() == Some(&b'"') && is_json_start(&value, None)
        } else {
            is_start(&value)
        }
    })
}

/// True for a line, after a brace alone, with the first key of a log record.
fn is_first_key(line: &[u8]) -> bool {
    let key = line.trim_ascii().strip_prefix(b"\"");
    let key = key.and_then(|key| Some(&key[..memchr(b'"', key)?]));
    key.is_some_and(|key| FIRST_KEYS.contains(&key))
}

/// The line of a log that is the text of a JSON event on one line.
fn logged_line(event: &[u8]) -> Option<Cow<'_, [u8]>> {
    let event = Some(event).filter(|event| event.starts_with(b"{"))?;
    TEXT_KEYS.iter().find_map(|key| string_value(event, key)).map(first_unescaped_line)
}

/// True for a brace alone, with or without what shippers have put around it.
fn is_brace_alone(line: &[u8]) -> bool {
    let is_brace = |line: &[u8]| line.trim_ascii() == b"{";
    let mut line = line;
    while memchr(b'{', line).is_some() {
        if is_brace(line) || logged_line(line).is_some_and(|line| is_brace(&line)) {
            return true;
        }
        let Some((_, len)) = prefix::find(line) else { break };
        line = &line[len..];
    }
    false
}

/// The first line of the JSON string that starts here, without its escapes; after a brace alone, the next line too. The
/// string may be cut off.
fn first_unescaped_line(value: &[u8]) -> Cow<'_, [u8]> {
    let end = memchr2(b'"', b'\\', value).unwrap_or(value.len());
    let rest = &value[end..];
    let is_brace = |line: &[u8]| line.trim_ascii() == b"{";
    let ends = rest.is_empty() || [&b"\""[..], b"\\n", b"\\r\\n"].iter().any(|end| rest.starts_with(end));
    if ends && !is_brace(&value[..end]) {
        return Cow::Borrowed(&value[..end]);
    }
    let mut line = value[..end].to_vec();
    let mut bytes = rest.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => match bytes.next() {
                Some(b'n') if is_brace(&line) => line.push(b'\n'),
                Some(b'n') | None => break,
                Some(b't') => line.push(b'\t'),
                Some(b'r') => line.push(b'\r'),
                Some(b'b') => line.push(8),
                Some(b'f') => line.push(12),
                Some(b'u') => {
                    let digits = bytes
                        .by_ref()
                        .take(4)
                        .try_fold(0, |code, digit| Some(code * 16 + char::from(digit).to_digit(16)?));
                    // Half of a surrogate pair is no character; of a header only the ASCII characters matter.
                    let c = digits.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
                    line.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                Some(byte) => line.push(byte),
            },
            byte => line.push(byte),
        }
    }
    Cow::Owned(line)
}

/// True when a record starts with a text that follows a prefix, as each of its lines does.
pub(super) fn is_start_after(prefix: Prefix, text: &[u8]) -> bool {
    let line = first_line(text);
    match line.first() {
        None => false,
        Some(first) if first.is_ascii_whitespace() => false,
        Some(b'{') => is_json_start(text, Some(prefix)),
        _ => {
            (timestamp::looks_like_timestamp(text) && is_timestamped_start(text))
                || mail_debug(line).is_some()
                || is_foreign_start(line)
        }
    }
}

/// A line that starts with a timestamp is a header, unless a log shipper added the timestamp to a
/// continuation line.
fn is_timestamped_start(text: &[u8]) -> bool {
    let Some(timestamp) = timestamp::parse_layout_only(text) else { return false };
    let line = first_line(text);
    let rest = line.get(timestamp.len..).unwrap_or_default();
    if timestamp.rfc3339 {
        let mut content = rest;
        if let Some((kind, len)) = prefix::find(line) {
            if is_start_after(kind, &text[len..]) {
                return true;
            }
            if kind == Prefix::Journal {
                return false;
            }
            content = &line[len..];
        }
        // A line of an event over several lines has its level after the name of the field.
        return has_level(content) && !content.trim_ascii_start().starts_with(b"\"");
    }
    if !timestamp.fraction {
        return has_level(rest);
    }
    !is_continuation(rest)
}

fn has_level(rest: &[u8]) -> bool {
    rest[..rest.len().min(MAX_LEVEL_OFFSET)]
        .split(|b| !b.is_ascii_alphanumeric())
        .any(|word| word.len() >= 4 && Level::from_word(word).is_some())
}

/// Some shippers add a timestamp to every line: a provider's label or a stack frame is not a header.
fn is_continuation(rest: &[u8]) -> bool {
    let text = rest.trim_ascii_start();
    [&b"Trace ID:"[..], b"Correlation ID:", b"Timestamp:", b"Caused by:", b"at ", b"... "]
        .iter()
        .any(|label| text.starts_with(label))
}

/// True when a line that looks like a start may also be the rest of a header: a mail server's name is at the
/// start of a debug line, or after time and level. Where a file starts within a line of the previous file,
/// only both lines together can tell.
#[must_use]
pub(crate) fn may_continue_header(line: &[u8]) -> bool {
    let line = &line[..line.len().min(START_WINDOW_BYTES)];
    mail_debug(&line[..memchr2(b'\n', 0, line).unwrap_or(line.len())]).is_some()
}

/// A JavaMail protocol line of Jira's mail logs: `[mail server] Caesium-1-3 user service …`.
/// Returns where the mail server's name ends and where the thread's name ends.
pub(super) fn mail_debug(line: &[u8]) -> Option<(usize, usize)> {
    if line.first() != Some(&b'[') {
        return None;
    }
    let close = memmem::find(&line[..line.len().min(128)], b"] ")?;
    let rest = &line[close + 2..];
    let word = memchr(b' ', &rest[..rest.len().min(64)])?;
    let name = &rest[..word];
    let digits = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let threadlike =
        digits > 0 && name.len() > digits + 1 && name[name.len() - digits - 1] == b'-' && name[0].is_ascii_alphabetic();
    threadlike.then_some((close, close + 2 + word))
}

/// The start of the record that contains `at`, not before `floor`, and the number of newlines in between.
///
/// `floor` must be a record start or 0. Without a start in between, `floor` itself is returned:
/// text before the first header is a record.
#[must_use]
pub(crate) fn start_before(bytes: &[u8], at: usize, floor: usize) -> (usize, u64) {
    let mut end = at.min(bytes.len());
    let mut newlines = 0;
    loop {
        let start = memrchr2(b'\n', 0, &bytes[floor..end]).map_or(floor, |i| floor + i + 1);
        if start == floor || is_start(&bytes[start..]) {
            return (start, newlines);
        }
        end = start - 1;
        newlines += u64::from(bytes[end] == b'\n');
        end -= trailing_zeros(&bytes[floor..end], bytes[end]);
    }
}

/// The first record start after the line that contains `at`; the length of `bytes` when there is none.
#[must_use]
pub(crate) fn next_start(bytes: &[u8], at: usize) -> usize {
    let mut from = at;
    while let Some(i) = memchr2(b'\n', 0, &bytes[from..]) {
        from += i + 1;
        if bytes[from - 1] == 0 {
            from += leading_zeros(&bytes[from..]);
        }
        if is_start(&bytes[from..]) {
            return from;
        }
    }
    bytes.len()
}

/// The last record start in `bytes[from..to]` whose line can be decided: the line ends within `bytes`, or
/// [`START_WINDOW_BYTES`] bytes of it are available. `from` itself is never returned.
#[must_use]
pub(crate) fn last_start(bytes: &[u8], from: usize, to: usize) -> Option<usize> {
    last_start_where(bytes, from, to, is_decidable)
}

/// The same for bytes that end with their source: every line can be decided.
#[must_use]
pub(crate) fn last_start_of_all(bytes: &[u8], from: usize, to: usize) -> Option<usize> {
    last_start_where(bytes, from, to, |_| true)
}

fn last_start_where(bytes: &[u8], from: usize, to: usize, is_decidable: fn(&[u8]) -> bool) -> Option<usize> {
    let mut end = to;
    while let Some(i) = memrchr2(b'\n', 0, &bytes[from..end]) {
        let start = from + i + 1;
        if start > from && start < to && is_decidable(&bytes[start..]) && is_start(&bytes[start..]) {
            return Some(start);
        }
        end = start - 1;
        end -= trailing_zeros(&bytes[from..end], bytes[end]);
    }
    None
}

const ZEROS: [u8; 4096] = [0; 4096];

/// Number of zeros at the start of `bytes`.
#[must_use]
pub(crate) fn leading_zeros(bytes: &[u8]) -> usize {
    let mut len = 0;
    for block in [&ZEROS[..], &ZEROS[..64]] {
        while bytes[len..].starts_with(block) {
            len += block.len();
        }
    }
    len + bytes[len..].iter().take_while(|b| **b == 0).count()
}

/// Number of zeros at the end of `bytes` if a zero follows them: no record starts with a zero, so a run of
/// them is passed at once.
#[must_use]
pub(crate) fn trailing_zeros(bytes: &[u8], following: u8) -> usize {
    if following != 0 {
        return 0;
    }
    let mut end = bytes.len();
    for block in [&ZEROS[..], &ZEROS[..64]] {
        while bytes[..end].ends_with(block) {
            end -= block.len();
        }
    }
    bytes.len() - end + bytes[..end].iter().rev().take_while(|b| **b == 0).count()
}

/// True when `line` has enough bytes for the answer of [`is_start`] to be final.
#[must_use]
pub(crate) fn is_decidable(line: &[u8]) -> bool {
    if line.len() >= START_WINDOW_BYTES {
        return true;
    }
    let Some(end) = memchr2(b'\n', 0, line) else { return false };
    // A brace alone is judged by the line after it.
    !is_brace_alone(&line[..end]) || memchr2(b'\n', 0, &line[end + 1..]).is_some()
}

/// How many bytes of `bytes`, which start with a line, are lines of which it is decided whether they start a record.
#[must_use]
pub(crate) fn decided_len(bytes: &[u8]) -> usize {
    let line_start = |end: usize| memrchr2(b'\n', 0, &bytes[..end]).map_or(0, |i| i + 1);
    let last = line_start(bytes.len());
    if is_decidable(&bytes[last..]) {
        return bytes.len();
    }
    // A brace alone before it is judged by it.
    let before = line_start(last.saturating_sub(1));
    if is_decidable(&bytes[before..]) { last } else { before }
}

#[cfg(test)]
mod tests;
