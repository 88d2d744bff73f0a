//! What the findings add up to. Plain data; how it looks is the command line's business.

mod aggregate;
mod diagnosis;
mod diff;
mod first_n;
mod incident;
mod incident_counts;
mod incident_facts;
mod numfmt;
#[cfg(feature = "schema")]
mod schema;
mod summary;
mod timeline;

pub use aggregate::{IncidentAggregator, InputPosition, Totals};
pub use diagnosis::{Action, Certainty, Diagnosis, Log, Logs, Rotation, Statement, StatementKind};
pub use diff::{
    Change, ChangeCounts, ChangeKind, Comparison, DIFF_SCHEMA, IncidentSnapshot, IncidentSpan, Side, Snapshot,
    SnapshotError, Verdict, compare,
};
pub use incident::{EntryTraits, Incident, IncidentSeed, Subject, SupportIds};
pub use incident_counts::{FindingSummary, FirstRecord, IncidentCounts};
pub use numfmt::{grouped, times};
#[cfg(feature = "schema")]
pub use schema::schema;
pub use summary::{CatalogueInfo, InputSummary, Redaction, Report, SCHEMA, Summary, Tool};
pub use timeline::{Bucket, Timeline};
