//! Reports in every output format.
//!
//! [`table`], [`markdown`] and [`jira`] return text for people. [`json()`], [`jsonl`], [`csv()`] and [`html`]
//! write a report that lists its findings ([`Scan::run`](crate::Scan::run)) to any writer.
//! [`JsonWriter`], [`JsonLinesWriter`], [`CsvWriter`] and [`HtmlWriter`] take findings one at a time, as
//! [`Scan::for_each`](crate::Scan::for_each) finds them, and write the same bytes: memory use does not
//! grow with the number of findings (that of a page is limited). [`write_scan`] scans and writes in one step.
//!
//! Nothing here reads the environment, asks a terminal or opens a file.
//!
//! ```
//! use std::sync::Arc;
//! use oauthsift::{Catalogue, Engine, Scan, render};
//!
//! let engine = Engine::new(Arc::new(Catalogue::builtin()));
//! let report = Scan::new(&engine).paths(["sample-logs/mail-stopped.log"]).run();
//! assert!(render::markdown(&report).starts_with("# OAuth 2.0 failures"));
//! let mut rows = Vec::new();
//! render::csv(&report, &mut rows)?;
//! assert!(rows.starts_with(b"pattern,also,title,"));
//! # Ok::<(), std::io::Error>(())
//! ```

mod blocks;
mod csv;
pub mod diff;
#[cfg(feature = "doctor")]
pub mod doctor;
mod document;
pub mod explain;
#[cfg(test)]
mod fixture;
#[doc(hidden)]
pub mod format;
mod jira;
mod json;
mod markdown;
mod page;
mod redaction;
mod report_format;
mod sentences;
mod style;
mod table;
#[cfg(feature = "ticket")]
pub mod ticket;

pub use csv::{CsvEncoder, CsvWriter, csv};
pub use jira::jira;
pub use json::{JsonEncoder, JsonLinesEncoder, JsonLinesWriter, JsonWriter, json, json_line, jsonl};
pub use markdown::markdown;
pub use page::{HtmlWriter, html};
pub use redaction::{redaction, shown};
pub use report_format::{ReportFormat, write_scan};
pub use style::TextStyle;
pub use table::{Details, Sort, TableOptions, table, table_with};
