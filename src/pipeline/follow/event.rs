//! What following reports.

use std::time::Duration;

use serde::Serialize;

use crate::{
    model::Finding,
    report::{Diagnosis, Incident, Summary},
    source::tail::Notice,
};

/// A finding of a followed log. As JSON: the keys of a [`Finding`] and these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowedFinding {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// The same for the same record after a restart, a rotation or a compression, so that a consumer can
    /// drop duplicates: a hash of the log's name, its first line, the record's first line and the offset.
    pub id: String,
    /// False when the record ends within a line: it may have been cut off.
    pub complete: bool,
    /// May have been reported by an earlier run that was killed.
    pub repeated: bool,
    /// The finding that this one replaces: it was reported before its record was complete.
    pub replaces: Option<Superseded>,
}

/// A finding that was reported before its record was complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Superseded {
    /// Its source.
    pub source: String,
    /// Its byte offset.
    pub offset: u64,
    /// Its id.
    pub id: String,
}

/// What following reports.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'v> {
    /// A finding, in the order of its log.
    Finding(&'v FollowedFinding),
    /// Something that happened to a log.
    Notice(&'v Notice),
    /// All logs were polled; the counts so far.
    Polled(&'v FollowCounts),
    /// Progress is about to be saved: the next run starts after what was passed on so far, which should be on disk by
    /// then.
    Saving,
}

/// Counts since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowCounts {
    /// The monotonic clock of the run.
    pub now: Duration,
    /// Files that exist at present.
    pub files: usize,
    /// Files that cannot be read at present.
    pub troubled: usize,
    /// Bytes of complete records.
    pub bytes: u64,
    /// Findings; one that replaces another is not counted again.
    pub findings: u64,
    /// Rotations, including those that were read afterwards.
    pub rotations: u64,
    /// Truncations.
    pub truncations: u64,
    /// Bytes known to be lost.
    pub lost_bytes: u64,
    /// Data-loss events, including those of unknown size.
    pub losses: u64,
    /// Time of the last record, as logged, in RFC 3339.
    pub last_record: Option<String>,
    /// When the last record came, on the clock of the run.
    pub last_record_at: Option<Duration>,
    /// When the last finding came, on the clock of the run.
    pub last_finding_at: Option<Duration>,
}

/// What a run has found, when it has ended.
#[derive(Debug)]
pub struct FollowSummary {
    /// The counts.
    pub counts: FollowCounts,
    /// Findings by severity, pattern and code.
    pub summary: Summary,
    /// What the incidents mean together.
    pub diagnosis: Diagnosis,
    /// The incidents, root causes first.
    pub incidents: Vec<Incident>,
    /// The receiver of events broke off, so the state file was left as it was.
    pub cancelled: bool,
}
