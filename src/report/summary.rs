//! The report: schema `oauthsift.report/1`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{aggregate::Totals, diagnosis::Diagnosis, incident::Incident};
use crate::model::{Fault, Finding, Severity};

/// Name and version of the report's schema, the value of its key `schema`.
pub const SCHEMA: &str = "oauthsift.report/1";

/// Everything that one scan found. Absent values are null, never missing.
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Name and version of this schema.
    #[cfg_attr(any(feature = "schema", test), schemars(extend("const" = SCHEMA)))]
    pub schema: &'static str,
    /// The program that made the report.
    pub tool: Tool,
    /// When the report was made: RFC 3339 in UTC with whole seconds. Taken from `SOURCE_DATE_EPOCH` when that
    /// is set.
    pub generated_at: String,
    /// The inputs that were read or refused, in order of reading.
    pub inputs: Vec<InputSummary>,
    /// Number of findings, incidents and mentions, by severity, pattern and code.
    pub summary: Summary,
    /// What the incidents mean together, and what to do first.
    pub diagnosis: Diagnosis,
    /// What was removed or pseudonymized.
    pub redaction: Redaction,
    /// Findings grouped by pattern and subject: root causes in order of priority, each followed by its
    /// consequences.
    pub incidents: Vec<Incident>,
    /// The failing records, in the order of the log; with several nodes, in order of time.
    pub findings: Vec<Finding>,
    /// What could not be read, or not completely.
    pub faults: Vec<Fault>,
}

impl Report {
    /// Calls `change` with every text that may name people, except those of the findings.
    pub(crate) fn rename(&mut self, change: &mut dyn FnMut(&mut String)) {
        for incident in &mut self.incidents {
            let subject = &mut incident.subject;
            [&mut subject.tenant, &mut subject.integration].into_iter().flatten().for_each(&mut *change);
            incident.sample.iter_mut().flat_map(|sample| sample.texts()).for_each(&mut *change);
        }
        let diagnosis = &mut self.diagnosis;
        change(&mut diagnosis.headline);
        diagnosis.statements.iter_mut().for_each(|statement| change(&mut statement.text));
        diagnosis.actions.iter_mut().for_each(|action| {
            change(&mut action.text);
            change(&mut action.because);
            action.affected.iter_mut().for_each(&mut *change);
        });
    }
}

/// What was redacted in the report, and how often.
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Redaction {
    /// How people and client addresses appear: `pseudonyms`, or `shown` with `--no-redact`. Secrets are
    /// removed in both cases.
    pub people: &'static str,
    /// True when the pseudonyms were made with a key: the same person has the same pseudonym in every
    /// report made with that key.
    pub keyed: bool,
    /// Number of replacements in the texts of the findings, by kind; kinds that did not occur are absent.
    pub replaced: BTreeMap<&'static str, u64>,
}

/// The program that made a report.
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Tool {
    /// Name of the program: `oauthsift`.
    pub name: &'static str,
    /// Version of the program.
    pub version: &'static str,
    /// The catalogue of failures that it used.
    pub catalogue: CatalogueInfo,
}

/// Version and size of the catalogue.
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CatalogueInfo {
    /// Version of oauthsift that the catalogue is part of, followed by `+user` when the user added entries.
    pub version: String,
    /// Number of entries (patterns).
    pub patterns: usize,
    /// Number of AADSTS codes in the table of codes.
    pub codes: usize,
}

/// A file, archive entry or stream that was read or refused.
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct InputSummary {
    /// Path of the input, `-` for standard input; an entry of an archive is `outer.zip!/path/in/archive`.
    pub source: String,
    /// Kind of input: `file`, `stdin`, `gzip`, `zip-entry`, …
    pub kind: &'static str,
    /// Cluster node that wrote the log, when the inputs are from several nodes; else null.
    pub node: Option<String>,
    /// Source of the identical input that was read instead of this one; null when this one was read.
    pub duplicate_of: Option<String>,
    /// Number of bytes read, after decompression.
    pub bytes: u64,
    /// Number of lines, counting a last line without a line break.
    pub lines: u64,
    /// Number of log records; null because records are not counted individually.
    pub records: Option<u64>,
    /// Time of the first record: RFC 3339 with the log's own offset, or local time without an offset when
    /// the log has none; null when it has no time.
    pub first_timestamp: Option<String>,
    /// Time of the last record, in the same form as `first_timestamp`.
    pub last_timestamp: Option<String>,
    /// True when the input was read to its end.
    pub complete: bool,
    /// Why the input was not read to its end; null when it was.
    pub fault: Option<String>,
}

/// Counts over the whole report.
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Number of findings: records that report an OAuth 2.0 failure.
    pub findings: u64,
    /// Number of incidents.
    pub incidents: u64,
    /// Number of mentions: records that only quote a code and report no failure.
    pub mentions: u64,
    /// Number of failures that a filter excluded, by the first filter that did (`severity`, `pattern`, `since`, `until`);
    /// they are no findings. Filters that excluded none are absent.
    pub excluded: BTreeMap<&'static str, u64>,
    /// Number of findings by severity; every severity is present.
    pub by_severity: BTreeMap<&'static str, u64>,
    /// Number of findings by catalogue id of their pattern.
    pub by_pattern: BTreeMap<String, u64>,
    /// Number of findings by deciding AADSTS number.
    pub by_code: BTreeMap<u32, u64>,
    /// Deciding AADSTS numbers that neither an entry nor the table of codes explains, ascending.
    pub unknown_codes: Vec<u32>,
    /// Time of the earliest finding: RFC 3339 with the log's own offset, or local time without an offset
    /// when the log has none; null when no finding has a time.
    pub first_seen: Option<String>,
    /// Time of the latest finding, in the same form as `first_seen`.
    pub last_seen: Option<String>,
}

impl Summary {
    /// The counts of a whole report. `is_known` says whether the catalogue explains a code.
    #[must_use]
    pub(crate) fn new(
        incidents: usize,
        totals: Totals,
        mentions: u64,
        excluded: BTreeMap<&'static str, u64>,
        is_known: impl Fn(u32) -> bool,
    ) -> Self {
        let Totals { mut by_severity, by_pattern, stats } = totals;
        for severity in Severity::ALL {
            by_severity.entry(severity.as_str()).or_default();
        }
        Self {
            findings: stats.count,
            incidents: incidents as u64,
            mentions,
            excluded,
            by_severity,
            by_pattern,
            unknown_codes: stats.codes.keys().copied().filter(|code| !is_known(*code)).collect(),
            by_code: stats.codes,
            first_seen: stats.first.map(|time| time.to_rfc3339()),
            last_seen: stats.last.map(|time| time.to_rfc3339()),
        }
    }
}
