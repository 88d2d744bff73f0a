//! Soft errors: input that could not be read, or not completely.

use serde::Serialize;

/// Kind of a soft error.
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FaultKind {
    /// The path does not exist.
    NotFound,
    /// No permission to read the file.
    PermissionDenied,
    /// A folder without any Jira log.
    NoLogs,
    /// A device, socket or pipe that was not named as an input.
    NotAFile,
    /// Reading failed partway.
    Read,
    /// The file shrank while it was read.
    Shrunk,
    /// Compressed data that cannot be decoded.
    Damaged,
    /// A run of zeros within a log: what was written there is lost.
    Hole,
    /// Text within a log that is encoded differently: it was not read.
    OtherEncoding,
    /// A record above the size limit: its beginning was read, the rest was skipped.
    RecordTooLong,
    /// Log lines in a layout that is not understood: where records start, and when, is not known.
    UnknownLayout,
    /// A text in which no log record was recognised, and no failure: it is not a log.
    NoRecords,
    /// A trace or correlation id that is cut off in the log.
    TruncatedId,
}

/// A soft error. The run continues; the exit code becomes 2.
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Name of the input, as used throughout the report.
    pub source: String,
    /// Byte offset at which the problem starts, when it has one.
    pub offset: Option<u64>,
    /// Kind of the error.
    pub kind: FaultKind,
    /// What failed, and what to do next.
    pub message: String,
}

impl FaultKind {
    /// True when the fault means that some bytes were not read.
    ///
    /// A truncated id is reported, but its input was read completely.
    #[must_use]
    pub fn incomplete(self) -> bool {
        !matches!(self, Self::TruncatedId | Self::NoRecords)
    }

    /// True when the input was not read, or not understood: a run with such a fault has failed, at least in part.
    ///
    /// A truncated id is reported, but nothing is missing.
    #[must_use]
    pub fn is_failure(self) -> bool {
        self != Self::TruncatedId
    }
}
