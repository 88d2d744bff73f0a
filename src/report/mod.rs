//! What the findings add up to. Plain data; how it looks is the command line's business.

mod count;
mod diagnosis;
mod facts;
mod few;
mod incident;
mod ledger;
mod summary;
mod timeline;

pub use count::{Brief, Counts, Seed};
pub use diagnosis::{Action, Certainty, Diagnosis, Log, Logs, Statement, StatementKind};
pub use incident::{Incident, Opening, Subject, SupportIds, Traits};
pub use ledger::{Ledger, Place, Sums};
pub use summary::{CatalogueInfo, InputSummary, Redaction, Report, SCHEMA, Summary, Tool};
pub use timeline::{Bucket, Timeline};
