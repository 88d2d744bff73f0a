//! Plain types that every floor speaks: records, evidence, findings, faults.
//!
//! Nothing here reads a file, runs a regular expression or knows a pattern.

mod evidence;
mod fault;
mod finding;
mod location;
mod record;
mod terms;
mod visible;
mod visit;

pub use evidence::{Codes, Evidence, IdpTime, VendorCode};
pub use fault::{Fault, FaultKind};
pub use finding::Finding;
pub use location::{Location, SourceId};
pub use record::{Header, Layout, Level, Record, Timestamp};
pub use terms::{Provider, Severity, Stage};
pub use visible::{sanitize, sanitize_name};
pub use visit::SignInEvent;
