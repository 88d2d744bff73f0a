//! Plain types that every floor speaks: records, evidence, findings, faults.
//!
//! Nothing here reads a file, runs a regular expression or knows a pattern.

mod evidence;
mod fault;
mod finding;
mod record;
mod sanitize;
mod sign_in_event;
mod taxonomy;

pub use evidence::{Codes, Evidence, IdpTime, VendorCode};
pub use fault::{Fault, FaultKind};
pub use finding::Finding;
pub use record::{Header, Layout, Level, Record, Timestamp};
pub use sanitize::{sanitize, sanitize_name};
pub use sign_in_event::SignInEvent;
pub use taxonomy::{Provider, Severity, Stage};
