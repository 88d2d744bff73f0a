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
    Change, Comparison, DIFF_SCHEMA, Event, Fate, Fates, Seen, Side, Snapshot, SnapshotError, Verdict, compare,
};
pub use count::{Brief, Counts, Seed};
pub use diagnosis::{Action, Certainty, Diagnosis, Log, Logs, Rotation, Statement, StatementKind};
pub use incident::{Incident, Opening, Subject, SupportIds, Traits};
pub use ledger::{Ledger, Place, Sums};
pub use number::{grouped, times};
#[cfg(feature = "schema")]
pub use schema::schema;
pub use summary::{CatalogueInfo, InputSummary, Redaction, Report, SCHEMA, Summary, Tool};
pub use timeline::{Bucket, Timeline};
