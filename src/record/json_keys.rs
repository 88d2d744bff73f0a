//! Keys of JSON log records, and the lookup of a key in an unparsed line.

use memchr::memmem;

/// Keys of the log line or the message; a more complete text before a shorter one.
pub(super) const TEXT_KEYS: [&str; 15] = [
    "log",
    "full_message",
    "message",
    "msg",
    "event",
    "MESSAGE",
    "line",
    "short_message",
    "textPayload",
    "_raw",
    "LogMessage",
    "LogEntry",
    "formattedMessage",
    "@m",
    "@mt",
];
/// Keys of the time.
pub(super) const TIME_KEYS: [&str; 10] =
    ["timestamp", "@timestamp", "time", "ts", "date", "datetime", "asctime", "timeMillis", "instant", "@t"];
/// Objects in which exports of log stores keep the event.
pub(super) const EVENT_OBJECTS: [&str; 5] = ["jsonPayload", "_source", "result", "attributes", "event"];
/// Keys of the pod, the container or the host that has printed a line.
pub(super) const SOURCE_KEYS: [&str; 13] = [
    "kubernetes.pod_name",
    "kubernetes.pod.name",
    "pod_name",
    "pod",
    "container_id",
    "container.id",
    "container_name",
    "container.name",
    "host.name",
    "host.hostname",
    "hostname",
    "_HOSTNAME",
    "host",
];
/// Keys of the level.
pub(super) const LEVEL_KEYS: [&str; 8] =
    ["level", "severity", "log.level", "loglevel", "levelname", "log_level", "priority", "@l"];
/// First keys of a provider's response, which is not a log record.
pub(super) const RESPONSE_KEYS: [&[u8]; 12] = [
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

/// Keys that only a logger's event has: one of them makes a line a record, whatever its other keys.
pub(super) const EVENT_KEYS: [&[u8]; 12] = [
    b"\"@timestamp\"",
    b"\"logger_name\"",
    b"\"loggerName\"",
    b"\"log.logger\"",
    b"\"log.level\"",
    b"\"thread_name\"",
    b"\"process.thread.name\"",
    b"\"ecs.version\"",
    b"\"epochSecond\"",
    b"\"timeMillis\"",
    b"\"short_message\"",
    b"\"exception_class\"",
];
/// First keys of an event that is printed with indentation, one key a line.
pub(super) const FIRST_KEYS: [&[u8]; 14] = [
    b"instant",
    b"timeMillis",
    b"@timestamp",
    b"@version",
    b"timestamp",
    b"time",
    b"level",
    b"log.level",
    b"severity",
    b"thread",
    b"logger",
    b"loggerName",
    b"mdc",
    b"ecs.version",
];

/// The bytes after `"key":"`, up to the end of the line. The value is still escaped.
pub(super) fn string_value<'l>(line: &'l [u8], key: &str) -> Option<&'l [u8]> {
    for at in memmem::find_iter(line, key.as_bytes()) {
        let before = at.checked_sub(1).and_then(|i| line.get(i));
        let after = &line[at + key.len()..];
        if before == Some(&b'"') && after.first() == Some(&b'"') {
            let value = after[1..].trim_ascii_start();
            if let Some(value) = value.strip_prefix(b":") {
                return value.trim_ascii_start().strip_prefix(b"\"");
            }
        }
    }
    None
}
