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
    let line = &line[..line.len().min(START_WINDOW_BYTES)];
    if timestamp::looks_like_timestamp(line) {
        return is_timestamped_start(line);
    }
    if first == b'{' {
        return is_json_start(line);
    }
    let line = &line[..memchr2(b'\n', 0, line).unwrap_or(line.len())];
    if first == b'[' && mail_debug(line).is_some() || is_foreign_start(line) {
        return true;
    }
    match prefix::find(line) {
        Some((_, len)) => line.get(len).is_some_and(|b| !b.is_ascii_whitespace()) && unprefixed_start(&line[len..]),
        None => false,
    }
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
pub(super) fn is_json_start(text: &[u8]) -> bool {
    let line_len = |text: &[u8]| memchr2(b'\n', 0, text).unwrap_or(text.len());
    let line = &text[..line_len(text)];
    let body = line[1..].trim_ascii();
    if body.is_empty() {
        let rest = text.get(line.len() + 1..).unwrap_or_default();
        let key = rest[..line_len(rest)].trim_ascii().strip_prefix(b"\"");
        let key = key.and_then(|key| Some(&key[..memchr(b'"', key)?]));
        return key.is_some_and(|key| FIRST_KEYS.contains(&key));
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
        if value.first() == Some(&b'{') {
            value[1..].trim_ascii_start().first() == Some(&b'"') && is_json_start(&value)
        } else {
            is_start(&value)
        }
    })
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

fn unprefixed_start(line: &[u8]) -> bool {
    (timestamp::looks_like_timestamp(line) && is_timestamped_start(line))
        || (line.first() == Some(&b'{') && is_json_start(line))
        || mail_debug(line).is_some()
        || is_foreign_start(line)
}

/// A line that starts with a timestamp is a header, unless a log shipper added the timestamp to a
/// continuation line.
fn is_timestamped_start(line: &[u8]) -> bool {
    let Some(timestamp) = timestamp::parse_layout_only(line) else { return false };
    let line = &line[..memchr2(b'\n', 0, line).unwrap_or(line.len())];
    let rest = line.get(timestamp.len..).unwrap_or_default();
    if timestamp.rfc3339 {
        if let Some((kind, len)) = prefix::find(line) {
            if line.get(len).is_some_and(|b| !b.is_ascii_whitespace()) && unprefixed_start(&line[len..]) {
                return true;
            }
            if kind == Prefix::Journal {
                return false;
            }
        }
        return has_level(rest);
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
    line[..end].trim_ascii() != b"{" || memchr2(b'\n', 0, &line[end + 1..]).is_some()
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
mod tests {
    use super::*;

    #[test]
    fn header_lines_of_every_layout_are_starts() {
        for line in [
            "2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR admin x",
            "2022-xx-xx 20:34:03,014+0000 http-nio-8080-exec-253 ERROR username x",
            "2014-09-12 07:40:48,051 ERROR [365 IMAP] QuartzScheduler_Worker-3 x",
            "2026-01-05 20:34:03.014 Caesium-1-4 WARN x",
            "13-Sep-2026 10:00:00.123 INFO [main] org.apache.catalina.x",
            "2026-01-05T20:34:03.123Z ERROR [main] x",
            "2023-03-30 09:58:46 keycloak ERROR [org.keycloak.broker] x",
            "2026-11-23T10:00:00.123456789Z 2026-11-23 10:00:00,123+0000 main ERROR x",
            "Nov 23 10:00:00 host jira[1]: 2026-11-23 10:00:00,123+0000 main ERROR x",
            "> 2026-11-23 10:00:00,123+0000 main ERROR x",
            "120:2026-11-23 10:00:00,123+0000 main ERROR x",
            "121-2026-11-23 10:00:00,123+0000 main ERROR x",
            "    120 2026-11-23 10:00:00,123+0000 main ERROR x",
            "2026-11-23T10:00:00+0100 jira01 java[7]: 2026-11-23 10:00:00,123+0000 main ERROR x",
            "[Contoso Mailbox] Caesium-1-3 anonymous Contoso A1 NO AUTHENTICATE failed.",
            r#"{"timestamp":"2026-01-05T10:00:00Z","level":"ERROR","message":"x"}"#,
            r#"{"log":"2026-01-05 10:00:00,000+0000 main ERROR x\n","stream":"stdout"}"#,
            "> WARN 2026-11-23T10:00:00.123Z x",
            r#"{"log":"2026-01-05 10:00:00\tERROR\tmain\tx\n","stream":"stdout"}"#,
            r#"{"message":"2026-01-05 10:00:00\u0009ERROR \"x\""}"#,
            r#"{"log":"{ \"severity\":\"critical\",\"message\":\"x\"}\n","stream":"stdout"}"#,
            r#"{"log":"{\n  \"severity\": \"critical\",\n  \"message\": \"x\"\n}\n","stream":"stdout"}"#,
            r#"{"message":"{\r\n\t\"level\": \"ERROR\",\r\n\t\"message\": \"x\"\r\n}","tag":"jira"}"#,
            "\u{feff}2026-01-05 20:34:03,014+0000 main ERROR x",
            "\x0c2026-01-05 20:34:03,014+0000 main ERROR x",
            "\x1e{\"timestamp\":\"2026-01-05T10:00:00Z\",\"level\":\"ERROR\",\"message\":\"x\"}",
        ] {
            assert!(is_start(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn continuation_lines_are_not_starts() {
        for line in [
            "",
            "    Trace ID: 1",
            "\tat com.example.X.y(X.java:1)",
            "Caused by: java.net.UnknownHostException: login.microsoftonline.com",
            "2023-03-30 09:58:46 Trace ID: 16024889",
            "2026-01-05 20:34:03,014 Trace ID: 16024889",
            "2026-11-23T10:00:00.123456789Z     Trace ID: 1",
            "2026-11-23T10:00:00.123456789Z Caused by: x",
            "Nov 23 10:00:00 host jira[1]:     Trace ID: 1",
            ">     Trace ID: 1",
            "121-    Trace ID: 1",
            "    121     Trace ID: 1",
            "2026-11-23T10:00:00+0100 jira01 java[7]:     Trace ID: of an ERROR",
            r#"{"error":"invalid_client","error_description":"x","timestamp":"2026-01-05 10:00:00Z"}"#,
            r#"{"log":"    Trace ID: 1\n","stream":"stdout"}"#,
            r#"{"log":"{\n  \"error\": \"invalid_client\",\n  \"level\": \"x\"\n}","stream":"stdout"}"#,
            r#"{"log":"{\n","stream":"stdout"}"#,
            "[AUTHENTICATIONFAILED] Invalid credentials",
            "2026-01-05",
            "\u{feff}    Trace ID: 1",
            "\x0cCaused by: x",
        ] {
            assert!(!is_start(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn only_a_line_with_a_mail_server_may_continue_a_header() {
        for (line, rest) in [
            ("[Contoso Mailbox] Caesium-1-3 ServiceRunner    AUTHENTICATE failed.", true),
            ("[Contoso\nMailbox] Caesium-1-3 ServiceRunner", false),
            ("[pod/jira-0/jira] 2026-11-23 10:00:00,123+0000 main ERROR x", false),
            ("2026-11-23 10:00:00,123+0000 ERROR [Contoso Mailbox] Caesium-1-3 x", false),
            (r#"{"timestamp":"2026-01-05T10:00:00Z","level":"ERROR","message":"x"}"#, false),
        ] {
            assert_eq!(may_continue_header(line.as_bytes()), rest, "{line}");
        }
    }

    #[test]
    fn a_record_extends_from_its_header_to_the_next() {
        let text = b"pasted\n2026-01-05 20:34:03,014 a ERROR b\n  more\n2026-01-05 20:34:04,014 c\n";
        let second = 7;
        let third = text.len() - 26;
        assert_eq!(start_before(text, 40, 0), (second, 0));
        assert_eq!(start_before(text, 45, 0), (second, 1));
        assert_eq!(start_before(text, 3, 0), (0, 0));
        assert_eq!(next_start(text, 0), second);
        assert_eq!(next_start(text, second), third);
        assert_eq!(next_start(text, third), text.len());
        assert_eq!(last_start(text, 0, text.len()), Some(third));
        assert_eq!(last_start(text, 0, third), Some(second));
    }
}
