//! Soft errors: what could not be read, or not whole.

use serde::Serialize;

/// What kind of trouble an input gave.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FaultKind {
    /// The path does not exist.
    NotFound,
    /// The file may not be read.
    PermissionDenied,
    /// A folder without any Jira log.
    NoLogs,
    /// A device, socket or pipe that nobody asked to read.
    NotAFile,
    /// Reading failed part of the way.
    Read,
    /// The file shrank while it was read.
    Shrunk,
    /// Compressed data that does not decode.
    Damaged,
    /// A record above the size limit: its head was read, its tail was passed over.
    RecordTooLong,
    /// An id of the provider that is cut off in the log.
    TruncatedId,
}

/// One soft error. The run goes on, the exit code becomes 2.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The input as the report names it.
    pub source: String,
    /// The byte at which the trouble starts, where there is one.
    pub offset: Option<u64>,
    /// What kind of trouble.
    pub kind: FaultKind,
    /// What failed, and what to do next.
    pub message: String,
}

impl FaultKind {
    /// True for a fault that means "some bytes were not read".
    ///
    /// A cut-off id is worth a line in the report, yet its input was read whole.
    #[must_use]
    pub fn incomplete(self) -> bool {
        !matches!(self, Self::TruncatedId)
    }
}
