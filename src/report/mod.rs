//! The report: incidents, what they mean together, and how two reports compare. Plain data: how it
//! is shown is up to the caller.

mod affected;
mod aggregate;
mod bounds;
mod diagnosis;
mod diff;
mod finding_summary;
mod first_n;
mod incident;
mod incident_counts;
mod incident_facts;
mod numfmt;
#[cfg(any(feature = "schema", test))]
mod schema;
mod subjects;
mod summary;
mod time;
mod timeline;

pub(crate) use aggregate::{IncidentAggregator, InputPosition};
pub(crate) use diagnosis::{Log, Logs, Rotation};
pub(crate) use finding_summary::FindingSummary;
pub(crate) use incident::{EntryTraits, IncidentSeed};
pub(crate) use incident_counts::{FirstRecord, IncidentCounts};
pub(crate) use subjects::SharedSubjects;

pub use affected::Affected;
pub use diagnosis::{Action, Certainty, Diagnosis, Statement, StatementKind};
pub use diff::{
    Change, ChangeCounts, ChangeKind, Comparison, DIFF_SCHEMA, IncidentSnapshot, IncidentSpan, Side, Snapshot,
    SnapshotError, Verdict, compare,
};
pub use incident::{Incident, Subject, SupportIds};
pub use numfmt::{grouped, times};
#[cfg(any(feature = "schema", test))]
pub use schema::schema;
pub use summary::{CatalogueInfo, InputSummary, Redaction, Report, SCHEMA, Summary, Tool};
#[cfg(feature = "render")]
pub(crate) use time::parse_time;
