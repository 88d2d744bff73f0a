//! Unwraps records that a log shipper wrapped.
//!
//! Two kinds: a prefix on every line (see `prefix`), and JSON lines: Atlassian's own JSON layout and that of
//! common shippers, where each line is an object with either the fields of a record or, under `message` or
//! `log`, a line of the log as text.

use std::{borrow::Cow, ops::Range};

use memchr::memchr;
use serde_json::Value;

use super::{
    json_keys::{LEVEL_KEYS, TEXT_KEYS},
    prefix::{self, Prefix},
    start, throwable, timestamp,
};
use crate::model::{Header, Layout, Level, Timestamp};

/// A record without prefix and envelope.
#[derive(Debug)]
pub(super) struct Unwrapped<'a> {
    /// The text of the record, as logged.
    pub(super) text: &'a [u8],
    /// Header fields of the envelope, which replace a header line.
    pub(super) envelope: Option<EnvelopeFields<'a>>,
}

/// Header fields of a JSON object.
#[derive(Debug, Default)]
pub(super) struct EnvelopeFields<'a> {
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

impl<'a> EnvelopeFields<'a> {
    /// The fields as a header; the message is the whole text.
    #[must_use]
    pub(super) fn into_header(self) -> Header<'a> {
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

/// How many nested layers are removed: such as the event of a shipper in a container's JSON line after a
/// syslog prefix.
const MAX_LAYERS: usize = 4;

/// Removes prefixes and envelopes from `raw`, which must be one whole record. `scratch` is used only when
/// there is something to remove.
#[must_use]
pub(super) fn unwrap<'a>(raw: &'a [u8], scratch: &'a mut Vec<u8>) -> Unwrapped<'a> {
    let (mut text, mut fields) = (Cow::Borrowed(raw), None);
    for layer in 0..MAX_LAYERS {
        if let Some(inner) = without_prefix(&text) {
            text = Cow::Owned(inner);
        } else if let Some(envelope) = parse_json(&text).filter(|_| layer == 0 || start::is_json_start(&text)) {
            fields = Some(envelope.fields).filter(OwnedFields::are_of_logger).or(fields);
            text = Cow::Owned(envelope.text);
        } else {
            break;
        }
    }
    match text {
        Cow::Borrowed(text) => Unwrapped { text, envelope: None },
        Cow::Owned(text) => {
            *scratch = text;
            match fields.filter(|_| !start::is_start(scratch)) {
                Some(fields) => fields.append_to(scratch),
                None => Unwrapped { text: scratch, envelope: None },
            }
        }
    }
}

fn first_line(text: &[u8]) -> &[u8] {
    &text[..memchr::memchr2(b'\n', 0, text).unwrap_or(text.len())]
}

/// The record without the prefix of each line; `None` when it has no prefix.
fn without_prefix(raw: &[u8]) -> Option<Vec<u8>> {
    let (kind, len) = prefix::find(raw)?;
    if kind != Prefix::Quote && !start::is_start(&raw[len..]) {
        return None;
    }
    let mut text = Vec::with_capacity(raw.len());
    for line in raw.split_inclusive(|b| *b == b'\n') {
        let (prefix, line) = line.split_at(prefix::len_of(kind, line));
        // A container engine marks the parts of a long line with `P`, the last one with `F`.
        let partial = kind == Prefix::Container && prefix.ends_with(b" P ");
        let line = if partial { line.strip_suffix(b"\n").unwrap_or(line) } else { line };
        match kind {
            Prefix::Syslog => push_without_octal(&mut text, line),
            _ => text.extend_from_slice(line),
        }
    }
    Some(text)
}

/// rsyslog writes control characters as `#` and three octal digits: `#012` is a newline.
fn push_without_octal(text: &mut Vec<u8>, mut line: &[u8]) {
    while let Some(at) = memchr(b'#', line) {
        text.extend_from_slice(&line[..at]);
        let (octal, byte) = match line.get(at + 1..at + 4) {
            Some(b"011") => (4, b'\t'),
            Some(b"012") => (4, b'\n'),
            Some(b"015") => (4, b'\r'),
            _ => (1, b'#'),
        };
        text.push(byte);
        line = &line[at + octal..];
    }
    text.extend_from_slice(line);
}

/// Header fields of a JSON object, as owned strings.
#[derive(Default)]
struct OwnedFields {
    timestamp: Option<Timestamp>,
    level: Option<String>,
    thread: Option<String>,
    logger: Option<String>,
    user: Option<String>,
    request_id: Option<String>,
    session_id: Option<String>,
    client_ip: Option<String>,
    url: Option<String>,
    mail_server: Option<String>,
}

impl OwnedFields {
    /// True when these fields were written by a logger, not by a shipper.
    fn are_of_logger(&self) -> bool {
        self.level.is_some() || self.logger.is_some() || self.thread.is_some()
    }

    /// Appends the values of the fields to `bytes`, the text of the record, and borrows both from there.
    fn append_to(self, bytes: &mut Vec<u8>) -> Unwrapped<'_> {
        let text_len = bytes.len();
        let mut append = |value: Option<String>| -> Option<Range<usize>> {
            let value = value?;
            let start = bytes.len();
            bytes.extend_from_slice(value.as_bytes());
            Some(start..bytes.len())
        };
        let timestamp = self.timestamp;
        let [level, thread, logger, user, request_id, session_id, client_ip, url, mail_server] = [
            self.level,
            self.thread,
            self.logger,
            self.user,
            self.request_id,
            self.session_id,
            self.client_ip,
            self.url,
            self.mail_server,
        ]
        .map(&mut append);
        let bytes: &[u8] = bytes;
        let of = |range: Option<Range<usize>>| range.and_then(|range| bytes.get(range));
        let fields = EnvelopeFields {
            timestamp,
            level: of(level),
            thread: of(thread),
            logger: of(logger),
            user: of(user),
            request_id: of(request_id),
            session_id: of(session_id),
            client_ip: of(client_ip),
            url: of(url),
            mail_server: of(mail_server),
        };
        Unwrapped { text: &bytes[..text_len], envelope: Some(fields) }
    }
}

/// The text of a record, and the header fields of its JSON object.
struct ParsedEnvelope {
    text: Vec<u8>,
    fields: OwnedFields,
}

fn parse_json(text: &[u8]) -> Option<ParsedEnvelope> {
    if text.first() != Some(&b'{') {
        return None;
    }
    // Usually the event is the first line; printed with indentation it runs over many.
    let first_len = first_line(text).len();
    let line = text[..first_len].trim_ascii();
    let (first, len): (Value, usize) = match serde_json::from_slice(line) {
        Ok(value) => (value, first_len),
        Err(error) if error.is_eof() => {
            let mut values = serde_json::Deserializer::from_slice(text).into_iter::<Value>();
            let value = values.next()?.ok()?;
            (value, values.byte_offset())
        }
        Err(_) => return None,
    };
    let mut bytes = String::with_capacity(text.len());
    push_text(&mut bytes, &first)?;
    throwable::push(&mut bytes, &first);
    for line in text[len..].split(|b| *b == b'\n') {
        match serde_json::from_slice::<Value>(line.trim_ascii()).ok() {
            Some(more) if push_text(&mut bytes, &more).is_some() => {}
            // The brackets and commas of an array of events.
            _ if line.iter().all(|b| b"[], \t\r".contains(b)) => {}
            _ => push_line(&mut bytes, &String::from_utf8_lossy(line)),
        }
    }
    Some(ParsedEnvelope { text: bytes.into_bytes(), fields: collect(&first) })
}

/// Appends the log's own line or message of an event; `None` when it has none.
///
/// GELF has the message under `short_message` and the trace, often without the message, under
/// `full_message`.
fn push_text(bytes: &mut String, event: &Value) -> Option<()> {
    let text = text_of(event)?;
    if let Some(short) = event["short_message"].as_str()
        && !text.contains(short)
    {
        push_line(bytes, short);
    }
    push_line(bytes, text);
    Some(())
}

fn text_of(object: &Value) -> Option<&str> {
    TEXT_KEYS.iter().find_map(|key| object[*key].as_str()).or_else(|| object["event"]["original"].as_str())
}

fn push_line(bytes: &mut String, line: &str) {
    if line.is_empty() {
        return;
    }
    bytes.push_str(line);
    if !line.ends_with('\n') {
        bytes.push('\n');
    }
}

fn collect(object: &Value) -> OwnedFields {
    let of = |keys: &[&str]| -> Option<String> {
        let value = keys.iter().find_map(|key| lookup(object, key))?;
        (!value.is_empty() && value != "-").then(|| value.to_owned())
    };
    OwnedFields {
        timestamp: ["timestamp", "@timestamp", "time", "ts", "date", "datetime", "asctime", "timeMillis", "instant"]
            .iter()
            .find_map(|key| timestamp_of(&object[*key])),
        level: of(&LEVEL_KEYS).map(|level| level.to_ascii_uppercase()).or_else(|| syslog_level(object)),
        thread: of(&["thread", "thread_name", "threadName", "process.thread.name", "_thread", "_threadName"]),
        logger: of(&[
            "logger",
            "logger_name",
            "loggerName",
            "log.logger",
            "class",
            "category",
            "_logger",
            "_loggerName",
            "labels.loggerName",
            "labels.logger",
            "sourceLocation.function",
        ]),
        user: of(&["username", "jira.username", "user", "userName", "user_name", "user.name"]),
        request_id: of(&["requestId", "jira.request.id", "request_id"]),
        session_id: of(&["asessionid", "jira.request.assession.id", "sessionId", "session_id"]),
        client_ip: of(&["ipaddr", "jira.request.ipaddr", "ip", "client_ip", "remoteAddress", "client.ip"]),
        url: of(&["url", "jira.request.url", "requestUrl", "request_url", "url.path"]),
        mail_server: of(&["mailserver", "jira.mailserver"]),
    }
}

/// The level of a GELF event, a syslog severity (RFC 5424, section 6.2.1).
fn syslog_level(object: &Value) -> Option<String> {
    let name = match object["level"].as_u64()? {
        0..=2 => "FATAL",
        3 => "ERROR",
        4 => "WARN",
        5 | 6 => "INFO",
        7 => "DEBUG",
        _ => return None,
    };
    Some(name.to_owned())
}

/// A string of the object: under the key itself, under a dotted key also in a nested object, or in one of
/// the objects where loggers put their context.
fn lookup<'v>(object: &'v Value, key: &str) -> Option<&'v str> {
    if let Some(value) = object[key].as_str() {
        return Some(value);
    }
    if key.contains('.')
        && let Some(value) = key.split('.').try_fold(object, |inner, part| inner.get(part)).and_then(Value::as_str)
    {
        return Some(value);
    }
    if let Some(value) = object[format!("_{key}")].as_str() {
        // GELF marks a logger's own fields with an underscore.
        return Some(value);
    }
    ["context", "contextMap", "mdc", "MDC", "fields", "ext", "labels", "logging.googleapis.com/labels"]
        .iter()
        .find_map(|inner| object[*inner][key].as_str())
}

fn timestamp_of(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => timestamp::parse(text.as_bytes())?.time,
        Value::Number(number) => {
            // Seconds, milliseconds, microseconds or nanoseconds: whichever gives a plausible year.
            let millis = match number.as_i64() {
                Some(number @ 100_000_000_000_000_000..) => number / 1_000_000,
                Some(number @ 100_000_000_000_000..) => number / 1000,
                Some(number @ 100_000_000_000..) => number,
                Some(number) => number.checked_mul(1000)?,
                None => to_millis(number.as_f64()?)?,
            };
            utc(millis)
        }
        // The JSON layout of log4j 2.
        Value::Object(instant) => {
            let nanos = instant.get("nanoOfSecond").and_then(Value::as_i64).unwrap_or(0);
            utc(instant.get("epochSecond")?.as_i64()?.checked_mul(1000)?.checked_add(nanos / 1_000_000)?)
        }
        _ => None,
    }
}

fn utc(millis: i64) -> Option<Timestamp> {
    let time = chrono::DateTime::from_timestamp_millis(millis)?;
    Some(Timestamp { local: time.naive_utc(), offset: chrono::FixedOffset::east_opt(0) })
}

/// Converts seconds with a fraction; `None` when they give no plausible year.
fn to_millis(seconds: f64) -> Option<i64> {
    (0.0..1e11).contains(&seconds).then(|| (seconds * 1000.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> String {
        let mut scratch = Vec::new();
        String::from_utf8_lossy(unwrap(raw.as_bytes(), &mut scratch).text).into_owned()
    }

    #[test]
    fn prefixes_are_removed_from_every_line() {
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
    fn json_lines_of_a_container_engine_become_the_log_they_contain() {
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
    fn a_number_is_a_time_in_the_unit_that_gives_a_plausible_year() {
        for number in ["1767645243.014", "1767645243014", "1767645243014000", "1767645243014000000"] {
            let time = timestamp_of(&serde_json::from_str(number).expect("a number")).map(|time| time.to_rfc3339());
            assert_eq!(time.as_deref(), Some("2026-01-05T20:34:03.014+00:00"), "{number}");
        }
        let time = timestamp_of(&serde_json::json!(1_767_645_243)).map(|time| time.to_rfc3339());
        assert_eq!(time.as_deref(), Some("2026-01-05T20:34:03.000+00:00"));
    }

    #[test]
    fn the_header_is_read_from_the_fields_of_a_json_layout() {
        let raw = br#"{"timestamp":"2026-01-05T10:00:00.123+0100","level":"error","thread":"Caesium-1-2","logger":"c.a.X","message":"it broke","context":{"jira.username":"bob"}}"#;
        let mut scratch = Vec::new();
        let record = crate::record::read(raw, &mut scratch);
        let header = record.header.as_ref().expect("header");
        assert_eq!(header.level, Some(Level::Error));
        assert_eq!(header.thread, Some(&b"Caesium-1-2"[..]));
        assert_eq!(header.user, Some(&b"bob"[..]));
        assert_eq!(header.logger, Some(&b"c.a.X"[..]));
        assert_eq!(header.timestamp.unwrap().to_rfc3339(), "2026-01-05T10:00:00.123+01:00");
        assert_eq!(record.message(), b"it broke\n");
    }
}
