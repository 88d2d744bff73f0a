//! What happened to a followed log.

use serde::Serialize;

/// Something that happened to a followed log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// What happened.
    #[serde(rename = "notice")]
    pub kind: NoticeKind,
    /// The log as it was named.
    pub source: String,
    /// The byte offset at which it happened, or the first byte concerned.
    #[serde(rename = "from")]
    pub byte_from: Option<u64>,
    /// The byte offset after the last byte concerned.
    #[serde(rename = "to")]
    pub byte_to: Option<u64>,
    /// What happened, in words, and what to do about it.
    pub message: String,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NoticeKind {
    /// The path does not exist yet, or no longer.
    Waiting,
    /// The path exists now.
    Found,
    /// Another file has the name; the previous one was read to its end.
    Rotated,
    /// The file was truncated or rewritten.
    Truncated,
    /// A file, or the rest of one, that was rotated between two polls was read.
    CaughtUp,
    /// Bytes were removed before they were read.
    Lost,
    /// A hole of zeros was skipped.
    Hole,
    /// Text within the log is encoded differently, and was not read.
    OtherEncoding,
    /// The path cannot be read; it is retried.
    Unreadable,
    /// The path can be read again.
    Readable,
    /// Continues where an earlier run stopped.
    Resumed,
    /// The earlier run was killed: what it was reporting may be reported again, with the same id.
    Unclean,
    /// A record above the size limit was truncated.
    RecordTooLong,
    /// An ID of the provider is cut off in the log.
    TruncatedId,
    /// A reported finding is no failure after all: its record continued.
    Withdrawn,
    /// The state file could not be written.
    StateNotSaved,
}
