//! What the findings add up to. Plain data; how it looks is the command line's business.

mod comparison;
mod count;
mod diagnosis;
mod facts;
mod few;
mod incident;
mod ledger;
mod number;
#[cfg(feature = "schema")]
mod schema;
mod summary;
mod timeline;

pub use comparison::{
    Change, ChangeCounts, ChangeKind, Comparison, DIFF_SCHEMA, IncidentSnapshot, IncidentSpan, Side, Snapshot,
    SnapshotError, Verdict, compare,
};
pub use count::{FindingSummary, FirstRecord, IncidentCounts};
pub use diagnosis::{Action, Certainty, Diagnosis, Log, Logs, Rotation, Statement, StatementKind};
pub use incident::{EntryTraits, Incident, IncidentSeed, Subject, SupportIds};
pub use ledger::{IncidentAggregator, InputPosition, Totals};
pub use number::{grouped, times};
#[cfg(feature = "schema")]
pub use schema::schema;
pub use summary::{CatalogueInfo, InputSummary, Redaction, Report, SCHEMA, Summary, Tool};
pub use timeline::{Bucket, Timeline};
