//! Plain types that every layer uses: records, evidence, findings, faults.
//!
//! Nothing here reads a file, runs a regular expression or knows the catalogue.

mod evidence;
mod fault;
mod finding;
mod iso_time;
mod packed;
mod placeholder;
mod record;
mod sanitize;
mod sign_in_event;
mod sorting;
mod taxonomy;

pub(crate) use evidence::{Evidence, IdpTime, VendorCode};
pub use fault::{Fault, FaultKind};
pub use finding::Finding;
pub(crate) use iso_time::{ISO_TIME_BYTES, has_iso_shape, is_iso_time, iso_time, parse_iso_time};
pub use packed::unpacked_text;
pub(crate) use placeholder::is_placeholder;
pub(crate) use record::{Header, Layout, Level, Record, Timestamp};
pub use sanitize::sanitize;
pub(crate) use sanitize::{sanitize_name, sanitized};
pub(crate) use sign_in_event::SignInEvent;
pub(crate) use sorting::{sort_by, sort_by_key};
pub use taxonomy::{Provider, Severity, Stage};
