//! Finds OAuth 2.0 failures in Jira logs, with their cause and how to fix them.
//!
//! A [`Catalogue`] holds the known failures, an [`Engine`] finds them in bytes, a [`Scan`] reads files
//! and makes a [`Report`], a [`Follow`] reads logs while they are written, and [`render`] writes reports
//! in every output format. Secrets are always removed; people appear under pseudonyms unless a
//! [`RedactionLevel`] says otherwise.
//!
//! # Scan bytes
//!
//! ```
//! use std::sync::Arc;
//! use oauthsift::{Catalogue, Engine};
//!
//! let engine = Engine::new(Arc::new(Catalogue::builtin()));
//! let log = b"2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR admin 1x1x1 abc12 \
//!     /rest/oauth2-client/latest/config/flow/1 [] Error occurred while authorizing an integration. \
//!     The error message is: AADSTS7000215: Invalid client secret provided.\n";
//! let findings = oauthsift::scan_bytes(&engine, log);
//! assert_eq!(findings[0].pattern, "entra-client-secret-invalid");
//! assert_eq!(findings[0].code, Some(7000215));
//! ```
//!
//! # Scan files, folders and archives
//!
//! ```
//! use std::sync::Arc;
//! use oauthsift::{Catalogue, Engine, Filter, Scan, Severity};
//!
//! let engine = Engine::new(Arc::new(Catalogue::builtin()));
//! let mut filter = Filter::default();
//! filter.severity = Some(Severity::Error);
//! let report = Scan::new(&engine).paths(["sample-logs/mail-stopped.log"]).filter(filter).summarize();
//! assert!(report.faults.is_empty());
//! for incident in &report.incidents {
//!     println!("{} ({} times): {}", incident.title, incident.count, incident.steps.join(" "));
//! }
//! ```
//!
//! # Follow a log
//!
//! ```
//! use std::{ops::ControlFlow, sync::Arc};
//! use oauthsift::{Catalogue, Engine, Event, Follow, StartPosition};
//!
//! let engine = Engine::new(Arc::new(Catalogue::builtin()));
//! let follow = Follow::new(&engine).paths(["sample-logs/mail-stopped.log"]).from(StartPosition::Start);
//! let mut first = None;
//! follow.run(
//!     || false,
//!     |event| match event {
//!         Event::Finding(followed) => {
//!             first = Some(followed.finding.title.clone());
//!             ControlFlow::Break(())
//!         }
//!         _ => ControlFlow::Continue(()),
//!     },
//! )?;
//! assert!(first.is_some());
//! # Ok::<(), oauthsift::FollowError>(())
//! ```
//!
//! # Add entries to the catalogue
//!
//! ```
//! use oauthsift::Catalogue;
//!
//! let mut catalogue = Catalogue::builtin();
//! catalogue.add_folder("tests/own-patterns".as_ref())?;
//! assert!(catalogue.get("entra-client-secret-invalid").is_some());
//! # Ok::<(), oauthsift::CatalogueErrors>(())
//! ```
//!
//! # Features
//!
//! | Feature | Default | Adds |
//! | --- | --- | --- |
//! | `archives` | yes | compressed logs, zip and tar archives |
//! | `mmap` | yes | memory-mapped files |
//! | `render` | with `cli` | the output formats |
//! | `ticket` | with `cli` | the zip for a support ticket |
//! | `doctor` | with `cli` | the check of settings |
//! | `online` | with `cli` | the check of the way to the provider |
//! | `schema` | with `cli` | the JSON Schema of the report |
//! | `cli` | yes | the program `oauthsift` |

#![deny(missing_docs)]

pub mod catalogue;
#[cfg(feature = "doctor")]
pub mod doctor;
mod engine;
mod extract;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod model;
mod pipeline;
mod record;
#[cfg(feature = "render")]
pub mod render;
pub mod report;
mod search;
#[doc(hidden)]
pub mod selftest;
mod source;

pub use catalogue::{Catalogue, CatalogueErrors, Pattern, Place, Step};
pub use engine::{Engine, Explanation, ScanCounts, explain, lookup_url, steps_for};
pub use extract::redact::{KeyError, KnownUsers, PseudonymKey, RedactionLevel, SHOWN, Shown};
pub use model::{Fault, FaultKind, Finding, Provider, Severity, Stage};
#[doc(hidden)]
pub use model::{sanitize, unpacked_text};
pub use pipeline::{
    ContextLine, Event, Filter, FindingEncoder, Follow, FollowCounts, FollowError, FollowSession, FollowSummary,
    FollowedFinding, LeakedItem, RecordContext, Scan, Superseded, TimeBound, TimeSpec, TimeSpecError, leaks, redact,
};
pub use report::{Incident, Report};
#[doc(hidden)]
pub use search::use_instructions;
pub use source::{
    ArchiveLimits, Input, LeftOut, Limits, Progress, ReadAt, is_log_name,
    tail::{Notice, NoticeKind, StartPosition, StateError},
};

/// The findings in a log, given as bytes: secrets removed, people under pseudonyms, in the order of the
/// log. The source of each finding is `sample`.
///
/// ```
/// use std::sync::Arc;
/// use oauthsift::{Catalogue, Engine, scan_bytes};
///
/// let engine = Engine::new(Arc::new(Catalogue::builtin()));
/// let findings = scan_bytes(&engine, b"AADSTS7000222: The provided client secret keys are expired.");
/// assert_eq!(findings[0].pattern, "entra-client-secret-expired");
/// ```
#[must_use]
pub fn scan_bytes(engine: &Engine, bytes: &[u8]) -> Vec<Finding> {
    selftest::findings_of(engine, bytes)
}
