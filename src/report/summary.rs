//! The report: schema `oauthsift.report/1`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{aggregate::Totals, diagnosis::Diagnosis, incident::Incident};
use crate::model::{Fault, Finding, Severity};

/// The schema's name.
pub const SCHEMA: &str = "oauthsift.report/1";

/// Everything that one run found.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The name and version of the shape of a report.
    #[cfg_attr(feature = "schema", schemars(extend("const" = SCHEMA)))]
    pub schema: &'static str,
    /// What made it.
    pub tool: Tool,
    /// RFC 3339 UTC.
    pub generated_at: String,
    /// What was read.
    pub inputs: Vec<InputSummary>,
    /// The counts.
    pub summary: Summary,
    /// What the incidents mean together.
    pub diagnosis: Diagnosis,
    /// What was removed or replaced by other names.
    pub redaction: Redaction,
    /// By cause and subject, the gravest first.
    pub incidents: Vec<Incident>,
    /// In the order of the log.
    pub findings: Vec<Finding>,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

impl Report {
    /// Hands every text in which people may be named, but for those of the findings, to `change`.
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
        });
    }
}

/// What is hidden in a report, and how often.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Redaction {
    /// `pseudonyms`, or `shown` under `--no-redact`. Secrets are removed in either case.
    pub people: &'static str,
    /// Pseudonyms are made with a key, the same in every report made with it.
    pub keyed: bool,
    /// Replacements in the texts of the findings, by kind; kinds that did not occur are absent.
    pub replaced: BTreeMap<&'static str, u64>,
}

/// What made a report.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tool {
    /// `oauthsift`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The catalogue it used.
    pub catalogue: CatalogueInfo,
}

/// The size of a catalogue.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CatalogueInfo {
    /// The version of oauthsift that it came with, and `+user` with entries of the user's own.
    pub version: String,
    /// Entries.
    pub patterns: usize,
    /// AADSTS numbers known.
    pub codes: usize,
}

/// One input.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputSummary {
    /// As the report names it.
    pub source: String,
    /// `file`, `stdin`, …
    pub kind: &'static str,
    /// The node of a cluster on which it was written, when there are several.
    pub node: Option<String>,
    /// The input with the same bytes that was read in its place.
    pub duplicate_of: Option<String>,
    /// Bytes read.
    pub bytes: u64,
    /// Line breaks, and the last line without one.
    pub lines: u64,
    /// Null: records are not counted one by one.
    pub records: Option<u64>,
    /// Time of the first record.
    pub first_timestamp: Option<String>,
    /// Time of the last record.
    pub last_timestamp: Option<String>,
    /// Read to its end.
    pub complete: bool,
    /// Why not.
    pub fault: Option<String>,
}

/// The counts.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Findings.
    pub findings: u64,
    /// Incidents.
    pub incidents: u64,
    /// Records that only quote a code.
    pub mentions: u64,
    /// Findings by severity; every severity is there.
    pub by_severity: BTreeMap<&'static str, u64>,
    /// Findings by pattern.
    pub by_pattern: BTreeMap<String, u64>,
    /// Findings by deciding AADSTS number.
    pub by_code: BTreeMap<u32, u64>,
    /// Deciding numbers that no entry and no table knows.
    pub unknown_codes: Vec<u32>,
    /// Time of the first finding.
    pub first_seen: Option<String>,
    /// Time of the last finding.
    pub last_seen: Option<String>,
}

impl Summary {
    /// The counts of a whole report. `is_known` tells whether a code is explained.
    #[must_use]
    pub fn new(incidents: usize, sums: Totals, mentions: u64, is_known: impl Fn(u32) -> bool) -> Self {
        let Totals { mut by_severity, by_pattern, counted } = sums;
        for severity in Severity::ALL {
            by_severity.entry(severity.as_str()).or_default();
        }
        Self {
            findings: counted.count,
            incidents: incidents as u64,
            mentions,
            by_severity,
            by_pattern,
            unknown_codes: counted.codes.keys().copied().filter(|code| !is_known(*code)).collect(),
            by_code: counted.codes,
            first_seen: counted.first.map(|time| time.to_rfc3339()),
            last_seen: counted.last.map(|time| time.to_rfc3339()),
        }
    }
}
