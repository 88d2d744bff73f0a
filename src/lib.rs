//! Finds OAuth 2.0 failures in Jira's logs and names cause and cure.
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
//! Bytes in, findings out, without a file anywhere; [`Scan`] reads files and makes a [`Report`].

#![deny(missing_docs)]

pub mod catalogue;
mod engine;
mod extract;
pub mod model;
mod pipeline;
mod record;
#[cfg(feature = "render")]
pub mod render;
pub mod report;
mod search;
pub mod selftest;
mod source;

pub use catalogue::{Catalogue, CatalogueErrors, Pattern};
pub use engine::{Engine, Explanation, ScanCounts, explain, lookup_url};
pub use extract::redact::{KeyError, KnownUsers, PseudonymKey, RedactionLevel};
pub use model::{Fault, Finding, Severity, Stage};
pub use pipeline::{
    ContextLine, Event, Filter, Follow, FollowCounts, FollowSession, FollowSummary, FollowedFinding, LeakedItem,
    RecordContext, Scan, Superseded, TimeBound, leaks,
};
pub use report::{Incident, Report};
#[cfg(feature = "archives")]
pub use source::ArchiveLimits;
pub use source::{
    Limits, Progress,
    tail::{Notice, NoticeKind, StartPosition, StateError},
};

/// The findings of some bytes: secrets removed, people under pseudonyms, in the order of the text.
#[must_use]
pub fn scan_bytes(engine: &Engine, bytes: &[u8]) -> Vec<Finding> {
    selftest::findings_of(engine, bytes)
}
