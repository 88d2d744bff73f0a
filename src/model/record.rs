//! One log record: a header line and everything up to the next header.

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone, Utc};

/// The level that the logger gave the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
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
    /// The level named by a whole word, `None` when the word is not a level.
    ///
    /// Knows log4j's words and those of `java.util.logging` (Tomcat's catalina.out).
    #[must_use]
    pub fn from_word(word: &[u8]) -> Option<Self> {
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

    /// True when a record of this level says of itself that something went wrong.
    #[must_use]
    pub fn is_trouble(self) -> bool {
        self >= Self::Warn
    }
}

/// A log's own time stamp.
///
/// Jira may leave the offset out; it is never invented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Timestamp {
    /// Local time as printed, to the millisecond.
    pub local: NaiveDateTime,
    /// Offset as printed, if it was.
    pub offset: Option<FixedOffset>,
}

impl Timestamp {
    /// The instant, for ordering and windows; local time counts as UTC when the log has no offset.
    #[must_use]
    pub fn instant(&self) -> DateTime<Utc> {
        match self.offset {
            Some(offset) => offset
                .from_local_datetime(&self.local)
                .single()
                .map_or_else(|| self.local.and_utc(), |t| t.with_timezone(&Utc)),
            None => self.local.and_utc(),
        }
    }

    /// RFC 3339 with the log's own offset, or local time without offset when the log has none.
    #[must_use]
    pub fn to_rfc3339(&self) -> String {
        let mut text = self.local.format("%Y-%m-%dT%H:%M:%S%.3f").to_string();
        if let Some(offset) = self.offset {
            text.push_str(&offset.to_string());
        }
        text
    }
}

/// Which of the known layouts a record was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Layout {
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
    /// Tomcat's `catalina.out`: day-month-year time, level, `[thread]`, class, message.
    Catalina,
    /// One JSON object a line.
    Json,
    /// A JavaMail protocol line: `[mail server] thread user …`, no time stamp.
    MailDebug,
}

/// The fields of a record's header, as logged. Absent slots are `None`, never empty.
///
/// Source of the slots: Jira's `log4j.properties` conversion patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header<'a> {
    /// The layout that was recognised.
    pub layout: Layout,
    /// `None` when the date is masked (`2022-xx-xx`) or impossible.
    pub timestamp: Option<Timestamp>,
    /// Thread name; it may hold blanks (`http-nio-8080-exec-23 url: /x; user: bob`).
    pub thread: Option<&'a [u8]>,
    /// Level.
    pub level: Option<Level>,
    /// The level as printed.
    pub level_word: Option<&'a [u8]>,
    /// User name as Jira wrote it (`ServiceRunner` for services).
    pub user: Option<&'a [u8]>,
    /// Request id such as `1234x5727202x3`.
    pub request_id: Option<&'a [u8]>,
    /// Hash of the session id.
    pub session_id: Option<&'a [u8]>,
    /// One or several client addresses, comma between.
    pub client_ip: Option<&'a [u8]>,
    /// Request path.
    pub url: Option<&'a [u8]>,
    /// Logger, often abbreviated; `None` for an empty `[]`.
    pub logger: Option<&'a [u8]>,
    /// Name of the mail server in the mail layouts.
    pub mail_server: Option<&'a [u8]>,
    /// Byte at which the message starts, within the record.
    pub message_at: usize,
}

/// A record with its parsed header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// The bytes as logged, from the header to the end of the last line.
    pub raw: &'a [u8],
    /// The bytes with shipping prefixes and envelopes taken off; often the same as `raw`.
    pub text: &'a [u8],
    /// The header, `None` for text without one (a pasted excerpt, an error page).
    pub header: Option<Header<'a>>,
}

impl<'a> Record<'a> {
    /// What was logged, without the header.
    #[must_use]
    pub fn message(&self) -> &'a [u8] {
        let at = self.header.as_ref().map_or(0, |header| header.message_at);
        self.text.get(at..).unwrap_or_default()
    }

    /// The level, when the header has one.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.header.as_ref().and_then(|header| header.level)
    }
}
