//! What the findings add up to. Plain data; how it looks is the command line's business.

mod diagnosis;
mod incident;
mod summary;

pub use diagnosis::{Action, Certainty, Diagnosis, Statement, StatementKind};
pub use incident::{Brief, Incident, Ledger, Opening, Subject};
pub use summary::{CatalogueInfo, InputSummary, Report, SCHEMA, Summary, Tool};
