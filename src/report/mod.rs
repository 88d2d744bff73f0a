//! What the findings add up to. Plain data; how it looks is the command line's business.

mod count;
mod diagnosis;
mod incident;
mod summary;

pub use count::{Brief, Counts, Seed};
pub use diagnosis::{Action, Certainty, Diagnosis, Statement, StatementKind};
pub use incident::{Incident, Ledger, Opening, Subject, Sums};
pub use summary::{CatalogueInfo, InputSummary, Report, SCHEMA, Summary, Tool};
