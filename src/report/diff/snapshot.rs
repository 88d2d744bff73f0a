//! The parts of a written report that a comparison needs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    model::{Severity, sanitize_name},
    report::{incident::Subject, summary::SCHEMA, time::parse_time},
};

/// The parts of a report, written with `--format json`, that a comparison needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    generated_at: Option<String>,
    findings: u64,
    /// Time of the first and of the last record of each input.
    spans: Vec<(Option<String>, Option<String>)>,
    /// The incidents, in the order of the report.
    pub incidents: Vec<IncidentSnapshot>,
}

/// An incident of a written report. Times are as the report has them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct IncidentSnapshot {
    /// Catalogue id of the pattern.
    pub pattern: String,
    /// Deciding AADSTS number.
    #[serde(default)]
    pub code: Option<u32>,
    /// Title of the pattern.
    pub title: String,
    /// Severity of the pattern.
    pub severity: Severity,
    /// Number of findings.
    pub count: u64,
    /// Time of the earliest finding.
    #[serde(default)]
    pub first_seen: Option<String>,
    /// Time of the latest finding.
    #[serde(default)]
    pub last_seen: Option<String>,
    /// What is affected.
    #[serde(default)]
    pub subject: Subject,
}

/// One of the two reports of a comparison. Times are RFC 3339 with the log's own offset, or local time
/// without an offset when the log has none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Side {
    /// When the report was made, RFC 3339 in UTC; `None` when that is not a time.
    pub generated_at: Option<String>,
    /// Number of findings in the report.
    pub findings: u64,
    /// Time of the earliest record of its logs.
    pub from: Option<String>,
    /// Time of the latest record of its logs.
    pub to: Option<String>,
}

/// Why a text cannot be compared as a report.
#[derive(Debug)]
#[non_exhaustive]
pub enum SnapshotError {
    /// It is not JSON, or not a report: what it is instead.
    NotAReport(String),
    /// A report with another schema: the name of that schema.
    OtherSchema(String),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAReport(reason) => {
                write!(f, "not a report: {reason}; create one with `oauthsift scan --format json --output FILE LOG`")
            }
            Self::OtherSchema(found) => {
                write!(
                    f,
                    "its schema is `{found}`, but this version reads `{SCHEMA}`; scan the log again with this version"
                )
            }
        }
    }
}

impl std::error::Error for SnapshotError {}

#[derive(Deserialize)]
struct WrittenReport {
    schema: Option<String>,
    generated_at: Option<String>,
    summary: Option<ReportSummary>,
    inputs: Option<Vec<ReportInput>>,
    incidents: Option<Vec<IncidentSnapshot>>,
}

#[derive(Deserialize)]
struct ReportSummary {
    findings: u64,
}

#[derive(Deserialize)]
struct ReportInput {
    first_timestamp: Option<String>,
    last_timestamp: Option<String>,
}

impl Snapshot {
    /// Reads a report from its JSON.
    ///
    /// # Errors
    /// [`SnapshotError::OtherSchema`] for a report with another schema, [`SnapshotError::NotAReport`] for
    /// any other text. Both say what to do.
    pub fn read(text: &[u8]) -> Result<Self, SnapshotError> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        // A report with another schema may have other keys, so the schema is checked first.
        #[derive(Deserialize)]
        struct SchemaOnly {
            schema: Option<String>,
        }
        let schema_only: SchemaOnly = serde_json::from_slice(text).map_err(|error| Self::not_json(text, &error))?;
        match schema_only.schema.as_deref() {
            Some(SCHEMA) => {}
            Some(other) => {
                return Err(SnapshotError::OtherSchema(sanitize_name(&other.chars().take(80).collect::<String>())));
            }
            None => {
                return Err(SnapshotError::NotAReport(format!("it is JSON without the key `schema` (`{SCHEMA}`)")));
            }
        }
        let report: WrittenReport =
            serde_json::from_slice(text).map_err(|error| SnapshotError::NotAReport(error.to_string()))?;
        debug_assert_eq!(report.schema.as_deref(), Some(SCHEMA));
        let (Some(summary), Some(mut incidents)) = (report.summary, report.incidents) else {
            return Err(SnapshotError::NotAReport("`summary` or `incidents` is missing".to_owned()));
        };
        // The file may have been edited since it was written.
        incidents.iter_mut().flat_map(IncidentSnapshot::texts).for_each(|text| *text = sanitize_name(text));
        let valid = |time: Option<String>| time.filter(|time| millis(time).is_some());
        Ok(Self {
            generated_at: valid(report.generated_at),
            findings: summary.findings,
            spans: report
                .inputs
                .unwrap_or_default()
                .into_iter()
                .map(|input| (valid(input.first_timestamp), valid(input.last_timestamp)))
                .collect(),
            incidents,
        })
    }

    fn not_json(text: &[u8], error: &serde_json::Error) -> SnapshotError {
        let lines = text.split(|b| *b == b'\n').filter(|line| !line.trim_ascii().is_empty());
        let reason = if text.trim_ascii().is_empty() {
            "it is empty".to_owned()
        } else if lines.clone().count() > 1
            && lines.clone().next().is_some_and(|first| serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok())
        {
            "it is JSON Lines (`--format jsonl`)".to_owned()
        } else {
            format!("it is not JSON ({error})")
        };
        SnapshotError::NotAReport(reason)
    }

    /// Time of the latest record of its logs, in milliseconds since 1970 UTC.
    pub(super) fn end(&self) -> Option<i64> {
        self.to().and_then(millis)
    }

    /// Time of the latest record of its logs, as written in the report.
    pub(super) fn to(&self) -> Option<&str> {
        let ends = self.spans.iter().filter_map(|span| span.1.as_deref());
        let seen = self.incidents.iter().filter_map(|incident| incident.last_seen.as_deref());
        ends.chain(seen).max_by_key(|time| millis(time))
    }

    pub(super) fn side(&self) -> Side {
        let starts = self.spans.iter().filter_map(|span| span.0.as_deref());
        Side {
            generated_at: self.generated_at.clone(),
            findings: self.findings,
            from: starts.min_by_key(|time| millis(time)).map(str::to_owned),
            to: self.to().map(str::to_owned),
        }
    }
}

impl IncidentSnapshot {
    fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let Subject { app_id, tenant, mailbox, integration } = &mut self.subject;
        let optional = [&mut self.first_seen, &mut self.last_seen, app_id, tenant, mailbox, integration];
        optional.into_iter().flatten().chain([&mut self.pattern, &mut self.title])
    }

    /// Incidents with the same key are the same. `by_code` says whether the code is part of the key,
    /// `by_number` whether the numbers of pseudonyms are.
    pub(super) fn key(&self, by_code: bool, by_number: bool) -> String {
        let Subject { app_id, tenant, mailbox, integration } = &self.subject;
        let part = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default();
            if by_number { text.to_owned() } else { without_numbers(text) }
        };
        // The title is part of the key: for a code that is not in the catalogue, it contains the code.
        let code = self.code.filter(|_| by_code).map_or_else(|| self.title.clone(), |code| code.to_string());
        [self.pattern.clone(), code, part(app_id), part(tenant), part(mailbox), part(integration)].join("\n")
    }

    /// True when its subject has a numbered pseudonym, which can mean someone else in another report.
    pub(super) fn has_numbered_pseudonym(&self) -> bool {
        let Subject { app_id, tenant, mailbox, integration } = &self.subject;
        [app_id, tenant, mailbox, integration].into_iter().flatten().any(|text| without_numbers(text) != *text)
    }
}

/// `mailbox-12@…` as `mailbox-*@…`. A pseudonym made with a key has eight digits and letters and stays.
fn without_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) =
        ["mailbox-", "user-", "ip-"].iter().filter_map(|prefix| rest.find(prefix).map(|at| at + prefix.len())).min()
    {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
        let whole = !tail[digits..].chars().next().is_some_and(char::is_alphanumeric);
        if (1..8).contains(&digits) && whole {
            out.push('*');
            rest = &tail[digits..];
        } else {
            rest = tail;
        }
    }
    out.push_str(rest);
    out
}

/// A time of a report in milliseconds since 1970 UTC; local time counts as UTC.
pub(super) fn millis(time: &str) -> Option<i64> {
    parse_time(time).map(|time| time.instant().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_removed_from_pseudonyms_unless_made_with_a_key() {
        assert_eq!(without_numbers("mailbox-12@… of user-3"), "mailbox-*@… of user-*");
        assert_eq!(without_numbers("mailbox-0a1b2c3d@…"), "mailbox-0a1b2c3d@…");
        assert_eq!(without_numbers("mailbox-12345678@…"), "mailbox-12345678@…");
        assert_eq!(without_numbers("ip-1x user-"), "ip-1x user-");
    }

    #[test]
    fn a_text_that_is_not_a_report_is_refused_with_the_reason() {
        for (text, reason) in [
            ("", "it is empty"),
            ("2026-01-05 log", "it is not JSON"),
            ("{\"pattern\":\"x\"}\n{\"summary\":{}}\n", "JSON Lines"),
            ("{}", "without the key `schema`"),
            ("[]", "it is not JSON"),
            ("{\"schema\":\"oauthsift.report/9\"}", "its schema is `oauthsift.report/9`"),
            ("{\"schema\":\"oauthsift.report/1\"}", "`summary` or `incidents` is missing"),
            ("{\"schema\":\"oauthsift.report/1\",\"incidents\":[1],\"summary\":{\"findings\":0}}", "not a report"),
        ] {
            let error = Snapshot::read(text.as_bytes()).expect_err(text).to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
