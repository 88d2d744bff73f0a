//! Reads JSON events: the text of a record and its header fields, under the keys of known loggers and shippers.

use serde_json::Value;

use super::{
    json_keys::{EVENT_OBJECTS, LEVEL_KEYS, SOURCE_KEYS, TEXT_KEYS, TIME_KEYS},
    sources::is_line_of_ids,
    throwable, timestamp,
};
use crate::model::Timestamp;

/// Header fields of a JSON object, as owned strings.
#[derive(Default)]
pub(super) struct OwnedFields {
    pub(super) timestamp: Option<Timestamp>,
    pub(super) level: Option<String>,
    pub(super) thread: Option<String>,
    pub(super) logger: Option<String>,
    pub(super) user: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) session_id: Option<String>,
    pub(super) client_ip: Option<String>,
    pub(super) url: Option<String>,
    pub(super) mail_server: Option<String>,
}

impl OwnedFields {
    /// True when these fields were written by a logger, not by a shipper.
    pub(super) fn are_of_logger(&self) -> bool {
        self.level.is_some() || self.logger.is_some() || self.thread.is_some()
    }
}

/// The text of a record, and the header fields of its JSON object.
pub(super) struct ParsedEnvelope {
    pub(super) text: Vec<u8>,
    pub(super) fields: OwnedFields,
}

/// Reads the event at the start of a text, and those on the lines after it; `None` when it is no object with a text.
pub(super) fn parse(text: &[u8]) -> Option<ParsedEnvelope> {
    if text.first() != Some(&b'{') {
        return None;
    }
    // Usually the event is the first line; printed with indentation it runs over many.
    let first_len = first_line(text).len();
    let line = text[..first_len].trim_ascii();
    let (first, len): (Value, usize) = match serde_json::from_slice(line) {
        Ok(value) => (value, first_len),
        // An event may continue on more lines, and the rest of a long one in another object on its line.
        Err(error) if error.is_eof() || is_followed_by_object(&error, line) => {
            let mut values = serde_json::Deserializer::from_slice(text).into_iter::<Value>();
            let value = values.next()?.ok()?;
            (value, values.byte_offset())
        }
        Err(_) => return None,
    };
    let mut bytes = String::with_capacity(text.len());
    let event = event_of(&first);
    push_text(&mut bytes, event)?;
    throwable::push(&mut bytes, event);
    let more = &text[len..];
    let source = if more.trim_ascii().is_empty() { None } else { source_of(&first) };
    for line in more.split(|b| *b == b'\n') {
        let mut rest = line;
        loop {
            // The brackets and commas of an array of events.
            let separators = rest.iter().take_while(|b| b"[], \t\r".contains(b)).count();
            let mut values = serde_json::Deserializer::from_slice(&rest[separators..]).into_iter::<Value>();
            match values.next() {
                None => break,
                Some(Ok(more)) if source.is_some() && is_id_of_other(&more, source) => {
                    rest = &rest[separators + values.byte_offset()..];
                }
                Some(Ok(more)) if push_text(&mut bytes, event_of(&more)).is_some() => {
                    rest = &rest[separators + values.byte_offset()..];
                }
                Some(_) => {
                    push_line(&mut bytes, &String::from_utf8_lossy(rest));
                    break;
                }
            }
        }
    }
    let mut fields = collect(event);
    if !std::ptr::eq(event, &first) {
        let outer = collect(&first);
        fields.timestamp = fields.timestamp.or(outer.timestamp);
        fields.level = fields.level.or(outer.level);
    }
    Some(ParsedEnvelope { text: bytes.into_bytes(), fields })
}

/// True for an object after which nothing but separators and another object follow.
fn is_followed_by_object(error: &serde_json::Error, line: &[u8]) -> bool {
    let rest = error.column().checked_sub(1).and_then(|at| line.get(at..)).unwrap_or_default();
    let rest = &rest[rest.iter().take_while(|b| b"[], \t\r".contains(b)).count()..];
    error.is_syntax() && (rest.is_empty() || rest.starts_with(b"{\""))
}

/// The event itself, without what the export of a log store has around it.
fn event_of(object: &Value) -> &Value {
    let inner = EVENT_OBJECTS.iter().map(|key| &object[*key]).find(|inner| text_of(inner).is_some());
    inner.filter(|_| text_of(object).is_none()).unwrap_or(object)
}

/// The pod, the container or the host that has printed the line of an event.
fn source_of(event: &Value) -> Option<&str> {
    SOURCE_KEYS.iter().find_map(|key| lookup(event, key))
}

/// Whether an event holds a provider's ids that another source has printed.
fn is_id_of_other(event: &Value, source: Option<&str>) -> bool {
    source_of(event) != source && text_of(event_of(event)).is_some_and(|text| is_line_of_ids(text.as_bytes()))
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
        timestamp: TIME_KEYS.iter().find_map(|key| timestamp_of(&object[*key])),
        level: of(&LEVEL_KEYS).map(|level| level.to_ascii_uppercase()).or_else(|| numeric_level(object)),
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

/// The level of a GELF event, a syslog severity (RFC 5424, section 6.2.1), or that of pino and bunyan.
fn numeric_level(object: &Value) -> Option<String> {
    let name = match object["level"].as_u64()? {
        0..=2 => "FATAL",
        3 => "ERROR",
        4 => "WARN",
        5 | 6 => "INFO",
        7 | 20 => "DEBUG",
        10 => "TRACE",
        30 => "INFO",
        40 => "WARN",
        50 => "ERROR",
        60 => "FATAL",
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
        // `"1767645243014"`: logback-contrib prints it as a string.
        Value::String(text) if text.len() >= 10 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            timestamp_of(&Value::from(text.parse::<i64>().ok()?))
        }
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

fn first_line(text: &[u8]) -> &[u8] {
    &text[..memchr::memchr2(b'\n', 0, text).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_time_in_the_unit_that_gives_a_plausible_year() {
        for number in ["1767645243.014", "1767645243014", "1767645243014000", "1767645243014000000"] {
            let time = timestamp_of(&serde_json::from_str(number).expect("a number")).map(|time| time.to_rfc3339());
            assert_eq!(time.as_deref(), Some("2026-01-05T20:34:03.014+00:00"), "{number}");
        }
        let time = timestamp_of(&serde_json::json!(1_767_645_243)).map(|time| time.to_rfc3339());
        assert_eq!(time.as_deref(), Some("2026-01-05T20:34:03.000+00:00"));
    }
}
