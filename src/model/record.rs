//! One log record: a header line and everything up to the next header.

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone, Timelike, Utc};

use super::iso_time::{iso_time, push_digits};

/// Log level of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Level {
    /// `TRACE`, `FINEST`, `FINER`.
    Trace,
    /// `DEBUG`, `FINE`, `CONFIG`.
    Debug,
    /// `INFO`.
    Info,
    /// `WARN`, `WARNING`.
    Warn,
    /// `ERROR`, `SEVERE`.
    Error,
    /// `FATAL`.
    Fatal,
}

impl Level {
    /// The level that a word names; `None` when the word is not a level.
    ///
    /// Knows the levels of log4j and of `java.util.logging` (Tomcat's catalina.out).
    #[must_use]
    pub(crate) fn from_word(word: &[u8]) -> Option<Self> {
        Some(match word {
            b"TRACE" | b"FINEST" | b"FINER" => Self::Trace,
            b"DEBUG" | b"FINE" | b"CONFIG" => Self::Debug,
            b"INFO" => Self::Info,
            b"WARN" | b"WARNING" => Self::Warn,
            b"ERROR" | b"SEVERE" => Self::Error,
            b"FATAL" => Self::Fatal,
            _ => return None,
        })
    }
}

/// The timestamp of a record.
///
/// The offset is `None` when the log does not print one; it is never assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Timestamp {
    /// Local time as printed, in milliseconds.
    pub(crate) local: NaiveDateTime,
    /// UTC offset as printed.
    pub(crate) offset: Option<FixedOffset>,
}

impl Timestamp {
    /// The instant, for ordering and filtering; local time counts as UTC when the log has no offset.
    #[must_use]
    pub(crate) fn instant(&self) -> DateTime<Utc> {
        match self.offset {
            Some(offset) => offset
                .from_local_datetime(&self.local)
                .single()
                .map_or_else(|| self.local.and_utc(), |t| t.with_timezone(&Utc)),
            None => self.local.and_utc(),
        }
    }

    /// RFC 3339 with the offset of the log, or local time without an offset when the log has none.
    #[must_use]
    #[expect(clippy::wrong_self_convention, reason = "named and called as the method of chrono's times")]
    pub(crate) fn to_rfc3339(&self) -> String {
        let mut text = iso_time(&self.local);
        text.push('.');
        push_digits(&mut text, self.local.nanosecond() / 1_000_000 % 1000, 3);
        if let Some(offset) = self.offset {
            text.push_str(&offset.to_string());
        }
        text
    }
}

/// Log layout of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Layout {
    /// `atlassian-jira.log`: time, thread, level, context, `[logger]`, message.
    Jira,
    /// The incoming and outgoing mail logs: time, level, `[mail server]`, thread, user, message.
    Mail,
    /// `atlassian-jira-security.log`: time, thread, context, message; no level, no logger.
    Security,
    /// Confluence: time, level, `[thread]`, `[logger]`, method, message.
    Confluence,
    /// Bitbucket: time, level, `[thread]`, context, logger without brackets, message.
    Bitbucket,
    /// Other pattern layouts: time, level, `[thread]`, logger, a dash, message.
    Pattern,
    /// Tomcat's `catalina.out`: day-month-year time, level, `[thread]`, class, message.
    Catalina,
    /// One JSON object per line.
    Json,
    /// A JavaMail protocol line: `[mail server] thread user …`, no timestamp.
    MailDebug,
}

/// The fields of a record's header, as logged. Absent fields are `None`, never empty.
///
/// Source: the conversion patterns in Jira's `log4j.properties`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header<'a> {
    /// The recognised layout.
    pub(crate) layout: Layout,
    /// `None` when the date is masked (`2022-xx-xx`) or impossible.
    pub(crate) timestamp: Option<Timestamp>,
    /// Thread name; may contain spaces (`http-nio-8080-exec-23 url: /x; user: bob`).
    pub(crate) thread: Option<&'a [u8]>,
    /// Log level.
    pub(crate) level: Option<Level>,
    /// Log level as printed.
    pub(crate) level_word: Option<&'a [u8]>,
    /// User name as logged (`ServiceRunner` for background services).
    pub(crate) user: Option<&'a [u8]>,
    /// Request id such as `1234x5727202x3`.
    pub(crate) request_id: Option<&'a [u8]>,
    /// Hash of the session id.
    pub(crate) session_id: Option<&'a [u8]>,
    /// One or several client IP addresses, separated by commas.
    pub(crate) client_ip: Option<&'a [u8]>,
    /// Request path.
    pub(crate) url: Option<&'a [u8]>,
    /// Logger, often abbreviated; `None` for an empty `[]`.
    pub(crate) logger: Option<&'a [u8]>,
    /// Name of the mail server, in the mail layouts.
    pub(crate) mail_server: Option<&'a [u8]>,
    /// Offset of the message in the record's text.
    pub(crate) message_at: usize,
}

/// A record with its parsed header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    /// The bytes as logged, from the header to the end of the last line.
    pub(crate) raw: &'a [u8],
    /// The bytes without the prefixes and envelopes of log shippers; often the same as `raw`.
    pub(crate) text: &'a [u8],
    /// The header; `None` for text without one (a pasted excerpt, an error page).
    pub(crate) header: Option<Header<'a>>,
}

impl<'a> Record<'a> {
    /// The text after the header.
    #[must_use]
    pub(crate) fn message(&self) -> &'a [u8] {
        let at = self.header.as_ref().map_or(0, |header| header.message_at);
        self.text.get(at..).unwrap_or_default()
    }

    /// The level, when the header has one.
    #[must_use]
    pub(crate) fn level(&self) -> Option<Level> {
        self.header.as_ref().and_then(|header| header.level)
    }
}
