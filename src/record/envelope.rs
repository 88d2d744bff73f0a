//! Unwraps records that a log shipper wrapped.
//!
//! Two kinds: a prefix on every line (see `prefix`), and JSON lines: Atlassian's own JSON layout and that of
//! common shippers, where each line is an object with either the fields of a record or, under `message` or
//! `log`, a line of the log as text.

use std::{borrow::Cow, ops::Range};

use memchr::memchr;

use super::{
    json_event::{self, OwnedFields},
    prefix::{self, Prefix},
    sources::is_line_of_ids,
    start,
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
        } else if let Some(envelope) =
            json_event::parse(&text).filter(|_| layer == 0 || start::is_json_start(&text, None))
        {
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
                Some(fields) => append(fields, scratch),
                None => Unwrapped { text: scratch, envelope: None },
            }
        }
    }
}

/// The record without the prefix of each line; `None` when it has no prefix.
fn without_prefix(raw: &[u8]) -> Option<Vec<u8>> {
    let (kind, len) = prefix::find(raw)?;
    let text = &raw[len..];
    if kind != Prefix::Quote && !start::is_start(text) && !start::is_start_after(kind, text) {
        return None;
    }
    let source = prefix::source(kind, &raw[..len]);
    let mut text = Vec::with_capacity(raw.len());
    for line in raw.split_inclusive(|b| *b == b'\n') {
        let (prefix, line) = line.split_at(prefix::len_of(kind, line));
        if source.is_some() && prefix::source(kind, prefix) != source && is_line_of_ids(line) {
            continue;
        }
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

/// Appends the values of the fields to `bytes`, the text of the record, and borrows both from there.
fn append(fields: OwnedFields, bytes: &mut Vec<u8>) -> Unwrapped<'_> {
    let text_len = bytes.len();
    let mut push = |value: Option<String>| -> Option<Range<usize>> {
        let value = value?;
        let start = bytes.len();
        bytes.extend_from_slice(value.as_bytes());
        Some(start..bytes.len())
    };
    let timestamp = fields.timestamp;
    let [level, thread, logger, user, request_id, session_id, client_ip, url, mail_server] = [
        fields.level,
        fields.thread,
        fields.logger,
        fields.user,
        fields.request_id,
        fields.session_id,
        fields.client_ip,
        fields.url,
        fields.mail_server,
    ]
    .map(&mut push);
    let bytes: &[u8] = bytes;
    let of = |range: Option<Range<usize>>| range.and_then(|range| bytes.get(range));
    let envelope = EnvelopeFields {
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
    Unwrapped { text: &bytes[..text_len], envelope: Some(envelope) }
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
    fn ids_that_another_source_has_printed_are_left_out() {
        let mine = "2026-01-05 20:34:03,014 main ERROR AADSTS50011: x\n    Trace ID: 1\n";
        for [a, b] in [
            ["jira-0  | ", "jira-1  | "],
            ["[pod/jira-0/jira] ", "[pod/jira-1/jira] "],
            ["Jan  5 20:34:03 jira-0 jira[7]: ", "Jan  5 20:34:04 jira-1 jira[7]: "],
            ["Jan  5 20:34:03 jira-0 jira: ", "Jan  5 20:34:03 jira-0 proxy: "],
            ["<14>1 2026-01-05T20:34:03Z jira-0 jira 7 - - ", "<14>1 2026-01-05T20:34:04Z jira-1 jira 7 - - "],
            ["2026-01-05T20:34:03+0000 jira-0 java[7]: ", "2026-01-05T20:34:04+0000 jira-1 java[7]: "],
        ] {
            let merged = format!(
                "{a}2026-01-05 20:34:03,014 main ERROR AADSTS50011: x\n{b}    Trace ID: 2\n{a}    Trace ID: 1\n"
            );
            assert_eq!(text(&merged), mine, "{merged}");
            let other_error = format!("{b}Caused by: AADSTS50020: y Trace ID: 2\n");
            assert!(text(&(merged + &other_error)).ends_with("AADSTS50020: y Trace ID: 2\n"), "{a}");
        }
        let event = |pod: &str, line: &str| {
            serde_json::json!({"log": line, "kubernetes": {"pod_name": pod}}).to_string() + "\n"
        };
        let merged = event("jira-0", "2026-01-05 20:34:03,014 main ERROR AADSTS50011: x\n")
            + &event("jira-1", "    Trace ID: 2\n")
            + &event("jira-0", "    Trace ID: 1\n");
        assert_eq!(text(&merged), mine);
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
