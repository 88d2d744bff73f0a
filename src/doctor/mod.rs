//! Checks of an OAuth 2.0 integration: are its settings right, and can this machine reach what it must reach?

pub mod checks;
pub mod guide;
mod hosts;
mod inputs;
#[cfg(feature = "online")]
pub mod probes;
pub mod readers;
mod report;
pub mod settings;
mod written;

pub use hosts::{Host, Purpose, SignInEndpoints, hosts_of_choice, required_hosts};
pub use inputs::{InputKind, is_backup};
#[cfg(any(feature = "schema", test))]
pub use report::schema;
pub use report::{DOCTOR_SCHEMA, DoctorReport, SettingsSource, VerdictCounts};
pub use written::{NoDoctorReport, WrittenDoctorReport};
