//! Taking a record out of what a shipper wrapped it in.
//!
//! Two kinds: a prefix on every line (see `prefix`), and JSON lines: Atlassian's own JSON layout and
//! the usual shippers, where one object a line holds either the fields of a record or, under
//! `message` or `log`, a line of the log as text.

use std::ops::Range;

use memchr::{memchr, memmem};
use serde_json::Value;

use super::{boundary, prefix, stamp};
use crate::model::{Header, Layout, Level, Timestamp};

/// A record without its wrapping.
#[derive(Debug)]
pub struct Unwrapped<'a> {
    /// The text of the record, as the logger wrote it.
    pub text: &'a [u8],
    /// Header fields that the envelope holds in place of a header line.
    pub envelope: Option<Fields<'a>>,
}

/// Header fields of a JSON object.
#[derive(Debug, Default)]
pub struct Fields<'a> {
    timestamp: Option<Timestamp>,
    level: Option<&'a [u8]>,
    thread: Option<&'a [u8]>,
    logger: Option<&'a [u8]>,
    user: Option<&'a [u8]>,
    request_id: Option<&'a [u8]>,
    session_id: Option<&'a [u8]>,
    client_ip: Option<&'a [u8]>,
    url: Option<&'a [u8]>,
    mail_server: Option<&'a [u8]>,
}

impl<'a> Fields<'a> {
    /// The header these fields make; the message is the whole text.
    #[must_use]
    pub fn into_header(self) -> Header<'a> {
        Header {
            layout: Layout::Json,
            timestamp: self.timestamp,
            thread: self.thread,
            level: self.level.and_then(Level::from_word),
            level_word: self.level,
            user: self.user,
            request_id: self.request_id,
            session_id: self.session_id,
            client_ip: self.client_ip,
            url: self.url,
            logger: self.logger,
            mail_server: self.mail_server,
            message_at: 0,
        }
    }
}

/// Takes prefixes and envelopes off `raw`, which must be one whole record. `scratch` is used only
/// when there is something to take off.
#[must_use]
pub fn unwrap<'a>(raw: &'a [u8], scratch: &'a mut Vec<u8>) -> Unwrapped<'a> {
    let Some(mut text) = without_prefix(raw).or_else(|| (raw.first() == Some(&b'{')).then(|| raw.to_vec())) else {
        return Unwrapped { text: raw, envelope: None };
    };
    if let Some(inner) = without_prefix(&text) {
        text = inner;
    }
    let Some(opened) = open_json(&text) else {
        *scratch = text;
        return Unwrapped { text: scratch, envelope: None };
    };
    *scratch = opened.bytes;
    let bytes: &'a [u8] = scratch;
    let text = &bytes[..opened.text_len];
    let envelope = opened.fields.map(|f| {
        let of = |range: Option<Range<usize>>| range.and_then(|range| bytes.get(range));
        Fields {
            timestamp: f.timestamp,
            level: of(f.level),
            thread: of(f.thread),
            logger: of(f.logger),
            user: of(f.user),
            request_id: of(f.request_id),
            session_id: of(f.session_id),
            client_ip: of(f.client_ip),
            url: of(f.url),
            mail_server: of(f.mail_server),
        }
    });
    Unwrapped { text, envelope }
}

/// The record with its prefix taken off every line, `None` when it has none.
fn without_prefix(raw: &[u8]) -> Option<Vec<u8>> {
    let (kind, len) = prefix::find(raw)?;
    if kind != prefix::Prefix::Quote && !boundary::is_start(&raw[len..]) {
        return None;
    }
    let mut text = Vec::with_capacity(raw.len());
    for line in raw.split_inclusive(|b| *b == b'\n') {
        text.extend_from_slice(&line[prefix::len_of(kind, line)..]);
    }
    Some(text)
}

/// Keys under which the log's own line, or the message, stands.
const TEXT_KEYS: [&str; 5] = ["log", "message", "msg", "event", "MESSAGE"];
/// Keys of the level.
const LEVEL_KEYS: [&str; 7] = ["level", "severity", "log.level", "loglevel", "levelname", "log_level", "priority"];
/// First keys that mark an answer of a provider, not a log's envelope.
const ANSWER_KEYS: [&[u8]; 12] = [
    b"error",
    b"error_description",
    b"error_codes",
    b"error_uri",
    b"errorCode",
    b"errorMessage",
    b"claims",
    b"suberror",
    b"trace_id",
    b"correlation_id",
    b"access_token",
    b"token_type",
];

/// True when a line that starts with `{` is a log record, not a provider's JSON answer.
#[must_use]
pub(crate) fn is_start(line: &[u8]) -> bool {
    let body = line[1..].trim_ascii_start();
    if body.first() != Some(&b'"') {
        return false;
    }
    let Some(end) = memchr(b'"', &body[1..]) else { return false };
    if ANSWER_KEYS.contains(&&body[1..=end]) {
        return false;
    }
    if LEVEL_KEYS.iter().any(|key| string_value(line, key).is_some()) {
        return true;
    }
    TEXT_KEYS.iter().filter_map(|key| string_value(line, key)).any(|value| {
        // The value is still escaped; a header holds nothing that JSON escapes in its first bytes.
        !value.starts_with(b"{") && boundary::is_start(value)
    })
}

/// The bytes behind `"key":"`, up to the end of the line.
fn string_value<'l>(line: &'l [u8], key: &str) -> Option<&'l [u8]> {
    for at in memmem::find_iter(line, key.as_bytes()) {
        let before = at.checked_sub(1).and_then(|i| line.get(i));
        let behind = &line[at + key.len()..];
        if before == Some(&b'"') && behind.first() == Some(&b'"') {
            let value = behind[1..].trim_ascii_start();
            if let Some(value) = value.strip_prefix(b":") {
                return value.trim_ascii_start().strip_prefix(b"\"");
            }
        }
    }
    None
}

/// Field positions within [`Opened::bytes`].
#[derive(Default)]
struct Ranges {
    timestamp: Option<Timestamp>,
    level: Option<Range<usize>>,
    thread: Option<Range<usize>>,
    logger: Option<Range<usize>>,
    user: Option<Range<usize>>,
    request_id: Option<Range<usize>>,
    session_id: Option<Range<usize>>,
    client_ip: Option<Range<usize>>,
    url: Option<Range<usize>>,
    mail_server: Option<Range<usize>>,
}

/// The text of the record, followed by the values of its fields.
struct Opened {
    bytes: Vec<u8>,
    text_len: usize,
    fields: Option<Ranges>,
}

fn open_json(text: &[u8]) -> Option<Opened> {
    if text.first() != Some(&b'{') {
        return None;
    }
    let mut lines = text.split(|b| *b == b'\n');
    let first: Value = serde_json::from_slice(lines.next()?.trim_ascii()).ok()?;
    let mut bytes = Vec::with_capacity(text.len());
    push_line(&mut bytes, text_of(&first)?);
    for key in ["stack_trace", "stackTrace", "stacktrace", "exception", "thrown", "throwable", "error"] {
        match &first[key] {
            Value::String(trace) => push_line(&mut bytes, trace),
            Value::Object(thrown) => {
                for key in ["extendedStackTrace", "stack_trace", "stackTrace", "message"] {
                    if let Some(Value::String(trace)) = thrown.get(key) {
                        push_line(&mut bytes, trace);
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    for line in lines {
        match serde_json::from_slice::<Value>(line.trim_ascii()).ok().as_ref().and_then(text_of) {
            Some(more) => push_line(&mut bytes, more),
            None => push_line(&mut bytes, &String::from_utf8_lossy(line)),
        }
    }
    let text_len = bytes.len();
    let own_header = boundary::is_start(&bytes);
    let fields = (!own_header).then(|| collect(&first, &mut bytes));
    Some(Opened { bytes, text_len, fields })
}

fn text_of(object: &Value) -> Option<&str> {
    TEXT_KEYS.iter().find_map(|key| object[*key].as_str())
}

fn push_line(bytes: &mut Vec<u8>, line: &str) {
    if line.is_empty() {
        return;
    }
    bytes.extend_from_slice(line.as_bytes());
    if !line.ends_with('\n') {
        bytes.push(b'\n');
    }
}

fn collect(object: &Value, bytes: &mut Vec<u8>) -> Ranges {
    let mut of = |keys: &[&str]| -> Option<Range<usize>> {
        let value = keys.iter().find_map(|key| lookup(object, key))?;
        if value.is_empty() || value == "-" {
            return None;
        }
        let start = bytes.len();
        bytes.extend_from_slice(value.as_bytes());
        Some(start..bytes.len())
    };
    let level = of(&LEVEL_KEYS);
    let ranges = Ranges {
        timestamp: ["timestamp", "@timestamp", "time", "ts", "date", "datetime", "asctime"]
            .iter()
            .find_map(|key| moment(&object[*key])),
        level: level.clone(),
        thread: of(&["thread", "thread_name", "threadName", "process.thread.name"]),
        logger: of(&["logger", "logger_name", "loggerName", "log.logger", "class", "category"]),
        user: of(&["username", "jira.username", "user", "userName", "user_name"]),
        request_id: of(&["requestId", "jira.request.id", "request_id"]),
        session_id: of(&["asessionid", "jira.request.assession.id", "sessionId", "session_id"]),
        client_ip: of(&["ipaddr", "jira.request.ipaddr", "ip", "client_ip", "remoteAddress"]),
        url: of(&["url", "jira.request.url", "requestUrl", "request_url"]),
        mail_server: of(&["mailserver", "jira.mailserver"]),
    };
    if let Some(range) = level {
        bytes[range].make_ascii_uppercase();
    }
    ranges
}

/// A string of the object itself or of one of the objects where loggers put their context.
fn lookup<'v>(object: &'v Value, key: &str) -> Option<&'v str> {
    if let Some(value) = object[key].as_str() {
        return Some(value);
    }
    ["context", "contextMap", "mdc", "MDC", "fields", "ext"].iter().find_map(|inner| object[*inner][key].as_str())
}

fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => stamp::read(text.as_bytes())?.time,
        Value::Number(number) => {
            let number = number.as_i64()?;
            let millis = if number > 100_000_000_000 { number } else { number.checked_mul(1000)? };
            let time = chrono::DateTime::from_timestamp_millis(millis)?;
            Some(Timestamp { local: time.naive_utc(), offset: chrono::FixedOffset::east_opt(0) })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> String {
        let mut scratch = Vec::new();
        String::from_utf8_lossy(unwrap(raw.as_bytes(), &mut scratch).text).into_owned()
    }

    #[test]
    fn prefixes_are_taken_off_every_line() {
        assert_eq!(
            text("> 2026-01-05 20:34:03,014 main ERROR x\n>     Trace ID: 1\n"),
            "2026-01-05 20:34:03,014 main ERROR x\n    Trace ID: 1\n"
        );
        assert_eq!(
            text(
                "2026-01-05T20:34:04.1Z 2026-01-05 20:34:03,014 main ERROR x\n2026-01-05T20:34:04.2Z     Trace ID: 1\n"
            ),
            "2026-01-05 20:34:03,014 main ERROR x\n    Trace ID: 1\n"
        );
    }

    #[test]
    fn a_container_engines_json_lines_become_the_log_they_hold() {
        assert_eq!(
            text(concat!(
                r#"{"log":"2026-01-05 20:34:03,014 main ERROR x\n","stream":"stdout"}"#,
                "\n",
                r#"{"log":"    Trace ID: 1\n","stream":"stdout"}"#,
                "\n"
            )),
            "2026-01-05 20:34:03,014 main ERROR x\n    Trace ID: 1\n"
        );
    }

    #[test]
    fn fields_of_a_json_layout_make_the_header() {
        let raw = br#"{"timestamp":"2026-01-05T10:00:00.123+0100","level":"error","thread":"Caesium-1-2","logger":"c.a.X","message":"it broke","context":{"jira.username":"bob"}}"#;
        let mut scratch = Vec::new();
        let record = super::super::read(raw, &mut scratch);
        let header = record.header.as_ref().expect("header");
        assert_eq!(header.level, Some(Level::Error));
        assert_eq!(header.thread, Some(&b"Caesium-1-2"[..]));
        assert_eq!(header.user, Some(&b"bob"[..]));
        assert_eq!(header.logger, Some(&b"c.a.X"[..]));
        assert_eq!(header.timestamp.unwrap().to_rfc3339(), "2026-01-05T10:00:00.123+01:00");
        assert_eq!(record.message(), b"it broke\n");
    }
}
